/* Many chunks in one call: an array of 5 x 7 in chunks of 2 x 3, read and written whole. */
#include "check.h"

enum { ROWS = 5, COLUMNS = 7, N = 9, ROOM = 400 };

static const char *const ARRAY = "{\"zarr_format\": 2, \"shape\": [5, 7], \"chunks\": [2, 3], \"dtype\": \">i4\", \"fill_value\": -9,"
                                 "\"order\": \"F\", \"filters\": [{\"id\": \"crc32\"}], \"compressor\": {\"id\": \"zlib\", \"level\": 1}}";
static const int64_t STRIDES[2] = {COLUMNS * 4, 4}, CHUNK[2] = {2, 3};

static nc_zarr *zarr;
static nc_layout *each; /* a chunk inside the whole array */
static int32_t whole[ROWS * COLUMNS];
static unsigned char stored[N][ROOM];
static const void *src[N];
static void *dst[N];
static size_t src_nbytes[N], dst_nbytes[N], written[N], sizes[N]; /* sizes: what write_all stored */
static int64_t counts[N][2];
static nc_status status[N];
static nc_error errors[N];

static nc_batch all_chunks(void)
{
    nc_batch batch;
    memset(&batch, 0, sizeof batch);
    batch.struct_size = sizeof batch;
    batch.n = N;
    batch.src = src;
    batch.src_nbytes = src_nbytes;
    batch.dst = dst;
    batch.dst_nbytes = dst_nbytes;
    batch.counts = &counts[0][0];
    batch.written = written;
    batch.status = status;
    batch.errors = errors;
    batch.fill = zarr;
    return batch;
}

static size_t first_item(int i)
{
    return (size_t)(i / 3 * 2 * COLUMNS + i % 3 * 3);
}

/* Sources are parts of the array, destinations one block each. */
static void write_all(int32_t nthreads)
{
    nc_options options = no_options();
    nc_batch batch = all_chunks();
    for (int i = 0; i < N; i++) {
        src[i] = whole + first_item(i);
        src_nbytes[i] = sizeof whole - first_item(i) * 4;
        dst[i] = stored[i];
        dst_nbytes[i] = ROOM;
    }
    options.nthreads = nthreads;
    CHECK_OK(nc_encode_batch(nc_zarr_codec(zarr), each, &batch, &options, &err));
    for (int i = 0; i < N; i++)
        CHECK(status[i] == NUMCODECS_OK && errors[i].code == NUMCODECS_OK && errors[i].index == i && written[i] > 8);
    memcpy(sizes, written, sizeof sizes);
}

/* Sources are what write_all stored, destinations parts of the array. */
static nc_batch reading(int32_t *array)
{
    for (int i = 0; i < N; i++) {
        src[i] = stored[i];
        src_nbytes[i] = sizes[i];
        dst[i] = array + first_item(i);
        dst_nbytes[i] = sizeof whole - first_item(i) * 4;
    }
    return all_chunks();
}

static void round_trip(int32_t nthreads)
{
    int32_t back[ROWS * COLUMNS];
    nc_options options = no_options();
    options.nthreads = nthreads;
    write_all(nthreads);
    memset(back, 0x55, sizeof back);
    nc_batch batch = reading(back);
    CHECK_OK(nc_decode_batch(nc_zarr_codec(zarr), NULL, each, &batch, &options, &err));
    CHECK(memcmp(back, whole, sizeof whole) == 0);
    CHECK(written[0] == COLUMNS * 4 + 12 && written[8] == 4);

    /* what lies outside the array was encoded as fill value */
    int32_t edge[6];
    size_t n = 0;
    nc_layout *native = need_layout("i4", 2, CHUNK, NULL, NUMCODECS_ORDER_C);
    CHECK_OK(nc_decode_into(nc_zarr_codec(zarr), stored[8], sizes[8], NULL, native, edge, sizeof edge, NULL, &n, &err));
    CHECK(edge[0] == whole[34] && edge[1] == -9 && edge[2] == -9 && edge[3] == -9 && edge[5] == -9);
    nc_layout_free(native);
}

/* A chunk that is not there is fill value, an empty or broken one an error of its own. */
static void absent_and_bad(void)
{
    int32_t back[ROWS * COLUMNS];
    nc_options options = no_options();
    options.nthreads = 2;
    write_all(1);
    nc_batch batch = reading(back);
    src[0] = NULL;
    src[4] = stored[4] + 1; /* not zlib any more */
    src_nbytes[7] = 0;
    CHECK_STATUS(nc_decode_batch(nc_zarr_codec(zarr), NULL, each, &batch, &options, &err), NUMCODECS_ERR_DATA);
    CHECK(status[0] == NUMCODECS_OK && back[0] == -9 && back[COLUMNS + 2] == -9 && back[3] == whole[3]);
    CHECK(status[4] == NUMCODECS_ERR_DATA && written[4] == 0 && errors[4].index == 4 && errors[4].stage == 1);
    CHECK(status[7] != NUMCODECS_OK && status[8] == NUMCODECS_OK && back[34] == whole[34]);
    batch.fill = NULL;
    src_nbytes[7] = sizes[7];
    (void)nc_decode_batch(nc_zarr_codec(zarr), NULL, each, &batch, NULL, &err);
    CHECK(back[0] == 0 && back[COLUMNS + 2] == 0);
}

struct asked {
    int calls;
    int after; /* calls after the one that said stop */
    int stopped;
};

static int32_t stop_at_3(void *user, uint64_t done, uint64_t total)
{
    struct asked *asked = user;
    asked->calls++;
    asked->after += asked->stopped;
    asked->stopped = done >= 3 && total == N;
    return asked->stopped;
}

static void cancelled(int32_t nthreads)
{
    int32_t back[ROWS * COLUMNS];
    int not_done = 0;
    struct asked asked = {0, 0, 0};
    nc_options options = no_options();
    options.nthreads = nthreads;
    options.progress = stop_at_3;
    options.progress_user = &asked;
    write_all(1);
    nc_batch batch = reading(back);
    CHECK_STATUS(nc_decode_batch(nc_zarr_codec(zarr), NULL, each, &batch, &options, &err), NUMCODECS_ERR_CANCELLED);
    for (int i = 0; i < N; i++)
        not_done += status[i] == NUMCODECS_ERR_NOT_DONE;
    CHECK(asked.calls >= 3 && asked.after == 0 && (nthreads > 1 || not_done == N - 3));
    CHECK(nthreads > 1 || strstr(err.message, "9 of 9") == NULL);
}

/* A codec that does not know its chunk: what is read counts, and a box of a chunk is no chunk. */
static void without_a_chunk(void)
{
    int32_t back[ROWS * COLUMNS];
    nc_codec *codec = need_codec("{\"id\": \"crc32\"}");
    nc_options options = no_options();
    uint64_t touched = 0;
    options.touched = &touched;
    write_all(1); /* sets the sources up */
    for (int i = 0; i < N; i++) {
        src[i] = whole;
        src_nbytes[i] = sizeof whole;
    }
    nc_batch batch = all_chunks();
    CHECK_STATUS(nc_encode_batch(codec, each, &batch, NULL, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(err.index == 2 && status[0] == NUMCODECS_OK);
    batch.counts = NULL;
    CHECK_OK(nc_encode_batch(codec, each, &batch, NULL, &err));
    memcpy(sizes, written, sizeof sizes);
    batch = reading(back);
    batch.counts = NULL;
    batch.n = 1;
    CHECK_OK(nc_decode_batch(codec, NULL, each, &batch, &options, &err));
    CHECK(touched == sizes[0] && back[COLUMNS + 2] == whole[COLUMNS + 2]);
    nc_codec_free(codec);
}

static void boxes(void)
{
    /* the last column of each chunk, without gaps */
    const int64_t shape[] = {2, 1}, starts[2][2] = {{0, 2}, {0, 2}};
    int32_t column[2][2];
    nc_layout *part = need_layout("i4", 2, shape, NULL, NUMCODECS_ORDER_C);
    write_all(1);
    nc_batch batch = reading(whole);
    dst[0] = column[0], dst[1] = column[1];
    dst_nbytes[0] = dst_nbytes[1] = sizeof column[0];
    batch.n = 2;
    batch.counts = NULL;
    batch.starts = &starts[0][0];
    nc_options options = no_options();
    uint64_t touched = 0;
    options.touched = &touched;
    CHECK_OK(nc_decode_batch(nc_zarr_codec(zarr), NULL, part, &batch, &options, &err));
    CHECK(touched == sizes[0] + sizes[1]);
    CHECK(column[0][0] == whole[2] && column[0][1] == whole[9] && column[1][0] == whole[5] && column[1][1] == whole[12]);
    nc_layout_free(part);
}

static void refused(void)
{
    int32_t back[ROWS * COLUMNS];
    nc_options options = no_options();
    const nc_codec *codec = nc_zarr_codec(zarr);
    write_all(1);
    nc_batch batch = reading(back);
    CHECK_STATUS(nc_decode_batch(NULL, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_NULL);
    CHECK(err.index == -1 && status[0] == NUMCODECS_ERR_NOT_DONE);
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, NULL, NULL, &err), NUMCODECS_ERR_NULL);
    batch.status = NULL;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_NULL);
    batch = reading(back);
    batch.src = NULL;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_NULL);
    batch = reading(back);
    batch.struct_size = 3;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_UNSUPPORTED);

    batch = reading(back); /* room for less than the items take */
    dst_nbytes[8] = 3;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_SPACE);
    CHECK(err.index == 8 && err.needed == 4 && status[7] == NUMCODECS_OK);
    batch = reading(back); /* two blocks without gaps in one place */
    batch.counts = NULL;
    dst[1] = dst[0];
    CHECK_STATUS(nc_decode_batch(codec, NULL, nc_zarr_layout(zarr), &batch, NULL, &err), NUMCODECS_ERR_SHAPE);
    batch = reading(back);
    counts[4][0] = 3;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, NULL, &err), NUMCODECS_ERR_SHAPE);
    counts[4][0] = 2;
    batch = reading(back);
    options.max_output = 60;
    CHECK_STATUS(nc_decode_batch(codec, NULL, each, &batch, &options, &err), NUMCODECS_ERR_LIMIT);
    CHECK(status[0] == NUMCODECS_OK);
    batch.n = 0;
    CHECK_OK(nc_decode_batch(codec, NULL, each, &batch, NULL, &err));
}

int main(void)
{
    const char *json = ARRAY;
    need(nc_zarr_open(json, NULL, &zarr, &err) == NUMCODECS_OK, json);
    each = need_layout("i4", 2, CHUNK, STRIDES, 0);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        whole[i] = 1000 + i;
    for (int i = 0; i < N; i++) {
        counts[i][0] = i / 3 == 2 ? 1 : 2;
        counts[i][1] = i % 3 == 2 ? 1 : 3;
    }
    round_trip(1);
    round_trip(2);
    round_trip(NUMCODECS_ALL_CORES);
    absent_and_bad();
    cancelled(1);
    cancelled(2);
    without_a_chunk();
    boxes();
    refused();
    nc_layout_free(each);
    nc_zarr_free(zarr);
    return report("batch");
}
