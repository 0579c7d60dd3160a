/* Layouts of source and destination: byte order, order of dimensions and strides are converted, anything else is refused, and the
 * gaps between strides stay as they were. */
#include "check.h"

enum { ROWS = 3, COLUMNS = 4, ITEMS = ROWS * COLUMNS };
static const int64_t SHAPE[2] = {ROWS, COLUMNS};

/* Item (i, j) of the array that all tests use. */
static uint16_t value(int64_t i, int64_t j)
{
    return (uint16_t)(1000 * i + j + 1);
}

/* Writes the array into memory by byte strides, big-endian or not. */
static void lay_out(unsigned char *memory, int64_t row_stride, int64_t column_stride, int big_endian)
{
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t j = 0; j < COLUMNS; j++) {
            unsigned char *item = memory + i * row_stride + j * column_stride;
            item[big_endian ? 0 : 1] = (unsigned char)(value(i, j) >> 8);
            item[big_endian ? 1 : 0] = (unsigned char)value(i, j);
        }
}

struct view {
    const char *dtype;
    int32_t order;
    int64_t strides[2]; /* with NUMCODECS_ORDER_STRIDED */
};

static const struct view VIEWS[] = {
    {"<u2", NUMCODECS_ORDER_C, {8, 2}},
    {">u2", NUMCODECS_ORDER_C, {8, 2}},
    {"<u2", NUMCODECS_ORDER_F, {2, 6}},
    {">u2", NUMCODECS_ORDER_F, {2, 6}},
    {"<u2", NUMCODECS_ORDER_STRIDED, {20, 4}}, /* gaps between items and rows */
    {">u2", NUMCODECS_ORDER_STRIDED, {3, 11}}, /* odd strides, columns outside */
};
enum { NVIEWS = sizeof VIEWS / sizeof VIEWS[0], ARENA = 100 };

static nc_layout *layout_of(const struct view *view)
{
    return need_layout(view->dtype, 2, SHAPE, view->order == NUMCODECS_ORDER_STRIDED ? view->strides : NULL, view->order);
}

static size_t span_of(const struct view *view)
{
    return (size_t)((ROWS - 1) * view->strides[0] + (COLUMNS - 1) * view->strides[1] + 2);
}

/* Every kind of chunk into every kind of destination. */
static void decode_as(const nc_codec *codec, const struct view *stored, const struct view *wanted)
{
    unsigned char chunk[2 * ITEMS], expected[ARENA], found[ARENA];
    int big = stored->dtype[0] == '>', wants_big = wanted->dtype[0] == '>';
    size_t written = 99;
    nc_layout *from = layout_of(stored), *to = layout_of(wanted);
    lay_out(chunk, stored->strides[0], stored->strides[1], big);
    nc_buffer *encoded = need_encoded(codec, chunk, sizeof chunk), *decoded = NULL;

    memset(expected, 0xEE, ARENA);
    memset(found, 0xEE, ARENA);
    lay_out(expected, wanted->strides[0], wanted->strides[1], wants_big);
    CHECK_OK(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), from, to, found, span_of(wanted), NULL,
                            &written, &err));
    CHECK(memcmp(found, expected, ARENA) == 0);

    /* a byte less of room is too little */
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), from, to, found, span_of(wanted) - 1,
                                NULL, &written, &err),
                 NUMCODECS_ERR_SPACE);
    CHECK(err.needed == span_of(wanted));

    if (wanted->order != NUMCODECS_ORDER_STRIDED) {
        CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), from, to, NULL, &decoded, &err));
        CHECK(holds(decoded, expected, sizeof chunk));
        nc_buffer_free(decoded);
    }
    nc_buffer_free(encoded);
    nc_layout_free(to);
    nc_layout_free(from);
}

/* A strided source is packed in C order; C and F order keep their memory order, as in numcodecs. */
static void encode_from(const nc_codec *codec, const struct view *source)
{
    unsigned char memory[ARENA], plain[2 * ITEMS];
    int big = source->dtype[0] == '>', contiguous = source->order != NUMCODECS_ORDER_STRIDED;
    nc_layout *layout = layout_of(source);
    nc_buffer *encoded = NULL, *decoded = NULL;
    memset(memory, 0xEE, ARENA);
    lay_out(memory, source->strides[0], source->strides[1], big);
    lay_out(plain, contiguous ? source->strides[0] : 2 * COLUMNS, contiguous ? source->strides[1] : 2, big);

    CHECK_OK(nc_encode(codec, layout, memory, span_of(source), NULL, NULL, &encoded, &err));
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err));
    CHECK(holds(decoded, plain, sizeof plain));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    CHECK_STATUS(nc_encode(codec, layout, memory, span_of(source) - 1, NULL, NULL, &encoded, &err), NUMCODECS_ERR_SHAPE);
    nc_layout_free(layout);
}

/* Every box of the chunk, into a place of its own in a larger array. */
static void boxes(const nc_codec *codec, const struct view *stored)
{
    unsigned char chunk[2 * ITEMS];
    nc_layout *from = layout_of(stored);
    lay_out(chunk, stored->strides[0], stored->strides[1], stored->dtype[0] == '>');
    nc_buffer *encoded = need_encoded(codec, chunk, sizeof chunk);
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);

    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t j = 0; j < COLUMNS; j++) {
            const int64_t start[2] = {i, j}, counts[2] = {ROWS - i, COLUMNS - j}, strides[2] = {40, 4};
            uint16_t found[ARENA], expected[ARENA];
            nc_layout *to = need_layout("u2", 2, counts, strides, NUMCODECS_ORDER_STRIDED);
            memset(found, 0xEE, sizeof found);
            memset(expected, 0xEE, sizeof expected);
            for (int64_t k = 0; k < counts[0]; k++)
                for (int64_t l = 0; l < counts[1]; l++)
                    expected[20 * k + 2 * l] = value(i + k, j + l);
            CHECK_OK(nc_decode_box(codec, bytes, n, from, start, to, found, sizeof found, NULL, &err));
            CHECK(memcmp(found, expected, sizeof found) == 0);
            nc_layout_free(to);
        }
    nc_buffer_free(encoded);
    nc_layout_free(from);
}

/* max_output counts items, not the gaps between them. */
static void limited(const nc_codec *codec)
{
    const int64_t shape[2] = {ROWS, COLUMNS}, strides[2] = {40, 4}, start[2] = {0, 0};
    unsigned char chunk[2 * ITEMS], found[ARENA];
    size_t written = 0;
    uint64_t touched = 99;
    lay_out(chunk, 8, 2, 0);
    nc_buffer *encoded = need_encoded(codec, chunk, sizeof chunk);
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    nc_layout *from = need_layout("<u2", 2, shape, NULL, NUMCODECS_ORDER_C);
    nc_layout *to = need_layout("<u2", 2, shape, strides, NUMCODECS_ORDER_STRIDED);
    nc_options options = no_options();
    options.touched = &touched;
    options.max_output = sizeof chunk;
    CHECK_OK(nc_decode_into(codec, bytes, n, from, to, found, sizeof found, &options, &written, &err));
    CHECK_OK(nc_decode_box(codec, bytes, n, from, start, to, found, sizeof found, &options, &err));
    CHECK(touched == n);
    CHECK_STATUS(nc_decode_box(codec, bytes, n, from, NULL, to, found, sizeof found, &options, &err), NUMCODECS_ERR_NULL);
    CHECK(touched == 0);
    options.max_output = sizeof chunk - 1;
    CHECK_STATUS(nc_decode_into(codec, bytes, n, from, to, found, sizeof found, &options, &written, &err), NUMCODECS_ERR_LIMIT);
    CHECK_STATUS(nc_decode_box(codec, bytes, n, from, start, to, found, sizeof found, &options, &err), NUMCODECS_ERR_LIMIT);
    nc_layout_free(to);
    nc_layout_free(from);
    nc_buffer_free(encoded);
}

static void refused(const nc_codec *codec)
{
    const int64_t other[2] = {COLUMNS, ROWS}, flat[1] = {ITEMS}, overlapping[2] = {2, 2}, negative[2] = {-8, 2};
    const int64_t outside[2] = {1, 1}, before[2] = {-1, 0};
    unsigned char chunk[2 * ITEMS], found[ARENA];
    size_t written;
    lay_out(chunk, 8, 2, 0);
    nc_buffer *encoded = need_encoded(codec, chunk, sizeof chunk);
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    nc_layout *layout = layout_of(&VIEWS[0]), *wrong = NULL;

    wrong = need_layout("<i2", 2, SHAPE, NULL, NUMCODECS_ORDER_C);
    CHECK_STATUS(nc_decode_into(codec, bytes, n, layout, wrong, found, ARENA, NULL, &written, &err), NUMCODECS_ERR_DTYPE);
    nc_layout_free(wrong);
    wrong = need_layout("<u2", 2, other, NULL, NUMCODECS_ORDER_C);
    CHECK_STATUS(nc_decode_into(codec, bytes, n, layout, wrong, found, ARENA, NULL, &written, &err), NUMCODECS_ERR_SHAPE);
    nc_layout_free(wrong);
    wrong = need_layout("<u2", 1, flat, NULL, NUMCODECS_ORDER_C);
    CHECK_STATUS(nc_decode_into(codec, bytes, n, layout, wrong, found, ARENA, NULL, &written, &err), NUMCODECS_ERR_SHAPE);
    nc_layout_free(wrong);
    wrong = need_layout("<u2", 2, SHAPE, overlapping, NUMCODECS_ORDER_STRIDED); /* items share bytes */
    CHECK_STATUS(nc_decode_into(codec, bytes, n, layout, wrong, found, ARENA, NULL, &written, &err), NUMCODECS_ERR_SHAPE);
    nc_layout_free(wrong);

    CHECK_STATUS(nc_decode_box(codec, bytes, n, layout, outside, layout, found, ARENA, NULL, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_decode_box(codec, bytes, n, layout, before, layout, found, ARENA, NULL, &err), NUMCODECS_ERR_SHAPE);

    wrong = layout;
    CHECK_STATUS(nc_layout_new("<u2", NUMCODECS_FIXED, 2, SHAPE, negative, NUMCODECS_ORDER_STRIDED, &wrong, &err),
                 NUMCODECS_ERR_SHAPE);
    CHECK(wrong == NULL);
    CHECK_STATUS(nc_layout_new("<u2", NUMCODECS_FIXED, 2, negative, NULL, NUMCODECS_ORDER_C, &wrong, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_layout_new("<u2", NUMCODECS_FIXED, -1, SHAPE, NULL, NUMCODECS_ORDER_C, &wrong, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_layout_new("<q9", NUMCODECS_FIXED, 2, SHAPE, NULL, NUMCODECS_ORDER_C, &wrong, &err), NUMCODECS_ERR_DTYPE);
    nc_layout_free(layout);
    nc_buffer_free(encoded);
}

static void layout_queries(void)
{
    int64_t shape[2] = {0, 0};
    nc_layout *layout = need_layout("uint16", 2, SHAPE, VIEWS[4].strides, NUMCODECS_ORDER_STRIDED);
    const uint16_t one = 1;
    CHECK(strcmp(nc_layout_dtype(layout), *(const unsigned char *)&one ? "<u2" : ">u2") == 0);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_NBYTES) == 2 * ITEMS);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_ITEMS) == ITEMS);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE) == 2);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_NDIM) == 2);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_STRIDED);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_KIND) == NUMCODECS_FIXED);
    CHECK(nc_layout_query(layout, 12345) == -1);
    CHECK_OK(nc_layout_shape(layout, shape, 2, &err));
    CHECK(shape[0] == ROWS && shape[1] == COLUMNS);
    CHECK_STATUS(nc_layout_shape(layout, shape, 1, &err), NUMCODECS_ERR_SPACE);
    nc_layout_free(layout);
}

int main(void)
{
    nc_codec *codec = need_codec("{\"id\": \"zstd\"}");
    for (int i = 0; i < NVIEWS; i++) {
        encode_from(codec, &VIEWS[i]);
        if (VIEWS[i].order == NUMCODECS_ORDER_STRIDED)
            continue; /* a chunk is contiguous */
        boxes(codec, &VIEWS[i]);
        for (int j = 0; j < NVIEWS; j++)
            decode_as(codec, &VIEWS[i], &VIEWS[j]);
    }
    limited(codec);
    refused(codec);
    layout_queries();
    nc_codec_free(codec);
    return report("strided");
}
