/* What the library hands out: buffers with their layout, valid until freed, independent of what they were made from. */
#include "check.h"

static void with_layout(void)
{
    const int64_t shape[2] = {2, 3};
    const int16_t values[6] = {1, 2, 3, 4, 5, 6}, in_f_order[6] = {1, 4, 2, 5, 3, 6};
    int64_t found[2] = {0, 0};
    nc_codec *codec = need_codec("{\"id\": \"lz4\"}");
    nc_layout *chunk = need_layout("i2", 2, shape, NULL, NUMCODECS_ORDER_C);
    nc_layout *want = need_layout("i2", 2, shape, NULL, NUMCODECS_ORDER_F);
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK_OK(nc_encode(codec, chunk, values, sizeof values, NULL, NULL, &encoded, &err));
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), chunk, want, NULL, &decoded, &err));
    nc_layout_free(chunk);
    nc_layout_free(want);
    nc_buffer_free(encoded);
    nc_codec_free(codec);

    /* all that made it is gone */
    const nc_layout *layout = nc_buffer_layout(decoded);
    CHECK(holds(decoded, in_f_order, sizeof in_f_order));
    CHECK(layout && strcmp(nc_layout_dtype(layout) + 1, "i2") == 0);
    CHECK(nc_layout_query(layout, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_F);
    CHECK_OK(nc_layout_shape(layout, found, 2, &err));
    CHECK(found[0] == 2 && found[1] == 3);
    CHECK(nc_buffer_offsets(decoded) == NULL);

    /* its memory is the caller's to write to, and aligned for any type */
    CHECK((uintptr_t)nc_buffer_data(decoded) % 16 == 0);
    memset(nc_buffer_data(decoded), 0, nc_buffer_nbytes(decoded));
    nc_buffer_free(decoded);
}

/* The layout that was lent can describe the next call. */
static void lent_layout(void)
{
    const int64_t shape[1] = {4};
    nc_codec *codec = need_codec("{\"id\": \"shuffle\"}");
    nc_layout *layout = need_layout(">i4", 1, shape, NULL, NUMCODECS_ORDER_C);
    nc_buffer *encoded = need_encoded(codec, "abcdefghijklmnop", 16), *decoded = NULL, *again = NULL;
    CHECK(holds(encoded, "aeimbfjncgkodhlp", 16));
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), 16, layout, NULL, NULL, &decoded, &err));
    CHECK(strcmp(nc_layout_dtype(nc_buffer_layout(decoded)), ">i4") == 0);
    CHECK_OK(nc_encode(codec, nc_buffer_layout(decoded), nc_buffer_data(decoded), 16, NULL, NULL, &again, &err));
    CHECK(holds(again, "aeimbfjncgkodhlp", 16));
    nc_buffer_free(again);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* Append is for custom codecs; a finished buffer does not grow. */
static void no_appending(void)
{
    nc_codec *codec = need_codec("{\"id\": \"crc32\"}");
    nc_buffer *encoded = need_encoded(codec, "hello", 5);
    CHECK(holds(encoded, "\x86\xa6\x10\x36hello", 9));
    CHECK_STATUS(nc_buffer_append(encoded, "x", 1, &err), NUMCODECS_ERR_LIMIT);
    CHECK(nc_buffer_nbytes(encoded) == 9);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* Source and destination must not overlap, and the library sees it. */
static void overlap(void)
{
    char memory[64] = "overlapping";
    size_t written = 99;
    nc_codec *codec = need_codec("{\"id\": \"crc32\"}");
    CHECK_STATUS(nc_encode_into(codec, NULL, memory, 11, NULL, memory + 10, 40, NULL, &written, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(written == 0 && strcmp(memory, "overlapping") == 0);
    CHECK_OK(nc_encode_into(codec, NULL, memory, 11, NULL, memory + 11, 40, NULL, &written, &err));
    CHECK(written == 15);
    nc_codec_free(codec);
}

int main(void)
{
    with_layout();
    lent_layout();
    no_appending();
    overlap();
    return report("buffers");
}
