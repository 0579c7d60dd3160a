//! bzip2: compression as a stream. Decoding is ours.

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

/// What bzip2 allocates to compress at `level`, from its manual.
pub fn compress_memory(level: i32) -> usize {
    (400 << 10) + 8 * 100_000 * level.clamp(1, 9) as usize
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

impl Stream for Compressor<'_> {
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step> {
        let action = if last { z::BZ_FINISH } else { z::BZ_RUN };
        let (stream, given, room) = (&mut *self.0, src.len().min(u32::MAX as usize), dst.len().min(u32::MAX as usize));
        (stream.next_in, stream.avail_in) = (src.as_ptr().cast_mut().cast(), given as c_uint);
        (stream.next_out, stream.avail_out) = (dst.as_mut_ptr().cast(), room as c_uint);
        // SAFETY: initialised stream over live slices.
        let code = unsafe { z::BZ2_bzCompress(stream, action) };
        (stream.next_in, stream.next_out) = (ptr::null_mut(), ptr::null_mut());
        let (consumed, written) = (given - stream.avail_in as usize, room - stream.avail_out as usize);
        if code < 0 { Err(failure(code)) } else { Ok(Step { consumed, written, end: code == z::BZ_STREAM_END }) }
    }
}

impl Drop for Compressor<'_> {
    fn drop(&mut self) {
        // SAFETY: initialised by BZ2_bzCompressInit, ended once.
        unsafe { z::BZ2_bzCompressEnd(self.0) };
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

fn failure(code: c_int) -> Error {
    match code {
        z::BZ_MEM_ERROR => Error::memory(compress_memory(9) as u64),
        _ => Error::data(format!("bzip2 failed with code {code}")),
    }
}

/// What libbz2 writes for one stream before it ends, fails or fills the room; its code, and how many bytes of `src` it took. To compare
/// with in tests.
#[cfg(test)]
pub fn decompress(src: &[u8], room: usize) -> (Vec<u8>, c_int, usize) {
    let (mut stream, mut dst) = (z::bz_stream { bzalloc: None, bzfree: None, ..empty_stream(ptr::null_mut()) }, vec![0; room]);
    // SAFETY: an empty stream, which stays where it is until it is ended; the slices live as long.
    let code = unsafe {
        assert_eq!(z::BZ2_bzDecompressInit(&mut stream, 0, 0), z::BZ_OK);
        (stream.next_in, stream.avail_in) = (src.as_ptr().cast_mut().cast(), src.len() as c_uint);
        (stream.next_out, stream.avail_out) = (dst.as_mut_ptr().cast(), room as c_uint);
        let code = z::BZ2_bzDecompress(&mut stream);
        z::BZ2_bzDecompressEnd(&mut stream);
        code
    };
    dst.truncate(room - stream.avail_out as usize);
    (dst, code, src.len() - stream.avail_in as usize)
}
