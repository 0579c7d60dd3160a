/* From bytes with a layout to R's vectors. */
#include "glue.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The R type that holds every value of a dtype, and in *memory the dtype of that type's own memory. NILSXP = kept as raw bytes. */
static SEXPTYPE r_type(const char *dtype, int64_t itemsize, taste how, const char **memory)
{
    if (how.raw_bytes && strcmp(dtype, "|u1") == 0)
        return NILSXP;
    switch (dtype[1]) {
    case 'b':
        *memory = "i4";
        return LGLSXP;
    case 'c':
        *memory = "c16";
        return CPLXSXP;
    case 'f':
        *memory = "f8";
        return REALSXP;
    case 'M':
    case 'm':
        *memory = how.wide;
        return REALSXP;
    case 'i':
    case 'u':
        *memory = itemsize == 8 ? how.wide : itemsize == 4 && dtype[1] == 'u' ? "f8" : "i4";
        return strcmp(*memory, "i4") == 0 ? INTSXP : REALSXP;
    default:
        return NILSXP;
    }
}

/* Datetimes are 64-bit integers to R. */
static void number_dtype(const char *dtype, char *name, size_t room)
{
    if (dtype[1] == 'M' || dtype[1] == 'm')
        snprintf(name, room, "%ci8", dtype[0]);
    else
        snprintf(name, room, "%s", dtype);
}

/* Converts stored items into R's memory, in R's order: the codec astype does it. */
static nc_status convert(const nc_layout *layout, const int64_t *shape, const char *memory, const void *data, size_t nbytes, void *dst,
                         size_t cap, nc_error *err)
{
    char dtype[64], json[192];
    int32_t ndim = (int32_t)nc_layout_query(layout, NUMCODECS_Q_NDIM);
    int32_t order = (int32_t)nc_layout_query(layout, NUMCODECS_Q_ORDER);
    nc_codec *astype = NULL;
    nc_layout *stored = NULL, *want = NULL;
    size_t written;
    number_dtype(nc_layout_dtype(layout), dtype, sizeof dtype);
    snprintf(json, sizeof json, "{\"id\": \"astype\", \"encode_dtype\": \"%s\", \"decode_dtype\": \"%s\"}", dtype, memory);
    nc_status status = nc_codec_from_config(json, NULL, &astype, err);
    if (status == NUMCODECS_OK)
        status = nc_layout_new(memory, NUMCODECS_FIXED, ndim, shape, NULL, order, &stored, err);
    if (status == NUMCODECS_OK)
        status = nc_layout_new(memory, NUMCODECS_FIXED, ndim, shape, NULL, NUMCODECS_ORDER_F, &want, err);
    if (status == NUMCODECS_OK)
        status = nc_decode_into(astype, data, nbytes, stored, want, dst, cap, NULL, &written, err);
    nc_layout_free(want);
    nc_layout_free(stored);
    nc_codec_free(astype);
    return status;
}

/* 64-bit integers that the R type cannot hold are refused, but for the smallest one of datetimes, which means "not a time". */
static nc_status check_range(const char *dtype, const char *memory, const double *values, R_xlen_t items, nc_error *err)
{
    int time = dtype[1] == 'M' || dtype[1] == 'm', wide = strcmp(memory, "i8") == 0;
    for (R_xlen_t i = 0; i < items; i++) {
        int64_t whole;
        memcpy(&whole, values + i, sizeof whole);
        int fits = wide ? dtype[1] != 'u' || whole >= 0 : fabs(values[i]) < 9007199254740992.0 || (time && values[i] < -9.2e18);
        if (fits)
            continue;
        err->code = NUMCODECS_ERR_DTYPE;
        err->stage = -1;
        err->index = err->offset = -1;
        snprintf(err->message, sizeof err->message, "item %.0f of type %s does not fit into %s", (double)i + 1, dtype,
                 wide ? "class integer64" : "a double exactly: ask for int64 = \"integer64\"");
        return NUMCODECS_ERR_DTYPE;
    }
    return NUMCODECS_OK;
}

static SEXP raw_vector(const void *data, size_t nbytes)
{
    SEXP bytes = Rf_allocVector(RAWSXP, (R_xlen_t)nbytes);
    if (nbytes)
        memcpy(RAW(bytes), data, nbytes);
    return bytes;
}

static void *memory_of(SEXP vector, size_t *width)
{
    switch (TYPEOF(vector)) {
    case LGLSXP:
        *width = sizeof(int);
        return LOGICAL(vector);
    case INTSXP:
        *width = sizeof(int);
        return INTEGER(vector);
    case CPLXSXP:
        *width = sizeof(Rcomplex);
        return COMPLEX(vector);
    default:
        *width = sizeof(double);
        return REAL(vector);
    }
}

/* The values, or a failure. *order is set where it is not that of the layout any more. */
static SEXP fixed_to_r(const nc_layout *layout, const void *data, size_t nbytes, taste how, const char **order)
{
    const char *memory, *dtype = nc_layout_dtype(layout);
    SEXPTYPE type = r_type(dtype, nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE), how, &memory);
    if (type == NILSXP)
        return raw_vector(data, nbytes);
    int32_t ndim = (int32_t)nc_layout_query(layout, NUMCODECS_Q_NDIM);
    int64_t *shape = (int64_t *)R_alloc((size_t)ndim + 1, sizeof(int64_t));
    nc_layout_shape(layout, shape, ndim, NULL);
    R_xlen_t items = (R_xlen_t)nc_layout_query(layout, NUMCODECS_Q_ITEMS);
    SEXP values = PROTECT(Rf_allocVector(type, items));
    size_t width;
    void *dst = memory_of(values, &width);
    nc_error err = {0};
    nc_status status = items == 0 ? NUMCODECS_OK : convert(layout, shape, memory, data, nbytes, dst, (size_t)items * width, &err);
    if (status == NUMCODECS_OK && memory == how.wide)
        status = check_range(dtype, memory, dst, items, &err);
    if (status != NUMCODECS_OK)
        values = failure(&err);
    *order = "F";
    UNPROTECT(1);
    return values;
}

SEXP item_to_r(int64_t kind, const char *data, size_t nbytes)
{
    if (kind == NUMCODECS_UTF8 || kind == NUMCODECS_JSON)
        return nbytes == 0 ? R_BlankString : Rf_mkCharLenCE(data, (int)nbytes, CE_UTF8);
    return raw_vector(data, nbytes);
}

static SEXP items_to_r(int64_t kind, R_xlen_t items, const char *data, const int64_t *offsets)
{
    int text = kind == NUMCODECS_UTF8 || kind == NUMCODECS_JSON;
    SEXP values = PROTECT(Rf_allocVector(text ? STRSXP : VECSXP, items));
    for (R_xlen_t i = 0; i < items; i++) {
        size_t nbytes = (size_t)(offsets[i + 1] - offsets[i]);
        SEXP item = item_to_r(kind, nbytes ? data + offsets[i] : NULL, nbytes);
        if (text)
            SET_STRING_ELT(values, i, item);
        else
            SET_VECTOR_ELT(values, i, item);
    }
    UNPROTECT(1);
    return values;
}

SEXP shape_to_r(const nc_layout *layout)
{
    int32_t ndim = (int32_t)nc_layout_query(layout, NUMCODECS_Q_NDIM);
    int64_t *extents = (int64_t *)R_alloc((size_t)ndim + 1, sizeof(int64_t));
    nc_layout_shape(layout, extents, ndim, NULL);
    SEXP shape = Rf_allocVector(REALSXP, ndim);
    for (int32_t d = 0; d < ndim; d++)
        REAL(shape)[d] = (double)extents[d];
    return shape;
}

SEXP described(SEXP values, const nc_layout *layout, const char *order)
{
    const char *names[] = {"values", "shape", "order", "dtype", ""};
    if (Rf_inherits(values, "numcodecs_failure"))
        return values;
    PROTECT(values);
    SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
    SET_VECTOR_ELT(list, 0, values);
    SET_VECTOR_ELT(list, 1, shape_to_r(layout));
    SET_VECTOR_ELT(list, 2, Rf_mkString(order));
    SET_VECTOR_ELT(list, 3, Rf_mkString(nc_layout_dtype(layout)));
    UNPROTECT(2);
    return list;
}

SEXP to_r(const nc_layout *layout, const void *data, size_t nbytes, const int64_t *offsets, taste how)
{
    const char *order = nc_layout_query(layout, NUMCODECS_Q_ORDER) == NUMCODECS_ORDER_F ? "F" : "C";
    R_xlen_t items = (R_xlen_t)nc_layout_query(layout, NUMCODECS_Q_ITEMS);
    int64_t kind = nc_layout_query(layout, NUMCODECS_Q_KIND);
    SEXP values = PROTECT(offsets ? items_to_r(kind, items, data, offsets) : fixed_to_r(layout, data, nbytes, how, &order));
    SEXP list = described(values, layout, order);
    UNPROTECT(1);
    return list;
}
