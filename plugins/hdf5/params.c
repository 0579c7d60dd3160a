/* Packed values: the number of bytes, the bytes of the text four to a value, the first in the low 8 bits. Behind the JSON there may be
 * the chunk: its dtype packed the same way, then 1 if decoding must give just that, the number of dimensions, and the extents. */
#include "filter.h"

#include <string.h>

static size_t values_for(size_t nbytes)
{
    return 1 + (nbytes + 3) / 4;
}

static int pack(const char *text, struct values *values)
{
    size_t nbytes = strlen(text);
    if (values->n + values_for(nbytes) > MAX_VALUES)
        return 0;
    unsigned *v = values->v + values->n;
    values->n += values_for(nbytes);
    *v++ = (unsigned)nbytes;
    for (size_t i = 0; i < nbytes; i++) {
        unsigned byte = (unsigned char)text[i];
        v[i / 4] = i % 4 ? v[i / 4] | byte << 8 * (i % 4) : byte;
    }
    return 1;
}

/* Reads a text at *at and goes behind it. A NUL among the bytes is refused: it would hide the rest. */
static int unpack(const struct values *values, size_t *at, char *text, size_t room)
{
    if (*at >= values->n)
        return 0;
    size_t nbytes = values->v[*at];
    if (nbytes >= room || values_for(nbytes) > values->n - *at)
        return 0;
    const unsigned *v = values->v + *at + 1;
    for (size_t i = 0; i < nbytes; i++)
        text[i] = (char)(v[i / 4] >> 8 * (i % 4) & 0xff);
    text[nbytes] = '\0';
    *at += values_for(nbytes);
    return strlen(text) == nbytes;
}

int is_packed(const struct values *values)
{
    return values->n > 1 && (values->v[1] & 0xff) == '{' && values_for(values->v[0]) <= values->n;
}

int pack_json(const char *json, struct values *values)
{
    values->n = 0;
    return pack(json, values);
}

int unpack_json(const struct values *values, char json[MAX_JSON + 1])
{
    size_t at = 0;
    return unpack(values, &at, json, MAX_JSON + 1);
}

/* Puts the chunk behind the JSON, in the place of one that was there. */
int pack_chunk(struct values *values, const struct chunk *chunk)
{
    struct values all = *values;
    all.n = values_for(values->v[0]);
    if (!pack(chunk->dtype, &all) || all.n + 2 + (size_t)chunk->ndim > MAX_VALUES)
        return 0;
    all.v[all.n++] = (unsigned)chunk->exact;
    all.v[all.n++] = (unsigned)chunk->ndim;
    for (int i = 0; i < chunk->ndim; i++)
        all.v[all.n++] = (unsigned)chunk->shape[i];
    *values = all;
    return 1;
}

/* 0 where the values hold no chunk, or none that makes sense. */
int unpack_chunk(const struct values *values, struct chunk *chunk)
{
    size_t at = values_for(values->v[0]);
    if (!unpack(values, &at, chunk->dtype, MAX_DTYPE) || values->n - at < 2 || values->v[at + 1] > MAX_NDIM)
        return 0;
    chunk->exact = values->v[at++] != 0;
    chunk->ndim = (int)values->v[at++];
    if (values->n - at < (size_t)chunk->ndim)
        return 0;
    for (int i = 0; i < chunk->ndim; i++)
        chunk->shape[i] = values->v[at++];
    return 1;
}

int copy_values(struct values *to, size_t n, const unsigned *v)
{
    if (n > MAX_VALUES)
        return 0;
    to->n = n;
    if (n > 0)
        memcpy(to->v, v, n * sizeof *v);
    return 1;
}
