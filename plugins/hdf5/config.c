/* Configurations as text. nc_codec_config prints them without white space, which these functions rely on. */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* End of the member of an object that begins at p: its comma or the closing brace. */
static const char *member_end(const char *p)
{
    int depth = 0, quoted = 0;
    for (; *p; p++) {
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && depth == 0 && (*p == ',' || *p == '}'))
            return p;
        else if (!quoted && (*p == '{' || *p == '['))
            depth++;
        else if (!quoted && (*p == '}' || *p == ']'))
            depth--;
    }
    return p;
}

/* Value of a key at the top of a configuration, NULL = not there. */
static const char *find_value(const char *config, const char *key)
{
    size_t length = strlen(key);
    for (const char *p = config; *p && *p != '}'; p = member_end(p + 1))
        if (p[1] == '"' && strncmp(p + 2, key, length) == 0 && strncmp(p + 2 + length, "\":", 2) == 0)
            return p + length + 4;
    return NULL;
}

int config_number(const char *config, const char *key, double *number)
{
    const char *value = find_value(config, key);
    char *end = NULL;
    if (value)
        *number = strtod(value, &end);
    return value && end != value;
}

/* Is the value this word, in quotes or without? */
int config_is(const char *config, const char *key, const char *text)
{
    const char *value = find_value(config, key);
    size_t length = strlen(text);
    if (value && *value == '"')
        value++;
    return value && strncmp(value, text, length) == 0 && strchr("\",}", value[length]) != NULL;
}

/* The codec of a configuration if it is that of the filter. */
nc_codec *codec_of_filter(const struct filter *filter, const char *json, nc_error *err)
{
    nc_codec *codec = NULL;
    if (nc_codec_from_config(json, NULL, &codec, err) != NUMCODECS_OK)
        return NULL;
    if (config_is(nc_codec_config(codec), "id", filter->codec))
        return codec;
    nc_codec_free(codec);
    return NULL;
}

/* Is the codec the same without the member from p to end? Then takes it out of the text. */
static int drop_member(const nc_codec *codec, char *text, size_t p, size_t end)
{
    char *shorter = malloc(strlen(text) + 1);
    nc_codec *other = NULL;
    if (!shorter)
        return 0;
    sprintf(shorter, "%.*s%s", (int)p, text, text + end);
    int same = nc_codec_from_config(shorter, NULL, &other, NULL) == NUMCODECS_OK && nc_codec_equal(codec, other);
    if (same)
        strcpy(text, shorter);
    nc_codec_free(other);
    free(shorter);
    return same;
}

/* The shortest configuration of this codec: what is a default is left out. */
int minimal_config(const nc_codec *codec, char json[MAX_JSON + 1])
{
    const char *config = nc_codec_config(codec);
    char *text = malloc(strlen(config) + 1);
    if (!text)
        return 0;
    strcpy(text, config);
    /* the first member is the id */
    for (size_t p = (size_t)(member_end(text + 1) - text); text[p] == ',';) {
        size_t end = (size_t)(member_end(text + p + 1) - text);
        if (!drop_member(codec, text, p, end))
            p = end;
    }
    int fits = strlen(text) <= MAX_JSON;
    if (fits)
        strcpy(json, text);
    free(text);
    return fits;
}

/* The configuration that values of either form stand for. */
int values_to_config(const struct filter *filter, const struct values *values, char json[MAX_JSON + 1])
{
    if (is_packed(values))
        return unpack_json(values, json);
    const struct native *native = native_of(filter);
    return native && native->to_json(values, json);
}

int config_to_values(const struct filter *filter, const nc_codec *codec, struct values *values)
{
    char json[MAX_JSON + 1];
    const struct native *native = native_of(filter);
    if (native)
        return native->from_json(nc_codec_config(codec), values);
    return minimal_config(codec, json) && pack_json(json, values);
}
