//! c-blosc: BloscLZ. Chunks are put together, and decoded, in `codecs::blosc`.

use std::ffi::{CStr, c_int, c_void};

use blosc_src as b;

/// Most bytes of one chunk (`BLOSC_MAX_BUFFERSIZE`).
pub const MAX_INPUT: usize = b::BLOSC_MAX_BUFFERSIZE as usize;
/// Bytes that a chunk may be longer than its content.
pub const OVERHEAD: usize = b::BLOSC_MAX_OVERHEAD as usize;

unsafe extern "C" {
    // In blosclz.h, which is not installed.
    fn blosclz_compress(level: c_int, src: *const c_void, src_len: c_int, dst: *mut c_void, room: c_int, split: c_int) -> c_int;
}

/// The filter in front of the compressor, with c-blosc's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// Nothing.
    None = 0,
    /// Bytes by their place in an item.
    Byte = 1,
    /// Bits by their place in an item.
    Bit = 2,
}

/// Compresses with BloscLZ at `level` 1 to 9; `None` for what does not become smaller or does not fit. `split`: whether blocks are.
///
/// Takes 64 KiB of stack.
pub fn blosclz(level: u8, split: bool, src: &[u8], dst: &mut [u8]) -> Option<usize> {
    let (src_len, room) = (c_int::try_from(src.len()).ok()?, c_int::try_from(dst.len()).unwrap_or(c_int::MAX));
    let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
    // SAFETY: lengths are those of the slices or less; the level is one of its table.
    let written = unsafe { blosclz_compress(c_int::from(level.clamp(1, 9)), from, src_len, to, room, c_int::from(split)) };
    usize::try_from(written).ok().filter(|n| *n > 0)
}

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(b::blosc_get_version_string()) }
}

/// What c-blosc makes of a chunk, to compare our decoder with; the chunk must be sound.
#[cfg(test)]
pub fn decompress(src: &[u8], nbytes: usize) -> Option<Vec<u8>> {
    let mut dst = vec![0; nbytes];
    // SAFETY: the callers give whole chunks with a true cbytes field.
    let written = unsafe { b::blosc_decompress_ctx(src.as_ptr().cast(), dst.as_mut_ptr().cast(), nbytes, 1) };
    (usize::try_from(written) == Ok(nbytes)).then_some(dst)
}

/// How c-blosc is to compress, to compare our chunks with; names, levels and sizes are those it knows.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The compressor.
    pub cname: &'a CStr,
    /// 0 to 9.
    pub clevel: u8,
    /// The filter.
    pub shuffle: Shuffle,
    /// Bytes of an item.
    pub typesize: usize,
    /// Bytes of a block; 0 = automatic.
    pub blocksize: i32,
}

/// What c-blosc makes of `src`.
#[cfg(test)]
pub fn compress(asked: &Asked<'_>, src: &[u8]) -> Option<Vec<u8>> {
    let mut dst = vec![0; src.len() + OVERHEAD];
    let (level, shuffle) = (c_int::from(asked.clevel), asked.shuffle as c_int);
    let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
    let (room, blocksize) = (dst.len(), asked.blocksize as usize);
    // SAFETY: lengths are those of the slices; the callers give levels, names and sizes that c-blosc knows.
    let written =
        unsafe { b::blosc_compress_ctx(level, shuffle, asked.typesize, src.len(), from, to, room, asked.cname.as_ptr(), blocksize, 1) };
    dst.truncate(usize::try_from(written).ok().filter(|n| *n > 0)?);
    Some(dst)
}
