library(numcodecs)

path <- system.file("extdata", "sst.zarr", package = "numcodecs")
sst <- zarr_read(path)
sea <- sst[sst > -1e33]
expect_equal(dim(sst), c(90L, 180L))
expect_equal(c(length(sea), min(sea), max(sea)), c(9506, -1.8, 31), tolerance = 1e-6)
expect_equal(mean(sea), 16.520494, tolerance = 1e-7)

meta <- zarr_meta(readLines(file.path(path, "zarr.json"), warn = FALSE))
info <- zarr_info(meta)
expect_equal(info[c("shape", "chunk_shape", "dtype", "order", "format")],
  list(shape = c(90, 180), chunk_shape = c(50, 70), dtype = "<f4", order = "C", format = 3L))
expect_true(grepl("blosc", info$codec))
expect_stdout(print(meta), "90 x 180")
expect_equal(zarr_chunk_key(meta, c(2, 3)), "c/1/2")
expect_error(zarr_chunk_key(meta, c(3, 1)), class = "numcodecs_error_shape")

# A chunk is an array of its own, whole at the edges too; one that is not there has the fill value.
file <- file.path(path, zarr_chunk_key(meta, c(1, 1)))
chunk <- zarr_decode(meta, readBin(file, "raw", file.size(file)))
expect_identical(chunk, sst[1:50, 1:70])
expect_true(all(zarr_decode(meta, NULL) < -1e33))
expect_identical(zarr_decode(meta, zarr_encode(meta, chunk)), chunk)
expect_error(zarr_encode(meta, chunk[1:10, ]), class = "numcodecs_error_shape")

# Zarr v2, in the other order, with filters, and text.
v2 <- function(rest) zarr_meta(sprintf('{"zarr_format": 2, "shape": [3, 5], "chunks": [2, 3], "fill_value": 7, %s}', rest))
f <- v2('"dtype": ">i2", "order": "F", "filters": [{"id": "delta", "dtype": ">i2"}], "compressor": {"id": "zlib"}')
part <- matrix(1:6, 2)
expect_identical(zarr_decode(f, zarr_encode(f, part)), part)
expect_identical(zarr_decode(f, zarr_encode(f, 1:6)), part)
expect_identical(zarr_decode(f, NULL), matrix(7L, 2, 3))
expect_equal(zarr_chunk_key(f, c(2, 1)), "1.0")
expect_error(zarr_meta('{"zarr_format": 2}'), class = "numcodecs_error_config")

store <- tempfile("words")
dir.create(store)
json <- '{"zarr_format": 2, "shape": [3], "chunks": [2], "dtype": "|O", "fill_value": "none", "order": "C", "compressor": null,
  "filters": [{"id": "vlen-utf8"}]}'
writeLines(json, file.path(store, ".zarray"))
writeBin(zarr_encode(zarr_meta(json), c("one", "two")), file.path(store, "0"))
expect_identical(zarr_read(store), c("one", "two", "none"))

store <- tempfile("numbers")
dir.create(store)
json <- '{"zarr_format": 2, "shape": [3], "chunks": [2], "dtype": "<i8", "fill_value": 5, "order": "C", "compressor": null, "filters": null}'
writeLines(json, file.path(store, ".zarray"))
expect_identical(zarr_read(store), c(5, 5, 5))
expect_inherits(zarr_read(store, int64 = "integer64"), "integer64")
expect_error(zarr_read(tempfile()), class = "numcodecs_error_config")
