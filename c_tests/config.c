/* Configurations: what numcodecs takes is taken and printed as Python prints it; the rest is refused with the name of the key. */
#include "check.h"

static void printed(const char *given, const char *wanted)
{
    nc_codec *codec = NULL;
    CHECK_OK(nc_codec_from_config(given, NULL, &codec, &err));
    if (codec && !CHECK(strcmp(nc_codec_config(codec), wanted) == 0))
        printf("    %s is printed as %s\n", given, nc_codec_config(codec));
    nc_codec_free(codec);
}

static void refused(const char *given, nc_status status, const char *id, const char *path)
{
    nc_codec *codec = (nc_codec *)&err;
    CHECK_STATUS(nc_codec_from_config(given, NULL, &codec, &err), status);
    CHECK(codec == NULL);
    if (!CHECK(strcmp(err.codec, id) == 0 && strcmp(err.path, path) == 0))
        printf("    %s: codec \"%s\", path \"%s\", \"%s\"\n", given, err.codec, err.path, err.message);
}

static void equality(void)
{
    nc_codec *a = need_codec("{\"id\": \"blosc\", \"cname\": \"zstd\", \"clevel\": 5}");
    nc_codec *b = need_codec("{\"clevel\": 5, \"cname\": \"zstd\", \"shuffle\": 1, \"id\": \"blosc\"}");
    nc_codec *c = need_codec("{\"id\": \"blosc\", \"cname\": \"zstd\", \"clevel\": 6}");
    CHECK(nc_codec_equal(a, b) == 1 && nc_codec_equal(a, a) == 1);
    CHECK(nc_codec_equal(a, c) == 0);
    nc_codec_free(a);
    nc_codec_free(b);
    nc_codec_free(c);

    /* as in Python, a location that was given is part of the configuration */
    a = need_codec("{\"id\": \"crc32\"}");
    b = need_codec("{\"id\": \"crc32\", \"location\": \"start\"}");
    CHECK(nc_codec_equal(a, b) == 0);
    nc_codec_free(a);
    nc_codec_free(b);
}

static void printable_errors(void)
{
    nc_codec *codec = NULL;
    CHECK_STATUS(nc_codec_from_config("{\"id\": \"zlib\", \"\\u001b[31m\\n\": 1}", NULL, &codec, &err), NUMCODECS_ERR_CONFIG);
    for (const char *p = err.message; *p; p++)
        CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
    CHECK(strchr(err.path, '\033') == NULL && strchr(err.path, '\n') == NULL);
    CHECK_STATUS(nc_codec_from_config("{\"id\": \"z\xff\"}", NULL, &codec, &err), NUMCODECS_ERR_CONFIG);

    /* text longer than its field is cut, and still ends */
    char json[2000] = "{\"id\": \"";
    memset(json + 8, 'x', 1900);
    strcpy(json + 1908, "\"}");
    CHECK_STATUS(nc_codec_from_config(json, NULL, &codec, &err), NUMCODECS_ERR_UNKNOWN_CODEC);
    CHECK(memchr(err.codec, '\0', sizeof err.codec) && memchr(err.path, '\0', sizeof err.path));
}

int main(void)
{
    printed("{\"id\": \"zlib\"}", "{\"id\":\"zlib\",\"level\":1}");
    printed("{\"level\": -1, \"id\": \"gzip\"}", "{\"id\":\"gzip\",\"level\":-1}");
    printed("{\"id\": \"bz2\"}", "{\"id\":\"bz2\",\"level\":1}");
    printed("{\"id\": \"blosc\"}",
            "{\"id\":\"blosc\",\"cname\":\"lz4\",\"clevel\":5,\"shuffle\":1,\"blocksize\":0}");
    printed("{\"id\": \"lzma\"}", "{\"id\":\"lzma\",\"format\":1,\"check\":-1,\"preset\":null,\"filters\":null}");
    printed("{\"id\": \"zstd\"}", "{\"id\":\"zstd\",\"level\":0,\"checksum\":false}");
    printed("{\"id\": \"shuffle\"}", "{\"id\":\"shuffle\",\"elementsize\":4}");
    printed("{\"id\": \"fletcher32\"}", "{\"id\":\"fletcher32\"}");
    printed("{\"id\": \"base64\"}", "{\"id\":\"base64\"}");
    printed("{\"id\": \"crc32\"}", "{\"id\":\"crc32\"}");
    printed("{\"id\": \"crc32\", \"location\": \"end\"}", "{\"id\":\"crc32\",\"location\":\"end\"}");
    printed("{\"id\": \"jenkins_lookup3\"}", "{\"id\":\"jenkins_lookup3\",\"initval\":0,\"prefix\":null}");

    /* values that numcodecs clamps are printed as given */
    printed("{\"id\": \"zstd\", \"level\": 99}", "{\"id\":\"zstd\",\"level\":99,\"checksum\":false}");
    printed("{\"id\": \"lz4\", \"acceleration\": -7}", "{\"id\":\"lz4\",\"acceleration\":-7}");
    printed("{\"id\": \"blosc\", \"clevel\": 3.0}",
            "{\"id\":\"blosc\",\"cname\":\"lz4\",\"clevel\":3.0,\"shuffle\":1,\"blocksize\":0}");

    refused("{\"id\": \"zlib\", \"lvl\": 3}", NUMCODECS_ERR_CONFIG, "zlib", "lvl");
    refused("{\"id\": \"zlib\", \"level\": \"9\"}", NUMCODECS_ERR_CONFIG, "zlib", "level");
    refused("{\"id\": \"zlib\", \"level\": 10}", NUMCODECS_ERR_CONFIG, "zlib", "level");
    refused("{\"id\": \"zlib\", \"level\": 1.5}", NUMCODECS_ERR_CONFIG, "zlib", "level");
    refused("{\"id\": \"zlib\", \"level\": null}", NUMCODECS_ERR_CONFIG, "zlib", "level");
    refused("{\"id\": \"bz2\", \"level\": 0}", NUMCODECS_ERR_CONFIG, "bz2", "level");
    refused("{\"id\": \"blosc\", \"cname\": \"gzip\"}", NUMCODECS_ERR_CONFIG, "blosc", "cname");
    refused("{\"id\": \"blosc\", \"clevel\": 10}", NUMCODECS_ERR_CONFIG, "blosc", "clevel");
    refused("{\"id\": \"blosc\", \"shuffle\": 3}", NUMCODECS_ERR_CONFIG, "blosc", "shuffle");
    refused("{\"id\": \"blosc\", \"blocksize\": 3000000000}", NUMCODECS_ERR_CONFIG, "blosc", "blocksize");
    refused("{\"id\": \"lzma\", \"preset\": 10}", NUMCODECS_ERR_CONFIG, "lzma", "preset");
    refused("{\"id\": \"lzma\", \"format\": 4}", NUMCODECS_ERR_CONFIG, "lzma", "format");
    refused("{\"id\": \"shuffle\", \"elementsize\": null}", NUMCODECS_ERR_CONFIG, "shuffle", "elementsize");
    refused("{\"id\": \"crc32\", \"location\": \"middle\"}", NUMCODECS_ERR_CONFIG, "crc32", "location");
    refused("{\"id\": \"zstd\", \"level\": 3000000000}", NUMCODECS_ERR_CONFIG, "zstd", "level");

    refused("{\"id\": \"nonsense\"}", NUMCODECS_ERR_UNKNOWN_CODEC, "", "id");
    refused("{\"id\": \"ZLIB\"}", NUMCODECS_ERR_UNKNOWN_CODEC, "", "id");
    refused("{\"id\": null}", NUMCODECS_ERR_UNKNOWN_CODEC, "", "id");
    refused("{}", NUMCODECS_ERR_UNKNOWN_CODEC, "", "id");
    refused("", NUMCODECS_ERR_CONFIG, "", "");
    refused("{\"id\": \"zlib\"", NUMCODECS_ERR_CONFIG, "", "");
    refused("null", NUMCODECS_ERR_CONFIG, "", "");
    refused("[{\"id\": \"zlib\"}, 2]", NUMCODECS_ERR_CONFIG, "", "[1]");

    equality();
    printable_errors();
    return report("config");
}
