/* One or more configurations of every codec of plain bytes, for the tests that go through all of them; empty.c sees that no id is
 * left out. */
#ifndef CODECS_H
#define CODECS_H
#include <stddef.h>

enum {
    FRAMED = 1,  /* the end of the encoded bytes is known, so every truncation is an error */
    CHECKED = 2, /* a checksum over everything: every flipped bit is an error */
    SIZED = 4    /* the encoded bytes tell the decoded size */
};

struct sample {
    const char *id;
    const char *config;
    int traits;
};

static const struct sample SAMPLES[] = {
    {"blosc", "{\"id\": \"blosc\"}", FRAMED | SIZED},
    {"blosc", "{\"id\": \"blosc\", \"cname\": \"blosclz\", \"clevel\": 9, \"shuffle\": 2}", FRAMED | SIZED},
    {"blosc", "{\"id\": \"blosc\", \"cname\": \"lz4hc\", \"shuffle\": -1}", FRAMED | SIZED},
    {"blosc", "{\"id\": \"blosc\", \"cname\": \"zlib\", \"shuffle\": 0}", FRAMED | SIZED},
    {"blosc", "{\"id\": \"blosc\", \"cname\": \"zstd\", \"blocksize\": 1024}", FRAMED | SIZED},
    {"lz4", "{\"id\": \"lz4\"}", FRAMED | SIZED},
    {"zstd", "{\"id\": \"zstd\"}", FRAMED | SIZED},
    {"zstd", "{\"id\": \"zstd\", \"level\": 5, \"checksum\": true}", FRAMED | SIZED},
    {"zlib", "{\"id\": \"zlib\"}", FRAMED},
    {"gzip", "{\"id\": \"gzip\"}", FRAMED},
    {"bz2", "{\"id\": \"bz2\"}", FRAMED},
    {"lzma", "{\"id\": \"lzma\", \"preset\": 0}", FRAMED},
    {"lzma", "{\"id\": \"lzma\", \"format\": 2, \"preset\": 0}", 0},
    {"lzma", "{\"id\": \"lzma\", \"format\": 3, \"filters\": [{\"id\": 3, \"dist\": 4}, {\"id\": 33, \"preset\": 0}]}", 0},
    {"shuffle", "{\"id\": \"shuffle\", \"elementsize\": 4}", SIZED},
    {"crc32", "{\"id\": \"crc32\"}", CHECKED | FRAMED | SIZED},
    {"crc32", "{\"id\": \"crc32\", \"location\": \"end\"}", CHECKED | FRAMED | SIZED},
    {"crc32c", "{\"id\": \"crc32c\"}", CHECKED | FRAMED | SIZED},
    {"adler32", "{\"id\": \"adler32\"}", CHECKED | FRAMED | SIZED},
    {"fletcher32", "{\"id\": \"fletcher32\"}", CHECKED | FRAMED | SIZED},
    {"jenkins_lookup3", "{\"id\": \"jenkins_lookup3\", \"initval\": 7}", CHECKED | FRAMED | SIZED},
    {"base64", "{\"id\": \"base64\"}", 0},
};
enum { NSAMPLES = sizeof SAMPLES / sizeof SAMPLES[0] };

/* Codecs that need to know the array: filters.c and objects.c go through these. */
static const char *const OF_ARRAYS[] = {"delta", "fixedscaleoffset", "quantize", "bitround", "packbits", "astype", "zfpy", "pcodec"};
static const char *const OF_OBJECTS[] = {"categorize", "vlen-utf8", "vlen-bytes", "vlen-array", "json2", "msgpack2", "pickle"};

#endif
