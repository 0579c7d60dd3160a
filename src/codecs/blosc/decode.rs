//! Decodes a range of a chunk: which blocks it takes, and who decodes them.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::blocks::Blocks;
use super::chunk::Chunk;
use super::header::Header;
use super::worker::Worker;
use crate::core::panic::contained;
use crate::core::pieces::{Memory, Taker};
use crate::core::pool::{Pool, Pooled};
use crate::core::{Call, Error, Layout, Result, Sink};

/// A thread is not worth starting for less.
const BYTES_PER_THREAD: usize = 128 << 10;
/// Copied at a time, so that a caller can follow and cancel.
const PIECE: usize = 1 << 20;

/// Decodes chunks; keeps what its threads need between calls.
#[derive(Default)]
pub struct Decoder {
    workers: Pool<Worker>,
}

impl Decoder {
    /// Appends the whole content of `src` to `out`.
    pub fn decode(&self, src: &[u8], out: &mut Sink<'_>) -> Result<usize> {
        let chunk = Chunk::open(src, out.call().strict())?;
        self.range(&chunk, 0, chunk.header.nbytes, out)?;
        Ok(chunk.header.nbytes)
    }

    /// As [`Decoder::decode_range`], in items of the typesize that the chunk stores.
    pub fn decode_items(&self, src: &[u8], start: usize, nitems: usize, out: &mut Sink<'_>) -> Result<Layout> {
        if nitems == 0 {
            return Err(Error::shape("0 items are no part of a chunk")); // as numcodecs
        }
        let size = Header::parse(src)?.typesize;
        let nbytes = nitems.saturating_mul(size);
        self.decode_range(src, start.saturating_mul(size), nbytes, out)?;
        Ok(Layout::bytes(nbytes))
    }

    /// Appends `nbytes` bytes of the content from byte `start` on. Of the other blocks nothing is read, not even where they are.
    pub fn decode_range(&self, src: &[u8], start: usize, nbytes: usize, out: &mut Sink<'_>) -> Result<()> {
        let chunk = Chunk::open(src, out.call().strict())?;
        let total = chunk.header.nbytes;
        if start.checked_add(nbytes).is_none_or(|end| end > total) {
            return Err(Error::shape(format!("{nbytes} bytes from byte {start} on are not inside the {total} of the chunk")));
        }
        self.range(&chunk, start, nbytes, out)
    }

    /// Hands the content to `then`, block by block, on this thread.
    pub fn decode_to(&self, src: &[u8], call: Call<'_>, then: &mut Taker<'_>) -> Result<Layout> {
        let chunk = Chunk::open(src, call.strict())?;
        let nbytes = chunk.header.nbytes;
        if chunk.header.is_stored() || nbytes == 0 {
            call.touch(nbytes);
            return then(&mut Memory::new(chunk.stored().get(..nbytes).unwrap_or_default()));
        }
        for block in 0..chunk.header.nblocks() {
            call.touch(chunk.check_backing(block)?);
        }
        let mut worker = self.workers.get(|| Ok::<_, Error>(Worker::default()))?;
        let done = Blocks::new(&chunk, &mut worker, call).and_then(|mut blocks| then(&mut blocks));
        done_with(worker);
        done
    }

    fn range(&self, chunk: &Chunk<'_>, start: usize, nbytes: usize, out: &mut Sink<'_>) -> Result<()> {
        if nbytes == 0 {
            return Ok(());
        }
        if chunk.header.is_stored() {
            out.call().touch(nbytes);
            return copy(chunk.stored().get(start..start + nbytes).unwrap_or_default(), out);
        }
        let blocksize = chunk.header.blocksize;
        let blocks = start / blocksize..=(start + nbytes - 1) / blocksize;
        let call = out.call();
        for block in blocks.clone() {
            call.touch(chunk.check_backing(block)?);
        }
        let threads = call.nthreads().min(blocks.count()).min(nbytes / BYTES_PER_THREAD).max(1);
        let parts = Parts { rest: out.take(nbytes)?, block: start / blocksize, skip: start % blocksize, blocksize };
        let job = Job { chunk, total: nbytes as u64, parts: Mutex::new(parts), failed: Mutex::new(None) };
        self.run(&job, call, threads)?;
        job.failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Works on `job` with this thread and `threads - 1` more, or with as many as the system gives.
    fn run(&self, job: &Job<'_, '_>, call: Call<'_>, threads: usize) -> Result<()> {
        if threads == 1 {
            return self.work(job, call);
        }
        let limits = call.limits();
        thread::scope(|scope| {
            let help = || contained(|| self.work(job, Call::new(limits, None)));
            let started: Vec<_> = (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, help).ok()).collect();
            let done = self.work(job, call);
            // The end of the scope waits for the work only, not until a thread has left the library, which may be unloaded next.
            started.into_iter().fold(done, |done, thread| done.and(thread.join().unwrap_or(Ok(()))))
        })
    }

    fn work(&self, job: &Job<'_, '_>, call: Call<'_>) -> Result<()> {
        let mut worker = self.workers.get(|| Ok::<_, Error>(Worker::default()))?;
        while let Some(part) = job.next() {
            let checked = call.checkpoint(part.done(job.total), job.total);
            let Part { block, skip, dst, .. } = part;
            if let Err(error) = checked.and_then(|()| worker.decode(job.chunk, block, skip, dst, &call)) {
                job.fail(block, error);
            }
        }
        done_with(worker);
        Ok(())
    }
}

/// Keeps what a worker holds for the next call, unless that is a lot.
fn done_with(worker: Pooled<'_, Worker>) {
    if worker.is_large() {
        worker.discard();
    }
}

/// Copies in pieces.
fn copy(src: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let call = out.call();
    let dst = out.take(src.len())?;
    for (i, (to, from)) in dst.chunks_mut(PIECE).zip(src.chunks(PIECE)).enumerate() {
        call.checkpoint((i * PIECE) as u64, src.len() as u64)?;
        to.copy_from_slice(from);
    }
    Ok(())
}

/// The destination, cut at the borders of the blocks.
struct Parts<'d> {
    rest: &'d mut [u8],
    block: usize,
    skip: usize,
    blocksize: usize,
}

/// What one block contributes.
struct Part<'d> {
    block: usize,
    skip: usize,
    dst: &'d mut [u8],
    /// Bytes of the destination from `dst` to the end.
    left: u64,
}

impl Part<'_> {
    fn done(&self, total: u64) -> u64 {
        total - self.left
    }
}

impl<'d> Iterator for Parts<'d> {
    type Item = Part<'d>;

    fn next(&mut self) -> Option<Part<'d>> {
        let left = self.rest.len() as u64;
        let len = (self.blocksize - self.skip).min(self.rest.len());
        let dst = self.rest.split_off_mut(..len).filter(|dst| !dst.is_empty())?;
        let part = Part { block: self.block, skip: self.skip, dst, left };
        (self.block, self.skip) = (self.block + 1, 0);
        Some(part)
    }
}

/// What the threads of a call share.
struct Job<'c, 'd> {
    chunk: &'c Chunk<'c>,
    total: u64,
    parts: Mutex<Parts<'d>>,
    failed: Mutex<Option<(usize, Error)>>,
}

impl<'d> Job<'_, 'd> {
    /// The next part. Parts are handed out in order, so the first bad block is always among them, however many threads there are.
    fn next(&self) -> Option<Part<'d>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Keeps the error of the first bad block and hands out no more.
    fn fail(&self, block: usize, error: Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.as_ref().is_none_or(|(first, _)| block < *first) {
            *failed = Some((block, error));
        }
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).rest = &mut [];
    }
}
