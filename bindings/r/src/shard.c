/* Inner chunks of shards: where they lie, so that only some of them need be fetched. */
#include "glue.h"

/* Lent by the metadata of the array, which the external pointer keeps alive. NULL where the chunks are no shards. */
SEXP zarr_inner(SEXP zarr)
{
    const nc_zarr *inner = nc_zarr_inner(held(zarr, "zarr"));
    if (!inner)
        return R_NilValue;
    SEXP pointer = holder("zarr", zarr, NULL);
    R_SetExternalPtrAddr(pointer, (void *)inner);
    return pointer;
}

SEXP zarr_index_range(SEXP zarr)
{
    int64_t offset = 0;
    size_t nbytes = 0;
    nc_error err = {0};
    if (nc_zarr_index_range(held(zarr, "zarr"), &offset, &nbytes, &err) != NUMCODECS_OK)
        return failure(&err);
    SEXP range = Rf_allocVector(REALSXP, 2);
    REAL(range)[0] = (double)offset;
    REAL(range)[1] = (double)nbytes;
    return range;
}

/* Inner chunks in each dimension of a shard, and how many that are. */
static R_xlen_t grid_of(const nc_zarr *inner, int32_t ndim, int64_t *grid)
{
    int64_t *chunk = (int64_t *)R_alloc((size_t)ndim + 1, sizeof *chunk);
    R_xlen_t total = 1;
    nc_zarr_shape(inner, grid, ndim, NULL);
    nc_layout_shape(nc_zarr_layout(inner), chunk, ndim, NULL);
    for (int32_t d = 0; d < ndim; d++) {
        grid[d] = chunk[d] > 0 ? (grid[d] + chunk[d] - 1) / chunk[d] : 0;
        total *= (R_xlen_t)grid[d];
    }
    return total;
}

/* The next position, first dimension fastest, as in R's arrays. */
static void advance(int64_t *position, const int64_t *grid, int32_t ndim)
{
    for (int32_t d = 0; d < ndim && ++position[d] == grid[d]; d++)
        position[d] = 0;
}

static nc_status read_entries(const nc_shard *shard, const int64_t *grid, int32_t ndim, R_xlen_t total, int64_t *position, double *offset,
                              double *nbytes, nc_error *err)
{
    nc_status status = NUMCODECS_OK;
    for (R_xlen_t i = 0; i < total && status == NUMCODECS_OK; i++) {
        uint64_t from = 0, size = 0;
        status = nc_shard_entry(shard, position, &from, &size, err);
        offset[i] = size ? (double)from : NA_REAL;
        nbytes[i] = size ? (double)size : NA_REAL;
        advance(position, grid, ndim);
    }
    return status;
}

SEXP zarr_shard_index(SEXP pointer, SEXP bytes, SEXP shard_nbytes)
{
    const char *names[] = {"offset", "nbytes", "grid", ""};
    const nc_zarr *zarr = held(pointer, "zarr"), *inner = nc_zarr_inner(zarr);
    int32_t ndim = inner ? (int32_t)nc_zarr_query(inner, NUMCODECS_Q_NDIM) : 0;
    int64_t *grid = (int64_t *)R_alloc(2 * (size_t)ndim + 1, sizeof *grid), *position = grid + ndim;
    R_xlen_t total = inner ? grid_of(inner, ndim, grid) : 0;
    SEXP index = PROTECT(Rf_mkNamed(VECSXP, names)), extents = Rf_allocVector(REALSXP, ndim);
    SET_VECTOR_ELT(index, 2, extents);
    for (int32_t d = 0; d < ndim; d++) {
        REAL(extents)[d] = (double)grid[d];
        position[d] = 0;
    }
    SET_VECTOR_ELT(index, 0, Rf_allocVector(REALSXP, total));
    SET_VECTOR_ELT(index, 1, Rf_allocVector(REALSXP, total));
    nc_shard *shard = NULL;
    nc_error err = {0};
    nc_status status = nc_shard_open(zarr, RAW(bytes), (size_t)XLENGTH(bytes), (uint64_t)Rf_asReal(shard_nbytes), &shard, &err);
    if (status == NUMCODECS_OK)
        status = read_entries(shard, grid, ndim, total, position, REAL(VECTOR_ELT(index, 0)), REAL(VECTOR_ELT(index, 1)), &err);
    nc_shard_free(shard);
    UNPROTECT(1);
    return status == NUMCODECS_OK ? index : failure(&err);
}
