/* What HDF5 tells about a dataset that is being made: the values of a filter, and the chunk as it arrives there. */
#include "filter.h"
#include "hdf5.h"

#include <stdio.h>
#include <string.h>

/* Numbers of HDF5's types. */
enum { CLASS_INTEGER = 0, CLASS_FLOAT = 1, CLASS_ENUM = 8, CLASS_ARRAY = 10, BIG_ENDIAN_ORDER = 1, SIGNED = 1 };
enum { HDF5_SHUFFLE = 2, HDF5_FLETCHER32 = 3 };

struct hdf5 {
    int (*get_chunk)(hid_t dcpl, int ndim, uint64_t shape[]);
    int (*get_nfilters)(hid_t dcpl);
    int (*get_filter)(hid_t dcpl, unsigned i, unsigned *flags, size_t *n, unsigned v[], size_t name_room, char name[], unsigned *config);
    int (*modify_filter)(hid_t dcpl, int id, unsigned flags, size_t n, const unsigned v[]);
    int (*get_class)(hid_t type);
    size_t (*get_size)(hid_t type);
    int (*get_order)(hid_t type);
    int (*get_sign)(hid_t type);
    hid_t (*get_super)(hid_t type);
    size_t (*get_precision)(hid_t type);
    int (*close)(hid_t type);
    const void *caller;
};

enum { HDF5_FUNCTIONS = offsetof(struct hdf5, caller) / sizeof(void *) };

typedef int (*get_fields_fn)(hid_t type, size_t *sign, size_t *exponent, size_t *exponent_bits, size_t *mantissa, size_t *mantissa_bits);

static int find_hdf5(const void *caller, struct hdf5 *hdf5)
{
    static const char *const names[HDF5_FUNCTIONS] = {
        "H5Pget_chunk", "H5Pget_nfilters", "H5Pget_filter2", "H5Pmodify_filter", "H5Tget_class", "H5Tget_size",
        "H5Tget_order", "H5Tget_sign",     "H5Tget_super",   "H5Tget_precision", "H5Tclose",
    };
    void *functions[HDF5_FUNCTIONS];
    if (!find_functions(caller, names, functions, HDF5_FUNCTIONS))
        return 0;
    memcpy(hdf5, functions, sizeof functions);
    hdf5->caller = caller;
    return 1;
}

/* Half precision and no other float of two bytes? A program with HDF5 linked statically may lack the function: then nobody knows. */
static int is_half(const struct hdf5 *hdf5, hid_t type)
{
    static const char *const name = "H5Tget_fields";
    size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
    void *function;
    get_fields_fn get_fields;
    if (!find_functions(hdf5->caller, &name, &function, 1))
        return 0;
    memcpy(&get_fields, &function, sizeof get_fields);
    return get_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) >= 0 && exponent_bits == 5
        && mantissa_bits == 10;
}

static int is_float(const struct hdf5 *hdf5, hid_t type, size_t size)
{
    return (size == 2 && is_half(hdf5, type)) || ((size == 4 || size == 8) && hdf5->get_precision(type) == 8 * size);
}

/* NumPy's letter for numbers, 'V' for all else. */
static char kind_of(const struct hdf5 *hdf5, hid_t type, int type_class, size_t size)
{
    if (type_class == CLASS_INTEGER && (size == 1 || size == 2 || size == 4 || size == 8))
        return hdf5->get_sign(type) == SIGNED ? 'i' : 'u';
    return type_class == CLASS_FLOAT && is_float(hdf5, type, size) ? 'f' : 'V';
}

/* The dtype of an item; of an array or enumeration that of its items. Returns its bytes. */
static size_t find_dtype(const struct hdf5 *hdf5, hid_t type, char dtype[MAX_DTYPE])
{
    int type_class = hdf5->get_class(type);
    if (type_class == CLASS_ENUM || type_class == CLASS_ARRAY) {
        hid_t base = hdf5->get_super(type);
        size_t size = base < 0 ? 0 : find_dtype(hdf5, base, dtype);
        if (base >= 0)
            hdf5->close(base);
        return size;
    }
    size_t size = hdf5->get_size(type);
    char kind = kind_of(hdf5, type, type_class, size);
    char order = kind == 'V' || size == 1 ? '|' : hdf5->get_order(type) == BIG_ENDIAN_ORDER ? '>' : '<';
    snprintf(dtype, MAX_DTYPE, "%c%c%zu", order, kind, size);
    return size;
}

/* The chunk before any filter. */
static int first_chunk(const struct hdf5 *hdf5, hid_t dcpl, hid_t type, struct chunk *chunk)
{
    uint64_t shape[MAX_NDIM];
    size_t size = find_dtype(hdf5, type, chunk->dtype), whole = hdf5->get_size(type);
    chunk->exact = 1;
    chunk->ndim = hdf5->get_chunk(dcpl, MAX_NDIM, shape);
    if (size == 0 || chunk->ndim < 1 || chunk->ndim > MAX_NDIM)
        return 0;
    for (int i = 0; i < chunk->ndim; i++)
        chunk->shape[i] = (int64_t)shape[i];
    if (whole > size && chunk->ndim < MAX_NDIM)
        chunk->shape[chunk->ndim++] = (int64_t)(whole / size);
    return 1;
}

static void plain_bytes(struct chunk *chunk, int64_t nbytes)
{
    snprintf(chunk->dtype, sizeof chunk->dtype, "|u1");
    chunk->ndim = 1;
    chunk->shape[0] = nbytes;
}

/* What a codec makes of the chunk: another array, or bytes of which nothing is known. */
static void encode_chunk(const struct filter *filter, const struct values *values, struct chunk *chunk)
{
    char json[MAX_JSON + 1];
    nc_layout *layout = chunk_layout(chunk), *encoded = NULL;
    nc_codec *codec = values_to_config(filter, values, json) ? codec_of_filter(filter, json, NULL) : NULL;
    uint64_t bound;
    if (layout && codec)
        nc_encode_info(codec, layout, (size_t)nc_layout_query(layout, NUMCODECS_Q_NBYTES), &bound, &encoded, NULL);
    chunk->dtype[0] = '\0';
    if (encoded && nc_layout_shape(encoded, chunk->shape, MAX_NDIM, NULL) == NUMCODECS_OK) {
        chunk->ndim = (int)nc_layout_query(encoded, NUMCODECS_Q_NDIM);
        snprintf(chunk->dtype, sizeof chunk->dtype, "%s", nc_layout_dtype(encoded));
    }
    nc_layout_free(encoded);
    nc_layout_free(layout);
    nc_codec_free(codec);
}

/* The chunk behind one filter of the pipeline. */
static void pass_filter(unsigned id, const struct values *values, struct chunk *chunk)
{
    const struct filter *filter = filter_with_id(id);
    nc_layout *layout = chunk_layout(chunk);
    int64_t nbytes = nc_layout_query(layout, NUMCODECS_Q_NBYTES);
    nc_layout_free(layout);
    if (nbytes < 0) /* known no more */
        return;
    if (id == HDF5_SHUFFLE)
        plain_bytes(chunk, nbytes);
    else if (id == HDF5_FLETCHER32)
        plain_bytes(chunk, nbytes + 4);
    else if (filter)
        encode_chunk(filter, values, chunk);
    else
        chunk->dtype[0] = '\0';
}

/* 1, 0 = it cannot be read, NO_FACTS = the functions of the calling HDF5 are not to be found. */
int read_dataset(const void *caller, int64_t dcpl, int64_t type, const struct filter *filter, struct dataset *dataset)
{
    struct hdf5 hdf5;
    if (!find_hdf5(caller, &hdf5))
        return NO_FACTS;
    if (!first_chunk(&hdf5, dcpl, type, &dataset->chunk))
        return 0;
    int count = hdf5.get_nfilters(dcpl);
    for (int i = 0; i < count; i++) {
        struct values *values = &dataset->values;
        char name[1] = "";
        unsigned config;
        values->n = MAX_VALUES;
        int id = hdf5.get_filter(dcpl, (unsigned)i, &dataset->flags, &values->n, values->v, 0, name, &config);
        if (id < 0 || values->n > MAX_VALUES)
            return 0;
        if ((unsigned)id == filter->id)
            return 1;
        pass_filter((unsigned)id, values, &dataset->chunk);
    }
    return 0;
}

int store_values(const void *caller, int64_t dcpl, const struct filter *filter, const struct dataset *dataset)
{
    struct hdf5 hdf5;
    return find_hdf5(caller, &hdf5)
        && hdf5.modify_filter(dcpl, (int)filter->id, dataset->flags, dataset->values.n, dataset->values.v) >= 0;
}
