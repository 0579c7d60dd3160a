/* read_parallel: all chunks of a Zarr array (v2 or v3) decoded on all cores, into one array of floats.
 *
 *   read_parallel STORE [FILE]      prints what was read; FILE takes the values, in C order, as this machine has them
 *
 * One call decodes all chunks. Each goes straight to its place in the array: the layout `each` says how far apart the
 * rows lie there, `counts` how much of a chunk is inside (those at the edges stick out), and chunks without a file
 * become fill value. While the threads work, the calling thread draws the progress bar. */
#define _POSIX_C_SOURCE 200809L /* isatty */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static size_t elements(const struct store *store)
{
    size_t n = 1;
    for (int d = 0; d < store->ndim; d++)
        n *= (size_t)store->shape[d];
    return n;
}

/* Bytes from one element to the next along each dimension. */
static void strides_of(const struct store *store, int64_t strides[MAX_NDIM])
{
    int64_t stride = sizeof(float);
    for (int d = store->ndim - 1; d >= 0; d--) {
        strides[d] = stride;
        stride *= store->shape[d];
    }
}

static int32_t draw_bar(void *user, uint64_t done, uint64_t total)
{
    static const char bar[] = "########################################";
    int full = total ? (int)((sizeof bar - 1) * done / total) : 0;
    (void)user;
    fprintf(stderr, "\r[%-*.*s] %llu of %llu chunks%s", (int)sizeof bar - 1, full, bar, (unsigned long long)done,
            (unsigned long long)total, done == total ? "\n" : "");
    return 0; /* anything else would stop the call */
}

/* The chunks of one call are plain parallel arrays. */
struct chunks {
    void **src, **dst;
    size_t *src_nbytes, *dst_nbytes;
    int64_t *counts;
    nc_status *status;
};

static struct chunks allocate_chunks(const struct store *store)
{
    size_t n = store->chunk_count;
    struct chunks chunks = {
        .src = allocate(n * sizeof *chunks.src),
        .dst = allocate(n * sizeof *chunks.dst),
        .src_nbytes = allocate(n * sizeof *chunks.src_nbytes),
        .dst_nbytes = allocate(n * sizeof *chunks.dst_nbytes),
        .counts = allocate(n * (size_t)store->ndim * sizeof *chunks.counts),
        .status = allocate(n * sizeof *chunks.status),
    };
    return chunks;
}

static void free_chunks(const struct store *store, struct chunks *chunks)
{
    for (size_t i = 0; i < store->chunk_count; i++)
        free(chunks->src[i]);
    free(chunks->src);
    free(chunks->dst);
    free(chunks->src_nbytes);
    free(chunks->dst_nbytes);
    free(chunks->counts);
    free(chunks->status);
}

/* Fetches a chunk and says where it belongs. */
static void prepare_chunk(const struct store *store, struct chunks *chunks, size_t i, float *array, const int64_t *strides)
{
    int64_t place[MAX_NDIM], offset = 0;
    chunk_place(store, i, place);
    for (int d = 0; d < store->ndim; d++) {
        int64_t start = place[d] * store->chunk_shape[d];
        int64_t left = store->shape[d] - start;
        chunks->counts[i * (size_t)store->ndim + (size_t)d] = left < store->chunk_shape[d] ? left : store->chunk_shape[d];
        offset += start * strides[d];
    }
    chunks->src[i] = read_chunk(store, place, &chunks->src_nbytes[i]);
    chunks->dst[i] = (char *)array + offset;
    chunks->dst_nbytes[i] = elements(store) * sizeof(float) - (size_t)offset;
}

/* The whole array, in C order; free() it. */
static float *read_array(const struct store *store)
{
    float *array = allocate(elements(store) * sizeof(float));
    struct chunks chunks = allocate_chunks(store);
    int64_t strides[MAX_NDIM];
    nc_layout *each;
    nc_error err;

    strides_of(store, strides);
    check(nc_layout_new("f4", NUMCODECS_FIXED, store->ndim, store->chunk_shape, strides, NUMCODECS_ORDER_STRIDED, &each, &err),
          store->path, &err);
    for (size_t i = 0; i < store->chunk_count; i++)
        prepare_chunk(store, &chunks, i, array, strides);

    nc_batch batch = {
        .struct_size = sizeof batch,
        .n = store->chunk_count,
        .src = (const void *const *)chunks.src,
        .src_nbytes = chunks.src_nbytes,
        .dst = chunks.dst,
        .dst_nbytes = chunks.dst_nbytes,
        .counts = chunks.counts,
        .status = chunks.status,
        .fill = store->zarr,
    };
    nc_options options = {.struct_size = sizeof options, .nthreads = NUMCODECS_ALL_CORES};
    if (isatty(STDERR_FILENO))
        options.progress = draw_bar;
    check(nc_decode_batch(nc_zarr_codec(store->zarr), NULL, each, &batch, &options, &err), store->path, &err);

    nc_layout_free(each);
    free_chunks(store, &chunks);
    return array;
}

static void print_summary(const struct store *store, const float *array)
{
    float missing, low = 0, high = 0;
    double sum = 0;
    size_t valid = 0;
    nc_error err;
    nc_layout *one;
    check(nc_layout_new("f4", NUMCODECS_FIXED, 0, NULL, NULL, NUMCODECS_ORDER_C, &one, &err), "f4", &err);
    check(nc_zarr_fill(store->zarr, one, &missing, sizeof missing, &err), "fill value", &err);
    nc_layout_free(one);

    for (size_t i = 0; i < elements(store); i++) {
        if (array[i] == missing || array[i] != array[i]) /* missing, or NaN */
            continue;
        low = valid == 0 || array[i] < low ? array[i] : low;
        high = valid == 0 || array[i] > high ? array[i] : high;
        sum += array[i];
        valid++;
    }
    printf("%zu chunks, %zu values, %zu valid, min %.6f, max %.6f, mean %.6f\n", store->chunk_count, elements(store), valid, low,
           high, valid ? sum / (double)valid : 0.0);
}

static void write_values(const char *path, const float *array, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        die(path, "cannot write");
    size_t written = fwrite(array, sizeof *array, n, f);
    if (fclose(f) != 0 || written != n)
        die(path, "cannot write all of it");
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3)
        die("usage", "read_parallel STORE [FILE]");
    struct store store = open_store(argv[1]);
    float *array = read_array(&store);
    print_summary(&store, array);
    if (argc == 3)
        write_values(argv[2], array, elements(&store));
    free(array);
    close_store(&store);
    return EXIT_SUCCESS;
}
