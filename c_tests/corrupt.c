/* Damaged chunks of every codec: cut off anywhere, single bits flipped, random bytes. Never a crash, never a hang, never more memory
 * than allowed; where the format can tell, always an error. */
#include "check.h"
#include "codecs.h"

enum { N = 1200 };
static unsigned char plain[N];
static unsigned char damaged[4 * N];

/* Decodes, and sees that failure is one of input and leaves nothing behind. Returns the status. */
static nc_status decode(const nc_codec *codec, size_t n)
{
    nc_options options = no_options();
    nc_buffer *decoded = (nc_buffer *)plain;
    options.max_output = 1 << 16;
    options.max_memory = 64 << 20;
    nc_status status = nc_decode(codec, damaged, n, NULL, NULL, &options, &decoded, &err);
    switch (status) {
    case NUMCODECS_OK:
        nc_buffer_free(decoded);
        return status;
    case NUMCODECS_ERR_DATA:
    case NUMCODECS_ERR_CHECKSUM:
    case NUMCODECS_ERR_LIMIT:
    case NUMCODECS_ERR_UNSUPPORTED:
    case NUMCODECS_ERR_SHAPE:
        break;
    default:
        printf("    %s: %d %s\n", nc_codec_config(codec), (int)status, err.message);
        CHECK(!"a status for bad input");
    }
    int complete = decoded == NULL && err.code == status && err.codec[0] && err.message[0] && err.offset <= (int64_t)n;
    if (!CHECK(complete))
        printf("    %s: %d \"%s\" at %lld\n", nc_codec_config(codec), (int)status, err.message, (long long)err.offset);
    return status;
}

static void truncations(const struct sample *sample, const nc_codec *codec, const unsigned char *bytes, size_t n)
{
    size_t accepted = 0;
    for (size_t length = 0; length < n; length += length < 40 || length > n - 40 ? 1 : 17) {
        memcpy(damaged, bytes, length);
        /* gzip, bz2 and nothing at all: numcodecs takes a chunk of no bytes */
        accepted += decode(codec, length) == NUMCODECS_OK && length > 0;
    }
    if (sample->traits & FRAMED && !CHECK(accepted == 0))
        printf("    %s: %zu truncations accepted\n", sample->config, accepted);
}

static void flipped_bits(const struct sample *sample, const nc_codec *codec, const unsigned char *bytes, size_t n)
{
    size_t missed = 0, step = n > 400 ? 5 : 1;
    memcpy(damaged, bytes, n);
    for (size_t bit = 0; bit < 8 * n; bit += bit < 8 * 40 ? 1 : 8 * step + 1) {
        damaged[bit / 8] ^= (unsigned char)(1u << bit % 8);
        missed += decode(codec, n) != NUMCODECS_ERR_CHECKSUM;
        damaged[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    if (sample->traits & CHECKED && !CHECK(missed == 0))
        printf("    %s: %zu flipped bits not seen as such\n", sample->config, missed);
    CHECK(decode(codec, n) == NUMCODECS_OK);
}

static void noise(const nc_codec *codec)
{
    uint32_t state = 1;
    for (int round = 0; round < 100; round++) {
        size_t n = (size_t)(round * 3);
        for (size_t i = 0; i < n; i++) {
            state = state * 1664525u + 1013904223u;
            damaged[i] = (unsigned char)(state >> 24);
        }
        decode(codec, n);
    }
}

int main(void)
{
    fill_pattern(plain, N);
    for (int i = 0; i < NSAMPLES; i++) {
        nc_codec *codec = need_codec(SAMPLES[i].config);
        nc_buffer *encoded = need_encoded(codec, plain, N);
        need(nc_buffer_nbytes(encoded) <= sizeof damaged, "room");
        truncations(&SAMPLES[i], codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded));
        flipped_bits(&SAMPLES[i], codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded));
        noise(codec);
        nc_buffer_free(encoded);
        nc_codec_free(codec);
    }
    return report("corrupt");
}
