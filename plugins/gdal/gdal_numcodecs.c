/* gdal_numcodecs.so: every codec of libnumcodecs for GDAL's Zarr driver (GDAL 3.4 or newer) that GDAL does not have itself.
 *
 * GDAL loads gdal_*.so from the folders of GDAL_DRIVER_PATH and calls GDALRegister_*(). Ours enters the codecs in GDAL's registry of
 * compressors, where the Zarr driver looks up numcodecs ids. Nothing is linked with libgdal: the few functions needed are taken from the
 * very library that calls, of which a process may have two (that of the system and that of a Python wheel). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <numcodecs.h>

/* What cpl_compressor.h and cpl_error.h of GDAL declare. */
typedef bool (*compression_fn)(const void *src, size_t n, void **dst, size_t *dst_n, const char *const *options, void *user);

typedef struct {
    int version; /* 1 */
    const char *id;
    int type; /* 0 compressor, 1 filter; either may stand for the other in a Zarr array */
    const char *const *metadata;
    compression_fn run;
    void *user;
} gdal_compressor;

enum { GDAL_FAILURE = 3, GDAL_APP_DEFINED = 1 };

/* The functions of one GDAL. */
typedef struct {
    bool (*add_compressor)(const gdal_compressor *);
    bool (*add_decompressor)(const gdal_compressor *);
    const gdal_compressor *(*get_decompressor)(const char *id);
    void *(*alloc)(size_t);
    void (*error)(int level, int number, const char *format, ...);
} gdal_functions;

/* The user data of one codec in one GDAL. */
typedef struct {
    const char *id;
    gdal_functions gdal;
} registered;

/* ---- the configuration: key=value strings, from which GDAL has taken the JSON types away ---- */

typedef struct {
    char *text;
    size_t used, room;
    bool failed;
} string;

static void append(string *s, const char *bytes, size_t n)
{
    if (s->failed)
        return;
    if (s->room - s->used <= n) {
        size_t room = 2 * (s->used + n) + 64;
        char *text = realloc(s->text, room);
        if (text == NULL) {
            s->failed = true;
            return;
        }
        s->text = text;
        s->room = room;
    }
    memcpy(s->text + s->used, bytes, n);
    s->used += n;
    s->text[s->used] = '\0';
}

static void append_quoted(string *s, const char *bytes, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    append(s, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        if (byte < 0x20 || byte == '"' || byte == '\\')
            append(s, escape, sizeof escape);
        else
            append(s, bytes + i, 1);
    }
    append(s, "\"", 1);
}

/* No text value of any codec looks like a number, a list or one of the JSON words. */
static bool is_json(const char *value)
{
    return strchr("-0123456789[{", value[0]) != NULL || strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
}

static void append_value(string *s, const char *value)
{
    if (value[0] == '\0') /* how null arrives */
        append(s, "null", 4);
    else if (is_json(value))
        append(s, value, strlen(value));
    else
        append_quoted(s, value, strlen(value));
}

/* Keys with a capital letter are GDAL's own (TYPESIZE), those of numcodecs have none. */
static bool is_key(const char *option, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (option[i] >= 'A' && option[i] <= 'Z')
            return false;
    return n > 0 && strncmp(option, "id=", 3) != 0;
}

/* The options are NULL where GDAL hands over none: when decoding what stands as "compressor" in the metadata. */
static char *configuration(const char *id, const char *const *options)
{
    string s = {0};
    append(&s, "{\"id\": ", 7);
    append_quoted(&s, id, strlen(id));
    for (; options != NULL && *options != NULL; options++) {
        const char *equals = strchr(*options, '=');
        size_t n = equals == NULL ? 0 : (size_t)(equals - *options);
        if (!is_key(*options, n))
            continue;
        append(&s, ", ", 2);
        append_quoted(&s, *options, n);
        append(&s, ": ", 2);
        append_value(&s, equals + 1);
    }
    append(&s, "}", 1);
    if (!s.failed)
        return s.text;
    free(s.text);
    return NULL;
}

/* ---- one chunk ---- */

typedef struct {
    const registered *as;
    const void *src;
    size_t n;
    bool decode;
} job;

static nc_status run_into(const nc_codec *codec, const job *job, void *dst, size_t *dst_n, nc_error *err)
{
    size_t written = 0;
    nc_status status = job->decode ? nc_decode_into(codec, job->src, job->n, NULL, NULL, dst, *dst_n, NULL, &written, err)
                                   : nc_encode_into(codec, NULL, job->src, job->n, NULL, dst, *dst_n, NULL, &written, err);
    *dst_n = status == NUMCODECS_ERR_SPACE ? (size_t)err->needed : written;
    return status;
}

/* Memory that GDAL frees. */
static nc_status run_alloc(const nc_codec *codec, const job *job, void **dst, size_t *dst_n, nc_error *err)
{
    nc_buffer *buffer = NULL;
    nc_status status = job->decode ? nc_decode(codec, job->src, job->n, NULL, NULL, NULL, &buffer, err)
                                   : nc_encode(codec, NULL, job->src, job->n, NULL, NULL, &buffer, err);
    size_t n = nc_buffer_nbytes(buffer);
    if (status == NUMCODECS_OK) {
        *dst = job->as->gdal.alloc(n > 0 ? n : 1);
        if (*dst == NULL)
            status = NUMCODECS_ERR_MEMORY;
        else if (n > 0)
            memcpy(*dst, nc_buffer_data(buffer), n);
        *dst_n = n;
    }
    nc_buffer_free(buffer);
    return status;
}

/* How large the destination should be at least; 0 = not known. */
static nc_status run_size(const nc_codec *codec, const job *job, size_t *dst_n, nc_error *err)
{
    uint64_t n = 0;
    nc_layout *layout = NULL;
    nc_status status = job->decode ? nc_decode_info(codec, job->src, job->n, &n, &layout, err)
                                   : nc_encode_info(codec, NULL, job->n, &n, &layout, err);
    nc_layout_free(layout);
    *dst_n = status == NUMCODECS_OK ? (size_t)n : 0;
    return status == NUMCODECS_ERR_UNKNOWN_SIZE ? NUMCODECS_OK : status;
}

static bool has_id(const char *const *options)
{
    for (; options != NULL && *options != NULL; options++)
        if (strncmp(*options, "id=", 3) == 0)
            return true;
    return false;
}

/* Why the options will not do; NULL if they will. Without options a codec has to find all it needs in the bytes: those with required
 * keys refuse by themselves, shuffle would take another element size than the store has. And GDAL stores no id for a new array's
 * COMPRESS= unless there are options for it: the chunks would then be taken for plain bytes. */
static const char *refusal(const job *job, const char *const *options)
{
    if (!job->decode && !has_id(options))
        return "not written: GDAL would not put it into the metadata of the array";
    if (job->decode && options == NULL && strcmp(job->as->id, "shuffle") == 0)
        return "not read: GDAL does not tell the element size of what stands as compressor";
    return NULL;
}

static nc_status run_codec(const char *config, const job *job, void **dst, size_t *dst_n, nc_error *err)
{
    nc_codec *codec = NULL;
    nc_status status = nc_codec_from_config(config, NULL, &codec, err);
    if (status == NUMCODECS_OK) {
        if (dst == NULL)
            status = run_size(codec, job, dst_n, err);
        else if (*dst == NULL)
            status = run_alloc(codec, job, dst, dst_n, err);
        else
            status = run_into(codec, job, *dst, dst_n, err);
    }
    nc_codec_free(codec);
    return status;
}

static bool run(const job *job, void **dst, size_t *dst_n, const char *const *options)
{
    nc_error err = {0};
    const char *why = refusal(job, options);
    char *config = configuration(job->as->id, options);
    if (why == NULL && (config == NULL || dst_n == NULL))
        why = config == NULL ? "out of memory" : "no size asked for";
    if (why == NULL && run_codec(config, job, dst, dst_n, &err) != NUMCODECS_OK)
        why = err.message;
    free(config);
    if (why != NULL)
        job->as->gdal.error(GDAL_FAILURE, GDAL_APP_DEFINED, "numcodecs: %s: %s", job->as->id, why);
    return why == NULL;
}

static bool compress(const void *src, size_t n, void **dst, size_t *dst_n, const char *const *options, void *user)
{
    return run(&(job){user, src, n, false}, dst, dst_n, options);
}

static bool decompress(const void *src, size_t n, void **dst, size_t *dst_n, const char *const *options, void *user)
{
    return run(&(job){user, src, n, true}, dst, dst_n, options);
}

/* ---- registration ---- */

/* Codecs of arrays of objects: GDAL's driver has no array that could hold them. */
static bool is_for_objects(const char *id)
{
    return strncmp(id, "vlen-", 5) == 0 || strcmp(id, "json2") == 0 || strcmp(id, "msgpack2") == 0 || strcmp(id, "pickle") == 0;
}

/* What `-co COMPRESS=bz2` and `-co FILTER=shuffle` may be followed by; GDAL copies it. */
static const char *const *creation_options(const char *id)
{
    static const char *const bz2[] = {
        "OPTIONS=<Options><Option name='LEVEL' type='int' description='Compression level 1 to 9' default='1'/></Options>", NULL};
    static const char *const shuffle[] = {
        "OPTIONS=<Options><Option name='ELEMENTSIZE' type='int' description='Bytes of a number' default='4'/></Options>", NULL};
    return strcmp(id, "bz2") == 0 ? bz2 : strcmp(id, "shuffle") == 0 ? shuffle : NULL;
}

/* The user data stays as long as GDAL's registry, which is until the process ends. */
static void add(const char *id, const gdal_functions *gdal)
{
    if (is_for_objects(id) || gdal->get_decompressor(id) != NULL)
        return;
    registered *user = malloc(sizeof *user);
    if (user == NULL)
        return;
    *user = (registered){id, *gdal};
    gdal_compressor one = {.version = 1, .id = id, .metadata = creation_options(id), .run = compress, .user = user};
    gdal->add_compressor(&one);
    one.run = decompress;
    gdal->add_decompressor(&one);
}

static bool find_gdal(void *caller, gdal_functions *gdal)
{
    Dl_info where;
    void *library = dladdr(caller, &where) != 0 ? dlopen(where.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : NULL;
    if (library == NULL) /* the program itself, with GDAL linked into it */
        library = dlopen(NULL, RTLD_LAZY);
    if (library == NULL)
        return false;
    *(void **)&gdal->add_compressor = dlsym(library, "CPLRegisterCompressor");
    *(void **)&gdal->add_decompressor = dlsym(library, "CPLRegisterDecompressor");
    *(void **)&gdal->get_decompressor = dlsym(library, "CPLGetDecompressor");
    *(void **)&gdal->alloc = dlsym(library, "VSIMalloc");
    *(void **)&gdal->error = dlsym(library, "CPLError");
    dlclose(library);
    return gdal->add_compressor && gdal->add_decompressor && gdal->get_decompressor && gdal->alloc && gdal->error;
}

__attribute__((visibility("default"))) void GDALRegister_numcodecs(void);

void GDALRegister_numcodecs(void)
{
    gdal_functions gdal;
    const char *id;
    if (!find_gdal(__builtin_return_address(0), &gdal))
        return; /* older than 3.4: no registry */
    for (size_t i = 0; (id = nc_codec_id_at(i)) != NULL; i++)
        add(id, &gdal);
}
