! The shipped vectors: vectors LINES DATA, where tests/consumers/vectors_as_lines.py wrote LINES.
program vectors
    use, intrinsic :: iso_c_binding
    use numcodecs
    implicit none

    type :: field_t
        character(:), allocatable :: text
    end type

    character(4096) :: lines, folder, line
    type(field_t) :: fields(13)
    integer :: unit, ios, cases, failed

    call get_command_argument(1, lines)
    call get_command_argument(2, folder)
    cases = 0
    failed = 0
    open(newunit=unit, file=trim(lines), action='read', status='old')
    do
        read(unit, '(a)', iostat=ios) line
        if (ios /= 0) exit
        fields = split(trim(line))
        select case (fields(1)%text)
        case ('roundtrip')
            call roundtrip()
        case ('refuse')
            call refuse()
        case ('bad_config')
            call bad_config()
        case default
            call expect(.false., 'a known check')
        end select
        cases = cases + 1
    end do
    close(unit)
    call expect(cases > 400, 'all vectors')
    print '(i0, a, i0, a)', cases, ' vectors, ', failed, ' checks failed'
    if (failed > 0) error stop 1

contains

    subroutine expect(good, what)
        logical, intent(in) :: good
        character(*), intent(in) :: what
        if (good) return
        failed = failed + 1
        print '(4a)', fields(2)%text, ': ', what
    end subroutine

    function split(text) result(found)
        character(*), intent(in) :: text
        type(field_t) :: found(13)
        integer :: i, start, tab
        start = 1
        do i = 1, 13
            tab = index(text(start:), achar(9))
            if (tab == 0) tab = len(text) - start + 2
            found(i)%text = text(start:start + tab - 2)
            start = start + tab
        end do
    end function

    function content(file) result(bytes)
        character(*), intent(in) :: file
        integer(c_int8_t), allocatable :: bytes(:)
        integer :: handle, n
        open(newunit=handle, file=trim(folder)//'/'//file, access='stream', form='unformatted', action='read', status='old')
        inquire(handle, size=n)
        allocate(bytes(n))
        read(handle) bytes
        close(handle)
    end function

    function same(a, b)
        integer(c_int8_t), intent(in) :: a(:), b(:)
        logical :: same
        same = .false.
        if (size(a) == size(b)) same = all(a == b)
    end function

    subroutine roundtrip()
        type(codec_t) :: codec
        type(error_t) :: error
        integer(c_int8_t), allocatable :: input(:), stored(:), wanted(:), got(:), again(:), into(:)
        integer :: shape(0:3)

        call codec%create(fields(3)%text, error)
        call expect(error%status == 0, error%message)
        if (error%status /= 0) return
        input = content(fields(8)%text)
        stored = content(fields(9)%text)
        wanted = content(fields(13)%text)

        call codec%decode_bytes(stored, got, error=error)
        call expect(error%status == 0, error%message)
        if (error%status == 0) call expect(same(got, wanted), 'decoded bytes')

        shape = shape_of(10)
        call decode_elements(codec, stored, itemsize_of(fields(10)%text), shape, into, error)
        call expect(error%status == 0, error%message)
        call expect(same(into, wanted), 'bytes of the decoded array')

        shape = shape_of(5)
        call encode_elements(codec, input, itemsize_of(fields(5)%text), shape, again, error)
        call expect(error%status == 0, error%message)
        if (error%status /= 0) return
        if (fields(4)%text == '1') then
            call expect(same(again, stored), 'encoded bytes')
        else
            call codec%decode_bytes(again, got)
            call expect(same(got, wanted), 'bytes after a round trip')
        end if
    end subroutine

    ! Number of dimensions and three extents of the array whose fields begin there: backwards, as the module hands them on. Of an F
    ! array only the bytes are those of a Fortran array: it goes as one of one dimension.
    function shape_of(field) result(shape)
        integer, intent(in) :: field
        integer :: shape(0:3)

        shape = 1
        read(fields(field + 1)%text, *) shape(0)
        read(fields(field + 1)%text, *) shape(0), shape(shape(0):1:-1)
        if (fields(field + 2)%text == 'F' .and. shape(0) > 1) shape = [1, product(shape(1:)), 1, 1]
    end function

    ! Elements of any size are texts of that length, whose dtype the options tell.
    subroutine encode_elements(codec, bytes, itemsize, shape, encoded, error)
        type(codec_t), intent(in) :: codec
        integer(c_int8_t), intent(in) :: bytes(:)
        integer, intent(in) :: itemsize, shape(0:3)
        integer(c_int8_t), allocatable, intent(out) :: encoded(:)
        type(error_t), intent(out) :: error
        character(itemsize) :: elements(shape(1), shape(2), shape(3))
        type(options_t) :: options

        call expect(size(elements)*itemsize == size(bytes), 'bytes for all elements')
        elements = reshape(transfer(bytes, elements, size(elements)), ubound(elements))
        options%dtype = fields(5)%text
        select case (shape(0))
        case (0)
            call codec%encode(elements(1, 1, 1), encoded, options, error)
        case (1)
            call codec%encode(elements(:, 1, 1), encoded, options, error)
        case (2)
            call codec%encode(elements(:, :, 1), encoded, options, error)
        case default
            call codec%encode(elements, encoded, options, error)
        end select
    end subroutine

    subroutine decode_elements(codec, encoded, itemsize, shape, bytes, error)
        type(codec_t), intent(in) :: codec
        integer(c_int8_t), intent(in) :: encoded(:)
        integer, intent(in) :: itemsize, shape(0:3)
        integer(c_int8_t), allocatable, intent(out) :: bytes(:)
        type(error_t), intent(out) :: error
        character(itemsize) :: elements(shape(1), shape(2), shape(3))
        type(options_t) :: options

        options%dtype = fields(10)%text
        options%chunk_dtype = fields(10)%text
        select case (shape(0))
        case (0)
            call codec%decode(encoded, elements(1, 1, 1), options, error)
        case (1)
            call codec%decode(encoded, elements(:, 1, 1), options, error)
        case (2)
            call codec%decode(encoded, elements(:, :, 1), options, error)
        case default
            call codec%decode(encoded, elements, options, error)
        end select
        allocate(bytes(size(elements)*itemsize))
        bytes = transfer(elements, bytes, size(bytes))
    end subroutine

    integer function itemsize_of(dtype) result(nbytes)
        character(*), intent(in) :: dtype
        integer :: unit
        unit = index(dtype, '[')        ! datetimes have one behind the size
        if (unit == 0) unit = len(dtype) + 1
        read(dtype(3:unit - 1), *) nbytes
        if (dtype(2:2) == 'U') nbytes = 4*nbytes
    end function

    subroutine refuse()
        type(codec_t) :: codec
        integer(c_int8_t), allocatable :: decoded(:)
        type(error_t) :: error

        call codec%create(fields(3)%text, error)
        call expect(error%status == 0, error%message)
        call codec%decode_bytes(content(fields(9)%text), decoded, options_t(max_output=1048576), error)
        call expect(error%status /= 0 .and. error%status /= NUMCODECS_ERR_PANIC .and. error%message /= '', 'an error')
        call expect(.not. allocated(decoded), 'no result')
    end subroutine

    subroutine bad_config()
        type(codec_t) :: codec
        type(error_t) :: error
        call codec%create(fields(3)%text, error)
        call expect(error%status /= 0 .and. error%status /= NUMCODECS_ERR_PANIC .and. error%message /= '', 'an error')
    end subroutine
end program
