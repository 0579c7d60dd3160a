/* A list of configurations is one codec: filters in their order, then the compressor. Errors say which of them it was. */
#include "check.h"

enum { ITEMS = 1000 };
static const char CONFIG[] = "[{\"id\": \"delta\", \"dtype\": \"<i4\"}, {\"id\": \"shuffle\"}, {\"id\": \"zlib\", \"level\": 9}]";
static const int64_t SHAPE[1] = {ITEMS};
static int32_t numbers[ITEMS];

/* What a chain of single codecs gives. */
static nc_buffer *one_by_one(const nc_layout *layout)
{
    nc_codec *delta = need_codec("{\"id\": \"delta\", \"dtype\": \"<i4\"}"), *shuffle = need_codec("{\"id\": \"shuffle\"}");
    nc_codec *zlib = need_codec("{\"id\": \"zlib\", \"level\": 9}");
    nc_buffer *first = NULL;
    need(nc_encode(delta, layout, numbers, sizeof numbers, NULL, NULL, &first, &err) == NUMCODECS_OK, "delta");
    nc_buffer *second = need_encoded(shuffle, nc_buffer_data(first), nc_buffer_nbytes(first));
    nc_buffer *third = need_encoded(zlib, nc_buffer_data(second), nc_buffer_nbytes(second));
    nc_buffer_free(first);
    nc_buffer_free(second);
    nc_codec_free(delta);
    nc_codec_free(shuffle);
    nc_codec_free(zlib);
    return third;
}

static void both_ways(void)
{
    static int32_t found[ITEMS];
    size_t written = 0;
    nc_codec *codec = need_codec(CONFIG);
    nc_layout *layout = need_layout("<i4", 1, SHAPE, NULL, NUMCODECS_ORDER_C);
    nc_buffer *encoded = NULL, *expected = one_by_one(layout);
    CHECK_OK(nc_encode(codec, layout, numbers, sizeof numbers, NULL, NULL, &encoded, &err));
    CHECK(holds(encoded, nc_buffer_data(expected), nc_buffer_nbytes(expected)));
    CHECK_OK(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), layout, layout, found, sizeof found, NULL,
                            &written, &err));
    CHECK(written == sizeof found && memcmp(found, numbers, sizeof found) == 0);
    CHECK(strcmp(nc_codec_config(codec), "[{\"id\":\"delta\",\"dtype\":\"<i4\",\"astype\":\"<i4\"},"
                                         "{\"id\":\"shuffle\",\"elementsize\":4},{\"id\":\"zlib\",\"level\":9}]")
          == 0);
    nc_buffer_free(encoded);
    nc_buffer_free(expected);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

static void errors(void)
{
    nc_codec *codec = NULL;
    nc_buffer *out = NULL;
    CHECK_STATUS(nc_codec_from_config("[{\"id\": \"shuffle\"}, {\"id\": \"zlib\", \"level\": 10}]", NULL, &codec, &err),
                 NUMCODECS_ERR_CONFIG);
    CHECK(codec == NULL && err.stage == 1 && strcmp(err.path, "[1].level") == 0 && strcmp(err.codec, "zlib") == 0);

    codec = need_codec(CONFIG);
    CHECK_STATUS(nc_decode(codec, "rubbish", 7, NULL, NULL, NULL, &out, &err), NUMCODECS_ERR_DATA);
    CHECK(out == NULL && err.stage == 2 && strcmp(err.codec, "zlib") == 0);
    CHECK_STATUS(nc_encode(codec, NULL, "12345", 5, NULL, NULL, &out, &err), NUMCODECS_ERR_SHAPE);
    CHECK(out == NULL && err.stage == 0 && strcmp(err.codec, "delta") == 0);
    nc_codec_free(codec);
}

/* No codecs at all: bytes stay as they are. */
static void empty_list(void)
{
    nc_codec *codec = need_codec("[]");
    nc_buffer *encoded = need_encoded(codec, "as they are", 11);
    CHECK(holds(encoded, "as they are", 11));
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

int main(void)
{
    for (int i = 0; i < ITEMS; i++)
        numbers[i] = 7 * i + i % 3;
    both_ways();
    errors();
    empty_list();
    return report("pipeline");
}
