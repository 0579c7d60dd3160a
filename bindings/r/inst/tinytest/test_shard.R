library(numcodecs)

json <- '{"zarr_format": 3, "node_type": "array", "shape": [10, 9], "data_type": "int32", "fill_value": -1,
  "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 6]}}, "chunk_key_encoding": {"name": "default"},
  "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [4, 2],
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd", "configuration": {"level": 3, "checksum": true}}],
    "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}], "index_location": "end"}}]}'
zarr <- zarr_meta(json)
values <- matrix(1:48, 8)
values[1:4, 3:4] <- -1L # fill value: not stored
shard <- zarr_encode(zarr, values)
expect_identical(zarr_decode(zarr, shard), values)

range <- zarr_index_range(zarr)
expect_equal(range, list(offset = -100, nbytes = 2 * 3 * 16 + 4))
index <- zarr_shard_index(zarr, tail(shard, range$nbytes), length(shard))
expect_equal(dim(index$offset), c(2L, 3L))
expect_equal(which(is.na(index$nbytes)), 3L)

inner <- zarr_inner(zarr)
rm(zarr)
gc()
expect_equal(zarr_info(inner)[c("shape", "chunk_shape")], list(shape = c(8, 6), chunk_shape = c(4, 2)))
for (i in 1:2) for (j in 1:3) {
  part <- if (!is.na(index$offset[i, j])) shard[index$offset[i, j] + seq_len(index$nbytes[i, j])]
  expect_identical(zarr_decode(inner, part), values[4 * i - 3:0, 2 * j - 1:0])
}
expect_null(zarr_inner(inner))

zarr <- zarr_meta(json)
damaged <- tail(shard, range$nbytes)
damaged[3] <- xor(damaged[3], as.raw(1))
expect_error(zarr_shard_index(zarr, damaged), class = "numcodecs_error_checksum")
expect_error(zarr_shard_index(zarr, damaged[-1]), class = "numcodecs_error_data")
expect_error(zarr_index_range(inner), class = "numcodecs_error_unsupported")
