//! Shards of items of variable length.

use super::shard::{Shard, range};
use super::shard_index::reserved;
use crate::core::{ArrayRef, Layout, Result, Sink, nested};

impl Shard {
    /// A whole shard of items of variable length.
    pub(super) fn decode_items(&self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let (call, count) = (out.call(), self.chunk.count());
        let _charge = call.charge(count.saturating_mul(size_of::<Option<usize>>()))?;
        let mut aside = Sink::between(call);
        aside.begin_items(count)?;
        let mut sources: Vec<Option<usize>> = reserved(count)?; // for each place in the shard the item of `aside`
        sources.resize(count, None);
        for (i, entry) in self.index_of(src, call)?.into_iter().enumerate() {
            call.checkpoint(i as u64, self.count() as u64)?;
            let Some((from, n)) = entry else { continue };
            let first = aside.items().1.len() - 1;
            self.decode_inner_items(range(src, from, n), &mut aside).map_err(|error| error.in_inner_chunk(i))?;
            for (item, place) in self.places(i)?.into_iter().enumerate() {
                sources.get_mut(place).into_iter().for_each(|source| *source = Some(first + item));
            }
        }
        let (bytes, offsets) = aside.items();
        out.begin_items(count)?;
        for source in sources {
            let item = match source {
                Some(i) => offsets.get(i..i + 2).map_or(&[][..], |pair| item(bytes, pair)),
                None => &self.fill()?.item,
            };
            out.write_item(item)?;
        }
        Ok(())
    }

    /// Appends the items of one inner chunk.
    fn decode_inner_items(&self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let mut inner = Sink::between(out.call());
        self.codec.decode(&ArrayRef::fixed(&Layout::bytes(src.len()), src)?, &mut inner)?;
        let (bytes, offsets) = inner.items();
        offsets.windows(2).try_for_each(|pair| out.write_item(item(bytes, pair)))
    }

    /// The places in the shard of the items of inner chunk `i`, both in C order.
    fn places(&self, i: usize) -> Result<Vec<usize>> {
        let strides: Vec<usize> = self.chunk.strides().iter().map(|stride| stride / self.chunk.dtype.itemsize.max(1)).collect();
        let first = self.origin(i).iter().zip(&strides).map(|(at, stride)| at * stride).sum();
        nested::places(self.inner.shape(), &strides, first)
    }

    /// Appends inner chunk `i` of an array, if it is not all fill value; says whether it did.
    pub(super) fn encode_inner_items(&self, src: &ArrayRef<'_>, i: usize, out: &mut Sink<'_>) -> Result<bool> {
        let mut items: Vec<&[u8]> = reserved(self.inner.count())?;
        items.extend(self.places(i)?.into_iter().map(|place| src.item(place)));
        if self.known_fill().is_some_and(|fill| items.iter().all(|item| *item == fill)) {
            return Ok(false);
        }
        self.codec.encode(&ArrayRef::apart(&self.inner, &items)?, out).map(|_| true)
    }
}

/// The item between two offsets.
fn item<'b>(bytes: &'b [u8], pair: &[i64]) -> &'b [u8] {
    match pair {
        [from, to] => bytes.get(*from as usize..*to as usize).unwrap_or_default(),
        _ => &[],
    }
}
