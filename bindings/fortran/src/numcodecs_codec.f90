! Codecs: see README.md.
module numcodecs_codec
    use numcodecs_c
    use numcodecs_memory
    use numcodecs_pieces
    implicit none
    private
    public :: codec_t

    integer(c_int32_t), parameter :: ERR_SHAPE = 9, ERR_UNKNOWN_SIZE = 14

    ! A codec or a pipeline of codecs. It frees itself; a copy by assignment is a codec of its own. Threads may share one.
    type :: codec_t
        private
        type(c_ptr) :: handle = c_null_ptr
    contains
        procedure :: create
        procedure :: encode
        procedure :: decode
        procedure :: decode_bytes
        procedure :: decode_box
        procedure :: encode_batch
        procedure :: decode_batch
        procedure :: decoded_size
        procedure :: config
        procedure :: is_lossy
        procedure :: is_partial
        procedure, private :: copy
        procedure, private :: equal
        generic :: assignment(=) => copy
        generic :: operator(==) => equal
        final :: free
    end type

contains

    ! From a configuration in JSON, or a list of them: filters in their order, the compressor last.
    subroutine create(self, json, error)
        class(codec_t), intent(inout) :: self
        character(*), intent(in) :: json
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        integer(c_int32_t) :: status

        call nc_codec_free(self%handle)
        status = nc_codec_from_config(c_text(json), c_null_ptr, self%handle, err)
        call report(err, error)
    end subroutine

    impure elemental subroutine free(self)
        type(codec_t), intent(inout) :: self
        call nc_codec_free(self%handle)
        self%handle = c_null_ptr
    end subroutine

    subroutine copy(self, other)
        class(codec_t), intent(inout) :: self
        type(codec_t), intent(in) :: other
        character(:), allocatable :: json

        json = other%config()
        if (json /= '') then
            call self%create(json)
        else
            call nc_codec_free(self%handle)
            self%handle = c_null_ptr
        end if
    end subroutine

    ! Encodes an array or section of any type and rank, its elements in Fortran's order. The codec sees the dimensions backwards, in
    ! C order: the same bytes.
    subroutine encode(self, array, encoded, options, error)
        class(codec_t), intent(in) :: self
        type(*), dimension(..), intent(in), target :: array
        integer(c_int8_t), allocatable, intent(out) :: encoded(:)
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(c_ptr) :: layout, buffer

        call describe_array(array, options, memory, err)
        layout = layout_of(memory, memory%extents, .true., err)
        if (err%code == 0) then
            if (nc_encode(self%handle, layout, memory%data, memory%nbytes, c_null_ptr, raw_options(options), buffer, err) == 0) &
                call take_buffer(buffer, encoded)
        end if
        call nc_layout_free(layout)
        call report(err, error)
    end subroutine

    ! Decodes into an array or section of any type and rank, which must be all that was encoded. Byte order is converted where
    ! options%chunk_dtype tells what was encoded, such as ">f4".
    subroutine decode(self, encoded, array, options, error)
        class(codec_t), intent(in) :: self
        integer(c_int8_t), intent(in), contiguous, target :: encoded(:)
        type(*), dimension(..), intent(inout), target :: array
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(c_ptr) :: want, chunk
        integer(c_size_t) :: written

        call describe_array(array, options, memory, err)
        want = layout_of(memory, memory%extents, .true., err)
        chunk = stored_layout(memory%extents, '', options, err)
        if (err%code == 0) then
            if (nc_decode_into(self%handle, address_of(encoded), size(encoded, kind=c_size_t), chunk, want, memory%data, &
                               memory%nbytes, raw_options(options), written, err) == 0) call turn_back(memory, array)
        end if
        call nc_layout_free(chunk)
        call nc_layout_free(want)
        call report(err, error)
    end subroutine

    ! Decodes into as many bytes as come. Set max_output in options where the input is not trusted.
    subroutine decode_bytes(self, encoded, decoded, options, error)
        class(codec_t), intent(in) :: self
        integer(c_int8_t), intent(in), contiguous, target :: encoded(:)
        integer(c_int8_t), allocatable, intent(out) :: decoded(:)
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(c_ptr) :: buffer

        if (nc_decode(self%handle, address_of(encoded), size(encoded, kind=c_size_t), c_null_ptr, c_null_ptr, &
                      raw_options(options), buffer, err) == 0) call take_buffer(buffer, decoded)
        call report(err, error)
    end subroutine

    ! Decodes a part of a chunk: what begins at start (from 1) and has the shape of the array. Blosc decodes only that.
    subroutine decode_box(self, encoded, chunk_shape, start, array, options, error)
        class(codec_t), intent(in) :: self
        integer(c_int8_t), intent(in), contiguous, target :: encoded(:)
        integer, intent(in) :: chunk_shape(:), start(:)
        type(*), dimension(..), intent(inout), target :: array
        type(options_t), intent(in), optional :: options
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(memory_t) :: memory
        type(c_ptr) :: want, chunk

        call describe_array(array, options, memory, err)
        if (err%code == 0 .and. any([size(chunk_shape), size(start)] /= size(memory%extents))) &
            call fail(err, ERR_SHAPE, 'chunk_shape and start need a number for each dimension of the array')
        want = layout_of(memory, memory%extents, .true., err)
        chunk = stored_layout(int(chunk_shape, c_int64_t), memory%dtype, options, err)
        if (err%code == 0) then
            if (nc_decode_box(self%handle, address_of(encoded), size(encoded, kind=c_size_t), chunk, &
                              int(start(size(start):1:-1) - 1, c_int64_t), want, memory%data, memory%nbytes, &
                              raw_options(options), err) == 0) call turn_back(memory, array)
        end if
        call nc_layout_free(chunk)
        call nc_layout_free(want)
        call report(err, error)
    end subroutine

    ! Encodes many chunks of one shape in one call, on options%nthreads threads: the last dimension of arrays counts them.
    subroutine encode_batch(self, arrays, chunks, options, stats, error)
        class(codec_t), intent(in) :: self
        type(*), dimension(..), intent(in), target :: arrays
        type(bytes_t), allocatable, intent(out) :: chunks(:)
        type(options_t), intent(in), optional :: options
        integer, allocatable, intent(out), optional :: stats(:)
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(pieces_t) :: pieces
        type(memory_t) :: memory
        type(c_ptr) :: each

        call describe_array(arrays, options, memory, err)
        call split_last(memory, pieces, each, err)
        if (err%code == 0) then
            allocate(chunks(size(pieces%offsets)))
            call encode_pieces(self%handle, each, each, memory, pieces, options, chunks, stats, err)
        end if
        call nc_layout_free(each)
        call report(err, error)
    end subroutine

    ! Decodes many chunks of one shape in one call. stats: what became of each; one bad chunk does not lose the others.
    subroutine decode_batch(self, chunks, arrays, options, stats, error)
        class(codec_t), intent(in) :: self
        type(bytes_t), intent(in) :: chunks(:)
        type(*), dimension(..), intent(inout), target :: arrays
        type(options_t), intent(in), optional :: options
        integer, allocatable, intent(out), optional :: stats(:)
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(pieces_t) :: pieces
        type(memory_t) :: memory
        type(c_ptr) :: each, chunk

        call describe_array(arrays, options, memory, err)
        call split_last(memory, pieces, each, err)
        chunk = stored_layout(memory%extents(:size(memory%extents) - 1), '', options, err)
        if (err%code == 0) call decode_pieces(self%handle, chunk, each, memory, pieces, chunks, options, stats, err)
        call turn_back(memory, arrays)
        call nc_layout_free(chunk)
        call nc_layout_free(each)
        call report(err, error)
    end subroutine

    ! Bytes that a chunk claims to decode to; -1 where only decoding would tell.
    integer(c_int64_t) function decoded_size(self, encoded, error) result(nbytes)
        class(codec_t), intent(in) :: self
        integer(c_int8_t), intent(in), contiguous, target :: encoded(:)
        type(error_t), intent(out), optional :: error
        type(nc_error) :: err
        type(c_ptr) :: layout
        integer(c_int32_t) :: status

        status = nc_decode_info(self%handle, address_of(encoded), size(encoded, kind=c_size_t), nbytes, layout, err)
        call nc_layout_free(layout)
        if (status /= 0) nbytes = -1
        if (status == ERR_UNKNOWN_SIZE) err = nc_error()
        call report(err, error)
    end function

    ! The configuration as JSON, every default spelled out; empty for a codec that was not created.
    function config(self) result(json)
        class(codec_t), intent(in) :: self
        character(:), allocatable :: json
        json = f_text(nc_codec_config(self%handle))
    end function

    logical function equal(self, other)
        class(codec_t), intent(in) :: self
        type(codec_t), intent(in) :: other
        equal = nc_codec_equal(self%handle, other%handle) == 1
    end function

    ! Whether decoding may give other values than were encoded.
    logical function is_lossy(self)
        class(codec_t), intent(in) :: self
        is_lossy = nc_codec_query(self%handle, NUMCODECS_Q_LOSSY) == 1
    end function

    ! Whether decode_box reads only what it needs.
    logical function is_partial(self)
        class(codec_t), intent(in) :: self
        is_partial = nc_codec_query(self%handle, NUMCODECS_Q_PARTIAL) == 1
    end function
end module
