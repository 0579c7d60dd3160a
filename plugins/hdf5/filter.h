/* What the plug-ins for HDF5 and NCZarr share. Each shared object is all of these files, and entry.c for one filter id.
 *
 * A filter's parameters are "values": unsigned integers of 32 bits. They come in two forms:
 *   native   those that a registered filter has always had (a level, a block size, ...)
 *   packed   the JSON configuration of the codec, four bytes a value, then perhaps the chunk (params.c)
 * Filters without a native form have packed values. NCZarr's filters work with packed values, so that chunks are those of numcodecs;
 * HDF5's registered filters with native ones, so that chunks are those that other people's filters read. */
#ifndef PLUGINS_HDF5_FILTER_H
#define PLUGINS_HDF5_FILTER_H

#include <numcodecs.h>
#include <stddef.h>

enum {
    MAX_VALUES = 256, /* netCDF and h5py ask for no more */
    MAX_NDIM = 32,    /* of HDF5 */
    MAX_JSON = 4 * (MAX_VALUES - 1),
    MAX_DTYPE = 24,
};

#define MAX_CHUNK 0xffffffffu /* bytes: HDF5 stores the size of a chunk in 32 bits */

struct values {
    size_t n;
    unsigned v[MAX_VALUES];
};

/* A chunk as the filter meets it. */
struct chunk {
    char dtype[MAX_DTYPE]; /* as NumPy writes it; "" = nothing is known */
    int exact;             /* decoding must give just this; 0 = filters before this one may have changed the type */
    int ndim;
    int64_t shape[MAX_NDIM];
};

/* Result in memory of malloc, which is what HDF5 frees; or why there is none. */
struct block {
    void *data;
    size_t nbytes, capacity;
    nc_error err;
};

/* A codec ready to run, kept from one chunk to the next (ready.c). */
struct ready {
    int decoding;
    struct values values; /* it was built from these */
    struct chunk chunk;
    nc_codec *codec;
    nc_layout *layout; /* of the chunk, NULL = bytes */
};

/* What a registered filter does its own way. Functions return 1, or 0 when it cannot be. */
struct native {
    /* The configuration that these values stand for. */
    int (*to_json)(const struct values *values, char json[MAX_JSON + 1]);
    /* The values that stand for a full configuration. */
    int (*from_json)(const char *config, struct values *values);
    /* What HDF5 is to store, given the chunk (NULL = not known); 0 = it does not fit. NULL = the values as they are. */
    int (*set_local)(struct values *values, const struct chunk *chunk);
    /* Encodes or decodes one chunk in the bytes of the registered filter; NULL = those of the codec. */
    int (*run)(const struct ready *ready, void *src, size_t n, struct block *out);
    /* Type and shape of the chunk, where the values tell them; else NULL. */
    int (*chunk)(const struct values *values, struct chunk *chunk);
    int decodes_by_values; /* decoding needs the values; 0 = chunks tell all by themselves */
};

struct filter {
    unsigned id;
    const char *codec; /* its id in numcodecs */
};

/* entry.c: the filter that this plug-in is. */
const struct filter *this_filter(void);

/* filters.c */
extern const struct filter filters[];
extern const size_t filter_count;
const struct filter *filter_with_id(unsigned id);
const struct filter *filter_of_codec(const char *codec);

/* natives.c: NULL = packed values only. */
const struct native *native_of(const struct filter *filter);
extern const struct native deflate_native, shuffle_native, fletcher32_native, bzip2_native, blosc_native, lz4_native, zfp_native,
    zstd_native;

/* params.c: packed values. */
int is_packed(const struct values *values);
int pack_json(const char *json, struct values *values);
int unpack_json(const struct values *values, char json[MAX_JSON + 1]);
int pack_chunk(struct values *values, const struct chunk *chunk);
int unpack_chunk(const struct values *values, struct chunk *chunk);
int copy_values(struct values *to, size_t n, const unsigned *v);

/* config.c: configurations as text. */
nc_codec *codec_of_filter(const struct filter *filter, const char *json, nc_error *err);
int minimal_config(const nc_codec *codec, char json[MAX_JSON + 1]);
int config_number(const char *config, const char *key, double *number);
int config_is(const char *config, const char *key, const char *text);
int values_to_config(const struct filter *filter, const struct values *values, char json[MAX_JSON + 1]);
int config_to_values(const struct filter *filter, const nc_codec *codec, struct values *values);

/* ready.c: codecs between chunks. */
struct ready *take_ready(const struct filter *filter, const struct values *values, int decoding, nc_error *err);
void give_back(struct ready *ready);
nc_layout *chunk_layout(const struct chunk *chunk);
int codec_run(const nc_codec *codec, const nc_layout *layout, int decoding, const void *src, size_t n, size_t limit, struct block *out);
size_t encoded_bound(const nc_codec *codec, const nc_layout *layout, size_t n, nc_error *err);
int reserve(struct block *block, size_t capacity);
int run_filter(const struct filter *filter, const struct ready *ready, void *src, size_t n, struct block *out);

/* caller.c: functions of the library that called, found without being linked to it. */
int find_functions(const void *caller, const char *const *names, void **symbols, size_t n);

/* complain.c */
void complain(const void *caller, const nc_error *err);

/* dataset.c: what HDF5 tells about a dataset that is being made. */
struct dataset {
    struct chunk chunk; /* as it arrives at the filter */
    struct values values;
    unsigned flags;
};
enum { NO_FACTS = -1 };
int read_dataset(const void *caller, int64_t dcpl, int64_t type, const struct filter *filter, struct dataset *dataset);
int store_values(const void *caller, int64_t dcpl, const struct filter *filter, const struct dataset *dataset);

/* variable.c: what netCDF tells about a variable. */
int variable_chunk(const void *caller, int ncid, int varid, struct chunk *chunk);

#endif
