/* Ways that few callers take: wrong layouts and arguments, boxes of nothing, stopped batches, text that is not ASCII, an index of a shard in
 * big-endian order. Each gives what the header says, and an error names codec or argument. */
#include "check.h"

enum { N = 24 };

static int named(const char *codec)
{
    return strcmp(err.codec, codec) == 0;
}

/* ---- layouts and arguments ---- */

static void layouts(void)
{
    int64_t shape[2] = {2, 3}, strides[2] = {12, 4}, room[2];
    nc_layout *layout = NULL, *point = NULL;
    CHECK_SAYS(nc_layout_new("|O", NUMCODECS_FIXED, 1, shape, NULL, NUMCODECS_ORDER_C, &layout, &err), NUMCODECS_ERR_DTYPE, "objects");
    CHECK_SAYS(nc_layout_new("|O", NUMCODECS_ARRAYS, 1, shape, NULL, NUMCODECS_ORDER_C, &layout, &err), NUMCODECS_ERR_DTYPE, "inside");
    CHECK_SAYS(nc_layout_new("|S0", NUMCODECS_ARRAYS, 1, shape, NULL, NUMCODECS_ORDER_C, &layout, &err), NUMCODECS_ERR_DTYPE, "inside");
    CHECK_SAYS(nc_layout_new("<i4", NUMCODECS_UTF8, 1, shape, NULL, NUMCODECS_ORDER_C, &layout, &err), NUMCODECS_ERR_DTYPE, "NULL");
    CHECK_STATUS(nc_layout_new(NULL, NUMCODECS_UTF8, 1, shape, strides, NUMCODECS_ORDER_STRIDED, &layout, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_layout_new("<i4", NUMCODECS_FIXED, 2, shape, NULL, NUMCODECS_ORDER_STRIDED, &layout, &err), NUMCODECS_ERR_SHAPE);
    CHECK(layout == NULL);
    CHECK_OK(nc_layout_new("<i4", NUMCODECS_FIXED, 0, NULL, NULL, NUMCODECS_ORDER_C, &point, &err));
    CHECK_OK(nc_layout_shape(point, NULL, 0, &err));
    CHECK_OK(nc_layout_new("<i4", NUMCODECS_FIXED, 2, shape, strides, NUMCODECS_ORDER_STRIDED, &layout, &err));
    CHECK_STATUS(nc_layout_shape(layout, room, -1, &err), NUMCODECS_ERR_SPACE);
    CHECK(err.needed == sizeof room);
    nc_layout_free(layout);
    nc_layout_free(point);
}

static void arguments(void)
{
    const char *ids[2] = {"zlib", "zstd"};
    nc_registry *registry = NULL;
    int32_t before = nc_blosc_get_nthreads();
    CHECK_STATUS(nc_registry_new(NULL, 1, &registry, &err), NUMCODECS_ERR_NULL);
    CHECK_SAYS(nc_registry_new(ids, SIZE_MAX / 4, &registry, &err), NUMCODECS_ERR_SHAPE, "more than memory can hold");
    CHECK_SAYS(nc_registry_new((const char *const *)(const void *)((const char *)ids + 1), 1, &registry, &err), NUMCODECS_ERR_SHAPE, "aligned");
    CHECK(registry == NULL);
    CHECK_OK(nc_blosc_set_nthreads(2, NULL, &err));
    CHECK(nc_blosc_get_nthreads() == 2);
    CHECK_OK(nc_blosc_set_nthreads(before, NULL, &err));
}

/* A number of threads that is said counts more than nc_blosc_set_nthreads. */
static void threads_are_said(void)
{
    char plain[1000];
    nc_buffer *first = NULL, *second = NULL;
    nc_options one = no_options();
    one.nthreads = 1;
    fill_pattern(plain, sizeof plain);
    CHECK_OK(nc_blosc_compress(plain, sizeof plain, "lz4", 5, 1, 0, 4, &one, &first, &err));
    CHECK_OK(nc_blosc_compress(plain, sizeof plain, "lz4", 5, 1, 0, 4, NULL, &second, &err));
    CHECK(first && holds(second, nc_buffer_data(first), nc_buffer_nbytes(first)));
    nc_buffer_free(first);
    nc_buffer_free(second);
}

/* ---- a codec of the caller that fails without a word ---- */

static nc_status silent_make(void *user, const char *json, void **self, nc_error *e)
{
    (void)json, (void)e;
    *self = user;
    return NUMCODECS_OK;
}

static nc_status silent_encode(void *self, const nc_layout *layout, const void *src, size_t n, nc_buffer *out, nc_error *e)
{
    (void)self, (void)layout, (void)src, (void)n, (void)out, (void)e;
    return NUMCODECS_ERR_DATA;
}

static nc_status silent_decode(void *self, const void *src, size_t n, nc_buffer *out, nc_error *e)
{
    (void)self, (void)src, (void)n, (void)out, (void)e;
    return NUMCODECS_ERR_DATA;
}

static void silent_codec(void)
{
    nc_registry *registry = NULL;
    nc_codec *codec = NULL;
    nc_buffer *buffer = NULL;
    nc_custom_codec own;
    memset(&own, 0, sizeof own);
    own.struct_size = sizeof own;
    own.id = "silent";
    own.make = silent_make;
    own.encode = silent_encode;
    own.decode = silent_decode;
    need(nc_registry_new(NULL, 0, &registry, &err) == NUMCODECS_OK && nc_registry_add(registry, &own, &err) == NUMCODECS_OK
             && nc_codec_from_config("{\"id\": \"silent\"}", registry, &codec, &err) == NUMCODECS_OK, "silent");
    CHECK_SAYS(nc_encode(codec, NULL, "abc", 3, NULL, NULL, &buffer, &err), NUMCODECS_ERR_DATA, "returned status");
    CHECK(named("silent") && buffer == NULL);
    nc_codec_free(codec);
    nc_registry_free(registry);
}

/* ---- destinations ---- */

static void destinations(void)
{
    int32_t plain[N], room[2 * N];
    int64_t shape[2] = {4, 6}, vector[1] = {N}, nothing[2] = {0, 6}, start[2] = {1, 0}, gaps[2] = {48, 8}, same[2] = {4, 4};
    nc_codec *codec = need_codec("{\"id\": \"zlib\"}");
    fill_pattern(plain, sizeof plain);
    nc_buffer *encoded = need_encoded(codec, plain, sizeof plain), *decoded = NULL;
    const void *src = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded), written = 0;
    nc_layout *c = need_layout("<i4", 2, shape, NULL, NUMCODECS_ORDER_C), *none = need_layout("<i4", 2, nothing, NULL, NUMCODECS_ORDER_C);
    nc_layout *wide = need_layout("<i4", 2, shape, gaps, NUMCODECS_ORDER_STRIDED), *narrow = need_layout("<i4", 2, shape, same, NUMCODECS_ORDER_STRIDED);
    nc_layout *row = need_layout("<i4", 1, vector, NULL, NUMCODECS_ORDER_C), *column = need_layout(">i4", 1, vector, NULL, NUMCODECS_ORDER_F);

    CHECK_SAYS(nc_decode(codec, src, n, c, wide, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE, "gaps");
    CHECK(named("zlib") && decoded == NULL);
    CHECK_SAYS(nc_decode_into(codec, src, n, c, narrow, room, sizeof room, NULL, &written, &err), NUMCODECS_ERR_SHAPE, "share");
    CHECK(named("zlib"));
    CHECK_OK(nc_decode_into(codec, src, n, c, wide, room, sizeof room, NULL, &written, &err));
    CHECK(written == sizeof room - 4 && room[2 * (N - 1)] == plain[N - 1]);
    CHECK_OK(nc_decode_into(codec, src, n, NULL, wide, room, sizeof room, NULL, &written, &err));
    CHECK(room[2] == plain[1]);
    CHECK_OK(nc_decode_box(codec, src, n, c, start, none, room, 0, NULL, &err));
    CHECK_OK(nc_decode(codec, src, n, row, column, NULL, &decoded, &err));
    CHECK(nc_buffer_nbytes(decoded) == sizeof plain && ((const unsigned char *)nc_buffer_data(decoded))[3] == ((unsigned char *)plain)[0]);
    nc_buffer_free(decoded);
    CHECK_STATUS(nc_encode(codec, c, plain, sizeof plain - 1, NULL, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_decode_box(codec, src, n, row, start, none, room, 0, NULL, &err), NUMCODECS_ERR_SHAPE);

    nc_layout_free(c), nc_layout_free(none), nc_layout_free(wide), nc_layout_free(narrow), nc_layout_free(row), nc_layout_free(column);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* ---- batches ---- */

static int32_t stop(void *user, uint64_t done, uint64_t total)
{
    (void)user, (void)done, (void)total;
    return 1;
}

static void *never(void *user, size_t nbytes)
{
    (void)user, (void)nbytes;
    return NULL;
}

static void batches(void)
{
    char plain[3][100], room[3][300];
    const void *src[3] = {plain[0], plain[1], plain[2]};
    void *dst[3] = {room[0], room[1], NULL};
    size_t nsrc[3] = {100, 100, 100}, ndst[3] = {300, 300, 300};
    nc_status status[3];
    nc_batch chunks;
    nc_options options = no_options();
    nc_codec *codec = need_codec("{\"id\": \"zstd\"}");
    memset(&chunks, 0, sizeof chunks);
    fill_pattern(plain, sizeof plain);
    chunks.struct_size = sizeof chunks;
    chunks.n = 3;
    chunks.src = src, chunks.src_nbytes = nsrc, chunks.dst = dst, chunks.dst_nbytes = ndst, chunks.status = status;
    CHECK_SAYS(nc_encode_batch(codec, NULL, &chunks, NULL, &err), NUMCODECS_ERR_NULL, "dst");
    CHECK(status[0] == NUMCODECS_ERR_NOT_DONE);
    CHECK(nc_encode_batch(codec, NULL, &chunks, NULL, NULL) == NUMCODECS_ERR_NULL);
    dst[2] = room[2];
    options.grow = never;
    CHECK_SAYS(nc_encode_batch(codec, NULL, &chunks, &options, &err), NUMCODECS_ERR_UNSUPPORTED, "grow");
    options.grow = NULL;
    options.progress = stop;
    for (int32_t threads = 1; threads <= 2; threads++) {
        options.nthreads = threads;
        CHECK_STATUS(nc_encode_batch(codec, NULL, &chunks, &options, &err), NUMCODECS_ERR_CANCELLED);
    }
    nsrc[1] = 0, ndst[1] = 0, dst[1] = NULL;
    CHECK_STATUS(nc_encode_batch(codec, NULL, &chunks, NULL, &err), NUMCODECS_ERR_SPACE);
    CHECK(err.index == 1 && status[0] == NUMCODECS_OK && status[1] == NUMCODECS_ERR_SPACE && status[2] == NUMCODECS_OK);
    nc_codec_free(codec);
}

/* ---- text ---- */

static nc_layout *words(int64_t count)
{
    nc_layout *layout = NULL;
    need(nc_layout_new(NULL, NUMCODECS_UTF8, 1, &count, NULL, NUMCODECS_ORDER_C, &layout, &err) == NUMCODECS_OK, "words");
    return layout;
}

/* Text that needs escapes and text that does not, in one block. */
static void text_in_json(void)
{
    static const char block[] = "plain" "caf\xc3\xa9" "a\"b" "" "x";
    static const int64_t offsets[6] = {0, 5, 10, 13, 13, 14};
    nc_layout *layout = words(5);
    nc_codec *escapes = need_codec("{\"id\": \"json2\"}"), *raw = need_codec("{\"id\": \"json2\", \"ensure_ascii\": false}");
    nc_codec *ascii = need_codec("{\"id\": \"json2\", \"ensure_ascii\": false, \"encoding\": \"ascii\"}");
    nc_codec *spaced = need_codec("{\"id\": \"json2\", \"indent\": 1}"), *codec = NULL;
    static const char ESCAPED[] = "[\"plain\",\"caf\\u00e9\",\"a\\\"b\",\"\",\"x\",\"|O\",[5]]";
    static const char RAW[] = "[\"plain\",\"caf\xc3\xa9\",\"a\\\"b\",\"\",\"x\",\"|O\",[5]]";
    static const char SPACED[] = "[\n \"plain\", \n \"|O\", \n [\n  1\n ]\n]";
    nc_buffer *buffer = NULL;
    CHECK_OK(nc_encode(escapes, layout, block, sizeof block - 1, offsets, NULL, &buffer, &err));
    CHECK(holds(buffer, ESCAPED, sizeof ESCAPED - 1));
    nc_buffer_free(buffer);
    CHECK_OK(nc_encode(raw, layout, block, sizeof block - 1, offsets, NULL, &buffer, &err));
    CHECK(holds(buffer, RAW, sizeof RAW - 1));
    nc_buffer_free(buffer);
    CHECK_SAYS(nc_encode(ascii, layout, block, sizeof block - 1, offsets, NULL, &buffer, &err), NUMCODECS_ERR_DATA, "encoding");
    CHECK(named("json2") && buffer == NULL);
    nc_layout *first = words(1);
    CHECK_OK(nc_encode(ascii, first, block, 5, offsets, NULL, &buffer, &err));
    CHECK(holds(buffer, "[\"plain\",\"|O\",[1]]", 18));
    nc_buffer_free(buffer);
    CHECK_OK(nc_encode(spaced, first, block, 5, offsets, NULL, &buffer, &err));
    CHECK(holds(buffer, SPACED, sizeof SPACED - 1));
    nc_buffer_free(buffer);
    CHECK_SAYS(nc_codec_from_config("{\"id\": \"json2\", \"indent\": 1001}", NULL, &codec, &err), NUMCODECS_ERR_CONFIG, "1000");
    CHECK(strcmp(err.path, "indent") == 0 && named("json2"));
    nc_layout_free(layout), nc_layout_free(first);
    nc_codec_free(escapes), nc_codec_free(raw), nc_codec_free(ascii), nc_codec_free(spaced);
}

/* The layouts of numcodecs before 0.6 are built where they are named; they carry no shape. MessagePack takes text in one block too. */
static void legacy_and_messagepack(void)
{
    static const char *const ids[] = {"json", "msgpack"};
    static const char block[] = "onetwo";
    static const int64_t offsets[3] = {0, 3, 6};
    nc_registry *registry = NULL;
    nc_layout *layout = words(2), *point = NULL;
    nc_buffer *buffer = NULL;
    need(nc_registry_new(ids, 2, &registry, &err) == NUMCODECS_OK, "registry");
    for (int i = 0; i < 3; i++) {
        static const char *const configs[] = {"{\"id\": \"json\"}", "{\"id\": \"msgpack\"}", "{\"id\": \"msgpack2\"}"};
        nc_codec *codec = NULL;
        need(nc_codec_from_config(configs[i], i < 2 ? registry : NULL, &codec, &err) == NUMCODECS_OK, configs[i]);
        CHECK_OK(nc_encode(codec, layout, block, 6, offsets, NULL, &buffer, &err));
        if (i == 0)
            CHECK(holds(buffer, "[\"one\",\"two\",\"|O\"]", 18));
        else
            CHECK(memcmp((const char *)nc_buffer_data(buffer) + 1, "\xa3one\xa3two", 8) == 0);
        nc_buffer_free(buffer);
        buffer = NULL;
        nc_codec_free(codec);
    }
    nc_codec *codec = NULL;
    need(nc_codec_from_config("{\"id\": \"json\"}", registry, &codec, &err) == NUMCODECS_OK, "json");
    need(nc_layout_new("<i4", NUMCODECS_FIXED, 0, NULL, NULL, NUMCODECS_ORDER_C, &point, &err) == NUMCODECS_OK, "point");
    CHECK_STATUS(nc_encode(codec, point, "\1\0\0\0", 4, NULL, NULL, &buffer, &err), NUMCODECS_ERR_SHAPE);
    nc_layout_free(layout), nc_layout_free(point);
    nc_codec_free(codec);
    nc_registry_free(registry);
}

/* ---- shards ---- */

static void big_endian_index(void)
{
    static const char JSON[] =
        "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4, 6], \"data_type\": \"int32\", \"fill_value\": 7,"
        "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4, 6]}}, \"chunk_key_encoding\": {\"name\": \"default\"},"
        "\"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [2, 3],"
        "\"codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}],"
        "\"index_codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}]}}]}";
    int32_t plain[N], back[N];
    int64_t shape[2] = {4, 6}, none[2] = {0, 6}, start[2] = {0, 0};
    nc_zarr *zarr = NULL;
    nc_buffer *shard = NULL;
    size_t written = 0;
    for (int i = 0; i < N; i++)
        plain[i] = i % 6 < 3 ? i + 1 : 7; /* the inner chunks at the right are fill value, which is not stored */
    need(nc_zarr_open(JSON, NULL, &zarr, &err) == NUMCODECS_OK, "shard");
    nc_layout *whole = need_layout("<i4", 2, shape, NULL, NUMCODECS_ORDER_C), *nothing = need_layout("<i4", 2, none, NULL, NUMCODECS_ORDER_C);
    const nc_codec *codec = nc_zarr_codec(zarr);
    CHECK_OK(nc_encode(codec, whole, plain, sizeof plain, NULL, NULL, &shard, &err));
    const unsigned char *index = (const unsigned char *)nc_buffer_data(shard) + 2 * 24;
    CHECK(nc_buffer_nbytes(shard) == 2 * 24 + 4 * 16);
    CHECK(index[7] == 0 && index[15] == 24 && index[16] == 0xff && index[32 + 7] == 24 && index[32 + 15] == 24);
    CHECK_OK(nc_decode_into(codec, nc_buffer_data(shard), nc_buffer_nbytes(shard), NULL, whole, back, sizeof back, NULL, &written, &err));
    CHECK(written == sizeof back && memcmp(plain, back, sizeof back) == 0);
    CHECK_OK(nc_decode_box(codec, nc_buffer_data(shard), nc_buffer_nbytes(shard), whole, start, nothing, back, 0, NULL, &err));
    nc_layout_free(whole), nc_layout_free(nothing);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

/* ---- values of another type ---- */

#define CAST(from, configuration) \
    "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [2], \"data_type\": \"" from "\", \"fill_value\": 0, \"chunk_grid\": {\"name\":" \
    "\"regular\", \"configuration\": {\"chunk_shape\": [2]}}, \"chunk_key_encoding\": \"default\", \"codecs\": [{\"name\": \"cast_value\"," \
    "\"configuration\": {" configuration "}}, {\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}]}"

static void values_are_cast(void)
{
    static const double NOT_A_NUMBER = 0.0 / 0.0;
    const struct { const char *json; double given[2]; nc_status status; const char *stored; size_t n; } cases[] = {
        {CAST("float64", "\"data_type\": \"int8\", \"rounding\": \"towards-zero\""), {2.9, -2.9}, NUMCODECS_OK, "\2\xfe", 2},
        {CAST("float64", "\"data_type\": \"int8\", \"rounding\": \"towards-negative\""), {2.9, -2.9}, NUMCODECS_OK, "\2\xfd", 2},
        {CAST("float64", "\"data_type\": \"int8\", \"rounding\": \"nearest-away\""), {2.5, 0.0}, NUMCODECS_OK, "\3\0", 2},
        {CAST("float64", "\"data_type\": \"int8\""), {2.5, -3.0}, NUMCODECS_OK, "\2\xfd", 2},
        {CAST("float64", "\"data_type\": \"int8\""), {300.0, 0.0}, NUMCODECS_ERR_DATA, NULL, 0},
        {CAST("float64", "\"data_type\": \"int8\""), {1e300, 0.0}, NUMCODECS_ERR_DATA, NULL, 0},
        {CAST("float64", "\"data_type\": \"int8\", \"out_of_range\": \"clamp\""), {300.0, -1e30}, NUMCODECS_OK, "\x7f\x80", 2},
        {CAST("float64", "\"data_type\": \"int8\", \"out_of_range\": \"wrap\""), {300.0, -129.0}, NUMCODECS_OK, "\x2c\x7f", 2},
        {CAST("float64", "\"data_type\": \"int8\", \"scalar_map\": {\"encode\": [[\"NaN\", -1], [1.5, 7]]}"), {NOT_A_NUMBER, 1.5},
            NUMCODECS_OK, "\xff\7", 2},
        {CAST("float64", "\"data_type\": \"float32\""), {-0.0, 1e-60}, NUMCODECS_OK, "\0\0\0\x80\0\0\0\0", 8},
        {CAST("float64", "\"data_type\": \"float32\""), {-1e300, 0.0}, NUMCODECS_ERR_DATA, NULL, 0},
        {CAST("float64", "\"data_type\": \"float32\", \"out_of_range\": \"clamp\""), {-1e300, 1e300}, NUMCODECS_OK,
            "\0\0\x80\xff\0\0\x80\x7f", 8}, /* infinities */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nc_zarr *zarr = NULL;
        nc_buffer *buffer = NULL;
        need(nc_zarr_open(cases[i].json, NULL, &zarr, &err) == NUMCODECS_OK, cases[i].json);
        nc_status status = nc_encode(nc_zarr_codec(zarr), nc_zarr_layout(zarr), cases[i].given, sizeof cases[i].given, NULL, NULL, &buffer, &err);
        if (!CHECK_STATUS(status, cases[i].status) || (status == NUMCODECS_OK && !CHECK(holds(buffer, cases[i].stored, cases[i].n))))
            printf("    %g and %g\n", cases[i].given[0], cases[i].given[1]);
        if (status != NUMCODECS_OK)
            CHECK(named("cast_value"));
        nc_buffer_free(buffer);
        nc_zarr_free(zarr);
    }
}

int main(void)
{
    values_are_cast();
    layouts();
    arguments();
    threads_are_said();
    silent_codec();
    destinations();
    batches();
    text_in_json();
    legacy_and_messagepack();
    big_endian_index();
    return report("rare");
}
