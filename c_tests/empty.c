/* NULL and 0 bytes are a valid input, and come back as NULL and 0 bytes, from every codec. */
#include "check.h"
#include "codecs.h"

static void round_trip(const char *config)
{
    nc_codec *codec = need_codec(config);
    nc_buffer *encoded = NULL, *decoded = NULL;
    size_t written = 99;

    CHECK_OK(nc_encode(codec, NULL, NULL, 0, NULL, NULL, &encoded, &err));
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    CHECK((bytes == NULL) == (n == 0));
    CHECK_OK(nc_decode(codec, bytes, n, NULL, NULL, NULL, &decoded, &err));
    CHECK(decoded && nc_buffer_data(decoded) == NULL && nc_buffer_nbytes(decoded) == 0);

    CHECK_OK(nc_decode_into(codec, bytes, n, NULL, NULL, NULL, 0, NULL, &written, &err));
    CHECK(written == 0);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* An empty array keeps its layout: (3, 0) stays (3, 0). */
static void empty_array(void)
{
    const int64_t shape[2] = {3, 0};
    int64_t found[2] = {-1, -1};
    nc_codec *codec = need_codec("{\"id\": \"zlib\"}");
    nc_layout *layout = need_layout("<f4", 2, shape, NULL, NUMCODECS_ORDER_C);
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK(nc_layout_query(layout, NUMCODECS_Q_NBYTES) == 0 && nc_layout_query(layout, NUMCODECS_Q_ITEMS) == 0);
    CHECK_OK(nc_encode(codec, layout, NULL, 0, NULL, NULL, &encoded, &err));
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), layout, layout, NULL, &decoded, &err));
    CHECK(nc_buffer_nbytes(decoded) == 0 && nc_buffer_layout(decoded));
    CHECK_OK(nc_layout_shape(nc_buffer_layout(decoded), found, 2, &err));
    CHECK(found[0] == 3 && found[1] == 0);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

#define HAS(list, id) has(list, sizeof(list) / sizeof(list)[0], id)

static int has(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(ids[i], id) == 0)
            return 1;
    return 0;
}

/* Every id that the library names is in one of the lists of codecs.h, so that each test that goes through a list goes through all. */
static void no_codec_is_left_out(void)
{
    const char *id, *last = "";
    size_t n = 0;
    for (; (id = nc_codec_id_at(n)) != NULL; n++) {
        int found = HAS(OF_ARRAYS, id) || HAS(OF_OBJECTS, id);
        for (int i = 0; i < NSAMPLES; i++)
            found |= strcmp(SAMPLES[i].id, id) == 0;
        if (!CHECK(found))
            printf("    %s is in no list of codecs.h\n", id);
        CHECK(strcmp(last, id) < 0);
        last = id;
    }
    CHECK(n == 29 && nc_codec_id_at(n + 1) == NULL && nc_codec_id_at((size_t)-1) == NULL);
}

int main(void)
{
    for (int i = 0; i < NSAMPLES; i++)
        round_trip(SAMPLES[i].config);
    empty_array();
    no_codec_is_left_out();
    return report("empty");
}
