library_version <- function() .Call(C_library_version)

codec_ids <- function() .Call(C_codec_ids)

codec <- function(config, ...) {
  keys <- list(...)
  if (length(keys) > 0 || !grepl("^\\s*[\\[{]", config)) {
    config <- to_json(c(list(id = config), keys))
  }
  handle <- check(.Call(C_codec_new, config))
  structure(list(handle = handle), class = "numcodecs_codec")
}

codec_config <- function(codec) .Call(C_codec_config, codec$handle)

print.numcodecs_codec <- function(x, ...) {
  cat("<numcodecs codec>", codec_config(x), "\n")
  invisible(x)
}

# Values of a configuration as JSON: strings, numbers, TRUE and FALSE, NULL; lists and longer vectors become arrays or objects.
to_json <- function(value) {
  if (is.null(value)) {
    "null"
  } else if (!is.null(names(value))) {
    parts <- vapply(value, to_json, "")
    paste0("{", paste0(quoted(names(value)), ": ", parts, collapse = ", "), "}")
  } else if (is.list(value) || length(value) != 1) {
    paste0("[", paste(vapply(value, to_json, ""), collapse = ", "), "]")
  } else if (is.character(value)) {
    quoted(value)
  } else if (is.logical(value)) {
    tolower(as.character(value))
  } else {
    format(value, digits = 17, trim = TRUE, scientific = if (value == round(value)) 999 else 0)
  }
}

quoted <- function(text) {
  text <- gsub("([\"\\\\])", "\\\\\\1", enc2utf8(text))
  paste0("\"", text, "\"")
}

encode <- function(codec, x, dtype = NULL, order = c("C", "F")) {
  encode_array(codec, x, dtype, match.arg(order))
}

encode_array <- function(codec, x, dtype, order, shape = shape_of(x), call = sys.call(-1)) {
  x <- in_memory_order(plain(x, call), shape, order)
  if (is.character(x) || is.list(x)) {
    return(check(.Call(C_encode, codec$handle, x, NULL, shape, order, FALSE), call))
  }
  native <- native_dtype(x)
  bytes <- x
  if (!is.null(dtype) && !identical(dtype, native)) {
    bytes <- check(.Call(C_encode, caster(dtype, native)$handle, as_bytes(x), native, shape, order, TRUE), call)
  } else {
    dtype <- native
    bytes <- as_bytes(x)
  }
  check(.Call(C_encode, codec$handle, bytes, dtype, shape, order, FALSE), call)
}

caster <- function(dtype, native) {
  dtype <- sub("^([<>|=]?)[mM]8.*", "\\1i8", dtype)
  codec("astype", encode_dtype = dtype, decode_dtype = native)
}

# Extents as the library counts them; a vector without dim has one.
shape_of <- function(x) as.double(if (is.null(dim(x))) length(x) else dim(x))

# R's arrays have their first index fastest; order "C" wants the last one fastest.
in_memory_order <- function(x, shape, order) {
  if (order == "C" && length(shape) > 1) {
    class <- oldClass(x)
    x <- structure(aperm(unclass(x)), class = class)
  }
  dim(x) <- NULL
  x
}

# The types that have a dtype. Factors and dates have none of their own.
plain <- function(x, call) {
  known <- is.raw(x) || is.logical(x) || is.character(x) || inherits(x, "integer64") ||
    ((is.numeric(x) || is.complex(x)) && !is.object(x)) || (is.list(x) && all(vapply(x, is.raw, NA)))
  if (!known) {
    fail("dtype", paste0("a ", class(x)[1], " has no dtype: give numbers, logicals, raw, text or a list of raw vectors"), call)
  }
  if (is.logical(x) && anyNA(x)) {
    fail("dtype", "NA has no place among logicals of one byte", call)
  }
  x
}

native_dtype <- function(x) {
  mark <- if (.Platform$endian == "little") "<" else ">"
  if (inherits(x, "integer64")) {
    return(paste0(mark, "i8"))
  }
  switch(typeof(x),
    raw = "|u1", logical = "|b1", integer = paste0(mark, "i4"), double = paste0(mark, "f8"), complex = paste0(mark, "c16")
  )
}

as_bytes <- function(x) if (is.logical(x)) as.raw(x) else unclass(x)

decode <- function(codec, bytes, dtype = NULL, dim = NULL, order = c("C", "F"), int64 = c("double", "integer64"), max_output = Inf) {
  if (is.null(dtype) && !is.null(dim)) {
    fail("dtype", "dim says nothing without dtype")
  }
  decode_array(codec, bytes, dtype, dim, match.arg(order), match.arg(int64), max_output, is.null(dtype))
}

decode_array <- function(codec, bytes, dtype, dim, order, int64, max_output, raw_bytes, call = sys.call(-1)) {
  if (!is.raw(bytes)) {
    fail("dtype", "encoded chunks are raw vectors", call)
  }
  if (!is.null(dtype) && is.null(dim)) {
    bytes <- decode_array(codec, bytes, NULL, NULL, order, int64, max_output, TRUE, call)
    if (!is.raw(bytes)) {
      return(bytes)
    }
    codec <- codec("[]")
    dim <- length(bytes) %/% itemsize(dtype)
  }
  wide <- if (int64 == "integer64") "i8" else "f8"
  got <- check(.Call(C_decode, codec$handle, bytes, dtype, as.double(dim), order, wide, raw_bytes, as.double(max_output)), call)
  arrange(got, int64)
}

# Bytes of one item; 1 where only the library can tell, which then refuses what does not fit.
itemsize <- function(dtype) {
  if (grepl("[mM]8", dtype)) {
    return(8)
  }
  size <- suppressWarnings(as.numeric(sub("^[<>|=]?[a-zA-Z]", "", dtype)))
  if (is.na(size) || size < 1) 1 else if (grepl("U", dtype)) 4 * size else size
}

# From list(values, shape, order, dtype) to an R vector or array.
arrange <- function(got, int64) {
  kind <- substr(got$dtype, 2, 2)
  values <- got$values
  if (kind %in% c("U", "S")) {
    values <- text_items(values, got$dtype)
  } else if (kind %in% c("i", "u", "M", "m") && is.double(values)) {
    values <- whole_numbers(values, got$dtype, int64)
  }
  if (length(got$shape) > 1 && length(values) == prod(got$shape)) {
    values <- as_array(values, got$shape, got$order)
  }
  values
}

as_array <- function(values, shape, order) {
  class <- oldClass(values)
  values <- unclass(values)
  values <- if (order == "F") array(values, shape) else aperm(array(values, rev(shape)))
  structure(values, class = class)
}

# Class integer64 is that of the package bit64, which need not be there. In datetimes the smallest number means "not a time".
whole_numbers <- function(values, dtype, int64) {
  if (int64 == "integer64" && grepl("8", dtype)) {
    return(structure(values, class = "integer64"))
  }
  if (grepl("^.[mM]", dtype)) {
    values[values == -2^63] <- NA
  }
  values
}

# Text of fixed width, NUL-padded.
text_items <- function(bytes, dtype) {
  size <- itemsize(dtype)
  items <- length(bytes) %/% size
  vlen <- codec(if (grepl("U", dtype)) "vlen-utf8" else "vlen-bytes")
  packed <- check(.Call(C_encode, vlen$handle, bytes, dtype, as.double(items), "C", FALSE))
  values <- check(.Call(C_decode, vlen$handle, packed, NULL, double(0), "C", "f8", TRUE, Inf))$values
  if (is.list(values)) vapply(values, rawToChar, "") else values
}
