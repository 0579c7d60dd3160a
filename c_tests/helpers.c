/* The functions that numcodecs documents beside its codecs: numcodecs.blosc, .lz4, .zstd and .jenkins. */
#include "check.h"

enum { N = 40000 };
static unsigned char plain[N];

static void blosc_names(void)
{
    CHECK(nc_blosc_init() == 0 && nc_blosc_destroy() == 0);
    CHECK(nc_blosc_compname_to_compcode("blosclz") == 0 && nc_blosc_compname_to_compcode("lz4") == 1);
    CHECK(nc_blosc_compname_to_compcode("lz4hc") == 2 && nc_blosc_compname_to_compcode("zlib") == 4);
    CHECK(nc_blosc_compname_to_compcode("zstd") == 5 && nc_blosc_compname_to_compcode("gzip") == -1);
    CHECK(strcmp(nc_blosc_list_compressors(), "blosclz,lz4,lz4hc,zlib,zstd") == 0);
    CHECK(NUMCODECS_BLOSC_NOSHUFFLE == 0 && NUMCODECS_BLOSC_SHUFFLE == 1 && NUMCODECS_BLOSC_BITSHUFFLE == 2);
    CHECK(NUMCODECS_BLOSC_AUTOSHUFFLE == -1 && NUMCODECS_BLOSC_AUTOBLOCKS == 0);
}

/* The thread number is remembered and checked, and changes no byte. */
static void blosc_threads(void)
{
    nc_buffer *one = NULL, *many = NULL;
    int32_t previous = -1;
    CHECK(nc_blosc_get_nthreads() >= 1);
    CHECK_OK(nc_blosc_set_nthreads(1, &previous, &err));
    CHECK_OK(nc_blosc_compress(plain, N, "zstd", 5, 1, 4096, 4, NULL, &one, &err));
    CHECK_OK(nc_blosc_set_nthreads(4, &previous, &err));
    CHECK(previous == 1 && nc_blosc_get_nthreads() == 4);
    CHECK_OK(nc_blosc_compress(plain, N, "zstd", 5, 1, 4096, 4, NULL, &many, &err));
    CHECK(holds(many, nc_buffer_data(one), nc_buffer_nbytes(one)));
    CHECK_STATUS(nc_blosc_set_nthreads(0, &previous, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK_STATUS(nc_blosc_set_nthreads(-1, &previous, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK_STATUS(nc_blosc_set_nthreads(257, NULL, &err), NUMCODECS_ERR_UNSUPPORTED);
    CHECK(nc_blosc_get_nthreads() == 4);
    nc_buffer_free(many);
    nc_buffer_free(one);
}

static void blosc_buffer(void)
{
    nc_buffer *encoded = NULL, *decoded = NULL;
    size_t nbytes = 0, cbytes = 0, blocksize = 0, typesize = 0;
    int32_t shuffle = -9, memcpyed = -9;
    const char *complib = NULL;
    CHECK_OK(nc_blosc_compress(plain, N, "lz4hc", 5, 2, 4096, 4, NULL, &encoded, &err));
    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);

    CHECK_OK(nc_blosc_cbuffer_sizes(bytes, n, &nbytes, &cbytes, &blocksize, &err));
    CHECK(nbytes == N && cbytes == n && blocksize > 0 && blocksize <= N);
    CHECK_OK(nc_blosc_cbuffer_complib(bytes, n, &complib, &err));
    CHECK(complib && strcmp(complib, "LZ4") == 0);
    CHECK_OK(nc_blosc_cbuffer_metainfo(bytes, n, &typesize, &shuffle, &memcpyed, &err));
    CHECK(typesize == 4 && shuffle == 2 && memcpyed == 0);

    CHECK_OK(nc_blosc_decompress(bytes, n, NULL, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);

    /* start and nitems count items of the stored typesize */
    CHECK_OK(nc_blosc_decompress_partial(bytes, n, 1000, 77, NULL, &decoded, &err));
    CHECK(holds(decoded, plain + 4000, 77 * 4));
    nc_buffer_free(decoded);
    CHECK_OK(nc_blosc_decompress_partial(bytes, n, N / 4 - 1, 1, NULL, &decoded, &err));
    CHECK(holds(decoded, plain + N - 4, 4));
    nc_buffer_free(decoded);
    CHECK_STATUS(nc_blosc_decompress_partial(bytes, n, N / 4, 1, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_blosc_decompress_partial(bytes, n, 1, SIZE_MAX, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_blosc_decompress_partial(bytes, n, SIZE_MAX, 1, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_blosc_decompress_partial(bytes, n, 0, 0, NULL, &decoded, &err), NUMCODECS_ERR_SHAPE);
    CHECK(decoded == NULL);

    unsigned char part[40];
    size_t written = 0;
    memset(part, 0x55, sizeof part);
    CHECK_OK(nc_blosc_decompress_partial_into(bytes, n, 1000, 9, part, sizeof part, NULL, &written, &err));
    CHECK(written == 36 && memcmp(part, plain + 4000, 36) == 0 && part[36] == 0x55);
    CHECK_STATUS(nc_blosc_decompress_partial_into(bytes, n, 1000, 9, part, 35, NULL, &written, &err), NUMCODECS_ERR_SPACE);
    CHECK(written == 0 && err.needed == 36);
    CHECK_STATUS(nc_blosc_decompress_partial_into(bytes, n, N / 4, 1, part, sizeof part, NULL, &written, &err), NUMCODECS_ERR_SHAPE);
    CHECK_STATUS(nc_blosc_decompress_partial_into(bytes, n, 0, 1, part, sizeof part, NULL, NULL, &err), NUMCODECS_ERR_NULL);
    CHECK_STATUS(nc_blosc_decompress_partial_into(bytes, n, 0, 1, NULL, 4, NULL, &written, &err), NUMCODECS_ERR_NULL);
    nc_buffer_free(encoded);
}

/* Short and odd buffers are errors, not reads past their end. The bytes live in their own block, so that valgrind sees such reads. */
static void blosc_rubbish(void)
{
    size_t size;
    int32_t number;
    const char *complib;
    nc_buffer *out = NULL;
    for (size_t n = 0; n < 16; n++) {
        unsigned char *bytes = need_memory(n);
        memset(bytes, 2, n);
        CHECK_STATUS(nc_blosc_cbuffer_sizes(bytes, n, &size, &size, &size, &err), NUMCODECS_ERR_DATA);
        CHECK_STATUS(nc_blosc_cbuffer_complib(bytes, n, &complib, &err), NUMCODECS_ERR_DATA);
        CHECK(complib == NULL);
        CHECK_STATUS(nc_blosc_cbuffer_metainfo(bytes, n, &size, &number, &number, &err), NUMCODECS_ERR_DATA);
        CHECK_STATUS(nc_blosc_decompress(bytes, n, NULL, &out, &err), NUMCODECS_ERR_DATA);
        CHECK_STATUS(nc_blosc_decompress_partial(bytes, n, 0, 1, NULL, &out, &err), NUMCODECS_ERR_DATA);
        free(bytes);
    }
    unsigned char unknown_format[16] = {2, 1, 0xe0, 1, 100, 0, 0, 0, 100, 0, 0, 0, 16, 0, 0, 0};
    CHECK_STATUS(nc_blosc_cbuffer_complib(unknown_format, 16, &complib, &err), NUMCODECS_ERR_DATA);
    CHECK_STATUS(nc_blosc_compress(plain, N, "gzip", 5, 1, 0, 1, NULL, &out, &err), NUMCODECS_ERR_CONFIG);
    CHECK_STATUS(nc_blosc_compress(plain, N, "lz4", 10, 1, 0, 1, NULL, &out, &err), NUMCODECS_ERR_CONFIG);
    CHECK_STATUS(nc_blosc_compress(plain, N, "lz4", 5, 3, 0, 1, NULL, &out, &err), NUMCODECS_ERR_CONFIG);
    CHECK(out == NULL);
}

static void lz4(void)
{
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK(NUMCODECS_LZ4_DEFAULT_ACCELERATION == 1);
    CHECK_OK(nc_lz4_compress(plain, N, NUMCODECS_LZ4_DEFAULT_ACCELERATION, NULL, &encoded, &err));
    CHECK_OK(nc_lz4_decompress(nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    CHECK_STATUS(nc_lz4_decompress("\5\0\0", 3, NULL, &decoded, &err), NUMCODECS_ERR_DATA);
    CHECK(decoded == NULL);
}

static void zstd(void)
{
    nc_buffer *encoded = NULL, *decoded = NULL;
    CHECK(nc_zstd_default_level() == 3 && nc_zstd_max_level() == 22 && nc_zstd_min_level() == -131072);
    CHECK(NUMCODECS_ZSTD_DEFAULT_CLEVEL == 0 && NUMCODECS_ZSTD_MAX_CLEVEL == 22);
    CHECK_OK(nc_zstd_compress("hello", 5, 1, 0, NULL, &encoded, &err));
    CHECK(holds(encoded, "\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello", 14));
    nc_buffer_free(encoded);
    CHECK_OK(nc_zstd_compress(plain, N, 1, 1, NULL, &encoded, &err));
    CHECK_OK(nc_zstd_decompress(nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);
    ((unsigned char *)nc_buffer_data(encoded))[nc_buffer_nbytes(encoded) - 1] ^= 1;
    CHECK_STATUS(nc_zstd_decompress(nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, &decoded, &err),
                 NUMCODECS_ERR_CHECKSUM);
    nc_buffer_free(encoded);
    CHECK_STATUS(nc_zstd_decompress("\x28\xb5\x2f", 3, NULL, &decoded, &err), NUMCODECS_ERR_DATA);
}

static void jenkins(void)
{
    uint32_t hash = 0;
    CHECK_OK(nc_jenkins_lookup3("hello", 5, 0, &hash, &err));
    CHECK(hash == 0x34cbbc6e);
    CHECK_OK(nc_jenkins_lookup3("Four score and seven years ago", 30, 0, &hash, &err));
    CHECK(hash == 0x17770551);
    CHECK_OK(nc_jenkins_lookup3("Four score and seven years ago", 30, 1, &hash, &err));
    CHECK(hash == 0xcd628161);
    CHECK_OK(nc_jenkins_lookup3(NULL, 0, 0, &hash, &err));
    CHECK(hash == 0xdeadbeef);
    CHECK_OK(nc_jenkins_lookup3("", 0, 0xdeadbeef, &hash, &err));
    CHECK(hash == 0xbd5b7dde);
}

int main(void)
{
    fill_pattern(plain, N);
    blosc_names();
    blosc_threads();
    blosc_buffer();
    blosc_rubbish();
    lz4();
    zstd();
    jenkins();
    return report("helpers");
}
