/* What callers were compiled with must stay: sizes, offsets and numbers of the header; and the header belongs to this library. */
#include "check.h"

#define OFFSET(type, member, at) CHECK(offsetof(type, member) == (at))

static void frozen_error(void)
{
    CHECK(sizeof(nc_error) == 512);
    OFFSET(nc_error, code, 0);
    OFFSET(nc_error, stage, 4);
    OFFSET(nc_error, index, 8);
    OFFSET(nc_error, offset, 16);
    OFFSET(nc_error, needed, 24);
    OFFSET(nc_error, codec, 32);
    OFFSET(nc_error, path, 64);
    OFFSET(nc_error, message, 192);
}

/* Structs that may grow at the end; what is there stays where it is. Sizes are those of 64-bit machines. */
static void growing_structs(void)
{
    if (sizeof(void *) != 8)
        return;
    CHECK(sizeof(nc_options) >= 72);
    OFFSET(nc_options, struct_size, 0);
    OFFSET(nc_options, max_output, 8);
    OFFSET(nc_options, max_memory, 16);
    OFFSET(nc_options, nthreads, 24);
    OFFSET(nc_options, flags, 28);
    OFFSET(nc_options, grow, 32);
    OFFSET(nc_options, grow_user, 40);
    OFFSET(nc_options, progress, 48);
    OFFSET(nc_options, progress_user, 56);
    OFFSET(nc_options, touched, 64);

    CHECK(sizeof(nc_custom_codec) >= 72);
    OFFSET(nc_custom_codec, struct_size, 0);
    OFFSET(nc_custom_codec, id, 8);
    OFFSET(nc_custom_codec, user, 16);
    OFFSET(nc_custom_codec, concurrent, 24);
    OFFSET(nc_custom_codec, reserved, 28);
    OFFSET(nc_custom_codec, make, 32);
    OFFSET(nc_custom_codec, encode, 40);
    OFFSET(nc_custom_codec, decode, 48);
    OFFSET(nc_custom_codec, free_self, 56);
    OFFSET(nc_custom_codec, free_user, 64);
}

static void numbers(void)
{
    CHECK(sizeof(nc_status) == 4);
    CHECK(NUMCODECS_OK == 0 && NUMCODECS_ERR_NULL == 1 && NUMCODECS_ERR_CONFIG == 2 && NUMCODECS_ERR_UNKNOWN_CODEC == 3);
    CHECK(NUMCODECS_ERR_DATA == 4 && NUMCODECS_ERR_SPACE == 5 && NUMCODECS_ERR_DTYPE == 6 && NUMCODECS_ERR_UNSUPPORTED == 7);
    CHECK(NUMCODECS_ERR_MEMORY == 8 && NUMCODECS_ERR_SHAPE == 9 && NUMCODECS_ERR_LIMIT == 10 && NUMCODECS_ERR_CHECKSUM == 11);
    CHECK(NUMCODECS_ERR_CANCELLED == 12 && NUMCODECS_ERR_CALLBACK == 13 && NUMCODECS_ERR_UNKNOWN_SIZE == 14);
    CHECK(NUMCODECS_ERR_NOT_DONE == 15 && NUMCODECS_ERR_PANIC == 99);
    CHECK(NUMCODECS_ORDER_C == 0 && NUMCODECS_ORDER_F == 1 && NUMCODECS_ORDER_STRIDED == 2);
    CHECK(NUMCODECS_FIXED == 0 && NUMCODECS_UTF8 == 1 && NUMCODECS_BYTES == 2 && NUMCODECS_ARRAYS == 3 && NUMCODECS_JSON == 4);
    CHECK(NUMCODECS_MSGPACK == 5 && NUMCODECS_STRICT == 1 && NUMCODECS_ALL_CORES == -1);
    CHECK(NUMCODECS_Q_NBYTES == 0 && NUMCODECS_Q_ITEMS == 1 && NUMCODECS_Q_ITEMSIZE == 2 && NUMCODECS_Q_NDIM == 3);
    CHECK(NUMCODECS_Q_ORDER == 4 && NUMCODECS_Q_KIND == 5 && NUMCODECS_Q_PARTIAL == 6 && NUMCODECS_Q_LOSSY == 7);
}

/* Every status has a text of its own, other numbers have one too. */
static void texts(void)
{
    const char *unknown = nc_status_string(12345);
    CHECK(unknown && *unknown && strcmp(nc_status_string(-1), unknown) == 0);
    for (nc_status a = 0; a <= NUMCODECS_ERR_NOT_DONE; a++)
        for (nc_status b = 0; b < a; b++)
            CHECK(strcmp(nc_status_string(a), nc_status_string(b)) != 0 && strcmp(nc_status_string(a), unknown) != 0);
    CHECK(strcmp(nc_status_string(NUMCODECS_ERR_PANIC), unknown) != 0);
}

int main(void)
{
    frozen_error();
    growing_structs();
    numbers();
    texts();
    CHECK(strcmp(nc_codec_library_version(), NUMCODECS_VERSION) == 0);
    CHECK(strncmp(nc_engine_at(0), "bzip2 1.", 8) == 0 && nc_engine_at((size_t)-1) == NULL);
    return report("abi");
}
