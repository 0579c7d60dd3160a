/* Many processes write one compressed dataset together, and read it back in another division:
 *
 *     mpicc examples/parallel_hdf5.c $(pkg-config --cflags --libs hdf5-openmpi) -lm -o parallel_hdf5
 *     mpirun -n 4 parallel_hdf5 out.h5 "$(numcodecs-cdvalues '{"id": "zstd", "level": 5}')"
 *
 * The filter is a plug-in (HDF5_PLUGIN_PATH), so nothing here is linked to libnumcodecs. Writes through filters must be collective. */
#include <hdf5.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 250, COLUMNS = 360, CHUNK_ROWS = 32, CHUNK_COLUMNS = 120, MAX_VALUES = 256 };

static void die(const char *what)
{
    fprintf(stderr, "parallel_hdf5: %s failed\n", what);
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
}

static void check(long long status, const char *what)
{
    if (status < 0)
        die(what);
}

static float temperature(int row, int column)
{
    return (float)(15 + 12 * sin(row * 0.02) + cos(column * 0.05));
}

/* First row of a process's part; ranks may share a chunk. */
static int first_row(int rank, int size)
{
    return ROWS * rank / size;
}

/* "ID,VALUE,VALUE,..." */
static void add_filter(hid_t dcpl, const char *text)
{
    unsigned values[MAX_VALUES];
    size_t n = 0;
    char *at;
    H5Z_filter_t id = (H5Z_filter_t)strtoul(text, &at, 10);
    while (*at == ',' && n < MAX_VALUES)
        values[n++] = (unsigned)strtoul(at + 1, &at, 10);
    check(H5Pset_filter(dcpl, id, H5Z_FLAG_MANDATORY, n, values), "H5Pset_filter");
}

static hid_t shared_file_access(void)
{
    hid_t fapl = H5Pcreate(H5P_FILE_ACCESS);
    check(H5Pset_fapl_mpio(fapl, MPI_COMM_WORLD, MPI_INFO_NULL), "H5Pset_fapl_mpio");
    return fapl;
}

/* Writes or reads rows first up to last of the dataset, all processes at once. */
static void transfer(hid_t dataset, int first, int last, float *part, int writing)
{
    hsize_t start[2] = {(hsize_t)first, 0}, count[2] = {(hsize_t)(last - first), COLUMNS};
    hid_t in_file = H5Dget_space(dataset), in_memory = H5Screate_simple(2, count, NULL), how = H5Pcreate(H5P_DATASET_XFER);
    H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count, NULL);
    H5Pset_dxpl_mpio(how, H5FD_MPIO_COLLECTIVE);
    check(writing ? H5Dwrite(dataset, H5T_NATIVE_FLOAT, in_memory, in_file, how, part)
                  : H5Dread(dataset, H5T_NATIVE_FLOAT, in_memory, in_file, how, part),
          writing ? "H5Dwrite" : "H5Dread");
    H5Pclose(how);
    H5Sclose(in_memory);
    H5Sclose(in_file);
}

static void write_file(const char *name, const char *filter, int first, int last, float *part)
{
    hsize_t shape[2] = {ROWS, COLUMNS}, chunk[2] = {CHUNK_ROWS, CHUNK_COLUMNS};
    hid_t fapl = shared_file_access(), file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, fapl);
    hid_t space = H5Screate_simple(2, shape, NULL), dcpl = H5Pcreate(H5P_DATASET_CREATE);
    check(file, "H5Fcreate");
    H5Pset_chunk(dcpl, 2, chunk);
    add_filter(dcpl, filter);
    hid_t dataset = H5Dcreate2(file, "temperature", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
    check(dataset, "H5Dcreate2");
    for (int row = first; row < last; row++)
        for (int column = 0; column < COLUMNS; column++)
            part[(row - first) * COLUMNS + column] = temperature(row, column);
    transfer(dataset, first, last, part, 1);
    check(H5Dclose(dataset), "H5Dclose"); /* a chunk that cannot be encoded shows here at the latest */
    H5Pclose(dcpl);
    H5Sclose(space);
    check(H5Fclose(file), "H5Fclose");
    H5Pclose(fapl);
}

/* Bytes that the dataset takes in the file. */
static long long read_file(const char *name, int first, int last, float *part)
{
    hid_t fapl = shared_file_access(), file = H5Fopen(name, H5F_ACC_RDONLY, fapl);
    check(file, "H5Fopen");
    hid_t dataset = H5Dopen2(file, "temperature", H5P_DEFAULT);
    check(dataset, "H5Dopen2");
    transfer(dataset, first, last, part, 0);
    long long stored = (long long)H5Dget_storage_size(dataset);
    H5Dclose(dataset);
    H5Fclose(file);
    H5Pclose(fapl);
    for (int row = first; row < last; row++)
        for (int column = 0; column < COLUMNS; column++)
            if (part[(row - first) * COLUMNS + column] != temperature(row, column))
                die("the comparison of what was read");
    return stored;
}

int main(int argc, char **argv)
{
    int rank, size;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    float *part = malloc(sizeof *part * ROWS * COLUMNS);
    if (argc != 3 || !part)
        die("usage: parallel_hdf5 FILE ID,VALUE,...: the call");
    write_file(argv[1], argv[2], first_row(rank, size), first_row(rank + 1, size), part);
    int other = size - 1 - rank; /* everybody reads what somebody else wrote */
    long long stored = read_file(argv[1], first_row(other, size), first_row(other + 1, size), part);
    if (rank == 0)
        printf("%d processes, %zu bytes in %lld\n", size, sizeof *part * ROWS * COLUMNS, stored);
    free(part);
    MPI_Finalize();
    return EXIT_SUCCESS;
}
