/* Metadata that is written: as Zarr v2 or v3, from either, or new. */
#include "check.h"

static nc_zarr *need_zarr(const char *json)
{
    nc_zarr *zarr = NULL;
    need(nc_zarr_open(json, NULL, &zarr, &err) == NUMCODECS_OK, json);
    return zarr;
}

/* Whether the text has these words in it, white space aside. */
static int says(nc_buffer *text, const char *words)
{
    char *tight = malloc(nc_buffer_nbytes(text) + 1), *to = tight;
    const char *from = (const char *)nc_buffer_data(text);
    for (size_t i = 0; i < nc_buffer_nbytes(text); i++)
        if (from[i] != ' ' && from[i] != '\n')
            *to++ = from[i];
    *to = '\0';
    int found = strstr(tight, words) != NULL;
    if (!found)
        printf("    no %s in %s\n", words, tight);
    free(tight);
    return found;
}

static void written(const nc_zarr *zarr, int32_t format, const char *words)
{
    nc_buffer *text = NULL;
    if (CHECK_OK(nc_zarr_metadata(zarr, format, NULL, &text, &err)))
        CHECK(says(text, words));
    nc_buffer_free(text);
}

#define V2(dtype, fill, order, filters, compressor) \
    "{\"zarr_format\": 2, \"shape\": [5, 7], \"chunks\": [2, 3], \"dtype\": " dtype ", \"fill_value\": " fill ", \"order\": \"" order \
    "\", \"filters\": " filters ", \"compressor\": " compressor "}"
#define V3(data_type, codecs) \
    "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [5, 7], \"data_type\": " data_type ", \"fill_value\": 7," \
    "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2, 3]}}, \"attributes\": {\"unit\": \"K\"}," \
    "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [" codecs "]}"
#define BYTES(endian) "{\"name\": \"bytes\", \"configuration\": {\"endian\": \"" endian "\"}}"

/* Every difference between the two, in both directions. */
static void two_spellings(void)
{
    static const struct { const char *json; int32_t format; const char *words; } cases[] = {
        {V2("\">i4\"", "7", "C", "null", "null"), 2, "{\"shape\":[5,7],\"chunks\":[2,3],\"dtype\":\">i4\",\"fill_value\":7,\"order\":\"C\","
            "\"filters\":null,\"dimension_separator\":\".\",\"compressor\":null,\"zarr_format\":2}"},
        {V2("\">i4\"", "7", "C", "null", "null"), 3, "\"codecs\":[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}}]"},
        {V2("\"<i4\"", "null", "C", "null", "null"), 3, "\"fill_value\":0,"},
        {V2("\"<i4\"", "null", "C", "null", "null"), 3, "\"chunk_key_encoding\":{\"name\":\"v2\",\"configuration\":{\"separator\":\".\"}}"},
        {V2("\"|i1\"", "0", "F", "null", "null"), 3,
            "\"codecs\":[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}},{\"name\":\"bytes\"}]"},
        {V2("\"<f8\"", "\"NaN\"", "C", "null", "{\"id\": \"blosc\", \"cname\": \"lz4\", \"shuffle\": -1}"), 3, "{\"name\":\"blosc\","
            "\"configuration\":{\"typesize\":8,\"cname\":\"lz4\",\"clevel\":5,\"shuffle\":\"shuffle\",\"blocksize\":0}}"},
        {V2("\"|b1\"", "true", "C", "null", "{\"id\": \"blosc\", \"shuffle\": -1}"), 3, "\"shuffle\":\"bitshuffle\""},
        {V2("\"<i4\"", "0", "C", "[{\"id\": \"crc32c\"}]", "{\"id\": \"blosc\"}"), 3, "{\"name\":\"crc32c\"},{\"name\":\"blosc\","
            "\"configuration\":{\"typesize\":1,"},
        {V2("\"<i4\"", "0", "C", "null", "{\"id\": \"zstd\", \"level\": 3, \"checksum\": 0}"), 3,
            "{\"name\":\"zstd\",\"configuration\":{\"level\":3,\"checksum\":false}}"},
        {V2("\">i4\"", "0", "C", "[{\"id\": \"delta\", \"dtype\": \">i4\", \"astype\": \">i2\"}]", "{\"id\": \"zlib\", \"level\": 1}"), 3,
            "[{\"name\":\"numcodecs.delta\",\"configuration\":{\"dtype\":\"<i4\",\"astype\":\"<i2\"}},"
            "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}},{\"name\":\"numcodecs.zlib\",\"configuration\":{\"level\":1}}]"},
        {V2("\"|O\"", "\"\\u017c\"", "C", "[{\"id\": \"vlen-utf8\"}]", "null"), 3, "\"data_type\":\"string\""},
        {V2("\"|O\"", "\"\\u017c\"", "C", "[{\"id\": \"vlen-utf8\"}]", "null"), 3, "\"fill_value\":\"\\u017c\""},
        {V2("\"|O\"", "0", "F", "[{\"id\": \"vlen-bytes\"}]", "null"), 3,
            "[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}},{\"name\":\"vlen-bytes\",\"configuration\":{}}]"},
        {V2("\"<M8[25us]\"", "5", "C", "null", "null"), 3,
            "{\"name\":\"numpy.datetime64\",\"configuration\":{\"unit\":\"us\",\"scale_factor\":25}}"},
        {V2("[[\"a\", \">i2\"], [\"b\", \"|S2\"]]", "\"AQJhYg==\"", "C", "null", "null"), 3, "\"fill_value\":{\"a\":258,\"b\":\"YWI=\"}"},
        {V3("\"int32\"", BYTES("big") ", {\"name\": \"numcodecs.zlib\"}"), 2, "\"compressor\":{\"id\":\"zlib\",\"level\":1}"},
        {V3("\"int32\"", BYTES("big")), 2, "\"dtype\":\">i4\",\"fill_value\":7,"},
        {V3("\"int32\"", "{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, " BYTES("little")), 2, "\"order\":\"F\""},
        {V3("\"int32\"", BYTES("little") ", {\"name\": \"blosc\", \"configuration\": {\"typesize\": 4, \"shuffle\": \"bitshuffle\"}}"), 2,
            "\"compressor\":{\"id\":\"blosc\",\"cname\":\"zstd\",\"clevel\":5,\"shuffle\":2,\"blocksize\":0}"},
        {V3("\"int32\"", BYTES("little") ", {\"name\": \"blosc\", \"configuration\": {\"typesize\": 2}}"), 2, "\"typesize\":2"},
        {V3("\"int32\"", BYTES("little") ", \"gzip\", \"crc32c\""), 2,
            "\"filters\":[{\"id\":\"gzip\",\"level\":5}],\"dimension_separator\":\"/\",\"compressor\":{\"id\":\"crc32c\"}"},
        {V3("\"int32\"", BYTES("little") ", {\"name\": \"zstd\", \"configuration\": {\"level\": 3, \"checksum\": false}}"), 2,
            "\"compressor\":{\"id\":\"zstd\",\"level\":3}"},
        {V3("\"int32\"", "{\"name\": \"numcodecs.delta\", \"configuration\": {\"dtype\": \"int32\"}}, " BYTES("big")), 2,
            "\"filters\":[{\"id\":\"delta\",\"dtype\":\">i4\",\"astype\":\">i4\"}]"},
        {V3("\"int32\"", BYTES("little") ", \"zlib\""), 3, "{\"name\":\"numcodecs.zlib\",\"configuration\":{\"level\":1}}"},
        {V3("\"int32\"", BYTES("little")), 3, "\"attributes\":{\"unit\":\"K\"}"},
        {V3("\"int8\"", "\"bytes\", \"blosc\""), 3, "\"typesize\":1,\"cname\":\"zstd\",\"clevel\":5,\"shuffle\":\"bitshuffle\""},
        {V3("\"int32\"", BYTES("little") ", {\"name\": \"zstd\", \"configuration\": {\"level\": 3, \"checksum\": true}}"), 2,
            "\"compressor\":{\"id\":\"zstd\",\"level\":3,\"checksum\":true}"},
        {V3("\"int32\"", "{\"name\": \"transpose\", \"configuration\": {\"order\": [0, 1]}}, " BYTES("little")), 2, "\"order\":\"C\""},
        {V3("\"int32\"", "\"scale_offset\", " BYTES("little")), 3, "{\"name\":\"scale_offset\"}"},
        {V2("\"<i4\"", "0", "C", "null", "{\"id\": \"blosc\", \"typesize\": null}"), 3, "\"typesize\":4"},
        {V2("\"<i4\"", "0", "C", "null", "{\"id\": \"zstd\", \"checksum\": 1}"), 3, "\"checksum\":true"},
        {V2("\"<i4\"", "0", "C", "[{\"id\": \"crc32c\", \"location\": \"start\"}]", "null"), 3,
            "{\"name\":\"numcodecs.crc32c\",\"configuration\":{\"location\":\"start\"}}"},
        {V2("\"<m8\"", "0", "C", "null", "null"), 3, "\"unit\":\"generic\""},
        {V2("\"<f8\"", "0", "C", "[{\"id\": \"quantize\", \"digits\": 1, \"dtype\": \"<f8\"}]", "null"), 3, "\"numcodecs.quantize\""},
        {"{\"zarr_format\": 2, \"shape\": [4], \"chunks\": [2], \"dtype\": \"<i4\", \"fill_value\": 0, \"order\": \"F\","
            "\"filters\": null, \"compressor\": null}", 3, "\"codecs\":[{\"name\":\"bytes\""},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"string\", \"fill_value\": \"x\","
            "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}},"
            "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [\"vlen-utf8\"]}", 2, "\"filters\":[{\"id\":\"vlen-utf8\"}]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nc_zarr *zarr = need_zarr(cases[i].json);
        written(zarr, cases[i].format, cases[i].words);
        nc_zarr_free(zarr);
    }
}

/* What the other format has no words for. */
static void no_form(void)
{
    static const struct { const char *json; int32_t format; const char *path; } cases[] = {
        {V2("\"|O\"", "0", "C", "[{\"id\": \"json2\"}]", "null"), 3, "filters[0].id"},
        {V2("[[\"a\", \"<i4\"], [\"b\", \">i4\"]]", "null", "C", "null", "null"), 3, "dtype[1][1]"},
        {V2("[[\"a\", \"<i4\", [2]]]", "null", "C", "null", "null"), 3, "dtype[0][2]"},
        {V2("\"<i4\"", "0", "C", "null", "{\"id\": \"base64\"}"), 3, "compressor.id"},
        {V2("\"<i4\"", "0", "C", "[{\"id\": \"zlib\"}, {\"id\": \"delta\", \"dtype\": \"<i4\"}]", "null"), 3, "filters[1].id"},
        {V2("\"<i4\"", "0", "C", "[{\"id\": \"delta\", \"dtype\": \"<i2\"}]", "null"), 3, "filters[0].dtype"},
        {V2("\"<f8\"", "0", "C", "[{\"id\": \"quantize\", \"digits\": 1, \"dtype\": \"<f8\", \"astype\": \"<f4\"}]", "null"), 3,
            "filters[0].astype"},
        {"{\"zarr_format\": 2, \"shape\": [4, 6], \"chunks\": [2, 0], \"dtype\": \"<i4\", \"fill_value\": 0, \"order\": \"C\","
            "\"filters\": null, \"compressor\": null}", 3, "chunks[1]"},
        {V2("\"<f4\"", "0", "C", "[{\"id\": \"bitround\", \"keepbits\": 26}]", "null"), 3, ""},
        {V3("\"int32\"", "{\"name\": \"scale_offset\", \"configuration\": {\"offset\": 1}}, " BYTES("little")), 2, "codecs[0].name"},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4, 4, 4], \"data_type\": \"int8\", \"fill_value\": 0,"
            "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2, 2, 2]}},"
            "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 2, 0]}},"
            "\"bytes\"]}", 2, "codecs[0].configuration.order"},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"int8\", \"fill_value\": 0,"
            "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}}, \"dimension_names\": [\"x\"],"
            "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [\"bytes\"]}", 2, "dimension_names"},
        {V3("\"int32\"", "{\"name\": \"cast_value\", \"configuration\": {\"data_type\": \"int8\"}}, \"bytes\""), 2, "codecs[0].name"},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [5], \"data_type\": \"bytes\", \"fill_value\": \"\","
            "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}}, \"codecs\": [\"numcodecs.pcodec\"]}", 2,
            "codecs[0].name"},
        {V3("\"int32\"", "{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [1, 3], \"codecs\": [" BYTES("big") "]}}"), 2,
            "codecs[0].name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nc_zarr *zarr = need_zarr(cases[i].json);
        nc_buffer *text = (nc_buffer *)&err;
        CHECK_STATUS(nc_zarr_metadata(zarr, cases[i].format, NULL, &text, &err), NUMCODECS_ERR_UNSUPPORTED);
        if (!CHECK(text == NULL && strcmp(err.path, cases[i].path) == 0))
            printf("    path \"%s\" of %s\n", err.path, cases[i].json);
        nc_zarr_free(zarr);
    }
}

static void attributes(void)
{
    nc_zarr *three = need_zarr(V3("\"int32\"", BYTES("little"))), *two = need_zarr(V2("\"<i4\"", "0", "C", "null", "null"));
    nc_buffer *text = NULL;
    CHECK(strcmp(nc_zarr_attributes(three), "{\"unit\":\"K\"}") == 0 && nc_zarr_attributes(two) == NULL);
    CHECK_OK(nc_zarr_metadata(three, 3, "{\"unit\": \"C\"}", &text, &err));
    CHECK(says(text, "\"attributes\":{\"unit\":\"C\"}"));
    nc_buffer_free(text);
    CHECK_STATUS(nc_zarr_metadata(three, 3, "[]", &text, &err), NUMCODECS_ERR_CONFIG);
    CHECK(strcmp(err.path, "attributes") == 0);
    CHECK_STATUS(nc_zarr_metadata(three, 2, "{}", &text, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK_STATUS(nc_zarr_metadata(three, 4, NULL, &text, &err), NUMCODECS_ERR_CONFIG);
    CHECK_STATUS(nc_zarr_metadata(NULL, 2, NULL, &text, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_metadata(three, 2, NULL, NULL, &err), NUMCODECS_ERR_NULL);
    nc_zarr_free(two);
    nc_zarr_free(three);
}

/* From a layout, a fill value and codecs; the keys are those of the format. */
static void new_arrays(void)
{
    const int64_t chunk_shape[] = {2, 3}, shape[] = {5, 7}, index[] = {1, 2}, negative[] = {5, -7};
    const int32_t fill = -3;
    nc_layout *chunk = need_layout("<i4", 2, chunk_shape, NULL, NUMCODECS_ORDER_F);
    const char *codecs = "[{\"id\": \"delta\", \"dtype\": \"<i4\"}, {\"id\": \"zlib\", \"level\": 2}]";
    for (int32_t format = 2; format <= 3; format++) {
        nc_zarr *zarr = NULL;
        char key[16];
        need(nc_zarr_new(codecs, NULL, chunk, shape, &fill, sizeof fill, format, &zarr, &err) == NUMCODECS_OK, err.message);
        CHECK(nc_zarr_query(zarr, NUMCODECS_Q_FORMAT) == format && nc_zarr_query(zarr, NUMCODECS_Q_FILL) == 1);
        CHECK(nc_layout_query(nc_zarr_layout(zarr), NUMCODECS_Q_ORDER) == (format == 2 ? NUMCODECS_ORDER_F : NUMCODECS_ORDER_C));
        CHECK_OK(nc_zarr_chunk_key(zarr, index, key, sizeof key, &err));
        CHECK(strcmp(key, format == 2 ? "1.2" : "c/1/2") == 0);
        written(zarr, format, format == 2 ? "\"fill_value\":-3,\"order\":\"F\",\"filters\":[{\"id\":\"delta\"," : "{\"name\":\"transpose\",");
        nc_zarr_free(zarr);
    }
    nc_zarr *zarr = (nc_zarr *)&err;
    CHECK_STATUS(nc_zarr_new(codecs, NULL, chunk, shape, &fill, 3, 2, &zarr, &err), NUMCODECS_ERR_SHAPE);
    CHECK(zarr == NULL);
    CHECK_STATUS(nc_zarr_new(codecs, NULL, chunk, negative, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_zarr_new("[{\"id\": \"nope\"}]", NULL, chunk, shape, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_UNKNOWN_CODEC);
    CHECK(strcmp(err.path, "compressor.id") == 0);
    CHECK_STATUS(nc_zarr_new("7", NULL, chunk, shape, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_CONFIG);
    CHECK_STATUS(nc_zarr_new("[]", NULL, chunk, shape, NULL, 0, 4, &zarr, &err), NUMCODECS_ERR_CONFIG);
    CHECK_STATUS(nc_zarr_new("{\"id\": \"base64\"}", NULL, chunk, shape, NULL, 0, 3, &zarr, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK_STATUS(nc_zarr_new(NULL, NULL, chunk, shape, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_new("[]", NULL, NULL, shape, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_new("[]", NULL, chunk, NULL, NULL, 0, 2, &zarr, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_new("[]", NULL, chunk, shape, NULL, 0, 2, NULL, &err), NUMCODECS_ERR_NULL);
    nc_layout_free(chunk);
}

int main(void)
{
    two_spellings();
    no_form();
    attributes();
    new_arrays();
    return report("zarr_metadata");
}
