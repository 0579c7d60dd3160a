//! Helpers of the Python module numcodecs.zstd.

use std::ffi::c_void;

use serde_json::json;

use super::buffer::nc_buffer;
use super::types::{nc_error, nc_options, nc_status};
use super::{answer, boundary, helper::helper};

/// Constants of numcodecs.zstd.
#[repr(C)]
pub enum nc_zstd_constants {
    /// The level that lets Zstandard choose (it takes 3).
    NUMCODECS_ZSTD_DEFAULT_CLEVEL = 0,
    /// The highest level; levels above it count as this one.
    NUMCODECS_ZSTD_MAX_CLEVEL = 22,
}

/// Compresses n bytes as the codec "zstd" does: one frame that tells its content size. src: borrowed. level: nc_zstd_min_level() to
/// nc_zstd_max_level(), others are brought into that range; 0 = default. checksum: not 0 = add one. opt: NULL = defaults. buffer: gives
/// the result, free it with nc_buffer_free. Errors: _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zstd_compress(
    src: *const c_void,
    n: usize,
    level: i32,
    checksum: i32,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        unsafe { helper(src, n, opt, buffer) }?.encode(json!({"id": "zstd", "level": level, "checksum": checksum != 0}), 1)
    })
}

/// Decompresses Zstandard frames, with or without a content size. Errors: _DATA, _CHECKSUM, _LIMIT, _MEMORY, _NULL. The rest is as in
/// nc_zstd_compress. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zstd_decompress(
    src: *const c_void,
    n: usize,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        unsafe { helper(src, n, opt, buffer) }?.decode(json!({"id": "zstd"}), 1)
    })
}

/// The level that level 0 stands for: 3. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_zstd_default_level() -> i32 {
    answer(-1, || 3)
}

/// The lowest level, -131072: fastest, least compression. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_zstd_min_level() -> i32 {
    answer(-1, || -131072)
}

/// The highest level, 22. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_zstd_max_level() -> i32 {
    answer(-1, || 22)
}
