//! A chunk whose header and size agree, and the streams of its blocks.
#![forbid(unsafe_code)]

use super::header::{Header, SIZE};
use crate::core::{Error, Result};

/// Bytes of an offset and of a length.
const INT: usize = 4;

/// The format of compressed streams that can be decoded. LZ4HC writes LZ4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// BloscLZ.
    BloscLz,
    /// LZ4 blocks.
    Lz4,
    /// Snappy blocks, which numcodecs wrote before 0.9.
    Snappy,
    /// zlib streams.
    Zlib,
    /// Zstandard frames.
    Zstd,
}

/// A whole chunk.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// What the header says.
    pub header: Header,
    /// The chunk without what follows it.
    bytes: &'a [u8],
}

/// One compressed stream.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a> {
    /// Where its data starts in the chunk.
    pub offset: usize,
    /// Its data; stored as it is where the length is `nbytes`.
    pub data: &'a [u8],
    /// Bytes that it must decode to.
    pub nbytes: usize,
}

impl<'a> Chunk<'a> {
    /// Checks the header and that the chunk is all there. Bytes behind it are refused in strict mode only.
    pub fn open(src: &'a [u8], strict: bool) -> Result<Self> {
        let header = Header::parse(src)?;
        let bytes = src.get(..header.cbytes).ok_or_else(|| {
            Error::data(format!("the blosc chunk says that it has {} bytes, {} are there", header.cbytes, src.len())).at(src.len())
        })?;
        if strict && bytes.len() < src.len() {
            return Err(Error::data(format!("{} bytes follow the blosc chunk", src.len() - bytes.len())).at(bytes.len()));
        }
        Ok(Chunk { header, bytes })
    }

    /// The content of a stored chunk.
    pub fn stored(&self) -> &'a [u8] {
        self.bytes.get(SIZE..).unwrap_or_default()
    }

    /// The format of the streams, if it can be decoded.
    pub fn format(&self) -> Result<Format> {
        match self.header.format() {
            0 => Ok(Format::BloscLz),
            1 => Ok(Format::Lz4),
            2 => Ok(Format::Snappy),
            3 => Ok(Format::Zlib),
            4 => Ok(Format::Zstd),
            other => Err(Error::data(format!("the blosc chunk has the unknown compression format {other}")).at(2)),
        }
    }

    /// The streams of block `i`, in order.
    pub fn streams(&self, i: usize) -> Result<Streams<'a>> {
        let len = self.header.block_len(i);
        let count = self.header.nstreams(len);
        if !len.is_multiple_of(count) {
            return Err(Error::data(format!("split blocks of {len} bytes are not a multiple of the typesize {count}")).at(8));
        }
        let at = SIZE + INT * i;
        let start = self.int(at).filter(|start| *start < self.bytes.len());
        let start = start.ok_or_else(|| Error::data(format!("block {i} starts outside the chunk")).at(at))?;
        Ok(Streams { chunk: *self, at: start, left: count, nbytes: len / count })
    }

    /// Whether block `i` may really hold as much as it says: no compressor gives more than so many bytes for one. Gives the bytes of the
    /// chunk that belong to the block, those of its offset and of the lengths of its streams included.
    pub fn check_backing(&self, i: usize) -> Result<usize> {
        let most: usize = match self.format()? {
            Format::BloscLz | Format::Lz4 => 255,
            Format::Snappy => 64,
            Format::Zlib => 1032,
            Format::Zstd => 1 << 15, // 4 bytes of a run-length block give 128 KiB
        };
        let mut nbytes = INT;
        for stream in self.streams(i)? {
            let stream = stream?;
            nbytes += INT + stream.data.len();
            if stream.nbytes > stream.data.len().saturating_mul(most) {
                let (from, to) = (stream.data.len(), stream.nbytes);
                return Err(Error::data(format!("{from} bytes in block {i} cannot decode to {to}")).at(stream.offset));
            }
        }
        Ok(nbytes)
    }

    /// A size or an offset; `None` where it is negative or not all there.
    fn int(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        usize::try_from(i32::from_le_bytes(*bytes)).ok()
    }
}

/// The streams of one block.
#[derive(Debug)]
pub struct Streams<'a> {
    chunk: Chunk<'a>,
    at: usize,
    left: usize,
    nbytes: usize,
}

impl<'a> Iterator for Streams<'a> {
    type Item = Result<Stream<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let stream = self.chunk.int(self.at).and_then(|size| {
            let offset = self.at + INT;
            let data = self.chunk.bytes.get(offset..offset.checked_add(size)?)?;
            Some(Stream { offset, data, nbytes: self.nbytes })
        });
        match stream {
            Some(stream) => self.at = stream.offset + stream.data.len(),
            None => self.left = 0,
        }
        let at = self.at.min(self.chunk.bytes.len());
        Some(stream.ok_or_else(|| Error::data("a blosc stream reaches beyond the chunk").at(at)))
    }
}
