/* The progress callback: told on the calling thread, rising, up to the end; a non-zero answer stops the call. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>

enum { N = 6 << 20 };

struct progress {
    pthread_t thread;
    int calls;
    int stop_at; /* call number that says stop, 0 = never */
    uint64_t last;
    uint64_t total;
    int good;
};

static int32_t on_progress(void *user, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    p->calls++;
    p->good = p->good && pthread_equal(p->thread, pthread_self()) && done >= p->last && done <= total;
    p->last = done;
    p->total = total;
    return p->stop_at != 0 && p->calls >= p->stop_at;
}

static nc_options watched(struct progress *p, int stop_at)
{
    nc_options options = no_options();
    memset(p, 0, sizeof *p);
    p->thread = pthread_self();
    p->good = 1;
    p->stop_at = stop_at;
    options.progress = on_progress;
    options.progress_user = p;
    return options;
}

static void watch(const char *config, const void *plain)
{
    struct progress p;
    nc_options options = watched(&p, 0);
    nc_codec *codec = need_codec(config);
    nc_buffer *encoded = NULL, *decoded = NULL, *cancelled = (nc_buffer *)&p;
    CHECK_OK(nc_encode(codec, NULL, plain, N, NULL, &options, &encoded, &err));
    CHECK(p.good && p.calls > 3 && p.last == N && p.total == N);

    const void *bytes = nc_buffer_data(encoded);
    size_t n = nc_buffer_nbytes(encoded);
    options = watched(&p, 0);
    CHECK_OK(nc_decode(codec, bytes, n, NULL, NULL, &options, &decoded, &err));
    CHECK(p.good && p.calls > 0 && p.last == p.total);
    CHECK(holds(decoded, plain, N));

    options = watched(&p, 2);
    CHECK_STATUS(nc_encode(codec, NULL, plain, N, NULL, &options, &cancelled, &err), NUMCODECS_ERR_CANCELLED);
    CHECK(cancelled == NULL && p.calls == 2 && p.last < N);
    options = watched(&p, 1);
    CHECK_STATUS(nc_decode(codec, bytes, n, NULL, NULL, &options, &cancelled, &err), NUMCODECS_ERR_CANCELLED);
    CHECK(cancelled == NULL && p.calls == 1);

    /* a cancelled call leaves nothing behind: the next one is as good as ever */
    nc_buffer_free(decoded);
    CHECK_OK(nc_decode(codec, bytes, n, NULL, NULL, NULL, &decoded, &err));
    CHECK(holds(decoded, plain, N));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
}

/* Codecs that work in one piece still tell their end, from the calling thread alone, and can be stopped. */
static void in_one_piece(const char *config, const void *plain)
{
    struct progress p;
    nc_options options = watched(&p, 0);
    nc_codec *codec = need_codec(config);
    nc_buffer *encoded = NULL, *decoded = NULL;
    options.nthreads = 4;
    CHECK_OK(nc_encode(codec, NULL, plain, N, NULL, &options, &encoded, &err));
    CHECK(p.good && p.calls > 0 && p.last == p.total);
    options = watched(&p, 0);
    options.nthreads = 4;
    CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err));
    CHECK(p.good && p.calls > 0 && p.last == p.total && holds(decoded, plain, N));
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    options = watched(&p, 1);
    CHECK_STATUS(nc_encode(codec, NULL, plain, N, NULL, &options, &encoded, &err), NUMCODECS_ERR_CANCELLED);
    CHECK(encoded == NULL);
    nc_codec_free(codec);
}

int main(void)
{
    void *plain = need_memory(N);
    fill_pattern(plain, N);
    watch("{\"id\": \"zlib\"}", plain);
    watch("{\"id\": \"gzip\"}", plain);
    watch("{\"id\": \"bz2\"}", plain);
    in_one_piece("{\"id\": \"blosc\"}", plain);
    in_one_piece("{\"id\": \"zstd\"}", plain);
    in_one_piece("{\"id\": \"lz4\"}", plain);
    in_one_piece("{\"id\": \"crc32\"}", plain);
    free(plain);
    return report("progress");
}
