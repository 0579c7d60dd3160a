//! bzip2: compression and decompression as streams.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

use bzip2_sys as z;

use crate::core::error::{Error, Result};
use crate::core::stream::{Step, Stream};
use crate::kernels::arena::Arena;

unsafe extern "C" {
    // In bzlib.h, but not in the binding.
    fn BZ2_bzlibVersion() -> *const c_char;
}

// bzip2-sys exports the callback that its C code reports bugs to. Hidden, it stays inside the library, which exports our names alone.
#[cfg(target_vendor = "apple")]
core::arch::global_asm!(".private_extern _bz_internal_error");
#[cfg(not(target_vendor = "apple"))]
core::arch::global_asm!(".hidden bz_internal_error");

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(BZ2_bzlibVersion()) }
}

/// What a stream works in, kept for the next one: bzip2 cannot start a stream anew.
pub struct Memory {
    /// Without a state between two streams.
    stream: z::bz_stream,
    arena: Arena,
}

// SAFETY: between two streams there are no pointers in it but those to its own blocks; it has no tie to a thread.
unsafe impl Send for Memory {}

/// A compressor for one stream.
pub struct Compressor<'a>(&'a mut z::bz_stream);

/// A decompressor for one stream.
pub struct Decompressor<'a>(&'a mut z::bz_stream);

/// What bzip2 allocates to compress at `level`, from its manual.
pub fn compress_memory(level: i32) -> usize {
    (400 << 10) + 8 * block(level)
}

/// What it allocates to decompress a stream of `level`.
pub fn decompress_memory(level: i32) -> usize {
    (100 << 10) + 4 * block(level)
}

fn block(level: i32) -> usize {
    level.clamp(1, 9) as usize * 100_000
}

/// Most bytes that compressing `nbytes` can give, from the manual: 1 % and 600 bytes more.
pub fn bound(nbytes: u64) -> u64 {
    nbytes.saturating_add(nbytes / 100 + 600)
}

impl Memory {
    /// Empty.
    pub fn new() -> Result<Self> {
        let arena = Arena::new().ok_or_else(|| Error::memory(size_of::<Memory>() as u64))?;
        Ok(Memory { stream: empty_stream(ptr::null_mut()), arena })
    }

    /// A stream without a state, over the arena.
    fn begin(&mut self) -> &mut z::bz_stream {
        self.stream = empty_stream(self.arena.handle().cast());
        &mut self.stream
    }
}

impl<'a> Compressor<'a> {
    /// `level` 1..=9, with the default work factor.
    pub fn new(level: i32, memory: &'a mut Memory) -> Result<Self> {
        let stream = memory.begin();
        // SAFETY: an empty stream, which neither moves nor loses its arena while the compressor borrows both.
        match unsafe { z::BZ2_bzCompressInit(stream, level, 0, 0) } {
            z::BZ_OK => Ok(Compressor(stream)),
            code => Err(failure(code)),
        }
    }
}

impl<'a> Decompressor<'a> {
    /// Ready for one stream.
    pub fn new(memory: &'a mut Memory) -> Result<Self> {
        let stream = memory.begin();
        // SAFETY: as in Compressor::new.
        match unsafe { z::BZ2_bzDecompressInit(stream, 0, 0) } {
            z::BZ_OK => Ok(Decompressor(stream)),
            code => Err(failure(code)),
        }
    }
}

impl Stream for Compressor<'_> {
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step> {
        let action = if last { z::BZ_FINISH } else { z::BZ_RUN };
        step(self.0, src, dst, |stream| {
            // SAFETY: initialised stream; `step` pointed it at live slices.
            unsafe { z::BZ2_bzCompress(stream, action) }
        })
    }
}

impl Stream for Decompressor<'_> {
    fn step(&mut self, src: &[u8], dst: &mut [u8], _last: bool) -> Result<Step> {
        step(self.0, src, dst, |stream| {
            // SAFETY: initialised stream; `step` pointed it at live slices.
            unsafe { z::BZ2_bzDecompress(stream) }
        })
    }
}

impl Drop for Compressor<'_> {
    fn drop(&mut self) {
        // SAFETY: initialised by BZ2_bzCompressInit, ended once.
        unsafe { z::BZ2_bzCompressEnd(self.0) };
    }
}

impl Drop for Decompressor<'_> {
    fn drop(&mut self) {
        // SAFETY: initialised by BZ2_bzDecompressInit, ended once.
        unsafe { z::BZ2_bzDecompressEnd(self.0) };
    }
}

fn empty_stream(arena: *mut c_void) -> z::bz_stream {
    z::bz_stream {
        next_in: ptr::null_mut(),
        avail_in: 0,
        total_in_lo32: 0,
        total_in_hi32: 0,
        next_out: ptr::null_mut(),
        avail_out: 0,
        total_out_lo32: 0,
        total_out_hi32: 0,
        state: ptr::null_mut(),
        bzalloc: Some(allocate),
        bzfree: Some(release),
        opaque: arena,
    }
}

extern "C" fn allocate(arena: *mut c_void, items: c_int, size: c_int) -> *mut c_void {
    let nbytes = usize::try_from(items).ok().zip(usize::try_from(size).ok()).and_then(|(items, size)| items.checked_mul(size));
    // SAFETY: bzip2 passes on the arena of its stream, on the thread that called it.
    nbytes.map_or(ptr::null_mut(), |nbytes| unsafe { Arena::take(arena.cast(), nbytes).cast() })
}

extern "C" fn release(arena: *mut c_void, block: *mut c_void) {
    // SAFETY: as above; bzip2 gives back once what `allocate` gave.
    unsafe { Arena::give(arena.cast(), block.cast()) }
}

fn step(stream: &mut z::bz_stream, src: &[u8], dst: &mut [u8], code: impl FnOnce(&mut z::bz_stream) -> c_int) -> Result<Step> {
    let (given, room) = (src.len().min(u32::MAX as usize), dst.len().min(u32::MAX as usize));
    stream.next_in = src.as_ptr().cast_mut().cast();
    stream.avail_in = given as c_uint;
    stream.next_out = dst.as_mut_ptr().cast();
    stream.avail_out = room as c_uint;
    let code = code(stream);
    let step =
        Step { consumed: given - stream.avail_in as usize, written: room - stream.avail_out as usize, end: code == z::BZ_STREAM_END };
    stream.next_in = ptr::null_mut();
    stream.next_out = ptr::null_mut();
    if code < 0 { Err(failure(code)) } else { Ok(step) }
}

fn failure(code: c_int) -> Error {
    match code {
        z::BZ_MEM_ERROR => Error::memory(compress_memory(9) as u64),
        z::BZ_DATA_ERROR_MAGIC => Error::data("not a bzip2 stream"),
        z::BZ_DATA_ERROR => Error::data("the bzip2 stream is corrupt, or the CRC of a block differs"),
        _ => Error::data(format!("bzip2 failed with code {code}")),
    }
}
