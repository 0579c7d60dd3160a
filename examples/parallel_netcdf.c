/* Many processes write one compressed netCDF-4 variable together, and read it back in another division:
 *
 *     mpicc -I$(pkg-config --variable=prefix netcdf-mpi)/include examples/parallel_netcdf.c $(pkg-config --libs netcdf-mpi) -lm \
 *         -o parallel_netcdf
 *     mpirun -n 4 parallel_netcdf out.nc "$(numcodecs-cdvalues '{"id": "zstd", "level": 5}')"
 *
 * The filter is a plug-in (HDF5_PLUGIN_PATH), so nothing here is linked to libnumcodecs. Writes through filters must be collective. */
#include <math.h>
#include <mpi.h>
#include <netcdf.h>
#include <netcdf_filter.h>
#include <netcdf_par.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 250, COLUMNS = 360, CHUNK_ROWS = 32, CHUNK_COLUMNS = 120, MAX_VALUES = 256 };

static void die(const char *what, const char *why)
{
    fprintf(stderr, "parallel_netcdf: %s: %s\n", what, why);
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
}

static void check(int status, const char *what)
{
    if (status != NC_NOERR)
        die(what, nc_strerror(status));
}

static float temperature(size_t row, size_t column)
{
    return (float)(15 + 12 * sin((double)row * 0.02) + cos((double)column * 0.05));
}

/* First row of a process's part; ranks may share a chunk. */
static size_t first_row(int rank, int size)
{
    return (size_t)(ROWS * rank / size);
}

/* "ID,VALUE,VALUE,..." */
static void add_filter(int file, int variable, const char *text)
{
    unsigned values[MAX_VALUES];
    size_t n = 0;
    char *at;
    unsigned id = (unsigned)strtoul(text, &at, 10);
    while (*at == ',' && n < MAX_VALUES)
        values[n++] = (unsigned)strtoul(at + 1, &at, 10);
    check(nc_def_var_filter(file, variable, id, n, values), "nc_def_var_filter");
}

static void write_file(const char *name, const char *filter, size_t first, size_t last, float *part)
{
    int file, dims[2], variable;
    size_t chunk[2] = {CHUNK_ROWS, CHUNK_COLUMNS}, start[2] = {first, 0}, count[2] = {last - first, COLUMNS};
    check(nc_create_par(name, NC_NETCDF4 | NC_CLOBBER, MPI_COMM_WORLD, MPI_INFO_NULL, &file), "nc_create_par");
    check(nc_def_dim(file, "row", ROWS, &dims[0]), "nc_def_dim");
    check(nc_def_dim(file, "column", COLUMNS, &dims[1]), "nc_def_dim");
    check(nc_def_var(file, "temperature", NC_FLOAT, 2, dims, &variable), "nc_def_var");
    check(nc_def_var_chunking(file, variable, NC_CHUNKED, chunk), "nc_def_var_chunking");
    add_filter(file, variable, filter);
    check(nc_enddef(file), "nc_enddef");
    check(nc_var_par_access(file, variable, NC_COLLECTIVE), "nc_var_par_access");
    for (size_t row = first; row < last; row++)
        for (size_t column = 0; column < COLUMNS; column++)
            part[(row - first) * COLUMNS + column] = temperature(row, column);
    check(nc_put_vara_float(file, variable, start, count, part), "nc_put_vara_float");
    check(nc_close(file), "nc_close"); /* a chunk that cannot be encoded shows here at the latest */
}

static void read_file(const char *name, size_t first, size_t last, float *part)
{
    int file, variable;
    size_t start[2] = {first, 0}, count[2] = {last - first, COLUMNS};
    check(nc_open_par(name, NC_NOWRITE, MPI_COMM_WORLD, MPI_INFO_NULL, &file), "nc_open_par");
    check(nc_inq_varid(file, "temperature", &variable), "nc_inq_varid");
    check(nc_var_par_access(file, variable, NC_COLLECTIVE), "nc_var_par_access");
    check(nc_get_vara_float(file, variable, start, count, part), "nc_get_vara_float");
    check(nc_close(file), "nc_close");
    for (size_t row = first; row < last; row++)
        for (size_t column = 0; column < COLUMNS; column++)
            if (part[(row - first) * COLUMNS + column] != temperature(row, column))
                die(name, "other numbers than were written");
}

int main(int argc, char **argv)
{
    int rank, size;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    float *part = malloc(sizeof *part * ROWS * COLUMNS);
    if (argc != 3 || !part)
        die("usage", "parallel_netcdf FILE ID,VALUE,...");
    write_file(argv[1], argv[2], first_row(rank, size), first_row(rank + 1, size), part);
    int other = size - 1 - rank; /* everybody reads what somebody else wrote */
    read_file(argv[1], first_row(other, size), first_row(other + 1, size), part);
    if (rank == 0)
        printf("%d processes, %zu bytes\n", size, sizeof *part * ROWS * COLUMNS);
    free(part);
    MPI_Finalize();
    return EXIT_SUCCESS;
}
