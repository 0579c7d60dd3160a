/* max_output and max_memory: over the limit is LIMIT, never a huge allocation, whatever the encoded bytes claim. */
#include "check.h"
#include "codecs.h"

enum { N = 100000 };
static unsigned char plain[N];

static void output(const struct sample *sample)
{
    nc_codec *codec = need_codec(sample->config);
    nc_buffer *encoded = need_encoded(codec, plain, N), *decoded = (nc_buffer *)plain;
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    nc_options options = no_options();

    options.max_output = N - 1;
    CHECK_SAYS(nc_decode(codec, bytes, n, NULL, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT, "max_output");
    CHECK(decoded == NULL && strcmp(err.codec, sample->id) == 0);
    options.max_output = N;
    CHECK_OK(nc_decode(codec, bytes, n, NULL, NULL, &options, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);

    options.max_output = n - 1;
    CHECK_STATUS(nc_encode(codec, NULL, plain, N, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT);
    CHECK(decoded == NULL);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

static void memory(const struct sample *sample)
{
    nc_codec *codec = need_codec(sample->config);
    nc_buffer *encoded = need_encoded(codec, plain, N), *decoded = (nc_buffer *)plain;
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    nc_options options = no_options();

    options.max_memory = N - 1; /* the result alone is more */
    CHECK_SAYS(nc_decode(codec, bytes, n, NULL, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT, "max_memory");
    CHECK(decoded == NULL);
    options.max_memory = 256u << 20;
    CHECK_OK(nc_decode(codec, bytes, n, NULL, NULL, &options, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* The scratch of a codec counts too: an xz dictionary of 64 MiB is too much for 1 MiB, although the result is tiny. */
static void dictionary(void)
{
    nc_codec *codec = need_codec("{\"id\": \"lzma\", \"preset\": 9}");
    nc_options options = no_options();
    nc_buffer *encoded = need_encoded(codec, "tiny", 4), *decoded = NULL;
    options.max_memory = 1 << 20;
    CHECK_SAYS(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err),
               NUMCODECS_ERR_LIMIT, "max_memory");
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* A few bytes that claim gigabytes. */
static void claims(void)
{
    static const unsigned char lz4[] = {0xff, 0xff, 0xff, 0x7f, 0x10, 0x61};
    static const unsigned char zstd[] = {0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0};
    static const unsigned char blosc[] = {2, 1, 2, 1, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f, 16, 0, 0, 0};
    const struct {
        const char *config;
        const unsigned char *bytes;
        size_t n;
    } cases[] = {{"{\"id\": \"lz4\"}", lz4, sizeof lz4},
                 {"{\"id\": \"zstd\"}", zstd, sizeof zstd},
                 {"{\"id\": \"blosc\"}", blosc, sizeof blosc}};
    nc_options options = no_options();
    options.max_output = 1 << 20;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nc_codec *codec = need_codec(cases[i].config);
        nc_buffer *decoded = NULL;
        nc_status limited = nc_decode(codec, cases[i].bytes, cases[i].n, NULL, NULL, &options, &decoded, &err);
        CHECK(limited == NUMCODECS_ERR_LIMIT || limited == NUMCODECS_ERR_DATA);
        nc_status unlimited = nc_decode(codec, cases[i].bytes, cases[i].n, NULL, NULL, NULL, &decoded, &err);
        CHECK(unlimited == NUMCODECS_ERR_DATA || unlimited == NUMCODECS_ERR_MEMORY);
        nc_codec_free(codec);
    }
}

/* A bomb: 8 MiB of zeros in a few kilobytes, one megabyte allowed. */
static void bombs(void)
{
    static const char *const configs[] = {"{\"id\": \"zlib\"}", "{\"id\": \"gzip\"}", "{\"id\": \"bz2\"}",
                                          "{\"id\": \"lzma\", \"preset\": 0}", "{\"id\": \"zstd\"}"};
    size_t nbytes = 8u << 20;
    void *zeros = need_memory(nbytes);
    nc_options options = no_options();
    options.max_output = 1 << 20;
    memset(zeros, 0, nbytes);
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        nc_codec *codec = need_codec(configs[i]);
        nc_buffer *encoded = need_encoded(codec, zeros, nbytes), *decoded = NULL;
        CHECK(nc_buffer_nbytes(encoded) < 64 << 10);
        CHECK_STATUS(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err),
                     NUMCODECS_ERR_LIMIT);
        nc_buffer_free(encoded);
        nc_codec_free(codec);
    }
    free(zeros);
}

/* Options guard themselves: a caller built against another version is understood or refused, never misread. */
static void guarded_struct(void)
{
    struct {
        nc_options options;
        char newer[16];
    } future;
    nc_codec *codec = need_codec("{\"id\": \"crc32\"}");
    nc_buffer *encoded = NULL;
    memset(&future, 0, sizeof future);
    CHECK_STATUS(nc_encode(codec, NULL, plain, 8, NULL, &future.options, &encoded, &err), NUMCODECS_ERR_UNSUPPORTED); /* size 0 */
    future.options.struct_size = sizeof future;
    CHECK_OK(nc_encode(codec, NULL, plain, 8, NULL, &future.options, &encoded, &err));
    nc_buffer_free(encoded);
    future.newer[3] = 1;
    CHECK_STATUS(nc_encode(codec, NULL, plain, 8, NULL, &future.options, &encoded, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(encoded == NULL);
    future.options = no_options();
    future.options.flags = 1 << 20;
    CHECK_STATUS(nc_encode(codec, NULL, plain, 8, NULL, &future.options, &encoded, &err), NUMCODECS_ERR_UNSUPPORTED);
    nc_codec_free(codec);
}

int main(void)
{
    fill_pattern(plain, N);
    for (int i = 0; i < NSAMPLES; i++) {
        output(&SAMPLES[i]);
        memory(&SAMPLES[i]);
    }
    dictionary();
    claims();
    bombs();
    guarded_struct();
    return report("limits");
}
