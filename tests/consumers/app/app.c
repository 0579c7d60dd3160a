/* A program of somebody else: compresses, decompresses, prints the version of the library. */
#include <numcodecs.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    nc_codec *codec;
    nc_buffer *encoded, *decoded;
    if (nc_codec_from_config("{\"id\": \"blosc\", \"cname\": \"zstd\"}", NULL, &codec, NULL) != NUMCODECS_OK
        || nc_encode(codec, NULL, "outside the tree", 16, NULL, NULL, &encoded, NULL) != NUMCODECS_OK
        || nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, NULL) != NUMCODECS_OK)
        return 1;
    int same = nc_buffer_nbytes(decoded) == 16 && memcmp(nc_buffer_data(decoded), "outside the tree", 16) == 0;
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
    printf("%s\n", nc_codec_library_version());
    return same ? 0 : 1;
}
