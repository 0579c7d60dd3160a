zarr_inner <- function(zarr) {
  handle <- .Call(C_zarr_inner, zarr$handle)
  if (!is.null(handle)) structure(list(handle = handle), class = "numcodecs_zarr")
}

zarr_index_range <- function(zarr) {
  range <- check(.Call(C_zarr_index_range, zarr$handle))
  list(offset = range[1], nbytes = range[2])
}

zarr_shard_index <- function(zarr, bytes, shard_nbytes = 0) {
  if (!is.raw(bytes)) {
    fail("dtype", "the index of a shard is a raw vector")
  }
  index <- check(.Call(C_zarr_shard_index, zarr$handle, bytes, as.double(shard_nbytes)))
  lapply(index[c("offset", "nbytes")], array, index$grid)
}
