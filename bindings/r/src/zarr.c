#include "glue.h"
#include <string.h>

static void free_zarr(SEXP pointer)
{
    nc_zarr_free(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

SEXP zarr_holder(void)
{
    return holder("zarr", R_NilValue, free_zarr);
}

SEXP zarr_open(SEXP json)
{
    SEXP pointer = PROTECT(zarr_holder());
    nc_zarr *zarr = NULL;
    nc_error err = {0};
    nc_status status = nc_zarr_open(Rf_translateCharUTF8(STRING_ELT(json, 0)), NULL, &zarr, &err);
    R_SetExternalPtrAddr(pointer, zarr);
    UNPROTECT(1);
    return status == NUMCODECS_OK ? pointer : failure(&err);
}

/* Lent by the metadata, which the external pointer keeps alive. */
SEXP zarr_codec(SEXP zarr)
{
    SEXP pointer = PROTECT(holder("codec", zarr, NULL));
    R_SetExternalPtrAddr(pointer, (void *)nc_zarr_codec(held(zarr, "zarr")));
    UNPROTECT(1);
    return pointer;
}

SEXP zarr_info(SEXP pointer)
{
    const char *names[] = {"shape", "chunk_shape", "dtype", "order", "format", ""};
    const nc_zarr *zarr = held(pointer, "zarr");
    const nc_layout *chunk = nc_zarr_layout(zarr);
    int32_t ndim = (int32_t)nc_zarr_query(zarr, NUMCODECS_Q_NDIM);
    int64_t *extents = (int64_t *)R_alloc((size_t)(ndim < 0 ? 0 : ndim) + 1, sizeof(int64_t));
    nc_error err = {0};
    if (nc_zarr_shape(zarr, extents, ndim, &err) != NUMCODECS_OK)
        return failure(&err);
    SEXP info = PROTECT(Rf_mkNamed(VECSXP, names)), shape = Rf_allocVector(REALSXP, ndim);
    SET_VECTOR_ELT(info, 0, shape);
    for (int32_t d = 0; d < ndim; d++)
        REAL(shape)[d] = (double)extents[d];
    SET_VECTOR_ELT(info, 1, shape_to_r(chunk));
    SET_VECTOR_ELT(info, 2, Rf_mkString(nc_layout_dtype(chunk)));
    SET_VECTOR_ELT(info, 3, Rf_mkString(nc_layout_query(chunk, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_F ? "F" : "C"));
    SET_VECTOR_ELT(info, 4, Rf_ScalarInteger((int)nc_zarr_query(zarr, NUMCODECS_Q_FORMAT)));
    UNPROTECT(1);
    return info;
}

SEXP zarr_chunk_key(SEXP pointer, SEXP index)
{
    R_xlen_t ndim = XLENGTH(index);
    int64_t *position = (int64_t *)R_alloc((size_t)ndim + 1, sizeof(int64_t));
    for (R_xlen_t d = 0; d < ndim; d++)
        position[d] = (int64_t)REAL(index)[d];
    size_t room = 32 + 24 * (size_t)ndim;
    char *key = R_alloc(room, 1);
    nc_error err = {0};
    if (nc_zarr_chunk_key(held(pointer, "zarr"), position, key, room, &err) != NUMCODECS_OK)
        return failure(&err);
    return Rf_mkString(key);
}

/* A chunk of variable-length items that is not there: one item, to be repeated. */
static SEXP fill_items(const nc_zarr *zarr, const nc_layout *chunk)
{
    size_t nbytes = 0;
    const char *item = nc_zarr_fill_item(zarr, &nbytes);
    int64_t kind = nc_layout_query(chunk, NUMCODECS_Q_KIND);
    SEXP value = PROTECT(item_to_r(kind, item, nbytes));
    SEXP one = PROTECT(Rf_allocVector(TYPEOF(value) == CHARSXP ? STRSXP : VECSXP, 1));
    if (TYPEOF(value) == CHARSXP)
        SET_STRING_ELT(one, 0, value);
    else
        SET_VECTOR_ELT(one, 0, value);
    SEXP list = described(one, chunk, "F");
    UNPROTECT(2);
    return list;
}

SEXP zarr_fill(SEXP pointer, SEXP wide)
{
    const nc_zarr *zarr = held(pointer, "zarr");
    const nc_layout *chunk = nc_zarr_layout(zarr);
    if (nc_layout_query(chunk, NUMCODECS_Q_KIND) > NUMCODECS_FIXED)
        return fill_items(zarr, chunk);
    size_t nbytes = (size_t)(zarr ? nc_layout_query(chunk, NUMCODECS_Q_NBYTES) : 0);
    char *bytes = R_alloc(nbytes + 1, 1);
    nc_error err = {0};
    if (nc_zarr_fill(zarr, chunk, bytes, nbytes, &err) != NUMCODECS_OK)
        return failure(&err);
    taste how = {CHAR(STRING_ELT(wide, 0)), 0};
    return to_r(chunk, bytes, nbytes, NULL, how);
}
