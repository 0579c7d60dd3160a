/* Codecs that turn arrays into arrays: worked examples of numcodecs byte for byte, the layout of what they give, and destinations of
 * another byte order. */
#include "check.h"

struct example {
    const char *config;
    const char *dtype; /* of the array */
    size_t items;
    const void *array;
    const char *encoded_dtype;
    const void *encoded;
    size_t encoded_items;
    const void *decoded; /* NULL = the array again */
};

static const double TENTHS[4] = {1000.05, 1000.15, 1000.25, 1001}, ROUNDED[4] = {1000, 1000.1, 1000.2, 1001};
static const float FLOATS[3] = {0.1f, 0.25f, 1.37f}, QUANTIZED[3] = {0.125f, 0.25f, 1.375f};
static const float MANTISSAS[3] = {0.1f, 1.5f, -2.7f}, KEPT[3] = {0.1015625f, 1.5f, -2.75f};
static const double NUMBERS[3] = {1.9, -1.9, 300}, WHOLE[3] = {1, -1, 300};

/* Native dtypes are given without byte order, where both sides are numbers of this machine. */
static const struct example EXAMPLES[] = {
    {"{\"id\": \"delta\", \"dtype\": \"<i4\"}", "<i4", 4, "\1\0\0\0\3\0\0\0\6\0\0\0\12\0\0\0", "<i4",
     "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0", 4, NULL},
    {"{\"id\": \"delta\", \"dtype\": \">i2\"}", ">i2", 3, "\0\1\0\3\0\6", ">i2", "\0\1\0\2\0\3", 3, NULL},
    {"{\"id\": \"delta\", \"dtype\": \"|u1\"}", "|u1", 4, "\5\3\377\0", "|u1", "\5\376\374\1", 4, NULL},
    {"{\"id\": \"fixedscaleoffset\", \"scale\": 10, \"offset\": 1000, \"dtype\": \"f8\", \"astype\": \"|u1\"}", "f8", 4, TENTHS, "|u1",
     "\0\1\2\12", 4, ROUNDED},
    {"{\"id\": \"quantize\", \"digits\": 1, \"dtype\": \"f4\"}", "f4", 3, FLOATS, "f4", QUANTIZED, 3, QUANTIZED},
    {"{\"id\": \"bitround\", \"keepbits\": 3}", "f4", 3, MANTISSAS, "i4", KEPT, 3, KEPT},
    {"{\"id\": \"packbits\"}", "|b1", 4, "\1\0\0\1", "|u1", "\4\220", 2, NULL},
    {"{\"id\": \"packbits\"}", "|b1", 9, "\1\1\1\1\1\1\1\1\1", "|u1", "\7\377\200", 3, NULL},
    {"{\"id\": \"astype\", \"encode_dtype\": \"<i2\", \"decode_dtype\": \"f8\"}", "f8", 3, NUMBERS, "<i2", "\1\0\377\377\54\1", 3,
     WHOLE},
    {"{\"id\": \"zfpy\", \"mode\": 4}", "f8", 4, TENTHS, NULL, NULL, 0, NULL},
    {"{\"id\": \"pcodec\"}", "f4", 3, FLOATS, NULL, NULL, 0, NULL},
};
enum { NEXAMPLES = sizeof EXAMPLES / sizeof EXAMPLES[0] };

static nc_layout *flat(const char *dtype, size_t items)
{
    const int64_t shape[1] = {(int64_t)items};
    return need_layout(dtype, 1, shape, NULL, NUMCODECS_ORDER_C);
}

/* The dtype is this one, which may leave the byte order of this machine unsaid. */
static int has_dtype(const nc_layout *layout, const char *dtype, size_t items)
{
    nc_layout *wanted = flat(dtype, items);
    int good = layout && strcmp(nc_layout_dtype(layout), nc_layout_dtype(wanted)) == 0
               && nc_layout_query(layout, NUMCODECS_Q_ITEMS) == (int64_t)items;
    nc_layout_free(wanted);
    return good;
}

static nc_buffer *encode(const nc_codec *codec, const nc_layout *layout, const struct example *example)
{
    size_t n = (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES);
    nc_buffer *encoded = NULL;
    nc_layout *told = NULL;
    uint64_t bound = 0;
    CHECK_OK(nc_encode(codec, layout, example->array, n, NULL, NULL, &encoded, &err));
    CHECK_OK(nc_encode_info(codec, layout, n, &bound, &told, &err));
    CHECK(nc_buffer_nbytes(encoded) <= bound);
    if (example->encoded) {
        CHECK(has_dtype(nc_buffer_layout(encoded), example->encoded_dtype, example->encoded_items));
        CHECK(has_dtype(told, example->encoded_dtype, example->encoded_items));
        CHECK(holds(encoded, example->encoded, (size_t)nc_layout_query(nc_buffer_layout(encoded), NUMCODECS_Q_NBYTES)));
    } else
        CHECK(told == NULL);
    nc_layout_free(told);
    return encoded;
}

/* Into a destination of the other byte order. */
static void decode_swapped(const nc_codec *codec, const nc_buffer *encoded, const nc_layout *layout, const unsigned char *plain)
{
    char dtype[16];
    unsigned char found[64], expected[64];
    size_t written = 0, n = (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES);
    size_t item = (size_t)nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE);
    strcpy(dtype, nc_layout_dtype(layout));
    if (item == 1)
        return;
    dtype[0] = dtype[0] == '<' ? '>' : '<';
    nc_layout *want = flat(dtype, n / item);
    for (size_t i = 0; i < n; i++)
        expected[i] = plain[i / item * item + item - 1 - i % item];
    CHECK_OK(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), layout, want, found, n, NULL, &written, &err));
    CHECK(written == n && memcmp(found, expected, n) == 0);
    nc_layout_free(want);
}

static void both_ways(const struct example *example)
{
    nc_codec *codec = need_codec(example->config);
    nc_layout *layout = flat(example->dtype, example->items);
    size_t n = (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES), written = 99;
    const void *plain = example->decoded ? example->decoded : example->array;
    unsigned char found[64];
    nc_buffer *encoded = encode(codec, layout, example), *decoded = NULL;
    const void *bytes = nc_buffer_data(encoded);
    size_t encoded_n = nc_buffer_nbytes(encoded);

    CHECK_OK(nc_decode(codec, bytes, encoded_n, layout, NULL, NULL, &decoded, &err));
    CHECK(holds(decoded, plain, n) && has_dtype(nc_buffer_layout(decoded), example->dtype, example->items));
    CHECK_OK(nc_decode_into(codec, bytes, encoded_n, layout, layout, found, n, NULL, &written, &err));
    CHECK(written == n && memcmp(found, plain, n) == 0);
    CHECK_STATUS(nc_decode_into(codec, bytes, encoded_n, layout, layout, found, n - 1, NULL, &written, &err), NUMCODECS_ERR_SPACE);
    decode_swapped(codec, encoded, layout, plain);
    CHECK(nc_codec_query(codec, NUMCODECS_Q_LOSSY) == (example->decoded != NULL));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

static void refused(void)
{
    nc_codec *codec = need_codec("{\"id\": \"delta\", \"dtype\": \"<i4\"}");
    nc_buffer *out = NULL;
    CHECK_STATUS(nc_encode(codec, NULL, "12345", 5, NULL, NULL, &out, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_decode(codec, "12345", 5, NULL, NULL, NULL, &out, &err), NUMCODECS_ERR_SHAPE);
    CHECK(out == NULL && strcmp(err.codec, "delta") == 0);
    nc_codec_free(codec);
    CHECK_SAYS(nc_codec_from_config("{\"id\": \"delta\"}", NULL, &codec, &err), NUMCODECS_ERR_CONFIG, "dtype");
    CHECK_SAYS(nc_codec_from_config("{\"id\": \"delta\", \"dtype\": \"|O\"}", NULL, &codec, &err), NUMCODECS_ERR_CONFIG, "dtype");
    CHECK(codec == NULL);

    /* values that do not survive: NumPy's way by default, an error on request */
    const int32_t values[2] = {1, 300};
    const int64_t shape[1] = {2};
    nc_options strict = no_options();
    nc_layout *layout = need_layout("i4", 1, shape, NULL, NUMCODECS_ORDER_C);
    strict.flags = NUMCODECS_STRICT;
    codec = need_codec("{\"id\": \"delta\", \"dtype\": \"i4\", \"astype\": \"|i1\"}");
    CHECK_OK(nc_encode(codec, layout, values, sizeof values, NULL, NULL, &out, &err));
    CHECK(holds(out, "\1\53", 2));
    nc_buffer_free(out);
    CHECK(nc_encode(codec, layout, values, sizeof values, NULL, &strict, &out, &err) != NUMCODECS_OK && out == NULL);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

int main(void)
{
    for (int i = 0; i < NEXAMPLES; i++)
        both_ways(&EXAMPLES[i]);
    refused();
    return report("filters");
}
