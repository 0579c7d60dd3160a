zarr_meta <- function(json) {
  json <- enc2utf8(paste(json, collapse = "\n"))
  handle <- check(.Call(C_zarr_open, json))
  structure(list(handle = handle), class = "numcodecs_zarr")
}

zarr_codec <- function(zarr) structure(list(handle = .Call(C_zarr_codec, zarr$handle)), class = "numcodecs_codec")

zarr_info <- function(zarr) {
  info <- check(.Call(C_zarr_info, zarr$handle))
  info$codec <- codec_config(zarr_codec(zarr))
  info
}

print.numcodecs_zarr <- function(x, ...) {
  info <- zarr_info(x)
  cat("<Zarr array, format ", info$format, ">\n", sep = "")
  cat("shape ", paste(info$shape, collapse = " x "), ", chunks ", paste(info$chunk_shape, collapse = " x "), ", dtype ", info$dtype,
    ", order ", info$order, "\n", sep = "")
  cat("codec ", info$codec, "\n", sep = "")
  invisible(x)
}

zarr_chunk_key <- function(zarr, index) {
  check(.Call(C_zarr_chunk_key, zarr$handle, as.double(index) - 1))
}

zarr_decode <- function(zarr, bytes, int64 = c("double", "integer64"), max_output = Inf) {
  decode_chunk(zarr, bytes, match.arg(int64), max_output, sys.call())
}

decode_chunk <- function(zarr, bytes, int64, max_output, call) {
  if (!is.null(bytes)) {
    return(decode_array(zarr_codec(zarr), bytes, NULL, NULL, "C", int64, max_output, FALSE, call))
  }
  got <- check(.Call(C_zarr_fill, zarr$handle, if (int64 == "integer64") "i8" else "f8"), call)
  if (is.character(got$values) || is.list(got$values)) {
    got$values <- rep(got$values, prod(got$shape))
  }
  arrange(got, int64)
}

zarr_encode <- function(zarr, x) {
  info <- check(.Call(C_zarr_info, zarr$handle))
  shape <- shape_of(x)
  if (length(x) == prod(info$chunk_shape) && is.null(dim(x))) {
    shape <- info$chunk_shape
  }
  encode_array(zarr_codec(zarr), x, info$dtype, info$order, shape, sys.call())
}

zarr_read <- function(path, int64 = c("double", "integer64"), max_output = Inf) {
  int64 <- match.arg(int64)
  meta <- file.path(path, c("zarr.json", ".zarray"))
  meta <- meta[file.exists(meta)]
  if (length(meta) == 0) {
    fail("config", paste0("no zarr.json and no .zarray in ", path), sys.call())
  }
  zarr <- zarr_meta(readLines(meta[1], warn = FALSE, encoding = "UTF-8"))
  read_all(zarr, path, int64, max_output, sys.call())
}

read_all <- function(zarr, path, int64, max_output, call) {
  info <- check(.Call(C_zarr_info, zarr$handle), call)
  chunks <- ceiling(info$shape / info$chunk_shape)
  values <- NULL
  for (number in seq_len(prod(chunks))) {
    index <- if (length(chunks) > 0) drop(arrayInd(number, chunks))
    chunk <- decode_chunk(zarr, read_chunk(zarr, path, index), int64, max_output, call)
    if (is.null(values)) {
      values <- empty_like(chunk, info$shape)
    }
    values <- place(values, chunk, (index - 1) * info$chunk_shape, info)
  }
  if (is.null(values)) empty_like(decode_chunk(zarr, NULL, int64, max_output, call), info$shape) else values
}

read_chunk <- function(zarr, path, index) {
  file <- file.path(path, zarr_chunk_key(zarr, index))
  if (file.exists(file)) readBin(file, "raw", file.size(file))
}

empty_like <- function(chunk, shape) {
  values <- rep_len(unclass(chunk)[0], prod(shape))
  if (length(shape) > 1) {
    dim(values) <- shape
  }
  structure(values, class = oldClass(chunk))
}

# Puts a chunk where it belongs; those at the edges of the array are cropped.
place <- function(values, chunk, start, info) {
  if (length(info$shape) == 0) {
    return(chunk)
  }
  counts <- pmin(info$chunk_shape, info$shape - start)
  into <- lapply(seq_along(counts), function(d) start[d] + seq_len(counts[d]))
  part <- do.call(`[`, c(list(unclass(chunk)), lapply(counts, seq_len), list(drop = FALSE)))
  class <- oldClass(values)
  values <- unclass(values)
  eval(as.call(list(as.name("<-"), as.call(c(as.name("["), as.name("values"), into)), quote(part))))
  structure(values, class = class)
}
