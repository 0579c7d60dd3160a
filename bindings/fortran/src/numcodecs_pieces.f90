! Many chunks in one call: pieces of one array of the caller, each encoded from or decoded to its place.
module numcodecs_pieces
    use numcodecs_c
    use numcodecs_memory
    implicit none
    private
    public :: pieces_t, split_last, encode_pieces, decode_pieces

    integer(c_int32_t), parameter :: ERR_MEMORY = 8, ERR_SHAPE = 9

    ! offsets: bytes to the first element of each. counts: their elements along each dimension, as the library sees them; not
    ! allocated: all are whole. fill: metadata that knows the fill value.
    type :: pieces_t
        integer(c_int64_t), allocatable :: offsets(:), counts(:, :)
        type(c_ptr) :: fill = c_null_ptr
    end type

    ! The parallel arrays of an nc_batch.
    type :: lists_t
        type(c_ptr), allocatable :: src(:), dst(:)
        integer(c_size_t), allocatable :: src_nbytes(:), dst_nbytes(:), written(:)
        integer(c_int32_t), allocatable :: status(:)
    end type

contains

    ! An array whose last dimension counts pieces of one shape. each: their layout.
    subroutine split_last(memory, pieces, each, err)
        type(memory_t), intent(in) :: memory
        type(pieces_t), intent(out) :: pieces
        type(c_ptr), intent(out) :: each
        type(nc_error), intent(inout) :: err
        integer :: i, n

        each = c_null_ptr
        if (err%code /= 0) return
        n = size(memory%extents)
        if (n == 0) then
            call fail(err, ERR_SHAPE, 'the last dimension of the array counts the chunks: it has none')
            return
        end if
        pieces%offsets = [((i - 1)*memory%strides(n), i=1, int(memory%extents(n)))]
        each = layout_of(memory, memory%extents(:n - 1), .true., err)
    end subroutine

    subroutine allocate_lists(lists, n)
        type(lists_t), intent(out) :: lists
        integer, intent(in) :: n
        allocate(lists%src(n), lists%dst(n), lists%src_nbytes(n), lists%dst_nbytes(n), lists%written(n), lists%status(n))
    end subroutine

    function batch_of(lists, pieces) result(batch)
        type(lists_t), intent(in), target :: lists
        type(pieces_t), intent(in), target :: pieces
        type(nc_batch) :: batch

        batch%struct_size = c_sizeof(batch)
        batch%n = size(lists%src, kind=c_size_t)
        batch%fill = pieces%fill
        if (batch%n == 0) return
        batch%src = c_loc(lists%src)
        batch%src_nbytes = c_loc(lists%src_nbytes)
        batch%dst = c_loc(lists%dst)
        batch%dst_nbytes = c_loc(lists%dst_nbytes)
        batch%written = c_loc(lists%written)
        batch%status = c_loc(lists%status)
        if (allocated(pieces%counts)) then
            if (size(pieces%counts) > 0) batch%counts = c_loc(pieces%counts)
        end if
    end function

    ! So many bytes further.
    function behind(base, offset) result(address)
        type(c_ptr), intent(in) :: base
        integer(c_int64_t), intent(in) :: offset
        type(c_ptr) :: address
        address = transfer(transfer(base, 0_c_intptr_t) + offset, c_null_ptr)
    end function

    ! Decodes chunks to their places; those that are not allocated become fill value.
    subroutine decode_pieces(codec, chunk, each, memory, pieces, chunks, options, stats, err)
        type(c_ptr), intent(in) :: codec, chunk, each
        type(memory_t), intent(in) :: memory
        type(pieces_t), intent(in) :: pieces
        type(bytes_t), intent(in), target :: chunks(:)
        type(options_t), intent(in), optional :: options
        integer, allocatable, intent(out), optional :: stats(:)
        type(nc_error), intent(inout) :: err
        integer(c_int8_t), target :: nothing(1)
        type(lists_t), target :: lists
        integer(c_int32_t) :: status
        integer :: i

        if (size(chunks) /= size(pieces%offsets)) then
            call fail(err, ERR_SHAPE, 'another number of chunks than of places for them')
            return
        end if
        call allocate_lists(lists, size(chunks))
        do i = 1, size(chunks)
            lists%src(i) = c_null_ptr
            lists%src_nbytes(i) = 0
            if (allocated(chunks(i)%b)) then
                lists%src_nbytes(i) = size(chunks(i)%b, kind=c_size_t)
                lists%src(i) = c_loc(nothing)   ! an empty chunk is not an absent one
                if (lists%src_nbytes(i) > 0) lists%src(i) = address_of(chunks(i)%b)
            end if
            lists%dst(i) = behind(memory%data, pieces%offsets(i))
            lists%dst_nbytes(i) = memory%nbytes - pieces%offsets(i)
        end do
        status = nc_decode_batch(codec, chunk, each, batch_of(lists, pieces), raw_options(options), err)
        if (present(stats)) stats = int(lists%status)
    end subroutine

    ! Encodes pieces into chunks, of which there are as many. chunk: what a whole one is.
    subroutine encode_pieces(codec, chunk, each, memory, pieces, options, chunks, stats, err)
        type(c_ptr), intent(in) :: codec, chunk, each
        type(memory_t), intent(in) :: memory
        type(pieces_t), intent(in) :: pieces
        type(options_t), intent(in), optional :: options
        type(bytes_t), intent(inout) :: chunks(:)
        integer, allocatable, intent(out), optional :: stats(:)
        type(nc_error), intent(inout) :: err
        type(lists_t), target :: lists
        integer(c_int8_t), allocatable, target :: room(:, :)
        integer(c_int64_t) :: bound
        type(c_ptr) :: encoded
        integer(c_int32_t) :: status
        integer :: i, refused

        status = nc_encode_info(codec, chunk, max(memory%nbytes, nc_layout_query(chunk, NUMCODECS_Q_NBYTES)), bound, encoded, err)
        call nc_layout_free(encoded)
        if (status /= 0) return
        allocate(room(bound, size(chunks)), stat=refused)
        if (refused /= 0) then
            call fail(err, ERR_MEMORY, 'no memory for the encoded chunks')
            return
        end if
        call allocate_lists(lists, size(chunks))
        do i = 1, size(chunks)
            lists%src(i) = behind(memory%data, pieces%offsets(i))
            lists%src_nbytes(i) = memory%nbytes - pieces%offsets(i)
            lists%dst(i) = address_of(room(:, i))
            lists%dst_nbytes(i) = bound
        end do
        status = nc_encode_batch(codec, each, batch_of(lists, pieces), raw_options(options), err)
        do i = 1, size(chunks)
            if (lists%status(i) == 0) chunks(i)%b = room(:lists%written(i), i)
        end do
        if (present(stats)) stats = int(lists%status)
    end subroutine
end module
