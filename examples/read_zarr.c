/* read_zarr: a Zarr v2 array read, written and compared, with no Python in it.
 *
 *   read_zarr STORE                      prints each month and the compression ratio
 *   read_zarr STORE NEW_STORE CODEC      also writes the array under another codec, for example
 *                                        '{"id": "zstd", "level": 9}', reads that and compares
 *
 * A Zarr v2 array is a folder: `.zarray` describes it (JSON), every chunk is a file named after its
 * place in the grid ("0.2.1"), compressed by the codec that `.zarray` names. All that is Zarr's is
 * in this file; all that is the codec's is behind five calls of libnumcodecs:
 *
 *   nc_codec_from_config   "compressor": {...}   ->  a codec
 *   nc_layout_new          dtype, shape, order   ->  what a block of memory looks like
 *   nc_decode_box          the wanted part of a chunk, straight into the big array
 *   nc_encode              a chunk               ->  compressed bytes
 *   nc_codec_config        a codec               ->  the text that belongs into `.zarray`
 *
 * The array must have three dimensions (month, latitude, longitude) of 4-byte floats. */
#define _POSIX_C_SOURCE 200809L /* mkdir */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NDIM = 3 };

struct store {
    const char *path;
    int64_t shape[NDIM];
    int64_t chunk_shape[NDIM];
    float fill_value;
    char fill_text[40]; /* as .zarray has it */
    nc_codec *codec;
    nc_layout *chunk; /* one chunk, as it was before it was compressed */
};

/* ---- just enough JSON to cut one value out of .zarray; real programs use a parser ---- */

static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

static const char *skip_value(const char *p)
{
    int depth = 0;
    while (*p && (depth > 0 || !strchr(",}]", *p))) {
        if (*p == '"') {
            p = skip_string(p);
            continue;
        }
        depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
        p++;
    }
    return p;
}

/* The text of the value behind a key of the outermost object; free() it. NULL = no such key. */
static char *json_get(const char *json, const char *key)
{
    const char *p = strchr(json, '{');
    while (p && *p && *(p += 1 + strspn(p + 1, " \t\r\n")) == '"') {
        const char *name = p + 1;
        p = skip_string(p);
        int found = (size_t)(p - 1 - name) == strlen(key) && strncmp(name, key, strlen(key)) == 0;
        p += strspn(p, " \t\r\n:");
        const char *end = skip_value(p);
        if (found) {
            char *text = allocate((size_t)(end - p) + 1);
            memcpy(text, p, (size_t)(end - p));
            text[end - p] = '\0';
            return text;
        }
        p = end;
    }
    return NULL;
}

static char *json_need(const char *json, const char *key)
{
    char *text = json_get(json, key);
    if (!text)
        die(".zarray has no key", key);
    return text;
}

static void json_extents(const char *json, const char *key, int64_t extents[NDIM])
{
    char *text = json_need(json, key);
    char *p = text;
    for (int d = 0; d < NDIM; d++) {
        extents[d] = strtoll(p + 1, &p, 10); /* p is at '[' or ',' */
        if (extents[d] <= 0 || extents[d] > 100000)
            die(key, "three extents, please");
    }
    if (*(p + strspn(p, " \t\r\n")) != ']')
        die(key, "three extents, please");
    free(text);
}

static void json_must_be(const char *json, const char *key, const char *wanted)
{
    char *text = json_get(json, key);
    if (text && strncmp(text, wanted, strlen(wanted)) != 0)
        die(key, "not supported by this example");
    free(text);
}

/* ---- the grid of chunks ---- */

struct part {
    char name[80];        /* file of the chunk, "i.j.k" */
    int64_t start[NDIM];  /* its first element in the array */
    int64_t counts[NDIM]; /* how much of it lies inside: edge chunks stick out */
};

static size_t elements(const int64_t extents[NDIM])
{
    return (size_t)(extents[0] * extents[1] * extents[2]);
}

static int64_t offset_of(const struct store *store, const int64_t at[NDIM])
{
    return (at[0] * store->shape[1] + at[1]) * store->shape[2] + at[2];
}

static int64_t chunk_count(const struct store *store)
{
    int64_t n = 1;
    for (int d = 0; d < NDIM; d++)
        n *= (store->shape[d] + store->chunk_shape[d] - 1) / store->chunk_shape[d];
    return n;
}

static struct part part_of(const struct store *store, int64_t number)
{
    struct part part;
    int64_t place[NDIM];
    for (int d = NDIM - 1; d >= 0; d--) {
        int64_t along = (store->shape[d] + store->chunk_shape[d] - 1) / store->chunk_shape[d];
        place[d] = number % along;
        number /= along;
        part.start[d] = place[d] * store->chunk_shape[d];
        int64_t left = store->shape[d] - part.start[d];
        part.counts[d] = left < store->chunk_shape[d] ? left : store->chunk_shape[d];
    }
    snprintf(part.name, sizeof part.name, "%lld.%lld.%lld", (long long)place[0], (long long)place[1],
             (long long)place[2]);
    return part;
}

/* ---- reading ---- */

static struct store open_store(const char *path)
{
    struct store store = {0};
    nc_error err;
    size_t nbytes;
    char *json = read_file(path, ".zarray", &nbytes);
    if (!json)
        die(path, "no .zarray in it");
    json_must_be(json, "zarr_format", "2");
    json_must_be(json, "filters", "null");
    json_must_be(json, "dimension_separator", "\".\"");

    store.path = path;
    json_extents(json, "shape", store.shape);
    json_extents(json, "chunks", store.chunk_shape);

    char *fill = json_need(json, "fill_value");
    fill[strcspn(fill, " \t\r\n")] = '\0';
    if (strlen(fill) >= sizeof store.fill_text)
        die(fill, "odd fill value");
    strcpy(store.fill_text, fill);
    store.fill_value = strtof(fill + (*fill == '"'), NULL); /* "NaN" and "Infinity" are quoted */
    free(fill);

    char *compressor = json_need(json, "compressor");
    check(nc_codec_from_config(compressor, NULL, &store.codec, &err), "compressor", &err);
    free(compressor);

    char *dtype = json_need(json, "dtype"); /* with its quotes */
    char *order = json_need(json, "order");
    if (strcmp(dtype + 2, "f4\"") != 0)
        die(dtype, "this example reads 4-byte floats");
    dtype[4] = '\0';
    check(nc_layout_new(dtype + 1, NUMCODECS_FIXED, NDIM, store.chunk_shape, NULL,
                        order[1] == 'F' ? NUMCODECS_ORDER_F : NUMCODECS_ORDER_C, &store.chunk, &err),
          "dtype", &err);
    free(order);
    free(dtype);
    free(json);
    return store;
}

static void close_store(struct store *store)
{
    nc_layout_free(store->chunk);
    nc_codec_free(store->codec);
}

/* Decodes the part of a chunk that lies inside the array straight to its place there. The wanted layout says
 * where the rows go (strides, in bytes) and that we want floats as this machine has them: a chunk of other byte
 * order or with its dimensions reversed is converted on the way. */
static void decode_part(const struct store *store, const struct part *part, const char *bytes, size_t nbytes,
                        float *array)
{
    const int64_t item = sizeof(float);
    const int64_t strides[NDIM] = {store->shape[1] * store->shape[2] * item, store->shape[2] * item, item};
    const int64_t from[NDIM] = {0, 0, 0};
    int64_t offset = offset_of(store, part->start);
    size_t room = (elements(store->shape) - (size_t)offset) * sizeof(float);
    nc_layout *want;
    nc_error err;

    check(nc_layout_new("f4", NUMCODECS_FIXED, NDIM, part->counts, strides, NUMCODECS_ORDER_STRIDED, &want, &err),
          part->name, &err);
    check(nc_decode_box(store->codec, bytes, nbytes, store->chunk, from, want, array + offset, room, NULL, &err),
          part->name, &err);
    nc_layout_free(want);
}

/* The whole array in C order; free() it. *stored = bytes of all chunk files. */
static float *read_array(const struct store *store, size_t *stored)
{
    size_t n = elements(store->shape);
    float *array = allocate(n * sizeof(float));
    for (size_t i = 0; i < n; i++)
        array[i] = store->fill_value; /* a chunk without a file is empty */

    *stored = 0;
    for (int64_t number = 0; number < chunk_count(store); number++) {
        struct part part = part_of(store, number);
        size_t nbytes;
        char *bytes = read_file(store->path, part.name, &nbytes);
        if (!bytes)
            continue;
        decode_part(store, &part, bytes, nbytes, array);
        *stored += nbytes;
        free(bytes);
    }
    return array;
}

/* ---- writing ---- */

/* Chunks are stored whole: what sticks out of the array holds the fill value. */
static void gather(const struct store *store, const struct part *part, const float *array, float *chunk)
{
    for (size_t i = 0; i < elements(store->chunk_shape); i++)
        chunk[i] = store->fill_value;
    for (int64_t i = 0; i < part->counts[0]; i++)
        for (int64_t j = 0; j < part->counts[1]; j++) {
            const int64_t at[NDIM] = {part->start[0] + i, part->start[1] + j, part->start[2]};
            memcpy(chunk + (i * store->chunk_shape[1] + j) * store->chunk_shape[2], array + offset_of(store, at),
                   (size_t)part->counts[2] * sizeof(float));
        }
}

static void write_metadata(const struct store *store)
{
    char json[2048];
    int length = snprintf(json, sizeof json,
                          "{\"zarr_format\": 2, \"shape\": [%lld, %lld, %lld], \"chunks\": [%lld, %lld, %lld], "
                          "\"dtype\": \"%s\", \"order\": \"C\", \"fill_value\": %s, \"filters\": null, "
                          "\"compressor\": %s}\n",
                          (long long)store->shape[0], (long long)store->shape[1], (long long)store->shape[2],
                          (long long)store->chunk_shape[0], (long long)store->chunk_shape[1],
                          (long long)store->chunk_shape[2], nc_layout_dtype(store->chunk), store->fill_text,
                          nc_codec_config(store->codec));
    if (length < 0 || (size_t)length >= sizeof json)
        die(store->path, "metadata too long");
    write_file(store->path, ".zarray", json, (size_t)length);
}

static void write_array(const char *path, const struct store *like, const char *config, const float *array)
{
    struct store store = *like;
    size_t nbytes = elements(store.chunk_shape) * sizeof(float);
    float *chunk = allocate(nbytes);
    nc_error err;

    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        die(path, strerror(errno));
    store.path = path;
    check(nc_codec_from_config(config, NULL, &store.codec, &err), config, &err);
    check(nc_layout_new("f4", NUMCODECS_FIXED, NDIM, store.chunk_shape, NULL, NUMCODECS_ORDER_C, &store.chunk, &err),
          "f4", &err);
    for (int64_t number = 0; number < chunk_count(&store); number++) {
        struct part part = part_of(&store, number);
        nc_buffer *encoded;
        gather(&store, &part, array, chunk);
        check(nc_encode(store.codec, store.chunk, chunk, nbytes, NULL, NULL, &encoded, &err), part.name, &err);
        write_file(path, part.name, nc_buffer_data(encoded), nc_buffer_nbytes(encoded));
        nc_buffer_free(encoded);
    }
    write_metadata(&store);
    close_store(&store);
    free(chunk);
}

/* ---- what it says ---- */

static void print_months(const struct store *store, const float *array)
{
    int64_t cells = store->shape[1] * store->shape[2];
    printf("month  valid        min        max       mean\n");
    for (int64_t month = 0; month < store->shape[0]; month++) {
        const float *cell = array + month * cells;
        float low = 0, high = 0;
        double sum = 0;
        long valid = 0;
        for (int64_t i = 0; i < cells; i++) {
            if (cell[i] == store->fill_value || cell[i] != cell[i]) /* missing, or NaN */
                continue;
            low = valid == 0 || cell[i] < low ? cell[i] : low;
            high = valid == 0 || cell[i] > high ? cell[i] : high;
            sum += cell[i];
            valid++;
        }
        printf("%5lld %6ld %10.6f %10.6f %10.6f\n", (long long)month + 1, valid, low, high,
               valid ? sum / (double)valid : 0.0);
    }
}

static void print_size(const struct store *store, size_t stored)
{
    size_t raw = elements(store->shape) * sizeof(float);
    printf("%s: %lld chunks under %s, %zu bytes for %zu, ratio %.2f\n", store->path, (long long)chunk_count(store),
           nc_codec_config(store->codec), stored, raw, (double)raw / (double)(stored ? stored : 1));
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 4)
        die("usage", "read_zarr STORE [NEW_STORE CODEC]");

    size_t stored;
    struct store store = open_store(argv[1]);
    float *array = read_array(&store, &stored);
    print_months(&store, array);
    print_size(&store, stored);

    if (argc == 4) {
        write_array(argv[2], &store, argv[3], array);
        struct store copy = open_store(argv[2]);
        float *again = read_array(&copy, &stored);
        print_size(&copy, stored);
        if (memcmp(array, again, elements(store.shape) * sizeof(float)) != 0)
            die(argv[2], "differs from what was written");
        printf("%s: the same %zu values\n", argv[2], elements(store.shape));
        free(again);
        close_store(&copy);
    }
    free(array);
    close_store(&store);
    return EXIT_SUCCESS;
}
