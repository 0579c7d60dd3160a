//! Drives a streaming coder (zlib, bzip2, lzma, zstd) from a slice into a sink.

use super::error::{Error, Result};
use super::sink::Sink;

/// Most bytes given to a coder at once, so that a caller can follow and cancel, and 32-bit counters suffice.
const PIECE: usize = 1 << 20;

/// What one step of a coder did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// Input bytes used.
    pub consumed: usize,
    /// Output bytes written.
    pub written: usize,
    /// The stream is complete.
    pub end: bool,
}

/// A coder that works in pieces, in either direction.
pub trait Stream {
    /// Takes from `src` and writes to `dst` as far as it goes. `last`: there is no input after `src`.
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step>;
}

/// Runs `stream` over `src` to its end and returns the input bytes used. Input that ends before the stream does is an error.
pub fn run(stream: &mut impl Stream, src: &[u8], out: &mut Sink<'_>) -> Result<usize> {
    run_from(stream, src, 0, out)
}

/// As [`run`] from byte `start` of `src` on; returns the byte after the stream.
pub fn run_from(stream: &mut impl Stream, src: &[u8], start: usize, out: &mut Sink<'_>) -> Result<usize> {
    let mut at = start;
    loop {
        out.call().checkpoint(at as u64, src.len() as u64)?;
        let piece = src.get(at..src.len().min(at + PIECE)).unwrap_or_default();
        let last = at + piece.len() == src.len();
        let step = step_into(stream, piece, out, last).map_err(|e| e.or_at(at))?;
        at += step.consumed;
        if step.end {
            return Ok(at);
        }
        if step.consumed == 0 && step.written == 0 && last {
            return Err(Error::data(format!("the stream is cut off after {at} bytes")).at(at));
        }
    }
}

/// One step into the room there is. Where there is none, one byte aside tells whether the stream goes on or only has to end.
fn step_into(stream: &mut impl Stream, piece: &[u8], out: &mut Sink<'_>, last: bool) -> Result<Step> {
    let room = out.room();
    if room == 0 {
        let mut byte = [0];
        let step = stream.step(piece, &mut byte, last)?;
        out.write(byte.get(..step.written).unwrap_or_default()).map_err(|e| out.unknown_size(e))?;
        return Ok(step);
    }
    let dst = out.window(room.min(PIECE));
    let step = stream.step(piece, dst.0, last)?;
    out.advance(step.written);
    Ok(step)
}
