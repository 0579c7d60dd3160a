//! What `zlib` and `gzip` share: deflate data of whole buffers through libdeflate where that gives as much, else as a stream.
#![forbid(unsafe_code)]

use crate::core::call::Scratch;
use crate::core::pool::Pool;
use crate::core::{Result, Sink, stream};
use crate::sys::libdeflate::{self, Compressor, Decompressor, Whole};
use crate::sys::zlib::{self, Deflater, Inflater, Wrap};

/// Below this size libdeflate stores what zlib still packs, and is no faster.
const SMALL: usize = 256;
/// From this size on, a sample of the input tells which of the two compressors to take; below, it would be most of the work.
const SAMPLED: usize = 32 << 10;
/// Bytes of a piece of the sample, and how many pieces there are at the most.
const PIECE: usize = 8 << 10;
const PIECES: usize = 8;
/// Result sizes are compared in so many parts: libdeflate may lose one of them in the sample.
const PARTS: usize = 110;
/// From this size on, a sample costs little enough to be compressed at several levels.
const LARGE: usize = 1 << 20;
/// Levels of libdeflate in place of zlib's 1, the fastest first, which a large input is tried at: the first that packs as well is taken.
const FAST_LEVELS: [i32; 2] = [3, 5];
/// Memory taken for a result of unknown size, as a multiple of the input: few numeric chunks are packed better.
const GUESS: usize = 4;

/// Compressors and decompressors of one codec.
pub struct Deflate {
    level: i32,
    wrap: Wrap,
    streams: Pool<Deflater>,
    /// One pool for each of the levels that may be tried, in their order.
    compressors: [Pool<Compressor>; FAST_LEVELS.len()],
    inflaters: Pool<Inflater>,
    decompressors: Pool<Decompressor>,
}

impl Deflate {
    /// `level` is one of zlib's, -1..=9; `wrap` is what streams are wrapped in on decode.
    pub fn new(level: i32, wrap: Wrap) -> Self {
        Deflate {
            level,
            wrap,
            streams: Pool::default(),
            compressors: Default::default(),
            inflaters: Pool::default(),
            decompressors: Pool::default(),
        }
    }

    /// The levels of libdeflate that pack about as well as zlib's: measured on real arrays, each takes less time. None for stored data.
    fn whole_levels(&self, nbytes: usize) -> &'static [i32] {
        match self.level {
            0 => &[],
            _ if nbytes < SMALL => &[],
            1 if nbytes >= LARGE => &FAST_LEVELS,
            1 => &[3], // the first of these
            2 => &[4],
            3 => &[5],
            4 => &[6],
            -1 | 5 | 6 => &[7],
            7 => &[8],
            _ => &[9],
        }
    }

    /// Appends `src` as deflate data without a header. The bytes depend on nothing but `src` and the level.
    pub fn encode(&self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let levels = self.whole_levels(src.len());
        let sample = if levels.is_empty() { None } else { self.sample(src, out)? };
        for (level, pool) in levels.iter().zip(&self.compressors) {
            let _memory = out.call().charge(libdeflate::COMPRESS_MEMORY)?;
            let mut compressor = pool.get(|| Compressor::new(*level))?;
            let packs_well = match &sample {
                Some(sample) => sample.packs_well(&mut compressor, out)?,
                None => true,
            };
            if packs_well {
                let (call, total) = (out.call(), src.len() as u64);
                call.checkpoint(0, total)?;
                compress(&mut compressor, src, out)?;
                return call.checkpoint(total, total);
            }
        }
        self.encode_stream(src, out)
    }

    fn encode_stream(&self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let mut deflater = self.streams.get(|| Deflater::new(self.level, Wrap::Raw))?;
        let _memory = out.call().charge(zlib::DEFLATE_MEMORY)?;
        deflater.reset();
        stream::run(&mut *deflater, src, out).map(|_| ())
    }

    /// Pieces of a large input, and what zlib makes of them.
    fn sample<'c>(&self, src: &[u8], out: &Sink<'c>) -> Result<Option<Sample<'c>>> {
        if src.len() < SAMPLED {
            return Ok(None);
        }
        let call = out.call();
        let pieces = (src.len() / (8 * PIECE)).clamp(1, PIECES);
        let mut sample = call.scratch(pieces * PIECE)?;
        for (i, to) in sample.bytes.chunks_exact_mut(PIECE).enumerate() {
            let at = (src.len() - PIECE) / pieces * i;
            to.copy_from_slice(src.get(at..at + PIECE).unwrap_or_default());
        }
        let mut stream = Sink::scratch(call);
        stream.prepare(sample.bytes.len());
        self.encode_stream(&sample.bytes, &mut stream)?;
        Ok(Some(Sample { content: sample, packed: stream.len() }))
    }

    /// Appends the content of the stream at byte `start` of `src`; returns the byte after it.
    pub fn decode(&self, src: &[u8], start: usize, size: Option<usize>, out: &mut Sink<'_>) -> Result<usize> {
        if let Some(end) = self.decode_whole(src.get(start..).unwrap_or_default(), size, out)? {
            return Ok(start + end);
        }
        let mut inflater = self.inflaters.get(|| Inflater::new(self.wrap))?;
        let _memory = out.call().charge(zlib::INFLATE_MEMORY)?;
        inflater.reset();
        stream::run_from(&mut *inflater, src, start, out)
    }

    /// Decodes in one go where there is room enough. `None`: there is not, or something is odd, or somebody follows the call, and
    /// nothing counts as written; the stream then tells what it is.
    fn decode_whole(&self, src: &[u8], size: Option<usize>, out: &mut Sink<'_>) -> Result<Option<usize>> {
        if out.call().is_followed() {
            return Ok(None);
        }
        let _memory = out.call().charge(libdeflate::DECOMPRESS_MEMORY)?;
        let mut decompressor = self.decompressors.get(Decompressor::new)?;
        out.prepare(out.len().saturating_add(size.unwrap_or(src.len().saturating_mul(GUESS))));
        let window = out.window(usize::MAX);
        let done = match self.wrap {
            Wrap::Zlib => decompressor.zlib(src, window.0),
            Wrap::Raw => decompressor.deflate(src, window.0),
        };
        Ok(done.map(|Whole { consumed, written }| {
            out.advance(written);
            consumed
        }))
    }
}

/// Some of an input.
struct Sample<'c> {
    content: Scratch<'c>,
    /// Bytes that zlib makes of it.
    packed: usize,
}

impl Sample<'_> {
    /// Whether a compressor of libdeflate gives about as little as zlib.
    fn packs_well(&self, compressor: &mut Compressor, out: &Sink<'_>) -> Result<bool> {
        let mut room = out.call().scratch(compressor.bound(self.content.bytes.len()))?;
        let whole = compressor.compress(&self.content.bytes, &mut room.bytes).unwrap_or(usize::MAX);
        Ok(whole / PARTS * (PARTS - 1) <= self.packed)
    }
}

/// Appends the deflate data of `src`. The bytes do not depend on the room there is.
fn compress(compressor: &mut Compressor, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let bound = compressor.bound(src.len());
    let room = out.up_to(bound);
    if room.len() == bound {
        let n = compressor.compress(src, room).unwrap_or(0);
        out.advance(n);
        return Ok(());
    }
    let mut aside = out.call().scratch(bound)?;
    let n = compressor.compress(src, &mut aside.bytes).unwrap_or(0);
    out.write(aside.bytes.get(..n).unwrap_or_default()).map_err(|error| out.unknown_size(error))
}
