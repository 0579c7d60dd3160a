/* Metadata of new arrays, and metadata as text. */
#include "glue.h"

static nc_status new_zarr(SEXP codecs, SEXP dtype, SEXP chunk_shape, SEXP order, SEXP shape, SEXP fill, SEXP format, nc_zarr **zarr,
                          nc_error *err)
{
    R_xlen_t ndim = XLENGTH(shape);
    int64_t *extents = (int64_t *)R_alloc((size_t)ndim + 1, sizeof *extents);
    const char *text = Rf_translateCharUTF8(STRING_ELT(codecs, 0));
    for (R_xlen_t d = 0; d < ndim; d++)
        extents[d] = (int64_t)REAL(shape)[d];
    const void *value = fill == R_NilValue ? NULL : RAW(fill);
    size_t nbytes = fill == R_NilValue ? 0 : (size_t)XLENGTH(fill);
    nc_layout *chunk = NULL;
    nc_status status = layout_of(dtype, dtype == R_NilValue ? NUMCODECS_UTF8 : NUMCODECS_FIXED, chunk_shape, order, &chunk, err);
    if (status == NUMCODECS_OK)
        status = nc_zarr_new(text, NULL, chunk, extents, value, nbytes, Rf_asInteger(format), zarr, err);
    nc_layout_free(chunk);
    return status;
}

/* A dtype of NULL stands for text. The number of dimensions of both shapes is the same: R has looked. */
SEXP zarr_new(SEXP codecs, SEXP dtype, SEXP chunk_shape, SEXP order, SEXP shape, SEXP fill, SEXP format)
{
    SEXP pointer = PROTECT(zarr_holder());
    nc_zarr *zarr = NULL;
    nc_error err = {0};
    nc_status status = new_zarr(codecs, dtype, chunk_shape, order, shape, fill, format, &zarr, &err);
    R_SetExternalPtrAddr(pointer, zarr);
    UNPROTECT(1);
    return status == NUMCODECS_OK ? pointer : failure(&err);
}

SEXP zarr_json(SEXP zarr, SEXP format, SEXP attributes)
{
    SEXP kept = PROTECT(buffer_holder());
    const char *extra = attributes == R_NilValue ? NULL : Rf_translateCharUTF8(STRING_ELT(attributes, 0));
    nc_buffer *text = NULL;
    nc_error err = {0};
    nc_status status = nc_zarr_metadata(held(zarr, "zarr"), Rf_asInteger(format), extra, &text, &err);
    R_SetExternalPtrAddr(kept, text);
    SEXP json = status != NUMCODECS_OK
                    ? failure(&err)
                    : Rf_ScalarString(Rf_mkCharLenCE(nc_buffer_data(text), (int)nc_buffer_nbytes(text), CE_UTF8));
    UNPROTECT(1);
    return json;
}
