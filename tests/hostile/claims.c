/* Inputs that claim sizes, counts or depths far beyond what they hold (claims.tsv), for every codec: an error, in no time and no memory,
 * also where the caller sets no limit.
 *
 *     claims GOLDENS */
#define _GNU_SOURCE
#include "goldens.h"
#include "memory.h"
#include <time.h>

enum { LINE = 256 << 10, TRIES = 5, MILLISECONDS = 10 * SLOWER, NANOSECONDS_A_BYTE = 200 * SLOWER, MEMORY_A_BYTE = 256, CODECS = 64 };
/* Without limits: blocks and tables of a codec; the dictionary that liblzma reserves, of which nothing is touched; what an input whose
 * items refer to each other may grow to before this test says stop. */
static const long SMALL = 4 << 20, DICTIONARY = 258L << 20;

static long passed, failed;
static int seen[CODECS];

static void check(int good, const char *name, const char *what, long long number, const char *message)
{
    passed += good;
    failed += !good;
    if (!good)
        printf("%s: %s %lld: %s\n", name, what, number, message);
}

static int is_refusal(nc_status status)
{
    return status == NUMCODECS_ERR_DATA || status == NUMCODECS_ERR_CHECKSUM || status == NUMCODECS_ERR_DTYPE
           || status == NUMCODECS_ERR_SHAPE || status == NUMCODECS_ERR_LIMIT || status == NUMCODECS_ERR_UNSUPPORTED;
}

static long long cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void decode(const char *name, const nc_codec *codec, const nc_layout *layout, const unsigned char *bytes, size_t n, uint64_t limit)
{
    long most = strncmp(name, "lzma", 4) == 0 && !limit ? DICTIONARY : SMALL + (long)limit + MEMORY_A_BYTE * (long)n;
    long long fastest = -1, most_time = MILLISECONDS * 1000000LL + NANOSECONDS_A_BYTE * (long long)n;
    nc_options options;
    nc_error err;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.max_output = limit;
    options.max_memory = 4 * limit;
    for (int i = 0; i < TRIES && (fastest < 0 || fastest > most_time); i++) {
        nc_buffer *buffer = NULL;
        long before = memory.now;
        memory.peak = before;
        long long start = cpu_time();
        nc_status status = nc_decode(codec, bytes, n, layout, NULL, &options, &buffer, &err);
        long long took = cpu_time() - start;
        fastest = fastest < 0 || took < fastest ? took : fastest;
        check(is_refusal(status), name, "status", status, err.message);
        check(memory.peak - before <= most, name, "bytes of memory", memory.peak - before, err.message);
        nc_buffer_free(buffer);
    }
    check(fastest <= most_time, name, "microseconds", fastest / 1000, err.message);
}

static size_t unhex(char *text)
{
    size_t n = 0;
    unsigned byte;
    for (const char *at = text; sscanf(at, "%2x", &byte) == 1; at += 2)
        ((unsigned char *)text)[n++] = (unsigned char)byte;
    return n;
}

static void one(char *id, const char *name, const char *shape, const char *config, char *hex)
{
    static const uint64_t LIMITS[] = {0, 1 << 20};
    nc_codec *codec = NULL;
    nc_error err;
    nc_layout *layout = read_layout(shape);
    size_t n = unhex(hex);
    if (nc_codec_from_config(config, NULL, &codec, &err) != NUMCODECS_OK)
        stop(err.message);
    for (int i = strstr(name, "laughs") ? 1 : 0; i < 2; i++) /* what refers to itself has no end of its own */
        decode(name, codec, layout, (unsigned char *)hex, n, LIMITS[i]);
    for (size_t i = 0; nc_codec_id_at(i); i++)
        seen[i] |= strcmp(nc_codec_id_at(i), id) == 0;
    nc_layout_free(layout);
    nc_codec_free(codec);
}

int main(int argc, char **argv)
{
    static char line[LINE];
    char path[4096];
    if (argc < 2) /* all claims, always */
        stop("usage: claims GOLDENS");
    snprintf(path, sizeof path, "%s/../claims.tsv", argv[1]);
    FILE *file = fopen(path, "r");
    if (!file)
        stop(path);
    while (fgets(line, sizeof line, file)) {
        char *id = strtok(line, "\t"), *name = strtok(NULL, "\t"), *shape = strtok(NULL, "\t"), *config = strtok(NULL, "\t");
        char *hex = strtok(NULL, "\t\n");
        if (!hex)
            stop(line);
        one(id, name, shape, config, hex);
    }
    fclose(file);
    for (size_t i = 0; nc_codec_id_at(i); i++)
        check(seen[i], nc_codec_id_at(i), "claims:", 0, "none is tried");
    printf("claims: %ld passed, %ld failed\n", passed, failed);
    return failed != 0;
}
