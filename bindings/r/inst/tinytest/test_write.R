library(numcodecs)

there_and_back <- function(x, ...) {
  path <- tempfile("new.zarr")
  zarr_write(path, x, ...)
  zarr_read(path, int64 = if (inherits(x, "integer64")) "integer64" else "double")
}
m <- matrix(as.double(1:35), 7)
for (format in 2:3) {
  expect_identical(there_and_back(m, c(4, 3), codec("zstd"), format = format), m)
  expect_identical(there_and_back(m, c(4, 3), codec("zlib"), dtype = ">i2", fill = -1L, format = format), matrix(1:35, 7))
  expect_identical(there_and_back(m, c(4, 3), order = "F", format = format), m)
  expect_identical(there_and_back(c("a", "", "z\u00fcrich"), 2, format = format), c("a", "", "z\u00fcrich"))
  expect_identical(there_and_back(c(TRUE, FALSE, TRUE), 2, format = format), c(TRUE, FALSE, TRUE))
}
wide <- structure(c(1, 2, 3) * 4.9e-324, class = "integer64") # 1, 2, 3 as bits
expect_identical(there_and_back(wide, 2), wide)
expect_identical(there_and_back(array(1:24, 2:4)), array(1:24, 2:4))

zarr <- zarr_new(c(7, 5), c(4, 3), "<i2", '[{"id": "shuffle", "elementsize": 2}, {"id": "zlib"}]', fill = -1L, format = 2)
again <- zarr_meta(zarr_json(zarr))
expect_equal(zarr_info(again), zarr_info(zarr))
expect_identical(zarr_decode(again, NULL), matrix(-1L, 4, 3))
expect_true(grepl("sst", zarr_json(zarr_new(2, 2, "<f4"), attributes = '{"name": "sst"}')))
expect_error(zarr_new(c(7, 5), 4, "<i2"), class = "numcodecs_error_shape")
expect_error(zarr_new(7, 4, "<i2", '{"id": "no such codec"}'), class = "numcodecs_error_unknown_codec")
expect_error(zarr_new(7, 4, "<i2", fill = 40000L), class = "numcodecs_error")
