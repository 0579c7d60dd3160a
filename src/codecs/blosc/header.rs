//! The 16 bytes in front of every Blosc chunk.
#![forbid(unsafe_code)]

use super::settings::Settings;
use crate::core::{Error, Result};
use crate::sys::blosc::{OVERHEAD, Shuffle};

/// What a header says. Its parts agree with each other; that the chunk is there and holds so much is another matter.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Decoded bytes.
    pub nbytes: usize,
    /// Bytes of the chunk, header included.
    pub cbytes: usize,
    /// Decoded bytes of every block but the last.
    pub blocksize: usize,
    /// Bytes of an item, 1 to 255.
    pub typesize: usize,
    flags: u8,
}

/// Bytes of a header.
pub const SIZE: usize = OVERHEAD;
const VERSION: u8 = 2;
const STREAM_VERSION: u8 = 1;
const BYTE_SHUFFLE: u8 = 1;
const MEMCPYED: u8 = 2;
const BIT_SHUFFLE: u8 = 4;
const RESERVED: u8 = 8;
const NOT_SPLIT: u8 = 16;
/// Most streams of a block.
pub const MAX_SPLITS: usize = 16;
/// Least bytes of a stream of a split block.
pub const MIN_STREAM: usize = 128;

impl Header {
    /// For `nbytes` of content, compressed.
    pub fn new(settings: &Settings, nbytes: usize) -> Self {
        let blocksize = settings.block_of(nbytes);
        let shuffle = match settings.shuffle {
            Shuffle::None => 0,
            Shuffle::Byte => BYTE_SHUFFLE,
            Shuffle::Bit => BIT_SHUFFLE,
        };
        let not_split = if settings.splits(blocksize) { 0 } else { NOT_SPLIT };
        let flags = shuffle | not_split | settings.compressor.format() << 5;
        Header { nbytes, cbytes: 0, blocksize, typesize: settings.stored_typesize(), flags }
    }

    /// The same for content that is stored as it is.
    pub fn stored(mut self) -> Self {
        self.flags |= MEMCPYED;
        self
    }

    /// As written in front of a chunk of `cbytes`.
    pub fn bytes(&self, cbytes: usize) -> [u8; SIZE] {
        let mut bytes = [VERSION, STREAM_VERSION, self.flags, self.typesize as u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let sizes = [self.nbytes, self.blocksize, cbytes].map(|size| (size as u32).to_le_bytes());
        for (to, from) in bytes.iter_mut().skip(4).zip(sizes.as_flattened()) {
            *to = *from;
        }
        bytes
    }

    /// Reads and checks the first 16 bytes of `src`.
    pub fn parse(src: &[u8]) -> Result<Self> {
        let bytes = src.first_chunk::<SIZE>().ok_or_else(|| Error::data(format!("{} bytes are too few for a blosc header", src.len())))?;
        let &[version, stream_version, flags, typesize, n0, n1, n2, n3, b0, b1, b2, b3, c0, c1, c2, c3] = bytes;
        if version != VERSION {
            return Err(Error::data(format!("blosc version {version}, only {VERSION} is known")).at(0));
        }
        if flags & RESERVED != 0 {
            return Err(Error::data("a blosc flag that has no meaning is set").at(2));
        }
        let header = Header {
            nbytes: size([n0, n1, n2, n3], 4)?,
            blocksize: size([b0, b1, b2, b3], 8)?,
            cbytes: size([c0, c1, c2, c3], 12)?,
            typesize: usize::from(typesize),
            flags,
        };
        header.check(stream_version)?;
        Ok(header)
    }

    fn check(&self, stream_version: u8) -> Result<()> {
        if self.typesize == 0 {
            return Err(Error::data("the blosc typesize is 0").at(3));
        }
        if self.nbytes > 0 && !(1..=self.nbytes).contains(&self.blocksize) {
            return Err(Error::data(format!("blocks of {} bytes in a chunk of {}", self.blocksize, self.nbytes)).at(8));
        }
        let table = if self.is_stored() { self.nbytes } else { self.nblocks().saturating_mul(4) };
        let least = table.saturating_add(SIZE);
        if self.cbytes < least || (self.is_stored() && self.cbytes != least) {
            return Err(Error::data(format!("{} bytes are not the size of a chunk of {} bytes", self.cbytes, self.nbytes)).at(12));
        }
        if !self.is_stored() && self.nbytes > 0 && stream_version != STREAM_VERSION {
            return Err(Error::data(format!("blosc stream version {stream_version}, only {STREAM_VERSION} is known")).at(1));
        }
        Ok(())
    }

    /// Number of the format of the streams: 0 BloscLZ, 1 LZ4, 2 Snappy, 3 zlib, 4 Zstandard.
    pub fn format(&self) -> u8 {
        self.flags >> 5
    }

    /// Whether the content is stored as it is, without blocks.
    pub fn is_stored(&self) -> bool {
        self.flags & MEMCPYED != 0
    }

    /// The filter; a stored chunk names one too, but it is not applied.
    pub fn shuffle(&self) -> Shuffle {
        match self.flags & (BYTE_SHUFFLE | BIT_SHUFFLE) {
            0 => Shuffle::None,
            BIT_SHUFFLE => Shuffle::Bit,
            _ => Shuffle::Byte,
        }
    }

    /// Number of blocks.
    pub fn nblocks(&self) -> usize {
        if self.nbytes == 0 { 0 } else { self.nbytes.div_ceil(self.blocksize.max(1)) }
    }

    /// Decoded bytes of block `i`: the last one may be short.
    pub fn block_len(&self, i: usize) -> usize {
        self.nbytes.saturating_sub(i.saturating_mul(self.blocksize)).min(self.blocksize)
    }

    /// Streams of a block of `len` bytes. A short block is never split. Writers before the flag split by the other two rules.
    pub fn nstreams(&self, len: usize) -> usize {
        let split = self.flags & NOT_SPLIT == 0
            && len == self.blocksize
            && self.typesize <= MAX_SPLITS
            && self.blocksize / self.typesize >= MIN_STREAM;
        if split { self.typesize } else { 1 }
    }

    /// The filter of a block of `len` bytes. Where both are named, each is tried in turn, as c-blosc does.
    pub fn filter(&self, len: usize) -> Shuffle {
        if self.flags & BYTE_SHUFFLE != 0 && self.typesize > 1 {
            Shuffle::Byte
        } else if self.flags & BIT_SHUFFLE != 0 && len >= self.typesize {
            Shuffle::Bit
        } else {
            Shuffle::None
        }
    }
}

/// A size as c-blosc keeps it: 32 bits with a sign.
fn size(bytes: [u8; 4], at: usize) -> Result<usize> {
    let value = i32::from_le_bytes(bytes);
    usize::try_from(value).map_err(|_| Error::data(format!("a size of {value} in the blosc header")).at(at))
}
