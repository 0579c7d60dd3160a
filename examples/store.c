#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *where, const char *why)
{
    fprintf(stderr, "%s: %s\n", where, why);
    exit(EXIT_FAILURE);
}

void check(nc_status status, const char *where, const nc_error *err)
{
    if (status != NUMCODECS_OK)
        die(where, err->message);
}

void *allocate(size_t nbytes)
{
    void *memory = malloc(nbytes ? nbytes : 1);
    if (!memory)
        die("malloc", "out of memory");
    return memory;
}

/* The whole file, with a NUL behind it; NULL when there is no such file. */
static char *read_file(const char *folder, const char *file, size_t *nbytes)
{
    char name[1024];
    int length = snprintf(name, sizeof name, "%s/%s", folder, file);
    if (length < 0 || (size_t)length >= sizeof name)
        die(folder, "path is too long");
    FILE *f = fopen(name, "rb");
    if (!f && errno == ENOENT)
        return NULL;
    if (!f || fseek(f, 0, SEEK_END) != 0)
        die(name, strerror(errno));
    long size = ftell(f);
    if (size < 0 || fseek(f, 0, SEEK_SET) != 0)
        die(name, strerror(errno));
    char *content = allocate((size_t)size + 1);
    *nbytes = fread(content, 1, (size_t)size, f);
    if (*nbytes != (size_t)size)
        die(name, "cannot read all of it");
    content[*nbytes] = '\0';
    fclose(f);
    return content;
}

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
