//! c-blosc: compression of one chunk. Decoding is our own, in `codecs::blosc`.

use std::ffi::{CStr, c_int};

use blosc_src as b;

use crate::core::error::{Error, Kind, Result};

/// Most bytes of one chunk (`BLOSC_MAX_BUFFERSIZE`).
pub const MAX_INPUT: usize = b::BLOSC_MAX_BUFFERSIZE as usize;
/// Bytes that a chunk may be longer than its content.
pub const OVERHEAD: usize = b::BLOSC_MAX_OVERHEAD as usize;
/// Largest block it makes on request.
const MAX_BLOCK: usize = 715_827_542;
/// Largest block it makes by itself.
const MAX_AUTO_BLOCK: usize = 1 << 20;

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(b::blosc_get_version_string()) }
}

/// The compressor inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compressor {
    /// BloscLZ, a relative of FastLZ.
    BloscLz,
    /// LZ4, acceleration by level.
    Lz4,
    /// LZ4 in high compression mode.
    Lz4Hc,
    /// zlib.
    Zlib,
    /// Zstandard.
    Zstd,
}

impl Compressor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::BloscLz, Self::Lz4, Self::Lz4Hc, Self::Zlib, Self::Zstd];

    fn c_name(self) -> &'static CStr {
        match self {
            Self::BloscLz => c"blosclz",
            Self::Lz4 => c"lz4",
            Self::Lz4Hc => c"lz4hc",
            Self::Zlib => c"zlib",
            Self::Zstd => c"zstd",
        }
    }

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        self.c_name().to_str().unwrap_or_default()
    }

    /// What a compressor takes for itself, beside blocks: tables and windows, generously.
    fn memory(self, block: usize) -> usize {
        match self {
            Self::BloscLz | Self::Lz4 => 64 << 10,
            Self::Lz4Hc | Self::Zlib => 272 << 10,
            Self::Zstd => (2 << 20) + 8 * block,
        }
    }
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

/// How to compress a chunk.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The compressor inside.
    pub compressor: Compressor,
    /// 0 to 9; 0 stores.
    pub clevel: u8,
    /// The filter.
    pub shuffle: Shuffle,
    /// Bytes of an item; above 255 the chunk is one of single bytes.
    pub typesize: usize,
    /// Wanted bytes of a block; 0 = automatic, other values are clamped.
    pub blocksize: i32,
}

/// Memory that compressing `nbytes` takes beside input and output.
pub fn memory(settings: &Settings, nbytes: usize) -> usize {
    let wanted = usize::try_from(settings.blocksize).unwrap_or(0).min(MAX_BLOCK);
    let block = wanted.max(MAX_AUTO_BLOCK).min(nbytes);
    2 * block + 4 * settings.typesize.min(255) + settings.compressor.memory(block)
}

/// Compresses up to [`MAX_INPUT`] bytes into `dst`, which must have [`OVERHEAD`] bytes more. Returns the bytes written.
///
/// The bytes depend on `settings` and `src` alone: no state of the process, no environment variable, one thread.
pub fn compress(settings: &Settings, src: &[u8], dst: &mut [u8]) -> Result<usize> {
    if src.len() > MAX_INPUT || settings.clevel > 9 || dst.len() < src.len() + OVERHEAD {
        return Err(Error::shape(format!("{} bytes at level {} are beyond what blosc takes", src.len(), settings.clevel)));
    }
    let needed = memory(settings, src.len());
    if !can_allocate(needed) {
        return Err(Error::memory(needed as u64));
    }
    // SAFETY: lengths are those of the slices; level, shuffle, name and typesize are in range, so c-blosc has nothing to print.
    let written = unsafe {
        b::blosc_compress_ctx(
            c_int::from(settings.clevel),
            settings.shuffle as c_int,
            settings.typesize.max(1).min(c_int::MAX as usize),
            src.len(),
            src.as_ptr().cast(),
            dst.as_mut_ptr().cast(),
            src.len() + OVERHEAD,
            settings.compressor.c_name().as_ptr(),
            settings.blocksize as usize,
            1,
        )
    };
    usize::try_from(written).ok().filter(|n| *n > 0).ok_or_else(|| Error::new(Kind::Unsupported, format!("c-blosc gave up with {written}")))
}

/// Whether the allocator has `nbytes`: c-blosc does not look at what it is given.
fn can_allocate(nbytes: usize) -> bool {
    std::hint::black_box(Vec::<u8>::new()).try_reserve_exact(nbytes).is_ok()
}

/// What c-blosc makes of a chunk, to compare our decoder with; the chunk must be sound.
#[cfg(test)]
pub fn decompress(src: &[u8], nbytes: usize) -> Option<Vec<u8>> {
    let mut dst = vec![0; nbytes];
    // SAFETY: the callers give whole chunks with a true cbytes field.
    let written = unsafe { b::blosc_decompress_ctx(src.as_ptr().cast(), dst.as_mut_ptr().cast(), nbytes, 1) };
    (usize::try_from(written) == Ok(nbytes)).then_some(dst)
}
