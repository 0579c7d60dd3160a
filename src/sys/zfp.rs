//! zfp, for what is not in `kernels::zfp`: one cell of 4, 16, 64 or 256 numbers after the other.
//!
//! zfp checks no bounds. Here it never sees the caller's memory: it reads from and writes to a window of ours, which has room for the
//! largest cell behind the place where a cell may begin, and cells go through a block of ours. Where zfp stands is looked at as soon as
//! the cells since could have gone too far.

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr::NonNull;

use zfp_sys as z;

use crate::core::error::{Error, Result};
use crate::core::sink::Sink;
use crate::kernels::cells::MAX_CELL;
use crate::kernels::plain;
use crate::kernels::zfp::{MAX_RATE, Params};

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

/// Most bits of a cell where nothing is asked: 256 doubles, reversible.
pub const MAX_BITS: u32 = 16658;
/// Memory of an encoder or decoder.
pub const MEMORY: usize = (WINDOW + MARGIN) * 8 + MAX_CELL * 8;

/// Words in which a cell may begin.
const WINDOW: usize = 8192;
/// Words behind them: zfp goes no further than [`MAX_RATE`] (which is more than [`MAX_BITS`]) from where a cell begins, and one word.
const MARGIN: usize = MAX_RATE as usize / 64 + 2;

/// Bits in which a cell may begin.
const INSIDE: u64 = WINDOW as u64 * 64;
/// Bits of a cell before its bit planes, at the most.
const BEFORE: u64 = 2 + 11 + 6;
const _: () = assert!(most_bits(MAX_CELL as u64, 64) <= MAX_RATE as u64);

/// Most bits of so many numbers: every bit of every plane, and the tests that tell where ones are.
const fn most_bits(numbers: u64, planes: u64) -> u64 {
    BEFORE + numbers * planes + numbers
}

/// zfp's two handles over a window, for one stream after the other.
pub struct Engine {
    zfp: NonNull<z::zfp_stream>,
    bits: NonNull<z::bitstream>,
    /// Shared with zfp, which keeps a pointer to it.
    window: Vec<Cell<u64>>,
    block: Vec<u64>,
    scalar: Scalar,
    dims: usize,
    /// Most bits of a cell.
    most: u64,
}

// SAFETY: handles, window and block belong to one owner and have no tie to a thread.
unsafe impl Send for Engine {}

impl Engine {
    /// Without parameters: [`Engine::begin`] sets them.
    pub fn new() -> Result<Self> {
        let window: Vec<Cell<u64>> = words(WINDOW + MARGIN)?;
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
        let mut engine = Engine { zfp, bits, window, block: Vec::new(), scalar: Scalar::Int32, dims: 1, most: 1 };
        engine.block = words(MAX_CELL)?;
        Ok(engine)
    }

    /// Ready for a stream, whatever came of the one before.
    pub fn begin(&mut self, scalar: Scalar, dims: usize, params: Params) -> Result<()> {
        let Params { minbits, maxbits, maxprec, minexp } = params;
        // SAFETY: a live handle; zfp checks the parameters itself.
        let taken = unsafe { z::zfp_stream_set_params(self.zfp.as_ptr(), minbits, maxbits, maxprec, minexp) };
        if taken == 0 || minbits > MAX_RATE || !(1..=4).contains(&dims) {
            return Err(Error::data("parameters out of range"));
        }
        (self.scalar, self.dims) = (scalar, dims);
        self.most = most_bits(1 << (2 * dims), 8 * self.item_size() as u64).max(u64::from(minbits));
        // SAFETY: a live handle.
        unsafe { z::stream_rewind(self.bits.as_ptr()) };
        Ok(())
    }

    fn item_size(&self) -> usize {
        if matches!(self.scalar, Scalar::Int32 | Scalar::Float) { 4 } else { 8 }
    }

    fn block(&mut self) -> &mut [u8] {
        let nbytes = self.item_size() << (2 * self.dims);
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

/// A source ends before its last cell does.
pub fn cut_off(nbytes: usize) -> Error {
    Error::data(format!("the stream is cut off after {nbytes} bytes")).at(nbytes)
}

/// `n` zeros.
fn words<T: Default + Clone>(n: usize) -> Result<Vec<T>> {
    let mut words = Vec::new();
    words.try_reserve_exact(n).map_err(|_| Error::memory(MEMORY as u64))?;
    words.resize(n, T::default());
    Ok(words)
}

/// Decodes cells from bytes that are believed only as far as they go.
pub struct Decoder<'a> {
    engine: &'a mut Engine,
    src: &'a [u8],
    /// Byte of the source where the window begins.
    base: usize,
    /// Cells that lie inside the source and begin inside the window, however long they are.
    sure: u64,
}

impl<'a> Decoder<'a> {
    /// Starts at bit `at` of `src` with an engine that has begun.
    pub fn new(engine: &'a mut Engine, src: &'a [u8], at: u64) -> Self {
        let mut decoder = Decoder { engine, src, base: 0, sure: 0 };
        decoder.refill(at);
        decoder
    }

    /// The next cell, or an error where the source ends before it does.
    #[inline]
    pub fn cell(&mut self) -> Result<&[u8]> {
        let (zfp, block) = (self.engine.zfp.as_ptr(), self.engine.block.as_mut_ptr());
        // SAFETY: the stream stands in the first WINDOW words, and MARGIN more follow; the block holds the largest cell.
        unsafe { decode(zfp, self.engine.scalar, self.engine.dims, block) };
        match self.sure {
            0 => self.look()?,
            _ => self.sure -= 1,
        }
        Ok(self.engine.block())
    }

    /// The next bit of the source.
    pub fn position(&self) -> u64 {
        // SAFETY: a live handle.
        self.base as u64 * 8 + unsafe { z::stream_rtell(self.engine.bits.as_ptr()) }
    }

    /// Whether the source goes as far as the last cell did. Moves the window where it has to, and counts the cells until the next look.
    fn look(&mut self) -> Result<()> {
        let (at, end) = (self.position(), self.src.len() as u64 * 8);
        if at > end {
            return Err(cut_off(self.src.len()));
        }
        if at - self.base as u64 * 8 > INSIDE {
            self.refill(at);
        }
        let left = INSIDE - (at - self.base as u64 * 8);
        self.sure = left.min(end - at) / self.engine.most;
        Ok(())
    }

    /// Moves the window to bit `at` of the source; zeros follow its end, as far as a cell can go.
    fn refill(&mut self, at: u64) {
        self.base = (at / 64 * 8) as usize;
        let (whole, rest) = self.src.get(self.base..).unwrap_or_default().as_chunks();
        let (words, behind) = self.engine.window.split_at(whole.len().min(WINDOW + MARGIN));
        words.iter().zip(whole).for_each(|(word, bytes)| word.set(u64::from_le_bytes(*bytes)));
        behind.iter().take(1 + MARGIN).for_each(|word| word.set(0));
        if let Some(word) = behind.first() {
            let mut padded = [0; 8];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            word.set(u64::from_le_bytes(padded));
        }
        // SAFETY: a live handle; the bit lies in the first word.
        unsafe { z::stream_rseek(self.engine.bits.as_ptr(), at % 64) };
    }
}

/// Encodes cells into a sink.
pub struct Encoder<'a> {
    engine: &'a mut Engine,
    /// Cells that begin inside the window, however long they are.
    sure: u64,
}

impl<'a> Encoder<'a> {
    /// Starts with an empty window and an engine that has begun.
    pub fn new(engine: &'a mut Engine) -> Self {
        Encoder { engine, sure: 0 }
    }

    /// Appends the low `count` bits of `value`; at most 64.
    pub fn bits(&mut self, value: u64, count: u32) {
        // SAFETY: a live handle; headers are written first and are far smaller than the window.
        unsafe { z::stream_write_bits(self.engine.bits.as_ptr(), value, count.min(64) as usize) };
    }

    /// Encodes the cell that `fill` writes into the block.
    #[inline]
    pub fn cell(&mut self, fill: impl FnOnce(&mut [u8]), out: &mut Sink<'_>) -> Result<()> {
        fill(self.engine.block());
        // SAFETY: the stream stands in the first WINDOW words, and MARGIN more follow; the block holds the largest cell.
        unsafe { encode(self.engine.zfp.as_ptr(), self.engine.scalar, self.engine.dims, self.engine.block.as_ptr()) };
        match self.sure {
            0 => self.look(out),
            _ => {
                self.sure -= 1;
                Ok(())
            }
        }
    }

    /// Pads the last word with zeros and writes what is left.
    pub fn finish(self, out: &mut Sink<'_>) -> Result<()> {
        let words = self.position().div_ceil(64) as usize;
        self.flush();
        self.write(words, out)
    }

    fn position(&self) -> u64 {
        // SAFETY: a live handle.
        unsafe { z::stream_wtell(self.engine.bits.as_ptr()) }
    }

    /// Empties the window where the next cell could not begin in it, and counts the cells until the next look.
    fn look(&mut self, out: &mut Sink<'_>) -> Result<()> {
        if self.position() > INSIDE {
            self.drain(out)?;
        }
        self.sure = (INSIDE - self.position()) / self.engine.most;
        Ok(())
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

    fn flush(&self) {
        // SAFETY: a live handle; at most one word more is written, which MARGIN has room for.
        unsafe { z::stream_flush(self.engine.bits.as_ptr()) };
    }

    fn write(&self, words: usize, out: &mut Sink<'_>) -> Result<()> {
        let room = out.spare(words * 8)?;
        for (bytes, word) in room.as_chunks_mut().0.iter_mut().zip(self.engine.window.iter().take(words)) {
            *bytes = word.get().to_le_bytes();
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
