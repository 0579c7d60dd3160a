/* The only file that differs between the plug-ins: compiled for each row of filters.c with FILTER_ID and FILTER_CODEC, and the only
 * one that exports anything. */
#include "filter.h"
#include "hdf5.h"
#include "nczarr.h"

#define EXPORT __attribute__((visibility("default")))

static const struct hdf5_class hdf5_class = {
    HDF5_CLASS_VERSION, FILTER_ID, 1, 1, "numcodecs." FILTER_CODEC, hdf5_can_apply, hdf5_set_local, hdf5_filter,
};

static const struct nczarr_codec nczarr_codec = {
    NCZARR_CODEC_VERSION, NCZARR_CODEC_FOR_HDF5, FILTER_CODEC, FILTER_ID, NULL, NULL,
    nczarr_codec_to_hdf5, nczarr_hdf5_to_codec, nczarr_modify_parameters,
};

const struct filter *this_filter(void)
{
    return filter_with_id(FILTER_ID);
}

EXPORT int H5PLget_plugin_type(void)
{
    return HDF5_FILTER_PLUGIN;
}

EXPORT const void *H5PLget_plugin_info(void)
{
    return &hdf5_class;
}

EXPORT const void *NCZ_get_codec_info(void)
{
    return &nczarr_codec;
}
