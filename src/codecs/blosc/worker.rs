//! Decodes one block; what a thread keeps from block to block.
#![forbid(unsafe_code)]

use super::blosclz;
use super::chunk::{Chunk, Format, Stream};
use crate::core::pool::room;
use crate::core::{Call, Error, Result};
use crate::kernels::bitshuffle::bitunshuffle;
use crate::kernels::shuffle::unshuffle;
use crate::sys::blosc::Shuffle;
use crate::sys::libdeflate::{self, Decompressor};
use crate::sys::lz4;
use crate::sys::zstd;

/// More than this is not kept after a call.
const KEEP: usize = 4 << 20;

/// Memory and inner decoders of one thread.
#[derive(Default)]
pub struct Worker {
    /// A block before its filter is undone.
    filtered: Vec<u8>,
    /// A block of which only a part is wanted.
    aside: Vec<u8>,
    inner: Inner,
}

#[derive(Default)]
struct Inner {
    inflater: Option<Decompressor>,
    zstd: Option<zstd::Decompressor>,
}

impl Worker {
    /// Decodes `dst.len()` bytes of block `i` from its byte `skip` on.
    pub fn decode(&mut self, chunk: &Chunk<'_>, i: usize, skip: usize, dst: &mut [u8], call: &Call<'_>) -> Result<()> {
        let len = chunk.header.block_len(i);
        if skip == 0 && dst.len() == len {
            return self.decode_whole(chunk, i, dst, call);
        }
        let _charge = call.charge(len)?;
        let mut aside = std::mem::take(&mut self.aside);
        let done = self.decode_whole(chunk, i, room(&mut aside, len)?, call);
        if let Some(part) = aside.get(skip..skip + dst.len()) {
            dst.copy_from_slice(part);
        }
        self.aside = aside;
        done
    }

    fn decode_whole(&mut self, chunk: &Chunk<'_>, i: usize, dst: &mut [u8], call: &Call<'_>) -> Result<()> {
        let filter = chunk.header.filter(dst.len());
        if filter == Shuffle::None {
            return self.inner.streams(chunk, i, dst, call);
        }
        let _charge = call.charge(dst.len())?;
        let filtered = room(&mut self.filtered, dst.len())?;
        self.inner.streams(chunk, i, filtered, call)?;
        let undo = if filter == Shuffle::Byte { unshuffle } else { bitunshuffle };
        undo(chunk.header.typesize, filtered, dst);
        Ok(())
    }

    /// Memory for a block, until [`Worker::take_back`].
    pub fn lend(&mut self, nbytes: usize) -> Result<Vec<u8>> {
        room(&mut self.aside, nbytes)?;
        Ok(std::mem::take(&mut self.aside))
    }

    /// Keeps the memory for the next block.
    pub fn take_back(&mut self, memory: Vec<u8>) {
        self.aside = memory;
    }

    /// Whether it has grown too large to be kept.
    pub fn is_large(&self) -> bool {
        self.filtered.len() + self.aside.len() > KEEP
    }
}

impl Inner {
    /// Decodes all streams of block `i`.
    fn streams(&mut self, chunk: &Chunk<'_>, i: usize, dst: &mut [u8], call: &Call<'_>) -> Result<()> {
        let format = chunk.format()?;
        let mut rest = dst;
        for stream in chunk.streams(i)? {
            let stream = stream?;
            let (to, after) = rest.split_at_mut_checked(stream.nbytes).unwrap_or_default();
            rest = after;
            if !self.stream(format, &stream, to, call)? {
                let n = stream.nbytes;
                return Err(Error::data(format!("a {format:?} stream in block {i} does not decode to {n} bytes")).at(stream.offset));
            }
        }
        Ok(())
    }

    /// Whether the stream decodes to exactly `dst`.
    fn stream(&mut self, format: Format, stream: &Stream<'_>, dst: &mut [u8], call: &Call<'_>) -> Result<bool> {
        let src = stream.data;
        if src.len() == dst.len() {
            dst.copy_from_slice(src);
            return Ok(true);
        }
        Ok(match format {
            Format::BloscLz => blosclz::decompress(src, dst).is_some(),
            Format::Lz4 => lz4::decompress(src, dst) == Ok(dst.len()),
            Format::Snappy => snap::raw::Decoder::new().decompress(src, dst) == Ok(dst.len()),
            Format::Zlib => self.inflate(src, dst, call)?,
            Format::Zstd => self.zstd(src, dst, call)?,
        })
    }

    fn inflate(&mut self, src: &[u8], dst: &mut [u8], call: &Call<'_>) -> Result<bool> {
        let _charge = call.charge(libdeflate::DECOMPRESS_MEMORY)?;
        let inflater = match &mut self.inflater {
            Some(inflater) => inflater,
            none => none.insert(Decompressor::new()?),
        };
        Ok(inflater.zlib(src, dst).is_some_and(|whole| whole.written == dst.len()))
    }

    fn zstd(&mut self, src: &[u8], dst: &mut [u8], call: &Call<'_>) -> Result<bool> {
        let decompressor = match &mut self.zstd {
            Some(decompressor) => decompressor,
            none => none.insert(zstd::Decompressor::new()?),
        };
        let _charge = call.charge(decompressor.nbytes())?;
        Ok(decompressor.decompress(src, dst).is_ok_and(|n| n == dst.len()))
    }
}
