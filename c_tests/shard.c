/* Shards: the caller fetches the index, then single inner chunks; all other bytes of the shard lie on pages that cannot be read. */
#define _DEFAULT_SOURCE
#include "check.h"
#include <sys/mman.h>

/* An array of 4 x 6 in one shard of 2 x 3 inner chunks, each of 2 x 2. */
#define SHARDED(codecs, more) \
    "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4, 6], \"data_type\": \"int32\", \"fill_value\": 7," \
    "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4, 6]}}," \
    "\"chunk_key_encoding\": {\"name\": \"default\"}, \"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\": {" \
    "\"chunk_shape\": [2, 2], \"codecs\": [" codecs "]" more "}}]}"
#define LITTLE "{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}"
#define BIG "{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}"
#define PLAIN_INDEX ", \"index_codecs\": [" LITTLE "]"
#define START ", \"index_location\": \"start\""
#define SHARD_PATH "codecs[0]"

enum { ROWS = 4, COLUMNS = 6, N = 6, PAGE = 4096 };

static const int64_t SHAPE[2] = {ROWS, COLUMNS}, INNER[2] = {2, 2};
static int32_t values[ROWS * COLUMNS]; /* inner chunk 4, at 1, 1 of the grid, is fill value */

static nc_zarr *need_zarr(const char *json)
{
    nc_zarr *zarr = NULL;
    need(nc_zarr_open(json, NULL, &zarr, &err) == NUMCODECS_OK, json);
    return zarr;
}

static nc_buffer *need_shard(const nc_zarr *zarr)
{
    nc_layout *whole = need_layout("i4", 2, SHAPE, NULL, NUMCODECS_ORDER_C);
    nc_buffer *shard = NULL;
    need(nc_encode(nc_zarr_codec(zarr), whole, values, sizeof values, NULL, NULL, &shard, &err) == NUMCODECS_OK, "shard");
    nc_layout_free(whole);
    return shard;
}

static size_t index_at(int64_t offset, size_t total)
{
    return offset < 0 ? total - (size_t)-offset : (size_t)offset;
}

static nc_shard *need_index(const nc_zarr *zarr, const unsigned char *bytes, size_t total)
{
    int64_t offset = 0;
    size_t n = 0;
    nc_shard *index = NULL;
    CHECK_OK(nc_zarr_index_range(zarr, &offset, &n, &err));
    need(nc_shard_open(zarr, bytes + index_at(offset, total), n, total, &index, &err) == NUMCODECS_OK, "index");
    return index;
}

/* Only these bytes can be read: in front of them and behind them pages are locked. Returns the copy; *map is to be unmapped. */
static const unsigned char *alone(const unsigned char *bytes, size_t n, unsigned char **map)
{
    *map = (unsigned char *)mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(*map != MAP_FAILED && n <= PAGE, "mmap");
    unsigned char *copy = *map + 2 * PAGE - n;
    memcpy(copy, bytes, n);
    need(mprotect(*map, PAGE, PROT_NONE) == 0 && mprotect(*map + 2 * PAGE, PAGE, PROT_NONE) == 0, "mprotect");
    return copy;
}

/* Every inner chunk by itself, and the one that is not there. */
static void inner_chunks(const char *json)
{
    nc_zarr *zarr = need_zarr(json);
    const nc_zarr *inner = nc_zarr_inner(zarr);
    nc_buffer *shard = need_shard(zarr);
    const unsigned char *bytes = (const unsigned char *)nc_buffer_data(shard);
    nc_shard *index = need_index(zarr, bytes, nc_buffer_nbytes(shard));
    nc_layout *native = need_layout("i4", 2, INNER, NULL, NUMCODECS_ORDER_C);
    need(inner != NULL, "inner chunks");
    for (int64_t i = 0; i < N; i++) {
        const int64_t at[2] = {i / 3, i % 3};
        const int32_t *first = values + at[0] * 2 * COLUMNS + at[1] * 2;
        uint64_t offset = 1, nbytes = 1;
        int32_t back[4] = {0, 0, 0, 0};
        size_t written = 0;
        CHECK_OK(nc_shard_entry(index, at, &offset, &nbytes, &err));
        CHECK((offset == 0 && nbytes == 0) == (i == 4));
        if (i == 4)
            CHECK_OK(nc_zarr_fill(inner, native, back, sizeof back, &err));
        else {
            unsigned char *map;
            const unsigned char *copy = alone(bytes + offset, (size_t)nbytes, &map);
            CHECK_OK(nc_decode_into(nc_zarr_codec(inner), copy, (size_t)nbytes, NULL, native, back, sizeof back, NULL, &written, &err));
            munmap(map, 3 * PAGE);
        }
        CHECK(back[0] == first[0] && back[1] == first[1] && back[2] == first[COLUMNS] && back[3] == first[COLUMNS + 1]);
    }
    nc_layout_free(native);
    nc_shard_free(index);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

static void what_it_tells(void)
{
    nc_zarr *zarr = need_zarr(SHARDED(BIG, START));
    const nc_zarr *inner = nc_zarr_inner(zarr);
    int64_t shape[2] = {0, 0}, offset = 1;
    const int64_t at[2] = {0, 0};
    size_t n = 0;
    char key[8];
    CHECK(nc_zarr_inner(inner) == NULL && nc_zarr_inner(NULL) == NULL);
    CHECK_OK(nc_zarr_shape(inner, shape, 2, &err));
    CHECK(shape[0] == ROWS && shape[1] == COLUMNS);
    CHECK_OK(nc_layout_shape(nc_zarr_layout(inner), shape, 2, &err));
    CHECK(shape[0] == 2 && shape[1] == 2 && strcmp(nc_layout_dtype(nc_zarr_layout(inner)), ">i4") == 0);
    const unsigned char *fill = (const unsigned char *)nc_zarr_fill_item(inner, &n);
    CHECK(n == 4 && fill[0] == 0 && fill[3] == 7);
    CHECK_STATUS(nc_zarr_chunk_key(inner, at, key, sizeof key, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK_OK(nc_zarr_index_range(zarr, &offset, &n, &err));
    CHECK(offset == 0 && n == 16 * N + 4);
    CHECK_STATUS(nc_zarr_index_range(inner, &offset, &n, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(offset == 0 && n == 0);
    nc_zarr_free(zarr);

    zarr = need_zarr(SHARDED(LITTLE, PLAIN_INDEX));
    CHECK_OK(nc_zarr_index_range(zarr, &offset, &n, &err));
    CHECK(offset == -16 * N && n == 16 * N);
    nc_zarr_free(zarr);
}

/* A box reads the index and the inner chunks that it touches: all other bytes are poisoned, and would give other values or none. */
static void boxes(const char *json)
{
    nc_zarr *zarr = need_zarr(json);
    nc_buffer *shard = need_shard(zarr);
    unsigned char *bytes = (unsigned char *)nc_buffer_data(shard);
    nc_shard *index = need_index(zarr, bytes, nc_buffer_nbytes(shard));
    const int64_t start[2] = {1, 3}, counts[2] = {2, 2}, strides[2] = {12, 4};
    int32_t part[8] = {0, 0, -1, 0, 0, -1, -1, -1};
    nc_layout *want = need_layout("i4", 2, counts, strides, 0);
    for (int64_t i = 0; i < N; i += 3) { /* the first column of inner chunks is not needed */
        const int64_t at[2] = {i / 3, 0};
        uint64_t offset = 0, nbytes = 0;
        CHECK_OK(nc_shard_entry(index, at, &offset, &nbytes, &err));
        memset(bytes + offset, 0xee, (size_t)nbytes);
    }
    CHECK(nc_codec_query(nc_zarr_codec(zarr), NUMCODECS_Q_PARTIAL) == 1);
    nc_options options = no_options();
    uint64_t touched = 0;
    options.touched = &touched;
    CHECK_OK(nc_decode_box(nc_zarr_codec(zarr), bytes, nc_buffer_nbytes(shard), nc_zarr_layout(zarr), start, want, part, 20, &options, &err));
    CHECK(touched > 16 * N && touched < nc_buffer_nbytes(shard));
    CHECK(part[0] == values[9] && part[1] == values[10] && part[2] == -1 && part[3] == 7 && part[4] == values[16] && part[5] == -1);
    nc_layout_free(want);
    nc_shard_free(index);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

/* All inner chunks as an ordinary batch, each to its place in the array; the one that is not there becomes fill value. */
static void as_a_batch(void)
{
    nc_zarr *zarr = need_zarr(SHARDED(BIG ", \"gzip\"", ""));
    const nc_zarr *inner = nc_zarr_inner(zarr);
    nc_buffer *shard = need_shard(zarr);
    const unsigned char *bytes = (const unsigned char *)nc_buffer_data(shard);
    nc_shard *index = need_index(zarr, bytes, nc_buffer_nbytes(shard));
    const int64_t strides[2] = {COLUMNS * 4, 4};
    nc_layout *each = need_layout("i4", 2, INNER, strides, 0);
    int32_t back[ROWS * COLUMNS];
    const void *src[N];
    void *dst[N];
    size_t src_nbytes[N], dst_nbytes[N];
    nc_status status[N];
    nc_batch batch;
    nc_options options = no_options();
    memset(&batch, 0, sizeof batch);
    batch.struct_size = sizeof batch;
    batch.n = N;
    batch.src = src, batch.src_nbytes = src_nbytes, batch.dst = dst, batch.dst_nbytes = dst_nbytes, batch.status = status, batch.fill = inner;
    for (int64_t i = 0; i < N; i++) {
        const int64_t at[2] = {i / 3, i % 3};
        size_t first = (size_t)(at[0] * 2 * COLUMNS + at[1] * 2);
        uint64_t offset = 0, nbytes = 0;
        CHECK_OK(nc_shard_entry(index, at, &offset, &nbytes, &err));
        src[i] = nbytes ? bytes + offset : NULL;
        src_nbytes[i] = (size_t)nbytes;
        dst[i] = back + first;
        dst_nbytes[i] = sizeof back - first * 4;
    }
    options.nthreads = 2;
    memset(back, 0x55, sizeof back);
    CHECK_OK(nc_decode_batch(nc_zarr_codec(inner), NULL, each, &batch, &options, &err));
    CHECK(memcmp(back, values, sizeof values) == 0);
    nc_layout_free(each);
    nc_shard_free(index);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

/* Inner chunks that are shards: one index after the other. */
static void nested(void)
{
    nc_zarr *zarr = need_zarr(SHARDED("{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [1, 2], \"codecs\": [" LITTLE "]"
                                      PLAIN_INDEX "}}", PLAIN_INDEX));
    const nc_zarr *middle = nc_zarr_inner(zarr), *inner = nc_zarr_inner(middle);
    nc_buffer *shard = need_shard(zarr);
    const unsigned char *bytes = (const unsigned char *)nc_buffer_data(shard);
    nc_shard *index = need_index(zarr, bytes, nc_buffer_nbytes(shard));
    const int64_t at[2] = {1, 2}, second[2] = {1, 0};
    uint64_t offset = 0, nbytes = 0, within = 0;
    need(inner != NULL && nc_zarr_inner(inner) == NULL, "two levels");
    CHECK_OK(nc_shard_entry(index, at, &offset, &nbytes, &err));
    nc_shard *below = need_index(middle, bytes + offset, (size_t)nbytes);
    CHECK_OK(nc_shard_entry(below, second, &within, &nbytes, &err));
    CHECK(nbytes == 8 && memcmp(bytes + offset + within, values + 3 * COLUMNS + 4, 8) == 0);
    nc_shard_free(below);
    nc_shard_free(index);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

static void put(unsigned char *entry, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        entry[i] = (unsigned char)(value >> (8 * i));
}

/* An index says which inner chunk is wrong and where its codec stands in the metadata; so does decoding the whole shard. */
static void broken(int64_t number, int field, uint64_t value, uint64_t shard_nbytes, nc_status status)
{
    nc_zarr *zarr = need_zarr(SHARDED(LITTLE, PLAIN_INDEX));
    nc_buffer *shard = need_shard(zarr);
    unsigned char *bytes = (unsigned char *)nc_buffer_data(shard);
    size_t total = nc_buffer_nbytes(shard);
    nc_shard *index = (nc_shard *)bytes;
    nc_layout *whole = need_layout("i4", 2, SHAPE, NULL, NUMCODECS_ORDER_C);
    int32_t back[ROWS * COLUMNS];
    size_t written = 0;
    put(bytes + total - 16 * N + 16 * number + 8 * field, value);
    CHECK_STATUS(nc_shard_open(zarr, bytes + total - 16 * N, 16 * N, shard_nbytes ? total : 0, &index, &err), status);
    CHECK((status == NUMCODECS_OK) == (index != NULL));
    if (status != NUMCODECS_OK)
        CHECK(err.index == number && strcmp(err.path, SHARD_PATH) == 0);
    nc_shard_free(index);
    CHECK_STATUS(nc_decode_into(nc_zarr_codec(zarr), bytes, total, NULL, whole, back, sizeof back, NULL, &written, &err), NUMCODECS_ERR_DATA);
    CHECK(err.index == number && strcmp(err.path, SHARD_PATH) == 0 && strcmp(err.codec, "sharding_indexed") == 0);
    nc_layout_free(whole);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);
}

static void refused(void)
{
    nc_zarr *zarr = need_zarr(SHARDED(LITTLE, "")), *plain = NULL;
    nc_buffer *shard = need_shard(zarr);
    unsigned char *bytes = (unsigned char *)nc_buffer_data(shard);
    size_t total = nc_buffer_nbytes(shard), n = 16 * N + 4;
    nc_shard *index = need_index(zarr, bytes, total), *none = NULL;
    const int64_t outside[][2] = {{2, 0}, {0, 3}, {-1, 0}};
    const int64_t zero[2] = {0, 0};
    uint64_t offset = 1, nbytes = 1;
    int64_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        CHECK_STATUS(nc_shard_entry(index, outside[i], &offset, &nbytes, &err), NUMCODECS_ERR_SHAPE);
        CHECK(offset == 0 && nbytes == 0);
    }
    CHECK_STATUS(nc_shard_entry(NULL, zero, &offset, &nbytes, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_entry(index, NULL, &offset, &nbytes, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_entry(index, zero, NULL, &nbytes, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_entry(index, zero, &offset, NULL, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_index_range(NULL, &at, &n, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_index_range(zarr, NULL, &n, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_zarr_index_range(zarr, &at, NULL, &err), NUMCODECS_ERR_NULL);
    n = 16 * N + 4;
    CHECK_STATUS(nc_shard_open(NULL, bytes, n, total, &none, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_open(zarr, NULL, n, total, &none, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_open(zarr, bytes, n, total, NULL, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_shard_open(zarr, bytes + total - n, n - 1, total, &none, &err), NUMCODECS_ERR_DATA);
    CHECK_STATUS(nc_shard_open(zarr, bytes + total - n, n, 10, &none, &err), NUMCODECS_ERR_DATA);
    bytes[total - n] ^= 1;
    CHECK_STATUS(nc_shard_open(zarr, bytes + total - n, n, total, &none, &err), NUMCODECS_ERR_CHECKSUM);
    CHECK(strcmp(err.path, SHARD_PATH) == 0 && none == NULL);
    nc_shard_free(NULL);
    nc_shard_free(index);
    nc_buffer_free(shard);
    nc_zarr_free(zarr);

    /* what works on whole shards leaves no inner chunk to be fetched alone */
    const char *json = "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4, 6], \"data_type\": \"int32\", \"fill_value\": 7,"
                       "\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4, 6]}}, \"codecs\": ["
                       "{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, {\"name\": \"sharding_indexed\", \"configuration\": "
                       "{\"chunk_shape\": [2, 2], \"codecs\": [" LITTLE "]}}]}";
    plain = need_zarr(json);
    CHECK(nc_zarr_inner(plain) == NULL && nc_codec_query(nc_zarr_codec(plain), NUMCODECS_Q_PARTIAL) == 0);
    CHECK_STATUS(nc_shard_open(plain, &at, 8, 0, &none, &err), NUMCODECS_ERR_UNSUPPORTED);
    nc_zarr_free(plain);
}

int main(void)
{
    for (int i = 0; i < ROWS * COLUMNS; i++)
        values[i] = i / COLUMNS >= 2 && (i % COLUMNS) / 2 == 1 ? 7 : 1000 + i;
    inner_chunks(SHARDED(LITTLE, ""));
    inner_chunks(SHARDED(BIG, PLAIN_INDEX START));
    inner_chunks(SHARDED("{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, " BIG ", \"zstd\", \"crc32c\"", START));
    boxes(SHARDED(LITTLE ", \"gzip\", \"crc32c\"", ""));
    boxes(SHARDED(BIG ", {\"name\": \"blosc\", \"configuration\": {\"cname\": \"lz4\"}}", START));
    as_a_batch();
    what_it_tells();
    nested();
    broken(0, 0, UINT64_MAX - 4, 1, NUMCODECS_ERR_DATA); /* an end beyond all numbers */
    broken(3, 0, 1000, 1, NUMCODECS_ERR_DATA);           /* outside the shard */
    broken(3, 0, 1000, 0, NUMCODECS_OK);                 /* but who knows its size */
    broken(2, 0, 8, 1, NUMCODECS_ERR_DATA);              /* on the same bytes as inner chunk 0 and 1 */
    broken(1, 1, 80, 1, NUMCODECS_ERR_DATA);             /* as long as to reach into the index */
    refused();
    return report("shard");
}
