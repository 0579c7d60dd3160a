//! zfp: one cell of 4, 16, 64 or 256 numbers after the other.
//!
//! zfp checks no bounds. Here it never sees the caller's memory: it reads from and writes to a window of ours, which has room for the
//! largest cell behind the place where a cell may begin, and cells go through a block of ours.

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr::NonNull;

use zfp_sys as z;

use crate::core::error::{Error, Result};
use crate::core::sink::Sink;
use crate::kernels::cells::MAX_CELL;
use crate::kernels::plain;

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(z::zfp_version_string) }
}

/// Type of the numbers, as zfp counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// 32-bit signed integer.
    Int32,
    /// 64-bit signed integer.
    Int64,
    /// 32-bit float.
    Float,
    /// 64-bit float.
    Double,
}

/// What bounds the bits of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Fewest bits, at most [`MAX_RATE`].
    pub minbits: u32,
    /// Most bits, at least `minbits`.
    pub maxbits: u32,
    /// Most bit planes, 1..=64.
    pub maxprec: u32,
    /// Exponent of the last bit plane; below -1074: reversible.
    pub minexp: i32,
}

/// Most bits that can be asked for one cell.
pub const MAX_RATE: u32 = 1 << 15;
/// Most bits of a cell where nothing is asked: 256 doubles, reversible.
pub const MAX_BITS: u32 = 16658;
/// Memory of an encoder or decoder.
pub const MEMORY: usize = (WINDOW + MARGIN) * 8 + MAX_CELL * 8;

/// Words in which a cell may begin.
const WINDOW: usize = 8192;
/// Words behind them: zfp goes no further than [`MAX_RATE`] (which is more than [`MAX_BITS`]) from where a cell begins, and one word.
const MARGIN: usize = MAX_RATE as usize / 64 + 2;

/// zfp's two handles over a window.
struct Engine {
    zfp: NonNull<z::zfp_stream>,
    bits: NonNull<z::bitstream>,
    /// Shared with zfp, which keeps a pointer to it.
    window: Vec<Cell<u64>>,
    block: [u64; MAX_CELL],
    scalar: Scalar,
    dims: usize,
}

impl Engine {
    fn new(scalar: Scalar, dims: usize, params: Params) -> Result<Self> {
        let mut window = Vec::new();
        window.try_reserve_exact(WINDOW + MARGIN).map_err(|_| Error::memory(MEMORY as u64))?;
        window.resize(WINDOW + MARGIN, Cell::new(0u64));
        // SAFETY: the window is aligned for zfp's words, may be written through shared references, and lives as long as the handle:
        // its memory does not move with the Vec.
        let bits = unsafe { z::stream_open(window.as_ptr().cast_mut().cast(), window.len() * 8) };
        let bits = NonNull::new(bits).ok_or_else(|| Error::memory(64))?;
        // SAFETY: a live bit stream.
        let Some(zfp) = NonNull::new(unsafe { z::zfp_stream_open(bits.as_ptr()) }) else {
            // SAFETY: opened above, closed once.
            unsafe { z::stream_close(bits.as_ptr()) };
            return Err(Error::memory(64));
        };
        let engine = Engine { zfp, bits, window, block: [0; MAX_CELL], scalar, dims };
        // SAFETY: a live handle; zfp checks the parameters itself.
        let taken = unsafe { z::zfp_stream_set_params(zfp.as_ptr(), params.minbits, params.maxbits, params.maxprec, params.minexp) };
        if taken == 0 || params.minbits > MAX_RATE || !(1..=4).contains(&dims) {
            return Err(Error::data("parameters out of range"));
        }
        Ok(engine)
    }

    fn cell_size(&self) -> usize {
        let size = if matches!(self.scalar, Scalar::Int32 | Scalar::Float) { 4 } else { 8 };
        size << (2 * self.dims)
    }

    fn block(&mut self) -> &mut [u8] {
        let nbytes = self.cell_size();
        plain::bytes_mut(&mut self.block).get_mut(..nbytes).unwrap_or_default()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: both were opened by `new` and are closed once.
        unsafe {
            z::zfp_stream_close(self.zfp.as_ptr());
            z::stream_close(self.bits.as_ptr());
        }
    }
}

/// Decodes cells from bytes that are believed only as far as they go.
pub struct Decoder<'a> {
    engine: Engine,
    src: &'a [u8],
    /// Byte of the source where the window begins.
    base: usize,
    /// The next bit of the source.
    position: u64,
}

impl<'a> Decoder<'a> {
    /// Starts at bit `at` of `src`.
    pub fn new(src: &'a [u8], at: u64, scalar: Scalar, dims: usize, params: Params) -> Result<Self> {
        let mut decoder = Decoder { engine: Engine::new(scalar, dims, params)?, src, base: 0, position: at };
        decoder.refill(at);
        Ok(decoder)
    }

    /// The next cell, or an error where the source ends before it does.
    pub fn cell(&mut self) -> Result<&[u8]> {
        if self.position - self.base as u64 * 8 > WINDOW as u64 * 64 {
            self.refill(self.position);
        }
        let (zfp, block) = (self.engine.zfp.as_ptr(), self.engine.block.as_mut_ptr());
        // SAFETY: the stream stands in the first WINDOW words, and MARGIN more follow; the block holds the largest cell.
        unsafe { decode(zfp, self.engine.scalar, self.engine.dims, block) };
        // SAFETY: a live handle.
        self.position = self.base as u64 * 8 + unsafe { z::stream_rtell(self.engine.bits.as_ptr()) };
        if self.position > self.src.len() as u64 * 8 {
            return Err(Error::data(format!("the stream is cut off after {} bytes", self.src.len())).at(self.src.len()));
        }
        Ok(self.engine.block())
    }

    /// The next bit of the source.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves the window to bit `at` of the source; zeros follow its end.
    fn refill(&mut self, at: u64) {
        self.base = (at / 64 * 8) as usize;
        let src = self.src.get(self.base..).unwrap_or_default();
        let mut bytes = src.chunks(8);
        for word in &self.engine.window {
            let mut padded = [0; 8];
            padded.iter_mut().zip(bytes.next().unwrap_or_default()).for_each(|(to, from)| *to = *from);
            word.set(u64::from_le_bytes(padded));
        }
        // SAFETY: a live handle; the bit lies in the first word.
        unsafe { z::stream_rseek(self.engine.bits.as_ptr(), at % 64) };
    }
}

/// Encodes cells into a sink.
pub struct Encoder {
    engine: Engine,
}

impl Encoder {
    /// Starts with an empty window.
    pub fn new(scalar: Scalar, dims: usize, params: Params) -> Result<Self> {
        Ok(Encoder { engine: Engine::new(scalar, dims, params)? })
    }

    /// Appends the low `count` bits of `value`; at most 64.
    pub fn bits(&mut self, value: u64, count: u32) {
        // SAFETY: a live handle; headers are written first and are far smaller than the window.
        unsafe { z::stream_write_bits(self.engine.bits.as_ptr(), value, count.min(64) as usize) };
    }

    /// Encodes the cell that `fill` writes into the block.
    pub fn cell(&mut self, fill: impl FnOnce(&mut [u8]), out: &mut Sink<'_>) -> Result<()> {
        fill(self.engine.block());
        // SAFETY: the stream stands in the first WINDOW words, and MARGIN more follow; the block holds the largest cell.
        unsafe { encode(self.engine.zfp.as_ptr(), self.engine.scalar, self.engine.dims, self.engine.block.as_ptr()) };
        if self.position() > WINDOW as u64 * 64 { self.drain(out) } else { Ok(()) }
    }

    /// Pads the last word with zeros and writes what is left.
    pub fn finish(mut self, out: &mut Sink<'_>) -> Result<()> {
        let words = self.position().div_ceil(64) as usize;
        self.flush();
        self.write(words, out)
    }

    fn position(&self) -> u64 {
        // SAFETY: a live handle.
        unsafe { z::stream_wtell(self.engine.bits.as_ptr()) }
    }

    /// Writes all whole words and moves the last, incomplete one to the front.
    fn drain(&mut self, out: &mut Sink<'_>) -> Result<()> {
        let at = self.position();
        let whole = (at / 64) as usize;
        self.flush();
        self.write(whole, out)?;
        if let (Some(first), Some(rest)) = (self.engine.window.first(), self.engine.window.get(whole)) {
            first.set(rest.get());
        }
        // SAFETY: a live handle; the bit lies in the first word, which holds the bits before it.
        unsafe { z::stream_wseek(self.engine.bits.as_ptr(), at % 64) };
        Ok(())
    }

    fn flush(&mut self) {
        // SAFETY: a live handle; at most one word more is written, which MARGIN has room for.
        unsafe { z::stream_flush(self.engine.bits.as_ptr()) };
    }

    fn write(&mut self, words: usize, out: &mut Sink<'_>) -> Result<()> {
        let room = out.spare(words * 8)?;
        for (bytes, word) in room.chunks_exact_mut(8).zip(self.engine.window.iter().take(words)) {
            bytes.copy_from_slice(&word.get().to_le_bytes());
        }
        out.advance(words * 8);
        Ok(())
    }
}

/// # Safety
/// A live stream with room for the largest cell; `block` holds as many numbers as a cell has.
unsafe fn decode(zfp: *mut z::zfp_stream, scalar: Scalar, dims: usize, block: *mut u64) {
    // SAFETY: as asked of the caller.
    unsafe {
        match (scalar, dims) {
            (Scalar::Int32, 1) => z::zfp_decode_block_int32_1(zfp, block.cast()),
            (Scalar::Int32, 2) => z::zfp_decode_block_int32_2(zfp, block.cast()),
            (Scalar::Int32, 3) => z::zfp_decode_block_int32_3(zfp, block.cast()),
            (Scalar::Int32, _) => z::zfp_decode_block_int32_4(zfp, block.cast()),
            (Scalar::Int64, 1) => z::zfp_decode_block_int64_1(zfp, block.cast()),
            (Scalar::Int64, 2) => z::zfp_decode_block_int64_2(zfp, block.cast()),
            (Scalar::Int64, 3) => z::zfp_decode_block_int64_3(zfp, block.cast()),
            (Scalar::Int64, _) => z::zfp_decode_block_int64_4(zfp, block.cast()),
            (Scalar::Float, 1) => z::zfp_decode_block_float_1(zfp, block.cast()),
            (Scalar::Float, 2) => z::zfp_decode_block_float_2(zfp, block.cast()),
            (Scalar::Float, 3) => z::zfp_decode_block_float_3(zfp, block.cast()),
            (Scalar::Float, _) => z::zfp_decode_block_float_4(zfp, block.cast()),
            (Scalar::Double, 1) => z::zfp_decode_block_double_1(zfp, block.cast()),
            (Scalar::Double, 2) => z::zfp_decode_block_double_2(zfp, block.cast()),
            (Scalar::Double, 3) => z::zfp_decode_block_double_3(zfp, block.cast()),
            (Scalar::Double, _) => z::zfp_decode_block_double_4(zfp, block.cast()),
        };
    }
}

/// # Safety
/// As [`decode`].
unsafe fn encode(zfp: *mut z::zfp_stream, scalar: Scalar, dims: usize, block: *const u64) {
    // SAFETY: as asked of the caller.
    unsafe {
        match (scalar, dims) {
            (Scalar::Int32, 1) => z::zfp_encode_block_int32_1(zfp, block.cast()),
            (Scalar::Int32, 2) => z::zfp_encode_block_int32_2(zfp, block.cast()),
            (Scalar::Int32, 3) => z::zfp_encode_block_int32_3(zfp, block.cast()),
            (Scalar::Int32, _) => z::zfp_encode_block_int32_4(zfp, block.cast()),
            (Scalar::Int64, 1) => z::zfp_encode_block_int64_1(zfp, block.cast()),
            (Scalar::Int64, 2) => z::zfp_encode_block_int64_2(zfp, block.cast()),
            (Scalar::Int64, 3) => z::zfp_encode_block_int64_3(zfp, block.cast()),
            (Scalar::Int64, _) => z::zfp_encode_block_int64_4(zfp, block.cast()),
            (Scalar::Float, 1) => z::zfp_encode_block_float_1(zfp, block.cast()),
            (Scalar::Float, 2) => z::zfp_encode_block_float_2(zfp, block.cast()),
            (Scalar::Float, 3) => z::zfp_encode_block_float_3(zfp, block.cast()),
            (Scalar::Float, _) => z::zfp_encode_block_float_4(zfp, block.cast()),
            (Scalar::Double, 1) => z::zfp_encode_block_double_1(zfp, block.cast()),
            (Scalar::Double, 2) => z::zfp_encode_block_double_2(zfp, block.cast()),
            (Scalar::Double, 3) => z::zfp_encode_block_double_3(zfp, block.cast()),
            (Scalar::Double, _) => z::zfp_encode_block_double_4(zfp, block.cast()),
        };
    }
}
