/* write_store: an array of floats, written chunk by chunk as a new Zarr array of either format, under other codecs.
 *
 *   write_store STORE NEW_STORE FORMAT CODECS      for example
 *   write_store ocean.zarr packed.zarr 3 '[{"id": "bitround", "keepbits": 8}, {"id": "zstd", "level": 5}]'
 *
 * nc_zarr_new makes the metadata of the new array from a layout, a fill value and the codecs in the words of Zarr v2, nc_zarr_metadata
 * writes it in those of the format, nc_zarr_chunk_key says under which name a chunk lies there. */
#define _POSIX_C_SOURCE 200809L /* mkdir */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The folders that the name of a file asks for: keys of chunks hold slashes. */
static void make_folders(const char *folder, const char *file)
{
    char name[1024];
    int length = snprintf(name, sizeof name, "%s/%s", folder, file);
    if (length < 0 || (size_t)length >= sizeof name)
        die(folder, "path is too long");
    for (char *slash = name + strlen(folder); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(name, 0777) != 0 && errno != EEXIST)
            die(name, strerror(errno));
        *slash = '/';
    }
}

static void write_metadata(const char *path, const nc_zarr *zarr, int32_t format)
{
    nc_error err;
    nc_buffer *text;
    check(nc_zarr_metadata(zarr, format, NULL, &text, &err), err.path, &err);
    make_folders(path, "zarr.json");
    write_file(path, format == 3 ? "zarr.json" : ".zarray", nc_buffer_data(text), nc_buffer_nbytes(text));
    nc_buffer_free(text);
}

/* Whole chunks: those at the edges are stored whole too. */
static size_t write_chunk(const char *path, const nc_zarr *zarr, const int64_t *place, const void *values, size_t nbytes)
{
    char key[256];
    nc_error err;
    nc_buffer *encoded;
    check(nc_zarr_chunk_key(zarr, place, key, sizeof key, &err), path, &err);
    check(nc_encode(nc_zarr_codec(zarr), nc_zarr_layout(zarr), values, nbytes, NULL, NULL, &encoded, &err), key, &err);
    size_t stored = nc_buffer_nbytes(encoded);
    make_folders(path, key);
    write_file(path, key, nc_buffer_data(encoded), stored);
    nc_buffer_free(encoded);
    return stored;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: write_store STORE NEW_STORE FORMAT CODECS\n");
        return EXIT_FAILURE;
    }
    struct store store = open_store(argv[1]);
    const char *path = argv[2];
    int32_t format = (int32_t)strtol(argv[3], NULL, 10);
    const nc_layout *chunk = nc_zarr_layout(store.zarr);
    size_t fill_nbytes, raw = (size_t)nc_layout_query(chunk, NUMCODECS_Q_NBYTES), stored = 0, chunks = 0, written;
    const void *fill = nc_zarr_fill_item(store.zarr, &fill_nbytes);
    nc_error err;
    nc_zarr *zarr;
    check(nc_zarr_new(argv[4], NULL, chunk, store.shape, fill, fill_nbytes, format, &zarr, &err), err.path, &err);

    void *values = allocate(raw);
    for (size_t i = 0; i < store.chunk_count; i++) {
        int64_t place[MAX_NDIM];
        size_t nbytes;
        chunk_place(&store, i, place);
        char *bytes = read_chunk(&store, place, &nbytes);
        if (!bytes)
            continue; /* fill value there as well */
        check(nc_decode_into(nc_zarr_codec(store.zarr), bytes, nbytes, NULL, nc_zarr_layout(zarr), values, raw, NULL, &written, &err),
              argv[1], &err);
        stored += write_chunk(path, zarr, place, values, raw);
        chunks++;
        free(bytes);
    }
    write_metadata(path, zarr, format);
    printf("%zu chunks of %zu bytes, stored in %zu\n", chunks, raw, stored);
    free(values);
    nc_zarr_free(zarr);
    close_store(&store);
    return EXIT_SUCCESS;
}
