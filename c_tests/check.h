/* The smallest harness that says what failed, and the few helpers that most tests need. */
#ifndef CHECK_H
#define CHECK_H
#include <numcodecs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_passed;
static int checks_failed;
static nc_error err; /* handed to nearly every call */

static inline int check_that(int good, const char *what, const char *file, int line)
{
    if (good)
        checks_passed++;
    else {
        checks_failed++;
        printf("%s:%d: %s\n", file, line, what);
    }
    return good;
}

/* The status is the wanted one, and the error tells the same. */
static inline int check_status(nc_status status, nc_status wanted, const char *what, const char *file, int line)
{
    int good = status == wanted;
    if (wanted != NUMCODECS_OK)
        good = good && err.code == wanted && err.message[0] != '\0' && memchr(err.message, '\0', sizeof err.message);
    if (!check_that(good, what, file, line))
        printf("    status %d, wanted %d, error %d \"%.320s\"\n", (int)status, (int)wanted, (int)err.code, err.message);
    err.code = -1; /* the next failing call has to set it */
    return good;
}

/* The same, and the message has this word in it. */
static inline int check_says(nc_status status, nc_status wanted, const char *word, const char *what, const char *file, int line)
{
    int good = check_status(status, wanted, what, file, line);
    if (good && !check_that(strstr(err.message, word) != NULL, what, file, line))
        printf("    no \"%s\" in \"%.320s\"\n", word, err.message);
    return good;
}

#define CHECK(condition) check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define CHECK_STATUS(call, wanted) check_status((call), (wanted), #call, __FILE__, __LINE__)
#define CHECK_OK(call) CHECK_STATUS(call, NUMCODECS_OK)
#define CHECK_SAYS(call, wanted, word) check_says((call), (wanted), (word), #call, __FILE__, __LINE__)

static inline int report(const char *name)
{
    printf("%s: %d passed, %d failed\n", name, checks_passed, checks_failed);
    return checks_failed != 0;
}

/* ---- for tests that cannot go on without them ---- */

static inline void need(int good, const char *what)
{
    if (!good) {
        printf("cannot go on: %s: %.320s\n", what, err.message);
        exit(2);
    }
}

static inline void *need_memory(size_t nbytes)
{
    void *memory = malloc(nbytes ? nbytes : 1);
    need(memory != NULL, "malloc");
    return memory;
}

static inline nc_codec *need_codec(const char *config)
{
    nc_codec *codec = NULL;
    need(nc_codec_from_config(config, NULL, &codec, &err) == NUMCODECS_OK, config);
    return codec;
}

static inline nc_layout *need_layout(const char *dtype, int32_t ndim, const int64_t *shape, const int64_t *strides, int32_t order)
{
    nc_layout *layout = NULL;
    need(nc_layout_new(dtype, NUMCODECS_FIXED, ndim, shape, strides, order, &layout, &err) == NUMCODECS_OK, dtype);
    return layout;
}

static inline nc_buffer *need_encoded(const nc_codec *codec, const void *src, size_t n)
{
    nc_buffer *encoded = NULL;
    need(nc_encode(codec, NULL, src, n, NULL, NULL, &encoded, &err) == NUMCODECS_OK, nc_codec_config(codec));
    return encoded;
}

/* The buffer holds exactly these bytes. */
static inline int holds(const nc_buffer *buffer, const void *bytes, size_t n)
{
    return buffer && nc_buffer_nbytes(buffer) == n && (n == 0 || memcmp(nc_buffer_data(buffer), bytes, n) == 0);
}

static inline nc_options no_options(void)
{
    nc_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    return options;
}

/* Something that compresses, but not to nothing. The same every time. */
static inline void fill_pattern(void *memory, size_t n)
{
    unsigned char *p = (unsigned char *)memory;
    uint32_t state = 12345;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        p[i] = (unsigned char)(i % 7 == 0 ? state >> 29 : 1 + i / 64);
    }
}

#endif
