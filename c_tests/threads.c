/* One codec, one layout, many threads: results are those of one thread. And threads inside a call change nothing but the time. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "codecs.h"
#include <pthread.h>

enum { N = 30000, LARGE = 600000, THREADS = 6, ROUNDS = 3 };
static unsigned char plain[LARGE]; /* a call starts threads for large inputs only */

struct job {
    const nc_codec *codec;
    const nc_layout *layout;
    const nc_buffer *expected;
    int failures;
};

static void *work(void *user)
{
    struct job *job = user;
    for (int round = 0; round < ROUNDS; round++) {
        nc_error own;
        nc_buffer *encoded = NULL, *decoded = NULL;
        if (nc_encode(job->codec, job->layout, plain, N, NULL, NULL, &encoded, &own) != NUMCODECS_OK
            || !holds(encoded, nc_buffer_data(job->expected), nc_buffer_nbytes(job->expected))
            || nc_decode(job->codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), job->layout, NULL, NULL, &decoded, &own)
                   != NUMCODECS_OK
            || !holds(decoded, plain, N))
            job->failures++;
        nc_buffer_free(decoded);
        if (nc_decode(job->codec, "rubbish", 7, NULL, NULL, NULL, &decoded, &own) == NUMCODECS_OK)
            nc_buffer_free(decoded); /* for some codecs it is none */
        nc_buffer_free(encoded);
    }
    return NULL;
}

static void shared(const struct sample *sample)
{
    const int64_t shape[1] = {N / 4};
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    nc_codec *codec = need_codec(sample->config);
    nc_layout *layout = need_layout("<i4", 1, shape, NULL, NUMCODECS_ORDER_C);
    nc_buffer *expected = NULL;
    need(nc_encode(codec, layout, plain, N, NULL, NULL, &expected, &err) == NUMCODECS_OK, sample->config);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){codec, layout, expected, 0};
        need(pthread_create(&threads[i], NULL, work, &jobs[i]) == 0, "pthread_create");
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(jobs[i].failures == 0);
    }
    nc_buffer_free(expected);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

static void inside_a_call(const struct sample *sample)
{
    static const int32_t counts[] = {2, 5, NUMCODECS_ALL_CORES};
    size_t n = strcmp(sample->id, "blosc") == 0 ? LARGE : N;
    nc_codec *codec = need_codec(sample->config);
    nc_buffer *expected = need_encoded(codec, plain, n), *encoded = NULL, *decoded = NULL;
    nc_options options = no_options();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        options.nthreads = counts[i];
        CHECK_OK(nc_encode(codec, NULL, plain, n, NULL, &options, &encoded, &err));
        CHECK(holds(encoded, nc_buffer_data(expected), nc_buffer_nbytes(expected)));
        CHECK_OK(nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, &err));
        CHECK(holds(decoded, plain, n));
        nc_buffer_free(decoded);
        nc_buffer_free(encoded);
    }
    options.nthreads = -2;
    CHECK_STATUS(nc_encode(codec, NULL, plain, n, NULL, &options, &encoded, &err), NUMCODECS_ERR_UNSUPPORTED);
    nc_buffer_free(expected);
    nc_codec_free(codec);
}

int main(void)
{
    fill_pattern(plain, LARGE);
    for (int i = 0; i < NSAMPLES; i++) {
        shared(&SAMPLES[i]);
        inside_a_call(&SAMPLES[i]);
    }
    return report("threads");
}
