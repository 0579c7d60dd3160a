/* What the plug-ins gain by keeping a codec from one chunk to the next: microseconds for a chunk through the filter function, with the
 * codec kept and with one built anew each time (the values then change in every call, in a way that means nothing).
 *
 *     plugins FOLDER ID,VALUE,... CODEC [ID,VALUE,... CODEC ...]      make bench-plugins */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_VALUES = 256, REVERSE = 0x100, REPEATS = 4 };

typedef size_t (*filter_fn)(unsigned flags, size_t n, const unsigned v[], size_t nbytes, size_t *capacity, void **data);

struct filter_class {
    int version, id;
    unsigned encoder, decoder;
    const char *name;
    void *can_apply, *set_local;
    filter_fn filter;
};

struct values {
    size_t n;
    unsigned v[MAX_VALUES];
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "plugins: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* Of the processor, so that a busy machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static filter_fn load(const char *folder, const char *codec)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/libh5numcodecs_%s.so", folder, codec);
    void *plugin = dlopen(name, RTLD_NOW);
    if (!plugin)
        die(name, dlerror());
    void *symbol = dlsym(plugin, "H5PLget_plugin_info");
    const struct filter_class *(*info)(void);
    memcpy(&info, &symbol, sizeof info);
    return info()->filter;
}

/* The values behind the id; room is left for one more. */
static struct values read_values(const char *text)
{
    struct values values = {0};
    char *at;
    for (strtoul(text, &at, 10); *at == ',' && values.n < MAX_VALUES - 1;)
        values.v[values.n++] = (unsigned)strtoul(at + 1, &at, 10);
    return values;
}

/* Microseconds of one call on n bytes of src; the copy that HDF5 would hand over is not counted. */
static double once(filter_fn filter, unsigned flags, const struct values *values, const void *src, size_t n, void **result, size_t *bytes)
{
    void *data = malloc(n);
    size_t capacity = n;
    memcpy(data, src, n);
    double start = now();
    *bytes = filter(flags, values->n, values->v, n, &capacity, &data);
    double took = now() - start;
    if (*bytes == 0)
        die("filter", "failed");
    *result = data;
    return took;
}

/* The least mean of some rounds. */
static double measure(filter_fn filter, unsigned flags, const struct values *values, int anew, const void *src, size_t n)
{
    double best = INFINITY;
    int calls = n > 500000 ? 4 : 60;
    for (int round = 0; round < REPEATS; round++) {
        double sum = 0;
        for (int i = 0; i < calls; i++) {
            struct values these = *values;
            void *result;
            size_t bytes;
            if (anew && i % 2)
                these.v[these.n++] = 0;
            sum += once(filter, flags, &these, src, n, &result, &bytes);
            free(result);
        }
        if (sum / calls < best)
            best = sum / calls;
    }
    return best;
}

static void report(const char *folder, const char *codec, const char *text, const int *items, size_t n)
{
    filter_fn filter = load(folder, codec);
    struct values values = read_values(text);
    void *encoded;
    size_t bytes;
    once(filter, 0, &values, items, n, &encoded, &bytes);
    printf("| %s | %zu | %.1f | %.1f | %.1f | %.1f |\n", codec, n, measure(filter, 0, &values, 0, items, n),
           measure(filter, 0, &values, 1, items, n), measure(filter, REVERSE, &values, 0, encoded, bytes),
           measure(filter, REVERSE, &values, 1, encoded, bytes));
    free(encoded);
}

int main(int argc, char **argv)
{
    static int items[1 << 18];
    static const size_t sizes[] = {8192, sizeof items};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        items[i] = (int)(1000 * sin((double)i * 0.001)) + rand() % 8;
    printf("| codec | chunk, bytes | encode, kept | encode, built anew | decode, kept | decode, built anew |\n|---|---|---|---|---|---|\n");
    for (int i = 2; i + 1 < argc; i += 2)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            report(argv[1], argv[i + 1], argv[i], items, sizes[s]);
    return 0;
}
