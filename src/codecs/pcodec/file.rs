//! Standalone pco files, read chunk by chunk with every claim checked.
#![forbid(unsafe_code)]

use pco::data_types::{Number, NumberType};
use pco::errors::{ErrorKind, PcoError, PcoResult};
use pco::metadata::DeltaEncoding;
use pco::standalone::FileDecompressor;
use pco::wrapped::{self, PageDecompressor};

use super::refused;
use crate::core::call::ask;
use crate::core::{Error, Result, Sink};
use crate::kernels::plain::{self, Plain};

/// Numbers decoded between two checkpoints; a multiple of pco's batch.
const PIECE: usize = 1 << 16;
/// Widest lookback window taken, as a power of two. No pco writes more than 15; each number of it is allocated ahead.
const MAX_WINDOW_LOG: u32 = 20;
/// What pco takes for its tables: up to 2^14 states of two or three streams.
const TABLES: usize = 512 << 10;
/// Most decoded bytes made room for ahead, for each byte of input.
const USUAL_RATIO: usize = 64;

/// A standalone file: header, then chunks of a type byte, a count of three bytes, metadata and one page; a zero byte ends it.
///
/// The chunks are read through pco's wrapped format, which shows the metadata before it allocates by it.
pub struct File<'a> {
    src: &'a [u8],
    /// What the header tells.
    pub head: FileDecompressor,
    chunks: wrapped::FileDecompressor,
    rest: &'a [u8],
}

impl<'a> File<'a> {
    /// Reads the header.
    pub fn open(src: &'a [u8]) -> Result<Self> {
        let (head, rest) = FileDecompressor::new(src).map_err(|e| refused_in(src, e, 0))?;
        let version = if head.format_version().major < 4 { 1 } else { 2 };
        let inner = src.len().checked_sub(rest.len() + version).and_then(|at| src.get(at..)).unwrap_or_default();
        let (chunks, rest) = wrapped::FileDecompressor::new(inner).map_err(|e| refused_in(src, e, 0))?;
        Ok(File { src, head, chunks, rest })
    }

    /// Type of the numbers; `None` for a file without chunks that does not tell.
    pub fn kind(&self) -> Result<Option<NumberType>> {
        self.head.peek_number_type_or_termination(self.rest).map_err(|e| self.refuse(e))
    }

    /// Decodes all chunks.
    pub fn decompress<T: Number + Plain>(&mut self, kind: NumberType, out: &mut Sink<'_>) -> Result<()> {
        out.prepare(self.head.n_hint().saturating_mul(size_of::<T>()).min(self.src.len().saturating_mul(USUAL_RATIO)));
        while let Some((&byte, body)) = self.rest.split_first().filter(|(byte, _)| **byte != 0) {
            if byte != kind as u8 {
                return Err(Error::data(format!("a chunk of number type {byte} in a file of {kind:?}")).at(self.at()));
            }
            let (count, meta) = body.split_first_chunk::<3>().ok_or_else(|| cut_off(self.src))?;
            let [a, b, c] = *count;
            let count = u32::from_le_bytes([a, b, c, 0]) as usize + 1;
            check_dictionary::<T>(meta).map_err(|e| e.at(self.at()))?;
            ask(TABLES)?; // pco aborts where the allocator refuses
            let (mut chunk, page) = self.chunks.chunk_decompressor::<T, _>(meta).map_err(|e| self.refuse(e))?;
            let window = window::<T>(&chunk.meta().delta_encoding)?;
            ask(window)?;
            let _memory = out.call().charge(window)?;
            let mut page = chunk.page_decompressor(page, count).map_err(|e| self.refuse(e))?;
            self.read(&mut page, count, out)?;
            self.rest = page.into_src();
        }
        Ok(())
    }

    /// Decodes a page piece by piece, so that its count is believed only as far as it was decoded.
    fn read<T: Number + Plain>(&self, page: &mut PageDecompressor<'_, T, &[u8]>, count: usize, out: &mut Sink<'_>) -> Result<()> {
        let mut left = count;
        while left > 0 {
            out.call().checkpoint(self.at() as u64, self.src.len() as u64)?;
            let piece = left.min(PIECE);
            let nbytes = piece * size_of::<T>();
            let room = out.spare(nbytes)?.get_mut(..nbytes).unwrap_or_default();
            match plain::numbers_mut(room) {
                Some(numbers) => page.read(numbers).map(|_| ()),
                None => read_aside(page, room),
            }
            .map_err(|e| self.refuse(e))?;
            out.advance(nbytes);
            left -= piece;
        }
        Ok(())
    }

    /// The end: a zero byte, and in strict mode nothing after it.
    pub fn finish(&self, out: &Sink<'_>) -> Result<()> {
        let (_, after) = self.rest.split_first().ok_or_else(|| cut_off(self.src))?;
        if out.call().strict() && !after.is_empty() {
            return Err(Error::data(format!("{} bytes follow the end of the file", after.len())).at(self.at() + 1));
        }
        Ok(())
    }

    fn at(&self) -> usize {
        self.src.len() - self.rest.len()
    }

    fn refuse(&self, error: PcoError) -> Error {
        refused_in(self.src, error, self.at())
    }
}

/// Decodes into room that is not aligned.
fn read_aside<T: Number + Plain>(page: &mut PageDecompressor<'_, T, &[u8]>, room: &mut [u8]) -> PcoResult<()> {
    let mut numbers = [T::default(); pco::FULL_BATCH_N];
    for batch in room.chunks_mut(pco::FULL_BATCH_N * size_of::<T>()) {
        let numbers = numbers.get_mut(..batch.len() / size_of::<T>()).unwrap_or_default();
        page.read(numbers)?;
        batch.copy_from_slice(plain::bytes(numbers));
    }
    Ok(())
}

/// A dictionary is allocated whole before it is read: 25 bits of length behind the 4 bits that say so.
fn check_dictionary<T>(meta: &[u8]) -> Result<()> {
    const DICTIONARY: u32 = 4;
    let Some(word) = meta.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else { return Ok(()) };
    let count = (word >> 4) as usize & ((1 << 25) - 1);
    if word & 0xf == DICTIONARY && count.saturating_mul(size_of::<T>()) > meta.len() {
        return Err(Error::data(format!("a dictionary of {count} numbers in a file that ends after {} bytes", meta.len())));
    }
    Ok(())
}

/// Bytes that pco allocates for looking back.
fn window<T>(delta: &DeltaEncoding) -> Result<usize> {
    let DeltaEncoding::Lookback { config, secondary_uses_delta, .. } = delta else { return Ok(0) };
    if config.window_n_log > MAX_WINDOW_LOG {
        return Err(Error::unsupported(format!(
            "a lookback window of 2^{} numbers, at most 2^{MAX_WINDOW_LOG} are taken",
            config.window_n_log
        )));
    }
    let numbers = 2usize << config.window_n_log;
    Ok(numbers * size_of::<T>() * (1 + usize::from(*secondary_uses_delta)))
}

fn refused_in(src: &[u8], error: PcoError, at: usize) -> Error {
    match error.kind {
        ErrorKind::InsufficientData => cut_off(src),
        _ => refused(error).at(at),
    }
}

fn cut_off(src: &[u8]) -> Error {
    Error::data(format!("the file is cut off after {} bytes", src.len())).at(src.len())
}
