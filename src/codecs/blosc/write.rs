//! Puts a chunk together: header, starts of the blocks, and the blocks with their streams.
#![forbid(unsafe_code)]

use super::header::{Header, SIZE};
use super::settings::{Compressor, MIN_BLOCK, Settings, zstd_level};
use crate::core::call::{Charge, Scratch, ask};
use crate::core::stream::Stream;
use crate::core::{Call, Result};
use crate::kernels::shuffle;
use crate::sys::blosc::{self, Shuffle};
use crate::sys::lz4;
use crate::sys::zlib::{Deflater, Wrap};
use crate::sys::zstd;

/// Writes the chunk of `src` to `dst`, which has [`SIZE`] bytes more. Returns its length.
pub fn write(settings: &Settings, src: &[u8], dst: &mut [u8], call: &Call<'_>) -> Result<usize> {
    let header = Header::new(settings, src.len());
    if settings.clevel > 0
        && src.len() >= MIN_BLOCK
        && let Some(cbytes) = blocks(settings, &header, src, dst, call)?
    {
        put(dst, 0, &header.bytes(cbytes));
        return Ok(cbytes);
    }
    let cbytes = SIZE + src.len();
    put(dst, 0, &header.stored().bytes(cbytes));
    put(dst, SIZE, src);
    Ok(cbytes)
}

/// All blocks; `None` where they would take more room than the content.
fn blocks<'c>(settings: &Settings, header: &'c Header, src: &[u8], dst: &mut [u8], call: &Call<'c>) -> Result<Option<usize>> {
    let mut engine = Engine::new(settings, header, call)?;
    let mut filter = Filter::new(header, call)?;
    let mut at = SIZE + 4 * header.nblocks();
    for (i, block) in src.chunks(header.blocksize).enumerate() {
        call.checkpoint((i * header.blocksize) as u64, src.len() as u64)?;
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

/// Writes `bytes` at `at`, if there is room.
fn put(dst: &mut [u8], at: usize, bytes: &[u8]) -> Option<()> {
    dst.get_mut(at..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(())
}

/// The shuffle and its memory.
struct Filter<'h> {
    header: &'h Header,
    filtered: Scratch<'h>,
    scratch: Scratch<'h>,
}

impl<'h> Filter<'h> {
    fn new(header: &'h Header, call: &Call<'h>) -> Result<Self> {
        let (typesize, block) = (header.typesize, header.blocksize);
        let (filtered, scratch) = match header.filter(block) {
            Shuffle::None => (0, 0),
            Shuffle::Byte => (block, 0),
            Shuffle::Bit => (block, blosc::bitshuffle_scratch(typesize, block)),
        };
        Ok(Filter { header, filtered: call.scratch(filtered)?, scratch: call.scratch(scratch)? })
    }

    fn apply<'b>(&'b mut self, block: &'b [u8]) -> &'b [u8] {
        let typesize = self.header.typesize;
        let Some(filtered) = self.filtered.bytes.get_mut(..block.len()) else { return block };
        match self.header.filter(block.len()) {
            Shuffle::None => return block,
            Shuffle::Byte => shuffle::shuffle(typesize, block, filtered),
            Shuffle::Bit => blosc::bitshuffle(typesize, block, filtered, &mut self.scratch.bytes),
        }
        filtered
    }
}

/// The compressor and its memory.
struct Engine<'c> {
    clevel: u8,
    splits: bool,
    state: State,
    _memory: Charge<'c>,
}

enum State {
    BloscLz,
    Lz4(lz4::State),
    Lz4Hc(lz4::HcState),
    Snappy(Box<snap::raw::Encoder>),
    Zlib(Deflater),
    Zstd(zstd::Compressor),
}

impl<'c> Engine<'c> {
    fn new(settings: &Settings, header: &Header, call: &Call<'c>) -> Result<Self> {
        let _memory = call.charge(settings.compressor.memory(settings.clevel, header.blocksize))?;
        let state = match settings.compressor {
            Compressor::BloscLz => State::BloscLz,
            Compressor::Lz4 => State::Lz4(lz4::State::new()?),
            Compressor::Lz4Hc => State::Lz4Hc(lz4::HcState::new()?),
            Compressor::Snappy => {
                ask(settings.compressor.memory(settings.clevel, 0))?; // snap aborts where the allocator refuses
                State::Snappy(Box::new(snap::raw::Encoder::new()))
            }
            Compressor::Zlib => State::Zlib(Deflater::new(settings.clevel.into(), Wrap::Zlib)?),
            Compressor::Zstd => State::Zstd(zstd::Compressor::new(zstd_level(settings.clevel), false)?),
        };
        Ok(Engine { clevel: settings.clevel, splits: settings.splits(header.blocksize), state, _memory })
    }

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
        if let State::Snappy(encoder) = &mut self.state {
            return Ok(encoder.compress(src, room).ok().filter(|n| *n < src.len()));
        }
        let most = src.len().min(room.len());
        let dst = room.get_mut(..most).unwrap_or_default();
        let level = i32::from(self.clevel);
        Ok(match &mut self.state {
            State::BloscLz => blosc::blosclz(self.clevel, self.splits, src, dst),
            State::Lz4(state) => state.compress(src, dst, 10 - level),
            State::Lz4Hc(state) => state.compress(src, dst, level),
            State::Zlib(deflater) => {
                deflater.reset();
                Some(deflater.step(src, dst, true)?).filter(|step| step.end).map(|step| step.written)
            }
            State::Zstd(compressor) => compressor.compress_within(zstd_level(self.clevel), src, dst)?,
            State::Snappy(_) => None,
        })
    }
}
