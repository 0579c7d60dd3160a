! libnumcodecs for Fortran: use numcodecs. MIT licence. README.md explains; numcodecs.h is the reference.
module numcodecs
    use, intrinsic :: iso_c_binding, only: c_int8_t, c_int64_t, c_size_t
    use numcodecs_c, only: nc_codec_library_version, nc_codec_id_at
    use numcodecs_codec, only: codec_t
    use numcodecs_memory, only: bytes_t, options_t, error_t, f_text
    use numcodecs_metadata, only: create_zarr, zarr_metadata, zarr_attributes
    use numcodecs_shard, only: shard_t
    use numcodecs_zarr, only: zarr_t
    implicit none
    private
    public :: codec_t, zarr_t, shard_t, bytes_t, options_t, error_t
    public :: create_zarr, zarr_metadata, zarr_attributes
    public :: numcodecs_version, numcodecs_id

    ! What stat says.
    integer, parameter, public :: NUMCODECS_OK = 0, NUMCODECS_ERR_NULL = 1, NUMCODECS_ERR_CONFIG = 2
    integer, parameter, public :: NUMCODECS_ERR_UNKNOWN_CODEC = 3, NUMCODECS_ERR_DATA = 4, NUMCODECS_ERR_SPACE = 5
    integer, parameter, public :: NUMCODECS_ERR_DTYPE = 6, NUMCODECS_ERR_UNSUPPORTED = 7, NUMCODECS_ERR_MEMORY = 8
    integer, parameter, public :: NUMCODECS_ERR_SHAPE = 9, NUMCODECS_ERR_LIMIT = 10, NUMCODECS_ERR_CHECKSUM = 11
    integer, parameter, public :: NUMCODECS_ERR_CANCELLED = 12, NUMCODECS_ERR_CALLBACK = 13, NUMCODECS_ERR_UNKNOWN_SIZE = 14
    integer, parameter, public :: NUMCODECS_ERR_NOT_DONE = 15, NUMCODECS_ERR_PANIC = 99
    ! As nthreads of options_t.
    integer, parameter, public :: NUMCODECS_ALL_CORES = -1

contains

    ! Version of the library, such as "0.1.0".
    function numcodecs_version() result(version)
        character(:), allocatable :: version
        version = f_text(nc_codec_library_version())
    end function

    ! Id of the i-th codec of this build (from 1), in alphabetical order; empty past the end.
    function numcodecs_id(i) result(id)
        integer, intent(in) :: i
        character(:), allocatable :: id
        id = f_text(nc_codec_id_at(int(i - 1, c_size_t)))
    end function
end module
