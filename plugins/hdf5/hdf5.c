/* The half of a plug-in that HDF5 calls. */
#include "hdf5.h"
#include "filter.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_EXTENT = 64, OTHER_EXTENTS = 4 };

/* A small chunk of the same type. */
static struct chunk few_items(const struct chunk *chunk)
{
    struct chunk few = *chunk;
    for (int i = 0; i < few.ndim; i++) {
        int64_t most = i == few.ndim - 1 ? LAST_EXTENT : i < 4 ? OTHER_EXTENTS : 1;
        few.shape[i] = few.shape[i] < most ? few.shape[i] : most;
    }
    return few;
}

static int encodes(const nc_codec *codec, const nc_layout *layout, unsigned char *items, size_t n, int pattern, nc_error *err)
{
    struct block out = {0};
    memset(items, pattern, n);
    int good = codec_run(codec, layout, 0, items, n, MAX_CHUNK, &out);
    free(out.data);
    *err = out.err;
    return good;
}

/* Does the codec take a few items of awkward bytes: numbers that a narrower type cannot hold, NaNs? */
static int tries_well(const nc_codec *codec, const struct chunk *chunk, nc_error *err)
{
    struct chunk few = few_items(chunk);
    nc_layout *layout = chunk_layout(&few);
    size_t n = layout ? (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES) : 1;
    unsigned char *items = malloc(n);
    int good = items && encodes(codec, layout, items, n, 0x00, err) && encodes(codec, layout, items, n, 0x7f, err)
        && encodes(codec, layout, items, n, 0x80, err) && encodes(codec, layout, items, n, 0xff, err);
    free(items);
    nc_layout_free(layout);
    return good;
}

static int takes_chunk(const nc_codec *codec, const struct chunk *chunk, int optional, nc_error *err)
{
    nc_layout *layout = chunk_layout(chunk);
    size_t n = layout ? (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES) : 1;
    int sized = n <= MAX_CHUNK && encoded_bound(codec, layout, n, err) > 0;
    nc_layout_free(layout);
    if (!sized && err->code != NUMCODECS_ERR_UNKNOWN_SIZE)
        return 0;
    return (sized && optional) || tries_well(codec, chunk, err);
}

/* Encoding must not fail later, when HDF5 can only lose the chunk; so whatever could is refused here. An optional filter may fail. */
static int is_sound(const struct dataset *dataset, nc_error *err)
{
    const struct native *native = native_of(this_filter());
    const struct chunk *chunk = &dataset->chunk;
    struct values local = dataset->values;
    char json[MAX_JSON + 1];
    if (!values_to_config(this_filter(), &local, json))
        return 0;
    nc_codec *codec = codec_of_filter(this_filter(), json, err);
    int good = codec && (!native || !native->set_local || native->set_local(&local, chunk->dtype[0] ? chunk : NULL));
    if (good && !(native && native->chunk)) /* such a set_local has tried it */
        good = takes_chunk(codec, chunk, dataset->flags & HDF5_FLAG_OPTIONAL, err);
    nc_codec_free(codec);
    return good;
}

/* Without facts (HDF5 linked statically, its functions not exported) a filter whose values stay as they are may run. */
static int works_without_facts(void)
{
    const struct native *native = native_of(this_filter());
    return native && !native->set_local;
}

/* 1 = yes; -1 = the dataset is not made. 0 would let HDF5 call an optional filter all the same. */
int hdf5_can_apply(hid_t dcpl, hid_t type, hid_t space)
{
    const void *caller = __builtin_return_address(0);
    struct dataset dataset;
    nc_error err = {0};
    (void)space;
    int known = read_dataset(caller, dcpl, type, this_filter(), &dataset);
    if (known == NO_FACTS && works_without_facts())
        return 1;
    if (known == 1 && is_sound(&dataset, &err))
        return 1;
    complain(caller, &err);
    return -1;
}

/* The values that HDF5 is to store: native filters have their own ways, the others get the chunk behind their JSON. */
static int localise(struct dataset *dataset)
{
    const struct native *native = native_of(this_filter());
    const struct chunk *chunk = dataset->chunk.dtype[0] ? &dataset->chunk : NULL;
    if (native)
        return native->set_local(&dataset->values, chunk);
    return !chunk || pack_chunk(&dataset->values, chunk);
}

int hdf5_set_local(hid_t dcpl, hid_t type, hid_t space)
{
    const void *caller = __builtin_return_address(0);
    struct dataset dataset;
    (void)space;
    if (works_without_facts())
        return 1;
    int known = read_dataset(caller, dcpl, type, this_filter(), &dataset);
    return known == 1 && localise(&dataset) && store_values(caller, dcpl, this_filter(), &dataset) ? 1 : -1;
}

/* Bytes of the result, 0 = failed, and then nothing has changed. */
size_t hdf5_filter(unsigned flags, size_t n, const unsigned v[], size_t nbytes, size_t *capacity, void **data)
{
    const void *caller = __builtin_return_address(0);
    struct values values;
    struct block out = {0};
    int decoding = (flags & HDF5_FLAG_REVERSE) != 0;
    struct ready *ready = copy_values(&values, n, v) ? take_ready(this_filter(), &values, decoding, &out.err) : NULL;
    int good = ready && run_filter(this_filter(), ready, *data, nbytes, &out) && out.nbytes > 0;
    if (ready)
        give_back(ready);
    if (!good) {
        complain(caller, &out.err);
        free(out.data);
        return 0;
    }
    free(*data);
    *data = out.data;
    *capacity = out.capacity;
    return out.nbytes;
}
