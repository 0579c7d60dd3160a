/* Metadata that is wrong: every mistake is an error that names its JSON path. */
#include "check.h"

/* A .zarray and a zarr.json in which one key after the other is replaced. */
static const struct { const char *key, *value; } v2_keys[] = {
    {"zarr_format", "2"}, {"shape", "[5, 7]"}, {"chunks", "[2, 3]"}, {"dtype", "\"<i4\""}, {"fill_value", "0"}, {"order", "\"C\""},
    {"filters", "null"}, {"compressor", "null"},
}, v3_keys[] = {
    {"zarr_format", "3"}, {"node_type", "\"array\""}, {"shape", "[5, 7]"}, {"data_type", "\"int32\""}, {"fill_value", "7"},
    {"chunk_grid", "{\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2, 4]}}"},
    {"chunk_key_encoding", "{\"name\": \"default\"}"}, {"codecs", "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}]"},
};
#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static void add(char *json, const char *key, const char *value)
{
    sprintf(json + strlen(json), "%s\"%s\": %s", json[1] ? ", " : "", key, value);
}

/* The document with another value for a key, or without it for NULL, or with one more key. */
static const char *document(int format, const char *key, const char *value)
{
    static char json[4096];
    int known = 0;
    strcpy(json, "{");
    for (size_t i = 0; i < (format == 2 ? COUNT(v2_keys) : COUNT(v3_keys)); i++) {
        const char *own = format == 2 ? v2_keys[i].key : v3_keys[i].key, *given = format == 2 ? v2_keys[i].value : v3_keys[i].value;
        int same = strcmp(own, key) == 0;
        known |= same;
        if (!same || value)
            add(json, own, same ? value : given);
    }
    if (!known && value)
        add(json, key, value);
    return strcat(json, "}");
}

static void refused(const char *json, nc_status status, const char *path)
{
    nc_zarr *zarr = (nc_zarr *)&err;
    CHECK_STATUS(nc_zarr_open(json, NULL, &zarr, &err), status);
    if (!CHECK(zarr == NULL && strcmp(err.path, path) == 0))
        printf("    path \"%s\" instead of \"%s\" of %s\n", err.path, path, json);
}

#define CONFIG NUMCODECS_ERR_CONFIG
#define UNKNOWN NUMCODECS_ERR_UNKNOWN_CODEC
#define NOT NUMCODECS_ERR_UNSUPPORTED
#define NAMED(name, configuration) "{\"name\": \"" name "\", \"configuration\": {" configuration "}}"
#define LITTLE NAMED("bytes", "\"endian\": \"little\"")
#define SHARD(configuration) "[" NAMED("sharding_indexed", configuration) "]"
#define INNER "\"chunk_shape\": [1, 2], \"codecs\": [" LITTLE "]"

static const struct { int format; const char *key, *value; nc_status status; const char *path; } cases[] = {
    {2, "zarr_format", "4", CONFIG, "zarr_format"},
    {2, "shape", "7", CONFIG, "shape"},
    {2, "shape", "[5, -7]", CONFIG, "shape[1]"},
    {2, "chunks", "[2]", CONFIG, "chunks"},
    {2, "chunks", "[2, 3, 4]", CONFIG, "chunks"},
    {2, "chunks", "[2, \"3\"]", CONFIG, "chunks[1]"},
    {2, "chunks", "[4611686018427387904, 4]", NUMCODECS_ERR_SHAPE, "chunks"},
    {2, "dtype", "\"<q9\"", CONFIG, "dtype"},
    {2, "dtype", "7", CONFIG, "dtype"},
    {2, "dtype", "[[\"a\", \"<i4\"], [\"b\", \"<q9\"]]", CONFIG, "dtype[1][1]"},
    {2, "dtype", "[[\"a\", [[\"b\", \"x\"]]]]", CONFIG, "dtype[0][1][0][1]"},
    {2, "dtype", "[[\"a\", \"|O\"]]", NOT, "dtype[0][1]"},
    {2, "dtype", "\"|O\"", NUMCODECS_ERR_DTYPE, "filters"},
    {2, "fill_value", "\"x\"", CONFIG, "fill_value"},
    {2, "fill_value", "2147483648", CONFIG, "fill_value"},
    {2, "order", "\"K\"", CONFIG, "order"},
    {2, "dimension_separator", "\"-\"", CONFIG, "dimension_separator"},
    {2, "filters", "{}", CONFIG, "filters"},
    {2, "filters", "[7]", CONFIG, "filters[0]"},
    {2, "filters", "[{\"level\": 7}]", UNKNOWN, "filters[0].id"},
    {2, "filters", "[{\"id\": \"crc32\"}, {\"id\": \"nope\"}]", UNKNOWN, "filters[1].id"},
    {2, "filters", "[{\"id\": \"delta\"}]", CONFIG, "filters[0].dtype"},
    {2, "compressor", "\"zlib\"", CONFIG, "compressor"},
    {2, "compressor", "{\"id\": \"zlib\", \"level\": 99}", CONFIG, "compressor.level"},
    {2, "compressor", "{\"id\": \"blosc\", \"cname\": \"gold\"}", CONFIG, "compressor.cname"},

    {3, "zarr_format", "\"3\"", CONFIG, "zarr_format"},
    {3, "node_type", "\"group\"", CONFIG, "node_type"},
    {3, "shape", "[5, 7.5]", CONFIG, "shape[1]"},
    {3, "data_type", "\"int24\"", NOT, "data_type"},
    {3, "data_type", "7", CONFIG, "data_type"},
    {3, "data_type", "{\"configuration\": {}}", CONFIG, "data_type.name"},
    {3, "data_type", NAMED("fixed_length_utf32", "\"length_bytes\": 7"), CONFIG, "data_type.configuration.length_bytes"},
    {3, "data_type", NAMED("raw_bytes", ""), CONFIG, "data_type.configuration.length_bytes"},
    {3, "data_type", NAMED("numpy.datetime64", "\"unit\": \"eon\""), CONFIG, "data_type.configuration.unit"},
    {3, "data_type", NAMED("struct", "\"fields\": 7"), CONFIG, "data_type.configuration.fields"},
    {3, "data_type", NAMED("struct", "\"fields\": [{\"name\": \"a\", \"data_type\": \"x\"}]"), NOT,
     "data_type.configuration.fields[0].data_type"},
    {3, "data_type", NAMED("structured", "\"fields\": [[\"a\", \"int8\"], [\"b\", \"x\"]]"), NOT, "data_type.configuration.fields[1][1]"},
    {3, "chunk_grid", "{\"name\": \"rectilinear\"}", NOT, "chunk_grid.name"},
    {3, "chunk_grid", NAMED("regular", "\"chunk_shape\": [2, 0]"), CONFIG, "chunk_grid.configuration.chunk_shape[1]"},
    {3, "chunk_grid", NAMED("regular", "\"chunk_shape\": [2]"), CONFIG, "chunk_grid.configuration.chunk_shape"},
    {3, "chunk_grid", NAMED("regular", "\"chunk_shape\": [4611686018427387904, 4]"), NUMCODECS_ERR_SHAPE,
     "chunk_grid.configuration.chunk_shape"},
    {3, "chunk_grid", NAMED("regular", ""), CONFIG, "chunk_grid.configuration.chunk_shape"},
    {3, "chunk_key_encoding", "{\"name\": \"v4\"}", NOT, "chunk_key_encoding.name"},
    {3, "chunk_key_encoding", NAMED("v2", "\"separator\": \"-\""), CONFIG, "chunk_key_encoding.configuration.separator"},
    {3, "fill_value", "[1]", CONFIG, "fill_value"},
    {3, "attributes", "7", CONFIG, "attributes"},
    {3, "dimension_names", "[\"x\"]", CONFIG, "dimension_names"},
    {3, "storage_transformers", "[{\"name\": \"x\"}]", NOT, "storage_transformers"},
    {3, "novelty", "{\"must_understand\": true}", CONFIG, "novelty"},
    {3, "codecs", "{}", CONFIG, "codecs"},
    {3, "codecs", "[]", CONFIG, "codecs"},
    {3, "codecs", "[7]", CONFIG, "codecs[0]"},
    {3, "codecs", "[{}]", CONFIG, "codecs[0].name"},
    {3, "codecs", "[\"bytes\"]", CONFIG, "codecs[0].configuration.endian"},
    {3, "codecs", "[" NAMED("bytes", "\"endian\": \"middle\"") "]", CONFIG, "codecs[0].configuration.endian"},
    {3, "codecs", "[\"zstd\"]", CONFIG, "codecs[0]"},
    {3, "codecs", "[" LITTLE ", \"nope\"]", UNKNOWN, "codecs[1].name"},
    {3, "codecs", "[" LITTLE "," NAMED("numcodecs.zlib", "\"id\": \"bz2\"") "]", CONFIG, "codecs[1].configuration.id"},
    {3, "codecs", "[" LITTLE "," NAMED("gzip", "\"level\": 77") "]", CONFIG, "codecs[1].configuration.level"},
    {3, "codecs", "[" LITTLE "," NAMED("blosc", "\"shuffle\": 1") "]", CONFIG, "codecs[1].configuration.shuffle"},
    {3, "codecs", "[" LITTLE "," NAMED("blosc", "\"typesize\": 0") "]", CONFIG, "codecs[1].configuration.typesize"},
    {3, "codecs", "[" NAMED("transpose", "\"order\": [0, 0]") "," LITTLE "]", CONFIG, "codecs[0].configuration.order"},
    {3, "codecs", "[" NAMED("transpose", "\"order\": \"F\"") "," LITTLE "]", CONFIG, "codecs[0].configuration.order"},
    {3, "codecs", "[" NAMED("scale_offset", "\"scale\": 0") "," LITTLE "]", CONFIG, "codecs[0].configuration.scale"},
    {3, "codecs", "[" NAMED("scale_offset", "\"offset\": 1.5") "," LITTLE "]", CONFIG, "codecs[0].configuration.offset"},
    {3, "codecs", "[" NAMED("cast_value", "") "," LITTLE "]", CONFIG, "codecs[0].configuration.data_type"},
    {3, "codecs", "[" NAMED("cast_value", "\"data_type\": \"string\"") "," LITTLE "]", NOT, "codecs[0].configuration.data_type"},
    {3, "codecs", "[" NAMED("cast_value", "\"data_type\": \"int8\", \"rounding\": \"up\"") "," LITTLE "]", CONFIG,
     "codecs[0].configuration.rounding"},
    {3, "codecs", "[" NAMED("cast_value", "\"data_type\": \"float32\", \"out_of_range\": \"wrap\"") "," LITTLE "]", CONFIG,
     "codecs[0].configuration.out_of_range"},
    {3, "codecs", "[" NAMED("cast_value", "\"data_type\": \"int8\", \"scalar_map\": {\"encode\": [[1, 300]]}") "," LITTLE "]", CONFIG,
     "codecs[0].configuration.scalar_map.encode[0][1]"},
    {3, "codecs", SHARD("\"chunk_shape\": [1, 3], \"codecs\": [" LITTLE "]"), CONFIG, "codecs[0].configuration.chunk_shape"},
    {3, "codecs", SHARD("\"chunk_shape\": [1, 2], \"codecs\": [" LITTLE ", \"nope\"]"), UNKNOWN, "codecs[0].configuration.codecs[1].name"},
    {3, "codecs", SHARD("\"chunk_shape\": [1, 2]"), CONFIG, "codecs[0].configuration.codecs"},
    {3, "codecs", SHARD("\"chunk_shape\": [1, 2], \"codecs\": " SHARD("\"chunk_shape\": [1, 3], \"codecs\": [" LITTLE "]")), CONFIG,
     "codecs[0].configuration.codecs[0].configuration.chunk_shape"},
    {3, "codecs", SHARD("\"chunk_shape\": [1, 0], \"codecs\": [" LITTLE "]"), CONFIG, "codecs[0].configuration.chunk_shape"},
    {3, "codecs", SHARD("\"chunk_shape\": [1], \"codecs\": [" LITTLE "]"), CONFIG, "codecs[0].configuration.chunk_shape"},
    {3, "codecs", SHARD(INNER ", \"index_location\": \"middle\""), CONFIG, "codecs[0].configuration.index_location"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": [\"gzip\"]"), NOT, "codecs[0].configuration.index_codecs[0]"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": 7"), CONFIG, "codecs[0].configuration.index_codecs"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": []"), CONFIG, "codecs[0].configuration.index_codecs"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": [\"crc32c\"]"), NOT, "codecs[0].configuration.index_codecs[0]"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": [" LITTLE "," LITTLE "]"), NOT, "codecs[0].configuration.index_codecs[1]"},
    {3, "codecs", SHARD(INNER ", \"index_codecs\": [" LITTLE "," NAMED("bytes", "\"endian\": \"big\"") "]"), NOT,
     "codecs[0].configuration.index_codecs[1]"},
    {3, "codecs", "[" NAMED("transpose", "\"order\": [0]") "," LITTLE "]", CONFIG, "codecs[0].configuration.order"},
    {3, "dimension_names", "[\"x\", 7]", CONFIG, "dimension_names"},
    {3, "data_type", NAMED("numpy.timedelta64", "\"unit\": \"eon\""), CONFIG, "data_type.configuration.unit"},
    {3, "data_type", "\"a name that is much longer than anything that an error message should have to carry to its reader\"", NOT, "data_type"},
    {3, "fill_value", "{\"a\": 1}", CONFIG, "fill_value"},
    {2, "fill_value", "{\"a\": 1}", CONFIG, "fill_value"},
    {2, "dtype", "[[\"a\", \"|V2147483647\"], [\"b\", \"|V2147483647\"]]", CONFIG, "dtype"},
};

/* More codecs than a pipeline holds, wherever they stand. */
static void too_many_codecs(void)
{
    enum { MOST = 64 };
    static char list[32 * MOST] = "[", entries[32 * MOST] = "[" LITTLE;
    for (int i = 0; i <= MOST; i++) {
        strcat(list, i ? ", {\"id\": \"crc32\"}" : "{\"id\": \"crc32\"}");
        strcat(entries, ", \"crc32c\"");
    }
    refused(document(2, "filters", strcat(list, "]")), CONFIG, "filters");
    refused(document(3, "codecs", strcat(entries, "]")), CONFIG, "codecs");
}

/* Types with more to say than a number. */
static void other_types(void)
{
    static const struct { const char *json; nc_status status; const char *path; } wrong[] = {
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"float64\", \"fill_value\": 0, \"chunk_grid\":"
         NAMED("regular", "\"chunk_shape\": [2]") ", \"chunk_key_encoding\": \"default\", \"codecs\": [" NAMED("scale_offset", "\"scale\": 0.0")
         ", " LITTLE "]}", CONFIG, "codecs[0].configuration.scale"},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"bool\", \"fill_value\": false, \"chunk_grid\":"
         NAMED("regular", "\"chunk_shape\": [2]") ", \"chunk_key_encoding\": \"default\", \"codecs\": [" NAMED("cast_value",
         "\"data_type\": \"int8\"") ", \"bytes\"]}", NOT, "codecs[0]"},
        {"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"string\", \"fill_value\": \"\", \"chunk_grid\":"
         NAMED("regular", "\"chunk_shape\": [2]") ", \"chunk_key_encoding\": \"default\", \"codecs\": [" LITTLE "]}", NUMCODECS_ERR_DTYPE, "codecs[0]"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        refused(wrong[i].json, wrong[i].status, wrong[i].path);
}

static void every_mistake_has_a_path(void)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        refused(document(cases[i].format, cases[i].key, cases[i].value), cases[i].status, cases[i].path);
}

static void every_key_is_missed(void)
{
    for (size_t i = 0; i < COUNT(v2_keys); i++)
        if (strcmp(v2_keys[i].key, "filters") != 0)
            refused(document(2, v2_keys[i].key, NULL), CONFIG, v2_keys[i].key);
    for (size_t i = 0; i < COUNT(v3_keys); i++)
        if (strcmp(v3_keys[i].key, "chunk_key_encoding") != 0)
            refused(document(3, v3_keys[i].key, NULL), CONFIG, v3_keys[i].key);
}

/* What harmless writers add is read, and listed wherever it stands. */
static void ignored_keys_are_listed(void)
{
    static const struct { int format; const char *key, *value, *path; } added[] = {
        {2, "_note", "1", "_note"},
        {2, "a\\u0000b", "1", "a\357\277\275b"}, /* a NUL, which C text cannot hold, is listed as the character U+FFFD */
        {2, "compressor", "{\"id\": \"zlib\", \"who\": 1}", "compressor.who"},
        {2, "filters", "[{\"id\": \"shuffle\", \"why\": 1}]", "filters[0].why"},
        {3, "novelty", "{\"must_understand\": false}", "novelty"},
        {3, "data_type", "{\"name\": \"int32\", \"note\": 1}", "data_type.note"},
        {3, "data_type", NAMED("numpy.datetime64", "\"unit\": \"s\", \"note\": 1"), "data_type.configuration.note"},
        {3, "chunk_grid", NAMED("regular", "\"chunk_shape\": [2, 4], \"note\": 1"), "chunk_grid.configuration.note"},
        {3, "chunk_grid", "{\"name\": \"regular\", \"note\": 1, \"configuration\": {\"chunk_shape\": [2, 4]}}", "chunk_grid.note"},
        {3, "chunk_key_encoding", NAMED("default", "\"note\": 1"), "chunk_key_encoding.configuration.note"},
        {3, "codecs", "[" NAMED("bytes", "\"endian\": \"little\", \"note\": 1") "]", "codecs[0].configuration.note"},
        {3, "codecs", "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}, \"note\": 1}]", "codecs[0].note"},
        {3, "codecs", "[" NAMED("transpose", "\"order\": [1, 0], \"note\": 1") "," LITTLE "]", "codecs[0].configuration.note"},
        {3, "codecs", "[" NAMED("scale_offset", "\"note\": 1") "," LITTLE "]", "codecs[0].configuration.note"},
        {3, "codecs", "[" LITTLE "," NAMED("zstd", "\"note\": 1") "]", "codecs[1].configuration.note"},
        {3, "codecs", SHARD(INNER ", \"note\": 1"), "codecs[0].configuration.note"},
        {3, "codecs", SHARD("\"chunk_shape\": [1, 2], \"codecs\": [" LITTLE "," NAMED("gzip", "\"note\": 1") "]"),
         "codecs[0].configuration.codecs[1].configuration.note"},
        {3, "codecs", SHARD(INNER ", \"index_codecs\": [" LITTLE ", {\"name\": \"crc32c\", \"note\": 1}]"),
         "codecs[0].configuration.index_codecs[1].note"},
    };
    for (size_t i = 0; i < COUNT(added); i++) {
        const char *json = document(added[i].format, added[i].key, added[i].value);
        nc_zarr *zarr = NULL;
        CHECK_OK(nc_zarr_open(json, NULL, &zarr, &err));
        const char *path = nc_zarr_ignored(zarr, 0);
        if (!CHECK(path && strcmp(path, added[i].path) == 0 && nc_zarr_ignored(zarr, 1) == NULL))
            printf("    ignored \"%s\" of %s\n", path ? path : "nothing", json);
        nc_zarr_free(zarr);
    }
}

int main(void)
{
    refused("{}", CONFIG, "zarr_format");
    refused("[]", CONFIG, "");
    refused("nonsense", CONFIG, "");
    CHECK_STATUS(nc_zarr_open(NULL, NULL, NULL, &err), NUMCODECS_ERR_NULL);
    CHECK(nc_zarr_codec(NULL) == NULL && nc_zarr_layout(NULL) == NULL && nc_zarr_query(NULL, 3) == -1);
    CHECK(nc_zarr_fill_item(NULL, NULL) == NULL && nc_zarr_ignored(NULL, 0) == NULL && nc_zarr_attributes(NULL) == NULL);
    nc_zarr_free(NULL);
    every_mistake_has_a_path();
    too_many_codecs();
    other_types();
    every_key_is_missed();
    ignored_keys_are_listed();
    return report("zarr_errors");
}
