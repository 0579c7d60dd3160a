//! libdeflate: deflate of whole buffers, several times faster than zlib's streams.

use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use libdeflate_sys as ld;

use crate::core::error::{Error, Result};

/// About what a compressor takes up to level 9, in version 1.26.
pub const COMPRESS_MEMORY: usize = 768 << 10;
/// The same for a decompressor.
pub const DECOMPRESS_MEMORY: usize = 16 << 10;

/// What a decompressor took and gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Input bytes up to the end of the stream.
    pub consumed: usize,
    /// Output bytes.
    pub written: usize,
}

/// Version of the library in the crate, which has no function that tells it.
pub fn version() -> &'static CStr {
    c"1.26"
}

/// A compressor at one level.
pub struct Compressor(NonNull<ld::libdeflate_compressor>);

/// A decompressor.
pub struct Decompressor(NonNull<ld::libdeflate_decompressor>);

// SAFETY: the state belongs to one owner and has no tie to a thread.
unsafe impl Send for Compressor {}
// SAFETY: as above.
unsafe impl Send for Decompressor {}

impl Compressor {
    /// `level` 1..=9.
    pub fn new(level: i32) -> Result<Self> {
        if LOOKING.load(Ordering::Acquire) != LOOKED {
            Decompressor::new()?;
        }
        // SAFETY: no pointer goes in; NULL comes out for no memory and unknown levels.
        let raw = unsafe { ld::libdeflate_alloc_compressor(level) };
        NonNull::new(raw).map(Compressor).ok_or_else(|| Error::memory(COMPRESS_MEMORY as u64))
    }

    /// Room that is always enough for `nbytes`.
    pub fn bound(&self, nbytes: usize) -> usize {
        // SAFETY: a live compressor.
        unsafe { ld::libdeflate_deflate_compress_bound(self.0.as_ptr(), nbytes) }
    }

    /// Compresses `src` to a deflate stream without any header; `None` where `dst` is too small.
    pub fn compress(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        self.run(ld::libdeflate_deflate_compress, src, dst)
    }

    /// The same, to a zlib stream.
    pub fn zlib(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        self.run(ld::libdeflate_zlib_compress, src, dst)
    }

    fn run(&mut self, compress: Compress, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
        // SAFETY: a live compressor that nobody else uses, and two slices.
        let n = unsafe { compress(self.0.as_ptr(), from, src.len(), to, dst.len()) };
        (n > 0).then_some(n)
    }
}

type Compress = unsafe extern "C" fn(*mut ld::libdeflate_compressor, *const std::ffi::c_void, usize, *mut std::ffi::c_void, usize) -> usize;

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: allocated by libdeflate, freed once.
        unsafe { ld::libdeflate_free_compressor(self.0.as_ptr()) };
    }
}

/// The process in which a thread lets libdeflate look at the processor, or [`LOOKED`] once that is done.
static LOOKING: AtomicU32 = AtomicU32::new(0);
const LOOKED: u32 = u32::MAX;
/// The zlib stream of nothing.
const NOTHING: [u8; 8] = [0x78, 0x9c, 3, 0, 0, 0, 0, 1];

/// libdeflate looks at the processor with the first stream and keeps what it finds in words without a lock, so one thread takes that
/// stream while others wait. A child of `fork` does not wait for a thread that it does not have.
fn look_once(decompressor: &mut Decompressor) {
    let mut looking = LOOKING.load(Ordering::Acquire);
    while looking != LOOKED {
        let own = std::process::id();
        if looking != own && LOOKING.compare_exchange(looking, own, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            decompressor.zlib(&NOTHING, &mut [0]);
            return LOOKING.store(LOOKED, Ordering::Release);
        }
        std::thread::yield_now();
        looking = LOOKING.load(Ordering::Acquire);
    }
}

impl Decompressor {
    /// Ready for any stream.
    pub fn new() -> Result<Self> {
        // SAFETY: no pointer goes in; NULL comes out for no memory.
        let raw = unsafe { ld::libdeflate_alloc_decompressor() };
        let mut new = NonNull::new(raw).map(Decompressor).ok_or_else(|| Error::memory(DECOMPRESS_MEMORY as u64))?;
        look_once(&mut new);
        Ok(new)
    }

    /// Decompresses a deflate stream without header; `None` where it is corrupt or `dst` too small.
    pub fn deflate(&mut self, src: &[u8], dst: &mut [u8]) -> Option<Whole> {
        self.run(ld::libdeflate_deflate_decompress_ex, src, dst)
    }

    /// Decompresses a zlib stream and checks its checksum; `None` where it is corrupt or `dst` too small.
    pub fn zlib(&mut self, src: &[u8], dst: &mut [u8]) -> Option<Whole> {
        self.run(ld::libdeflate_zlib_decompress_ex, src, dst)
    }

    fn run(&mut self, decompress: Decompress, src: &[u8], dst: &mut [u8]) -> Option<Whole> {
        let (mut consumed, mut written) = (0, 0);
        let (from, to) = (src.as_ptr().cast(), dst.as_mut_ptr().cast());
        // SAFETY: a live decompressor that nobody else uses, two slices, and two numbers to fill.
        let result = unsafe { decompress(self.0.as_ptr(), from, src.len(), to, dst.len(), &raw mut consumed, &raw mut written) };
        (result == ld::libdeflate_result_LIBDEFLATE_SUCCESS).then_some(Whole { consumed, written })
    }
}

type Decompress = unsafe extern "C" fn(
    *mut ld::libdeflate_decompressor,
    *const std::ffi::c_void,
    usize,
    *mut std::ffi::c_void,
    usize,
    *mut usize,
    *mut usize,
) -> ld::libdeflate_result;

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: allocated by libdeflate, freed once.
        unsafe { ld::libdeflate_free_decompressor(self.0.as_ptr()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_of_fork_does_not_wait_for_a_thread_of_its_parent() {
        LOOKING.store(std::process::id() + 1, Ordering::Relaxed);
        let mut decompressor = Decompressor::new().expect("memory");
        assert_eq!(LOOKING.load(Ordering::Relaxed), LOOKED);
        assert_eq!(decompressor.zlib(&NOTHING, &mut [0]), Some(Whole { consumed: 8, written: 0 }));
    }

    #[test]
    fn comes_back_and_too_little_room_is_told() {
        let src: Vec<u8> = (0..5000u32).map(|i| (i / 7) as u8).collect();
        let mut compressor = Compressor::new(6).expect("memory");
        let mut packed = vec![0; compressor.bound(src.len())];
        let n = compressor.compress(&src, &mut packed).expect("room");
        assert_eq!(compressor.compress(&src, &mut packed[..10]), None);
        let (mut decompressor, mut back) = (Decompressor::new().expect("memory"), vec![0; src.len()]);
        assert_eq!(decompressor.deflate(&packed, &mut back), Some(Whole { consumed: n, written: src.len() }));
        assert_eq!(back, src);
        assert_eq!(decompressor.deflate(&packed[..n - 1], &mut back), None);
        assert_eq!(decompressor.deflate(&packed[..n], &mut back[1..]), None);
        assert_eq!(decompressor.zlib(&packed[..n], &mut back), None);
    }
}
