! zarr_to_hdf5: copies a Zarr array into an HDF5 dataset "sst" that is compressed by one of our filters, and reads it back.
!
!   zarr_to_hdf5 STORE FILE FILTER VALUE...       numcodecs-cdvalues prints filter and values
!
! The module decodes the Zarr chunks; HDF5 finds the filter's plug-in on HDF5_PLUGIN_PATH.
program zarr_to_hdf5
    use, intrinsic :: iso_fortran_env, only: real32
    use hdf5
    use numcodecs
    use zarr_store
    implicit none

    integer, parameter :: mandatory = 0         ! H5Z_FLAG_MANDATORY of the C header
    character(4096) :: store, file, number
    type(zarr_t) :: array
    real(real32), allocatable :: values(:, :, :), back(:, :, :)
    integer, allocatable :: parameters(:)
    integer(hid_t) :: h5, space, create, dataset
    integer(hsize_t) :: extents(3), chunk(3)
    integer(size_t) :: n
    integer :: filter, i, status

    call get_command_argument(1, store)
    call get_command_argument(2, file)
    call get_command_argument(3, number)
    read(number, *) filter
    allocate(parameters(command_argument_count() - 3))
    do i = 1, size(parameters)
        call get_command_argument(3 + i, number)
        read(number, *) parameters(i)
    end do

    call open_store(trim(store), array)
    call read_store(trim(store), array, values)
    extents = shape(values)
    chunk = array%chunk_shape()

    call h5open_f(status)
    call h5fcreate_f(trim(file), H5F_ACC_TRUNC_F, h5, status)
    call good(status, 'create the file')
    call h5screate_simple_f(3, extents, space, status)
    call h5pcreate_f(H5P_DATASET_CREATE_F, create, status)
    call h5pset_chunk_f(create, 3, chunk, status)
    n = size(parameters)
    call h5pset_filter_f(create, filter, mandatory, n, parameters, status)
    call good(status, 'set the filter')
    call h5dcreate_f(h5, 'sst', H5T_NATIVE_REAL, space, dataset, status, create)
    call good(status, 'create the dataset')
    call h5dwrite_f(dataset, H5T_NATIVE_REAL, values, extents, status)
    call good(status, 'write')
    call h5dclose_f(dataset, status)
    call good(status, 'compress')       ! what the filter refuses shows here
    call h5pclose_f(create, status)
    call h5sclose_f(space, status)
    call h5fclose_f(h5, status)

    call h5fopen_f(trim(file), H5F_ACC_RDONLY_F, h5, status)
    call h5dopen_f(h5, 'sst', dataset, status)
    call good(status, 'open')
    allocate(back, mold=values)
    call h5dread_f(dataset, H5T_NATIVE_REAL, back, extents, status)
    call good(status, 'read')
    call h5dclose_f(dataset, status)
    call h5fclose_f(h5, status)
    call h5close_f(status)
    if (any(abs(back - values) > 0)) error stop 'zarr_to_hdf5: other values'
    print '(a)', 'same'

contains

    subroutine good(code, what)
        integer, intent(in) :: code
        character(*), intent(in) :: what
        if (code < 0) error stop 'zarr_to_hdf5: cannot '//what
    end subroutine
end program
