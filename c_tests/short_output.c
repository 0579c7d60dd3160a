/* A destination that is too small: status SPACE with the size that is needed, and not a byte written outside. */
#include "check.h"
#include "codecs.h"

enum { N = 4000, GUARD = 64 };
static unsigned char plain[N];

/* The first `cap` bytes belong to the destination; what lies around them must stay. */
static unsigned char arena[GUARD + 2 * N + GUARD];

static unsigned char *fresh_destination(void)
{
    memset(arena, 0xA5, sizeof arena);
    return arena + GUARD;
}

static int untouched_outside(size_t cap)
{
    for (size_t i = 0; i < sizeof arena; i++)
        if ((i < GUARD || i >= GUARD + cap) && arena[i] != 0xA5)
            return 0;
    return 1;
}

static void decode_short(const struct sample *sample, const nc_codec *codec, const nc_buffer *encoded)
{
    static const size_t caps[] = {0, 1, 15, N / 2, N - 1};
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded), written = 99;
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        CHECK_STATUS(nc_decode_into(codec, bytes, n, NULL, NULL, fresh_destination(), caps[i], NULL, &written, &err),
                     NUMCODECS_ERR_SPACE);
        CHECK(err.needed == N || (err.needed == 0 && !(sample->traits & SIZED)));
        CHECK(strcmp(err.codec, sample->id) == 0);
        CHECK(written == 0 && untouched_outside(caps[i]));
    }
    CHECK_OK(nc_decode_into(codec, bytes, n, NULL, NULL, fresh_destination(), N, NULL, &written, &err));
    CHECK(written == N && memcmp(arena + GUARD, plain, N) == 0 && untouched_outside(N));
    CHECK_OK(nc_decode_into(codec, bytes, n, NULL, NULL, fresh_destination(), N + 100, NULL, &written, &err));
    CHECK(written == N && memcmp(arena + GUARD, plain, N) == 0 && untouched_outside(N + 100));
}

/* Encoded bytes are the same wherever they go; room for exactly as many is enough. */
static void encode_short(const struct sample *sample, const nc_codec *codec, const nc_buffer *encoded)
{
    size_t n = nc_buffer_nbytes(encoded), written = 99;
    const size_t caps[] = {0, 1, n / 2, n - 1};
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        CHECK_STATUS(nc_encode_into(codec, NULL, plain, N, NULL, fresh_destination(), caps[i], NULL, &written, &err),
                     NUMCODECS_ERR_SPACE);
        CHECK(strcmp(err.codec, sample->id) == 0);
        CHECK(written == 0 && untouched_outside(caps[i]));
    }
    CHECK_OK(nc_encode_into(codec, NULL, plain, N, NULL, fresh_destination(), n, NULL, &written, &err));
    CHECK(written == n && memcmp(arena + GUARD, nc_buffer_data(encoded), n) == 0 && untouched_outside(n));
}

/* A destination with a layout needs all of its bytes, and a layout of other size is not a short destination. */
static void with_layout(void)
{
    const int64_t shape[1] = {N / 4}, less[1] = {N / 4 - 1};
    size_t written = 99;
    nc_codec *codec = need_codec("{\"id\": \"zlib\"}");
    nc_buffer *encoded = need_encoded(codec, plain, N);
    nc_layout *layout = need_layout("<f4", 1, shape, NULL, NUMCODECS_ORDER_C);
    nc_layout *smaller = need_layout("<f4", 1, less, NULL, NUMCODECS_ORDER_C);
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), layout, layout, fresh_destination(),
                                N - 1, NULL, &written, &err),
                 NUMCODECS_ERR_SPACE);
    CHECK(err.needed == N && untouched_outside(N - 1));
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, smaller, fresh_destination(), N,
                                NULL, &written, &err),
                 NUMCODECS_ERR_SHAPE);
    CHECK(untouched_outside(N));
    nc_layout_free(smaller);
    nc_layout_free(layout);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

int main(void)
{
    fill_pattern(plain, N);
    for (int i = 0; i < NSAMPLES; i++) {
        nc_codec *codec = need_codec(SAMPLES[i].config);
        nc_buffer *encoded = need_encoded(codec, plain, N);
        decode_short(&SAMPLES[i], codec, encoded);
        encode_short(&SAMPLES[i], codec, encoded);
        nc_buffer_free(encoded);
        nc_codec_free(codec);
    }
    with_layout();
    return report("short_output");
}
