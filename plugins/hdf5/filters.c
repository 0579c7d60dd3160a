/* The one table of filters: entry.c, the tools and docs/hdf5.md go by it. A private id, once given, stays. */
#include "filter.h"

#include <string.h>

const struct filter filters[] = {
    /* HDF5's own, for NCZarr */
    {1, "zlib"},
    {2, "shuffle"},
    {3, "fletcher32"},
    /* registered with the HDF Group */
    {307, "bz2"},
    {32001, "blosc"},
    {32004, "lz4"},
    {32013, "zfpy"},
    {32015, "zstd"},
    /* private */
    {33001, "adler32"},
    {33002, "astype"},
    {33003, "base64"},
    {33004, "bitround"},
    {33005, "categorize"},
    {33006, "crc32"},
    {33007, "crc32c"},
    {33008, "delta"},
    {33009, "fixedscaleoffset"},
    {33010, "gzip"},
    {33011, "jenkins_lookup3"},
    {33012, "lzma"},
    {33013, "packbits"},
    {33014, "pcodec"},
    {33015, "quantize"},
};

const size_t filter_count = sizeof filters / sizeof *filters;

const struct filter *filter_with_id(unsigned id)
{
    for (size_t i = 0; i < filter_count; i++)
        if (filters[i].id == id)
            return &filters[i];
    return NULL;
}

const struct filter *filter_of_codec(const char *codec)
{
    for (size_t i = 0; i < filter_count; i++)
        if (strcmp(filters[i].codec, codec) == 0)
            return &filters[i];
    return NULL;
}
