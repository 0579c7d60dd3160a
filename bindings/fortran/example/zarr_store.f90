! A Zarr array (v2 or v3) of three dimensions of floats in a folder, read as a whole.
module zarr_store
    use, intrinsic :: iso_c_binding
    use, intrinsic :: iso_fortran_env, only: int64, real32
    use numcodecs
    implicit none
    private
    public :: open_store, read_store

contains

    subroutine open_store(folder, array)
        character(*), intent(in) :: folder
        type(zarr_t), intent(inout) :: array
        integer(c_int8_t), allocatable :: bytes(:)

        call read_file(folder//'/zarr.json', bytes)
        if (.not. allocated(bytes)) call read_file(folder//'/.zarray', bytes)
        if (.not. allocated(bytes)) error stop 'neither zarr.json nor .zarray in the folder'
        call array%open(text_of(bytes, size(bytes)))
        if (array%ndim() /= 3) error stop 'not an array of three dimensions'
    end subroutine

    pure function text_of(bytes, n) result(text)
        integer, intent(in) :: n
        integer(c_int8_t), intent(in) :: bytes(n)
        character(n) :: text
        text = transfer(bytes, text)
    end function

    ! The whole file; not allocated where there is none.
    subroutine read_file(name, bytes)
        character(*), intent(in) :: name
        integer(c_int8_t), allocatable, intent(out) :: bytes(:)
        integer :: unit, nbytes
        logical :: there

        inquire(file=name, exist=there)
        if (.not. there) return
        open(newunit=unit, file=name, access='stream', form='unformatted', action='read', status='old')
        inquire(unit, size=nbytes)
        allocate(bytes(nbytes))
        read(unit) bytes
        close(unit)
    end subroutine

    ! All chunks, decoded on all cores by one call. Each goes straight to its place in the array; those at the edges are cropped, and
    ! chunks without a file become fill value. What is (time, lat, lon) in Zarr is (lon, lat, time) here.
    subroutine read_store(folder, array, whole)
        character(*), intent(in) :: folder
        type(zarr_t), intent(in) :: array
        real(real32), allocatable, intent(out) :: whole(:, :, :)
        type(bytes_t), allocatable :: chunks(:)
        integer, allocatable :: places(:, :)
        integer(int64) :: extents(3)
        integer :: i

        extents = array%shape()
        allocate(whole(extents(1), extents(2), extents(3)))
        allocate(places, source=array%places())
        allocate(chunks(size(places, 2)))
        do i = 1, size(chunks)
            call read_file(folder//'/'//array%chunk_key(places(:, i)), chunks(i)%b)
        end do
        call array%decode_batch(chunks, places, whole, options_t(nthreads=NUMCODECS_ALL_CORES))
    end subroutine
end module
