/* NCZarr's interface for codecs (netCDF-C 4.9 and later), in our own words: nothing of netCDF is needed to build the plug-ins. */
#ifndef PLUGINS_HDF5_NCZARR_H
#define PLUGINS_HDF5_NCZARR_H

#include <stddef.h>

enum {
    NCZARR_CODEC_VERSION = 1,
    NCZARR_CODEC_FOR_HDF5 = 1,
    NETCDF_OK = 0,
    NETCDF_NO_MEMORY = -61,
    NETCDF_FILTER_ERROR = -132,
};

struct nczarr_codec {
    int version;
    int sort;
    const char *codec; /* its id in Zarr metadata */
    unsigned id;       /* that of the filter */
    void (*initialize)(void);
    void (*finalize)(void);
    int (*codec_to_hdf5)(const char *json, size_t *n, unsigned **values);
    int (*hdf5_to_codec)(size_t n, const unsigned *values, char **json);
    int (*modify_parameters)(int ncid, int varid, size_t *visible_n, unsigned **visible, size_t *working_n, unsigned **working);
};

/* nczarr.c */
int nczarr_codec_to_hdf5(const char *json, size_t *n, unsigned **values);
int nczarr_hdf5_to_codec(size_t n, const unsigned *values, char **json);
int nczarr_modify_parameters(int ncid, int varid, size_t *visible_n, unsigned **visible, size_t *working_n, unsigned **working);

#endif
