/* Faults of a caller that only an instrumented library shows, for tools/test-sanitizers.sh: what finds none of these finds nothing.
 *
 *     faults read CONFIG        claims one byte more than the block has, and encodes it
 *     faults leak CONFIG        never frees what encoding gave
 *     faults overflow CONFIG    multiplies an encoded size by too much, itself
 *     faults race CONFIG        two threads decode into the same block */
#include "check.h"
#include <pthread.h>

enum { N = 4096 };
static nc_codec *codec;
static nc_buffer *encoded;
static unsigned char *plain, shared[N];

static void *decode(void *user)
{
    size_t written;
    for (int i = 0; i < 100; i++)
        need(nc_decode_into(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, shared, N, NULL, &written, NULL)
                 == NUMCODECS_OK,
             "decode");
    return user;
}

static void race(void)
{
    pthread_t threads[2];
    encoded = need_encoded(codec, plain, N);
    for (int i = 0; i < 2; i++)
        need(pthread_create(&threads[i], NULL, decode, NULL) == 0, "pthread_create");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
    need(argc == 3, "usage: faults read|leak|overflow|race CONFIG");
    codec = need_codec(argv[2]);
    plain = need_memory(N);
    fill_pattern(plain, N);
    if (strcmp(argv[1], "race") == 0)
        race();
    else
        encoded = need_encoded(codec, plain, strcmp(argv[1], "read") == 0 ? N + 1 : N);
    if (strcmp(argv[1], "leak") == 0)
        encoded = NULL;
    if (strcmp(argv[1], "overflow") == 0)
        return (int)nc_buffer_nbytes(encoded) * INT32_MAX == 0;
    nc_buffer_free(encoded);
    nc_codec_free(codec);
    free(plain);
    return EXIT_SUCCESS;
}
