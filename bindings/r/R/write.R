zarr_new <- function(shape, chunk_shape, dtype, codec = "[]", fill = NULL, order = c("C", "F"), format = 3) {
  order <- match.arg(order)
  if (length(shape) != length(chunk_shape)) {
    fail("shape", "shape and chunk_shape have different numbers of dimensions")
  }
  codecs <- if (inherits(codec, "numcodecs_codec")) codec_config(codec) else codec
  text <- identical(dtype, "text")
  item <- if (text && !is.null(fill)) charToRaw(enc2utf8(fill)) else if (!is.null(fill)) encode_array(codec("[]"), fill, dtype, "C")
  handle <- check(.Call(
    C_zarr_new, codecs, if (!text) dtype, as.double(chunk_shape), order, as.double(shape), item, as.integer(format)
  ))
  structure(list(handle = handle), class = "numcodecs_zarr")
}

zarr_json <- function(zarr, format = zarr_info(zarr)$format, attributes = NULL) {
  check(.Call(C_zarr_json, zarr$handle, as.integer(format), attributes))
}

zarr_write <- function(path, x, chunk_shape = shape_of(x), codec = "[]", dtype = NULL, fill = NULL, order = c("C", "F"), format = 3,
                       attributes = NULL) {
  if (is.null(dtype)) {
    dtype <- if (is.character(x)) "text" else native_dtype(x)
  }
  if (identical(dtype, "text") && identical(codec, "[]")) {
    codec <- '[{"id": "vlen-utf8"}]'
  }
  zarr <- zarr_new(shape_of(x), chunk_shape, dtype, codec, fill, match.arg(order), format)
  dir.create(path, showWarnings = FALSE, recursive = TRUE)
  write_chunks(zarr, path, x, zarr_info(zarr))
  file <- file.path(path, if (format == 2) ".zarray" else "zarr.json")
  writeLines(enc2utf8(zarr_json(zarr, format, attributes)), file, useBytes = TRUE)
  invisible(zarr)
}

write_chunks <- function(zarr, path, x, info) {
  chunks <- ceiling(info$shape / info$chunk_shape)
  empty <- zarr_decode(zarr, NULL, int64 = if (inherits(x, "integer64")) "integer64" else "double")
  for (number in seq_len(prod(chunks))) {
    index <- drop(arrayInd(number, chunks))
    file <- file.path(path, zarr_chunk_key(zarr, index))
    dir.create(dirname(file), showWarnings = FALSE, recursive = TRUE)
    writeBin(zarr_encode(zarr, cut_chunk(x, empty, (index - 1) * info$chunk_shape, info)), file)
  }
}

# The part of an array that a chunk holds; what sticks out at the edges has the fill value.
cut_chunk <- function(x, chunk, start, info) {
  counts <- pmin(info$chunk_shape, info$shape - start)
  from <- lapply(seq_along(counts), function(d) start[d] + seq_len(counts[d]))
  part <- do.call(`[`, c(list(unclass(x)), from, list(drop = FALSE)))
  if (all(counts == info$chunk_shape)) {
    return(structure(part, class = oldClass(x)))
  }
  chunk <- unclass(chunk)
  eval(as.call(list(as.name("<-"), as.call(c(as.name("["), as.name("chunk"), lapply(counts, seq_len))), quote(part))))
  structure(chunk, class = oldClass(x))
}
