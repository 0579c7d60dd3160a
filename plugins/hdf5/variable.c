/* What netCDF tells about a variable: the type and shape of its chunks. */
#include "filter.h"

#include <stdio.h>
#include <string.h>

enum { MAX_TYPE = 12, ENDIAN_BIG = 2, CHUNKED = 0 };

struct netcdf {
    int (*vartype)(int ncid, int varid, int *type);
    int (*varndims)(int ncid, int varid, int *ndim);
    int (*chunking)(int ncid, int varid, int *storage, size_t shape[]);
    int (*endian)(int ncid, int varid, int *endian);
};

enum { NETCDF_FUNCTIONS = sizeof(struct netcdf) / sizeof(void *) };

static int find_netcdf(const void *caller, struct netcdf *netcdf)
{
    static const char *const names[NETCDF_FUNCTIONS] = {
        "nc_inq_vartype", "nc_inq_varndims", "nc_inq_var_chunking", "nc_inq_var_endian",
    };
    void *functions[NETCDF_FUNCTIONS];
    if (!find_functions(caller, names, functions, NETCDF_FUNCTIONS))
        return 0;
    memcpy(netcdf, functions, sizeof *netcdf);
    return 1;
}

/* netCDF's types by number. Text is a type of 1 byte, strings have no chunks of fixed size. */
static int dtype_of(int type, int big, char dtype[MAX_DTYPE])
{
    static const char *const dtypes[MAX_TYPE] = {NULL, "i1", "S1", "i2", "i4", "f4", "f8", "u1", "u2", "u4", "i8", "u8"};
    if (type < 1 || type >= MAX_TYPE)
        return 0;
    char order = dtypes[type][1] == '1' ? '|' : big ? '>' : '<';
    snprintf(dtype, MAX_DTYPE, "%c%s", order, dtypes[type]);
    return 1;
}

/* 0 = the functions of the calling netCDF are not to be found, or it does not tell. */
int variable_chunk(const void *caller, int ncid, int varid, struct chunk *chunk)
{
    struct netcdf netcdf;
    size_t shape[MAX_NDIM];
    int type, storage, endian = 0;
    if (!find_netcdf(caller, &netcdf) || netcdf.vartype(ncid, varid, &type) || netcdf.varndims(ncid, varid, &chunk->ndim)
        || chunk->ndim > MAX_NDIM || netcdf.chunking(ncid, varid, &storage, shape) || storage != CHUNKED
        || netcdf.endian(ncid, varid, &endian) || !dtype_of(type, endian == ENDIAN_BIG, chunk->dtype))
        return 0;
    chunk->exact = 0; /* it does not say which filters come first */
    for (int i = 0; i < chunk->ndim; i++)
        chunk->shape[i] = (int64_t)shape[i];
    return 1;
}
