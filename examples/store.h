/* What the Zarr examples share: an array of a folder, its metadata and the files of its chunks. */
#ifndef EXAMPLES_STORE_H
#define EXAMPLES_STORE_H

#include "files.h"

enum { MAX_NDIM = 8 };

struct store {
    const char *path;
    nc_zarr *zarr;
    int ndim;
    int64_t shape[MAX_NDIM];
    int64_t chunk_shape[MAX_NDIM];
    int64_t grid[MAX_NDIM]; /* number of chunks along each dimension */
    size_t chunk_count;
};

/* An array of 4-byte floats, of Zarr v2 or v3. */
struct store open_store(const char *path);
void close_store(struct store *store);

/* Place in the grid of the chunk with a number, last dimension fastest. */
void chunk_place(const struct store *store, size_t number, int64_t place[MAX_NDIM]);

/* The file of a chunk; free() it. NULL when there is none: the chunk holds nothing but the fill value. */
char *read_chunk(const struct store *store, const int64_t *place, size_t *nbytes);

#endif
