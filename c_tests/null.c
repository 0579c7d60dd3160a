/* NULL where it is not allowed is an error that names the argument; where it is allowed nothing happens. */
#include "check.h"

#define CHECK_NULL(call, argument) CHECK_SAYS(call, NUMCODECS_ERR_NULL, argument)

static const char ZLIB[] = "{\"id\": \"zlib\"}";
static const int64_t SHAPE[1] = {4};
static char data[4] = {1, 2, 3, 4};

static void codecs(nc_codec *codec)
{
    nc_codec *out = codec;
    CHECK_NULL(nc_codec_from_config(NULL, NULL, &out, &err), "json");
    CHECK(out == NULL);
    CHECK_NULL(nc_codec_from_config(ZLIB, NULL, NULL, &err), "codec");
    CHECK(nc_codec_from_config(NULL, NULL, NULL, NULL) == NUMCODECS_ERR_NULL);
    CHECK(nc_codec_config(NULL) == NULL);
    CHECK(nc_codec_query(NULL, NUMCODECS_Q_LOSSY) == -1);
    CHECK(nc_codec_equal(codec, NULL) == 0 && nc_codec_equal(NULL, codec) == 0);
    nc_codec_free(NULL);
}

static void layouts(nc_layout *layout)
{
    nc_layout *out = layout;
    int64_t shape[1];
    CHECK_NULL(nc_layout_new("<i4", NUMCODECS_FIXED, 1, NULL, NULL, NUMCODECS_ORDER_C, &out, &err), "shape");
    CHECK(out == NULL);
    CHECK_NULL(nc_layout_new("<i4", NUMCODECS_FIXED, 1, SHAPE, NULL, NUMCODECS_ORDER_C, NULL, &err), "layout");
    CHECK(nc_layout_dtype(NULL) == NULL);
    CHECK(nc_layout_query(NULL, NUMCODECS_Q_NDIM) == -1);
    CHECK_NULL(nc_layout_shape(NULL, shape, 1, &err), "layout");
    CHECK_NULL(nc_layout_shape(layout, NULL, 1, &err), "shape");
    nc_layout_free(NULL);

    /* no dimensions need no shape; no dtype means bytes */
    CHECK_OK(nc_layout_new("<i4", NUMCODECS_FIXED, 0, NULL, NULL, NUMCODECS_ORDER_C, &out, &err));
    nc_layout_free(out);
    CHECK_OK(nc_layout_new(NULL, NUMCODECS_FIXED, 1, SHAPE, NULL, NUMCODECS_ORDER_C, &out, &err));
    CHECK(nc_layout_query(out, NUMCODECS_Q_NBYTES) == 4);
    nc_layout_free(out);
}

static void encode(const nc_codec *codec)
{
    nc_buffer *out = (nc_buffer *)data;
    nc_layout *encoded;
    uint64_t bound;
    size_t written;
    char dst[64];
    CHECK_NULL(nc_encode(NULL, NULL, data, 4, NULL, NULL, &out, &err), "codec");
    CHECK(out == NULL);
    CHECK_NULL(nc_encode(codec, NULL, NULL, 4, NULL, NULL, &out, &err), "src");
    CHECK_NULL(nc_encode(codec, NULL, data, 4, NULL, NULL, NULL, &err), "buffer");
    CHECK(nc_encode(codec, NULL, NULL, 4, NULL, NULL, &out, NULL) == NUMCODECS_ERR_NULL);
    CHECK_NULL(nc_encode_items(NULL, NULL, NULL, NULL, NULL, &out, &err), "codec");
    CHECK_NULL(nc_encode_items(codec, NULL, NULL, NULL, NULL, &out, &err), "layout");
    CHECK_NULL(nc_encode_into(NULL, NULL, data, 4, NULL, dst, sizeof dst, NULL, &written, &err), "codec");
    CHECK_NULL(nc_encode_into(codec, NULL, NULL, 4, NULL, dst, sizeof dst, NULL, &written, &err), "src");
    CHECK_NULL(nc_encode_into(codec, NULL, data, 4, NULL, NULL, sizeof dst, NULL, &written, &err), "dst");
    CHECK_NULL(nc_encode_into(codec, NULL, data, 4, NULL, dst, sizeof dst, NULL, NULL, &err), "written");
    CHECK_NULL(nc_encode_info(NULL, NULL, 4, &bound, &encoded, &err), "codec");
    CHECK_NULL(nc_encode_info(codec, NULL, 4, NULL, &encoded, &err), "bound");
    CHECK_NULL(nc_encode_info(codec, NULL, 4, &bound, NULL, &err), "encoded");
}

static void decode(const nc_codec *codec, const nc_layout *layout)
{
    nc_buffer *out = (nc_buffer *)data;
    nc_layout *found;
    uint64_t nbytes;
    size_t written;
    char dst[64];
    const int64_t start[1] = {0};
    CHECK_NULL(nc_decode(NULL, data, 4, NULL, NULL, NULL, &out, &err), "codec");
    CHECK(out == NULL);
    CHECK_NULL(nc_decode(codec, NULL, 4, NULL, NULL, NULL, &out, &err), "src");
    CHECK_NULL(nc_decode(codec, data, 4, NULL, NULL, NULL, NULL, &err), "buffer");
    CHECK_NULL(nc_decode_into(NULL, data, 4, NULL, NULL, dst, sizeof dst, NULL, &written, &err), "codec");
    CHECK_NULL(nc_decode_into(codec, NULL, 4, NULL, NULL, dst, sizeof dst, NULL, &written, &err), "src");
    CHECK_NULL(nc_decode_into(codec, data, 4, NULL, NULL, NULL, sizeof dst, NULL, &written, &err), "dst");
    CHECK_NULL(nc_decode_into(codec, data, 4, NULL, NULL, dst, sizeof dst, NULL, NULL, &err), "written");
    CHECK_NULL(nc_decode_box(NULL, data, 4, layout, start, layout, dst, sizeof dst, NULL, &err), "codec");
    CHECK_NULL(nc_decode_box(codec, NULL, 4, layout, start, layout, dst, sizeof dst, NULL, &err), "src");
    CHECK_NULL(nc_decode_box(codec, data, 4, NULL, start, layout, dst, sizeof dst, NULL, &err), "chunk");
    CHECK_NULL(nc_decode_box(codec, data, 4, layout, NULL, layout, dst, sizeof dst, NULL, &err), "start");
    CHECK_NULL(nc_decode_box(codec, data, 4, layout, start, NULL, dst, sizeof dst, NULL, &err), "want");
    CHECK_NULL(nc_decode_box(codec, data, 4, layout, start, layout, NULL, sizeof dst, NULL, &err), "dst");
    CHECK_NULL(nc_decode_info(NULL, data, 4, &nbytes, &found, &err), "codec");
    CHECK_NULL(nc_decode_info(codec, NULL, 4, &nbytes, &found, &err), "src");
    CHECK_NULL(nc_decode_info(codec, data, 4, NULL, &found, &err), "nbytes");
    CHECK_NULL(nc_decode_info(codec, data, 4, &nbytes, NULL, &err), "layout");
}

static void buffers(void)
{
    CHECK(nc_buffer_data(NULL) == NULL && nc_buffer_nbytes(NULL) == 0);
    CHECK(nc_buffer_layout(NULL) == NULL && nc_buffer_offsets(NULL) == NULL);
    CHECK_NULL(nc_buffer_append(NULL, data, 4, &err), "buffer");
    nc_buffer_free(NULL);
}

static void registries(void)
{
    nc_registry *registry = NULL;
    nc_custom_codec codec;
    const char *const nothing[1] = {NULL};
    memset(&codec, 0, sizeof codec);
    codec.struct_size = sizeof codec;
    CHECK_NULL(nc_registry_new(NULL, 0, NULL, &err), "registry");
    CHECK_NULL(nc_registry_new(nothing, 1, &registry, &err), "allow");
    CHECK(registry == NULL);
    need(nc_registry_new(NULL, 0, &registry, &err) == NUMCODECS_OK, "registry");
    CHECK_NULL(nc_registry_add(NULL, &codec, &err), "registry");
    CHECK_NULL(nc_registry_add(registry, NULL, &err), "codec");
    CHECK_NULL(nc_registry_add(registry, &codec, &err), "id");
    codec.id = "mine";
    CHECK_NULL(nc_registry_add(registry, &codec, &err), "make");
    nc_registry_free(registry);
    nc_registry_free(NULL);
}

static void helpers(void)
{
    nc_buffer *out = (nc_buffer *)data;
    size_t size;
    int32_t number;
    uint32_t hash;
    const char *name;
    CHECK(nc_blosc_compname_to_compcode(NULL) == -1);
    CHECK_NULL(nc_blosc_cbuffer_sizes(NULL, 16, &size, &size, &size, &err), "src");
    CHECK_NULL(nc_blosc_cbuffer_complib(NULL, 16, &name, &err), "src");
    CHECK_NULL(nc_blosc_cbuffer_complib(data, 4, NULL, &err), "complib");
    CHECK_NULL(nc_blosc_cbuffer_metainfo(NULL, 16, &size, &number, &number, &err), "src");
    CHECK_NULL(nc_blosc_compress(data, 4, NULL, 5, 1, 0, 1, NULL, &out, &err), "cname");
    CHECK(out == NULL);
    CHECK_NULL(nc_blosc_compress(NULL, 4, "lz4", 5, 1, 0, 1, NULL, &out, &err), "src");
    CHECK_NULL(nc_blosc_compress(data, 4, "lz4", 5, 1, 0, 1, NULL, NULL, &err), "buffer");
    CHECK_NULL(nc_blosc_decompress(NULL, 16, NULL, &out, &err), "src");
    CHECK_NULL(nc_blosc_decompress_partial(NULL, 16, 0, 1, NULL, &out, &err), "src");
    CHECK_NULL(nc_lz4_compress(NULL, 4, 1, NULL, &out, &err), "src");
    CHECK_NULL(nc_lz4_decompress(data, 4, NULL, NULL, &err), "buffer");
    CHECK_NULL(nc_zstd_compress(NULL, 4, 1, 0, NULL, &out, &err), "src");
    CHECK_NULL(nc_zstd_decompress(data, 4, NULL, NULL, &err), "buffer");
    CHECK_NULL(nc_jenkins_lookup3(NULL, 4, 0, &hash, &err), "src");
    CHECK_NULL(nc_jenkins_lookup3(data, 4, 0, NULL, &err), "hash");
}

int main(void)
{
    nc_codec *codec = need_codec(ZLIB);
    nc_layout *layout = need_layout("|u1", 1, SHAPE, NULL, NUMCODECS_ORDER_C);
    codecs(codec);
    layouts(layout);
    encode(codec);
    decode(codec, layout);
    buffers();
    registries();
    helpers();
    nc_layout_free(layout);
    nc_codec_free(codec);
    return report("null");
}
