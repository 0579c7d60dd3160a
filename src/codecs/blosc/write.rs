//! Puts a chunk together: header, starts of the blocks, and the blocks with their streams.
#![forbid(unsafe_code)]

use super::header::{Header, SIZE};
use super::settings::{Compressor, MIN_BLOCK, Settings, zstd_level};
use crate::core::call::ask;
use crate::core::pieces::Source;
use crate::core::pool::room;
use crate::core::stream::Stream;
use crate::core::{Call, Error, Result};
use crate::kernels::{bitshuffle, shuffle};
use crate::sys::blosc::{self, Shuffle};
use crate::sys::libdeflate;
use crate::sys::lz4;
use crate::sys::zlib::{Deflater, Wrap};
use crate::sys::zstd;

/// More than this is not kept after a call.
const KEEP: usize = 8 << 20;

/// The compressor and the memory of one thread.
#[derive(Default)]
pub struct Encoder {
    state: Option<State>,
    /// A block of a source that is not in memory.
    block: Vec<u8>,
    filtered: Vec<u8>,
    /// About what the compressor takes.
    nbytes: usize,
}

impl Encoder {
    /// Whether it has grown too large to be kept.
    pub fn is_large(&self) -> bool {
        self.nbytes + self.block.len() + self.filtered.len() > KEEP
    }

    /// Writes the chunk of `src` to `dst`, which has [`SIZE`] bytes more. Returns its length.
    pub fn write(&mut self, settings: &Settings, src: &mut dyn Source, dst: &mut [u8], call: &Call<'_>) -> Result<usize> {
        let nbytes = src.nbytes();
        let header = Header::new(settings, nbytes);
        if settings.clevel > 0 && nbytes >= MIN_BLOCK {
            if let Some(cbytes) = self.blocks(settings, &header, src, dst, call)? {
                put(dst, 0, &header.bytes(cbytes));
                return Ok(cbytes);
            }
            src.rewind();
        }
        let cbytes = SIZE + nbytes;
        put(dst, 0, &header.stored().bytes(cbytes));
        src.read(dst.get_mut(SIZE..cbytes).unwrap_or_default())?;
        Ok(cbytes)
    }

    /// All blocks; `None` where they would take more room than the content.
    fn blocks(
        &mut self,
        settings: &Settings,
        header: &Header,
        src: &mut dyn Source,
        dst: &mut [u8],
        call: &Call<'_>,
    ) -> Result<Option<usize>> {
        if !header.blocksize.is_multiple_of(src.unit()) && header.nblocks() > 1 {
            return Err(Error::unsupported("blocks that are not whole pieces"));
        }
        let block = if src.in_place() { 0 } else { header.blocksize };
        let wanted = header.filter(header.blocksize);
        let filtered = if wanted == Shuffle::None { 0 } else { header.blocksize };
        self.nbytes = settings.compressor.memory(settings.clevel, header.blocksize);
        let _memory = call.charge(self.nbytes + block + filtered)?;
        let state = match &mut self.state {
            Some(state) => state,
            none => none.insert(State::new(settings)?),
        };
        let block = room(&mut self.block, block)?;
        let mut filter = Filter { header, filtered: room(&mut self.filtered, filtered)? };
        let mut engine =
            Engine { clevel: settings.clevel, splits: settings.splits(header.blocksize), planes: wanted == Shuffle::Byte, state };
        let mut at = SIZE + 4 * header.nblocks();
        for i in 0..header.nblocks() {
            call.checkpoint((i * header.blocksize) as u64, header.nbytes as u64)?;
            let block = src.next(header.block_len(i), block)?;
            if put(dst, SIZE + 4 * i, &(at as u32).to_le_bytes()).is_none() {
                return Ok(None);
            }
            let streams = header.nstreams(block.len());
            for stream in filter.apply(block).chunks_exact(block.len() / streams) {
                match engine.write(stream, dst, at)? {
                    Some(end) => at = end,
                    None => return Ok(None),
                }
            }
        }
        Ok(Some(at))
    }
}

/// Writes `bytes` at `at`, if there is room.
fn put(dst: &mut [u8], at: usize, bytes: &[u8]) -> Option<()> {
    dst.get_mut(at..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(())
}

/// The shuffle and its memory.
struct Filter<'e> {
    header: &'e Header,
    filtered: &'e mut [u8],
}

impl Filter<'_> {
    fn apply<'b>(&'b mut self, block: &'b [u8]) -> &'b [u8] {
        let typesize = self.header.typesize;
        let Some(filtered) = self.filtered.get_mut(..block.len()) else { return block };
        match self.header.filter(block.len()) {
            Shuffle::None => return block,
            Shuffle::Byte => shuffle::shuffle(typesize, block, filtered),
            Shuffle::Bit => bitshuffle::bitshuffle(typesize, block, filtered),
        }
        filtered
    }
}

/// The level of libdeflate that makes no more of the planes of shuffled bytes than zlib does at `clevel`, and takes less time: measured on
/// five real arrays. Of other bytes it often makes more.
fn deflate_level(clevel: u8) -> i32 {
    match clevel {
        0 | 1 => 1,
        2 => 4,
        3..=5 => 5,
        6 => 6,
        7 => 7,
        _ => 8,
    }
}

enum State {
    BloscLz,
    Lz4(lz4::State),
    Lz4Hc(lz4::HcState),
    Snappy(Box<snap::raw::Encoder>),
    /// For planes of shuffled bytes, and for any others.
    Zlib(Option<libdeflate::Compressor>, Option<Deflater>),
    Zstd(zstd::Compressor),
}

impl State {
    fn new(settings: &Settings) -> Result<Self> {
        Ok(match settings.compressor {
            Compressor::BloscLz => State::BloscLz,
            Compressor::Lz4 => State::Lz4(lz4::State::new()?),
            Compressor::Lz4Hc => State::Lz4Hc(lz4::HcState::new()?),
            Compressor::Snappy => {
                ask(settings.compressor.memory(settings.clevel, 0))?; // snap aborts where the allocator refuses
                State::Snappy(Box::new(snap::raw::Encoder::new()))
            }
            Compressor::Zlib => State::Zlib(None, None),
            Compressor::Zstd => State::Zstd(zstd::Compressor::new(zstd_level(settings.clevel), false)?),
        })
    }
}

/// The compressor at work on a chunk.
struct Engine<'e> {
    clevel: u8,
    splits: bool,
    /// Whether bytes are shuffled.
    planes: bool,
    state: &'e mut State,
}

impl Engine<'_> {
    /// Writes length and content of a stream at `at`; returns where it ends, `None` where there is no room.
    fn write(&mut self, stream: &[u8], dst: &mut [u8], at: usize) -> Result<Option<usize>> {
        let start = at + 4;
        let Some(room) = dst.get_mut(start..).filter(|room| !room.is_empty()) else { return Ok(None) };
        let written = match self.compress(stream, room)? {
            Some(n) if n != stream.len() => n,
            // What did not become smaller is stored, filtered as it is.
            _ => match put(room, 0, stream) {
                Some(()) => stream.len(),
                None => return Ok(None),
            },
        };
        put(dst, at, &(written as u32).to_le_bytes());
        Ok(Some(start + written))
    }

    /// Compresses into no more than the bytes of `src`; `None` where that does not go.
    fn compress(&mut self, src: &[u8], room: &mut [u8]) -> Result<Option<usize>> {
        if let State::Snappy(encoder) = &mut *self.state {
            return Ok(encoder.compress(src, room).ok().filter(|n| *n < src.len()));
        }
        let most = src.len().min(room.len());
        let dst = room.get_mut(..most).unwrap_or_default();
        let level = i32::from(self.clevel);
        Ok(match &mut *self.state {
            State::BloscLz => blosc::blosclz(self.clevel, self.splits, src, dst),
            State::Lz4(state) => state.compress(src, dst, 10 - level),
            State::Lz4Hc(state) => state.compress(src, dst, level),
            State::Zlib(whole, _) if self.planes => made(whole, || libdeflate::Compressor::new(deflate_level(self.clevel)))?.zlib(src, dst),
            State::Zlib(_, stream) => {
                let deflater = made(stream, || Deflater::new(level, Wrap::Zlib))?;
                deflater.reset();
                Some(deflater.step(src, dst, true)?).filter(|step| step.end).map(|step| step.written)
            }
            State::Zstd(compressor) => compressor.compress_within(zstd_level(self.clevel), src, dst)?,
            State::Snappy(_) => None,
        })
    }
}

/// What is there, or else is made now.
fn made<T>(place: &mut Option<T>, make: impl FnOnce() -> Result<T>) -> Result<&mut T> {
    Ok(match place {
        Some(there) => there,
        none => none.insert(make()?),
    })
}
