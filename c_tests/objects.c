/* Items of any length: a block of bytes with n + 1 offsets, or pointers and lengths. Both ways in give the same bytes, and what comes
 * out has offsets that can be trusted, whatever went in. */
#include "check.h"

enum { ITEMS = 4 };

struct object_codec {
    const char *config;
    int32_t kind;
    const char *dtype; /* inside the items, for arrays */
    const char *items[ITEMS];
    int64_t lengths[ITEMS];
};

static const struct object_codec CODECS[] = {
    {"{\"id\": \"vlen-utf8\"}", NUMCODECS_UTF8, NULL, {"foo", "b\xc3\xa4r", "", "x"}, {3, 4, 0, 1}},
    {"{\"id\": \"vlen-bytes\"}", NUMCODECS_BYTES, NULL, {"\0\xff", "", "abc", "z"}, {2, 0, 3, 1}},
    {"{\"id\": \"vlen-array\", \"dtype\": \"<i2\"}", NUMCODECS_ARRAYS, "<i2", {"abcd", "", "ef", "gh"}, {4, 0, 2, 2}},
    {"{\"id\": \"json2\"}", NUMCODECS_JSON, NULL, {"\"a\"", "1", "null", "{\"k\":[2.5,true]}"}, {3, 1, 4, 16}},
    {"{\"id\": \"msgpack2\"}", NUMCODECS_MSGPACK, NULL, {"\xa1" "a", "\1", "\xc0", "\x81\xa1k\x92\2\xc3"}, {2, 1, 1, 6}},
    {"{\"id\": \"pickle\"}", NUMCODECS_MSGPACK, NULL, {"\xa1" "a", "\1", "\xc0", "\x81\xa1k\x92\2\xc3"}, {2, 1, 1, 6}},
};
enum { NCODECS = sizeof CODECS / sizeof CODECS[0] };

static nc_layout *objects(const struct object_codec *sample, int64_t count)
{
    nc_layout *layout = NULL;
    need(nc_layout_new(sample->dtype, sample->kind, 1, &count, NULL, NUMCODECS_ORDER_C, &layout, &err) == NUMCODECS_OK,
         "layout of objects");
    return layout;
}

/* The items one behind the other, and where each begins. Returns all their bytes. */
static size_t flatten(const struct object_codec *sample, char *block, int64_t offsets[ITEMS + 1])
{
    offsets[0] = 0;
    for (int i = 0; i < ITEMS; i++) {
        memcpy(block + offsets[i], sample->items[i], (size_t)sample->lengths[i]);
        offsets[i + 1] = offsets[i] + sample->lengths[i];
    }
    return (size_t)offsets[ITEMS];
}

static int same_items(const struct object_codec *sample, const nc_buffer *decoded)
{
    const int64_t *offsets = nc_buffer_offsets(decoded);
    const char *data = nc_buffer_data(decoded);
    int good = offsets != NULL && offsets[0] == 0 && offsets[ITEMS] == (int64_t)nc_buffer_nbytes(decoded);
    for (int i = 0; good && i < ITEMS; i++)
        good = offsets[i + 1] - offsets[i] == sample->lengths[i]
               && (sample->lengths[i] == 0 || memcmp(data + offsets[i], sample->items[i], (size_t)sample->lengths[i]) == 0);
    return good;
}

static void round_trip(const struct object_codec *sample)
{
    char block[64], destination[512];
    int64_t offsets[ITEMS + 1], lengths[ITEMS];
    const void *items[ITEMS];
    size_t n = flatten(sample, block, offsets), written = 99;
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = objects(sample, ITEMS);
    nc_buffer *encoded = NULL, *apart = NULL, *decoded = NULL;
    for (int i = 0; i < ITEMS; i++) {
        lengths[i] = sample->lengths[i];
        items[i] = lengths[i] > 0 ? sample->items[i] : NULL;
    }
    CHECK_OK(nc_encode(codec, layout, block, n, offsets, NULL, &encoded, &err));
    CHECK_OK(nc_encode_items(codec, layout, items, lengths, NULL, &apart, &err));
    CHECK(holds(apart, nc_buffer_data(encoded), nc_buffer_nbytes(encoded)));
    CHECK_OK(nc_encode_into(codec, layout, block, n, offsets, destination, sizeof destination, NULL, &written, &err));
    CHECK(holds(encoded, destination, written));

    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err));
    CHECK(same_items(sample, decoded));
    const nc_layout *found = nc_buffer_layout(decoded);
    CHECK(nc_layout_query(found, NUMCODECS_Q_KIND) == sample->kind && nc_layout_query(found, NUMCODECS_Q_ITEMS) == ITEMS);
    CHECK(strcmp(nc_layout_dtype(found), sample->dtype ? sample->dtype : "|O") == 0);

    /* items of any length cannot be decoded into a fixed block */
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, destination,
                                sizeof destination, NULL, &written, &err),
                 NUMCODECS_ERR_DTYPE);
    const int64_t start[1] = {0}, box[1] = {2};
    nc_layout *fixed = need_layout("u1", 1, box, NULL, NUMCODECS_ORDER_C);
    CHECK_STATUS(nc_decode_box(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), found, start, fixed, destination,
                               sizeof destination, NULL, &err),
                 NUMCODECS_ERR_DTYPE);
    CHECK_STATUS(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), found, fixed, destination,
                                sizeof destination, NULL, &written, &err),
                 NUMCODECS_ERR_DTYPE);
    nc_layout_free(fixed);
    nc_buffer_free(decoded);
    nc_buffer_free(apart);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

static void no_items(const struct object_codec *sample)
{
    const int64_t offsets[1] = {0};
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = objects(sample, 0);
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK_OK(nc_encode(codec, layout, NULL, 0, offsets, NULL, &encoded, &err));
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err));
    CHECK(nc_buffer_nbytes(decoded) == 0 && nc_layout_query(nc_buffer_layout(decoded), NUMCODECS_Q_ITEMS) == 0);
    CHECK(nc_buffer_offsets(decoded) && nc_buffer_offsets(decoded)[0] == 0);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* Offsets of the caller are checked before anything is read through them. */
static void bad_offsets(const struct object_codec *sample)
{
    char block[64];
    int64_t good[ITEMS + 1], bad[ITEMS + 1];
    size_t n = flatten(sample, block, good);
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = objects(sample, ITEMS), *fixed = NULL;
    nc_buffer *encoded = NULL;
    const int64_t wrong[][2] = {{ITEMS, (int64_t)n + 1}, {ITEMS, INT64_MAX}, {0, -1}, {2, (int64_t)n + 5}, {1, INT64_MIN}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memcpy(bad, good, sizeof bad);
        bad[wrong[i][0]] = wrong[i][1];
        CHECK_STATUS(nc_encode(codec, layout, block, n, bad, NULL, &encoded, &err), NUMCODECS_ERR_SHAPE);
        CHECK(encoded == NULL);
    }
    CHECK_SAYS(nc_encode(codec, layout, block, n, NULL, NULL, &encoded, &err), NUMCODECS_ERR_NULL, "offsets");
    const int64_t shape[1] = {(int64_t)n};
    fixed = need_layout("|u1", 1, shape, NULL, NUMCODECS_ORDER_C);
    if (sample->kind < NUMCODECS_ARRAYS) /* the other kinds take numbers too */
        CHECK_STATUS(nc_encode(codec, fixed, block, n, NULL, NULL, &encoded, &err), NUMCODECS_ERR_DTYPE);
    CHECK_STATUS(nc_encode(codec, fixed, block, n, good, NULL, &encoded, &err), NUMCODECS_ERR_DTYPE);
    nc_layout_free(fixed);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* Encoded bytes cut off anywhere, or with any bit flipped: an error, or items whose offsets hold. */
static void damaged(const struct object_codec *sample)
{
    char block[64];
    int64_t offsets[ITEMS + 1];
    size_t bytes = flatten(sample, block, offsets);
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = objects(sample, ITEMS);
    nc_buffer *encoded = NULL, *decoded = NULL;
    nc_options options = no_options();
    options.max_memory = 1 << 20;
    need(nc_encode(codec, layout, block, bytes, offsets, NULL, &encoded, &err) == NUMCODECS_OK, sample->config);
    unsigned char *data = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    for (size_t length = 0; length < n; length++)
        if (!CHECK(nc_decode(codec, data, length, NULL, NULL, &options, &decoded, &err) != NUMCODECS_OK))
            nc_buffer_free(decoded);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (nc_decode(codec, data, n, NULL, NULL, &options, &decoded, &err) == NUMCODECS_OK) {
            int64_t count = nc_layout_query(nc_buffer_layout(decoded), NUMCODECS_Q_ITEMS), last = 0, good = 1;
            const int64_t *found = nc_buffer_offsets(decoded);
            for (int64_t i = 0; found && i <= count; last = found[i++])
                good = good && found[i] >= last;
            CHECK(found && good && last == (int64_t)nc_buffer_nbytes(decoded));
            nc_buffer_free(decoded);
        }
        data[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* Text in, codes out: a filter between objects and numbers. What is no label becomes 0, and 0 becomes the empty text. */
static void categories(void)
{
    static const struct object_codec colours = {
        "{\"id\": \"categorize\", \"labels\": [\"red\", \"green\"], \"dtype\": \"|O\"}", NUMCODECS_UTF8, NULL,
        {"green", "red", "", "red"}, {5, 3, 0, 3}};
    char block[64];
    int64_t offsets[ITEMS + 1];
    size_t n = flatten(&colours, block, offsets);
    nc_codec *codec = need_codec(colours.config);
    nc_layout *layout = objects(&colours, ITEMS);
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK_OK(nc_encode(codec, layout, block, n, offsets, NULL, &encoded, &err));
    CHECK(holds(encoded, "\2\1\0\1", ITEMS) && strcmp(nc_layout_dtype(nc_buffer_layout(encoded)), "|u1") == 0);
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err));
    CHECK(same_items(&colours, decoded));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

int main(void)
{
    for (int i = 0; i < NCODECS; i++) {
        round_trip(&CODECS[i]);
        no_items(&CODECS[i]);
        bad_offsets(&CODECS[i]);
        damaged(&CODECS[i]);
    }
    categories();
    return report("objects");
}
