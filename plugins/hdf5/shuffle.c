/* HDF5's shuffle (2) and fletcher32 (3). HDF5 has its own; these are for NCZarr. */
#include "filter.h"

#include <stdio.h>
#include <string.h>

static int shuffle_to_json(const struct values *values, char *json)
{
    unsigned size = values->n > 0 ? values->v[0] : 0;
    return size <= 0x7fffffff && snprintf(json, MAX_JSON + 1, "{\"id\":\"shuffle\",\"elementsize\":%u}", size) > 0;
}

static int shuffle_from_json(const char *config, struct values *values)
{
    double size;
    if (!config_number(config, "elementsize", &size) || size < 0 || size > 0x7fffffff)
        return 0;
    values->n = 1;
    values->v[0] = (unsigned)size;
    return 1;
}

/* Whole elements are shuffled, a rest is copied: HDF5 does so, numcodecs refuses it. */
static int shuffle_run(const struct ready *ready, void *src, size_t n, struct block *out)
{
    unsigned size = ready->values.n > 0 ? ready->values.v[0] : 0;
    size_t rest = size > 1 ? n % size : 0;
    if (!reserve(out, n) || !codec_run(ready->codec, NULL, ready->decoding, src, n - rest, n, out))
        return 0;
    memcpy((char *)out->data + out->nbytes, (const char *)src + n - rest, rest);
    out->nbytes += rest;
    return out->nbytes == n;
}

static int fletcher32_to_json(const struct values *values, char *json)
{
    (void)values;
    return snprintf(json, MAX_JSON + 1, "{\"id\":\"fletcher32\"}") > 0;
}

static int no_values(const char *config, struct values *values)
{
    (void)config;
    values->n = 0;
    return 1;
}

const struct native shuffle_native = {shuffle_to_json, shuffle_from_json, NULL, shuffle_run, NULL, 1};
const struct native fletcher32_native = {fletcher32_to_json, no_values, NULL, NULL, NULL, 0};
