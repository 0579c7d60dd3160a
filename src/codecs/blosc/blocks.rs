//! The content of a chunk as a source: one block at a time.
#![forbid(unsafe_code)]

use super::chunk::Chunk;
use super::worker::Worker;
use crate::core::call::Charge;
use crate::core::pieces::Source;
use crate::core::{Call, Result};

/// A chunk that is decoded block by block.
pub struct Blocks<'b> {
    chunk: &'b Chunk<'b>,
    worker: &'b mut Worker,
    call: Call<'b>,
    /// The next block to decode.
    next: usize,
    /// The block at hand, which goes back to the worker, and what of it is still to be given.
    block: Vec<u8>,
    left: std::ops::Range<usize>,
    _charge: Charge<'b>,
}

impl<'b> Blocks<'b> {
    /// All blocks of `chunk`, which has some.
    pub fn new(chunk: &'b Chunk<'b>, worker: &'b mut Worker, call: Call<'b>) -> Result<Self> {
        let _charge = call.charge(chunk.header.blocksize)?;
        let block = worker.lend(chunk.header.blocksize)?;
        Ok(Blocks { chunk, worker, call, next: 0, block, left: 0..0, _charge })
    }

    /// Decodes the next block where nothing of the last one is left.
    fn refill(&mut self) -> Result<()> {
        if self.left.is_empty() {
            let len = self.chunk.header.block_len(self.next);
            let block = self.block.get_mut(..len).unwrap_or_default();
            self.worker.decode(self.chunk, self.next, 0, block, &self.call)?;
            (self.next, self.left) = (self.next + 1, 0..len);
        }
        Ok(())
    }

    fn take(&mut self, n: usize) -> &[u8] {
        let from = self.left.start;
        self.left.start += n;
        self.block.get(from..from + n).unwrap_or_default()
    }
}

impl Source for Blocks<'_> {
    fn nbytes(&self) -> usize {
        self.chunk.header.nbytes
    }

    fn unit(&self) -> usize {
        1
    }

    fn read(&mut self, mut dst: &mut [u8]) -> Result<()> {
        while !dst.is_empty() {
            self.refill()?;
            let (to, rest) = dst.split_at_mut(self.left.len().min(dst.len()));
            to.copy_from_slice(self.take(to.len()));
            dst = rest;
        }
        Ok(())
    }

    fn next<'s>(&'s mut self, n: usize, room: &'s mut [u8]) -> Result<&'s [u8]> {
        self.refill()?;
        if n <= self.left.len() {
            return Ok(self.take(n));
        }
        let room = room.get_mut(..n).unwrap_or_default();
        self.read(room)?;
        Ok(room)
    }

    fn rewind(&mut self) {
        (self.next, self.left) = (0, 0..0);
    }
}

impl Drop for Blocks<'_> {
    fn drop(&mut self) {
        self.worker.take_back(std::mem::take(&mut self.block));
    }
}
