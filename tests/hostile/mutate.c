/* Every truncation and every flipped bit of every golden chunk, decoded through the C ABI of the shared library.
 *
 *     mutate GOLDENS [-s STEP] [-j JOBS] [-o NAME]    STEP: only every so manieth case. NAME: only goldens whose name begins so.
 *
 * Input and output lie between inaccessible pages, once at their start and once at their end; so do the blocks of 256 bytes to 64 KiB
 * that the library takes. Each golden runs in a process of its own: a crash or a hang costs one case and is told with its number. */
#define _GNU_SOURCE
#include "goldens.h"
#include "memory.h"
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LEAST = 4, INPUT = 2 * PAGE, OUTPUT = 64 * PAGE, CANARY = 0x5a, LONGER = 1000, TRIES = 5, TOLD = 20,
    MILLISECONDS = 10 * SLOWER, NANOSECONDS_A_BYTE = 4 * SLOWER, HANG_SECONDS = 20
};
static const uint64_t MAX_OUTPUT = 1 << 20, MAX_MEMORY = 32 << 20;
/* Beyond limits and results: blocks that are too small to be counted, and in calls without limits windows and blocks of the codecs. */
static const long CONSTANT = 64 << 10, UNLIMITED = 32 << 20, DICTIONARY = 258L << 20, RESIDENT = (128 << 10) * SLOWER;

/* What a process tells the one that started it. */
struct tale {
    long done, decodes, failed, accepted, peak;
    long long slowest;
    long at;
    char what[32];
};

static struct tale *tale; /* of this process */
static const struct golden *golden;
static nc_codec *codec;
static nc_layout *layout;
static unsigned char *input, *output;
static FILE *report;

/* ---- what a failure says ---- */

static void failure(const char *format, ...)
{
    va_list rest;
    if (tale->failed++ >= TOLD)
        return;
    va_start(rest, format);
    fprintf(report, "%s case %ld, %s: ", golden->name, tale->at, tale->what);
    vfprintf(report, format, rest);
    fprintf(report, "\n");
    fflush(report);
    va_end(rest);
}

/* ---- one call, and all that is promised of it ---- */

struct call {
    nc_status status;
    nc_error err;
    nc_buffer *buffer;
    size_t written;
    long long nanoseconds;
    long peak;
};

static long long cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Into memory of the library if dst is NULL. */
static struct call decode(const unsigned char *src, size_t n, const nc_options *options, unsigned char *dst, size_t cap)
{
    struct call call = {.status = 0};
    long before = memory.now;
    memory.peak = before;
    long long start = cpu_time();
    if (dst)
        call.status = nc_decode_into(codec, src, n, layout, NULL, dst, cap, options, &call.written, &call.err);
    else
        call.status = nc_decode(codec, src, n, layout, NULL, options, &call.buffer, &call.err);
    call.nanoseconds = cpu_time() - start;
    call.peak = memory.peak - before;
    tale->decodes++;
    return call;
}

static void check_status(const struct call *call, size_t n, int into)
{
    switch (call->status) {
    case NUMCODECS_OK:
        return;
    case NUMCODECS_ERR_DATA:
    case NUMCODECS_ERR_CHECKSUM:
    case NUMCODECS_ERR_DTYPE:
    case NUMCODECS_ERR_SHAPE:
    case NUMCODECS_ERR_LIMIT:
    case NUMCODECS_ERR_UNSUPPORTED:
        break;
    case NUMCODECS_ERR_SPACE:
        if (into)
            break;
        /* fall through */
    default:
        failure("status %d: %s", (int)call->status, call->err.message);
        return;
    }
    if (call->err.code != call->status || !call->err.message[0] || !call->err.codec[0] || call->err.offset > (int64_t)n)
        failure("the error record says %d, codec \"%s\", offset %lld: %s", (int)call->err.code, call->err.codec,
                (long long)call->err.offset, call->err.message);
    if (call->buffer || call->written)
        failure("a result after status %d", (int)call->status);
}

/* The result is there to be read, and its offsets lie inside it. */
static void read_result(const nc_buffer *buffer)
{
    const unsigned char *data = nc_buffer_data(buffer);
    const int64_t *offsets = nc_buffer_offsets(buffer);
    size_t n = nc_buffer_nbytes(buffer);
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += data[i];
    __asm__ volatile("" : : "r"(sum));
    if (!offsets)
        return;
    int64_t items = nc_layout_query(nc_buffer_layout(buffer), NUMCODECS_Q_ITEMS), last = 0;
    for (int64_t i = 0; i <= items; i++) {
        if (offsets[i] < last || offsets[i] > (int64_t)n || (i == items && offsets[i] != (int64_t)n))
            failure("offset %lld of item %lld in %zu bytes", (long long)offsets[i], (long long)i, n);
        last = offsets[i];
    }
}

static void check_cost(struct call call, const unsigned char *src, size_t n, const nc_options *options, unsigned char *dst, size_t cap)
{
    int limited = options->max_memory > 0;
    long result = (long)nc_buffer_nbytes(call.buffer);
    long most = limited ? (long)MAX_MEMORY + CONSTANT : (strcmp(golden->id, "lzma") == 0 ? DICTIONARY : UNLIMITED) + 2 * result;
    if (call.peak > most)
        failure("%ld bytes of memory for %ld of result", call.peak, result);
    if (limited && call.peak > tale->peak)
        tale->peak = call.peak;
    /* Without limits a result may be large: its bytes take their time. Other processes disturb a measurement, never all of them. */
    long long most_time = MILLISECONDS * 1000000LL + (limited ? 0 : NANOSECONDS_A_BYTE * call.peak);
    for (int i = 1; i < TRIES && call.nanoseconds > most_time; i++) {
        struct call again = decode(src, n, options, dst, cap);
        tale->decodes--;
        nc_buffer_free(again.buffer);
        if (again.nanoseconds < call.nanoseconds)
            call.nanoseconds = again.nanoseconds;
    }
    if (call.nanoseconds > most_time)
        failure("%lld microseconds, %ld bytes of memory", call.nanoseconds / 1000, call.peak);
    if (limited && call.nanoseconds > tale->slowest)
        tale->slowest = call.nanoseconds;
}

/* ---- the four kinds of destination ---- */

static nc_options no_options(void)
{
    nc_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    return options;
}

static nc_options limited(void)
{
    nc_options options = no_options();
    options.max_output = MAX_OUTPUT;
    options.max_memory = MAX_MEMORY;
    return options;
}

static struct call library(const char *what, const unsigned char *src, size_t n, const nc_options *options)
{
    strcpy(tale->what, what);
    struct call call = decode(src, n, options, NULL, 0);
    check_status(&call, n, 0);
    if (call.buffer)
        read_result(call.buffer);
    check_cost(call, src, n, options, NULL, 0);
    if (memory.damaged)
        failure("a write behind a block of the library's own");
    memory.damaged = 0;
    return call;
}

static int intact(const unsigned char *from, const unsigned char *to)
{
    for (; from < to; from++)
        if (*from != CANARY)
            return 0;
    return 1;
}

static void caller(const char *what, const unsigned char *src, size_t n, size_t cap, int right, const struct call *seen)
{
    nc_options options = limited();
    size_t room = (cap + PAGE) / PAGE * PAGE;
    unsigned char *dst = right ? output + OUTPUT - cap : output, *from = right ? output + OUTPUT - room : output;
    strcpy(tale->what, what);
    memset(from, CANARY, room);
    struct call call = decode(src, n, &options, dst, cap);
    if (!intact(from, dst) || !intact(dst + cap, from + room))
        failure("a write outside of dst");
    check_status(&call, n, 1);
    if (call.written > cap)
        failure("%zu bytes written into %zu", call.written, cap);
    size_t result = nc_buffer_nbytes(seen->buffer);
    if (seen->status == NUMCODECS_OK && call.status != (result <= cap ? NUMCODECS_OK : NUMCODECS_ERR_SPACE))
        failure("status %d in memory of the caller (%zu bytes), %zu bytes of result in that of the library: %s", (int)call.status, cap,
                result, call.err.message);
    if (call.status == NUMCODECS_OK
        && (!seen->buffer || call.written != result || (result && memcmp(dst, nc_buffer_data(seen->buffer), result) != 0)))
        failure("other bytes in memory of the caller than in that of the library");
    check_cost(call, src, n, &options, dst, cap);
}

/* One damaged chunk in all destinations. */
static void decode_everywhere(const unsigned char *bytes, size_t n)
{
    for (int right = 0; right < 2; right++) {
        unsigned char *src = memcpy(right ? input + INPUT - n : input, bytes, n);
        nc_options options = limited(), none = no_options();
        memory.guarded = 1 + right;
        struct call seen = library(right ? "library, at the end" : "library, at the start", src, n, &options);
        tale->accepted += right && seen.status == NUMCODECS_OK;
        if (golden->nbytes >= 0) {
            caller(right ? "exact, at the end" : "exact, at the start", src, n, (size_t)golden->nbytes, right, &seen);
            caller(right ? "short, at the end" : "short, at the start", src, n, (size_t)golden->nbytes - 1, right, &seen);
            caller(right ? "long, at the end" : "long, at the start", src, n, (size_t)golden->nbytes + LONGER, right, &seen);
        }
        nc_buffer_free(seen.buffer);
        memory.guarded = 0;
        if (right)
            nc_buffer_free(library("library, no limits", src, n, &none).buffer);
    }
}

/* ---- all cases of one golden ---- */

static size_t cases(const struct golden *g) { return 9 * g->n; }

static void one_case(size_t i)
{
    static unsigned char bytes[INPUT];
    size_t n = golden->n;
    memcpy(bytes, golden->bytes, n);
    if (i < n)
        n = i;
    else
        bytes[(i - n) / 8] ^= (unsigned char)(1u << (i - n) % 8);
    decode_everywhere(bytes, n);
}

static void undamaged(void)
{
    nc_options none = no_options();
    tale->at = -1;
    struct call call = library("undamaged", golden->bytes, golden->n, &none);
    if (call.status != NUMCODECS_OK || (golden->nbytes >= 0 && nc_buffer_nbytes(call.buffer) != (size_t)golden->nbytes))
        failure("status %d, %zu bytes: %s", (int)call.status, nc_buffer_nbytes(call.buffer), call.err.message);
    nc_buffer_free(call.buffer);
}

/* Runs in a process of its own, from case `first` on. */
static void run(size_t first, size_t step)
{
    struct itimerval hang = {{0, 0}, {HANG_SECONDS, 0}};
    struct rusage usage;
    int silent = memfd_create("silent", 0);
    nc_error err;
    report = fdopen(dup(1), "w");
    setvbuf(report, NULL, _IOFBF, 1 << 16);
    dup2(silent, 1);
    dup2(silent, 2);
    memory_slots();
    input = (unsigned char *)reserve(INPUT + 2 * PAGE) + PAGE;
    output = (unsigned char *)reserve(OUTPUT + 2 * PAGE) + PAGE;
    mprotect(input, INPUT, PROT_READ | PROT_WRITE);
    mprotect(output, OUTPUT, PROT_READ | PROT_WRITE);
    nc_codec_library_version(); /* what is done once in a process */
    long before = memory.now;
    if (nc_codec_from_config(golden->config, NULL, &codec, &err) != NUMCODECS_OK)
        stop(err.message);
    layout = read_layout(golden->layout);
    undamaged();
    for (size_t i = first; i < cases(golden); i += step) {
        setitimer(ITIMER_PROF, &hang, NULL);
        tale->at = (long)i;
        one_case(i);
        tale->done++;
    }
    nc_layout_free(layout);
    nc_codec_free(codec);
    strcpy(tale->what, "all of them");
    if (memory.now != before)
        failure("%ld bytes are never freed", memory.now - before);
    getrusage(RUSAGE_SELF, &usage);
    if (usage.ru_maxrss > RESIDENT)
        failure("%ld KiB resident", usage.ru_maxrss);
    if (lseek(silent, 0, SEEK_END) != 0)
        failure("the library prints");
    fflush(report);
    _exit(0);
}

/* ---- the processes ---- */

struct worker {
    pid_t pid;
    int golden;
    struct tale *tale;
};

static void start(struct worker *worker, size_t first, size_t step)
{
    fflush(stdout);
    worker->tale->at = -1;
    worker->pid = fork();
    if (worker->pid < 0)
        stop("fork");
    if (worker->pid == 0) {
        tale = worker->tale;
        golden = &goldens[worker->golden];
        run(first, step);
    }
}

/* After a crash the rest of the golden is still tried. Returns whether the worker is free. */
static int ended(struct worker *worker, int status, size_t step)
{
    struct tale *its = worker->tale;
    const struct golden *g = &goldens[worker->golden];
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    its->failed++;
    its->done++;
    printf("%s case %ld, %s: %s\n", g->name, its->at, its->what,
           WIFSIGNALED(status) ? (WTERMSIG(status) == SIGPROF ? "hangs" : strsignal(WTERMSIG(status))) : "gives up");
    if (its->at < 0 || !WIFSIGNALED(status) || its->failed >= TOLD || (size_t)its->at + step >= cases(g))
        return 1;
    start(worker, (size_t)its->at + step, step);
    return 0;
}

static void run_all(struct tale *tales, int jobs, size_t step, const char *only)
{
    struct worker workers[16] = {{0}};
    int next = 0, busy = 0;
    for (;;) {
        for (int j = 0; j < jobs; j++) {
            while (next < ngoldens && strncmp(goldens[next].name, only, strlen(only)) != 0)
                next++;
            if (workers[j].pid || next >= ngoldens)
                continue;
            workers[j].golden = next;
            workers[j].tale = &tales[next];
            start(&workers[j], (size_t)next % step, step);
            next++;
            busy++;
        }
        if (!busy)
            return;
        int status;
        pid_t pid = wait(&status);
        for (int j = 0; j < jobs; j++)
            if (workers[j].pid == pid && ended(&workers[j], status, step)) {
                workers[j].pid = 0;
                busy--;
            }
    }
}

/* ---- counts ---- */

static long one_codec(const char *id, const struct tale *tales, size_t step, const char *only, struct tale *sum)
{
    struct tale of = {0};
    long count = 0, wanted = 0, bad;
    for (int i = 0; i < ngoldens; i++) {
        if (strcmp(goldens[i].id, id) != 0 || strncmp(goldens[i].name, only, strlen(only)) != 0)
            continue;
        count++;
        wanted += (long)((cases(&goldens[i]) - (size_t)i % step + step - 1) / step);
        of.done += tales[i].done;
        of.decodes += tales[i].decodes;
        of.failed += tales[i].failed;
        of.accepted += tales[i].accepted;
        of.peak = of.peak > tales[i].peak ? of.peak : tales[i].peak;
        of.slowest = of.slowest > tales[i].slowest ? of.slowest : tales[i].slowest;
    }
    if (*only && !count)
        return 0;
    bad = of.failed + (of.done != wanted) + (!*only && count < LEAST);
    printf("%-16s %3ld goldens %8ld of %8ld cases %9ld decodes %8ld accepted %6ld KiB %6lld us  %s\n", id, count, of.done, wanted,
           of.decodes, of.accepted, of.peak >> 10, of.slowest / 1000, bad ? "FAILED" : "ok");
    sum->done += of.done;
    sum->decodes += of.decodes;
    return bad;
}

int main(int argc, char **argv)
{
    size_t step = 1;
    int jobs = 2, option;
    const char *only = "";
    struct tale sum = {0};
    long failed = 0;
    while ((option = getopt(argc, argv, "s:j:o:")) != -1)
        switch (option) {
        case 's': step = strtoul(optarg, NULL, 10); break;
        case 'j': jobs = atoi(optarg); break;
        case 'o': only = optarg; break;
        default: stop("usage: mutate GOLDENS [-s STEP] [-j JOBS] [-o NAME]");
        }
    if (optind + 1 != argc || step < 1 || jobs < 1 || jobs > 16)
        stop("usage: mutate GOLDENS [-s STEP] [-j JOBS] [-o NAME]");
    struct tale *tales = mmap(NULL, GOLDENS * sizeof *tales, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    read_goldens(argv[optind]);
    run_all(tales, jobs, step, only);
    for (size_t i = 0; nc_codec_id_at(i); i++)
        failed += one_codec(nc_codec_id_at(i), tales, step, only, &sum);
    printf("mutate: %ld decodes of damaged chunks\n", sum.decodes);
    printf("%ld passed, %ld failed\n", sum.done - (failed < sum.done ? failed : sum.done), failed);
    return failed != 0;
}
