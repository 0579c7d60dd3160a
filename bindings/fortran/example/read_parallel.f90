! read_parallel: a whole Zarr array of three dimensions of floats, read on all cores, and what it holds along its first dimension, which
! in Fortran is the last.
!
!   read_parallel STORE
program read_parallel
    use, intrinsic :: iso_fortran_env, only: real32, real64
    use numcodecs
    use zarr_store
    implicit none

    character(4096) :: store
    type(zarr_t) :: array
    real(real32), allocatable :: values(:, :, :)
    real(real32) :: missing
    integer :: month

    call get_command_argument(1, store)
    call open_store(trim(store), array)
    call read_store(trim(store), array, values)
    call array%fill(missing)
    print '(a)', 'month  valid        min        max       mean'
    do month = 1, size(values, 3)
        call print_summary(month, pack(values(:, :, month), abs(values(:, :, month) - missing) > 0))
    end do

contains

    subroutine print_summary(number, valid)
        integer, intent(in) :: number
        real(real32), intent(in) :: valid(:)
        if (size(valid) == 0) return
        print '(i5, i7, 3f11.6)', number, size(valid), minval(valid), maxval(valid), sum(real(valid, real64))/size(valid)
    end subroutine
end program
