/* A box out of a Blosc chunk: the bytes of blocks that are not needed lie on pages that cannot be read. */
#define _DEFAULT_SOURCE
#include "check.h"
#include <sys/mman.h>
#include <unistd.h>

enum { ROWS = 16, COLUMNS = 32768, BLOCK = COLUMNS * 4, PAGE = 4096 }; /* one row is one block */

static uint32_t *values;

static size_t start_of(const unsigned char *chunk, int block)
{
    const unsigned char *p = chunk + 16 + 4 * block;
    return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

/* The first byte after a block: where another begins, or the end. */
static size_t end_of(const unsigned char *chunk, size_t n, int block)
{
    size_t end = n;
    for (int i = 0; i < ROWS; i++)
        if (start_of(chunk, i) > start_of(chunk, block) && start_of(chunk, i) < end)
            end = start_of(chunk, i);
    return end;
}

/* Locks all pages but those with the head of the chunk and with the given rows. */
static void lock_others(unsigned char *memory, size_t n, const int *rows, int nrows)
{
    size_t starts[ROWS], ends[ROWS];
    for (int i = 0; i < nrows; i++) {
        starts[i] = start_of(memory, rows[i]);
        ends[i] = end_of(memory, n, rows[i]);
    }
    for (size_t page = PAGE; page < n; page += PAGE) {
        int needed = 0;
        for (int i = 0; i < nrows; i++)
            needed = needed || (starts[i] < page + PAGE && ends[i] > page);
        need(needed || mprotect(memory + page, PAGE, PROT_NONE) == 0, "mprotect");
    }
}

static void rows_alone(const nc_codec *codec, const nc_layout *chunk, const nc_buffer *encoded)
{
    size_t n = nc_buffer_nbytes(encoded), room = (n + PAGE - 1) / PAGE * PAGE;
    unsigned char *memory = (unsigned char *)mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(memory != MAP_FAILED, "mmap");
    memcpy(memory, nc_buffer_data(encoded), n);
    const int rows[] = {2, 6, 10};
    lock_others(memory, n, rows, 3);

    /* every fourth row cannot be said in a box: one box for each */
    for (int i = 0; i < 3; i++) {
        const int64_t start[] = {rows[i], 100}, shape[] = {1, 5};
        uint32_t part[5] = {0, 0, 0, 0, 0};
        nc_layout *want = need_layout("<u4", 2, shape, NULL, NUMCODECS_ORDER_C);
        CHECK_OK(nc_decode_box(codec, memory, n, chunk, start, want, part, sizeof part, NULL, &err));
        CHECK(memcmp(part, values + rows[i] * COLUMNS + 100, sizeof part) == 0);
        nc_layout_free(want);
    }
    munmap(memory, room);
}

/* A column crosses all blocks; what it gives is what decoding all gives. */
static void a_column(const nc_codec *codec, const nc_layout *chunk, const nc_buffer *encoded)
{
    const int64_t start[] = {0, 77}, shape[] = {ROWS, 1};
    uint32_t column[ROWS];
    nc_layout *want = need_layout(">u4", 2, shape, NULL, NUMCODECS_ORDER_C);
    CHECK_OK(nc_decode_box(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), chunk, start, want, column, sizeof column, NULL, &err));
    for (int i = 0; i < ROWS; i++) {
        const unsigned char *p = (const unsigned char *)&column[i];
        uint32_t value = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        CHECK(value == values[i * COLUMNS + 77]);
    }
    nc_layout_free(want);
}

/* The bytes of the chunk that were read: the header, and of each row that is needed its block with all that tells of it. */
static void bytes_touched(const nc_codec *codec, const nc_layout *chunk, const nc_buffer *encoded)
{
    const unsigned char *bytes = (const unsigned char *)nc_buffer_data(encoded);
    const size_t n = nc_buffer_nbytes(encoded);
    const int64_t start[] = {2, 100}, shape[] = {1, 5};
    uint32_t part[5];
    uint64_t touched = 1;
    nc_options options = no_options();
    nc_layout *want = need_layout("<u4", 2, shape, NULL, NUMCODECS_ORDER_C);
    options.touched = &touched;
    CHECK_OK(nc_decode_box(codec, bytes, n, chunk, start, want, part, sizeof part, &options, &err));
    CHECK(touched == 16 + 4 + end_of(bytes, n, 2) - start_of(bytes, 2));
    CHECK_STATUS(nc_decode_box(codec, bytes, 10, chunk, start, want, part, sizeof part, &options, &err), NUMCODECS_ERR_DATA);
    CHECK(touched == 0);
    nc_layout_free(want);
}

/* Filters that work item by item decode the box alone. */
static void behind_filters(const nc_layout *chunk, size_t n)
{
    nc_codec *codec = need_codec("[{\"id\": \"astype\", \"encode_dtype\": \"<f8\", \"decode_dtype\": \"<u4\"},"
                                 "{\"id\": \"quantize\", \"digits\": 0, \"dtype\": \"<f8\"}, {\"id\": \"blosc\", \"cname\": \"lz4\", \"blocksize\": 32768}]");
    const int64_t start[] = {3, 9}, shape[] = {2, 2};
    uint32_t part[4] = {0, 0, 0, 0};
    uint64_t touched = 0;
    nc_options options = no_options();
    nc_layout *want = need_layout("<u4", 2, shape, NULL, NUMCODECS_ORDER_F);
    nc_buffer *encoded = NULL;
    options.touched = &touched;
    CHECK(nc_codec_query(codec, NUMCODECS_Q_PARTIAL) == 1);
    need(nc_encode(codec, chunk, values, n, NULL, NULL, &encoded, &err) == NUMCODECS_OK, "encode");
    const void *bytes = nc_buffer_data(encoded);
    CHECK_OK(nc_decode_box(codec, bytes, nc_buffer_nbytes(encoded), chunk, start, want, part, sizeof part, &options, &err));
    const uint32_t *first = values + 3 * COLUMNS + 9;
    CHECK(part[0] == first[0] && part[1] == first[COLUMNS] && part[2] == first[1] && part[3] == first[COLUMNS + 1]);
    CHECK(touched > 0 && touched < nc_buffer_nbytes(encoded) / 2);
    nc_buffer_free(encoded);
    nc_layout_free(want);
    nc_codec_free(codec);
}

int main(void)
{
    const int64_t shape[] = {ROWS, COLUMNS}, start[] = {0, 0}, wrong[] = {ROWS + 1, COLUMNS};
    nc_codec *codec = need_codec("{\"id\": \"blosc\", \"cname\": \"lz4\", \"clevel\": 5, \"shuffle\": 1, \"blocksize\": 32768}");
    nc_codec *plain = need_codec("{\"id\": \"zlib\"}"), *filtered = need_codec("[{\"id\": \"crc32\"}, {\"id\": \"blosc\"}]");
    nc_layout *chunk = need_layout("<u4", 2, shape, NULL, NUMCODECS_ORDER_C), *other = need_layout("<u4", 2, wrong, NULL, NUMCODECS_ORDER_C);
    nc_buffer *encoded = NULL;
    size_t n = (size_t)ROWS * BLOCK;
    uint32_t state = 1, item = 0;
    values = (uint32_t *)need_memory(n);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = state >> 16; /* half of each item is noise */
    }
    need(nc_encode(codec, chunk, values, n, NULL, NULL, &encoded, &err) == NUMCODECS_OK, "encode");
    size_t total = 0, stored = 0, blocksize = 0; /* c-blosc splits a block by the 4 bytes of an item, and makes it 4 times as large */
    CHECK_OK(nc_blosc_cbuffer_sizes(nc_buffer_data(encoded), nc_buffer_nbytes(encoded), &total, &stored, &blocksize, &err));
    need(blocksize == BLOCK, "one block for each row");
    CHECK(nc_codec_query(codec, NUMCODECS_Q_PARTIAL) == 1 && nc_codec_query(plain, NUMCODECS_Q_PARTIAL) == 0);
    CHECK(nc_codec_query(filtered, NUMCODECS_Q_PARTIAL) == 0);
    rows_alone(codec, chunk, encoded);
    a_column(codec, chunk, encoded);
    bytes_touched(codec, chunk, encoded);
    behind_filters(chunk, n);

    const int64_t one[] = {1, 1};
    nc_layout *want = need_layout("<u4", 2, one, NULL, NUMCODECS_ORDER_C);
    const void *bytes = nc_buffer_data(encoded);
    CHECK_STATUS(nc_decode_box(codec, bytes, nc_buffer_nbytes(encoded), other, start, want, &item, 4, NULL, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_decode_box(codec, bytes, nc_buffer_nbytes(encoded), chunk, shape, want, &item, 4, NULL, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_decode_box(codec, bytes, 10, chunk, start, want, &item, 4, NULL, &err), NUMCODECS_ERR_DATA);
    nc_layout_free(want);
    nc_buffer_free(encoded);
    free(values);
    nc_layout_free(other);
    nc_layout_free(chunk);
    nc_codec_free(filtered);
    nc_codec_free(plain);
    nc_codec_free(codec);
    return report("partial");
}
