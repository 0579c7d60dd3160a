#include "glue.h"
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>
#include <string.h>

static void free_codec(SEXP pointer)
{
    nc_codec_free(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static void free_buffer(SEXP pointer)
{
    nc_buffer_free(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

SEXP buffer_holder(void)
{
    return holder("buffer", R_NilValue, free_buffer);
}

static SEXP codec_new(SEXP json)
{
    SEXP pointer = PROTECT(holder("codec", R_NilValue, free_codec));
    nc_codec *codec = NULL;
    nc_error err = {0};
    nc_status status = nc_codec_from_config(Rf_translateCharUTF8(STRING_ELT(json, 0)), NULL, &codec, &err);
    R_SetExternalPtrAddr(pointer, codec);
    UNPROTECT(1);
    return status == NUMCODECS_OK ? pointer : failure(&err);
}

static SEXP codec_config(SEXP codec)
{
    const char *config = nc_codec_config(held(codec, "codec"));
    return config ? Rf_ScalarString(Rf_mkCharCE(config, CE_UTF8)) : Rf_ScalarString(NA_STRING);
}

static SEXP codec_ids(void)
{
    R_xlen_t n = 0;
    while (nc_codec_id_at((size_t)n))
        n++;
    SEXP ids = PROTECT(Rf_allocVector(STRSXP, n));
    for (R_xlen_t i = 0; i < n; i++)
        SET_STRING_ELT(ids, i, Rf_mkChar(nc_codec_id_at((size_t)i)));
    UNPROTECT(1);
    return ids;
}

static SEXP library_version(void)
{
    return Rf_mkString(nc_codec_library_version());
}

/* ---- options: limits, and Ctrl-C, which R may only see outside the library ---- */

static void check_interrupt(void *unused)
{
    (void)unused;
    R_CheckUserInterrupt();
}

static int32_t stop_if_interrupted(void *user, uint64_t done, uint64_t total)
{
    (void)user, (void)done, (void)total;
    return !R_ToplevelExec(check_interrupt, NULL);
}

static nc_options options(double max_output, int strict)
{
    nc_options opt = {0};
    opt.struct_size = sizeof opt;
    opt.max_output = R_FINITE(max_output) ? (uint64_t)max_output : 0;
    opt.flags = strict ? NUMCODECS_STRICT : 0;
    opt.progress = stop_if_interrupted;
    return opt;
}

/* ---- encode ---- */

static const void *memory_of(SEXP x, size_t *nbytes)
{
    size_t items = (size_t)XLENGTH(x);
    switch (TYPEOF(x)) {
    case INTSXP:
        *nbytes = items * sizeof(int);
        return INTEGER(x);
    case REALSXP:
        *nbytes = items * sizeof(double);
        return REAL(x);
    case CPLXSXP:
        *nbytes = items * sizeof(Rcomplex);
        return COMPLEX(x);
    default:
        *nbytes = items;
        return RAW(x);
    }
}

/* Strings and raw vectors, one after the other. */
static nc_status encode_items(const nc_codec *codec, const nc_layout *layout, SEXP x, const nc_options *opt, nc_buffer **buffer,
                              nc_error *err)
{
    R_xlen_t n = XLENGTH(x);
    const void **items = (const void **)R_alloc((size_t)n + 1, sizeof *items);
    int64_t *lengths = (int64_t *)R_alloc((size_t)n + 1, sizeof *lengths);
    for (R_xlen_t i = 0; i < n; i++) {
        if (TYPEOF(x) == STRSXP) {
            const char *text = STRING_ELT(x, i) == NA_STRING ? "" : Rf_translateCharUTF8(STRING_ELT(x, i));
            items[i] = text;
            lengths[i] = (int64_t)strlen(text);
        } else {
            items[i] = RAW(VECTOR_ELT(x, i));
            lengths[i] = (int64_t)XLENGTH(VECTOR_ELT(x, i));
        }
    }
    return nc_encode_items(codec, layout, items, lengths, opt, buffer, err);
}

static void free_layout(SEXP pointer)
{
    nc_layout_free(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static SEXP encode(SEXP codec, SEXP x, SEXP dtype, SEXP shape, SEXP order, SEXP strict)
{
    SEXP kept = PROTECT(buffer_holder()), held_layout = PROTECT(holder("layout", R_NilValue, free_layout));
    int32_t kind = TYPEOF(x) == STRSXP ? NUMCODECS_UTF8 : TYPEOF(x) == VECSXP ? NUMCODECS_BYTES : NUMCODECS_FIXED;
    nc_options opt = options(R_PosInf, Rf_asLogical(strict));
    nc_layout *layout = NULL;
    nc_buffer *buffer = NULL;
    nc_error err = {0};
    nc_status status = layout_of(dtype, kind, shape, order, &layout, &err);
    R_SetExternalPtrAddr(held_layout, layout);
    if (status == NUMCODECS_OK && kind != NUMCODECS_FIXED) {
        status = encode_items(held(codec, "codec"), layout, x, &opt, &buffer, &err);
    } else if (status == NUMCODECS_OK) {
        size_t nbytes;
        const void *src = memory_of(x, &nbytes);
        status = nc_encode(held(codec, "codec"), layout, src, nbytes, NULL, &opt, &buffer, &err);
    }
    R_SetExternalPtrAddr(kept, buffer);
    SEXP result;
    if (status == NUMCODECS_OK) {
        result = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)nc_buffer_nbytes(buffer)));
        if (nc_buffer_nbytes(buffer))
            memcpy(RAW(result), nc_buffer_data(buffer), nc_buffer_nbytes(buffer));
    } else {
        result = PROTECT(failure(&err));
    }
    free_buffer(kept);
    free_layout(held_layout);
    UNPROTECT(3);
    return result;
}

/* ---- decode ---- */

static SEXP decode(SEXP codec, SEXP bytes, SEXP dtype, SEXP shape, SEXP order, SEXP wide, SEXP raw_bytes, SEXP max_output)
{
    SEXP kept = PROTECT(buffer_holder()), held_layout = PROTECT(holder("layout", R_NilValue, free_layout));
    nc_options opt = options(Rf_asReal(max_output), 0);
    nc_layout *chunk = NULL;
    nc_buffer *buffer = NULL;
    nc_error err = {0};
    nc_status status = layout_of(dtype, NUMCODECS_FIXED, shape, order, &chunk, &err);
    R_SetExternalPtrAddr(held_layout, chunk);
    if (status == NUMCODECS_OK)
        status = nc_decode(held(codec, "codec"), RAW(bytes), (size_t)XLENGTH(bytes), chunk, NULL, &opt, &buffer, &err);
    R_SetExternalPtrAddr(kept, buffer);
    taste how = {CHAR(STRING_ELT(wide, 0)), Rf_asLogical(raw_bytes)};
    SEXP result = PROTECT(status == NUMCODECS_OK ? to_r(nc_buffer_layout(buffer), nc_buffer_data(buffer), nc_buffer_nbytes(buffer),
                                                        nc_buffer_offsets(buffer), how)
                                                 : failure(&err));
    free_buffer(kept);
    free_layout(held_layout);
    UNPROTECT(3);
    return result;
}

/* ---- registered routines ---- */

#define ROUTINE(name, arguments) {#name, (DL_FUNC)&name, arguments}

static const R_CallMethodDef routines[] = {
    ROUTINE(codec_new, 1),  ROUTINE(codec_config, 1), ROUTINE(codec_ids, 0),      ROUTINE(library_version, 0),
    ROUTINE(encode, 6),     ROUTINE(decode, 8),       ROUTINE(zarr_open, 1),      ROUTINE(zarr_codec, 1),
    ROUTINE(zarr_info, 1),  ROUTINE(zarr_fill, 2),    ROUTINE(zarr_chunk_key, 2),
    ROUTINE(zarr_new, 7),   ROUTINE(zarr_json, 3),
    ROUTINE(zarr_inner, 1), ROUTINE(zarr_index_range, 1), ROUTINE(zarr_shard_index, 3), {NULL, NULL, 0},
};

void attribute_visible R_init_numcodecs(DllInfo *dll)
{
    R_registerRoutines(dll, NULL, routines, NULL, NULL);
    R_useDynamicSymbols(dll, FALSE);
    R_forceSymbols(dll, TRUE);
}
