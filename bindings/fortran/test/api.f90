! What the modules add to the C functions: types and ranks, sections, ownership, errors, dimension order, batches.
! With an argument it makes a mistake that nobody handles: the program must stop.
program api
    use, intrinsic :: iso_c_binding
    use, intrinsic :: iso_fortran_env, only: int8, int16, int32, int64, real32, real64
    use numcodecs
    implicit none

    type, bind(c) :: station_t
        integer(c_int32_t) :: id
        real(c_float) :: height
    end type

    character(*), parameter :: metadata = '{"zarr_format": 2, "shape": [3, 5, 7], "chunks": [2, 2, 4], "dtype": ">i2",'// &
        ' "fill_value": -3, "order": "C", "filters": [{"id": "delta", "dtype": ">i2"}], "compressor": {"id": "zstd"}}'
    integer :: passed = 0, failed = 0

    if (command_argument_count() > 0) then
        call unhandled()
    else
        call types()
        call sections()
        call handles()
        call errors()
        call boxes()
        call codec_batches()
        call metadata_of_arrays()
        call zarr_chunks()
        call zarr_whole(reverse=.true.)
        call zarr_whole(reverse=.false.)
        call shards()
        call new_arrays()
        print '(2(a, i0), a)', 'api: ', passed, ' passed, ', failed, ' failed'
        if (failed > 0) error stop 1
    end if

contains

    subroutine check(good, what)
        logical, intent(in) :: good
        character(*), intent(in) :: what
        if (good) then
            passed = passed + 1
        else
            failed = failed + 1
            print '(2a)', 'wrong: ', what
        end if
    end subroutine

    ! Item size of a Blosc chunk, as its header has it: the type of the array went along.
    integer function typesize(chunk)
        integer(c_int8_t), intent(in) :: chunk(:)
        typesize = chunk(4)
    end function

    subroutine types()
        type(codec_t) :: blosc
        integer(c_int8_t), allocatable :: chunk(:)
        integer(int8) :: a1(9) = [1_int8, 2_int8, 3_int8, 4_int8, 5_int8, 6_int8, 7_int8, 8_int8, -9_int8], b1(9)
        integer(int16) :: a2(3, 3), b2(3, 3)
        integer(int64) :: a8(2, 2, 2), b8(2, 2, 2)
        real(real64) :: f8(20), g8(20)
        complex(real32) :: c8(4), d8(4)
        logical(c_bool) :: l1(5) = [.true._c_bool, .false._c_bool, .true._c_bool, .true._c_bool, .false._c_bool], m1(5)
        character(5) :: words(3) = ['North', 'South', 'West '], back(3)
        type(station_t) :: stations(2) = [station_t(1, 10.5), station_t(2, -3.25)], others(2)
        real(real32) :: scalar, same
        integer :: i

        call blosc%create('{"id": "blosc", "shuffle": 0}')
        a2 = reshape([(int(i*100, int16), i=1, 9)], [3, 3])
        a8 = reshape([(2_int64**(i + 40), i=1, 8)], [2, 2, 2])
        f8 = [(i*0.1_real64, i=1, 20)]
        c8 = [((1.0, -1.0)*i, i=1, 4)]
        scalar = 2.5
        call blosc%encode(a1, chunk)
        call blosc%decode(chunk, b1)
        call check(all(a1 == b1) .and. typesize(chunk) == 1, 'int8')
        call blosc%encode(a2, chunk)
        call blosc%decode(chunk, b2)
        call check(all(a2 == b2) .and. typesize(chunk) == 2, 'int16')
        call blosc%encode(a8, chunk)
        call blosc%decode(chunk, b8)
        call check(all(a8 == b8) .and. typesize(chunk) == 8, 'int64')
        call blosc%encode(f8, chunk)
        call blosc%decode(chunk, g8)
        call check(.not. any(abs(f8 - g8) > 0) .and. typesize(chunk) == 8, 'real64')
        call blosc%encode(c8, chunk)
        call blosc%decode(chunk, d8)
        call check(.not. any(abs(c8 - d8) > 0) .and. typesize(chunk) == 8, 'complex')
        call blosc%encode(l1, chunk)
        call blosc%decode(chunk, m1)
        call check(logical(all(l1 .eqv. m1)), 'logical')
        call blosc%encode(words, chunk)
        call blosc%decode(chunk, back)
        call check(all(words == back) .and. typesize(chunk) == 5, 'text')
        call blosc%encode(stations, chunk)
        call blosc%decode(chunk, others)
        call check(all(stations%id == others%id) .and. typesize(chunk) == 8, 'derived type')
        call blosc%encode(scalar, chunk)
        call blosc%decode(chunk, same)
        call check(.not. abs(scalar - same) > 0, 'scalar')
    end subroutine

    subroutine sections()
        type(codec_t) :: zlib
        type(error_t) :: error
        integer(c_int8_t), allocatable :: chunk(:), plain(:)
        integer, target :: a(6, 8)
        integer :: b(6, 8), i
        integer, pointer :: middle(:, :)
        integer, allocatable :: empty(:, :)

        call zlib%create('{"id": "zlib"}')
        a = reshape([(i, i=1, 48)], [6, 8])
        call zlib%encode(a(2:5, 3:7:2), chunk)
        call zlib%encode(reshape([a(2:5, 3), a(2:5, 5), a(2:5, 7)], [4, 3]), plain)
        call check(size(chunk) == size(plain), 'a section has the bytes of its copy')
        call check(all(chunk == plain), 'a section has the bytes of its copy')
        b = 0
        b = 0
        call zlib%decode(chunk, b(3:6, 2:8:3))
        call check(all(b(3:6, 2:8:3) == a(2:5, 3:7:2)), 'into a section')
        call check(sum(b) == sum(a(2:5, 3:7:2)), 'gaps are not touched')
        call zlib%decode(chunk, b(6:3:-1, 8:2:-3))
        call check(all(b(6:3:-1, 8:2:-3) == a(2:5, 3:7:2)), 'into a section that runs backwards')
        call zlib%encode(a(6:1:-1, 8), chunk)
        call zlib%decode(chunk, b(:, 1))
        call check(all(b(:, 1) == a(6:1:-1, 8)), 'from a section that runs backwards')
        middle => a(2:3, ::4)
        call zlib%encode(middle, chunk)
        call zlib%decode(chunk, b(:2, :2))
        call check(all(b(:2, :2) == a(2:3, [1, 5])), 'a pointer')
        call assumed_size(a, 6)
        allocate(empty(0, 3))
        call zlib%encode(empty, chunk)
        call zlib%decode(chunk, empty, error=error)
        call check(error%status == 0, 'an empty array')
        call zlib%encode(a, chunk, options_t(dtype='<i8'), error)
        call check(error%status == NUMCODECS_ERR_DTYPE, 'a dtype of another size')
        call zlib%encode(a, chunk, options_t(dtype='>i4'))
        call zlib%decode(chunk, b, options_t(chunk_dtype='>i4'))
        call check(b(1, 1) == 16777216, 'byte order is converted')
    end subroutine

    subroutine assumed_size(a, n)
        integer, intent(in) :: n, a(n, *)
        type(codec_t) :: crc32
        integer(c_int8_t), allocatable :: chunk(:)
        call crc32%create('{"id": "crc32"}')
        call crc32%encode(a(:, 1:2), chunk)
        call check(size(chunk) == 4 + 4*2*n, 'a section of an assumed-size array')
    end subroutine

    subroutine handles()
        type(codec_t) :: a, b, other
        type(codec_t), allocatable :: many(:)
        integer(c_int8_t), allocatable :: chunk(:)

        call a%create('{"id": "zstd", "level": 3}')
        b = a
        call a%create('{"id": "bitround", "keepbits": 3}')      ! b is a codec of its own
        call check(b%config() == '{"id":"zstd","level":3,"checksum":false}' .and. a%is_lossy(), 'a copy')
        call other%create('{"level": 3, "id": "zstd"}')
        call check(.not. a == b .and. b == other, 'equal configurations')
        b = b
        call b%encode([1, 2, 3], chunk)
        call check(b%decoded_size(chunk) == 12, 'a copy of itself')
        call check(codec_size('{"id": "bz2"}') == -1, 'a size that nobody knows')
        allocate(many(3))
        many(2) = b
        many(3) = many(1)
        call check(many(2) == b .and. many(3)%config() == '', 'copies in an array')
        call a%create('{"id": "blosc"}')
        call check(a%is_partial() .and. .not. a%is_lossy(), 'blosc')
        call check(numcodecs_version() /= '' .and. numcodecs_id(1) == 'adler32' .and. numcodecs_id(99) == '', 'ids')
    end subroutine

    integer(c_int64_t) function codec_size(json)
        character(*), intent(in) :: json
        type(codec_t) :: codec
        integer(c_int8_t), allocatable :: chunk(:)
        call codec%create(json)
        call codec%encode([1, 2, 3], chunk)
        codec_size = codec%decoded_size(chunk)
    end function

    subroutine errors()
        type(codec_t) :: codec, none
        type(error_t) :: error
        integer(c_int8_t), allocatable :: chunk(:)
        integer :: a(4), b(3)
        class(*), allocatable :: hidden

        call codec%create('[{"id": "shuffle"}, {"id": "zlib", "level": 99}]', error)
        call check(error%status == NUMCODECS_ERR_CONFIG .and. error%codec == 'zlib' .and. error%path == '[1].level', 'path')
        call check(index(error%message, 'level') > 0 .and. error%offset == -1, 'message')
        call codec%create('{"id": "lz4"}', error)
        call check(error%status == 0 .and. error%message == '', 'no error')
        a = 7
        call codec%encode(a, chunk)
        call codec%decode(chunk, b, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'another shape')
        call codec%decode(chunk(:size(chunk) - 3), a, error=error)
        call check(error%status == NUMCODECS_ERR_DATA, 'cut off')
        call codec%decode(chunk(1:0), a, error=error)
        call check(error%status /= 0, 'no bytes')
        call none%encode(a, chunk, error=error)
        call check(error%status == NUMCODECS_ERR_NULL .and. .not. allocated(chunk), 'a codec that was not created')
        hidden = 3
        call codec%encode(hidden, chunk, error=error)
        call check(error%status == NUMCODECS_ERR_DTYPE, 'class(*)')
    end subroutine

    subroutine unhandled()
        type(codec_t) :: codec
        call codec%create('{"id": "no such codec"}')
    end subroutine

    subroutine boxes()
        type(codec_t) :: blosc
        type(error_t) :: error
        integer(c_int8_t), allocatable :: chunk(:)
        real(real32) :: a(5, 4), b(2, 3)
        integer :: i

        a = reshape([(real(i), i=1, 20)], [5, 4])
        call blosc%create('{"id": "blosc"}')
        call blosc%encode(a, chunk)
        call blosc%decode_box(chunk, [5, 4], [3, 2], b)
        call check(.not. any(abs(b - a(3:4, 2:4)) > 0), 'a box')
        call blosc%decode_box(chunk, [5, 4], [5, 2], b, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'a box that leaves the chunk')
        call blosc%decode_box(chunk, [5], [3, 2], b, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'a number for each dimension')
    end subroutine

    subroutine codec_batches()
        type(codec_t) :: zstd
        type(bytes_t), allocatable :: chunks(:)
        type(error_t) :: error
        integer(c_int8_t), allocatable :: alone(:)
        integer, allocatable :: stats(:)
        real(real64) :: a(4, 3, 6), b(4, 3, 6)
        integer :: i

        a = reshape([(i*1.5_real64, i=1, 72)], [4, 3, 6])
        call zstd%create('{"id": "zstd"}')
        call zstd%encode_batch(a, chunks, options_t(nthreads=2), stats)
        call zstd%encode(a(:, :, 5), alone)
        call check(size(chunks) == 6 .and. all(stats == 0) .and. all(chunks(5)%b == alone), 'encoded together as alone')
        b = 0
        call zstd%decode_batch(chunks, b(:, 3:1:-1, :), options_t(nthreads=NUMCODECS_ALL_CORES))
        call check(.not. any(abs(b(:, 3:1:-1, :) - a) > 0), 'decoded together, backwards')
        deallocate(chunks(2)%b)
        chunks(4)%b = chunks(4)%b(:7)
        b = 1
        call zstd%decode_batch(chunks, b, stats=stats, error=error)
        call check(error%index == 4 .and. error%status /= 0 .and. error%codec == 'zstd', 'the broken one is named')
        call check(count(stats /= 0) == 1 .and. stats(4) == error%status, 'one bad chunk')
        call check(.not. any(abs(b(:, :, 2)) > 0) .and. .not. any(abs(b(:, :, 6) - a(:, :, 6)) > 0), 'the others are there')
        call zstd%decode_batch(chunks(:5), b, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'as many chunks as places')
    end subroutine

    subroutine metadata_of_arrays()
        type(zarr_t) :: array, other
        type(error_t) :: error
        integer(int16) :: filled(2, 2)

        call array%open(metadata)
        call check(array%ndim() == 3 .and. all(array%shape() == [7, 5, 3]) .and. all(array%chunk_shape() == [4, 2, 2]), 'backwards')
        call check(all(array%grid() == [2, 3, 2]) .and. size(array%places(), 2) == 12, 'grid')
        call check(array%chunk_key([2, 1, 1]) == '0.0.1' .and. array%chunk_key([1, 3, 2]) == '1.2.0', 'keys')
        call check(array%dtype() == '>i2' .and. array%format_version() == 2 .and. array%has_fill(), 'facts')
        call check(array%chunk_key([3, 1, 1], error) == '' .and. error%status == NUMCODECS_ERR_SHAPE, 'no such chunk')
        call array%fill(filled)
        call check(all(filled == -3), 'fill value')
        other = array
        call array%open(metadata, reverse=.false.)
        call check(all(array%shape() == [3, 5, 7]) .and. array%chunk_key([1, 1, 2]) == '0.0.1', 'forwards')
        call check(all(other%shape() == [7, 5, 3]), 'a copy')
        other = array
        call check(all(other%shape() == [3, 5, 7]), 'a copy, forwards')
        call array%open('{"zarr_format": 2}', error=error)
        call check(error%status == NUMCODECS_ERR_CONFIG .and. array%ndim() == 0, 'metadata with nothing in it')
    end subroutine

    subroutine zarr_chunks()
        type(zarr_t) :: array
        type(codec_t) :: stages
        type(error_t) :: error
        integer(c_int8_t), allocatable :: chunk(:), bytes(:)
        integer(int16) :: a(4, 2, 2), b(4, 2, 2), edge(3, 1, 2)
        integer :: i

        call array%open(metadata)
        a = reshape([(int(i, int16), i=1, 16)], [4, 2, 2])
        call array%encode(a, chunk)
        call stages%create('{"id": "zstd"}')
        call stages%decode_bytes(chunk, bytes)
        call check(size(bytes) == 32 .and. all(bytes(1:6) == [0, 1, 0, 1, 0, 1]), 'first dimension fastest')
        call array%decode(chunk, b)
        call check(all(a == b), 'a chunk')
        call array%decode(chunk, edge)
        call check(all(edge == a(:3, :1, :)), 'cropped')
        call array%decode(chunk, edge, start=[2, 2, 1])
        call check(all(edge == a(2:4, 2:2, :)), 'a box')
        call array%encode(edge, chunk)
        call array%decode(chunk, b)
        call check(all(b(:3, :1, :) == edge) .and. all(b(4, :, :) == -3) .and. all(b(:, 2, :) == -3), 'an edge with fill value')
        call array%decode(chunk, a(1, :, :), error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'another rank')
    end subroutine

    ! The whole array out of and into a larger one, one chunk absent and one broken.
    subroutine zarr_whole(reverse)
        logical, intent(in) :: reverse
        type(zarr_t) :: array
        type(bytes_t), allocatable :: chunks(:)
        type(error_t) :: error
        integer, allocatable :: places(:, :), stats(:)
        integer(int16), allocatable :: ocean(:, :, :), back(:, :, :), wrong(:, :)
        integer(int64), allocatable :: n(:)
        integer :: i, at(3)

        call array%open(metadata, reverse)
        allocate(n, source=array%shape())
        allocate(ocean(n(1), n(2), n(3)), source=0_int16)
        allocate(back(n(1) + 2, n(2) + 2, n(3)), source=0_int16)
        ocean = reshape([(int(i, int16), i=1, size(ocean))], shape(ocean))
        places = array%places()
        call array%encode_batch(ocean, places, chunks, options_t(nthreads=2))
        call array%decode_batch(chunks, places, back(2:n(1) + 1, 2:n(2) + 1, :), options_t(nthreads=2))
        call check(all(back(2:n(1) + 1, 2:n(2) + 1, :) == ocean), 'whole array')
        call check(sum(int(back)) == sum(int(ocean)), 'around it')
        deallocate(chunks(1)%b)
        i = size(chunks)
        chunks(i)%b(1) = not(chunks(i)%b(1))
        at = int(array%chunk_shape())
        call array%decode_batch(chunks, places, ocean, stats=stats, error=error)
        call check(error%index == i .and. count(stats /= 0) == 1, 'one bad chunk')
        call check(all(ocean(:at(1), :at(2), :at(3)) == -3) .and. ocean(at(1) + 1, 1, 1) == at(1) + 1, 'one absent chunk')
        places(1, 2) = 0
        call array%decode_batch(chunks, places, ocean, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'a place outside the grid')
        allocate(wrong(3, 4))
        call array%decode_batch(chunks, array%places(), wrong, error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'an array of another rank')
    end subroutine
    ! The metadata of a new array, as both formats write it, and a chunk through it.
    subroutine new_arrays()
        type(zarr_t) :: array, other
        type(error_t) :: error
        integer(c_int8_t), allocatable :: chunk(:)
        real(real64) :: a(4, 2), b(4, 2), filled(1)
        integer(int64), parameter :: whole(2) = [7, 5], part(2) = [4, 2]
        integer :: i

        call create_zarr(array, '[{"id": "shuffle", "elementsize": 8}, {"id": "zstd"}]', '>f8', whole, part, -1.5_real64)
        call other%open(zarr_metadata(array, 3, '{"units": "degC"}'))
        call check(other%format_version() == 3 .and. all(other%shape() == whole) .and. other%dtype() == '>f8', 'a new array')
        call check(zarr_attributes(other) == '{"units":"degC"}' .and. zarr_attributes(array) == '{}', 'attributes')
        call other%open(zarr_metadata(other, 2))
        call check(other%format_version() == 2 .and. all(other%chunk_shape() == part), 'as version 2')
        call other%fill(filled)
        call check(.not. abs(filled(1) + 1.5) > 0, 'its fill value')
        a = reshape([(i*0.5_real64, i=1, 8)], [4, 2])
        call array%encode(a, chunk)
        call other%decode(chunk, b)
        call check(.not. any(abs(a - b) > 0), 'a chunk of it')
        call create_zarr(other, '{"id": "zlib"}', '<i4', whole, part, format_version=2, reverse=.false.)
        array = other
        call check(.not. array%has_fill() .and. all(array%shape() == whole), 'without a fill value')
        call other%open(zarr_metadata(array, 2))
        call check(all(other%shape() == whole(2:1:-1)), 'forwards')
        call create_zarr(array, '[]', '<i4', whole, part, 1.5_real64, error=error)
        call check(error%status == NUMCODECS_ERR_DTYPE, 'a fill value of another type')
        call create_zarr(array, '[]', '<i4', whole, part(:1), error=error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'other dimensions')
    end subroutine

    ! One shard of four inner chunks, one of them absent: written whole, its inner chunks read through the index.
    subroutine shards()
        type(zarr_t) :: array, inside, same
        type(shard_t) :: shard
        type(error_t) :: error
        type(bytes_t) :: chunks(4)
        integer(c_int8_t), allocatable :: stored(:)
        integer(int16) :: ocean(6, 4), back(6, 4)
        integer(int64) :: first, nbytes
        integer :: i, places(2, 4)

        call array%open('{"zarr_format": 3, "node_type": "array", "shape": [4, 6], "data_type": "int16", "fill_value": 7,'// &
            ' "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 6]}},'// &
            ' "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "sharding_indexed", "configuration":'// &
            ' {"chunk_shape": [2, 3], "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}], "index_codecs":'// &
            ' [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]}}]}')
        ocean = reshape([(int(i, int16), i=1, 24)], [6, 4])
        ocean(4:6, 1:2) = 7
        call array%encode(ocean, stored)
        call array%inner(inside)
        same = inside
        inside = same
        call check(array%is_sharded() .and. .not. inside%is_sharded() .and. all(inside%chunk_shape() == [3, 2]), 'inner chunks')
        call shard%index_range(array, size(stored, kind=int64), first, nbytes)
        call check(nbytes == 4*16 + 4 .and. first + nbytes - 1 == size(stored), 'index range')
        call shard%open(array, stored(first:), size(stored, kind=int64))
        places = inside%places()
        do i = 1, 4
            call shard%entry(places(:, i), first, nbytes)
            if (nbytes > 0) chunks(i)%b = stored(first:first + nbytes - 1)
        end do
        call check(.not. allocated(chunks(2)%b) .and. all(chunks(3)%b(1:2) == [0, 13]), 'entries')
        call inside%decode_batch(chunks, places, back)
        call check(all(back == ocean), 'a shard by its inner chunks')
        call shard%entry([3, 1], first, nbytes, error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'no such inner chunk')
        call shard%index_range(array, 10_int64, first, nbytes, error)
        call check(error%status == NUMCODECS_ERR_SHAPE, 'a shard shorter than its index')
        stored(size(stored)) = not(stored(size(stored)))
        call shard%open(array, stored(size(stored) - 67:), size(stored, kind=int64), error)
        call check(error%status == NUMCODECS_ERR_CHECKSUM, 'checksum of the index')
        call array%open(metadata)
        call array%inner(inside, error)
        call check(error%status == NUMCODECS_ERR_UNSUPPORTED, 'no shards')
    end subroutine
end program
