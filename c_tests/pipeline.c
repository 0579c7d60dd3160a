/* Filters and a compressor as one codec. */
#include "check.h"

enum { N = 6000 };
static double values[N];

static const char *const THREE = "[{\"id\": \"shuffle\", \"elementsize\": 8}, {\"id\": \"crc32\"}, {\"id\": \"zlib\", \"level\": 1}]";

/* The pipeline gives what its codecs give one after the other, and takes it back. */
static void same_as_single_codecs(void)
{
    static const char *const single[] = {"{\"id\": \"shuffle\", \"elementsize\": 8}", "{\"id\": \"crc32\"}", "{\"id\": \"zlib\", \"level\": 1}"};
    nc_codec *pipeline = need_codec(THREE);
    nc_buffer *whole = need_encoded(pipeline, values, sizeof values), *step = NULL;
    for (int i = 0; i < 3; i++) {
        nc_codec *codec = need_codec(single[i]);
        nc_buffer *next = need_encoded(codec, step ? nc_buffer_data(step) : (void *)values, step ? nc_buffer_nbytes(step) : sizeof values);
        nc_buffer_free(step);
        step = next;
        nc_codec_free(codec);
    }
    CHECK(holds(whole, nc_buffer_data(step), nc_buffer_nbytes(step)));
    static double back[N];
    size_t written = 0;
    CHECK_OK(nc_decode_into(pipeline, nc_buffer_data(whole), nc_buffer_nbytes(whole), NULL, NULL, back, sizeof back, NULL, &written, &err));
    CHECK(written == sizeof back && memcmp(back, values, sizeof back) == 0);
    nc_buffer_free(step);
    nc_buffer_free(whole);
    nc_codec_free(pipeline);
}

static void configuration(void)
{
    nc_codec *codec = need_codec("[{\"level\": 3, \"id\": \"zlib\"}, {\"id\": \"crc32\"}]"), *same = NULL;
    CHECK(strcmp(nc_codec_config(codec), "[{\"id\":\"zlib\",\"level\":3},{\"id\":\"crc32\"}]") == 0);
    CHECK_OK(nc_codec_from_config(nc_codec_config(codec), NULL, &same, &err));
    CHECK(nc_codec_equal(codec, same) == 1);
    CHECK(nc_codec_query(codec, NUMCODECS_Q_LOSSY) == 0);
    nc_codec_free(same);
    nc_codec_free(codec);
}

/* Errors say which stage, which codec and which key. */
static void errors(void)
{
    nc_codec *codec = NULL;
    CHECK_STATUS(nc_codec_from_config("[{\"id\": \"crc32\"}, {\"id\": \"zlib\", \"level\": \"x\"}]", NULL, &codec, &err), NUMCODECS_ERR_CONFIG);
    CHECK(codec == NULL && err.stage == 1 && strcmp(err.path, "[1].level") == 0 && strcmp(err.codec, "zlib") == 0);
    CHECK_STATUS(nc_codec_from_config("[{\"id\": \"nope\"}]", NULL, &codec, &err), NUMCODECS_ERR_UNKNOWN_CODEC);
    CHECK(err.stage == 0 && strcmp(err.path, "[0].id") == 0);
    CHECK_STATUS(nc_codec_from_config("[null]", NULL, &codec, &err), NUMCODECS_ERR_CONFIG);
    CHECK(strcmp(err.path, "[0]") == 0);

    codec = need_codec(THREE);
    nc_buffer *encoded = need_encoded(codec, values, sizeof values), *decoded = NULL;
    unsigned char *bytes = (unsigned char *)nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    CHECK_STATUS(nc_decode(codec, bytes, n / 2, NULL, NULL, NULL, &decoded, &err), NUMCODECS_ERR_DATA);
    CHECK(decoded == NULL && err.stage == 2 && strcmp(err.codec, "zlib") == 0);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* What lies between the stages counts against max_memory and cannot outgrow max_output without end. */
static void limits(void)
{
    nc_codec *codec = need_codec(THREE);
    void *zeros = calloc(1, 1 << 20);
    need(zeros != NULL, "calloc");
    nc_buffer *encoded = need_encoded(codec, zeros, 1 << 20), *decoded = NULL;
    nc_options options = no_options();
    options.max_memory = 2 << 20;
    CHECK_STATUS(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT);
    options.max_memory = 0;
    options.max_output = 1000;
    CHECK_STATUS(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT);
    CHECK(err.stage == 2);
    options.max_output = 1 << 20;
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err));
    CHECK(holds(decoded, zeros, 1 << 20));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    free(zeros);
    nc_codec_free(codec);
}

static void no_stages(void)
{
    nc_codec *codec = need_codec("[]");
    nc_buffer *encoded = need_encoded(codec, "abc", 3);
    CHECK(holds(encoded, "abc", 3) && strcmp(nc_codec_config(codec), "[]") == 0);
    nc_buffer_free(encoded);
    encoded = need_encoded(codec, NULL, 0);
    CHECK(holds(encoded, NULL, 0));
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

int main(void)
{
    for (int i = 0; i < N; i++)
        values[i] = i * 0.25;
    same_as_single_codecs();
    configuration();
    errors();
    limits();
    no_stages();
    return report("pipeline");
}
