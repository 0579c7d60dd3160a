/* A program with a zstd and a zlib of its own beside the static library: each does its own work, and they understand each other. */
#include <numcodecs.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static char text[100000], packed[120000], back[100000];

/* What the program's own library packed, ours unpacks. */
static int unpack(const char *config, size_t n)
{
    nc_codec *codec;
    size_t written = 0;
    memset(back, 0, sizeof back);
    if (nc_codec_from_config(config, NULL, &codec, NULL) != NUMCODECS_OK)
        return 0;
    nc_status status = nc_decode_into(codec, packed, n, NULL, NULL, back, sizeof back, NULL, &written, NULL);
    nc_codec_free(codec);
    return status == NUMCODECS_OK && written == sizeof text && memcmp(text, back, sizeof text) == 0;
}

/* Packs with ours; the length, 0 after a failure. */
static size_t pack(const char *config)
{
    nc_codec *codec;
    size_t written = 0;
    if (nc_codec_from_config(config, NULL, &codec, NULL) != NUMCODECS_OK)
        return 0;
    if (nc_encode_into(codec, NULL, text, sizeof text, NULL, packed, sizeof packed, NULL, &written, NULL) != NUMCODECS_OK)
        written = 0;
    nc_codec_free(codec);
    return written;
}

int main(void)
{
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "a chunk of text "[i * i % 16];
    if (!unpack("{\"id\": \"zstd\"}", ZSTD_compress(packed, sizeof packed, text, sizeof text, 5)))
        return 1;
    size_t n = pack("{\"id\": \"zstd\"}");
    if (ZSTD_decompress(back, sizeof back, packed, n) != sizeof text || memcmp(text, back, sizeof text) != 0)
        return 2;
    uLongf bound = sizeof packed;
    if (compress2((Bytef *)packed, &bound, (const Bytef *)text, sizeof text, 6) != Z_OK || !unpack("{\"id\": \"zlib\"}", bound))
        return 3;
    n = pack("{\"id\": \"zlib\"}");
    uLongf room = sizeof back;
    if (uncompress((Bytef *)back, &room, (const Bytef *)packed, n) != Z_OK || memcmp(text, back, sizeof text) != 0)
        return 4;
    printf("zstd %s zlib %s\n", ZSTD_versionString(), zlibVersion());
    return 0;
}
