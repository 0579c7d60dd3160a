/* The library is loaded, used with threads of its own, and unloaded, again and again.
 *
 *     unload LIBRARY */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <numcodecs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 200, N = 600000 };
static unsigned char plain[N];
static int passed, failed, round_number;

static void check(int good, const char *what)
{
    passed += good;
    failed += !good;
    if (!good)
        printf("unload, round %d: %s\n", round_number, what);
}

static int mapped(void)
{
    char line[512];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        found += strstr(line, "libnumcodecs") != NULL;
    if (maps)
        fclose(maps);
    return found;
}

/* By name, so that nothing is linked. */
#define FUNCTION(name) __typeof__(name) *name##_ = (__typeof__(name) *)dlsym(library, #name)

static void *use(void *library)
{
    FUNCTION(nc_codec_from_config);
    FUNCTION(nc_encode);
    FUNCTION(nc_decode);
    FUNCTION(nc_buffer_data);
    FUNCTION(nc_buffer_nbytes);
    FUNCTION(nc_buffer_free);
    FUNCTION(nc_codec_free);
    nc_codec *codec = NULL;
    nc_buffer *encoded = NULL, *decoded = NULL;
    nc_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.nthreads = 4;
    check(nc_codec_from_config_("{\"id\": \"blosc\", \"cname\": \"zstd\", \"blocksize\": 65536}", NULL, &codec, NULL) == NUMCODECS_OK,
          "a codec");
    check(nc_encode_(codec, NULL, plain, N, NULL, &options, &encoded, NULL) == NUMCODECS_OK, "encodes");
    check(nc_decode_(codec, nc_buffer_data_(encoded), nc_buffer_nbytes_(encoded), NULL, NULL, &options, &decoded, NULL) == NUMCODECS_OK
              && memcmp(nc_buffer_data_(decoded), plain, N) == 0,
          "decodes");
    nc_buffer_free_(decoded);
    nc_buffer_free_(encoded);
    nc_codec_free_(codec);
    return NULL;
}

/* Used by this thread and by others that end, in turn. Rust links libraries so that dlclose leaves them in place (NODELETE): there is
 * one copy, however often it is opened. */
int main(int argc, char **argv)
{
    int copies = 0;
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < N; i++)
        plain[i] = (unsigned char)(i % 7 + i / 5000);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        pthread_t thread;
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        check(library != NULL, "dlopen");
        if (!library)
            break;
        if (round_number % 2)
            use(library);
        else if (pthread_create(&thread, NULL, use, library) == 0)
            pthread_join(thread, NULL);
        check(dlclose(library) == 0, "dlclose");
        copies = round_number ? copies : mapped();
        check(mapped() == copies, "another copy of the library");
    }
    printf("unload: %d passed, %d failed\n", passed, failed);
    return failed != 0;
}
