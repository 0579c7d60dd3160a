//! Constants and plain structs of the header.

use std::ffi::{c_char, c_void};

/// Outcome of a call: NUMCODECS_OK or one of the NUMCODECS_ERR_ numbers.
pub type nc_status = i32;

/// Status numbers. They tell causes apart and are never reused.
#[repr(C)]
#[allow(missing_docs)] // each has its comment in C
pub enum nc_status_code {
    /// Success.
    NUMCODECS_OK = 0,
    /// A required pointer is NULL; the message names the argument.
    NUMCODECS_ERR_NULL = 1,
    /// A configuration or metadata key or value; path says which.
    NUMCODECS_ERR_CONFIG = 2,
    /// No codec has that id (here, or in this build).
    NUMCODECS_ERR_UNKNOWN_CODEC = 3,
    /// The input is corrupt or cut off; offset says where, if known.
    NUMCODECS_ERR_DATA = 4,
    /// The caller's memory is too small; needed says how much it takes, 0 = not known.
    NUMCODECS_ERR_SPACE = 5,
    /// A dtype or item kind that does not fit.
    NUMCODECS_ERR_DTYPE = 6,
    /// Something that this codec or this build does not do.
    NUMCODECS_ERR_UNSUPPORTED = 7,
    /// The allocator refused; trying again later may work.
    NUMCODECS_ERR_MEMORY = 8,
    /// A shape, stride or number of bytes that does not fit.
    NUMCODECS_ERR_SHAPE = 9,
    /// More than max_output or max_memory allows; trying again will not work.
    NUMCODECS_ERR_LIMIT = 10,
    /// A stored checksum differs from the computed one.
    NUMCODECS_ERR_CHECKSUM = 11,
    /// The progress callback asked to stop.
    NUMCODECS_ERR_CANCELLED = 12,
    /// A callback of the caller failed or broke its contract.
    NUMCODECS_ERR_CALLBACK = 13,
    /// The size cannot be known without decoding or encoding. An answer, not a failure.
    NUMCODECS_ERR_UNKNOWN_SIZE = 14,
    /// A batch item that was never started.
    NUMCODECS_ERR_NOT_DONE = 15,
    /// A bug in this library was caught.
    NUMCODECS_ERR_PANIC = 99,
}

/// Order of the items of a layout.
#[repr(C)]
pub enum nc_order {
    /// Last dimension fastest, no gaps.
    NUMCODECS_ORDER_C = 0,
    /// First dimension fastest, no gaps.
    NUMCODECS_ORDER_F = 1,
    /// Byte strides tell.
    NUMCODECS_ORDER_STRIDED = 2,
}

/// Kind of the items of a layout. All kinds but NUMCODECS_FIXED have items of any length: n+1 byte offsets of type int64_t and one
/// block of bytes, item i being bytes offsets[i] up to offsets[i + 1], laid out as in Arrow's large string and large binary arrays.
#[repr(C)]
pub enum nc_items {
    /// Items of fixed size; the dtype tells.
    NUMCODECS_FIXED = 0,
    /// UTF-8 text (vlen-utf8, categorize).
    NUMCODECS_UTF8 = 1,
    /// Bytes (vlen-bytes).
    NUMCODECS_BYTES = 2,
    /// One-dimensional arrays of the layout's dtype (vlen-array); the offsets still count bytes.
    NUMCODECS_ARRAYS = 3,
    /// One JSON text each (json2).
    NUMCODECS_JSON = 4,
    /// One MessagePack value each (msgpack2, pickle): bytes, 64-bit integers, NaN and any map key survive.
    NUMCODECS_MSGPACK = 5,
}

/// Flags of nc_options, added up.
#[repr(C)]
pub enum nc_flags {
    /// Refuse what the Python package lets pass: bytes after the end, characters that are not base64, values that an encoded type
    /// cannot hold, labels that are not listed.
    NUMCODECS_STRICT = 1,
}

/// Values of nc_options.nthreads with a meaning of their own.
#[repr(C)]
pub enum nc_threads {
    /// As many threads as the process may run on.
    NUMCODECS_ALL_CORES = -1,
}

/// Questions for nc_codec_query, nc_layout_query and nc_zarr_query.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum nc_question {
    /// Layout: bytes of all fixed-size items without gaps; 0 for the other kinds.
    NUMCODECS_Q_NBYTES = 0,
    /// Layout: number of items.
    NUMCODECS_Q_ITEMS = 1,
    /// Layout: bytes per item (of the dtype).
    NUMCODECS_Q_ITEMSIZE = 2,
    /// Layout, Zarr: number of dimensions.
    NUMCODECS_Q_NDIM = 3,
    /// Layout: one of NUMCODECS_ORDER_.
    NUMCODECS_Q_ORDER = 4,
    /// Layout: one of NUMCODECS_FIXED, NUMCODECS_UTF8, ...
    NUMCODECS_Q_KIND = 5,
    /// Codec: 1 if nc_decode_box reads only the part it needs, 0 if it decodes all and cuts.
    NUMCODECS_Q_PARTIAL = 6,
    /// Codec: 1 if decoding may give other values than were encoded.
    NUMCODECS_Q_LOSSY = 7,
    /// Zarr: version of the format.
    NUMCODECS_Q_FORMAT = 8,
    /// Zarr: 1 if the metadata has a fill value, 0 if it is null (chunks that are not there are then read as zeros).
    NUMCODECS_Q_FILL = 9,
}

impl nc_question {
    // The question of that number.
    pub(super) fn of(number: i32) -> Option<Self> {
        use nc_question::*;
        let about_layouts =
            [NUMCODECS_Q_NBYTES, NUMCODECS_Q_ITEMS, NUMCODECS_Q_ITEMSIZE, NUMCODECS_Q_NDIM, NUMCODECS_Q_ORDER, NUMCODECS_Q_KIND];
        let others = [NUMCODECS_Q_PARTIAL, NUMCODECS_Q_LOSSY, NUMCODECS_Q_FORMAT, NUMCODECS_Q_FILL];
        about_layouts.into_iter().chain(others).find(|question| *question as i32 == number)
    }
}

/// What went wrong, in memory of the caller (on its stack, say); every function takes NULL instead. 512 bytes, frozen.
/// All text is printable UTF-8 ending with NUL: foreign text is escaped, and cut between characters.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nc_error {
    /// The status that the call returned.
    pub code: i32,
    /// Position in the pipeline, 0 = first filter; -1 = not a stage.
    pub stage: i32,
    /// Chunk of a batch, else inner chunk of a shard, counted in C order; -1 = none.
    pub index: i64,
    /// Byte in the encoded input, of that stage in a pipeline; -1 = not known.
    pub offset: i64,
    /// Bytes asked for, with NUMCODECS_ERR_SPACE, _LIMIT and _MEMORY; 0 = not known.
    pub needed: u64,
    /// Id of the codec that failed, or empty.
    pub codec: [c_char; 32],
    /// Key or JSON path in the configuration or metadata, or empty.
    pub path: [c_char; 128],
    /// For a person to read.
    pub message: [c_char; 320],
}

/// Asks the caller for a larger block: must return a block of at least nbytes bytes that keeps the content of the one before (as
/// realloc does), or NULL to refuse. The block is the caller's, after a failed call too.
pub type nc_grow_fn = Option<unsafe extern "C" fn(user: *mut c_void, nbytes: usize) -> *mut c_void>;

/// Tells how many of how many bytes are done: of input or of output, as the codec counts; both are the same number at the end. A result
/// other than 0 stops the call with NUMCODECS_ERR_CANCELLED; it is not called again then.
pub type nc_progress_fn = Option<unsafe extern "C" fn(user: *mut c_void, done: u64, total: u64) -> i32>;

/// Options of one call. Set struct_size to sizeof(nc_options) and the rest to 0 for the defaults; NULL means the same. Fields may be
/// added at the end in later versions: struct_size tells which the caller knows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nc_options {
    /// sizeof(nc_options) as the caller was compiled.
    pub struct_size: usize,
    /// Most bytes of result of the whole call, without the gaps between strides; 0 = no limit. Between the stages of a pipeline 16 times
    /// as much and 64 KiB may arise.
    pub max_output: u64,
    /// Most bytes of result and scratch (windows, dictionaries, steps between filters) of all threads; 0 = no limit. Memory of the
    /// caller does not count. Without a limit lzma still believes no more than 256 MiB for a dictionary that a stream names.
    pub max_memory: u64,
    /// Threads the whole call may use, the calling one included; 0 = 1; NUMCODECS_ALL_CORES. Results never depend on it.
    pub nthreads: i32,
    /// NUMCODECS_STRICT or 0.
    pub flags: i32,
    /// For nc_decode_box and the _into calls: asked for a larger block instead of failing with NUMCODECS_ERR_SPACE. NULL = none.
    pub grow: nc_grow_fn,
    /// First argument of grow.
    pub grow_user: *mut c_void,
    /// Called on the calling thread, at least for every megabyte of input or output that a streaming codec handles, and at the end; in
    /// batches after every chunk, and with several threads every 20 milliseconds.
    pub progress: nc_progress_fn,
    /// First argument of progress.
    pub progress_user: *mut c_void,
    /// Set to the bytes of encoded input that nc_decode_box and nc_decode_batch read; NULL = not asked. Other calls leave it alone.
    pub touched: *mut u64,
}

// The ABI: sizes and offsets that callers were compiled with.
const _: () = assert!(size_of::<nc_error>() == 512);
const _: () = assert!(std::mem::offset_of!(nc_error, message) == 192);
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<nc_options>() == 72 && std::mem::offset_of!(nc_options, grow) == 32);
