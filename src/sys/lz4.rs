//! LZ4: one raw block per call.

use std::ffi::{CStr, c_char, c_int, c_void};

use lz4_sys as z;

use crate::core::error::{Error, Result};

unsafe extern "C" {
    // In lz4.h, but not in the binding.
    fn LZ4_sizeofState() -> c_int;
    fn LZ4_versionString() -> *const c_char;
    fn LZ4_compress_fast_extState(
        state: *mut c_void,
        src: *const c_char,
        dst: *mut c_char,
        src_len: c_int,
        room: c_int,
        acceleration: c_int,
    ) -> c_int;
    fn LZ4_sizeofStateHC() -> c_int;
    fn LZ4_compress_HC_extStateHC(
        state: *mut c_void,
        src: *const c_char,
        dst: *mut c_char,
        src_len: c_int,
        room: c_int,
        level: c_int,
    ) -> c_int;
}

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(LZ4_versionString()) }
}

/// Most bytes of input (`LZ4_MAX_INPUT_SIZE`).
pub const MAX_INPUT: usize = 0x7e00_0000;

/// About what a [`State`] takes.
pub const STATE_MEMORY: usize = 17 << 10;
/// About what an [`HcState`] takes.
pub const HC_STATE_MEMORY: usize = 257 << 10;

/// Hash table of a compressor; every block starts it afresh.
pub struct State(Vec<u64>);

/// The tables of a compressor in high compression mode; every block starts them afresh.
pub struct HcState(Vec<u64>);

/// Zeroed memory, aligned for LZ4.
fn words(nbytes: c_int) -> Result<Vec<u64>> {
    let nbytes = nbytes as usize;
    let mut words = Vec::new();
    words.try_reserve_exact(nbytes.div_ceil(8)).map_err(|_| Error::memory(nbytes as u64))?;
    words.resize(nbytes.div_ceil(8), 0);
    Ok(words)
}

impl HcState {
    /// Memory for one compressor at a time.
    pub fn new() -> Result<Self> {
        // SAFETY: takes and touches nothing.
        words(unsafe { LZ4_sizeofStateHC() }).map(HcState)
    }

    /// Compresses up to [`MAX_INPUT`] bytes into one block; `None` where `dst` is too small.
    pub fn compress(&mut self, src: &[u8], dst: &mut [u8], level: i32) -> Option<usize> {
        let src_len = c_int::try_from(src.len()).ok()?;
        let room = c_int::try_from(dst.len()).unwrap_or(c_int::MAX);
        let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
        // SAFETY: the state has the size asked for and the alignment of a pointer; lengths are those of the slices or less.
        let written = unsafe { LZ4_compress_HC_extStateHC(self.0.as_mut_ptr().cast(), from, to, src_len, room, level) };
        (written > 0).then_some(written as usize)
    }
}

impl State {
    /// Memory for one compressor at a time.
    pub fn new() -> Result<Self> {
        // SAFETY: takes and touches nothing.
        words(unsafe { LZ4_sizeofState() }).map(State)
    }

    /// Bytes it takes.
    pub fn nbytes(&self) -> usize {
        self.0.len() * 8
    }

    /// Compresses up to [`MAX_INPUT`] bytes into one block; `None` where `dst` is too small.
    pub fn compress(&mut self, src: &[u8], dst: &mut [u8], acceleration: i32) -> Option<usize> {
        let src_len = c_int::try_from(src.len()).ok()?;
        let room = c_int::try_from(dst.len()).unwrap_or(c_int::MAX);
        let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
        // SAFETY: the state has the size asked for and the alignment of a pointer; lengths are those of the slices or less.
        let written = unsafe { LZ4_compress_fast_extState(self.0.as_mut_ptr().cast(), from, to, src_len, room, acceleration) };
        (written > 0).then_some(written as usize)
    }
}

/// Decompresses one whole block and returns the bytes written; on failure the offset in `src` where LZ4 gave up.
pub fn decompress(src: &[u8], dst: &mut [u8]) -> std::result::Result<usize, usize> {
    let src_len = c_int::try_from(src.len()).map_err(|_| 0usize)?;
    let room = c_int::try_from(dst.len()).unwrap_or(c_int::MAX);
    // LZ4 counts back from the end of the output before it looks at the length: an empty one needs a real place too.
    let mut nowhere = 0u8;
    let to = if dst.is_empty() { &raw mut nowhere } else { dst.as_mut_ptr() };
    // SAFETY: LZ4_decompress_safe reads and writes within the given lengths whatever the input holds.
    let written = unsafe { z::LZ4_decompress_safe(src.as_ptr().cast(), to.cast(), src_len, room) };
    usize::try_from(written).map_err(|_| (-(i64::from(written)) - 1) as usize)
}

/// Most bytes that compressing `nbytes` can give (`LZ4_COMPRESSBOUND`).
pub fn bound(nbytes: usize) -> usize {
    nbytes.saturating_add(nbytes / 255 + 16)
}
