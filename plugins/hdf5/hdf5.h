/* HDF5's interface for filters, as its documentation gives it, in our own words: nothing of HDF5 is needed to build the plug-ins. */
#ifndef PLUGINS_HDF5_HDF5_H
#define PLUGINS_HDF5_HDF5_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t hid_t; /* since HDF5 1.10 */

enum {
    HDF5_FILTER_PLUGIN = 0, /* what a plug-in says of its kind */
    HDF5_CLASS_VERSION = 1,
    HDF5_FLAG_OPTIONAL = 0x1,  /* a chunk that cannot be encoded is stored as it is */
    HDF5_FLAG_REVERSE = 0x100, /* decode */
};

struct hdf5_class {
    int version;
    int id;
    unsigned encoder_present, decoder_present;
    const char *name;
    int (*can_apply)(hid_t dcpl, hid_t type, hid_t space);
    int (*set_local)(hid_t dcpl, hid_t type, hid_t space);
    size_t (*filter)(unsigned flags, size_t n, const unsigned v[], size_t nbytes, size_t *capacity, void **data);
};

/* hdf5.c */
int hdf5_can_apply(hid_t dcpl, hid_t type, hid_t space);
int hdf5_set_local(hid_t dcpl, hid_t type, hid_t space);
size_t hdf5_filter(unsigned flags, size_t n, const unsigned v[], size_t nbytes, size_t *capacity, void **data);

#endif
