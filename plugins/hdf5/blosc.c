/* Blosc (32001). Values: 2, 2 (versions of the filter and of the format), bytes of an item, bytes of the chunk, level, shuffle, and the
 * number of the compressor; the user sets the last three, set_local the others. In netCDF the fourth is the block size, and the first
 * three are 0. */
#include "filter.h"

#include <stdio.h>
#include <string.h>

enum { FILTER_VERSION, FORMAT_VERSION, TYPESIZE, BYTES, LEVEL, SHUFFLE, COMPRESSOR, VALUES };

static const char *const compressors[] = {"blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"};

static struct values complete(const struct values *given)
{
    struct values all = {VALUES, {0, 0, 0, 0, 5, NUMCODECS_BLOSC_SHUFFLE, 0}};
    memcpy(all.v, given->v, (given->n < VALUES ? given->n : VALUES) * sizeof *all.v);
    return all;
}

static int blosc_to_json(const struct values *values, char *json)
{
    struct values all = complete(values);
    unsigned blocksize = all.v[FILTER_VERSION] == 0 ? all.v[BYTES] : 0;
    if (all.v[COMPRESSOR] >= sizeof compressors / sizeof *compressors)
        return 0;
    return snprintf(json, MAX_JSON + 1, "{\"id\":\"blosc\",\"cname\":\"%s\",\"clevel\":%d,\"shuffle\":%d,\"blocksize\":%u}",
                    compressors[all.v[COMPRESSOR]], (int)all.v[LEVEL], (int)all.v[SHUFFLE], blocksize)
        > 0;
}

static int blosc_from_json(const char *config, struct values *values)
{
    double level, shuffle, blocksize;
    unsigned compressor = 0, count = sizeof compressors / sizeof *compressors;
    while (compressor < count && !config_is(config, "cname", compressors[compressor]))
        compressor++;
    if (compressor == count || !config_number(config, "clevel", &level) || !config_number(config, "shuffle", &shuffle)
        || !config_number(config, "blocksize", &blocksize) || blocksize < 0 || blocksize > MAX_CHUNK)
        return 0;
    *values = (struct values){VALUES, {0, 0, 0, (unsigned)blocksize, (unsigned)(int)level, (unsigned)(int)shuffle, compressor}};
    return 1;
}

static int blosc_set_local(struct values *values, const struct chunk *chunk)
{
    nc_layout *layout = chunk ? chunk_layout(chunk) : NULL;
    int64_t nbytes = layout ? nc_layout_query(layout, NUMCODECS_Q_NBYTES) : 0;
    int64_t itemsize = layout ? nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE) : 1;
    nc_layout_free(layout);
    *values = complete(values);
    values->v[FILTER_VERSION] = values->v[FORMAT_VERSION] = 2;
    values->v[TYPESIZE] = itemsize <= NUMCODECS_BLOSC_MAX_TYPESIZE ? (unsigned)itemsize : 1;
    values->v[BYTES] = (unsigned)nbytes;
    return nbytes <= NUMCODECS_BLOSC_MAX_BUFFERSIZE;
}

static int blosc_run(const struct ready *ready, void *src, size_t n, struct block *out)
{
    struct values all = complete(&ready->values);
    size_t typesize = all.v[TYPESIZE] ? all.v[TYPESIZE] : 1;
    if (ready->decoding)
        return codec_run(ready->codec, NULL, 1, src, n, MAX_CHUNK, out);
    struct chunk items = {"", 0, 1, {(int64_t)(n / typesize)}};
    if (n % typesize == 0)
        snprintf(items.dtype, sizeof items.dtype, "|V%zu", typesize);
    nc_layout *layout = chunk_layout(&items);
    int good = reserve(out, n + NUMCODECS_BLOSC_MAX_OVERHEAD) && codec_run(ready->codec, layout, 0, src, n, MAX_CHUNK, out);
    nc_layout_free(layout);
    return good;
}

const struct native blosc_native = {blosc_to_json, blosc_from_json, blosc_set_local, blosc_run, NULL, 0};
