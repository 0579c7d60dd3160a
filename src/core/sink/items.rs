//! Items of variable length in a sink: where each one ends.

use super::{Sink, Target};
use crate::core::error::{Error, Result};

impl Sink<'_> {
    /// Prepares for `count` items of variable length; `count` must be backed by input that was seen.
    pub fn begin_items(&mut self, count: usize) -> Result<()> {
        let nbytes = count.saturating_add(1).saturating_mul(size_of::<i64>());
        self.charged += self.call.charge(nbytes)?.keep();
        self.offsets.try_reserve_exact(count.saturating_add(1)).map_err(|_| Error::memory(nbytes as u64))?;
        self.offsets.push(self.len as i64);
        Ok(())
    }

    /// Ends the item that was being written.
    pub fn end_item(&mut self) -> Result<()> {
        self.end_item_at(self.len)
    }

    /// Ends an item at byte `end` of the result, for a codec that knows all lengths before it writes the bytes in one go.
    pub fn end_item_at(&mut self, end: usize) -> Result<()> {
        if self.offsets.len() == self.offsets.capacity() {
            self.offsets.try_reserve(1).map_err(|_| Error::memory(size_of::<i64>() as u64))?;
        }
        self.offsets.push(end as i64);
        Ok(())
    }

    /// Room for exactly `n` more bytes, as [`Sink::take`] gives it, and where the ends of the items in it go.
    pub fn take_items(&mut self, n: usize) -> Result<(&mut [u8], &mut Vec<i64>)> {
        let end = self.make_room(n, n)?;
        let start = std::mem::replace(&mut self.len, end);
        let memory = match &mut self.target {
            Target::Owned(bytes) => bytes.as_mut_slice(),
            Target::Caller(memory) => memory.bytes(),
        };
        Ok((memory.get_mut(start..end).unwrap_or_default(), &mut self.offsets))
    }

    /// Forgets the ends of all items but the first `count`.
    pub fn keep_items(&mut self, count: usize) {
        self.offsets.truncate(count.saturating_add(1));
    }

    /// What was written so far, and the offsets of its items.
    pub fn items(&mut self) -> (&[u8], &[i64]) {
        let len = self.len;
        let memory = match &mut self.target {
            Target::Owned(bytes) => bytes.as_mut_slice(),
            Target::Caller(memory) => memory.bytes(),
        };
        (memory.get(..len).unwrap_or_default(), &self.offsets)
    }

    /// As [`Sink::ready`], and where the ends of the items in it go.
    pub fn ready_items(&mut self) -> Option<(&mut [u8], usize, &mut Vec<i64>)> {
        let (n, start) = (self.ready()?.len(), self.len);
        let memory = match &mut self.target {
            Target::Owned(bytes) => bytes.as_mut_slice(),
            Target::Caller(memory) => memory.bytes(),
        };
        Some((memory.get_mut(start..start + n)?, start, &mut self.offsets))
    }

    /// Appends one item of variable length.
    pub fn write_item(&mut self, bytes: &[u8]) -> Result<()> {
        self.write(bytes)?;
        self.end_item()
    }

    /// Puts the items into another order: `from` tells for each place which item comes there.
    pub fn reorder_items(&mut self, from: &[usize]) -> Result<()> {
        let nbytes = size_of_val(self.offsets.as_slice());
        let _charge = self.call.charge(nbytes)?;
        let mut old = self.call.scratch(self.len)?;
        old.bytes.copy_from_slice(self.written());
        let mut offsets = Vec::new();
        offsets.try_reserve_exact(self.offsets.len()).map_err(|_| Error::memory(nbytes as u64))?;
        let mut end = self.offsets.first().map_or(0, |start| *start as usize);
        offsets.push(end as i64);
        for item in from {
            let bytes = match (self.offsets.get(*item), self.offsets.get(item + 1)) {
                (Some(&start), Some(&end)) => old.bytes.get(start as usize..end as usize).unwrap_or_default(),
                _ => &[],
            };
            let start = end;
            end += bytes.len();
            if let Some(room) = self.memory().get_mut(start..end) {
                room.copy_from_slice(bytes);
            }
            offsets.push(end as i64);
        }
        self.offsets = offsets;
        Ok(())
    }
}
