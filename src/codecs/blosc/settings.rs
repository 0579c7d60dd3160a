//! How a chunk is compressed, and how it is cut into blocks: c-blosc's rules, so that chunks are the same byte by byte.
#![forbid(unsafe_code)]

use super::header::{MAX_SPLITS, MIN_STREAM};
use crate::sys::blosc::Shuffle;
use crate::sys::{libdeflate, lz4, zstd};

/// Largest block made on request.
const MAX_BLOCK: usize = 715_827_542;
/// Largest block of a compressor whose blocks are split.
const MAX_SPLIT_BLOCK: usize = 1 << 20;
/// Least bytes of a block, and of a chunk worth compressing.
pub const MIN_BLOCK: usize = 128;
/// Half the first cache of usual processors: where automatic block sizes start from.
const BASE_BLOCK: usize = 32 << 10;
/// Larger items are shuffled and cut as single bytes.
const MAX_TYPESIZE: usize = 255;

/// The compressor inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compressor {
    /// BloscLZ, a relative of FastLZ.
    BloscLz,
    /// LZ4, acceleration by level.
    Lz4,
    /// LZ4 in high compression mode.
    Lz4Hc,
    /// Snappy, without levels.
    Snappy,
    /// zlib.
    Zlib,
    /// Zstandard.
    Zstd,
}

impl Compressor {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::BloscLz, Self::Lz4, Self::Lz4Hc, Self::Snappy, Self::Zlib, Self::Zstd];

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::BloscLz => "blosclz",
            Self::Lz4 => "lz4",
            Self::Lz4Hc => "lz4hc",
            Self::Snappy => "snappy",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
        }
    }

    /// Number of the format of its streams.
    pub fn format(self) -> u8 {
        match self {
            Self::BloscLz => 0,
            Self::Lz4 | Self::Lz4Hc => 1,
            Self::Snappy => 2,
            Self::Zlib => 3,
            Self::Zstd => 4,
        }
    }

    /// Whether it is meant for large blocks.
    fn likes_large_blocks(self) -> bool {
        matches!(self, Self::Lz4Hc | Self::Zlib | Self::Zstd)
    }

    /// What it takes for itself, beside blocks: tables and windows.
    pub fn memory(self, clevel: u8, block: usize) -> usize {
        match self {
            Self::BloscLz => 64 << 10,
            Self::Lz4 => lz4::STATE_MEMORY,
            Self::Lz4Hc => lz4::HC_STATE_MEMORY,
            Self::Snappy => 40 << 10,
            Self::Zlib => libdeflate::COMPRESS_MEMORY, // more than zlib takes
            Self::Zstd => zstd::compress_memory(zstd_level(clevel), block),
        }
    }
}

/// Zstandard's level for one of Blosc's.
pub fn zstd_level(clevel: u8) -> i32 {
    if clevel < 9 { 2 * i32::from(clevel) - 1 } else { zstd::max_level() }
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
    /// Bytes of an item, at least 1.
    pub typesize: usize,
    /// Wanted bytes of a block; 0 = automatic, other values are clamped.
    pub blocksize: i32,
}

impl Settings {
    /// Bytes of an item as the chunk stores it.
    pub fn stored_typesize(&self) -> usize {
        if self.typesize > MAX_TYPESIZE { 1 } else { self.typesize.max(1) }
    }

    /// Whether blocks are split into one stream for each byte of an item. Zstandard came together with the choice not to.
    pub fn splits(&self, blocksize: usize) -> bool {
        let typesize = self.stored_typesize();
        self.compressor != Compressor::Zstd && typesize <= MAX_SPLITS && blocksize / typesize >= MIN_STREAM
    }

    /// Bytes of a block in a chunk of `nbytes`.
    pub fn block_of(&self, nbytes: usize) -> usize {
        let typesize = self.stored_typesize();
        if nbytes < typesize {
            return 1;
        }
        let wanted = match self.blocksize {
            0 if nbytes < BASE_BLOCK => nbytes,
            0 => self.automatic_block(),
            forced => usize::try_from(forced).unwrap_or(0).clamp(MIN_BLOCK, MAX_BLOCK),
        };
        let wanted = if self.clevel > 0 && self.splits(wanted) {
            (wanted.min(MAX_SPLIT_BLOCK / 4) * typesize).clamp(2 * BASE_BLOCK, MAX_SPLIT_BLOCK)
        } else {
            wanted
        };
        let block = wanted.min(nbytes);
        if block > typesize { block / typesize * typesize } else { block }
    }

    /// Higher levels work on larger blocks.
    fn automatic_block(&self) -> usize {
        let large = self.compressor.likes_large_blocks();
        let base = if large { 2 * BASE_BLOCK } else { BASE_BLOCK };
        match self.clevel {
            0 => base / 4,
            1 => base / 2,
            2 => base,
            3 => base * 2,
            4 | 5 => base * 4,
            6..=8 => base * 8,
            _ => base * if large { 16 } else { 8 },
        }
    }
}
