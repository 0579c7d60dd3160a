# Rscript r_vectors.R VECTORS DATA: the shipped vectors of numbers, bytes and text, and both real stores, through the R package.
library(numcodecs)
arguments <- commandArgs(TRUE)
vectors <- arguments[1]

bytes_of <- function(array) readBin(file.path(vectors, array$file), "raw", array$nbytes)
keep <- codec("[]")

# A described array as R has it.
value <- function(array) decode(keep, bytes_of(array), array$dtype, array$shape, array$order, int64 = "integer64")

# Most filters give flat arrays, in memory order.
flat_value <- function(array) decode(keep, bytes_of(array), array$dtype, int64 = "integer64")

# R's view of it has every value, so that its own bytes come back.
holds <- function(array) {
  !array$dtype %in% c("|O", "<f2", ">f2", "<u8", ">u8") && !grepl("[VmMUS]", array$dtype)
}

check_case <- function(case) {
  json <- case$config_json
  codec <- codec(json)
  encoded <- bytes_of(case$encoded)
  again <- encode(codec, value(case$input), case$input$dtype, case$input$order)
  if (isTRUE(case$encode_deterministic)) stopifnot(identical(again, encoded))
  for (chunk in list(encoded, again)) {
    got <- decode(codec, chunk, int64 = "integer64")
    expected <- if (is.raw(got)) bytes_of(case$decoded) else if (is.null(dim(got))) flat_value(case$decoded) else value(case$decoded)
    stopifnot(identical(c(unclass(got)), c(unclass(expected))))
  }
}

# LZMA's filter ids are integers that jsonlite, which only prepares the test, does not keep.
keeps_config <- function(case) is.null(case$config$filters)

# Arrays whose shape R would not tell: no dimension, or vectors of length 0 in several.
plain_shape <- function(array) length(array$shape) > 0 && all(array$shape > 0)

is_number <- function(case) {
  case$kind == "roundtrip" && is.null(case$oracle_bug) && is.character(case$input$dtype) && is.character(case$decoded$dtype) &&
    holds(case$input) && holds(case$decoded) && plain_shape(case$input) && keeps_config(case)
}

is_text <- function(case) case$kind == "roundtrip" && identical(case$group, "vlen-utf8") && !is.null(case$input$items)

# None and 0 are written as empty strings, as is R's NA.
check_text <- function(case) {
  text <- vapply(case$input$items, function(item) if (is.null(item$s)) NA_character_ else item$s, "")
  codec <- codec(case$config_json)
  stopifnot(identical(encode(codec, text), bytes_of(case$encoded)))
  text[is.na(text)] <- ""
  stopifnot(identical(decode(codec, bytes_of(case$encoded)), text))
}

read_cases <- function() {
  lines <- readLines(file.path(vectors, "manifest.json"), encoding = "UTF-8")
  cases <- jsonlite::fromJSON(paste(lines, collapse = "\n"), simplifyVector = FALSE)$cases
  lapply(cases, function(case) {
    case$config_json <- jsonlite::toJSON(case$config, auto_unbox = TRUE, digits = NA, null = "null")
    for (part in c("input", "encoded", "decoded")) case[[part]]$shape <- as.double(unlist(case[[part]]$shape))
    case
  })
}

run <- function(cases, check) {
  for (case in cases) {
    tryCatch(check(case), error = function(e) stop(case$name, ": ", conditionMessage(e), call. = FALSE))
  }
  length(cases)
}

cases <- read_cases()
numbers <- run(Filter(is_number, cases), check_case)
texts <- run(Filter(is_text, cases), check_text)
cat("r_vectors:", numbers, "vectors of numbers and", texts, "of text ok\n")
stopifnot(numbers > 150, texts >= 2)

# Both stores hold the same array; expected.txt is what NumPy says about it.
store <- lapply(c("sst_blosc.zarr", "sst_zlib.zarr"), function(name) zarr_read(file.path(arguments[2], name)))
stopifnot(identical(store[[1]], store[[2]]), identical(dim(store[[1]]), c(12L, 90L, 180L)))
expected <- as.matrix(read.table(file.path(arguments[2], "expected.txt"), header = TRUE))
for (month in 1:12) {
  sea <- store[[1]][month, , ]
  sea <- sea[sea > -1e33]
  stopifnot(all(abs(c(length(sea), min(sea), max(sea), mean(sea)) - expected[month, -1]) < 1e-6))
}
cat("r_vectors: both stores ok\n")
