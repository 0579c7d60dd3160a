/* LZ4 (32004). Its chunks have a framing of their own, all numbers big-endian: bytes in all (8), bytes of a block (4), then for each
 * block its stored bytes (4) and an LZ4 block, or the bytes as they are where that is not smaller. The last block may be shorter.
 * Values: bytes of a block, 0 = 1 GiB; and, here only, the acceleration. */
#include "filter.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 12, BLOCK_HEAD = 4, DEFAULT_BLOCK = 1 << 30, MAX_BLOCK = 0x7e000000, MOST_RATIO = 255 };

static uint64_t read_big(const unsigned char *p, int nbytes)
{
    uint64_t number = 0;
    while (nbytes-- > 0)
        number = number << 8 | *p++;
    return number;
}

static void write_big(unsigned char *p, int nbytes, uint64_t number)
{
    while (nbytes-- > 0) {
        p[nbytes] = (unsigned char)(number & 0xff);
        number >>= 8;
    }
}

static void write_little(unsigned char *p, uint32_t number)
{
    for (int i = 0; i < BLOCK_HEAD; i++)
        p[i] = (unsigned char)(number >> 8 * i & 0xff);
}

static int lz4_to_json(const struct values *values, char *json)
{
    int acceleration = values->n > 1 ? (int)values->v[1] : NUMCODECS_LZ4_DEFAULT_ACCELERATION;
    if (values->n > 0 && values->v[0] > MAX_BLOCK)
        return 0;
    return snprintf(json, MAX_JSON + 1, "{\"id\":\"lz4\",\"acceleration\":%d}", acceleration) > 0;
}

static int lz4_from_json(const char *config, struct values *values)
{
    double acceleration;
    if (!config_number(config, "acceleration", &acceleration))
        return 0;
    values->n = 1;
    values->v[0] = 0;
    if (acceleration != NUMCODECS_LZ4_DEFAULT_ACCELERATION)
        values->v[values->n++] = (unsigned)(int)acceleration;
    return 1;
}

/* The codec writes four bytes of size before its block, just where the framing has the stored bytes. */
static int encode_block(const struct ready *ready, const unsigned char *src, size_t n, struct block *out)
{
    size_t start = out->nbytes;
    if (!codec_run(ready->codec, NULL, 0, src, n, MAX_CHUNK, out))
        return 0;
    if (out->nbytes - start - BLOCK_HEAD >= n) {
        out->nbytes = start + BLOCK_HEAD + n;
        if (!reserve(out, out->nbytes))
            return 0;
        memcpy((unsigned char *)out->data + start + BLOCK_HEAD, src, n);
    }
    write_big((unsigned char *)out->data + start, BLOCK_HEAD, out->nbytes - start - BLOCK_HEAD);
    return 1;
}

static int encode(const struct ready *ready, const unsigned char *src, size_t n, struct block *out)
{
    size_t block = ready->values.n > 0 && ready->values.v[0] ? ready->values.v[0] : DEFAULT_BLOCK;
    if (block > n)
        block = n;
    if (n > MAX_CHUNK || !reserve(out, HEAD + n + n / 128 + 64))
        return 0;
    write_big(out->data, 8, n);
    write_big((unsigned char *)out->data + 8, 4, block);
    out->nbytes = HEAD;
    for (size_t at = 0; at < n; at += block)
        if (!encode_block(ready, src + at, n - at < block ? n - at : block, out))
            return 0;
    return 1;
}

/* One block that must give n bytes. The codec wants that number, little-endian, where the stored bytes stand: it is there for the
 * call only, so that a chunk that cannot be decoded is left as it was. */
static int decode_block(const struct ready *ready, unsigned char *head, size_t stored, size_t n, struct block *out)
{
    unsigned char before[BLOCK_HEAD];
    size_t start = out->nbytes;
    if (stored == n) {
        memcpy((unsigned char *)out->data + start, head + BLOCK_HEAD, n);
        out->nbytes += n;
        return 1;
    }
    memcpy(before, head, BLOCK_HEAD);
    write_little(head, (uint32_t)n);
    int good = codec_run(ready->codec, NULL, 1, head, BLOCK_HEAD + stored, n, out) && out->nbytes - start == n;
    memcpy(head, before, BLOCK_HEAD);
    return good;
}

/* Nothing that the chunk says is believed: blocks must fill it to the last byte and give the bytes it promises. */
static int decode(const struct ready *ready, unsigned char *src, size_t n, struct block *out)
{
    if (n < HEAD)
        return 0;
    uint64_t total = read_big(src, 8), block = read_big(src + 8, 4);
    unsigned char *end = src + n;
    src += HEAD;
    if (total > MAX_CHUNK || total / MOST_RATIO > n || block > MAX_BLOCK || (block == 0 && total > 0) || !reserve(out, (size_t)total))
        return 0;
    while (out->nbytes < total) {
        if (end - src < BLOCK_HEAD)
            return 0;
        uint64_t stored = read_big(src, BLOCK_HEAD), left = total - out->nbytes;
        if (stored > (uint64_t)(end - src - BLOCK_HEAD)
            || !decode_block(ready, src, (size_t)stored, (size_t)(left < block ? left : block), out))
            return 0;
        src += BLOCK_HEAD + stored;
    }
    return src == end;
}

static int lz4_run(const struct ready *ready, void *src, size_t n, struct block *out)
{
    return ready->decoding ? decode(ready, src, n, out) : encode(ready, src, n, out);
}

const struct native lz4_native = {lz4_to_json, lz4_from_json, NULL, lz4_run, NULL, 0};
