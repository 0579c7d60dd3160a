/* Zarr metadata: codec, layout, fill value and keys of the chunks of an array. */
#include "check.h"

#define V2(dtype, fill, order, filters, compressor) \
    "{\"zarr_format\": 2, \"shape\": [5, 7], \"chunks\": [2, 3], \"dtype\": " dtype ", \"fill_value\": " fill ", \"order\": \"" order \
    "\", \"filters\": " filters ", \"compressor\": " compressor "}"

#define V3(codecs) \
    "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [5, 7], \"data_type\": \"int32\", \"fill_value\": 7," \
    "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2, 3]}}," \
    "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [" codecs "]}"
#define BIG "{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}"
#define TURN "{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, "

static nc_zarr *need_zarr(const char *json)
{
    nc_zarr *zarr = NULL;
    need(nc_zarr_open(json, NULL, &zarr, &err) == NUMCODECS_OK, json);
    return zarr;
}

static void what_it_tells(void)
{
    nc_zarr *zarr = need_zarr(V2("\">i4\"", "7", "F", "null", "{\"id\": \"zlib\", \"level\": 1, \"who\": 1}"));
    const nc_layout *layout = nc_zarr_layout(zarr);
    int64_t shape[2] = {0, 0};
    CHECK(strcmp(nc_layout_dtype(layout), ">i4") == 0 && nc_layout_query(layout, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_F);
    CHECK_OK(nc_layout_shape(layout, shape, 2, &err));
    CHECK(shape[0] == 2 && shape[1] == 3);
    CHECK_OK(nc_zarr_shape(zarr, shape, 2, &err));
    CHECK(shape[0] == 5 && shape[1] == 7);
    CHECK_STATUS(nc_zarr_shape(zarr, shape, 1, &err), NUMCODECS_ERR_SPACE);
    CHECK_STATUS(nc_zarr_shape(zarr, NULL, 2, &err), NUMCODECS_ERR_NULL);
    CHECK(nc_zarr_query(zarr, NUMCODECS_Q_NDIM) == 2 && nc_zarr_query(zarr, NUMCODECS_Q_FORMAT) == 2);
    CHECK(nc_zarr_query(zarr, NUMCODECS_Q_FILL) == 1 && nc_zarr_query(zarr, NUMCODECS_Q_ORDER) == -1);
    CHECK(strcmp(nc_codec_config(nc_zarr_codec(zarr)), "[{\"id\":\"zlib\",\"level\":1}]") == 0);
    CHECK(strcmp(nc_zarr_ignored(zarr, 0), "compressor.who") == 0 && nc_zarr_ignored(zarr, 1) == NULL);
    nc_zarr_free(zarr);
}

/* A native array in C order goes in and comes out of chunks that are big endian and in F order. */
static void a_chunk(void)
{
    nc_zarr *zarr = need_zarr(V2("\">i4\"", "7", "F", "[{\"id\": \"shuffle\", \"elementsize\": 4}]", "{\"id\": \"zlib\", \"level\": 1}"));
    const int64_t shape[] = {2, 3}, strides[] = {40, 8};
    nc_layout *native = need_layout("i4", 2, shape, NULL, NUMCODECS_ORDER_C), *apart = need_layout("i4", 2, shape, strides, 0);
    const int32_t values[6] = {1, 2, 3, -4, -5, -6};
    int32_t back[20];
    nc_buffer *stored = NULL;
    size_t written = 0;
    CHECK_OK(nc_encode(nc_zarr_codec(zarr), native, values, sizeof values, NULL, NULL, &stored, &err));
    const void *bytes = nc_buffer_data(stored);
    size_t n = nc_buffer_nbytes(stored);
    CHECK_OK(nc_decode_into(nc_zarr_codec(zarr), bytes, n, NULL, native, back, sizeof back, NULL, &written, &err));
    CHECK(written == sizeof values && memcmp(back, values, sizeof values) == 0);
    memset(back, 0x55, sizeof back);
    CHECK_OK(nc_decode_into(nc_zarr_codec(zarr), bytes, n, NULL, apart, back, sizeof back, NULL, &written, &err));
    CHECK(back[0] == 1 && back[2] == 2 && back[4] == 3 && back[10] == -4 && back[14] == -6 && back[1] == 0x55555555);
    nc_buffer_free(stored);
    nc_layout_free(apart);
    nc_layout_free(native);
    nc_zarr_free(zarr);
}

static void keys(void)
{
    nc_zarr *zarr = need_zarr(V2("\"<f8\"", "null", "C", "null", "null"));
    const int64_t last[] = {2, 2}, none[] = {3, 0}, negative[] = {0, -1};
    char key[8];
    CHECK_OK(nc_zarr_chunk_key(zarr, last, key, sizeof key, &err));
    CHECK(strcmp(key, "2.2") == 0);
    CHECK_STATUS(nc_zarr_chunk_key(zarr, none, key, sizeof key, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_zarr_chunk_key(zarr, negative, key, sizeof key, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_zarr_chunk_key(zarr, last, key, 3, &err), NUMCODECS_ERR_SPACE);
    CHECK(err.needed == 4);
    CHECK_STATUS(nc_zarr_chunk_key(zarr, NULL, key, sizeof key, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_chunk_key(zarr, last, NULL, 8, &err), NUMCODECS_ERR_NULL);
    CHECK(nc_zarr_query(zarr, NUMCODECS_Q_FILL) == 0);
    nc_zarr_free(zarr);
}

static void fill_values(void)
{
    nc_zarr *zarr = need_zarr(V2("\">i2\"", "-2", "C", "null", "null"));
    const int64_t shape[] = {3}, strides[] = {4};
    nc_layout *native = need_layout("i2", 1, shape, strides, 0), *bytes = need_layout("u1", 1, shape, NULL, 0);
    int16_t room[6] = {1, 1, 1, 1, 1, 1};
    size_t n = 0;
    CHECK_OK(nc_zarr_fill(zarr, native, room, sizeof room, &err));
    CHECK(room[0] == -2 && room[1] == 1 && room[2] == -2 && room[4] == -2 && room[5] == 1);
    CHECK_STATUS(nc_zarr_fill(zarr, native, room, 9, &err), NUMCODECS_ERR_SPACE);
    CHECK(err.needed == 10);
    CHECK_STATUS(nc_zarr_fill(zarr, bytes, room, sizeof room, &err), NUMCODECS_ERR_DTYPE);
    CHECK_STATUS(nc_zarr_fill(zarr, NULL, room, sizeof room, &err), NUMCODECS_ERR_NULL);
    const unsigned char *item = (const unsigned char *)nc_zarr_fill_item(zarr, &n);
    CHECK(n == 2 && item[0] == 0xff && item[1] == 0xfe);
    nc_zarr_free(zarr);

    zarr = need_zarr(V2("\"|O\"", "\"none\"", "C", "[{\"id\": \"vlen-utf8\"}]", "null"));
    CHECK(nc_layout_query(nc_zarr_layout(zarr), NUMCODECS_Q_KIND) == NUMCODECS_UTF8);
    item = (const unsigned char *)nc_zarr_fill_item(zarr, &n);
    CHECK(n == 4 && memcmp(item, "none", 4) == 0);
    CHECK_STATUS(nc_zarr_fill(zarr, native, room, sizeof room, &err), NUMCODECS_ERR_DTYPE);
    nc_zarr_free(zarr);
    nc_layout_free(bytes);
    nc_layout_free(native);
}

/* The two formats say the same in different words: the same bytes lie in the chunks. */
static void version_3(void)
{
    nc_zarr *three = need_zarr(V3(TURN BIG ", {\"name\": \"numcodecs.zlib\", \"configuration\": {\"level\": 1}}"));
    nc_zarr *two = need_zarr(V2("\">i4\"", "7", "F", "null", "{\"id\": \"zlib\", \"level\": 1}"));
    const int64_t shape[] = {2, 3}, index[] = {1, 2};
    nc_layout *native = need_layout("i4", 2, shape, NULL, NUMCODECS_ORDER_C);
    const int32_t values[6] = {1, 2, 3, -4, -5, -6};
    nc_buffer *a = NULL, *b = NULL;
    char key[16];
    CHECK(nc_zarr_query(three, NUMCODECS_Q_FORMAT) == 3);
    CHECK(nc_layout_query(nc_zarr_layout(three), NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_F);
    CHECK(strcmp(nc_layout_dtype(nc_zarr_layout(three)), ">i4") == 0);
    CHECK_OK(nc_encode(nc_zarr_codec(three), native, values, sizeof values, NULL, NULL, &a, &err));
    CHECK_OK(nc_encode(nc_zarr_codec(two), native, values, sizeof values, NULL, NULL, &b, &err));
    CHECK(holds(a, nc_buffer_data(b), nc_buffer_nbytes(b)));
    CHECK_OK(nc_zarr_chunk_key(three, index, key, sizeof key, &err));
    CHECK(strcmp(key, "c/1/2") == 0);
    nc_buffer_free(b);
    nc_buffer_free(a);
    nc_layout_free(native);
    nc_zarr_free(two);
    nc_zarr_free(three);
}

int main(void)
{
    version_3();
    what_it_tells();
    a_chunk();
    keys();
    fill_values();
    return report("zarr");
}
