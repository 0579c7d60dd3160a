library(numcodecs)

# ---- configurations ----
zstd <- codec("zstd", level = 5)
expect_equal(codec_config(zstd), '{"id":"zstd","level":5,"checksum":false}')
expect_equal(codec_config(codec('{"id": "zstd", "level": 5}')), codec_config(zstd))
expect_equal(codec_config(codec('[{"id": "shuffle"}, {"id": "zlib"}]')), '[{"id":"shuffle","elementsize":4},{"id":"zlib","level":1}]')
expect_equal(codec_config(codec("categorize", labels = c("a\"b", "c"), dtype = "<U3", astype = "|u1")),
  '{"id":"categorize","labels":["a\\"b","c"],"dtype":"<U3","astype":"|u1"}')
expect_true(all(c("blosc", "delta", "zfpy") %in% codec_ids()))
expect_true(grepl("^[0-9]+\\.[0-9]+\\.[0-9]+$", library_version()))
expect_stdout(print(zstd), "zstd")

# ---- known bytes: what numcodecs 0.17.1 writes ----
crc <- codec("crc32")
expect_equal(encode(crc, charToRaw("123456789")), as.raw(c(0x26, 0x39, 0xf4, 0xcb, charToRaw("123456789"))))
expect_equal(encode(codec("delta", dtype = "<i2"), c(1L, 3L, 6L), dtype = "<i2"), as.raw(c(1, 0, 2, 0, 3, 0)))
expect_equal(encode(codec("vlen-utf8"), c("a", "", "bc")), as.raw(c(3, 0, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0, 2, 0, 0, 0, 0x62, 0x63)))

# ---- every type there and back ----
keep <- codec("[]")
there_and_back <- function(x, ...) decode(keep, encode(keep, x, ...), ...)
expect_identical(there_and_back(as.raw(0:255)), as.raw(0:255))
expect_identical(there_and_back(c(-1L, NA, 5L), dtype = "<i4"), c(-1L, NA, 5L))
expect_identical(there_and_back(c(0.5, NaN, -Inf), dtype = "<f8"), c(0.5, NaN, -Inf))
expect_true(is.na(there_and_back(NA_real_, dtype = "<f8")))
expect_identical(there_and_back(c(TRUE, FALSE), dtype = "|b1"), c(TRUE, FALSE))
expect_identical(there_and_back(c(1+2i, -3i), dtype = "<c16"), c(1+2i, -3i))
for (dtype in c("|i1", "<i2", ">i2", ">i4")) expect_identical(there_and_back(c(-3L, 7L), dtype = dtype), c(-3L, 7L))
for (dtype in c("|u1", "<u2", ">u2")) expect_identical(there_and_back(c(3L, 200L), dtype = dtype), c(3L, 200L))
for (dtype in c("<u4", "<i8", ">u8", "<f2", ">f4", "<f8")) expect_identical(there_and_back(c(3, 2048), dtype = dtype), c(3, 2048))
expect_identical(decode(keep, as.raw(c(0, 0, 0, 0x80, rep(0, 4))), "<i8"), 2147483648)
expect_identical(decode(keep, as.raw(c(0x61, 0, 0, 0, 0xe4, 0, 0, 0)), "<U1"), c("a", "\u00e4"))
expect_identical(decode(keep, charToRaw("abcd"), "|S2"), c("ab", "cd"))
expect_identical(decode(keep, as.raw(c(rep(0, 7), 0x80, 1, rep(0, 7))), "<M8[s]"), c(NA, 1))

# 64-bit integers are exact or refused.
big <- as.raw(c(1, 0, 0, 0, 0, 0, 0x20, 0)) # 2^53 + 1
expect_error(decode(keep, big, "<i8"), "does not fit", class = "numcodecs_error_dtype")
wide <- decode(keep, big, "<i8", int64 = "integer64")
expect_inherits(wide, "integer64")
expect_identical(encode(keep, wide), big)
expect_error(decode(keep, as.raw(rep(0xff, 8)), "<u8", int64 = "integer64"), class = "numcodecs_error_dtype")

# ---- text and bytes ----
text <- codec("vlen-utf8")
expect_identical(decode(text, encode(text, c("z\u00fcrich", "", NA))), c("z\u00fcrich", "", ""))
expect_identical(Encoding(decode(text, encode(text, "z\u00fcrich"))), "UTF-8")
latin <- iconv("z\u00fcrich", "UTF-8", "latin1")
expect_identical(decode(text, encode(text, latin)), "z\u00fcrich")
bytes <- codec("vlen-bytes")
expect_identical(decode(bytes, encode(bytes, list(as.raw(0:2), raw(0)))), list(as.raw(0:2), raw(0)))

# ---- order: indices mean the same, memory differs ----
m <- matrix(1:6, 2)
expect_identical(encode(keep, m), encode(keep, c(1L, 3L, 5L, 2L, 4L, 6L)))
expect_identical(encode(keep, m, order = "F"), encode(keep, 1:6))
for (order in c("C", "F")) expect_identical(decode(keep, encode(keep, m, order = order), "<i4", dim(m), order), m)
cube <- array(runif(60), 3:5)
expect_identical(decode(zstd, encode(zstd, cube), "<f8", dim(cube)), cube)
zfp <- codec("zfpy", mode = 4, tolerance = 1e-3)
expect_true(max(abs(decode(zfp, encode(zfp, cube)) - cube)) < 1e-3)
expect_equal(dim(decode(zfp, encode(zfp, cube))), dim(cube))

# ---- nothing at all ----
for (id in c("zlib", "zstd", "blosc", "lz4", "crc32")) expect_identical(decode(codec(id), encode(codec(id), raw(0))), raw(0))

# ---- errors are conditions ----
caught <- tryCatch(codec("zlib", level = "high"), numcodecs_error_config = identity)
expect_inherits(caught, "numcodecs_error")
expect_equal(c(caught$codec, caught$path), c("zlib", "level"))
expect_equal(deparse(conditionCall(caught)), 'codec("zlib", level = "high")')
expect_error(codec("no such codec"), class = "numcodecs_error_unknown_codec")
expect_error(decode(codec("zlib"), charToRaw("not zlib")), class = "numcodecs_error_data")
damaged <- encode(crc, 1:3)
damaged[6] <- xor(damaged[6], as.raw(1))
expect_error(decode(crc, damaged), class = "numcodecs_error_checksum")
expect_error(decode(zstd, encode(zstd, raw(1000)), max_output = 999), class = "numcodecs_error_limit")
expect_error(decode(zstd, encode(zstd, 1:6), "<i4", c(2, 4)), class = "numcodecs_error_shape")
expect_error(decode(zstd, "text"), class = "numcodecs_error_dtype")
expect_error(encode(zstd, factor("a")), class = "numcodecs_error_dtype")
expect_error(encode(zstd, NA), class = "numcodecs_error_dtype")
expect_error(encode(zstd, 300L, dtype = "|u1"), class = "numcodecs_error")
expect_error(encode(unserialize(serialize(zstd, NULL)), raw(3)), class = "numcodecs_error_null")

# ---- finalizers ----
for (i in 1:200) encode(codec("zlib"), raw(10))
gc()
