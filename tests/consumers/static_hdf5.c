/* static_hdf5 FILE: a program with HDF5 linked statically makes a dataset with blosc, whose plug-in asks HDF5 for the size of an item,
 * and reads it. Prints that size. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 1000, CHUNK = 100, TYPESIZE = 2 };

static long long check(long long status)
{
    if (status < 0)
        exit(EXIT_FAILURE);
    return status;
}

int main(int argc, char **argv)
{
    static float written[N], read[N];
    hsize_t shape = N, chunk = CHUNK;
    unsigned values[7] = {0, 0, 0, 0, 5, 1, 1}, flags, config;
    size_t count = 7;
    for (int i = 0; i < N; i++)
        written[i] = (float)i;
    hid_t file = check(H5Fcreate(argv[argc - 1], H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    hid_t space = check(H5Screate_simple(1, &shape, NULL)), dcpl = check(H5Pcreate(H5P_DATASET_CREATE));
    check(H5Pset_chunk(dcpl, 1, &chunk));
    check(H5Pset_filter(dcpl, 32001, H5Z_FLAG_MANDATORY, 7, values));
    hid_t dataset = check(H5Dcreate2(file, "x", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, dcpl, H5P_DEFAULT));
    check(H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, written));
    check(H5Dclose(dataset));
    dataset = check(H5Dopen2(file, "x", H5P_DEFAULT));
    check(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, read));
    for (int i = 0; i < N; i++)
        check(read[i] == written[i] ? 0 : -1);
    check(H5Pget_filter_by_id2(check(H5Dget_create_plist(dataset)), 32001, &flags, &count, values, 0, NULL, &config));
    printf("%u\n", values[TYPESIZE]);
    return EXIT_SUCCESS;
}
