/* The grow callback: what does not fit is asked for, in blocks of the caller, who keeps them whatever happens. */
#include "check.h"
#include "codecs.h"

enum { N = 100000 };
static unsigned char plain[N];

struct block {
    void *memory;
    size_t nbytes;
    size_t most; /* refuses to go beyond */
    int calls;
};

static void *grow(void *user, size_t nbytes)
{
    struct block *block = user;
    block->calls++;
    if (nbytes > block->most)
        return NULL;
    void *larger = realloc(block->memory, nbytes);
    if (larger) {
        block->memory = larger;
        block->nbytes = nbytes;
    }
    return larger;
}

static nc_options growing(struct block *block)
{
    nc_options options = no_options();
    options.grow = grow;
    options.grow_user = block;
    return options;
}

static void both_ways(const struct sample *sample)
{
    nc_codec *codec = need_codec(sample->config);
    struct block encoded = {NULL, 0, SIZE_MAX, 0}, decoded = {need_memory(10), 10, SIZE_MAX, 0};
    nc_options to_encoded = growing(&encoded), to_decoded = growing(&decoded);
    nc_buffer *reference = need_encoded(codec, plain, N);
    size_t n = 0, written = 0;

    CHECK_OK(nc_encode_into(codec, NULL, plain, N, NULL, NULL, 0, &to_encoded, &n, &err));
    CHECK(encoded.calls > 0 && n <= encoded.nbytes && holds(reference, encoded.memory, n));
    CHECK_OK(nc_decode_into(codec, encoded.memory, n, NULL, NULL, decoded.memory, 10, &to_decoded, &written, &err));
    CHECK(decoded.calls > 0 && decoded.calls < 40 && written == N && memcmp(decoded.memory, plain, N) == 0);

    /* what fits asks for nothing */
    decoded.calls = 0;
    CHECK_OK(nc_decode_into(codec, encoded.memory, n, NULL, NULL, decoded.memory, N, &to_decoded, &written, &err));
    CHECK(decoded.calls == 0);

    nc_buffer_free(reference);
    free(encoded.memory);
    free(decoded.memory);
    nc_codec_free(codec);
}

/* A refusal is the callback's failure; the block it gave before is still the caller's to free. */
static void refusal(void)
{
    nc_codec *codec = need_codec("{\"id\": \"zlib\"}");
    nc_buffer *encoded = need_encoded(codec, plain, N);
    struct block decoded = {NULL, 0, N / 2, 0};
    nc_options options = growing(&decoded);
    size_t written = 99;
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, 0, &options, &written,
                                &err),
                 NUMCODECS_ERR_CALLBACK);
    CHECK(written == 0);
    free(decoded.memory);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* The limit comes before the callback. */
static void limited(void)
{
    nc_codec *codec = need_codec("{\"id\": \"gzip\"}");
    nc_buffer *encoded = need_encoded(codec, plain, N);
    struct block decoded = {NULL, 0, SIZE_MAX, 0};
    nc_options options = growing(&decoded);
    size_t written = 99;
    options.max_output = 1000;
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, 0, &options, &written,
                                &err),
                 NUMCODECS_ERR_LIMIT);
    CHECK(decoded.nbytes <= 1000);
    free(decoded.memory);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* A destination with a layout grows to what the layout takes, once. */
static void with_layout(void)
{
    const int64_t shape[2] = {N / 400, 100};
    nc_codec *codec = need_codec("{\"id\": \"bz2\"}");
    nc_layout *chunk = need_layout("<f4", 2, shape, NULL, NUMCODECS_ORDER_C);
    nc_layout *want = need_layout("<f4", 2, shape, NULL, NUMCODECS_ORDER_F);
    nc_buffer *encoded = need_encoded(codec, plain, N);
    struct block decoded = {NULL, 0, SIZE_MAX, 0};
    nc_options options = growing(&decoded);
    size_t written = 0;
    CHECK_OK(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), chunk, want, NULL, 0, &options, &written,
                            &err));
    CHECK(written == N && decoded.calls == 1 && decoded.nbytes == N);
    CHECK(decoded.memory && memcmp((char *)decoded.memory + 4, plain + 400, 4) == 0); /* F order: down the first column */
    free(decoded.memory);
    nc_buffer_free(encoded);
    nc_layout_free(want);
    nc_layout_free(chunk);
    nc_codec_free(codec);
}

int main(void)
{
    fill_pattern(plain, N);
    for (int i = 0; i < NSAMPLES; i++)
        both_ways(&SAMPLES[i]);
    refusal();
    limited();
    with_layout();
    return report("grow");
}
