/* The _into forms take no memory from the allocator once a codec is warm: malloc and its kin are counted in this program, and the library
 * uses those. */
#include "check.h"
#include <errno.h>

extern void *__libc_malloc(size_t nbytes);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t nbytes);
extern void *__libc_memalign(size_t alignment, size_t nbytes);

static long allocations;

void *malloc(size_t nbytes)
{
    allocations++;
    return __libc_malloc(nbytes);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t nbytes)
{
    allocations++;
    return __libc_realloc(block, nbytes);
}

void *aligned_alloc(size_t alignment, size_t nbytes)
{
    allocations++;
    return __libc_memalign(alignment, nbytes);
}

int posix_memalign(void **block, size_t alignment, size_t nbytes)
{
    *block = aligned_alloc(alignment, nbytes);
    return *block ? 0 : ENOMEM;
}

enum { NBYTES = 4096, WARM = 3, ROUNDS = 5, ROOM = 4 * NBYTES };

static const struct {
    const char *config, *dtype;
    int64_t rows; /* 0: one dimension */
    long encode, decode; /* allocations of a call that are known and named in docs/benchmarks.md */
} CASES[] = {
    {"{\"id\": \"delta\", \"dtype\": \"<i4\"}", "<i4", 0, 0, 0},
    {"{\"id\": \"delta\", \"dtype\": \"<f8\", \"astype\": \"<f4\"}", "<f8", 16, 0, 0},
    {"{\"id\": \"fixedscaleoffset\", \"scale\": 10, \"offset\": 3, \"dtype\": \"<f4\", \"astype\": \"<i2\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"quantize\", \"digits\": 2, \"dtype\": \"<f4\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"bitround\", \"keepbits\": 5}", "<f4", 16, 0, 0},
    {"{\"id\": \"packbits\"}", "|b1", 0, 0, 0},
    {"{\"id\": \"astype\", \"encode_dtype\": \"<f4\", \"decode_dtype\": \"<f8\"}", "<f8", 16, 0, 0},
    {"{\"id\": \"categorize\", \"labels\": [\"a\", \"bb\", \"ccc\"], \"dtype\": \"<U3\"}", "<U3", 0, 0, 0},
    {"{\"id\": \"shuffle\", \"elementsize\": 4}", "<f4", 16, 0, 0},
    {"{\"id\": \"crc32\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"crc32c\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"adler32\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"fletcher32\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"jenkins_lookup3\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"base64\"}", "|u1", 0, 0, 0},
    {"{\"id\": \"blosc\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"blosc\", \"cname\": \"blosclz\", \"shuffle\": 2}", "<f4", 16, 0, 0},
    {"{\"id\": \"blosc\", \"cname\": \"lz4hc\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"blosc\", \"cname\": \"snappy\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"blosc\", \"cname\": \"zlib\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"blosc\", \"cname\": \"zstd\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"lz4\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"zstd\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"zlib\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"zlib\", \"level\": 0}", "<f4", 16, 0, 0},
    {"{\"id\": \"gzip\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"bz2\"}", "<f4", 16, 0, 0},
    {"{\"id\": \"lzma\", \"preset\": 1}", "<f4", 16, 0, 0},
    {"{\"id\": \"lzma\", \"format\": 2, \"preset\": 0}", "<f4", 16, 0, 0},
    {"{\"id\": \"lzma\"}", "<f4", 16, 14, 0},
    {"{\"id\": \"zfpy\", \"mode\": 4, \"tolerance\": 0.01}", "<f4", 16, 0, 0},
    {"{\"id\": \"pcodec\"}", "<f4", 16, 400, 40},
    {"{\"id\": \"pickle\"}", "<f4", 16, 0, 11},
    {"[{\"id\": \"delta\", \"dtype\": \"<i4\"}, {\"id\": \"blosc\"}]", "<i4", 0, 0, 0},
    {"[{\"id\": \"shuffle\", \"elementsize\": 4}, {\"id\": \"zlib\"}, {\"id\": \"crc32c\"}]", "<i4", 0, 0, 0},
};

/* Allocations of the worst of some calls. */
static long worst(long before, long so_far)
{
    return allocations - before > so_far ? allocations - before : so_far;
}

static void one_case(size_t i)
{
    unsigned char src[NBYTES], encoded[ROOM], back[NBYTES];
    const char *dtype = CASES[i].dtype;
    int64_t itemsize = dtype[1] == 'U' ? 4 * (dtype[2] - '0') : dtype[2] == '1' || dtype[1] == 'b' ? 1 : dtype[2] - '0';
    int64_t items = NBYTES / itemsize, shape[2] = {CASES[i].rows, 0};
    long encoding = 0, decoding = 0;
    size_t n = (size_t)(items * itemsize), nencoded = 0, nback = 0;
    shape[CASES[i].rows != 0] = CASES[i].rows ? items / CASES[i].rows : items;
    for (size_t at = 0; at < n; at++)
        src[at] = dtype[1] == 'b' ? at % 3 == 0 : dtype[1] == 'U' ? (at % 12 == 0 ? 'a' : 0) : (unsigned char)(at % 4 == 2 ? at / 128 : at % 4 == 3 ? 0x42 : 0);
    nc_codec *codec = need_codec(CASES[i].config);
    nc_layout *layout = need_layout(dtype, CASES[i].rows ? 2 : 1, shape, NULL, NUMCODECS_ORDER_C);
    for (int round = 0; round < WARM + ROUNDS; round++) {
        long before = allocations;
        CHECK_OK(nc_encode_into(codec, layout, src, n, NULL, encoded, sizeof encoded, NULL, &nencoded, &err));
        encoding = round < WARM ? 0 : worst(before, encoding);
        before = allocations;
        CHECK_OK(nc_decode_into(codec, encoded, nencoded, layout, layout, back, sizeof back, NULL, &nback, &err));
        decoding = round < WARM ? 0 : worst(before, decoding);
    }
    if (!CHECK(encoding <= CASES[i].encode && decoding <= CASES[i].decode))
        printf("    %s: %ld allocations to encode, %ld to decode\n", CASES[i].config, encoding, decoding);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* Items of variable length, which are decoded into memory of the library only. */
static const struct {
    const char *config;
    int32_t kind;
    long encode;
} ITEMS[] = {
    {"{\"id\": \"vlen-utf8\"}", NUMCODECS_UTF8, 0},
    {"{\"id\": \"vlen-bytes\"}", NUMCODECS_BYTES, 0},
    {"{\"id\": \"vlen-array\", \"dtype\": \"|u1\"}", NUMCODECS_ARRAYS, 0},
    {"{\"id\": \"json2\"}", NUMCODECS_UTF8, 0},
    {"{\"id\": \"msgpack2\"}", NUMCODECS_UTF8, 0},
    {"{\"id\": \"categorize\", \"labels\": [\"abcd\", \"bb\"], \"dtype\": \"|O\"}", NUMCODECS_UTF8, 0},
};

static void one_of_items(size_t i)
{
    enum { COUNT = NBYTES / 4 };
    unsigned char src[NBYTES], encoded[ROOM];
    int64_t offsets[COUNT + 1], shape[1] = {COUNT};
    size_t nencoded = 0;
    long encoding = 0;
    nc_layout *layout = NULL;
    for (int64_t at = 0; at <= COUNT; at++)
        offsets[at] = 4 * at;
    for (size_t at = 0; at < sizeof src; at++)
        src[at] = "abcd"[at % 4];
    nc_codec *codec = need_codec(ITEMS[i].config);
    need(nc_layout_new(ITEMS[i].kind == NUMCODECS_ARRAYS ? "|u1" : NULL, ITEMS[i].kind, 1, shape, NULL, NUMCODECS_ORDER_C, &layout, &err) == NUMCODECS_OK, "layout");
    for (int round = 0; round < WARM + ROUNDS; round++) {
        long before = allocations;
        CHECK_OK(nc_encode_into(codec, layout, src, sizeof src, offsets, encoded, sizeof encoded, NULL, &nencoded, &err));
        encoding = round < WARM ? 0 : worst(before, encoding);
    }
    if (!CHECK(encoding <= ITEMS[i].encode))
        printf("    %s: %ld allocations to encode\n", ITEMS[i].config, encoding);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

int main(void)
{
    for (size_t i = 0; i < sizeof ITEMS / sizeof ITEMS[0]; i++)
        one_of_items(i);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        one_case(i);
    const char *preloaded = getenv("LD_PRELOAD");
    int valgrind = preloaded && strstr(preloaded, "vgpreload"); /* has a malloc of its own and sees the leaks; nothing is counted then */
    CHECK(allocations > 0 || valgrind);
    return report("allocations");
}
