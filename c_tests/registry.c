/* Registries: codecs of the caller's own, lists of what is allowed, and who frees what when. */
#include "check.h"

/* A codec that adds a key to every byte. Counts its lives. */
struct adder {
    unsigned char key;
};

static int alive;       /* made and not freed */
static int user_freed;  /* calls of free_user */
static const char *seen_dtype;

static nc_status adder_make(void *user, const char *json, void **self, nc_error *error)
{
    const char *key = strstr(json, "\"key\":");
    CHECK(strcmp(user, "user") == 0);
    if (!key) {
        error->code = NUMCODECS_ERR_CONFIG;
        strcpy(error->path, "key");
        strcpy(error->message, "the adder wants a key");
        return NUMCODECS_ERR_CONFIG;
    }
    struct adder *adder = need_memory(sizeof *adder);
    adder->key = (unsigned char)atoi(key + 6);
    alive++;
    *self = adder;
    return NUMCODECS_OK;
}

/* Byte by byte, so that appending is seen to work. */
static nc_status add(const void *src, size_t n, int key, nc_buffer *out, nc_error *error)
{
    const unsigned char *bytes = src;
    for (size_t i = 0; i < n; i++) {
        unsigned char sum = (unsigned char)(bytes[i] + key);
        nc_status status = nc_buffer_append(out, &sum, 1, error);
        if (status != NUMCODECS_OK)
            return status;
    }
    return NUMCODECS_OK;
}

static nc_status adder_encode(void *self, const nc_layout *layout, const void *src, size_t n, nc_buffer *out, nc_error *error)
{
    seen_dtype = layout && strcmp(nc_layout_dtype(layout), "<i2") == 0 ? "<i2" : "another";
    return add(src, n, ((struct adder *)self)->key, out, error);
}

static nc_status adder_decode(void *self, const void *src, size_t n, nc_buffer *out, nc_error *error)
{
    if (n > 0 && *(const char *)src == '!') {
        strcpy(error->message, "the adder does not like this");
        error->offset = 7;
        return NUMCODECS_ERR_DATA;
    }
    if (n > 0 && *(const char *)src == '2') { /* twice what is there already */
        nc_status status = nc_buffer_append(out, src, n, error);
        return status == NUMCODECS_OK ? nc_buffer_append(out, nc_buffer_data(out), n, error) : status;
    }
    return add(src, n, -((struct adder *)self)->key, out, error);
}

static void adder_free(void *self)
{
    free(self);
    alive--;
}

static void user_free(void *user)
{
    CHECK(strcmp(user, "user") == 0);
    user_freed++;
}

static nc_custom_codec adder(const char *id)
{
    nc_custom_codec codec;
    memset(&codec, 0, sizeof codec);
    codec.struct_size = sizeof codec;
    codec.id = id;
    codec.user = "user";
    codec.make = adder_make;
    codec.encode = adder_encode;
    codec.decode = adder_decode;
    codec.free_self = adder_free;
    codec.free_user = user_free;
    return codec;
}

static nc_registry *registry_with_adder(void)
{
    nc_registry *registry = NULL;
    nc_custom_codec codec = adder("adder");
    need(nc_registry_new(NULL, 0, &registry, &err) == NUMCODECS_OK, "nc_registry_new");
    need(nc_registry_add(registry, &codec, &err) == NUMCODECS_OK, "nc_registry_add");
    memset(&codec, 0, sizeof codec); /* the struct was copied */
    return registry;
}

static void own_codec(void)
{
    const int64_t shape[1] = {3};
    nc_registry *registry = registry_with_adder();
    nc_codec *codec = NULL, *builtin = NULL;
    nc_layout *layout = need_layout("<i2", 1, shape, NULL, NUMCODECS_ORDER_C);
    nc_buffer *encoded = NULL, *decoded = NULL;
    size_t written = 0;
    char dst[6];

    CHECK_OK(nc_codec_from_config("{\"id\":\"adder\",\"key\":2}", registry, &codec, &err));
    CHECK_OK(nc_codec_from_config("{\"id\":\"zlib\"}", registry, &builtin, &err));
    need(codec != NULL, "own codec");
    CHECK(alive == 1 && strstr(nc_codec_config(codec), "adder"));
    CHECK_OK(nc_encode(codec, layout, "abcdef", 6, NULL, NULL, &encoded, &err));
    CHECK(holds(encoded, "cdefgh", 6) && seen_dtype && strcmp(seen_dtype, "<i2") == 0);
    CHECK_OK(nc_decode(codec, "cdefgh", 6, NULL, NULL, NULL, &decoded, &err));
    CHECK(holds(decoded, "abcdef", 6));
    CHECK_OK(nc_decode_into(codec, "cdefgh", 6, NULL, layout, dst, sizeof dst, NULL, &written, &err));
    CHECK(written == 6 && memcmp(dst, "abcdef", 6) == 0);
    CHECK_STATUS(nc_decode_into(codec, "cdefgh", 6, NULL, NULL, dst, 5, NULL, &written, &err), NUMCODECS_ERR_SPACE);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);

    /* the registry may go first; what the codec needs stays until the codec goes */
    nc_registry_free(registry);
    CHECK(user_freed == 0);
    CHECK_OK(nc_encode(codec, NULL, NULL, 0, NULL, NULL, &encoded, &err));
    CHECK(holds(encoded, "", 0));
    nc_buffer_free(encoded);
    nc_codec_free(builtin);
    nc_codec_free(codec);
    CHECK(alive == 0 && user_freed == 1);
    nc_layout_free(layout);
}

static void own_failures(void)
{
    nc_registry *registry = registry_with_adder();
    nc_codec *codec = NULL;
    nc_buffer *decoded = NULL;
    nc_options options = no_options();
    CHECK_SAYS(nc_codec_from_config("{\"id\":\"adder\"}", registry, &codec, &err), NUMCODECS_ERR_CONFIG, "wants a key");
    CHECK(codec == NULL && alive == 0 && strcmp(err.codec, "adder") == 0 && strcmp(err.path, "key") == 0);
    CHECK_STATUS(nc_codec_from_config("[{\"id\":\"adder\"}]", registry, &codec, &err), NUMCODECS_ERR_CONFIG);
    CHECK(strcmp(err.path, "[0].key") == 0 && err.stage == 0);
    CHECK_OK(nc_codec_from_config("{\"id\":\"adder\",\"key\":1}", registry, &codec, &err));
    CHECK_SAYS(nc_decode(codec, "!", 1, NULL, NULL, NULL, &decoded, &err), NUMCODECS_ERR_DATA, "does not like this");
    CHECK(decoded == NULL && strcmp(err.codec, "adder") == 0 && err.offset == 7);
    CHECK_STATUS(nc_decode(codec, "2ab", 3, NULL, NULL, NULL, &decoded, &err), NUMCODECS_ERR_UNSUPPORTED);
    options.max_output = 2;
    CHECK_STATUS(nc_decode(codec, "abc", 3, NULL, NULL, &options, &decoded, &err), NUMCODECS_ERR_LIMIT);
    CHECK(decoded == NULL);
    nc_codec_free(codec);
    nc_registry_free(registry);
    CHECK(alive == 0 && user_freed == 2);
}

/* max_output is for the result of the call, not for what a codec of one's own hands on. */
static void in_front_of_a_compressor(void)
{
    char zeros[4000];
    nc_registry *registry = registry_with_adder();
    nc_codec *codec = NULL;
    nc_buffer *encoded = NULL, *decoded = NULL;
    nc_options options = no_options();
    options.max_output = 100;
    memset(zeros, 0, sizeof zeros);
    CHECK_OK(nc_codec_from_config("[{\"id\":\"adder\",\"key\":1},{\"id\":\"zlib\"}]", registry, &codec, &err));
    CHECK_OK(nc_encode(codec, NULL, zeros, sizeof zeros, NULL, &options, &encoded, &err));
    CHECK_STATUS(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err),
                 NUMCODECS_ERR_LIMIT);
    nc_buffer_free(encoded);
    nc_codec_free(codec);

    /* what it appends is there twice while it is copied */
    CHECK_OK(nc_codec_from_config("{\"id\":\"adder\",\"key\":1}", registry, &codec, &err));
    options.max_output = 0;
    options.max_memory = 7000;
    CHECK_STATUS(nc_encode(codec, NULL, zeros, sizeof zeros, NULL, &options, &encoded, &err), NUMCODECS_ERR_LIMIT);
    options.max_memory = 8000;
    CHECK_OK(nc_encode(codec, NULL, zeros, sizeof zeros, NULL, &options, &encoded, &err));
    nc_buffer_free(encoded);
    nc_codec_free(codec);
    nc_registry_free(registry);
    CHECK(alive == 0 && user_freed == 3);
}

static void allow_list(void)
{
    static const char *const allowed[] = {"zlib", "adder"}, *const unknown[] = {"zlib", "nonsense"};
    nc_custom_codec mine = adder("adder");
    nc_registry *registry = NULL;
    nc_codec *codec = (nc_codec *)&mine;
    CHECK_OK(nc_registry_new(allowed, 1, &registry, &err));
    CHECK_OK(nc_codec_from_config("{\"id\":\"zlib\"}", registry, &codec, &err));
    nc_codec_free(codec);
    CHECK_STATUS(nc_codec_from_config("{\"id\":\"blosc\"}", registry, &codec, &err), NUMCODECS_ERR_UNKNOWN_CODEC);
    CHECK(codec == NULL);
    nc_registry_free(registry);

    /* an id that does not exist is a mistake of the caller's, told at once */
    CHECK_SAYS(nc_registry_new(unknown, 2, &registry, &err), NUMCODECS_ERR_UNKNOWN_CODEC, "nonsense");
    CHECK(registry == NULL);

    /* what is added is allowed by that */
    CHECK_OK(nc_registry_new(allowed, 1, &registry, &err));
    CHECK_OK(nc_registry_add(registry, &mine, &err));
    CHECK_OK(nc_codec_from_config("{\"id\":\"adder\",\"key\":1}", registry, &codec, &err));
    nc_codec_free(codec);
    nc_registry_free(registry);
    CHECK(user_freed == 4);
}

static void adding(void)
{
    nc_custom_codec mine = adder("adder"), zlib = adder("zlib"), broken = adder("broken");
    nc_registry *registry = registry_with_adder();
    nc_codec *codec = NULL;
    struct {
        nc_custom_codec codec;
        char newer[8];
    } future;

    /* built-in codecs do not know of it */
    CHECK_STATUS(nc_codec_from_config("{\"id\":\"adder\",\"key\":1}", NULL, &codec, &err), NUMCODECS_ERR_UNKNOWN_CODEC);

    broken.struct_size = 4;
    CHECK_STATUS(nc_registry_add(registry, &broken, &err), NUMCODECS_ERR_UNSUPPORTED);
    memset(&future, 0, sizeof future);
    future.codec = adder("future");
    future.codec.struct_size = sizeof future;
    future.newer[0] = 1;
    CHECK_STATUS(nc_registry_add(registry, &future.codec, &err), NUMCODECS_ERR_UNSUPPORTED);

    /* as in Python, a codec of one's own stands before the built-in one of the same id */
    CHECK_OK(nc_registry_add(registry, &zlib, &err));
    CHECK_OK(nc_codec_from_config("{\"id\":\"zlib\",\"key\":1}", registry, &codec, &err));
    CHECK(alive == 1);
    nc_codec_free(codec);

    /* shared from now on, so closed; what is refused is given back at once */
    CHECK(user_freed == 4);
    CHECK_STATUS(nc_registry_add(registry, &mine, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(user_freed == 5);
    nc_registry_free(registry);
    CHECK(alive == 0 && user_freed == 7);
}

int main(void)
{
    own_codec();
    own_failures();
    in_front_of_a_compressor();
    allow_list();
    adding();
    return report("registry");
}
