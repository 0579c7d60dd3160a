/* point_through_time: one point of a Zarr array (v2 or v3) at all times, without decoding all of its chunks.
 *
 *   point_through_time STORE INDEX...     an index for each dimension but the first, which is time
 *
 * Of every chunk that the point passes through only a box is wanted, one element wide and as long as the chunk lasts.
 * nc_decode_box gives that box; where the codec is Blosc it decodes only the blocks that hold it. */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>

/* The point, split into the place of its chunks and the start of the box inside them. */
struct point {
    int64_t place[MAX_NDIM];
    int64_t start[MAX_NDIM];
};

static struct point find_point(const struct store *store, char **indexes)
{
    struct point point = {{0}, {0}};
    for (int d = 1; d < store->ndim; d++) {
        char *end;
        int64_t at = strtoll(indexes[d - 1], &end, 10);
        if (*end || at < 0 || at >= store->shape[d])
            die(indexes[d - 1], "no such index");
        point.place[d] = at / store->chunk_shape[d];
        point.start[d] = at % store->chunk_shape[d];
    }
    return point;
}

/* The values of one chunk; they go to `values` one behind the other. Gives the number of bytes the chunk has, and adds those of
 * them that were read to *touched. */
static size_t read_box(const struct store *store, const struct point *point, int64_t times, float *values, uint64_t *touched)
{
    const size_t room = (size_t)times * sizeof *values;
    int64_t counts[MAX_NDIM] = {times};
    uint64_t read = 0;
    nc_options options = {.struct_size = sizeof options, .touched = &read};
    size_t nbytes;
    nc_layout *want;
    nc_error err;

    for (int d = 1; d < store->ndim; d++)
        counts[d] = 1;
    check(nc_layout_new("f4", NUMCODECS_FIXED, store->ndim, counts, NULL, NUMCODECS_ORDER_C, &want, &err), "box", &err);
    char *bytes = read_chunk(store, point->place, &nbytes);
    if (bytes)
        check(nc_decode_box(nc_zarr_codec(store->zarr), bytes, nbytes, nc_zarr_layout(store->zarr), point->start, want, values,
                            room, &options, &err),
              store->path, &err);
    else
        check(nc_zarr_fill(store->zarr, want, values, room, &err), store->path, &err);
    nc_layout_free(want);
    free(bytes);
    *touched += read;
    return nbytes;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage", "point_through_time STORE INDEX...");
    struct store store = open_store(argv[1]);
    if (argc - 2 != store.ndim - 1)
        die(argv[1], "takes an index for each dimension but the first");
    struct point point = find_point(&store, argv + 2);

    float *values = allocate((size_t)store.shape[0] * sizeof *values);
    size_t nbytes = 0;
    uint64_t touched = 0;
    for (; point.place[0] < store.grid[0]; point.place[0]++) {
        int64_t time = point.place[0] * store.chunk_shape[0];
        int64_t left = store.shape[0] - time;
        nbytes += read_box(&store, &point, left < store.chunk_shape[0] ? left : store.chunk_shape[0], values + time, &touched);
    }
    for (int64_t time = 0; time < store.shape[0]; time++)
        printf("%lld %.9g\n", (long long)time, values[time]);
    fprintf(stderr, "%lld of %zu chunks, %s: %llu of %zu bytes read\n", (long long)store.grid[0], store.chunk_count,
            nc_codec_query(nc_zarr_codec(store.zarr), NUMCODECS_Q_PARTIAL) == 1 ? "decoded where needed" : "decoded whole",
            (unsigned long long)touched, nbytes);
    free(values);
    close_store(&store);
    return EXIT_SUCCESS;
}
