/* fork() while other threads are inside the library: the child uses the same handles, and neither hangs nor fails. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 400000, FORKS = 5, SECONDS = 60 };
static unsigned char plain[N];
static const char *const CONFIGS[] = {"{\"id\": \"blosc\", \"cname\": \"zstd\"}", "{\"id\": \"zstd\"}", "{\"id\": \"zlib\"}",
                                      "{\"id\": \"lz4\"}"};
enum { NCODECS = sizeof CONFIGS / sizeof CONFIGS[0] };
static nc_codec *codecs[NCODECS];
static volatile sig_atomic_t stop;

static int round_trip(const nc_codec *codec)
{
    nc_options options = no_options();
    nc_buffer *encoded = NULL, *decoded = NULL;
    options.nthreads = 3;
    int good = nc_encode(codec, NULL, plain, N, NULL, &options, &encoded, NULL) == NUMCODECS_OK
               && nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, &options, &decoded, NULL)
                      == NUMCODECS_OK
               && holds(decoded, plain, N);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    return good;
}

static void *busy(void *codec)
{
    long failures = 0;
    while (!stop)
        failures += !round_trip(codec);
    return failures == 0 ? codec : NULL;
}

/* The child answers through a pipe and is then killed, so that nothing of the parent's (its threads, its valgrind) is run in it. */
static void child(int answer)
{
    char good = 1;
    for (int i = 0; i < NCODECS; i++)
        good = good && round_trip(codecs[i]);
    if (write(answer, &good, 1) == 1)
        for (;;)
            pause();
    _exit(1);
}

static int fork_once(void)
{
    int ends[2];
    char good = 0;
    need(pipe(ends) == 0, "pipe");
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0)
        child(ends[1]);
    struct pollfd answer = {ends[0], POLLIN, 0};
    int answered = poll(&answer, 1, SECONDS * 1000) == 1 && read(ends[0], &good, 1) == 1;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    return answered && good;
}

int main(void)
{
    pthread_t threads[NCODECS];
    fill_pattern(plain, N);
    for (int i = 0; i < NCODECS; i++) {
        codecs[i] = need_codec(CONFIGS[i]);
        need(pthread_create(&threads[i], NULL, busy, codecs[i]) == 0, "pthread_create");
    }
    for (int i = 0; i < FORKS; i++)
        CHECK(fork_once());
    stop = 1;
    for (int i = 0; i < NCODECS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK(result == codecs[i]);
        nc_codec_free(codecs[i]);
    }
    return report("fork");
}
