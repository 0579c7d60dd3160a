! zarr_to_netcdf: copies a Zarr array into a netCDF-4 variable "sst" that is compressed by one of our filters, and reads it back.
!
!   zarr_to_netcdf STORE FILE FILTER VALUE...       numcodecs-cdvalues prints filter and values
!
! The module decodes the Zarr chunks; netCDF (HDF5 below it) finds the filter's plug-in on HDF5_PLUGIN_PATH.
program zarr_to_netcdf
    use, intrinsic :: iso_fortran_env, only: real32
    use netcdf
    use numcodecs
    use zarr_store
    implicit none

    character(*), parameter :: names(3) = ['lon ', 'lat ', 'time']
    character(4096) :: store, file, number
    type(zarr_t) :: array
    real(real32), allocatable :: values(:, :, :), back(:, :, :)
    integer, allocatable :: parameters(:)
    integer :: nc, variable, dims(3), filter, i

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

    call good(nf90_create(trim(file), NF90_NETCDF4, nc))
    do i = 1, 3
        call good(nf90_def_dim(nc, trim(names(i)), size(values, i), dims(i)))
    end do
    call good(nf90_def_var(nc, 'sst', NF90_FLOAT, dims, variable, chunksizes=int(array%chunk_shape())))
    call good(nf90_def_var_filter(nc, variable, filter, size(parameters), parameters))
    call good(nf90_put_var(nc, variable, values))
    call good(nf90_close(nc))

    call good(nf90_open(trim(file), NF90_NOWRITE, nc))
    call good(nf90_inq_varid(nc, 'sst', variable))
    allocate(back, mold=values)
    call good(nf90_get_var(nc, variable, back))
    call good(nf90_close(nc))
    if (any(abs(back - values) > 0)) error stop 'zarr_to_netcdf: other values'
    print '(a)', 'same'

contains

    subroutine good(status)
        integer, intent(in) :: status
        character(:), allocatable :: text
        if (status == NF90_NOERR) return
        text = 'zarr_to_netcdf: '//trim(nf90_strerror(status))
        error stop text
    end subroutine
end program
