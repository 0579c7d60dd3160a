//! What `zlib` and `gzip` share: deflate data of whole buffers through libdeflate where that gives as much, else as a stream.
#![forbid(unsafe_code)]

use crate::core::call::Scratch;
use crate::core::pool::Pool;
use crate::core::{Result, Sink, stream};
use crate::sys::libdeflate::{self, Compressor, Decompressor, Whole};
use crate::sys::zlib::{self, Deflater, Inflater, Wrap};

/// Below this size libdeflate is no faster: it clears tables of 192 KiB for each input, zlib 64 KiB.
const SMALL: usize = 1 << 10;
/// Bytes in which the values of a chunk of one value repeat: a multiple of the usual sizes.
const REPEAT: usize = 16;
/// From this size on, a sample of the input tells which of the two compressors to take; below, it would be most of the work.
const SAMPLED: usize = 32 << 10;
/// How many pieces the sample has at the most, one from so many bytes of input.
const PIECES: usize = 8;
const STRETCH: usize = 64 << 10;
/// Above this size pieces are longer: they tell more, and take little of the time.
const LONG: usize = 4 << 20;
/// Levels of zlib that take matches of three bytes from anywhere. Short pieces show few of them, so libdeflate must not lose there.
const FAR_MATCHES: std::ops::RangeInclusive<i32> = 1..=3;
/// Result sizes of the other levels are compared in so many parts: libdeflate may lose one of them in the sample.
const PARTS: usize = 200;
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

    /// The levels of libdeflate that pack about as well as zlib's: measured on real arrays, each takes less time. None for stored data,
    /// and for what zlib is faster on.
    fn whole_levels(&self, src: &[u8]) -> &'static [i32] {
        match self.level {
            0 => &[],
            _ if src.len() < SMALL || repeats(src) => &[],
            1 if src.len() >= LARGE => &FAST_LEVELS,
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
        let levels = self.whole_levels(src);
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

    /// Pieces of a large input, and how little a compressor has to make of them: about what zlib does.
    fn sample<'c>(&self, src: &[u8], out: &Sink<'c>) -> Result<Option<Sample<'c>>> {
        if src.len() < SAMPLED {
            return Ok(None);
        }
        let far = FAR_MATCHES.contains(&self.level);
        let piece = match far {
            _ if src.len() > LONG => 16 << 10,
            true => 4 << 10,
            false => 8 << 10,
        };
        let content = pieces(src, piece, out)?;
        let mut stream = Sink::scratch(out.call());
        stream.prepare(content.bytes.len());
        self.encode_stream(&content.bytes, &mut stream)?;
        let packed = stream.len();
        Ok(Some(Sample { content, enough: if far { packed } else { packed + packed / PARTS } }))
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

/// Whether all of an input is one value.
fn repeats(src: &[u8]) -> bool {
    src.get(REPEAT..).is_some_and(|later| src.starts_with(later))
}

/// Pieces of so many bytes from all over an input.
fn pieces<'c>(src: &[u8], nbytes: usize, out: &Sink<'c>) -> Result<Scratch<'c>> {
    let count = (src.len() / STRETCH).clamp(1, PIECES);
    let mut sample = out.call().scratch(count * nbytes)?;
    for (i, to) in sample.bytes.chunks_exact_mut(nbytes).enumerate() {
        let at = (src.len() - nbytes) / count * i;
        to.copy_from_slice(src.get(at..at + nbytes).unwrap_or_default());
    }
    Ok(sample)
}

/// Some of an input.
struct Sample<'c> {
    content: Scratch<'c>,
    /// Bytes at the most that a compressor may make of it to be taken.
    enough: usize,
}

impl Sample<'_> {
    /// Whether a compressor of libdeflate gives little enough.
    fn packs_well(&self, compressor: &mut Compressor, out: &Sink<'_>) -> Result<bool> {
        let mut room = out.call().scratch(compressor.bound(self.content.bytes.len()))?;
        let whole = compressor.compress(&self.content.bytes, &mut room.bytes).unwrap_or(usize::MAX);
        Ok(whole <= self.enough)
    }
}

/// Appends the deflate data of `src`. The bytes do not depend on the room there is.
fn compress(compressor: &mut Compressor, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let bound = compressor.bound(src.len());
    let room = out.up_to(bound);
    if let Some(n) = compressor.compress(src, room) {
        out.advance(n);
        return Ok(());
    }
    let mut aside = out.call().scratch(bound)?;
    let n = compressor.compress(src, &mut aside.bytes).unwrap_or(0);
    out.write(aside.bytes.get(..n).unwrap_or_default()).map_err(|error| out.unknown_size(error))
}
