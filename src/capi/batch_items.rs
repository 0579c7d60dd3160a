//! One chunk of a batch: which way it takes to its destination.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::batch_arrays::{Batch, Block, Item};
use crate::core::call::Call;
use crate::core::error::{Error, Kind, Result};
use crate::core::layout::{Layout, Order};
use crate::core::sink::{Fixed, Sink};
use crate::core::{ArrayRef, convert};
use crate::operation::{self, Source};
use crate::registry::Instance;

/// What the chunks of one call share.
pub struct Items<'a> {
    codec: &'a Instance,
    chunk: Option<&'a Layout>,
    each: Option<&'a Layout>,
    batch: &'a Batch<'a>,
    /// Bytes of results so far.
    written: AtomicU64,
    /// Bytes of encoded input that were read.
    pub touched: AtomicU64,
}

// SAFETY: all parts are Sync or, as the batch, explain why.
unsafe impl Sync for Items<'_> {}

impl<'a> Items<'a> {
    /// Nothing is done yet.
    pub fn new(codec: &'a Instance, chunk: Option<&'a Layout>, each: Option<&'a Layout>, batch: &'a Batch<'a>) -> Self {
        let (written, touched) = (AtomicU64::new(0), AtomicU64::new(0));
        Items { codec, chunk: chunk.or(codec.chunk()), each, batch, written, touched }
    }

    /// The memory that chunk `item` has for itself: all of it where it is written without gaps.
    pub fn exclusive(&self, item: Item) -> Result<Option<Block>> {
        let Some(each) = self.each else { return Ok(Some(item.dst)) };
        let want = self.batch.cropped(item.number, each)?;
        let room = want.span();
        Ok((want.order() != Order::Strided).then_some(item.dst.up_to(room)))
    }

    /// Decodes one chunk; returns the bytes written.
    pub fn decode(&self, i: usize, call: Call<'_>) -> Result<usize> {
        let dst = self.batch.at(i)?.dst;
        let src = self.batch.input(i)?;
        match (self.each, src) {
            (None, Some(src)) => {
                let n = self.whole(src, None, dst, call)?;
                account(&self.written, n, &call)
            }
            (None, None) => {
                let chunk = self.chunk.ok_or_else(|| Error::new(Kind::UnknownSize, "a chunk that is not there needs a layout"))?;
                self.absent(chunk, dst, call)
            }
            (Some(each), None) => self.absent(&self.batch.cropped(i, each)?, dst, call),
            (Some(each), Some(src)) => {
                let want = self.batch.cropped(i, each)?;
                let start = self.batch.start(i, want.shape().len())?;
                self.check_room(&want, dst, &call)?;
                self.part(src, start.as_deref(), &want, dst, call)
            }
        }
    }

    /// Room for all items, and the limit of the call.
    fn check_room(&self, want: &Layout, dst: Block, call: &Call<'_>) -> Result<()> {
        operation::fixed_size(want)?;
        if want.span() > dst.room {
            return Err(Error::space(dst.room, Some(want.span() as u64)));
        }
        account(&self.written, want.nbytes(), call).map(drop)
    }

    fn part(&self, src: &[u8], start: Option<&[usize]>, want: &Layout, dst: Block, call: Call<'_>) -> Result<usize> {
        let is_whole = start.is_none_or(|start| start.iter().all(|s| *s == 0));
        let cropped = self.chunk.is_some_and(|chunk| chunk.shape() != want.shape());
        if want.order() != Order::Strided && is_whole && !cropped {
            return self.whole(src, Some(want), dst, call);
        }
        let call = call.counting(Some(&self.touched));
        operation::decode_part(self.codec, src, self.chunk, start, want, call, &mut |at, run| dst.put(at, run))?;
        Ok(want.span())
    }

    /// Straight into memory that this chunk has for itself.
    fn whole(&self, src: &[u8], want: Option<&Layout>, dst: Block, call: Call<'_>) -> Result<usize> {
        self.touched.fetch_add(src.len() as u64, Relaxed);
        // SAFETY: memory without gaps was checked not to be shared with another chunk.
        let room = unsafe { dst.slice(want.map_or(usize::MAX, Layout::span)) };
        let mut memory = Fixed(room);
        operation::decode_into(self.codec, src, self.chunk, want, &mut Sink::caller(call, &mut memory))
    }

    /// A chunk that is not there.
    fn absent(&self, want: &Layout, dst: Block, call: Call<'_>) -> Result<usize> {
        self.check_room(want, dst, &call)?;
        let dense = want.reordered(Order::C);
        let mut aside = call.scratch(dense.nbytes())?;
        self.batch.fill(&dense, &mut aside.bytes)?;
        convert::scatter(&aside.bytes, &dense, want, |at, run| dst.put(at, run));
        Ok(want.span())
    }

    /// Encodes one chunk; returns the bytes written.
    pub fn encode(&self, i: usize, call: Call<'_>) -> Result<usize> {
        let (batch, codec) = (self.batch, self.codec);
        let src = batch.input(i)?.unwrap_or_default();
        // SAFETY: the destinations were checked not to share memory.
        let room = unsafe { batch.at(i)?.dst.slice(usize::MAX) };
        let mut memory = Fixed(room);
        let mut out = Sink::caller(call, &mut memory);
        match self.each {
            None => drop(operation::encode(codec, &Source::Fixed(&Layout::bytes(src.len()), src), &mut out)?),
            Some(each) => self.encode_array(i, each, src, &mut out)?,
        }
        account(&self.written, out.len(), &call)
    }

    /// Encodes an array, or the box of one around which all is fill value.
    fn encode_array(&self, i: usize, each: &Layout, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let (batch, codec, call) = (self.batch, self.codec, out.call());
        operation::fixed_size(each)?;
        let given = batch.cropped(i, each)?;
        operation::check_span(&given, src.len())?;
        let src = src.get(..given.span()).unwrap_or_default();
        match self.chunk {
            Some(chunk) if batch.has_counts() && chunk.shape() != given.shape() => {
                let start = batch.start(i, chunk.shape().len())?.unwrap_or_else(|| vec![0; chunk.shape().len()]);
                let whole = operation::surround(chunk, &start, &given, src, |room| batch.fill(chunk, room), call)?;
                let array = ArrayRef::fixed(chunk, &whole.bytes)?;
                operation::encode(codec, &Source::Array(array), out).map(drop)
            }
            None if given.shape() != each.shape() => {
                Err(Error::unsupported("counts take a codec that knows its chunk, as that of nc_zarr_codec"))
            }
            _ => operation::encode(codec, &Source::Fixed(&given, src), out).map(drop),
        }
    }
}

/// Counts result bytes against the limit of the whole call.
fn account(written: &AtomicU64, n: usize, call: &Call<'_>) -> Result<usize> {
    let total = written.fetch_add(n as u64, Relaxed).saturating_add(n as u64);
    match call.limits().max_output {
        Some(max) if total > max => Err(Error::limit("max_output", max, total)),
        _ => Ok(n),
    }
}
