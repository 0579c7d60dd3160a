/* What the files of this package share. No function here raises an R error while it holds memory of the library. */
#ifndef GLUE_H
#define GLUE_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>
#include <numcodecs.h>

/* An nc_error as an R list of class "numcodecs_failure", which the R side turns into a condition. */
SEXP failure(const nc_error *err);

/* An external pointer to be filled with R_SetExternalPtrAddr; owner is kept alive as long as it is. */
SEXP holder(const char *kind, SEXP owner, R_CFinalizer_t finalizer);

/* Those for results and for metadata, which they free. */
SEXP buffer_holder(void);
SEXP zarr_holder(void);

/* What an external pointer of that kind holds; NULL for anything else, which the library refuses by name. */
void *held(SEXP pointer, const char *kind);

/* A layout for a dtype (NULL = none: plain bytes), its extents as doubles, and "C" or "F". */
nc_status layout_of(SEXP dtype, int32_t kind, SEXP shape, SEXP order, nc_layout **layout, nc_error *err);

/* What R makes of items: the dtype for 64-bit integers, "f8", or "i8" for class integer64; and whether "|u1" stays a raw vector. */
typedef struct {
    const char *wide;
    int raw_bytes;
} taste;

/* list(values, shape, order, dtype): fixed-size numbers become R's types, in R's order; the rest stays in the order told. */
SEXP to_r(const nc_layout *layout, const void *data, size_t nbytes, const int64_t *offsets, taste how);

/* The same list from its parts. */
SEXP described(SEXP values, const nc_layout *layout, const char *order);

/* One item of variable length: a string for text kinds, a raw vector for the others. */
SEXP item_to_r(int64_t kind, const char *data, size_t nbytes);

/* Extents of a layout as doubles. */
SEXP shape_to_r(const nc_layout *layout);

SEXP zarr_open(SEXP json);
SEXP zarr_codec(SEXP zarr);
SEXP zarr_info(SEXP zarr);
SEXP zarr_chunk_key(SEXP zarr, SEXP index);
SEXP zarr_fill(SEXP zarr, SEXP wide);
SEXP zarr_new(SEXP codecs, SEXP dtype, SEXP chunk_shape, SEXP order, SEXP shape, SEXP fill, SEXP format);
SEXP zarr_json(SEXP zarr, SEXP format, SEXP attributes);
SEXP zarr_inner(SEXP zarr);
SEXP zarr_index_range(SEXP zarr);
SEXP zarr_shard_index(SEXP zarr, SEXP bytes, SEXP shard_nbytes);

#endif
