! Behind the scenes of module numcodecs: errors, text, and arrays of any type and rank as the library sees them.
module numcodecs_memory
    use numcodecs_c
    implicit none
    private
    public :: memory_t, bytes_t, options_t, error_t
    public :: describe_array, turn_back, layout_of, stored_layout, new_layout, bytes_between
    public :: address_of, raw_options, take_buffer, stored_item
    public :: report, fail, c_text, f_text

    integer(c_int32_t), parameter :: ERR_SHAPE = 9, ERR_DTYPE = 6

    ! Encoded bytes of one chunk. Not allocated: a chunk that is not there.
    type :: bytes_t
        integer(c_int8_t), allocatable :: b(:)
    end type

    ! Options of one call.
    type :: options_t
        integer(c_int64_t) :: max_output = 0    ! most bytes of result; 0 = no limit
        integer(c_int64_t) :: max_memory = 0    ! most bytes of result and scratch; 0 = no limit
        integer :: nthreads = 1                 ! of batches and codecs that can use them; -1 = all cores
        logical :: strict = .false.             ! refuse what the Python package lets pass
        character(24) :: dtype = ''             ! NumPy's name for the elements of the array: "<u2", which Fortran has no type for
        character(24) :: chunk_dtype = ''       ! of what was encoded, where the codec does not know it and the array has another
    end type

    ! What went wrong. An argument of its own and not stat and errmsg: with a text among the optional arguments, gfortran 12 passes
    ! arrays of text wrongly.
    type :: error_t
        integer :: status = 0                               ! one of NUMCODECS_ERR_, 0 = success
        character(:), allocatable :: message                ! for a person; empty after success
        character(:), allocatable :: codec, path            ! id of the codec, key or JSON path in the configuration; or empty
        integer(c_int64_t) :: offset = -1, index = -1       ! byte in the encoded input, chunk of a batch (from 1); -1 = not known
    end type

    ! As in describe.c.
    type, bind(c) :: description
        type(c_ptr) :: data = c_null_ptr
        integer(c_int64_t) :: itemsize = 0
        integer(c_int32_t) :: rank = 0, turned = 0
        integer(c_int64_t) :: extents(15) = 0, strides(15) = 0
        character(kind=c_char) :: dtype(24) = c_null_char
    end type

    ! An array of the caller: dimensions in Fortran's order, strides in bytes.
    type :: memory_t
        type(c_ptr) :: data = c_null_ptr
        integer(c_size_t) :: nbytes = 0                      ! from the first to the last byte
        integer(c_int64_t) :: itemsize = 0
        integer(c_int64_t), allocatable :: extents(:), strides(:)
        character(:), allocatable :: dtype
        integer(c_int8_t), allocatable :: copy(:)            ! of a section that runs backwards, which the library cannot be given
    end type

    interface
        subroutine numcodecs_fortran_describe(array, is) bind(c)
            import :: description
            type(*), dimension(..), intent(in) :: array
            type(description), intent(out) :: is
        end subroutine
        subroutine numcodecs_fortran_copy(array, memory, back) bind(c)
            import :: c_int8_t, c_int32_t
            type(*), dimension(..), intent(in) :: array
            integer(c_int8_t) :: memory(*)
            integer(c_int32_t), value :: back
        end subroutine
    end interface

contains

    ! The outcome of a procedure. As a failed `allocate` does, it stops the program unless somebody asked.
    subroutine report(err, error)
        type(nc_error), intent(in) :: err
        type(error_t), intent(out), optional :: error
        character(:), allocatable :: text

        if (present(error)) then
            error%status = int(err%code)
            error%message = characters(err%message)
            error%codec = characters(err%codec)
            error%path = characters(err%path)
            error%offset = err%offset
            if (err%index >= 0) error%index = err%index + 1
        else if (err%code /= 0) then
            text = 'numcodecs: '//characters(err%codec)//': '//characters(err%message)
            error stop text
        end if
    end subroutine

    ! An error found on this side of the library.
    subroutine fail(err, code, message)
        type(nc_error), intent(inout) :: err
        integer(c_int32_t), intent(in) :: code
        character(*), intent(in) :: message
        integer :: i

        err = nc_error(code=code)
        do i = 1, min(len(message), size(err%message) - 1)
            err%message(i) = message(i:i)
        end do
    end subroutine

    pure function characters(text) result(string)
        character(kind=c_char), intent(in) :: text(:)
        character(:), allocatable :: string
        integer :: i, n

        n = size(text)
        do i = size(text), 1, -1
            if (text(i) == c_null_char) n = i - 1
        end do
        allocate(character(n) :: string)
        do i = 1, n
            string(i:i) = text(i)
        end do
    end function

    ! Text of the library; empty for NULL.
    function f_text(text) result(string)
        type(c_ptr), intent(in) :: text
        character(:), allocatable :: string
        character(kind=c_char), pointer :: seen(:)

        if (c_associated(text)) then
            call c_f_pointer(text, seen, [strlen(text)])
            string = characters(seen)
        else
            string = ''
        end if
    end function

    pure function c_text(string) result(text)
        character(*), intent(in) :: string
        character(:), allocatable :: text
        text = string//c_null_char
    end function

    ! An array of the caller. A section that runs backwards is copied, and turn_back copies results into it.
    subroutine describe_array(array, options, memory, err)
        type(*), dimension(..), intent(in), target :: array
        type(options_t), intent(in), optional :: options
        type(memory_t), intent(out), target :: memory
        type(nc_error), intent(inout) :: err
        type(description) :: is

        call numcodecs_fortran_describe(array, is)
        memory%data = is%data
        memory%itemsize = is%itemsize
        memory%extents = is%extents(:is%rank)
        memory%strides = is%strides(:is%rank)
        memory%dtype = characters(is%dtype)
        if (present(options)) then
            if (options%dtype /= '') memory%dtype = trim(options%dtype)
        end if
        if (any(memory%extents < 0)) call fail(err, ERR_SHAPE, 'an assumed-size array has no last extent: give a section')
        if (memory%dtype == '') call fail(err, ERR_DTYPE, 'elements of this Fortran type need options_t(dtype)')
        if (err%code /= 0) return
        if (is%turned /= 0) then
            allocate(memory%copy(product(memory%extents)*memory%itemsize))
            call numcodecs_fortran_copy(array, memory%copy, 0)
            memory%data = address_of(memory%copy)
            memory%strides = contiguous(memory%extents, memory%itemsize)
        end if
        memory%nbytes = bytes_between(memory, memory%extents)
    end subroutine

    ! Results go from the copy to the array itself.
    subroutine turn_back(memory, array)
        type(memory_t), intent(inout) :: memory
        type(*), dimension(..), intent(in), target :: array
        if (allocated(memory%copy)) call numcodecs_fortran_copy(array, memory%copy, 1)
    end subroutine

    pure function contiguous(extents, itemsize) result(strides)
        integer(c_int64_t), intent(in) :: extents(:), itemsize
        integer(c_int64_t) :: strides(size(extents))
        integer :: d
        do d = 1, size(extents)
            strides(d) = itemsize*product(extents(:d - 1))
        end do
    end function

    ! From the first to the last byte of a box of that many elements.
    pure integer(c_size_t) function bytes_between(memory, extents) result(nbytes)
        type(memory_t), intent(in) :: memory
        integer(c_int64_t), intent(in) :: extents(:)
        nbytes = 0
        if (all(extents > 0)) nbytes = sum((extents - 1)*memory%strides(:size(extents))) + memory%itemsize
    end function

    ! The layout of an array: free it with nc_layout_free. reverse: the library sees the dimensions backwards.
    function layout_of(memory, extents, reverse, err) result(layout)
        type(memory_t), intent(in) :: memory
        integer(c_int64_t), intent(in) :: extents(:)
        logical, intent(in) :: reverse
        type(nc_error), intent(inout) :: err
        type(c_ptr) :: layout

        layout = new_layout(memory%dtype, extents, memory%strides, reverse, err)
        if (err%code /= 0) return
        if (nc_layout_query(layout, NUMCODECS_Q_ITEMSIZE) == memory%itemsize) return
        call nc_layout_free(layout)
        layout = c_null_ptr
        call fail(err, ERR_DTYPE, 'the array has elements of another size than '//memory%dtype)
    end function

    ! The layout of what was encoded, as options tell it or else dtype; NULL if neither does.
    function stored_layout(extents, dtype, options, err) result(layout)
        integer(c_int64_t), intent(in) :: extents(:)
        character(*), intent(in) :: dtype
        type(options_t), intent(in), optional :: options
        type(nc_error), intent(inout) :: err
        type(c_ptr) :: layout
        character(:), allocatable :: stored

        stored = dtype
        if (present(options)) then
            if (options%chunk_dtype /= '') stored = trim(options%chunk_dtype)
        end if
        layout = c_null_ptr
        if (stored /= '') layout = new_layout(stored, extents, [integer(c_int64_t) ::], .true., err)
    end function

    ! strides: none for elements without gaps in C order.
    function new_layout(dtype, extents, strides, reverse, err) result(layout)
        character(*), intent(in) :: dtype
        integer(c_int64_t), intent(in) :: extents(:), strides(:)
        logical, intent(in) :: reverse
        type(nc_error), intent(inout) :: err
        type(c_ptr) :: layout, steps
        integer(c_int64_t), target :: shape(15), gaps(15)
        integer(c_int32_t) :: status
        integer :: n, order

        layout = c_null_ptr
        if (err%code /= 0) return
        n = size(extents)
        shape(:n) = extents
        if (reverse) shape(:n) = shape(n:1:-1)
        steps = c_null_ptr
        order = NUMCODECS_ORDER_C
        if (size(strides) >= n .and. n > 0) then
            gaps(:n) = strides(:n)
            if (reverse) gaps(:n) = gaps(n:1:-1)
            steps = c_loc(gaps)
            order = NUMCODECS_ORDER_STRIDED
        end if
        status = nc_layout_new(c_text(dtype), NUMCODECS_FIXED, int(n, c_int32_t), shape, steps, int(order, c_int32_t), layout, err)
    end function

    ! One element as it is stored: in the byte order of dtype.
    subroutine stored_item(element, dtype, item, err)
        type(*), dimension(..), intent(in), target :: element
        character(*), intent(in) :: dtype
        integer(c_int8_t), allocatable, intent(inout) :: item(:)
        type(nc_error), intent(inout) :: err
        type(memory_t) :: memory
        type(c_ptr) :: plain, is, want, buffer
        integer(c_int32_t) :: status

        call describe_array(element, memory=memory, err=err)
        is = layout_of(memory, memory%extents, .true., err)
        want = new_layout(dtype, memory%extents, [integer(c_int64_t) ::], .true., err)
        if (err%code == 0) then
            status = nc_codec_from_config(c_text('[]'), c_null_ptr, plain, err)
            if (status == 0) status = nc_decode(plain, memory%data, memory%nbytes, is, want, raw_options(), buffer, err)
            if (status == 0) call take_buffer(buffer, item)
            call nc_codec_free(plain)
        end if
        call nc_layout_free(want)
        call nc_layout_free(is)
    end subroutine

    ! NULL for no bytes.
    function address_of(bytes) result(address)
        integer(c_int8_t), intent(in), target, contiguous :: bytes(:)
        type(c_ptr) :: address
        address = c_null_ptr
        if (size(bytes) > 0) address = c_loc(bytes)
    end function

    function raw_options(options) result(raw)
        type(options_t), intent(in), optional :: options
        type(nc_options) :: raw
        raw%struct_size = c_sizeof(raw)
        if (.not. present(options)) return
        raw%max_output = options%max_output
        raw%max_memory = options%max_memory
        raw%nthreads = int(options%nthreads, c_int32_t)
        if (options%strict) raw%flags = NUMCODECS_STRICT
    end function

    ! The bytes of a result, which is freed.
    subroutine take_buffer(buffer, bytes)
        type(c_ptr), intent(in) :: buffer
        integer(c_int8_t), allocatable, intent(out) :: bytes(:)
        integer(c_int8_t), pointer :: seen(:)

        allocate(bytes(nc_buffer_nbytes(buffer)))
        if (size(bytes) > 0) then
            call c_f_pointer(nc_buffer_data(buffer), seen, [size(bytes, kind=c_size_t)])
            bytes(:) = seen
        end if
        call nc_buffer_free(buffer)
    end subroutine
end module
