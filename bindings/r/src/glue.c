#include "glue.h"
#include <stdlib.h>

SEXP failure(const nc_error *err)
{
    const char *names[] = {"message", "code", "status", "codec", "path", "offset", "needed", ""};
    SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
    SET_VECTOR_ELT(list, 0, Rf_ScalarString(Rf_mkCharCE(err->message, CE_UTF8)));
    SET_VECTOR_ELT(list, 1, Rf_ScalarInteger(err->code));
    SET_VECTOR_ELT(list, 2, Rf_mkString(nc_status_string(err->code)));
    SET_VECTOR_ELT(list, 3, Rf_mkString(err->codec));
    SET_VECTOR_ELT(list, 4, Rf_ScalarString(Rf_mkCharCE(err->path, CE_UTF8)));
    SET_VECTOR_ELT(list, 5, Rf_ScalarReal(err->offset < 0 ? NA_REAL : (double)err->offset));
    SET_VECTOR_ELT(list, 6, Rf_ScalarReal(err->needed == 0 ? NA_REAL : (double)err->needed));
    Rf_setAttrib(list, R_ClassSymbol, Rf_mkString("numcodecs_failure"));
    UNPROTECT(1);
    return list;
}

SEXP holder(const char *kind, SEXP owner, R_CFinalizer_t finalizer)
{
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, Rf_install(kind), owner));
    if (finalizer)
        R_RegisterCFinalizerEx(pointer, finalizer, TRUE);
    UNPROTECT(1);
    return pointer;
}

void *held(SEXP pointer, const char *kind)
{
    if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != Rf_install(kind))
        return NULL;
    return R_ExternalPtrAddr(pointer);
}

nc_status layout_of(SEXP dtype, int32_t kind, SEXP shape, SEXP order, nc_layout **layout, nc_error *err)
{
    *layout = NULL;
    if (dtype == R_NilValue && kind == NUMCODECS_FIXED)
        return NUMCODECS_OK;
    int32_t ndim = (int32_t)XLENGTH(shape);
    int64_t *extents = (int64_t *)R_alloc((size_t)ndim + 1, sizeof(int64_t));
    for (int32_t d = 0; d < ndim; d++)
        extents[d] = (int64_t)REAL(shape)[d];
    int32_t how = CHAR(STRING_ELT(order, 0))[0] == 'F' ? NUMCODECS_ORDER_F : NUMCODECS_ORDER_C;
    const char *name = dtype == R_NilValue ? NULL : CHAR(STRING_ELT(dtype, 0));
    return nc_layout_new(name, kind, ndim, extents, NULL, how, layout, err);
}
