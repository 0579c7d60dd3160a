#include "store.h"

#include <stdlib.h>
#include <string.h>

struct store open_store(const char *path)
{
    struct store store = {0};
    nc_error err;
    size_t nbytes;
    char *json = read_file(path, "zarr.json", &nbytes);
    if (!json)
        json = read_file(path, ".zarray", &nbytes);
    if (!json)
        die(path, "neither zarr.json nor .zarray in it");
    check(nc_zarr_open(json, NULL, &store.zarr, &err), path, &err);
    free(json);

    const nc_layout *chunk = nc_zarr_layout(store.zarr);
    store.path = path;
    store.ndim = (int)nc_zarr_query(store.zarr, NUMCODECS_Q_NDIM);
    check(nc_zarr_shape(store.zarr, store.shape, MAX_NDIM, &err), path, &err);
    check(nc_layout_shape(chunk, store.chunk_shape, MAX_NDIM, &err), path, &err);
    if (strcmp(nc_layout_dtype(chunk) + 1, "f4") != 0) /* behind the byte order */
        die(path, "this example reads 4-byte floats");

    store.chunk_count = 1;
    for (int d = 0; d < store.ndim; d++) {
        store.grid[d] = (store.shape[d] + store.chunk_shape[d] - 1) / store.chunk_shape[d];
        store.chunk_count *= (size_t)store.grid[d];
    }
    return store;
}

void close_store(struct store *store)
{
    nc_zarr_free(store->zarr);
}

void chunk_place(const struct store *store, size_t number, int64_t place[MAX_NDIM])
{
    for (int d = store->ndim - 1; d >= 0; d--) {
        place[d] = (int64_t)(number % (size_t)store->grid[d]);
        number /= (size_t)store->grid[d];
    }
}

char *read_chunk(const struct store *store, const int64_t *place, size_t *nbytes)
{
    char key[256];
    nc_error err;
    check(nc_zarr_chunk_key(store->zarr, place, key, sizeof key, &err), store->path, &err);
    *nbytes = 0;
    return read_file(store->path, key, nbytes);
}
