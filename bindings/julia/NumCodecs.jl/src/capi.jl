# What numcodecs.h declares, under its names. tests/consumers/check_julia.py compares all of it with the header.

struct nc_codec end
struct nc_layout end
struct nc_buffer end
struct nc_registry end
struct nc_zarr end
struct nc_shard end

const NUMCODECS_OK = Int32(0)
const NUMCODECS_ERR_NULL = Int32(1)
const NUMCODECS_ERR_CONFIG = Int32(2)
const NUMCODECS_ERR_UNKNOWN_CODEC = Int32(3)
const NUMCODECS_ERR_DATA = Int32(4)
const NUMCODECS_ERR_SPACE = Int32(5)
const NUMCODECS_ERR_DTYPE = Int32(6)
const NUMCODECS_ERR_UNSUPPORTED = Int32(7)
const NUMCODECS_ERR_MEMORY = Int32(8)
const NUMCODECS_ERR_SHAPE = Int32(9)
const NUMCODECS_ERR_LIMIT = Int32(10)
const NUMCODECS_ERR_CHECKSUM = Int32(11)
const NUMCODECS_ORDER_C = Int32(0)
const NUMCODECS_ORDER_F = Int32(1)
const NUMCODECS_FIXED = Int32(0)
const NUMCODECS_UTF8 = Int32(1)
const NUMCODECS_JSON = Int32(4)
const NUMCODECS_Q_NBYTES = Int32(0)
const NUMCODECS_Q_ITEMS = Int32(1)
const NUMCODECS_Q_NDIM = Int32(3)
const NUMCODECS_Q_ORDER = Int32(4)
const NUMCODECS_Q_KIND = Int32(5)
const NUMCODECS_Q_FORMAT = Int32(8)

struct nc_error
    code::Int32
    stage::Int32
    index::Int64
    offset::Int64
    needed::UInt64
    codec::NTuple{32,UInt8}
    path::NTuple{128,UInt8}
    message::NTuple{320,UInt8}
end

struct nc_options
    struct_size::Csize_t
    max_output::UInt64
    max_memory::UInt64
    nthreads::Int32
    flags::Int32
    grow::Ptr{Cvoid}
    grow_user::Ptr{Cvoid}
    progress::Ptr{Cvoid}
    progress_user::Ptr{Cvoid}
    touched::Ptr{UInt64}
end

nc_options(; max_output=0, nthreads=0) =
    nc_options(sizeof(nc_options), max_output, 0, nthreads, 0, C_NULL, C_NULL, C_NULL, C_NULL, C_NULL)
