/* nc_encode_info and nc_decode_info: bounds that hold, sizes that are right, and claims that cost nothing. */
#include "check.h"
#include "codecs.h"

enum { MOST = 70000 };
static unsigned char plain[MOST];

static void bounds(const struct sample *sample)
{
    static const size_t sizes[] = {0, 1, 4, 15, 16, 1000, MOST};
    nc_codec *codec = need_codec(sample->config);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t bound = 99;
        nc_layout *layout = (nc_layout *)plain;
        size_t n = strcmp(sample->id, "shuffle") == 0 ? sizes[i] / 4 * 4 : sizes[i];
        nc_status status = nc_encode_info(codec, NULL, n, &bound, &layout, &err);
        CHECK(layout == NULL); /* bytes to bytes */
        if (status == NUMCODECS_ERR_UNKNOWN_SIZE) {
            CHECK(bound == 0);
            continue;
        }
        CHECK(status == NUMCODECS_OK);
        nc_buffer *encoded = need_encoded(codec, plain, n);
        CHECK(nc_buffer_nbytes(encoded) <= bound && bound <= 2 * n + 4096);

        /* a destination of that size is enough */
        size_t written = 0;
        void *dst = need_memory((size_t)bound);
        CHECK_OK(nc_encode_into(codec, NULL, plain, n, NULL, dst, (size_t)bound, NULL, &written, &err));
        CHECK(holds(encoded, dst, written));
        free(dst);
        nc_buffer_free(encoded);
    }
    nc_codec_free(codec);
}

static void sizes(const struct sample *sample)
{
    nc_codec *codec = need_codec(sample->config);
    nc_buffer *encoded = need_encoded(codec, plain, MOST);
    nc_layout *layout = (nc_layout *)plain;
    uint64_t nbytes = 99;
    nc_status status = nc_decode_info(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), &nbytes, &layout, &err);
    CHECK(layout == NULL);
    if (sample->traits & SIZED)
        CHECK(status == NUMCODECS_OK && nbytes == MOST);
    else
        CHECK((status == NUMCODECS_OK && nbytes == MOST) || (status == NUMCODECS_ERR_UNKNOWN_SIZE && nbytes == 0));
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* A claim that the bytes behind it cannot hold is an error already here. */
static void claims(void)
{
    static const unsigned char terabyte[] = {0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0};
    nc_codec *codec = need_codec("{\"id\": \"zstd\"}");
    nc_layout *layout = NULL;
    uint64_t nbytes = 0;
    CHECK_STATUS(nc_decode_info(codec, terabyte, sizeof terabyte, &nbytes, &layout, &err), NUMCODECS_ERR_DATA);
    CHECK_STATUS(nc_decode_info(codec, terabyte, 7, &nbytes, &layout, &err), NUMCODECS_ERR_DATA);
    CHECK(nbytes == 0);
    nc_codec_free(codec);
    codec = need_codec("{\"id\": \"lz4\"}");
    CHECK_STATUS(nc_decode_info(codec, terabyte, 3, &nbytes, &layout, &err), NUMCODECS_ERR_DATA);
    nc_codec_free(codec);
    codec = need_codec("{\"id\": \"blosc\"}");
    CHECK_STATUS(nc_decode_info(codec, terabyte, 15, &nbytes, &layout, &err), NUMCODECS_ERR_DATA);
    nc_codec_free(codec);
}

/* A source with gaps is gathered first: its encoded form has none. */
static void gaps(void)
{
    const int64_t shape[2] = {3, 2}, strides[2] = {16, 4};
    uint64_t bound = 0;
    nc_codec *codec = need_codec("{\"id\": \"bitround\", \"keepbits\": 5}");
    nc_layout *source = need_layout("<f4", 2, shape, strides, NUMCODECS_ORDER_STRIDED), *layout = NULL;
    CHECK_OK(nc_encode_info(codec, source, 40, &bound, &layout, &err));
    CHECK(bound == 24 && nc_layout_query(layout, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_C);
    nc_layout_free(layout);
    nc_layout_free(source);
    nc_codec_free(codec);
}

/* No memory has so many bytes: not a bound that wrapped around. */
static void beyond_memory(const struct sample *sample)
{
    uint64_t bound = 99;
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = NULL;
    CHECK_STATUS(nc_encode_info(codec, NULL, SIZE_MAX, &bound, &layout, &err), NUMCODECS_ERR_SHAPE);
    CHECK(bound == 0 && layout == NULL);
    nc_codec_free(codec);
}

int main(void)
{
    fill_pattern(plain, MOST);
    for (int i = 0; i < NSAMPLES; i++) {
        bounds(&SAMPLES[i]);
        sizes(&SAMPLES[i]);
        beyond_memory(&SAMPLES[i]);
    }
    claims();
    gaps();
    return report("info");
}
