//! Helpers of the Python module numcodecs.lz4.

use std::ffi::c_void;

use serde_json::json;

use super::buffer::nc_buffer;
use super::types::{nc_error, nc_options, nc_status};
use super::{boundary, helper::helper};

/// Constants of numcodecs.lz4.
#[repr(C)]
pub enum nc_lz4_constants {
    /// The acceleration that stands for "none".
    NUMCODECS_LZ4_DEFAULT_ACCELERATION = 1,
}

/// Compresses n bytes as the codec "lz4" does: four bytes of size, little-endian, and one LZ4 block. src: borrowed, at most 2113929216
/// bytes. acceleration: 1 and less is the best compression, more is faster. opt: NULL = defaults. buffer: gives the result, free it with
/// nc_buffer_free. Errors: _SHAPE, _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_lz4_compress(
    src: *const c_void,
    n: usize,
    acceleration: i32,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        unsafe { helper(src, n, opt, buffer) }?.encode(json!({"id": "lz4", "acceleration": acceleration}), 1)
    })
}

/// Decompresses what nc_lz4_compress or the codec "lz4" made. Errors: _DATA, _LIMIT, _MEMORY, _NULL. The rest is as in nc_lz4_compress.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_lz4_decompress(
    src: *const c_void,
    n: usize,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        unsafe { helper(src, n, opt, buffer) }?.decode(json!({"id": "lz4"}), 1)
    })
}
