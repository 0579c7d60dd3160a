/* Filters whose values are a level: HDF5's deflate (codec zlib), bzip2 (307) and Zstandard (32015). Their chunks are those of the codecs.
 * zstd has a second value here, 1 = with a checksum, which other people's filters do not look at. */
#include "filter.h"

#include <stdio.h>

static int level_to_json(const char *codec, int level, char *json)
{
    return snprintf(json, MAX_JSON + 1, "{\"id\":\"%s\",\"level\":%d}", codec, level) > 0;
}

static int level_from_json(const char *config, struct values *values)
{
    double level;
    if (!config_number(config, "level", &level))
        return 0;
    values->n = 1;
    values->v[0] = (unsigned)(int)level;
    return 1;
}

static int deflate_to_json(const struct values *values, char *json)
{
    return level_to_json("zlib", values->n > 0 ? (int)values->v[0] : 6, json);
}

static int bzip2_to_json(const struct values *values, char *json)
{
    return level_to_json("bz2", values->n > 0 ? (int)values->v[0] : 9, json);
}

static int zstd_to_json(const struct values *values, char *json)
{
    int level = values->n > 0 ? (int)values->v[0] : 3;
    const char *checksum = values->n > 1 && values->v[1] ? "true" : "false";
    return snprintf(json, MAX_JSON + 1, "{\"id\":\"zstd\",\"level\":%d,\"checksum\":%s}", level, checksum) > 0;
}

static int zstd_from_json(const char *config, struct values *values)
{
    if (!level_from_json(config, values))
        return 0;
    if (config_is(config, "checksum", "true"))
        values->v[values->n++] = 1;
    return 1;
}

const struct native deflate_native = {deflate_to_json, level_from_json, NULL, NULL, NULL, 0};
const struct native bzip2_native = {bzip2_to_json, level_from_json, NULL, NULL, NULL, 0};
const struct native zstd_native = {zstd_to_json, zstd_from_json, NULL, NULL, NULL, 0};
