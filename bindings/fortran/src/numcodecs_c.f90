! The functions and structs of numcodecs.h that the Fortran modules call, under their C names; the header documents them.
module numcodecs_c
    use, intrinsic :: iso_c_binding
    implicit none
    public

    type, bind(c) :: nc_error
        integer(c_int32_t) :: code = 0, stage = -1
        integer(c_int64_t) :: index = -1, offset = -1, needed = 0
        character(kind=c_char) :: codec(32) = c_null_char, path(128) = c_null_char, message(320) = c_null_char
    end type

    type, bind(c) :: nc_options
        integer(c_size_t) :: struct_size = 0
        integer(c_int64_t) :: max_output = 0, max_memory = 0
        integer(c_int32_t) :: nthreads = 0, flags = 0
        type(c_funptr) :: grow = c_null_funptr
        type(c_ptr) :: grow_user = c_null_ptr
        type(c_funptr) :: progress = c_null_funptr
        type(c_ptr) :: progress_user = c_null_ptr
    end type

    type, bind(c) :: nc_batch
        integer(c_size_t) :: struct_size = 0, n = 0
        type(c_ptr) :: src = c_null_ptr, src_nbytes = c_null_ptr, dst = c_null_ptr, dst_nbytes = c_null_ptr
        type(c_ptr) :: starts = c_null_ptr, counts = c_null_ptr
        type(c_ptr) :: written = c_null_ptr, status = c_null_ptr, errors = c_null_ptr, fill = c_null_ptr
    end type

    integer(c_int32_t), parameter :: NUMCODECS_Q_NBYTES = 0, NUMCODECS_Q_ITEMSIZE = 2, NUMCODECS_Q_NDIM = 3
    integer(c_int32_t), parameter :: NUMCODECS_Q_PARTIAL = 6, NUMCODECS_Q_LOSSY = 7, NUMCODECS_Q_FORMAT = 8, NUMCODECS_Q_FILL = 9
    integer(c_int32_t), parameter :: NUMCODECS_FIXED = 0, NUMCODECS_ORDER_C = 0, NUMCODECS_ORDER_STRIDED = 2, NUMCODECS_STRICT = 1

    interface
        integer(c_size_t) function strlen(text) bind(c)
            import :: c_ptr, c_size_t
            type(c_ptr), value :: text
        end function
        type(c_ptr) function nc_codec_library_version() bind(c)
            import :: c_ptr
        end function
        type(c_ptr) function nc_codec_id_at(i) bind(c)
            import :: c_ptr, c_size_t
            integer(c_size_t), value :: i
        end function

        integer(c_int32_t) function nc_codec_from_config(json, registry, codec, err) bind(c)
            import :: c_ptr, c_char, c_int32_t, nc_error
            character(kind=c_char), intent(in) :: json(*)
            type(c_ptr), value :: registry
            type(c_ptr), intent(out) :: codec
            type(nc_error), intent(out) :: err
        end function
        type(c_ptr) function nc_codec_config(codec) bind(c)
            import :: c_ptr
            type(c_ptr), value :: codec
        end function
        integer(c_int32_t) function nc_codec_equal(a, b) bind(c)
            import :: c_ptr, c_int32_t
            type(c_ptr), value :: a, b
        end function
        integer(c_int64_t) function nc_codec_query(codec, what) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t
            type(c_ptr), value :: codec
            integer(c_int32_t), value :: what
        end function
        subroutine nc_codec_free(codec) bind(c)
            import :: c_ptr
            type(c_ptr), value :: codec
        end subroutine

        integer(c_int32_t) function nc_layout_new(dtype, kind, ndim, shape, strides, order, layout, err) bind(c)
            import :: c_ptr, c_char, c_int32_t, c_int64_t, nc_error
            character(kind=c_char), intent(in) :: dtype(*)
            integer(c_int32_t), value :: kind, ndim, order
            integer(c_int64_t), intent(in) :: shape(*)
            type(c_ptr), value :: strides
            type(c_ptr), intent(out) :: layout
            type(nc_error), intent(out) :: err
        end function
        type(c_ptr) function nc_layout_dtype(layout) bind(c)
            import :: c_ptr
            type(c_ptr), value :: layout
        end function
        integer(c_int64_t) function nc_layout_query(layout, what) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t
            type(c_ptr), value :: layout
            integer(c_int32_t), value :: what
        end function
        integer(c_int32_t) function nc_layout_shape(layout, shape, cap, err) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: layout
            integer(c_int64_t), intent(out) :: shape(*)
            integer(c_int32_t), value :: cap
            type(nc_error), intent(out) :: err
        end function
        subroutine nc_layout_free(layout) bind(c)
            import :: c_ptr
            type(c_ptr), value :: layout
        end subroutine

        integer(c_int32_t) function nc_encode(codec, layout, src, n, offsets, opt, buffer, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, nc_error, nc_options
            type(c_ptr), value :: codec, layout, src, offsets
            integer(c_size_t), value :: n
            type(nc_options), intent(in) :: opt
            type(c_ptr), intent(out) :: buffer
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_encode_info(codec, layout, n, bound, encoded, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: codec, layout
            integer(c_size_t), value :: n
            integer(c_int64_t), intent(out) :: bound
            type(c_ptr), intent(out) :: encoded
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_decode(codec, src, n, chunk, want, opt, buffer, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, nc_error, nc_options
            type(c_ptr), value :: codec, src, chunk, want
            integer(c_size_t), value :: n
            type(nc_options), intent(in) :: opt
            type(c_ptr), intent(out) :: buffer
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_decode_into(codec, src, n, chunk, want, dst, cap, opt, written, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, nc_error, nc_options
            type(c_ptr), value :: codec, src, chunk, want, dst
            integer(c_size_t), value :: n, cap
            type(nc_options), intent(in) :: opt
            integer(c_size_t), intent(out) :: written
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_decode_box(codec, src, n, chunk, start, want, dst, cap, opt, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, c_int64_t, nc_error, nc_options
            type(c_ptr), value :: codec, src, chunk, want, dst
            integer(c_size_t), value :: n, cap
            integer(c_int64_t), intent(in) :: start(*)
            type(nc_options), intent(in) :: opt
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_decode_info(codec, src, n, nbytes, layout, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: codec, src
            integer(c_size_t), value :: n
            integer(c_int64_t), intent(out) :: nbytes
            type(c_ptr), intent(out) :: layout
            type(nc_error), intent(out) :: err
        end function
        type(c_ptr) function nc_buffer_data(buffer) bind(c)
            import :: c_ptr
            type(c_ptr), value :: buffer
        end function
        integer(c_size_t) function nc_buffer_nbytes(buffer) bind(c)
            import :: c_ptr, c_size_t
            type(c_ptr), value :: buffer
        end function
        subroutine nc_buffer_free(buffer) bind(c)
            import :: c_ptr
            type(c_ptr), value :: buffer
        end subroutine

        integer(c_int32_t) function nc_zarr_open(json, registry, zarr, err) bind(c)
            import :: c_ptr, c_char, c_int32_t, nc_error
            character(kind=c_char), intent(in) :: json(*)
            type(c_ptr), value :: registry
            type(c_ptr), intent(out) :: zarr
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_zarr_new(codecs, registry, chunk, shape, fill, fill_nbytes, format, zarr, err) bind(c)
            import :: c_ptr, c_char, c_size_t, c_int32_t, c_int64_t, nc_error
            character(kind=c_char), intent(in) :: codecs(*)
            type(c_ptr), value :: registry, chunk, fill
            integer(c_int64_t), intent(in) :: shape(*)
            integer(c_size_t), value :: fill_nbytes
            integer(c_int32_t), value :: format
            type(c_ptr), intent(out) :: zarr
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_zarr_metadata(zarr, format, attributes, text, err) bind(c)
            import :: c_ptr, c_int32_t, nc_error
            type(c_ptr), value :: zarr, attributes
            integer(c_int32_t), value :: format
            type(c_ptr), intent(out) :: text
            type(nc_error), intent(out) :: err
        end function
        type(c_ptr) function nc_zarr_attributes(zarr) bind(c)
            import :: c_ptr
            type(c_ptr), value :: zarr
        end function
        type(c_ptr) function nc_zarr_codec(zarr) bind(c)
            import :: c_ptr
            type(c_ptr), value :: zarr
        end function
        type(c_ptr) function nc_zarr_layout(zarr) bind(c)
            import :: c_ptr
            type(c_ptr), value :: zarr
        end function
        integer(c_int64_t) function nc_zarr_query(zarr, what) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t
            type(c_ptr), value :: zarr
            integer(c_int32_t), value :: what
        end function
        integer(c_int32_t) function nc_zarr_shape(zarr, shape, cap, err) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: zarr
            integer(c_int64_t), intent(out) :: shape(*)
            integer(c_int32_t), value :: cap
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_zarr_chunk_key(zarr, index, dst, cap, err) bind(c)
            import :: c_ptr, c_char, c_size_t, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: zarr
            integer(c_int64_t), intent(in) :: index(*)
            character(kind=c_char), intent(out) :: dst(*)
            integer(c_size_t), value :: cap
            type(nc_error), intent(out) :: err
        end function
        type(c_ptr) function nc_zarr_inner(zarr) bind(c)
            import :: c_ptr
            type(c_ptr), value :: zarr
        end function
        integer(c_int32_t) function nc_zarr_index_range(zarr, offset, nbytes, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: zarr
            integer(c_int64_t), intent(out) :: offset
            integer(c_size_t), intent(out) :: nbytes
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_shard_open(zarr, index, n, shard_nbytes, shard, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: zarr, index
            integer(c_size_t), value :: n
            integer(c_int64_t), value :: shard_nbytes
            type(c_ptr), intent(out) :: shard
            type(nc_error), intent(out) :: err
        end function
        integer(c_int32_t) function nc_shard_entry(shard, inner, offset, nbytes, err) bind(c)
            import :: c_ptr, c_int32_t, c_int64_t, nc_error
            type(c_ptr), value :: shard
            integer(c_int64_t), intent(in) :: inner(*)
            integer(c_int64_t), intent(out) :: offset, nbytes
            type(nc_error), intent(out) :: err
        end function
        subroutine nc_shard_free(shard) bind(c)
            import :: c_ptr
            type(c_ptr), value :: shard
        end subroutine
        integer(c_int32_t) function nc_zarr_fill(zarr, want, dst, cap, err) bind(c)
            import :: c_ptr, c_size_t, c_int32_t, nc_error
            type(c_ptr), value :: zarr, want, dst
            integer(c_size_t), value :: cap
            type(nc_error), intent(out) :: err
        end function
        subroutine nc_zarr_free(zarr) bind(c)
            import :: c_ptr
            type(c_ptr), value :: zarr
        end subroutine

        integer(c_int32_t) function nc_decode_batch(codec, chunk, each, batch, opt, first) bind(c)
            import :: c_ptr, c_int32_t, nc_error, nc_options, nc_batch
            type(c_ptr), value :: codec, chunk, each
            type(nc_batch), intent(in) :: batch
            type(nc_options), intent(in) :: opt
            type(nc_error), intent(out) :: first
        end function
        integer(c_int32_t) function nc_encode_batch(codec, each, batch, opt, first) bind(c)
            import :: c_ptr, c_int32_t, nc_error, nc_options, nc_batch
            type(c_ptr), value :: codec, each
            type(nc_batch), intent(in) :: batch
            type(nc_options), intent(in) :: opt
            type(nc_error), intent(out) :: first
        end function
    end interface
end module
