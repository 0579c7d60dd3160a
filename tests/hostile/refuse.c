/* The allocator refuses the n-th large block, n = 1, 2, ... until a call needs no more of them: for every function of the API, with every
 * codec and inner format. The call says that memory ran out or does without; nothing is lost, nothing aborts.
 *
 *     refuse GOLDENS [-l LARGE] [-o NAME] [-s STEP]     STEP: only every so manieth golden
 *
 * Each call and n runs in the same process; every world (a golden, enlarged) in one of its own, so that an abort is told. */
#define _GNU_SOURCE
#include "goldens.h"
#include "memory.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREAD_MEMORY = 4 << 10, TIMES = 24, MOST_REFUSALS = 400 };

/* What the calls work on. */
struct world {
    const char *config;
    nc_codec *codec; /* new for every call: what it keeps for the next would count as lost */
    nc_layout *layout, *swapped;
    unsigned char *plain, *encoded, *room;
    size_t nplain, nencoded, nroom;
    int64_t *offsets;
    const void **items;
    int64_t *lengths, nitems;
    int fixed;
};

static struct tale {
    long calls, refused, failed;
    char call[32], name[64];
    long n;
} *tale;

static nc_error err;

static void failure(const char *what, long number)
{
    tale->failed++;
    printf("%s, %s, refusal %ld: %s %ld: %s\n", tale->name, tale->call, tale->n, what, number, err.message);
}

/* ---- the calls: each gives what it got back ---- */

typedef nc_status call_fn(struct world *w);

static nc_status keep(nc_status status, nc_buffer *buffer)
{
    nc_buffer_free(buffer);
    return status;
}

static nc_status from_config(struct world *w)
{
    nc_codec *codec = NULL;
    nc_status status = nc_codec_from_config(w->config, NULL, &codec, &err);
    nc_codec_free(codec);
    return status;
}

static nc_status encode(struct world *w)
{
    nc_buffer *buffer = NULL;
    nc_status status = nc_encode(w->codec, w->layout, w->plain, w->nplain, w->offsets, NULL, &buffer, &err);
    return keep(status, buffer);
}

static nc_status encode_swapped(struct world *w)
{
    nc_buffer *buffer = NULL;
    nc_status status = nc_encode(w->codec, w->swapped, w->plain, w->nplain, NULL, NULL, &buffer, &err);
    return keep(status, buffer);
}

static nc_status encode_items(struct world *w)
{
    nc_buffer *buffer = NULL;
    nc_status status = nc_encode_items(w->codec, w->layout, w->items, w->lengths, NULL, &buffer, &err);
    return keep(status, buffer);
}

static nc_status encode_into(struct world *w)
{
    size_t written;
    return nc_encode_into(w->codec, w->layout, w->plain, w->nplain, w->offsets, w->room, w->nroom, NULL, &written, &err);
}

static nc_status encode_info(struct world *w)
{
    uint64_t bound;
    nc_layout *layout = NULL;
    nc_status status = nc_encode_info(w->codec, w->layout, w->nplain, &bound, &layout, &err);
    nc_layout_free(layout);
    return status;
}

static nc_status decode(struct world *w)
{
    nc_buffer *buffer = NULL;
    nc_status status = nc_decode(w->codec, w->encoded, w->nencoded, w->layout, NULL, NULL, &buffer, &err);
    return keep(status, buffer);
}

static nc_status decode_swapped(struct world *w)
{
    nc_buffer *buffer = NULL;
    nc_status status = nc_decode(w->codec, w->encoded, w->nencoded, w->layout, w->swapped, NULL, &buffer, &err);
    return keep(status, buffer);
}

static nc_status decode_into(struct world *w)
{
    size_t written;
    return nc_decode_into(w->codec, w->encoded, w->nencoded, w->layout, w->layout, w->room, w->nroom, NULL, &written, &err);
}

static nc_status decode_box(struct world *w)
{
    int64_t start[1] = {1};
    int64_t shape[1] = {nc_layout_query(w->layout, NUMCODECS_Q_ITEMS) / 2};
    nc_layout *part = NULL;
    nc_status status = nc_layout_new(nc_layout_dtype(w->layout), NUMCODECS_FIXED, 1, shape, NULL, NUMCODECS_ORDER_C, &part, &err);
    if (status == NUMCODECS_OK)
        status = nc_decode_box(w->codec, w->encoded, w->nencoded, w->layout, start, part, w->room, w->nroom, NULL, &err);
    nc_layout_free(part);
    return status;
}

static nc_status decode_info(struct world *w)
{
    uint64_t nbytes;
    nc_layout *layout = NULL;
    nc_status status = nc_decode_info(w->codec, w->encoded, w->nencoded, &nbytes, &layout, &err);
    nc_layout_free(layout);
    return status;
}

/* Three chunks on as many threads as asked for: the first failure tells. */
static nc_status batch(struct world *w, int encodes, int32_t nthreads)
{
    const void *src[3];
    void *dst[3];
    size_t src_nbytes[3], dst_nbytes[3];
    nc_status status[3];
    nc_batch chunks;
    nc_options options;
    memset(&chunks, 0, sizeof chunks);
    memset(&options, 0, sizeof options);
    chunks.struct_size = sizeof chunks;
    options.struct_size = sizeof options;
    options.nthreads = nthreads;
    for (int i = 0; i < 3; i++) {
        src[i] = encodes ? w->plain : w->encoded;
        src_nbytes[i] = encodes ? w->nplain : w->nencoded;
        dst[i] = w->room + (size_t)i * (w->nroom / 3);
        dst_nbytes[i] = w->nroom / 3;
    }
    chunks.n = 3;
    chunks.src = src;
    chunks.src_nbytes = src_nbytes;
    chunks.dst = dst;
    chunks.dst_nbytes = dst_nbytes;
    chunks.status = status;
    return encodes ? nc_encode_batch(w->codec, w->layout, &chunks, &options, &err)
                   : nc_decode_batch(w->codec, w->layout, w->layout, &chunks, &options, &err);
}

/* Many small chunks: what a batch itself takes. */
static nc_status many_chunks(struct world *w)
{
    enum { CHUNKS = 1000 };
    static const void *src[CHUNKS];
    static void *dst[CHUNKS];
    static size_t src_nbytes[CHUNKS], dst_nbytes[CHUNKS];
    static nc_status status[CHUNKS];
    nc_batch chunks;
    memset(&chunks, 0, sizeof chunks);
    chunks.struct_size = sizeof chunks;
    for (int i = 0; i < CHUNKS; i++) {
        src[i] = w->plain;
        src_nbytes[i] = 0;
        dst[i] = w->room + i;
        dst_nbytes[i] = 1;
    }
    chunks.n = CHUNKS;
    chunks.src = src;
    chunks.src_nbytes = src_nbytes;
    chunks.dst = dst;
    chunks.dst_nbytes = dst_nbytes;
    chunks.status = status;
    nc_codec *codec = NULL;
    nc_status result = nc_codec_from_config("[]", NULL, &codec, &err);
    if (result == NUMCODECS_OK)
        result = nc_encode_batch(codec, NULL, &chunks, NULL, &err);
    if (result == NUMCODECS_OK)
        result = nc_decode_batch(codec, NULL, NULL, &chunks, NULL, &err);
    nc_codec_free(codec);
    return result;
}

static nc_status encode_batch(struct world *w) { return batch(w, 1, 1); }
static nc_status decode_batch(struct world *w) { return batch(w, 0, 1); }
static nc_status decode_batch_threads(struct world *w) { return batch(w, 0, 2); }

/* ---- calls without a chunk ---- */

static nc_status layout_new(struct world *w)
{
    int64_t shape[64];
    nc_layout *layout = NULL;
    (void)w;
    for (int i = 0; i < 64; i++)
        shape[i] = 1;
    nc_status status = nc_layout_new("<f8", NUMCODECS_FIXED, 64, shape, NULL, NUMCODECS_ORDER_C, &layout, &err);
    nc_layout_free(layout);
    return status;
}

static nc_status custom_make(void *user, const char *json, void **self, nc_error *e)
{
    (void)json, (void)e;
    *self = user;
    return NUMCODECS_OK;
}

static nc_status custom_encode(void *self, const nc_layout *layout, const void *src, size_t n, nc_buffer *out, nc_error *e)
{
    (void)self, (void)layout;
    return nc_buffer_append(out, src, n, e);
}

static nc_status custom_decode(void *self, const void *src, size_t n, nc_buffer *out, nc_error *e)
{
    (void)self;
    return nc_buffer_append(out, src, n, e);
}

/* A codec of ours behind one of the library's. */
static nc_status registry(struct world *w)
{
    nc_registry *registry = NULL;
    nc_codec *codec = NULL;
    nc_buffer *encoded = NULL, *decoded = NULL;
    nc_custom_codec own;
    memset(&own, 0, sizeof own);
    own.struct_size = sizeof own;
    own.id = "mine";
    own.user = w;
    own.make = custom_make;
    own.encode = custom_encode;
    own.decode = custom_decode;
    nc_status status = nc_registry_new(NULL, 0, &registry, &err);
    if (status == NUMCODECS_OK)
        status = nc_registry_add(registry, &own, &err);
    if (status == NUMCODECS_OK)
        status = nc_codec_from_config("[{\"id\": \"mine\"}, {\"id\": \"zlib\"}]", registry, &codec, &err);
    if (status == NUMCODECS_OK)
        status = nc_encode(codec, NULL, w->plain, w->nplain, NULL, NULL, &encoded, &err);
    if (status == NUMCODECS_OK)
        status = nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, &err);
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
    nc_registry_free(registry);
    return status;
}

static nc_status helpers(struct world *w)
{
    nc_buffer *a = NULL, *b = NULL, *c = NULL;
    nc_status status = nc_blosc_compress(w->plain, w->nplain, "zstd", 5, 1, 0, 4, NULL, &a, &err);
    if (status == NUMCODECS_OK)
        status = nc_blosc_decompress(nc_buffer_data(a), nc_buffer_nbytes(a), NULL, &b, &err);
    if (status == NUMCODECS_OK)
        status = nc_blosc_decompress_partial(nc_buffer_data(a), nc_buffer_nbytes(a), 1, 5, NULL, &c, &err);
    nc_buffer_free(a), nc_buffer_free(b), nc_buffer_free(c);
    a = b = c = NULL;
    if (status == NUMCODECS_OK)
        status = nc_lz4_compress(w->plain, w->nplain, 1, NULL, &a, &err);
    if (status == NUMCODECS_OK)
        status = nc_lz4_decompress(nc_buffer_data(a), nc_buffer_nbytes(a), NULL, &b, &err);
    nc_buffer_free(a), nc_buffer_free(b);
    a = b = NULL;
    if (status == NUMCODECS_OK)
        status = nc_zstd_compress(w->plain, w->nplain, 3, 1, NULL, &a, &err);
    if (status == NUMCODECS_OK)
        status = nc_zstd_decompress(nc_buffer_data(a), nc_buffer_nbytes(a), NULL, &b, &err);
    nc_buffer_free(a), nc_buffer_free(b);
    return status;
}

static const char METADATA[] =
    "{\"zarr_format\": 2, \"shape\": [100000], \"chunks\": [50000], \"dtype\": \"<f4\", \"order\": \"C\", \"fill_value\": 1.5,"
    " \"filters\": [{\"id\": \"delta\", \"dtype\": \"<f4\"}], \"compressor\": {\"id\": \"blosc\", \"cname\": \"lz4\"}}";

static nc_status zarr(struct world *w)
{
    nc_zarr *zarr = NULL;
    char key[64];
    int64_t index[1] = {1};
    nc_status status = nc_zarr_open(METADATA, NULL, &zarr, &err);
    if (status == NUMCODECS_OK)
        status = nc_zarr_chunk_key(zarr, index, key, sizeof key, &err);
    if (status == NUMCODECS_OK)
        status = nc_zarr_fill(zarr, nc_zarr_layout(zarr), w->room, w->nroom, &err);
    nc_buffer *encoded = NULL;
    if (status == NUMCODECS_OK)
        status = nc_encode(nc_zarr_codec(zarr), nc_zarr_layout(zarr), w->room, 200000, NULL, NULL, &encoded, &err);
    nc_buffer_free(encoded);
    nc_zarr_free(zarr);
    return status;
}

/* ---- documents ---- */

enum { DOCUMENT = 100000, BESIDE = 64 << 10 };

/* What takes most memory for its length. */
static const char *const PIECES[] = {"[]", "{}", "\"\"", "1", "[0]", "\"a\"", "{\"\":0}", "{\"\":{}}", "[[[[[[[[]]]]]]]]", "{\"a\":0,\"b\":1,\"c\":2}"};

/* A document with DOCUMENT bytes of one piece in a list. Its memory is not the allocator's. */
static const char *document(const char *head, const char *piece, const char *tail)
{
    static char text[DOCUMENT + 1000];
    char *at = text + sprintf(text, "%s%s", head, piece);
    while (at < text + DOCUMENT)
        at += sprintf(at, ",%s", piece);
    strcpy(at, tail);
    return text;
}

/* The allocator is asked once for all that a document takes: what came after that was less. */
static void start_of_document(void)
{
    memory.peak = memory.now;
    memory.largest = 0;
}

static void end_of_document(const char *piece, long before)
{
    if (memory.peak - before > (long)memory.largest + BESIDE) {
        snprintf(err.message, sizeof err.message, "of %s", piece);
        failure("more than was asked for:", memory.peak - before - (long)memory.largest);
    }
}

/* Every piece once; the first that memory does not suffice for ends it. */
static nc_status large_configuration(struct world *w)
{
    nc_status status = NUMCODECS_OK;
    (void)w;
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0] && status != NUMCODECS_ERR_MEMORY; i++) {
        const char *text = document("{\"id\": \"categorize\", \"dtype\": \"|O\", \"labels\": [", PIECES[i], "]}");
        nc_codec *codec = NULL;
        long before = memory.now;
        start_of_document();
        status = nc_codec_from_config(text, NULL, &codec, &err);
        nc_codec_free(codec);
        end_of_document(PIECES[i], before);
    }
    return status;
}

static const char V3[] =
    "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"uint8\", \"fill_value\": 0, \"codecs\": [\"bytes\"],"
    " \"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}}, \"chunk_key_encoding\": \"default\","
    " \"attributes\": {\"list\": [";

static nc_status large_metadata(struct world *w)
{
    nc_status status = NUMCODECS_OK;
    (void)w;
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0] && status == NUMCODECS_OK; i++) {
        nc_zarr *zarr = NULL;
        long before = memory.now;
        start_of_document();
        status = nc_zarr_open(document(V3, PIECES[i], "]}}"), NULL, &zarr, &err);
        end_of_document(PIECES[i], before);
        nc_zarr_free(zarr);
    }
    return status;
}

/* What is nested is indented, so that the text is longer than what it is made of: of this one alone the blocks count that are larger
 * than any of the copy that is written. */
static nc_status written_metadata(struct world *w)
{
    enum { LARGE = 512 << 10 };
    nc_zarr *zarr = NULL;
    nc_buffer *text = NULL;
    size_t large = memory.large;
    (void)w;
    memory.large = 0;
    if (nc_zarr_open(document(V3, "[[[[[[[[]]]]]]]]", "]}}"), NULL, &zarr, &err) != NUMCODECS_OK)
        stop(err.message);
    memory.large = LARGE;
    nc_status status = nc_zarr_metadata(zarr, 3, NULL, &text, &err);
    memory.large = large;
    nc_zarr_free(zarr);
    return keep(status, text);
}

static const struct {
    const char *name;
    call_fn *run;
    int needs; /* 1 = fixed-size items, 2 = items of variable length, 3 = a second byte order */
    int once;  /* does not depend on the codec */
} CALLS[] = {
    {"nc_codec_from_config", from_config, 0, 0}, {"nc_encode", encode, 0, 0}, {"nc_encode, other byte order", encode_swapped, 3, 0},
    {"nc_encode_items", encode_items, 2, 0}, {"nc_encode_into", encode_into, 0, 0}, {"nc_encode_info", encode_info, 0, 0},
    {"nc_decode", decode, 0, 0}, {"nc_decode, other byte order", decode_swapped, 3, 0}, {"nc_decode_into", decode_into, 1, 0},
    {"nc_decode_box", decode_box, 1, 0}, {"nc_decode_info", decode_info, 0, 0}, {"nc_encode_batch", encode_batch, 1, 0},
    {"nc_decode_batch", decode_batch, 1, 0}, {"nc_decode_batch, 2 threads", decode_batch_threads, 1, 0},
    {"nc_layout_new", layout_new, 0, 1}, {"nc_registry", registry, 0, 1}, {"helpers", helpers, 0, 1}, {"nc_zarr", zarr, 0, 1},
    {"a batch of many chunks", many_chunks, 0, 1}, {"a large configuration", large_configuration, 0, 1},
    {"large metadata", large_metadata, 0, 1}, {"written metadata", written_metadata, 0, 1},
};

/* Crates that allocate without looking: the library asks the allocator beforehand, so the first refusals are answered; what comes after
 * them would end the process. docs/reliability.md lists the sizes. */
static const struct {
    const char *golden, *call;
} BLIND[] = {{"pcodec", "nc_encode"}, {"pcodec", "nc_decode"}, {"blosc-snappy", "nc_encode"}, {"", "a large configuration"}, {"", "large metadata"}};

/* ---- one call until nothing is refused any more ---- */

static nc_codec *new_codec(const char *config)
{
    nc_codec *codec = NULL;
    if (nc_codec_from_config(config, NULL, &codec, &err) != NUMCODECS_OK)
        stop(err.message);
    return codec;
}

static nc_status once(struct world *w, call_fn *run, long fail_at)
{
    long before = memory.now;
    w->codec = new_codec(w->config);
    memory.larges = 0;
    memory.fail_at = fail_at;
    nc_status status = run(w);
    memory.fail_at = 0;
    nc_codec_free(w->codec);
    w->codec = NULL;
    /* glibc keeps stacks of threads, and what belongs to them, for the next thread */
    long kept = strstr(tale->call, "threads") ? THREAD_MEMORY : 0;
    if (labs(memory.now - before) > kept)
        failure("bytes lost:", memory.now - before);
    return status;
}

static void refuse_all(struct world *w, const char *name, call_fn *run)
{
    snprintf(tale->call, sizeof tale->call, "%s", name);
    tale->n = 0;
    once(w, run, 0); /* what is done once in a process */
    nc_status good = once(w, run, 0);
    tale->calls++;
    long most = MOST_REFUSALS;
    for (size_t i = 0; i < sizeof BLIND / sizeof BLIND[0]; i++)
        if (strncmp(tale->name, BLIND[i].golden, strlen(BLIND[i].golden)) == 0 && strncmp(name, BLIND[i].call, strlen(BLIND[i].call)) == 0)
            most = 2;
    for (tale->n = 1; tale->n < most; tale->n++) {
        nc_status status = once(w, run, tale->n);
        if (memory.larges < tale->n)
            return;
        tale->refused++;
        if (status != good && status != NUMCODECS_ERR_MEMORY)
            failure("status", status);
        if (status == NUMCODECS_ERR_MEMORY && err.code != status)
            failure("the error record says", err.code);
    }
}

/* ---- worlds ---- */

/* The chunk of a golden TIMES times over, as one dimension. */
static int enlarge(struct world *w, const struct golden *g)
{
    nc_layout *layout = read_layout(g->layout);
    nc_buffer *buffer = NULL;
    w->config = g->config;
    w->codec = new_codec(w->config);
    if (nc_decode(w->codec, g->bytes, g->n, layout, NULL, NULL, &buffer, &err) != NUMCODECS_OK)
        stop(g->name);
    const nc_layout *is = nc_buffer_layout(buffer);
    int32_t kind = (int32_t)nc_layout_query(is, NUMCODECS_Q_KIND);
    const int64_t *offsets = nc_buffer_offsets(buffer);
    int64_t count = nc_layout_query(is, NUMCODECS_Q_ITEMS), shape[1] = {TIMES * count};
    size_t n = nc_buffer_nbytes(buffer);
    w->fixed = kind == NUMCODECS_FIXED;
    w->nitems = shape[0];
    w->nplain = TIMES * n;
    w->nroom = 3 * (2 * w->nplain + (64 << 10));
    w->plain = malloc(w->nplain);
    w->room = malloc(w->nroom);
    for (size_t i = 0; i < TIMES; i++)
        memcpy(w->plain + i * n, nc_buffer_data(buffer), n);
    if (!w->fixed) {
        w->offsets = malloc((size_t)(w->nitems + 1) * sizeof *w->offsets);
        w->items = malloc((size_t)w->nitems * sizeof *w->items);
        w->lengths = malloc((size_t)w->nitems * sizeof *w->lengths);
        for (int64_t i = 0; i < w->nitems; i++) {
            w->offsets[i] = i / count * (int64_t)n + offsets[i % count];
            w->items[i] = w->plain + w->offsets[i];
            w->lengths[i] = offsets[i % count + 1] - offsets[i % count];
        }
        w->offsets[w->nitems] = (int64_t)w->nplain;
    }
    const char *dtype = nc_layout_dtype(is);
    if (nc_layout_new(strcmp(dtype, "|O") == 0 ? NULL : dtype, kind, 1, shape, NULL, NUMCODECS_ORDER_C, &w->layout, &err) != NUMCODECS_OK)
        stop(err.message);
    if (w->fixed && (dtype[0] == '<' || dtype[0] == '>')) {
        char other[64];
        snprintf(other, sizeof other, "%c%s", dtype[0] == '<' ? '>' : '<', dtype + 1);
        if (nc_layout_new(other, kind, 1, shape, NULL, NUMCODECS_ORDER_C, &w->swapped, &err) != NUMCODECS_OK)
            stop(other);
    }
    nc_buffer_free(buffer);
    nc_layout_free(layout);
    if (nc_encode(w->codec, w->layout, w->plain, w->nplain, w->offsets, NULL, &buffer, &err) != NUMCODECS_OK) {
        printf("%s cannot be written again: %s\n", g->name, err.message);
        return 0;
    }
    w->nencoded = nc_buffer_nbytes(buffer);
    w->encoded = malloc(w->nencoded);
    memcpy(w->encoded, nc_buffer_data(buffer), w->nencoded);
    nc_buffer_free(buffer);
    nc_codec_free(w->codec);
    return 1;
}

static void one_golden(const struct golden *g, size_t large, int first)
{
    struct world w;
    memset(&w, 0, sizeof w);
    strcpy(tale->name, g->name);
    strcpy(tale->call, "nothing yet");
    if (enlarge(&w, g)) {
        memory.large = large;
        for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
            int fits = CALLS[i].needs == 0 || (CALLS[i].needs == 1 && w.fixed) || (CALLS[i].needs == 2 && !w.fixed)
                       || (CALLS[i].needs == 3 && w.swapped);
            if (fits && (first || !CALLS[i].once))
                refuse_all(&w, CALLS[i].name, CALLS[i].run);
        }
    }
    fflush(stdout);
    _exit(0);
}

int main(int argc, char **argv)
{
    size_t large = 1024;
    const char *only = "";
    int option, step = 1, first = 1;
    while ((option = getopt(argc, argv, "l:o:s:")) != -1)
        switch (option) {
        case 's': step = atoi(optarg); break;
        case 'l': large = strtoul(optarg, NULL, 10); break;
        case 'o': only = optarg; break;
        default: stop("usage: refuse GOLDENS [-l LARGE] [-o NAME] [-s STEP]");
        }
    if (optind + 1 != argc || step < 1)
        stop("usage: refuse GOLDENS [-l LARGE] [-o NAME] [-s STEP]");
    tale = mmap(NULL, sizeof *tale, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    read_goldens(argv[optind]);
    for (int i = 0; i < ngoldens; i += step) {
        int status;
        if (strncmp(goldens[i].name, only, strlen(only)) != 0)
            continue;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0)
            one_golden(&goldens[i], large, first);
        first = 0;
        waitpid(pid, &status, 0);
        if (status != 0) {
            tale->failed++;
            printf("%s, %s, refusal %ld: %s\n", tale->name, tale->call, tale->n,
                   WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "gives up");
        }
    }
    printf("refuse: %ld calls of the API, %ld times a block of %zu bytes or more was refused\n", tale->calls, tale->refused, large);
    printf("%ld passed, %ld failed\n", tale->calls - (tale->failed < tale->calls ? tale->failed : tale->calls), tale->failed);
    return tale->failed != 0;
}
