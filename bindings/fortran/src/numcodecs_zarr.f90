! Zarr arrays: see README.md.
module numcodecs_zarr
    use numcodecs_c
    use numcodecs_memory
    use numcodecs_pieces
    implicit none
    private
    public :: zarr_t

    integer(c_int32_t), parameter :: ERR_UNSUPPORTED = 7, ERR_SHAPE = 9

    ! The metadata of one array, of Zarr v2 or v3. It frees itself; a copy by assignment is one of its own. Threads may share one.
    type :: zarr_t
        private
        type(c_ptr) :: owned = c_null_ptr       ! to be freed
        type(c_ptr) :: handle = c_null_ptr      ! the same, or of the chunks inside its shards
        integer :: depth = 0                    ! how far inside
        logical :: reverse = .true.
        character(:), allocatable :: json
    contains
        procedure :: open => open_zarr
        procedure :: inner
        procedure :: is_sharded
        procedure :: c_handle
        procedure :: is_reversed
        procedure :: ndim
        procedure :: shape => shape_of
        procedure :: chunk_shape
        procedure :: grid
        procedure :: places
        procedure :: chunk_key
        procedure :: dtype
        procedure :: format_version
        procedure :: has_fill
        procedure :: fill
        procedure :: decode
        procedure :: encode
        procedure :: decode_batch
        procedure :: encode_batch
        procedure, private :: copy
        procedure, private :: turned
        procedure, private :: pieces_at
        procedure, private :: each_of
        generic :: assignment(=) => copy
        final :: free
    end type

contains

    ! json: the text of `.zarray` or `zarr.json`. reverse: whether dimensions are named backwards, as HDF5 and netCDF do in Fortran:
    ! an array (time, lat, lon) of Zarr is then a(lon, lat, time). With .false. it is a(time, lat, lon).
    subroutine open_zarr(self, json, reverse, error)
        class(zarr_t), intent(inout) :: self
        character(*), intent(in) :: json
        logical, intent(in), optional :: reverse
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        integer(c_int32_t) :: status

        call free_owned(self)
        status = nc_zarr_open(c_text(json), c_null_ptr, self%owned, err)
        self%handle = self%owned
        self%json = json
        self%reverse = .true.
        if (present(reverse)) self%reverse = reverse
        call report(err, error)
    end subroutine

    impure elemental subroutine free(self)
        type(zarr_t), intent(inout) :: self
        call free_owned(self)
    end subroutine

    subroutine free_owned(self)
        class(zarr_t), intent(inout) :: self
        call nc_zarr_free(self%owned)
        self%owned = c_null_ptr
        self%handle = c_null_ptr
        self%depth = 0
    end subroutine

    subroutine copy(self, other)
        class(zarr_t), intent(inout) :: self
        type(zarr_t), intent(in) :: other
        if (c_associated(other%handle)) then
            call copy_to_depth(self, other, other%depth)
        else
            call free_owned(self)
        end if
    end subroutine

    ! A copy, so far inside its shards. other may be self.
    subroutine copy_to_depth(self, other, depth)
        class(zarr_t), intent(inout) :: self
        class(zarr_t), intent(in) :: other
        integer, intent(in) :: depth
        character(:), allocatable :: json
        integer :: i, n

        allocate(json, source=other%json)
        n = depth
        call self%open(json, other%reverse)
        do i = 1, n
            self%handle = nc_zarr_inner(self%handle)
        end do
        self%depth = n
    end subroutine

    ! Whether chunks are shards, whose inner chunks can be read one by one.
    logical function is_sharded(self)
        class(zarr_t), intent(in) :: self
        is_sharded = c_associated(nc_zarr_inner(self%handle))
    end function

    ! The chunks inside one shard as an array of their own: its shape is that of a shard, its chunks are the inner ones.
    subroutine inner(self, array, error)
        class(zarr_t), intent(in) :: self
        class(zarr_t), intent(inout) :: array
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err

        if (self%is_sharded()) then
            call copy_to_depth(array, self, self%depth + 1)
        else
            call fail(err, ERR_UNSUPPORTED, 'the chunks of this array are no shards')
        end if
        call report(err, error)
    end subroutine

    ! The nc_zarr, for functions of numcodecs.h that are not covered here. Valid as long as self.
    type(c_ptr) function c_handle(self)
        class(zarr_t), intent(in) :: self
        c_handle = self%handle
    end function

    logical function is_reversed(self)
        class(zarr_t), intent(in) :: self
        is_reversed = self%reverse
    end function

    ! Numbers of one per dimension, from Zarr's order to that of the caller or back.
    pure function turned(self, numbers) result(them)
        class(zarr_t), intent(in) :: self
        integer(c_int64_t), intent(in) :: numbers(:)
        integer(c_int64_t) :: them(size(numbers))
        them = numbers
        if (self%reverse) them = numbers(size(numbers):1:-1)
    end function

    integer function ndim(self)
        class(zarr_t), intent(in) :: self
        ndim = int(max(0_c_int64_t, nc_zarr_query(self%handle, NUMCODECS_Q_NDIM)))
    end function

    ! Extents of the whole array.
    function shape_of(self) result(extents)
        class(zarr_t), intent(in) :: self
        integer(c_int64_t), allocatable :: extents(:)
        type(nc_error) :: err
        integer(c_int32_t) :: status

        allocate(extents(self%ndim()))
        status = nc_zarr_shape(self%handle, extents, int(size(extents), c_int32_t), err)
        extents = self%turned(extents)
    end function

    ! Extents of a chunk; those at the edges have it too.
    function chunk_shape(self) result(extents)
        class(zarr_t), intent(in) :: self
        integer(c_int64_t), allocatable :: extents(:)
        type(nc_error) :: err
        integer(c_int32_t) :: status

        allocate(extents(self%ndim()))
        status = nc_layout_shape(nc_zarr_layout(self%handle), extents, int(size(extents), c_int32_t), err)
        extents = self%turned(extents)
    end function

    ! Number of chunks along each dimension.
    function grid(self) result(counts)
        class(zarr_t), intent(in) :: self
        integer, allocatable :: counts(:)
        integer(c_int64_t), allocatable :: chunk(:), whole(:)

        allocate(chunk, source=max(1_c_int64_t, self%chunk_shape()))        ! gfortran 12 warns of assignments of functions
        allocate(whole, source=self%shape())
        allocate(counts(size(whole)))
        counts = int((whole + chunk - 1)/chunk)
    end function

    ! Places in the grid of all chunks, from 1, first dimension fastest: place i is places(:, i).
    function places(self) result(all)
        class(zarr_t), intent(in) :: self
        integer, allocatable :: all(:, :)
        integer, allocatable :: counts(:)
        integer :: i, d, rest

        allocate(counts, source=self%grid())
        allocate(all(size(counts), product(counts)))
        do i = 1, size(all, 2)
            rest = i - 1
            do d = 1, size(counts)
                all(d, i) = mod(rest, counts(d)) + 1
                rest = rest/counts(d)
            end do
        end do
    end function

    ! The key of the chunk at a place, below that of the array, such as "c/0/1". Empty after a failure.
    function chunk_key(self, place, error) result(key)
        class(zarr_t), intent(in) :: self
        integer, intent(in) :: place(:)
        type(error_t), intent(out), optional :: error
        character(:), allocatable :: key
        character(kind=c_char), target :: text(32 + 24*64)
        type(nc_error) :: err
        integer(c_int32_t) :: status

        key = ''
        if (size(place) /= self%ndim()) then
            call fail(err, ERR_SHAPE, 'a place has one number for each dimension')
        else
            status = nc_zarr_chunk_key(self%handle, self%turned(int(place, c_int64_t) - 1), text, size(text, kind=c_size_t), err)
            if (status == 0) key = f_text(c_loc(text))
        end if
        call report(err, error)
    end function

    ! NumPy's name of the type of the elements, such as "<f4".
    function dtype(self) result(name)
        class(zarr_t), intent(in) :: self
        character(:), allocatable :: name
        name = f_text(nc_layout_dtype(nc_zarr_layout(self%handle)))
    end function

    integer function format_version(self)
        class(zarr_t), intent(in) :: self
        format_version = int(nc_zarr_query(self%handle, NUMCODECS_Q_FORMAT))
    end function

    ! Whether the metadata has a fill value; zeros stand for it if not.
    logical function has_fill(self)
        class(zarr_t), intent(in) :: self
        has_fill = nc_zarr_query(self%handle, NUMCODECS_Q_FILL) == 1
    end function

    ! Fills an array or section with the fill value.
    subroutine fill(self, array, options, error)
        class(zarr_t), intent(in) :: self
        type(*), dimension(..), intent(inout), target :: array
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(c_ptr) :: want

        call describe_array(array, options, memory, err)
        want = layout_of(memory, memory%extents, self%reverse, err)
        if (err%code == 0) then
            if (nc_zarr_fill(self%handle, want, memory%data, memory%nbytes, err) == 0) call turn_back(memory, array)
        end if
        call nc_layout_free(want)
        call report(err, error)
    end subroutine

    ! Decodes a chunk, or of it what begins at start (from 1) and has the shape of the array: a smaller array crops it. Byte
    ! order and order are converted, types are not.
    subroutine decode(self, chunk, array, start, options, error)
        class(zarr_t), intent(in) :: self
        integer(c_int8_t), intent(in), contiguous, target :: chunk(:)
        type(*), dimension(..), intent(inout), target :: array
        integer, intent(in), optional :: start(:)
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(c_ptr) :: want
        integer(c_int64_t), allocatable :: first(:)

        call describe_array(array, options, memory, err)
        allocate(first(self%ndim()), source=0_c_int64_t)
        if (present(start)) first = start - 1
        if (size(first) /= self%ndim()) call fail(err, ERR_SHAPE, 'start has one number for each dimension')
        want = layout_of(memory, memory%extents, self%reverse, err)
        if (err%code == 0) then
            if (nc_decode_box(nc_zarr_codec(self%handle), address_of(chunk), size(chunk, kind=c_size_t), &
                              nc_zarr_layout(self%handle), self%turned(first), want, memory%data, memory%nbytes, &
                              raw_options(options), err) == 0) call turn_back(memory, array)
        end if
        call nc_layout_free(want)
        call report(err, error)
    end subroutine

    ! Encodes a chunk. A smaller array is one at the edge: the rest of its chunk becomes fill value.
    subroutine encode(self, array, chunk, options, error)
        class(zarr_t), intent(in) :: self
        type(*), dimension(..), intent(in), target :: array
        integer(c_int8_t), allocatable, intent(out) :: chunk(:)
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(pieces_t) :: piece
        type(bytes_t) :: chunks(1)
        type(c_ptr) :: each

        call describe_array(array, options, memory, err)
        each = self%each_of(memory, err)
        if (err%code == 0) then
            piece%offsets = [0_c_int64_t]
            piece%counts = reshape(self%turned(memory%extents), [size(memory%extents), 1])
            piece%fill = self%handle
            call encode_pieces(nc_zarr_codec(self%handle), nc_zarr_layout(self%handle), each, memory, piece, options, chunks, &
                               err=err)
            if (allocated(chunks(1)%b)) call move_alloc(chunks(1)%b, chunk)
        end if
        call nc_layout_free(each)
        call report(err, error)
    end subroutine

    ! Decodes chunks to their places in the whole array, on options%nthreads threads; those that are not allocated become fill
    ! value. stats: what became of each; one bad chunk does not lose the others.
    subroutine decode_batch(self, chunks, places, whole, options, stats, error)
        class(zarr_t), intent(in) :: self
        type(bytes_t), intent(in) :: chunks(:)
        integer, intent(in) :: places(:, :)
        type(*), dimension(..), intent(inout), target :: whole
        type(options_t), intent(in), optional :: options
        integer, allocatable, intent(out), optional :: stats(:)
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(pieces_t) :: pieces
        type(c_ptr) :: each

        call describe_array(whole, options, memory, err)
        call self%pieces_at(places, memory, pieces, err)
        each = self%each_of(memory, err)
        if (err%code == 0) &
            call decode_pieces(nc_zarr_codec(self%handle), c_null_ptr, each, memory, pieces, chunks, options, stats, err)
        call turn_back(memory, whole)
        call nc_layout_free(each)
        call report(err, error)
    end subroutine

    ! Encodes the chunks at these places of the whole array.
    subroutine encode_batch(self, whole, places, chunks, options, stats, error)
        class(zarr_t), intent(in) :: self
        type(*), dimension(..), intent(in), target :: whole
        integer, intent(in) :: places(:, :)
        type(bytes_t), allocatable, intent(out) :: chunks(:)
        type(options_t), intent(in), optional :: options
        integer, allocatable, intent(out), optional :: stats(:)
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(pieces_t) :: pieces
        type(c_ptr) :: each

        call describe_array(whole, options, memory, err)
        call self%pieces_at(places, memory, pieces, err)
        each = self%each_of(memory, err)
        if (err%code == 0) then
            allocate(chunks(size(places, 2)))
            call encode_pieces(nc_zarr_codec(self%handle), nc_zarr_layout(self%handle), each, memory, pieces, options, chunks, &
                               stats, err)
        end if
        call nc_layout_free(each)
        call report(err, error)
    end subroutine

    ! A whole chunk with the strides of the array of the caller.
    function each_of(self, memory, err) result(each)
        class(zarr_t), intent(in) :: self
        type(memory_t), intent(in) :: memory
        type(nc_error), intent(inout) :: err
        type(c_ptr) :: each
        integer(c_int64_t), allocatable :: chunk(:)

        allocate(chunk, source=self%chunk_shape())
        if (err%code == 0 .and. size(memory%extents) /= size(chunk)) &
            call fail(err, ERR_SHAPE, 'the Fortran array has another rank than the Zarr array')
        each = layout_of(memory, chunk, self%reverse, err)
    end function

    ! Where in the whole array chunks begin, and how much of them is inside.
    subroutine pieces_at(self, places, memory, pieces, err)
        class(zarr_t), intent(in) :: self
        integer, intent(in) :: places(:, :)
        type(memory_t), intent(in) :: memory
        type(pieces_t), intent(out) :: pieces
        type(nc_error), intent(inout) :: err
        integer(c_int64_t), allocatable :: chunk(:), whole(:)
        integer(c_int64_t) :: first(size(places, 1))
        integer, allocatable :: counts(:)
        integer :: i

        if (err%code /= 0) return
        allocate(counts, source=self%grid())
        allocate(chunk, source=self%chunk_shape())
        allocate(whole, source=self%shape())
        if (size(places, 1) /= size(chunk) .or. size(memory%extents) /= size(chunk)) then
            call fail(err, ERR_SHAPE, 'places and the whole array have the dimensions of the Zarr array')
        else if (any(memory%extents /= whole)) then
            call fail(err, ERR_SHAPE, 'the array has another shape than the Zarr array')
        else if (any(places < 1) .or. any(places > spread(counts, 2, size(places, 2)))) then
            call fail(err, ERR_SHAPE, 'no such place in the grid of chunks')
        end if
        if (err%code /= 0) return
        pieces%fill = self%handle
        allocate(pieces%offsets(size(places, 2)), pieces%counts(size(places, 1), size(places, 2)))
        do i = 1, size(places, 2)
            first = (places(:, i) - 1)*chunk
            pieces%offsets(i) = sum(first*memory%strides)
            pieces%counts(:, i) = self%turned(min(chunk, whole - first))
        end do
    end subroutine
end module
