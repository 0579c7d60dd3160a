//! `sharding_indexed`: chunks inside of a chunk, found through an index.

use std::sync::Arc;

use super::fill::Fill;
use super::shard_index::{Entry, IndexCodec, reserved};
use crate::core::part::{self, Part, Put};
use crate::core::{ArrayRef, Call, Codec, Dtype, Error, Items, Layout, Order, Result, Sink, convert, nested};
use crate::registry::Instance;

/// A shard as the metadata describes it.
pub struct Shard {
    /// The decoded shard, in C order.
    pub chunk: Layout,
    /// A decoded inner chunk, in C order.
    pub inner: Layout,
    /// What an inner chunk goes through.
    pub codec: Arc<Instance>,
    /// The index.
    pub index: IndexCodec,
    /// Of inner chunks that are not there; `None` where a filter in front of the shard cannot hold the value.
    pub fill: Option<Fill>,
    /// Where the codec stands in the metadata.
    pub path: String,
    /// What the inner chunks are, if they are shards.
    pub nested: Option<Arc<Shard>>,
}

/// Codec of a whole shard.
pub struct ShardCodec(pub Arc<Shard>);

impl Shard {
    /// Number of inner chunks along each dimension.
    pub fn grid(&self) -> Vec<usize> {
        self.chunk.shape().iter().zip(self.inner.shape()).map(|(n, inner)| n / inner.max(&1)).collect()
    }

    /// Number of inner chunks.
    pub fn count(&self) -> usize {
        self.grid().iter().product()
    }

    /// First element of inner chunk `i`, counted in C order.
    pub(super) fn origin(&self, i: usize) -> Vec<usize> {
        let (mut left, mut origin) = (i, Vec::new());
        for (n, inner) in self.grid().into_iter().zip(self.inner.shape()).rev() {
            origin.push(left % n.max(1) * inner);
            left /= n.max(1);
        }
        origin.reverse();
        origin
    }

    /// Reads a stored index; `shard` is the size of the whole shard, if it is known.
    pub fn entries(&self, stored: &[u8], shard: Option<u64>, call: Call<'_>) -> Result<Vec<Entry>> {
        self.index.read(stored, self.count(), shard, call).map_err(|error| error.under(&self.path))
    }

    /// The index of a whole shard.
    pub(super) fn index_of(&self, src: &[u8], call: Call<'_>) -> Result<Vec<Entry>> {
        let size = self.index.nbytes(self.count());
        let short = || Error::data(format!("{} bytes, the index of the shard alone takes {size}", src.len())).under(&self.path);
        let behind = src.len().checked_sub(size).ok_or_else(short)?;
        let at = if self.index.at_start { 0 } else { behind };
        call.touch(size);
        self.entries(src.get(at..at + size).unwrap_or_default(), Some(src.len() as u64), call)
    }

    pub(super) fn fill(&self) -> Result<&Fill> {
        self.fill
            .as_ref()
            .ok_or_else(|| Error::unsupported("it is not there, and the filters in front of the shard cannot hold the fill value"))
    }

    /// The inner chunks that share items with a box.
    fn touched(&self, part: &Part<'_>) -> Result<Vec<usize>> {
        if part.want.count() == 0 {
            return Ok(Vec::new());
        }
        let (grid, mut counts, mut first) = (Layout::contiguous(Dtype::U1, &self.grid(), Order::C)?, Vec::new(), 0);
        let strides = grid.strides();
        let dims = part.start.iter().zip(part.want.shape()).zip(self.inner.shape()).zip(strides.iter());
        for (((start, count), extent), stride) in dims {
            let (low, high) = (start / extent, (start + count).div_ceil(*extent));
            counts.push(high - low);
            first += low * stride;
        }
        nested::places(&counts, &strides, first)
    }

    /// What inner chunk `i` shares with a box: as a box of the inner chunk, and its place in the destination.
    fn overlap(&self, i: usize, part: &Part<'_>) -> Result<Overlap> {
        let (mut start, mut shape, mut at) = (Vec::new(), Vec::new(), 0);
        let strides = part.want.strides();
        let boxes = part.start.iter().zip(part.want.shape()).zip(strides.iter());
        for ((origin, extent), ((from, count), stride)) in self.origin(i).into_iter().zip(self.inner.shape()).zip(boxes) {
            let (low, high) = (origin.max(*from), (origin + extent).min(from + count));
            start.push(low - origin);
            shape.push(high - low);
            at += (low - from) * stride;
        }
        let want = Layout::new(part.want.dtype, Items::Fixed, &shape, Some(&strides), Order::Strided)?;
        Ok(Overlap { start, want, at })
    }

    /// Decodes what a box needs of the inner chunk at `entry`.
    fn decode_overlap(&self, src: &[u8], entry: Entry, chunk: &Layout, overlap: &Overlap, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
        let Overlap { start, want, at } = overlap;
        let put = &mut |to: usize, run: &[u8]| put(at + to, run);
        let Some((from, n)) = entry else {
            let dense = want.reordered(Order::C);
            let mut aside = call.scratch(dense.nbytes())?;
            self.fill()?.write(chunk, &dense, &mut aside.bytes)?;
            convert::scatter(&aside.bytes, &dense, want, put);
            return Ok(());
        };
        let inner = Layout::contiguous(chunk.dtype, self.inner.shape(), Order::C)?;
        part::decode(&**self.codec, range(src, from, n), Part { chunk: &inner, start, want }, call, put)
    }

    /// Appends inner chunk `i` of an array, if it is not all fill value; says whether it did.
    fn encode_inner(&self, src: &ArrayRef<'_>, i: usize, out: &mut Sink<'_>) -> Result<bool> {
        if self.chunk.items != Items::Fixed {
            return self.encode_inner_items(src, i, out);
        }
        let mut aside = out.call().reused(self.inner.nbytes())?;
        let start = self.origin(i);
        let (inside, first) = Part { chunk: &self.chunk, start: &start, want: &self.inner }.within_chunk()?;
        convert::copy(src.bytes()?.get(first..).unwrap_or_default(), &inside, &mut aside.bytes, &self.inner)?;
        let is_fill = |fill: &[u8]| !fill.is_empty() && aside.bytes.chunks_exact(fill.len()).all(|item| item == fill);
        if self.known_fill().is_some_and(is_fill) {
            return Ok(false);
        }
        self.codec.encode(&ArrayRef::fixed(&self.inner, &aside.bytes)?, out).map(|_| true)
    }

    /// The item with which inner chunks are left out.
    pub(super) fn known_fill(&self) -> Option<&[u8]> {
        self.fill.as_ref().filter(|fill| fill.defined).map(|fill| fill.item.as_slice())
    }
}

/// A box of an inner chunk and where it goes.
struct Overlap {
    start: Vec<usize>,
    want: Layout,
    at: usize,
}

pub(super) fn range(src: &[u8], from: u64, n: u64) -> &[u8] {
    let from = from as usize; // an index was checked against the shard, which is in memory
    src.get(from..from + n as usize).unwrap_or_default()
}

impl Codec for ShardCodec {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let shard = &self.0;
        let (base, call, count) = (out.len(), out.call(), shard.count());
        if src.count() != shard.chunk.count() {
            return Err(Error::shape(format!("{} items for a shard of {:?}", src.count(), shard.chunk.shape())));
        }
        if shard.index.at_start {
            out.take(shard.index.nbytes(count))?;
        }
        let mut entries = reserved(count)?;
        for i in 0..count {
            call.checkpoint(i as u64, count as u64)?;
            let from = out.len();
            let there = shard.encode_inner(src, i, out).map_err(|error| error.in_inner_chunk(i))?;
            entries.push(there.then(|| ((from - base) as u64, (out.len() - from) as u64)));
        }
        if shard.index.at_start {
            let mut index = Sink::scratch(call);
            shard.index.write(&entries, &mut index)?;
            let room = out.written().get_mut(base..).unwrap_or_default();
            room.iter_mut().zip(index.written()).for_each(|(to, from)| *to = *from);
        } else {
            shard.index.write(&entries, out)?;
        }
        Ok(Layout::bytes(out.len() - base))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (src, call, chunk) = (src.bytes()?, out.call(), &self.0.chunk);
        if chunk.items != Items::Fixed {
            self.0.decode_items(src, out)?;
            return Ok(chunk.clone());
        }
        let (dst, origin) = (out.take(chunk.nbytes())?, vec![0; chunk.shape().len()]);
        self.decode_part(src, Part { chunk, start: &origin, want: chunk }, call, &mut |at, run| {
            dst.get_mut(at..at + run.len()).into_iter().for_each(|room| room.copy_from_slice(run));
        })?;
        Ok(chunk.clone())
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        let count = self.0.count();
        let inner = self.0.codec.encoded_bound(&self.0.inner)?.checked_mul(count as u64)?;
        inner.checked_add(self.0.index.nbytes(count) as u64)
    }

    fn partial(&self) -> bool {
        self.0.chunk.items == Items::Fixed
    }

    fn decode_part(&self, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
        let shard = &self.0;
        convert::check(&part.within_chunk()?.0, part.want)?;
        let entries = shard.index_of(src, call)?;
        let touched = shard.touched(&part)?;
        for (done, i) in touched.iter().enumerate() {
            call.checkpoint(done as u64, touched.len() as u64)?;
            let (overlap, entry) = (shard.overlap(*i, &part)?, entries.get(*i).copied().flatten());
            shard.decode_overlap(src, entry, part.chunk, &overlap, call, put).map_err(|error| error.in_inner_chunk(*i))?;
        }
        Ok(())
    }

    fn concurrent(&self) -> bool {
        self.0.codec.concurrent()
    }

    fn lossy(&self) -> bool {
        self.0.codec.lossy()
    }
}
