/* Every golden: decoded and encoded again by 64 threads on one handle, and on a thread with 128 KiB of stack and all signals blocked;
 * and the stack that takes is measured, on a painted one.
 *
 *     threads GOLDENS [-s STEP]     STEP: only every so manieth golden */
#define _GNU_SOURCE
#include "goldens.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 64, SMALL_STACK = 128 << 10, LARGE_STACK = 1 << 20, PAINT = 0xc3, ROUNDS = 3 };

struct job {
    const struct golden *golden;
    const nc_codec *codec;
    const nc_layout *layout;
    const nc_buffer *plain, *encoded;
    int decodes, encodes;
    int failures;
};

static long passed, failed;

static void check(int good, const struct golden *g, const char *what)
{
    passed += good;
    failed += !good;
    if (!good)
        printf("%s: %s\n", g->name, what);
}

static int same(const nc_buffer *a, const nc_buffer *b)
{
    size_t n = nc_buffer_nbytes(a);
    return n == nc_buffer_nbytes(b) && (n == 0 || memcmp(nc_buffer_data(a), nc_buffer_data(b), n) == 0);
}

static nc_status encode(const struct job *job, nc_buffer **encoded)
{
    const nc_buffer *plain = job->plain;
    return nc_encode(job->codec, nc_buffer_layout(plain), nc_buffer_data(plain), nc_buffer_nbytes(plain), nc_buffer_offsets(plain), NULL,
                     encoded, NULL);
}

static void *work(void *user)
{
    struct job *job = user;
    const struct golden *g = job->golden;
    for (int i = 0; i < ROUNDS; i++) {
        nc_buffer *decoded = NULL, *encoded = NULL;
        if (job->decodes)
            job->failures += nc_decode(job->codec, g->bytes, g->n, job->layout, NULL, NULL, &decoded, NULL) != NUMCODECS_OK
                             || !same(decoded, job->plain);
        if (job->encodes)
            job->failures += encode(job, &encoded) != NUMCODECS_OK || !same(encoded, job->encoded);
        nc_buffer_free(decoded);
        nc_buffer_free(encoded);
    }
    return NULL;
}

static void run(struct job *jobs, int n, const pthread_attr_t *attributes)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], attributes, work, &jobs[i]) != 0)
            stop("pthread_create");
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

static void many(const struct job *job)
{
    struct job jobs[THREADS];
    int failures = 0;
    for (int i = 0; i < THREADS; i++)
        jobs[i] = *job;
    run(jobs, THREADS, NULL);
    for (int i = 0; i < THREADS; i++)
        failures += jobs[i].failures;
    check(failures == 0, job->golden, "64 threads");
}

static void blocked(struct job job)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, SMALL_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    run(&job, 1, &attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    check(job.failures == 0, job.golden, "128 KiB of stack");
}

static void *nothing(void *user) { return user; }

/* Bytes of stack that a thread has touched below where it began. */
static size_t touched(struct job *job)
{
    pthread_attr_t attributes;
    pthread_t thread;
    unsigned char *stack = mmap(NULL, LARGE_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t clean = 0;
    if (stack == MAP_FAILED)
        stop("a stack");
    memset(stack, PAINT, LARGE_STACK);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, LARGE_STACK);
    if (pthread_create(&thread, &attributes, job ? work : nothing, job) != 0)
        stop("pthread_create");
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    while (clean < LARGE_STACK && stack[clean] == PAINT)
        clean++;
    munmap(stack, LARGE_STACK);
    return LARGE_STACK - clean;
}

struct depth {
    char id[32];
    size_t decode, encode;
};
static struct depth depths[64];

static size_t deeper(size_t before, size_t now, size_t base)
{
    now = now > base ? now - base : 0;
    return now > before ? now : before;
}

static void measure(struct job job, size_t base)
{
    struct depth *of = depths;
    while (of->id[0] && strcmp(of->id, job.golden->id) != 0)
        of++;
    strcpy(of->id, job.golden->id);
    struct job decodes = job, encodes = job;
    decodes.encodes = encodes.decodes = 0;
    of->decode = deeper(of->decode, touched(&decodes), base);
    if (job.encodes)
        of->encode = deeper(of->encode, touched(&encodes), base);
}

static void one(const struct golden *g, size_t base)
{
    nc_error err;
    nc_codec *codec = NULL;
    nc_buffer *plain = NULL, *encoded = NULL;
    nc_layout *layout = read_layout(g->layout);
    if (nc_codec_from_config(g->config, NULL, &codec, &err) != NUMCODECS_OK
        || nc_decode(codec, g->bytes, g->n, layout, NULL, NULL, &plain, &err) != NUMCODECS_OK)
        stop(err.message);
    struct job job = {g, codec, layout, plain, NULL, 1, 0, 0};
    job.encodes = encode(&job, &encoded) == NUMCODECS_OK;
    job.encoded = encoded;
    many(&job);
    blocked(job);
    measure(job, base);
    nc_buffer_free(encoded);
    nc_buffer_free(plain);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

int main(int argc, char **argv)
{
    int step = 1, option;
    while ((option = getopt(argc, argv, "s:")) == 's')
        step = atoi(optarg);
    if (optind + 1 != argc || step < 1)
        stop("usage: threads GOLDENS [-s STEP]");
    read_goldens(argv[optind]);
    size_t base = touched(NULL);
    for (int i = 0; i < ngoldens; i += step)
        one(&goldens[i], base);
    printf("%-16s %12s %12s\n", "stack in bytes", "decode", "encode");
    for (struct depth *of = depths; of->id[0]; of++)
        printf("%-16s %12zu %12zu\n", of->id, of->decode, of->encode);
    printf("threads: %ld passed, %ld failed\n", passed, failed);
    return failed != 0;
}
