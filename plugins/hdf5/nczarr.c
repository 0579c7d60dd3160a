/* The half of a plug-in that NCZarr calls. "Visible" values are those of nc_inq_var_filter_info, from which the metadata is written;
 * "working" ones are handed to the filter. */
#include "nczarr.h"
#include "filter.h"

#include <stdlib.h>
#include <string.h>

enum { HDF5_SHUFFLE = 2 };

/* Gives the values in memory that netCDF frees, in place of what was there. */
static int give_values(const struct values *values, size_t *n, unsigned **v)
{
    size_t nbytes = values->n * sizeof *values->v;
    unsigned *copy = malloc(nbytes ? nbytes : 1);
    if (!copy)
        return NETCDF_NO_MEMORY;
    memcpy(copy, values->v, nbytes);
    free(*v);
    *v = copy;
    *n = values->n;
    return NETCDF_OK;
}

/* Metadata is read. */
int nczarr_codec_to_hdf5(const char *json, size_t *n, unsigned **values)
{
    struct values visible;
    nc_codec *codec = codec_of_filter(this_filter(), json, NULL);
    int good = codec && config_to_values(this_filter(), codec, &visible);
    nc_codec_free(codec);
    *values = NULL;
    return good ? give_values(&visible, n, values) : NETCDF_FILTER_ERROR;
}

static nc_codec *codec_of_values(const struct values *values)
{
    char json[MAX_JSON + 1];
    return values_to_config(this_filter(), values, json) ? codec_of_filter(this_filter(), json, NULL) : NULL;
}

/* Metadata is written: in full, as numcodecs does, for readers that know no defaults. */
int nczarr_hdf5_to_codec(size_t n, const unsigned *values, char **json)
{
    struct values visible;
    nc_codec *codec = copy_values(&visible, n, values) ? codec_of_values(&visible) : NULL;
    if (!codec)
        return NETCDF_FILTER_ERROR;
    const char *config = nc_codec_config(codec);
    *json = malloc(strlen(config) + 1);
    if (*json)
        strcpy(*json, config);
    nc_codec_free(codec);
    return *json ? NETCDF_OK : NETCDF_NO_MEMORY;
}

/* netCDF leaves the element size of shuffle to the filter, and writes 0 into the metadata if nobody sets it; numcodecs takes that for
 * "not shuffled" and gives wrong numbers. */
static void set_element_size(struct values *visible, const struct chunk *chunk)
{
    if (this_filter()->id != HDF5_SHUFFLE || (visible->n > 0 && visible->v[0] != 0))
        return;
    visible->n = 1;
    visible->v[0] = (unsigned)strtoul(chunk->dtype + 2, NULL, 10);
}

/* The filter works on packed values, so that chunks have the bytes of numcodecs under every id. */
static int to_working(const struct values *visible, const struct chunk *chunk, struct values *working)
{
    char json[MAX_JSON + 1];
    nc_codec *codec = codec_of_values(visible);
    int good = codec && minimal_config(codec, json) && pack_json(json, working);
    nc_codec_free(codec);
    if (good && chunk)
        pack_chunk(working, chunk); /* without it where there is no room: most codecs need none */
    return good;
}

/* A variable is defined or opened. What cannot be encoded is not refused here: it may have been written by others, to be read. */
int nczarr_modify_parameters(int ncid, int varid, size_t *visible_n, unsigned **visible, size_t *working_n, unsigned **working)
{
    struct values seen, worked;
    struct chunk chunk;
    int known = variable_chunk(__builtin_return_address(0), ncid, varid, &chunk);
    if (!copy_values(&seen, *visible_n, *visible))
        return NETCDF_FILTER_ERROR;
    if (known)
        set_element_size(&seen, &chunk);
    if (!to_working(&seen, known ? &chunk : NULL, &worked))
        return NETCDF_FILTER_ERROR;
    int status = give_values(&seen, visible_n, visible);
    *working = NULL;
    return status == NETCDF_OK ? give_values(&worked, working_n, working) : status;
}
