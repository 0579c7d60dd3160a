/* hostile_chunks LIST TRIES: feeds each plug-in of the list its chunk in several threads, then cut and changed chunks and changed
 * parameters. A line of the list is
 *
 *     PLUGIN CHUNK-FILE DECODED-BYTES VALUE VALUE ...
 *
 * Each chunk stands in a block of just its size, so that valgrind sees a byte read too many. A filter must give bytes within the
 * capacity it tells, or fail and leave chunk and pointers alone. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VALUES = 256, REVERSE = 0x100, THREADS = 4, CALLS = 25 };

typedef size_t (*filter_fn)(unsigned flags, size_t n, const unsigned v[], size_t nbytes, size_t *capacity, void **data);

struct filter_class {
    int version, id;
    unsigned encoder, decoder;
    const char *name;
    void *can_apply, *set_local;
    filter_fn filter;
};

struct subject {
    filter_fn filter;
    unsigned values[MAX_VALUES];
    size_t n, nbytes, decoded;
    unsigned char *chunk;
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "hostile_chunks: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* The same numbers in every run. */
static uint32_t next_random(void)
{
    static uint64_t state = 20261123;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static void *copy_of(const void *bytes, size_t n)
{
    void *copy = malloc(n ? n : 1);
    if (!copy)
        die("malloc", "out of memory");
    memcpy(copy, bytes, n);
    return copy;
}

/* Bytes of the result; the contract is checked either way. */
static size_t decode(const struct subject *subject, const unsigned *values, size_t n, const unsigned char *chunk, size_t nbytes)
{
    void *data = copy_of(chunk, nbytes), *before = data;
    size_t capacity = nbytes, result = subject->filter(REVERSE, n, values, nbytes, &capacity, &data);
    if (result == 0 && (data != before || capacity != nbytes || memcmp(data, chunk, nbytes) != 0))
        die("a failed call", "has changed its arguments");
    if (result > capacity)
        die("a result", "is larger than its memory");
    volatile unsigned char sum = 0; /* reads every byte */
    for (size_t i = 0; i < result; i++)
        sum ^= ((unsigned char *)data)[i];
    free(data);
    return result;
}

static void change(unsigned char *bytes, size_t n)
{
    for (unsigned count = 1 + next_random() % 3; count > 0 && n > 0; count--)
        bytes[next_random() % (next_random() % 2 && n > 24 ? 24 : n)] ^= (unsigned char)(1u << next_random() % 8 | next_random() % 256);
}

static void attack(const struct subject *s, int tries)
{
    for (int i = 0; i < tries; i++) {
        unsigned char *chunk = copy_of(s->chunk, s->nbytes);
        unsigned *values = copy_of(s->values, s->n * sizeof *values);
        decode(s, s->values, s->n, chunk, next_random() % s->nbytes); /* cut */
        change(chunk, s->nbytes);
        decode(s, s->values, s->n, chunk, s->nbytes);
        change((unsigned char *)values, s->n * sizeof *values);
        decode(s, values, s->n, s->chunk, s->nbytes);
        decode(s, values, s->n ? next_random() % s->n : 0, chunk, s->nbytes);
        free(values);
        free(chunk);
    }
}

/* Any number of threads may be in one filter. */
static void *decode_often(void *argument)
{
    const struct subject *s = argument;
    for (int i = 0; i < CALLS; i++)
        if (decode(s, s->values, s->n, s->chunk, s->nbytes) != s->decoded)
            die("a thread", "gets another result");
    return NULL;
}

static void decode_in_threads(struct subject *subject)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, decode_often, subject) != 0)
            die("pthread_create", "failed");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static filter_fn load(const char *plugin)
{
    void *library = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        die(plugin, dlerror());
    void *symbol = dlsym(library, "H5PLget_plugin_info");
    const struct filter_class *(*info)(void);
    memcpy(&info, &symbol, sizeof info);
    if (!symbol)
        die(plugin, "no H5PLget_plugin_info");
    return info()->filter;
}

static void read_chunk(const char *name, struct subject *subject)
{
    static unsigned char bytes[1 << 20];
    FILE *f = fopen(name, "rb");
    if (!f)
        die(name, "cannot be opened");
    subject->nbytes = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    subject->chunk = copy_of(bytes, subject->nbytes);
}

static void test_line(char *line, int tries)
{
    struct subject subject = {0};
    const char *plugin = strtok(line, " \n"), *file = strtok(NULL, " \n"), *decoded = strtok(NULL, " \n"), *value;
    if (!decoded)
        die("list", "a line is too short");
    while ((value = strtok(NULL, " \n")) && subject.n < MAX_VALUES)
        subject.values[subject.n++] = (unsigned)strtoul(value, NULL, 10);
    subject.filter = load(plugin);
    subject.decoded = strtoul(decoded, NULL, 10);
    read_chunk(file, &subject);
    if (decode(&subject, subject.values, subject.n, subject.chunk, subject.nbytes) != subject.decoded)
        die(plugin, "does not decode the good chunk");
    decode_in_threads(&subject);
    attack(&subject, tries);
    free(subject.chunk);
}

int main(int argc, char **argv)
{
    static char line[1 << 14];
    FILE *list = argc == 3 ? fopen(argv[1], "r") : NULL;
    int lines = 0;
    if (!list)
        die("usage", "hostile_chunks LIST TRIES");
    for (; fgets(line, sizeof line, list); lines++)
        test_line(line, atoi(argv[2]));
    fclose(list);
    printf("hostile_chunks: %d filters, 4 * %s chunks each\n", lines, argv[2]);
    return lines ? EXIT_SUCCESS : EXIT_FAILURE;
}
