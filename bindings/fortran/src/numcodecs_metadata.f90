! Metadata of Zarr arrays as text: see README.md.
module numcodecs_metadata
    use numcodecs_c
    use numcodecs_memory
    use numcodecs_zarr
    implicit none
    private
    public :: create_zarr, zarr_metadata, zarr_attributes

    integer(c_int32_t), parameter :: ERR_SHAPE = 9

contains

    ! A new array. codecs: as for codec_t. dtype: NumPy's name for what is stored. shape, chunk_shape: extents, reversed as in open.
    ! fill: the fill value, one number in this machine's byte order; none = no fill value.
    subroutine create_zarr(array, codecs, dtype, shape, chunk_shape, fill, format_version, reverse, error)
        type(zarr_t), intent(inout) :: array
        character(*), intent(in) :: codecs, dtype
        integer(c_int64_t), intent(in) :: shape(:), chunk_shape(:)
        type(*), dimension(..), intent(in), target, optional :: fill
        integer, intent(in), optional :: format_version
        logical, intent(in), optional :: reverse
        type(error_t), intent(out), optional :: error
        integer(c_int8_t), allocatable :: item(:)
        integer(c_int64_t) :: extents(size(shape))
        integer(c_int32_t) :: format, status
        logical :: backwards
        type(nc_error) :: err
        type(c_ptr) :: chunk, made

        format = 3
        if (present(format_version)) format = int(format_version, c_int32_t)
        backwards = .true.
        if (present(reverse)) backwards = reverse
        extents = shape
        if (backwards) extents = shape(size(shape):1:-1)
        allocate(item(0))
        if (present(fill)) call stored_item(fill, dtype, item, err)
        if (size(shape) /= size(chunk_shape)) call fail(err, ERR_SHAPE, 'shape and chunk_shape have as many dimensions')
        chunk = new_layout(dtype, chunk_shape, [integer(c_int64_t) ::], backwards, err)
        if (err%code == 0) then
            status = nc_zarr_new(c_text(codecs), c_null_ptr, chunk, extents, address_of(item), size(item, kind=c_size_t), format, &
                                 made, err)
            if (status == 0) call array%open(text_of(made, format, c_null_ptr, err), backwards, error)
            call nc_zarr_free(made)
        end if
        call nc_layout_free(chunk)
        if (err%code /= 0) call report(err, error)
    end subroutine

    ! The text of a `.zarray` (version 2) or `zarr.json` (3), in whichever version it was read. attributes: a JSON object for a
    ! `zarr.json`; none = those that were read. Empty after a failure.
    function zarr_metadata(array, format_version, attributes, error) result(text)
        type(zarr_t), intent(in) :: array
        integer, intent(in) :: format_version
        character(*), intent(in), optional :: attributes
        type(error_t), intent(out), optional :: error
        character(:), allocatable :: text
        character(:), allocatable, target :: json
        type(c_ptr) :: address
        type(nc_error) :: err

        address = c_null_ptr
        if (present(attributes)) then
            json = c_text(attributes)
            address = c_loc(json)
        end if
        text = text_of(array%c_handle(), int(format_version, c_int32_t), address, err)
        call report(err, error)
    end function

    ! The attributes of a `zarr.json` as JSON; empty where it has none, and for Zarr v2.
    function zarr_attributes(array) result(json)
        type(zarr_t), intent(in) :: array
        character(:), allocatable :: json
        json = f_text(nc_zarr_attributes(array%c_handle()))
    end function

    function text_of(handle, format, attributes, err) result(text)
        type(c_ptr), intent(in) :: handle, attributes
        integer(c_int32_t), intent(in) :: format
        type(nc_error), intent(inout) :: err
        character(:), allocatable :: text
        integer(c_int8_t), allocatable :: bytes(:)
        type(c_ptr) :: buffer
        integer :: i

        text = ''
        if (nc_zarr_metadata(handle, format, attributes, buffer, err) /= 0) return
        call take_buffer(buffer, bytes)
        text = repeat(' ', size(bytes))
        do i = 1, size(bytes)
            text(i:i) = transfer(bytes(i), 'x')
        end do
    end function
end module
