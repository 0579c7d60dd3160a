//! The arrays of a batch: memory of the caller that the threads of one call share.

use std::ffi::c_void;

use super::batch::nc_batch;
use super::layout::extents;
use super::options::{self, Options};
use super::types::{nc_error, nc_status};
use super::zarr::nc_zarr;
use super::{bytes, null, required, text};
use crate::batch::{self, Outcome};
use crate::core::call::Call;
use crate::core::error::{Error, Kind, Result};
use crate::core::layout::{Layout, Order};
use crate::registry::Instance;

/// The caller's arrays, checked for NULL.
pub struct Batch<'a> {
    src: &'a [*const c_void],
    src_nbytes: &'a [usize],
    dst: &'a [*mut c_void],
    dst_nbytes: &'a [usize],
    starts: *const i64,
    counts: *const i64,
    written: *mut usize,
    status: *mut nc_status,
    errors: *mut nc_error,
    fill: Option<&'a nc_zarr>,
}

// SAFETY: workers only read the arrays, which nobody changes during the call, and write behind `dst` through [`Block`]; `written`,
// `status` and `errors` are written by the calling thread alone.
unsafe impl Sync for Batch<'_> {}

/// Memory of the caller that other threads may hold parts of, so no reference to it is made unless it is known to be exclusive.
#[derive(Clone, Copy)]
pub struct Block {
    data: *mut u8,
    pub room: usize,
}

/// One chunk.
#[derive(Clone, Copy)]
pub struct Item {
    /// Its number in the batch.
    pub number: usize,
    /// Where it goes.
    pub dst: Block,
}

impl Block {
    /// Its first `n` bytes, or all where it has fewer.
    pub fn up_to(self, n: usize) -> Self {
        Block { room: self.room.min(n), ..self }
    }

    /// Copies a run to byte `at`; nothing past the room.
    pub fn put(self, at: usize, run: &[u8]) {
        if at.checked_add(run.len()).is_some_and(|end| end <= self.room) {
            // SAFETY: inside the room that the caller gave; no other chunk holds these bytes, as the caller promises.
            unsafe { self.data.add(at).copy_from_nonoverlapping(run.as_ptr(), run.len()) };
        }
    }

    /// The first `n` bytes of the room, or what there is.
    ///
    /// Safety: nobody else uses them as long as `'a`.
    pub unsafe fn slice<'a>(self, n: usize) -> &'a mut [u8] {
        match self.room.min(n) {
            0 => &mut [],
            // SAFETY: not NULL with room, as checked when the batch was read; exclusive as promised.
            n => unsafe { std::slice::from_raw_parts_mut(self.data, n) },
        }
    }
}

impl<'a> Batch<'a> {
    /// Reads and checks the arrays; every status is then NOT_DONE.
    ///
    /// Safety: `batch` is NULL or a struct of the caller whose arrays have n elements and are valid as long as `'a`.
    pub unsafe fn read(batch: *const nc_batch) -> Result<Self> {
        // SAFETY: zero is a valid value of every field: NULL or 0.
        let mut own: nc_batch = unsafe { std::mem::zeroed() };
        // SAFETY: promised by the caller.
        unsafe {
            required(batch, "batch")?;
            options::copy_known(batch, &mut own)?;
        }
        let n = own.n;
        // SAFETY: promised by the caller: n elements each.
        unsafe {
            bytes(own.status.cast_const(), n, "batch->status")?;
            (0..n).for_each(|i| own.status.add(i).write(Kind::NotDone as nc_status));
            if !own.written.is_null() {
                (0..n).for_each(|i| own.written.add(i).write(0));
            }
            let (src, src_nbytes) = (bytes(own.src, n, "batch->src")?, bytes(own.src_nbytes, n, "batch->src_nbytes")?);
            let (dst, dst_nbytes) = (bytes(own.dst, n, "batch->dst")?, bytes(own.dst_nbytes, n, "batch->dst_nbytes")?);
            if dst.iter().zip(dst_nbytes).any(|(dst, room)| dst.is_null() && *room > 0) {
                return Err(null("batch->dst[i]"));
            }
            let (starts, counts, fill) = (own.starts, own.counts, own.fill.as_ref());
            let (written, status, errors) = (own.written, own.status, own.errors);
            Ok(Batch { src, src_nbytes, dst, dst_nbytes, starts, counts, written, status, errors, fill })
        }
    }

    /// Number of chunks.
    pub fn len(&self) -> usize {
        self.src.len()
    }

    /// All chunks, and where they go.
    pub fn items(&self) -> impl Iterator<Item = Item> {
        (0..self.len()).filter_map(|i| self.at(i).ok())
    }

    /// Chunk `i`, and where it goes.
    pub fn at(&self, i: usize) -> Result<Item> {
        let block = |(dst, room): (&*mut c_void, &usize)| Block { data: dst.cast(), room: (*room).min(isize::MAX as usize) };
        let dst = self.dst.get(i).zip(self.dst_nbytes.get(i)).map(block);
        dst.map(|dst| Item { number: i, dst }).ok_or_else(|| Error::shape("no such chunk"))
    }

    /// The input of a chunk; `None` = absent.
    pub fn input(&self, i: usize) -> Result<Option<&'a [u8]>> {
        match (self.src.get(i), self.src_nbytes.get(i)) {
            // SAFETY: the caller gives that many bytes behind each pointer.
            (Some(src), Some(n)) if !src.is_null() => unsafe { bytes(src.cast::<u8>(), *n, "batch->src[i]") }.map(Some),
            _ => Ok(None),
        }
    }

    /// Where the box of chunk `i` begins.
    pub fn start(&self, i: usize, ndim: usize) -> Result<Option<Vec<usize>>> {
        self.row(self.starts, i, ndim, "batch->starts")
    }

    /// Whether chunks are cropped.
    pub fn has_counts(&self) -> bool {
        !self.counts.is_null()
    }

    /// Row `i` of an array of n times `ndim` numbers; `None` for NULL.
    fn row(&self, array: *const i64, i: usize, ndim: usize, name: &str) -> Result<Option<Vec<usize>>> {
        if array.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller gives n times one number for each dimension.
        let all = unsafe { bytes(array, self.src.len().saturating_mul(ndim), name)? };
        let row = all.get(i * ndim..(i + 1) * ndim).unwrap_or_default();
        extents(row, name).map(Some)
    }

    /// Layout of the memory of chunk `i`: `each`, cropped to its counts.
    pub fn cropped(&self, i: usize, each: &Layout) -> Result<Layout> {
        let Some(counts) = self.row(self.counts, i, each.shape().len(), "batch->counts")? else { return Ok(each.clone()) };
        if counts.iter().zip(each.shape()).any(|(count, n)| count > n) {
            return Err(Error::shape(format!("counts {counts:?} are more than the {:?} elements of each", each.shape())));
        }
        Layout::new(each.dtype, each.items, &counts, Some(&each.strides()), Order::Strided)
    }

    /// Runs all chunks and tells the caller what became of them.
    pub fn run(
        &self,
        codec: &Instance,
        options: &Options,
        index: &mut i64,
        work: &(dyn Fn(usize, Call<'_>) -> Result<usize> + Sync),
    ) -> Result<()> {
        options.run(self.src.len(), |call| {
            let outcomes = batch::run(self.src.len(), &call, codec.concurrent(), work)?;
            outcomes.iter().enumerate().for_each(|(i, outcome)| self.tell(i, outcome));
            summary(outcomes, index)
        })
    }

    fn tell(&self, i: usize, outcome: &Outcome) {
        let not_done = Error::new(Kind::NotDone, "the chunk was never started");
        let failure = match outcome {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error),
            None => Some(&not_done),
        };
        // SAFETY: the caller's arrays have n elements and i < n; plain writes by the calling thread.
        unsafe {
            self.status.add(i).write(failure.map_or(0, |error| error.kind() as nc_status));
            if let (false, Some(Ok(n))) = (self.written.is_null(), outcome) {
                self.written.add(i).write(*n);
            }
            if let Some(record) = (!self.errors.is_null()).then(|| self.errors.add(i)).and_then(|record| record.as_mut()) {
                match failure {
                    Some(error) => text::fill(record, error),
                    None => text::clear(record),
                }
                record.index = i as i64;
            }
        }
    }

    /// Fill value in all of `room`, which has the layout `want`.
    pub fn fill(&self, want: &Layout, room: &mut [u8]) -> Result<()> {
        match self.fill {
            Some(zarr) => zarr.zarr.fill.write(&zarr.zarr.layout, want, room),
            None => Ok(()), // scratch memory is zeroed
        }
    }
}

/// What the whole call says: the first failure, and whether chunks were never started.
fn summary(outcomes: Vec<Outcome>, index: &mut i64) -> Result<()> {
    let cancelled = outcomes.iter().any(Option::is_none);
    let failed = outcomes.into_iter().enumerate().find_map(|(i, outcome)| Some((i, outcome?.err()?)));
    match failed {
        Some((i, error)) => {
            *index = i as i64;
            Err(if cancelled { error.with_kind(Kind::Cancelled) } else { error })
        }
        None if cancelled => Err(Error::new(Kind::Cancelled, "cancelled before all chunks were started")),
        None => Ok(()),
    }
}

/// Refuses blocks that share bytes; there are `n` at the most.
pub fn disjoint(n: usize, all: impl Iterator<Item = Result<Option<Block>>>) -> Result<()> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    blocks.try_reserve_exact(n).map_err(|_| Error::memory((n * size_of::<(usize, usize)>()) as u64))?;
    for block in all.take(n) {
        blocks.extend(block?.filter(|b| b.room > 0).map(|b| (b.data as usize, b.room)));
    }
    blocks.sort_unstable();
    let apart = |pair: &[(usize, usize)]| matches!(pair, [(a, n), (b, _)] if a.saturating_add(*n) <= *b);
    if blocks.windows(2).all(apart) {
        return Ok(());
    }
    Err(Error::shape("two destinations of the batch share memory"))
}
