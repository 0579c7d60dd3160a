//! Zstandard: contexts that can be used again, and what frames say of themselves.

use std::ffi::{CStr, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::NonNull;

use zstd_sys as z;
use zstd_sys::ZSTD_ErrorCode as Code;

use crate::core::error::{Error, Kind, Result};
use crate::core::stream::{Step, Stream};

unsafe extern "C" {
    // In the advanced part of zstd.h, which the binding leaves out.
    fn ZSTD_estimateDStreamSize_fromFrame(src: *const c_void, src_len: usize) -> usize;
    fn ZSTD_getCParams(level: c_int, src_len: c_ulonglong, dict_len: usize) -> Parameters;
    fn ZSTD_estimateCCtxSize_usingCParams(parameters: Parameters) -> usize;
}

/// `ZSTD_compressionParameters`: six unsigned numbers and an enum. Only passed on.
#[repr(C)]
struct Parameters([c_uint; 7]);

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(z::ZSTD_versionString()) }
}

/// Smallest level; compresses worst and fastest.
pub fn min_level() -> i32 {
    // SAFETY: takes and touches nothing.
    unsafe { z::ZSTD_minCLevel() }
}

/// Largest level.
pub fn max_level() -> i32 {
    // SAFETY: takes and touches nothing.
    unsafe { z::ZSTD_maxCLevel() }
}

/// Most bytes that compressing `nbytes` can give (`ZSTD_COMPRESSBOUND`).
pub fn bound(nbytes: usize) -> usize {
    let small = (128usize << 10).saturating_sub(nbytes) >> 11;
    nbytes.saturating_add((nbytes >> 8) + small)
}

/// Memory that compressing `nbytes` at `level` takes.
pub fn compress_memory(level: i32, nbytes: usize) -> usize {
    // SAFETY: plain functions of numbers; 0 would stand for an unknown size.
    unsafe { ZSTD_estimateCCtxSize_usingCParams(ZSTD_getCParams(level, nbytes.max(1) as u64, 0)) }
}

/// A compressor with its parameters.
pub struct Compressor(NonNull<z::ZSTD_CCtx>);

/// A decompressor.
pub struct Decompressor(NonNull<z::ZSTD_DCtx>);

// SAFETY: a context belongs to one owner and has no tie to a thread.
unsafe impl Send for Compressor {}
// SAFETY: as above.
unsafe impl Send for Decompressor {}

impl Compressor {
    /// One frame with its content size per call, at `level` (0 = 3), with or without checksum.
    pub fn new(level: i32, checksum: bool) -> Result<Self> {
        // SAFETY: no arguments; NULL is an error below.
        let context = NonNull::new(unsafe { z::ZSTD_createCCtx() }).ok_or_else(|| Error::memory(CONTEXT))?;
        let context = Compressor(context);
        context.set(z::ZSTD_cParameter::ZSTD_c_compressionLevel, level)?;
        context.set(z::ZSTD_cParameter::ZSTD_c_checksumFlag, i32::from(checksum))?;
        Ok(context)
    }

    fn set(&self, parameter: z::ZSTD_cParameter, value: c_int) -> Result<()> {
        // SAFETY: live context.
        check(unsafe { z::ZSTD_CCtx_setParameter(self.0.as_ptr(), parameter, value) }).map(drop)
    }

    /// Compresses all of `src` into one frame. `dst` has [`bound`] bytes: with less the same input could give other bytes.
    pub fn compress(&mut self, src: &[u8], dst: &mut [u8]) -> Result<usize> {
        // SAFETY: live context, live slices; compress2 starts a new session by itself and keeps the parameters.
        check(unsafe { z::ZSTD_compress2(self.0.as_ptr(), dst.as_mut_ptr().cast(), dst.len(), src.as_ptr().cast(), src.len()) })
    }

    /// Compresses all of `src` at `level`, whatever level the context has; `None` where `dst` is too small.
    pub fn compress_within(&mut self, level: i32, src: &[u8], dst: &mut [u8]) -> Result<Option<usize>> {
        let (to, room, from, n) = (dst.as_mut_ptr().cast(), dst.len(), src.as_ptr().cast(), src.len());
        // SAFETY: live context, live slices.
        let written = unsafe { z::ZSTD_compressCCtx(self.0.as_ptr(), to, room, from, n, level) };
        match check(written) {
            Err(_) if error_code(written) == Code::ZSTD_error_dstSize_tooSmall => Ok(None),
            written => written.map(Some),
        }
    }

    /// Bytes it holds.
    pub fn nbytes(&self) -> usize {
        // SAFETY: live context.
        unsafe { z::ZSTD_sizeof_CCtx(self.0.as_ptr()) }
    }
}

impl Decompressor {
    /// Ready for any frame without a dictionary.
    pub fn new() -> Result<Self> {
        // SAFETY: no arguments; NULL is an error.
        NonNull::new(unsafe { z::ZSTD_createDCtx() }).map(Decompressor).ok_or_else(|| Error::memory(CONTEXT))
    }

    /// Forgets a frame that was begun; the next [`Stream::step`] starts one.
    pub fn reset(&mut self) {
        // SAFETY: live context; resetting a session cannot fail.
        unsafe { z::ZSTD_DCtx_reset(self.0.as_ptr(), z::ZSTD_ResetDirective::ZSTD_reset_session_only) };
    }

    /// Decompresses one whole frame and returns the bytes written.
    pub fn decompress(&mut self, src: &[u8], dst: &mut [u8]) -> Result<usize> {
        // SAFETY: live context, live slices.
        check(unsafe { z::ZSTD_decompressDCtx(self.0.as_ptr(), dst.as_mut_ptr().cast(), dst.len(), src.as_ptr().cast(), src.len()) })
    }

    /// Bytes it holds.
    pub fn nbytes(&self) -> usize {
        // SAFETY: live context.
        unsafe { z::ZSTD_sizeof_DCtx(self.0.as_ptr()) }
    }
}

impl Stream for Decompressor {
    fn step(&mut self, src: &[u8], dst: &mut [u8], _last: bool) -> Result<Step> {
        let mut input = z::ZSTD_inBuffer { src: src.as_ptr().cast(), size: src.len(), pos: 0 };
        let mut output = z::ZSTD_outBuffer { dst: dst.as_mut_ptr().cast(), size: dst.len(), pos: 0 };
        // SAFETY: live context; the buffers describe live slices.
        let left = check(unsafe { z::ZSTD_decompressStream(self.0.as_ptr(), &mut output, &mut input) })?;
        Ok(Step { consumed: input.pos, written: output.pos, end: left == 0 })
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: created by ZSTD_createCCtx, freed once.
        unsafe { z::ZSTD_freeCCtx(self.0.as_ptr()) };
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: created by ZSTD_createDCtx, freed once.
        unsafe { z::ZSTD_freeDCtx(self.0.as_ptr()) };
    }
}

/// Roughly what a context takes; only told to people.
const CONTEXT: u64 = 1 << 17;

/// Bytes of the whole frame that `src` starts with.
pub fn frame_size(src: &[u8]) -> Result<usize> {
    // SAFETY: reads within the slice only.
    check(unsafe { z::ZSTD_findFrameCompressedSize(src.as_ptr().cast(), src.len()) })
}

/// Content size that a whole frame declares.
pub fn content_size(frame: &[u8]) -> Result<Option<u64>> {
    // SAFETY: reads within the slice only.
    match unsafe { z::ZSTD_getFrameContentSize(frame.as_ptr().cast(), frame.len()) } {
        UNKNOWN => Ok(None),
        BAD => Err(Error::data("not a zstd frame")),
        known => Ok(Some(known)),
    }
}

const UNKNOWN: u64 = z::ZSTD_CONTENTSIZE_UNKNOWN as i64 as u64;
const BAD: u64 = z::ZSTD_CONTENTSIZE_ERROR as i64 as u64;

/// Memory that streaming a frame takes: context, window and buffers.
pub fn stream_memory(frame: &[u8]) -> Result<usize> {
    // SAFETY: reads within the slice only.
    check(unsafe { ZSTD_estimateDStreamSize_fromFrame(frame.as_ptr().cast(), frame.len()) })
}

fn error_code(result: usize) -> Code {
    // SAFETY: plain function of a number.
    unsafe { z::ZSTD_getErrorCode(result) }
}

fn check(result: usize) -> Result<usize> {
    // SAFETY: plain function of a number.
    if unsafe { z::ZSTD_isError(result) } == 0 { Ok(result) } else { Err(failure(result)) }
}

#[cold]
fn failure(result: usize) -> Error {
    // SAFETY: zstd's messages are static C strings.
    let text = unsafe { CStr::from_ptr(z::ZSTD_getErrorName(result)) }.to_string_lossy();
    match error_code(result) {
        Code::ZSTD_error_checksum_wrong => Error::new(Kind::Checksum, "XXH64 of the decoded data differs from the stored one"),
        Code::ZSTD_error_srcSize_wrong => Error::data("the frame is cut off"),
        Code::ZSTD_error_memory_allocation => Error::memory(CONTEXT),
        Code::ZSTD_error_dictionary_wrong => Error::unsupported("the frame needs a dictionary"),
        Code::ZSTD_error_frameParameter_windowTooLarge => Error::unsupported("the frame needs a window above 128 MiB"),
        _ => Error::data(format!("zstd: {text}")),
    }
}
