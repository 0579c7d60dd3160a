/* zfp (32013). In an HDF5 file the zfp header stands in the values and chunks hold only what follows it; the codec "zfpy" has both
 * together. Values come as
 *   the user's   mode (1 rate, 2 precision, 3 accuracy, 4 expert, 5 reversible), 0, and what belongs to it: a double as two values,
 *                low half first, or an integer
 *   stored       versions, then the header, 4 bytes a value, the first in the low 8 bits
 * Bits of the header: 32 magic, 2 type, 2 dimensions - 1, 48 extents - 1 (last axis first), 12 mode, and after mode 4095 52 more. */
#include "filter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 1, PRECISION = 2, ACCURACY = 3, EXPERT = 4, REVERSIBLE = 5, USER_VALUES = 6 };
enum { MAGIC = 0x0570667a, VERSIONS = 0x10105111, MAX_ZFP_NDIM = 4 };
enum { TYPE_AT = 32, NDIM_AT = 34, EXTENTS_AT = 36, EXTENTS_BITS = 48, MODE_AT = 84, SHORT_BITS = 96, LONG_BITS = 148, LONG_MODE = 4095 };
enum { RATE_MODES = 2048, PRECISION_MODES = 2176, REVERSIBLE_MODE = 2176, ACCURACY_MODES = 2177, MIN_EXPONENT = -1074 };

static int is_stored(const struct values *values)
{
    return values->n > 3 && values->v[1] == MAGIC;
}

/* Up to 52 bits of the header. */
static uint64_t header_bits(const struct values *values, size_t at, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        size_t word = 1 + (at + i) / 32;
        if (word < values->n)
            bits |= (uint64_t)(values->v[word] >> (at + i) % 32 & 1) << i;
    }
    return bits;
}

static size_t header_length(const struct values *values)
{
    return header_bits(values, MODE_AT, 12) == LONG_MODE ? LONG_BITS : SHORT_BITS;
}

/* Type and shape of the chunk, from the header. */
static int zfp_chunk(const struct values *values, struct chunk *chunk)
{
    static const char *const types[] = {"i4", "i8", "f4", "f8"};
    const unsigned one = 1;
    if (!is_stored(values))
        return 0;
    snprintf(chunk->dtype, sizeof chunk->dtype, "%c%s", *(const unsigned char *)&one ? '<' : '>', types[header_bits(values, TYPE_AT, 2)]);
    chunk->exact = 1;
    chunk->ndim = 1 + (int)header_bits(values, NDIM_AT, 2);
    size_t width = EXTENTS_BITS / (size_t)chunk->ndim;
    for (int i = 0; i < chunk->ndim; i++)
        chunk->shape[chunk->ndim - 1 - i] = 1 + (int64_t)header_bits(values, EXTENTS_AT + (size_t)i * width, width);
    return 1;
}

/* The shortest text of a number. */
static int config_with(const char *mode, const char *key, double number, char *json)
{
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return isfinite(number) && snprintf(json, MAX_JSON + 1, "{\"id\":\"zfpy\",\"mode\":%s,\"%s\":%s}", mode, key, text) > 0;
}

static int stored_to_json(const struct values *values, char *json)
{
    unsigned mode = (unsigned)header_bits(values, MODE_AT, 12);
    unsigned items = 1u << 2 * (1 + header_bits(values, NDIM_AT, 2)); /* of a block */
    if (mode < RATE_MODES)
        return config_with("2", "rate", (mode + 1.0) / items, json);
    if (mode < PRECISION_MODES)
        return config_with("3", "precision", mode - RATE_MODES + 1.0, json);
    if (mode == REVERSIBLE_MODE)
        return config_with("4", "tolerance", -1, json);
    if (mode < LONG_MODE)
        return config_with("4", "tolerance", ldexp(1, (int)mode - ACCURACY_MODES + MIN_EXPONENT), json);
    uint64_t least = header_bits(values, SHORT_BITS, 15), most = header_bits(values, SHORT_BITS + 15, 15);
    return least == most && config_with("2", "rate", ((double)most + 1) / items, json); /* zfpy has no other expert modes */
}

static double user_double(const struct values *values)
{
    uint64_t bits = (uint64_t)values->v[3] << 32 | values->v[2];
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static int zfp_to_json(const struct values *values, char *json)
{
    if (is_stored(values))
        return stored_to_json(values, json);
    unsigned mode = values->n > 0 ? values->v[0] : 0;
    if (mode == REVERSIBLE)
        return config_with("4", "tolerance", -1, json);
    if (mode == PRECISION && values->n > 2)
        return config_with("3", "precision", values->v[2], json);
    if ((mode != RATE && mode != ACCURACY) || values->n < 4 || !(user_double(values) >= 0))
        return 0;
    return mode == RATE ? config_with("2", "rate", user_double(values), json) : config_with("4", "tolerance", user_double(values), json);
}

static void set_double(struct values *values, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    values->v[2] = (unsigned)(bits & 0xffffffff);
    values->v[3] = (unsigned)(bits >> 32);
}

static int zfp_from_json(const char *config, struct values *values)
{
    static const char *const keys[] = {"rate", "precision", "tolerance"};
    double mode, number;
    if (!config_number(config, "mode", &mode) || !(mode >= 2 && mode <= 4) || !config_number(config, keys[(int)mode - 2], &number))
        return 0;
    *values = (struct values){USER_VALUES, {number < 0 ? (unsigned)REVERSIBLE : (unsigned)mode - 1}};
    if (number >= 0 && mode == 3)
        values->v[2] = (unsigned)number;
    else if (number >= 0)
        set_double(values, number);
    return 1;
}

/* Without extents of 1, which the header has no room for beyond four. */
static struct chunk squeeze(const struct chunk *chunk)
{
    struct chunk small = *chunk;
    small.ndim = 0;
    for (int i = 0; i < chunk->ndim; i++)
        if (chunk->shape[i] != 1)
            small.shape[small.ndim++] = chunk->shape[i];
    if (small.ndim == 0)
        small.shape[small.ndim++] = 1;
    return small;
}

/* Header of such a chunk: encodes one full of zeros. */
static int find_header(const struct values *values, const struct chunk *chunk, struct values *stored)
{
    char json[MAX_JSON + 1];
    struct block out = {0};
    nc_codec *codec = zfp_to_json(values, json) ? codec_of_filter(filter_of_codec("zfpy"), json, NULL) : NULL;
    nc_layout *layout = chunk_layout(chunk);
    size_t n = layout ? (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES) : 0;
    void *zeros = n <= MAX_CHUNK ? calloc(n ? n : 1, 1) : NULL;
    int good = codec && zeros && codec_run(codec, layout, 0, zeros, n, SIZE_MAX, &out);
    *stored = (struct values){1, {VERSIONS}};
    for (size_t i = 0; good && i * 32 < (stored->n < 4 ? SHORT_BITS : header_length(stored)); i++) {
        unsigned char *p = (unsigned char *)out.data + 4 * i;
        stored->v[stored->n++] = p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16 | (unsigned)p[3] << 24;
    }
    if (good && header_length(stored) == LONG_BITS)
        stored->v[5] &= (1u << LONG_BITS % 32) - 1;
    free(zeros);
    free(out.data);
    nc_layout_free(layout);
    nc_codec_free(codec);
    return good;
}

/* The header must also lead back to the configuration: it is all that encoding will have. */
static int zfp_set_local(struct values *values, const struct chunk *chunk)
{
    struct values stored, again;
    struct chunk small;
    if (!chunk)
        return 0;
    small = squeeze(chunk);
    if (small.ndim > MAX_ZFP_NDIM || !find_header(values, &small, &stored) || !find_header(&stored, &small, &again)
        || again.n != stored.n || memcmp(again.v, stored.v, stored.n * sizeof *stored.v) != 0)
        return 0;
    *values = stored;
    return 1;
}

/* Takes the header off. The long one ends in the middle of a byte. */
static void cut_header(struct block *out, size_t length)
{
    unsigned char *p = out->data;
    size_t skip = length / 8;
    out->nbytes -= skip;
    memmove(p, p + skip, out->nbytes);
    if (length % 8 == 0)
        return;
    for (size_t i = 0; i < out->nbytes; i++)
        p[i] = (unsigned char)(p[i] >> 4 | (i + 1 < out->nbytes ? p[i + 1] << 4 : 0));
}

/* The header and then the chunk, with a few zeros behind it. */
static unsigned char *join_header(const struct values *values, const unsigned char *src, size_t n, size_t *nbytes)
{
    size_t length = header_length(values), at = length / 8;
    *nbytes = (length / 8 + 1 + n + 7) / 8 * 8;
    unsigned char *p = calloc(*nbytes, 1);
    if (!p)
        return NULL;
    for (size_t i = 0; i * 8 < length; i++)
        p[i] = (unsigned char)header_bits(values, 8 * i, 8);
    if (length % 8 == 0)
        memcpy(p + at, src, n);
    else
        for (size_t i = 0; i < n; i++) {
            p[at + i] = (unsigned char)((p[at + i] & 0x0f) | src[i] << 4);
            p[at + i + 1] = src[i] >> 4;
        }
    return p;
}

static int decode(const struct ready *ready, const void *src, size_t n, struct block *out)
{
    size_t nbytes, expected = (size_t)nc_layout_query(ready->layout, NUMCODECS_Q_NBYTES);
    unsigned char *joined = join_header(&ready->values, src, n, &nbytes);
    int good = joined && codec_run(ready->codec, NULL, 1, joined, nbytes, expected, out) && out->nbytes == expected;
    free(joined);
    return good;
}

static int encode(const struct ready *ready, const void *src, size_t n, struct block *out)
{
    if (!codec_run(ready->codec, ready->layout, 0, src, n, SIZE_MAX, out))
        return 0;
    cut_header(out, header_length(&ready->values));
    return 1;
}

static int zfp_run(const struct ready *ready, void *src, size_t n, struct block *out)
{
    if (!ready->layout)
        return 0;
    return ready->decoding ? decode(ready, src, n, out) : encode(ready, src, n, out);
}

const struct native zfp_native = {zfp_to_json, zfp_from_json, zfp_set_local, zfp_run, zfp_chunk, 0};
