/* Codecs between chunks, and the one way in which they run.
 *
 * Filters are called for each chunk with nothing but their values. Building the codec anew every time costs more than its JSON: what a
 * codec keeps for its next chunk (tables of LZ4 and zlib, contexts of zstd) would be made anew as well. `make bench-plugins`, chunks of
 * 8 kB: zstd 24 instead of 35 microseconds, delta 1.3 instead of 2.5; at 1 MiB it is lost in the work itself. So each plug-in keeps the
 * codec of its last chunk, the one thing that is shared in the process: a thread that finds it takes it away and puts it back
 * afterwards; no thread ever waits or shares, and one that finds none builds its own. */
#include "filter.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ready *kept;

static struct ready *exchange(struct ready *ready)
{
    return __atomic_exchange_n(&kept, ready, __ATOMIC_ACQ_REL);
}

static void free_ready(struct ready *ready)
{
    if (!ready)
        return;
    nc_layout_free(ready->layout);
    nc_codec_free(ready->codec);
    free(ready);
}

/* When HDF5 or netCDF unloads the plug-in. */
__attribute__((destructor)) static void forget(void)
{
    free_ready(exchange(NULL));
}

void give_back(struct ready *ready)
{
    free_ready(exchange(ready));
}

static int fits(const struct ready *ready, const struct values *values, int decoding)
{
    return ready->decoding == decoding && ready->values.n == values->n
        && memcmp(ready->values.v, values->v, values->n * sizeof *values->v) == 0;
}

nc_layout *chunk_layout(const struct chunk *chunk)
{
    nc_layout *layout = NULL;
    if (chunk->dtype[0] == '\0'
        || nc_layout_new(chunk->dtype, NUMCODECS_FIXED, chunk->ndim, chunk->shape, NULL, NUMCODECS_ORDER_C, &layout, NULL) != NUMCODECS_OK)
        return NULL;
    return layout;
}

static int build(const struct filter *filter, struct ready *ready, nc_error *err)
{
    const struct values *values = &ready->values;
    const struct native *native = is_packed(values) ? NULL : native_of(filter);
    char json[MAX_JSON + 1];
    if (native && ready->decoding && !native->decodes_by_values)
        snprintf(json, sizeof json, "{\"id\":\"%s\"}", filter->codec);
    else if (!values_to_config(filter, values, json))
        return 0;
    int known = native ? native->chunk && native->chunk(values, &ready->chunk) : unpack_chunk(values, &ready->chunk);
    ready->layout = known ? chunk_layout(&ready->chunk) : NULL;
    int64_t nbytes = nc_layout_query(ready->layout, NUMCODECS_Q_NBYTES);
    if (nbytes < 1 || nbytes > MAX_CHUNK) { /* no chunk of HDF5's; and a limit of 0 would be none */
        nc_layout_free(ready->layout);
        ready->layout = NULL;
    }
    ready->chunk.exact = ready->layout && ready->chunk.exact;
    ready->codec = codec_of_filter(filter, json, err);
    return ready->codec != NULL;
}

/* A codec of these values that no other thread has; NULL = they make none. Hand it to give_back. */
struct ready *take_ready(const struct filter *filter, const struct values *values, int decoding, nc_error *err)
{
    struct ready *ready = exchange(NULL);
    if (ready && fits(ready, values, decoding))
        return ready;
    free_ready(ready);
    ready = calloc(1, sizeof *ready);
    if (!ready)
        return NULL;
    ready->decoding = decoding;
    ready->values = *values;
    if (build(filter, ready, err))
        return ready;
    free_ready(ready);
    return NULL;
}

int reserve(struct block *block, size_t capacity)
{
    void *larger = capacity <= block->capacity ? block->data : realloc(block->data, capacity ? capacity : 1);
    if (!larger)
        return 0;
    block->data = larger;
    if (capacity > block->capacity)
        block->capacity = capacity;
    return 1;
}

static void *grow(void *user, size_t nbytes)
{
    struct block *block = user;
    return reserve(block, block->nbytes + nbytes) ? (char *)block->data + block->nbytes : NULL;
}

/* Appends what the codec makes of src to the block. Memory grows with the bytes really decoded, up to the limit. */
int codec_run(const nc_codec *codec, const nc_layout *layout, int decoding, const void *src, size_t n, size_t limit, struct block *out)
{
    nc_options options = {0};
    options.struct_size = sizeof options;
    options.max_output = limit;
    options.grow = grow;
    options.grow_user = out;
    size_t written = 0, room = out->capacity - out->nbytes;
    char *at = out->data ? (char *)out->data + out->nbytes : NULL;
    nc_status status = decoding ? nc_decode_into(codec, src, n, NULL, NULL, at, room, &options, &written, &out->err)
                                : nc_encode_into(codec, layout, src, n, NULL, at, room, &options, &written, &out->err);
    out->nbytes += written;
    return status == NUMCODECS_OK;
}

/* Most bytes that encoding gives; 0 where the codec does not take this chunk or nobody knows. */
size_t encoded_bound(const nc_codec *codec, const nc_layout *layout, size_t n, nc_error *err)
{
    uint64_t bound = 0;
    nc_layout *encoded = NULL;
    nc_status status = nc_encode_info(codec, layout, n, &bound, &encoded, err);
    nc_layout_free(encoded);
    return status == NUMCODECS_OK && bound <= SIZE_MAX ? (size_t)bound : 0;
}

/* Bytes that decoding may give: those of the chunk; or, where other filters come before, 16 times as many, which is what the library
 * allows between the codecs of a pipeline. */
static size_t decoded_limit(const struct ready *ready)
{
    if (!ready->layout)
        return MAX_CHUNK;
    size_t nbytes = (size_t)nc_layout_query(ready->layout, NUMCODECS_Q_NBYTES);
    return ready->chunk.exact ? nbytes : nbytes > MAX_CHUNK / 16 ? MAX_CHUNK : 4096 + 16 * nbytes;
}

/* The chunk in the bytes of the codec. */
static int run_codec(const struct ready *ready, const void *src, size_t n, struct block *out)
{
    if (ready->decoding) {
        size_t limit = decoded_limit(ready);
        return codec_run(ready->codec, NULL, 1, src, n, limit, out) && (!ready->chunk.exact || out->nbytes == limit);
    }
    const nc_layout *layout = ready->layout;
    if (layout && (uint64_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES) != n)
        layout = NULL; /* a filter before this one changed the type */
    return reserve(out, encoded_bound(ready->codec, layout, n, NULL)) && codec_run(ready->codec, layout, 0, src, n, MAX_CHUNK, out);
}

int run_filter(const struct filter *filter, const struct ready *ready, void *src, size_t n, struct block *out)
{
    const struct native *native = is_packed(&ready->values) ? NULL : native_of(filter);
    return native && native->run ? native->run(ready, src, n, out) : run_codec(ready, src, n, out);
}
