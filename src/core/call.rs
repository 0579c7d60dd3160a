//! What a caller asked of one call: limits, strictness, threads, progress; and the accounts kept against the limits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::error::{Error, Kind, Result};
use crate::kernels::alloc;

/// Whether `nbytes` can be had now, for code that does not look at what the allocator gives it.
pub fn ask(nbytes: usize) -> Result<()> {
    let memory = std::hint::black_box(alloc::zeroed(nbytes)); // else the compiler takes it for nothing
    memory.map(drop).ok_or_else(|| Error::memory(nbytes as u64))
}

/// Limits and flags of one call, shared by all its threads.
#[derive(Debug, Default)]
pub struct Limits {
    /// Most bytes of result; `None` = no limit.
    pub max_output: Option<u64>,
    /// Most bytes of result and scratch together; `None` = no limit.
    pub max_memory: Option<u64>,
    /// Threads this call may use, itself included.
    pub nthreads: usize,
    /// Refuse what the Python package lets pass: trailing bytes, junk, values that do not survive.
    pub strict: bool,
    used: AtomicU64,
    /// Scratch memory that is free again.
    spare: [Mutex<Vec<u8>>; SPARE],
}

/// Blocks of scratch memory that a call keeps for its next item; more threads than this take new ones.
const SPARE: usize = 4;

/// One call as a codec sees it. Callbacks stay on the calling thread, so this is not `Sync`; [`Limits`] is.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    limits: &'a Limits,
    progress: Option<&'a dyn Fn(u64, u64) -> bool>,
    nthreads: usize,
    touched: Option<&'a AtomicU64>,
}

impl<'a> Call<'a> {
    /// A call under `limits`. `progress(done, total)` returns whether to go on.
    pub fn new(limits: &'a Limits, progress: Option<&'a dyn Fn(u64, u64) -> bool>) -> Self {
        Call { limits, progress, nthreads: limits.nthreads, touched: None }
    }

    /// The share of a call that one of its items gets: `nthreads` of its threads, a progress function of its own.
    #[must_use]
    pub fn share<'b>(&self, nthreads: usize, progress: Option<&'b dyn Fn(u64, u64) -> bool>) -> Call<'b>
    where
        'a: 'b,
    {
        Call { limits: self.limits, progress, nthreads, touched: self.touched }
    }

    /// Whether somebody follows the call.
    pub fn is_followed(&self) -> bool {
        self.progress.is_some()
    }

    /// Whether to refuse what the Python package lets pass.
    pub fn strict(&self) -> bool {
        self.limits.strict
    }

    /// Threads this call may use, itself included: at least 1.
    pub fn nthreads(&self) -> usize {
        self.nthreads.max(1)
    }

    /// The limits, for a worker thread of the same call.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Tells the caller how far the call is; an error if it wants to stop. Long loops come here every megabyte or so.
    pub fn checkpoint(&self, done: u64, total: u64) -> Result<()> {
        match self.progress {
            Some(progress) if !progress(done, total) => Err(Error::new(Kind::Cancelled, format!("cancelled at {done} of {total}"))),
            _ => Ok(()),
        }
    }

    /// Scratch memory, zeroed, counted against `max_memory` until dropped.
    pub fn scratch(&self, nbytes: usize) -> Result<Scratch<'a>> {
        let charge = self.limits.charge(nbytes)?;
        let bytes = alloc::zeroed(nbytes).ok_or_else(|| Error::memory(nbytes as u64))?;
        Ok(Scratch { bytes, _charge: charge, home: None })
    }

    /// As [`Call::scratch`], of any content: for whoever fills all of it, item after item of a batch.
    pub fn reused(&self, nbytes: usize) -> Result<Scratch<'a>> {
        let charge = self.limits.charge(nbytes)?;
        let mut bytes = self.limits.take_spare(nbytes);
        if bytes.capacity() < nbytes {
            bytes = alloc::zeroed(nbytes).ok_or_else(|| Error::memory(nbytes as u64))?;
        }
        bytes.resize(nbytes, 0);
        Ok(Scratch { bytes, _charge: charge, home: Some(self.limits) })
    }

    /// Counts memory that a C library takes for itself (windows, dictionaries) until the charge is dropped.
    pub fn charge(&self, nbytes: usize) -> Result<Charge<'a>> {
        self.limits.charge(nbytes)
    }

    /// An empty list with room for `n` values, counted until the charge is dropped.
    pub fn list<T>(&self, n: usize) -> Result<(Vec<T>, Charge<'a>)> {
        let nbytes = n.saturating_mul(size_of::<T>());
        let (mut list, charge) = (Vec::new(), self.charge(nbytes)?);
        list.try_reserve_exact(n).map_err(|_| Error::memory(nbytes as u64))?;
        Ok((list, charge))
    }

    /// The same call with a count of the bytes of input that are read; `None` where somebody has counted them already.
    #[must_use]
    pub fn counting(self, touched: Option<&'a AtomicU64>) -> Self {
        Call { touched, ..self }
    }

    /// Counts bytes of input.
    pub fn touch(&self, nbytes: usize) {
        if let Some(touched) = self.touched {
            touched.fetch_add(nbytes as u64, Relaxed);
        }
    }

    /// Bytes still free under `max_memory`.
    pub fn memory_left(&self) -> u64 {
        self.limits.max_memory.map_or(u64::MAX, |max| max.saturating_sub(self.limits.used.load(Relaxed)))
    }
}

impl Limits {
    /// Limits for one thread and without strictness.
    pub fn new(max_output: Option<u64>, max_memory: Option<u64>) -> Self {
        Limits { max_output, max_memory, nthreads: 1, ..Limits::default() }
    }

    /// Most bytes that go from one stage to the next while decoding: a multiple of `max_output`, so that a hostile chunk cannot grow
    /// there. No filter turns an item into one of more than 16 times its size.
    pub fn max_between(&self) -> u64 {
        self.max_output.map_or(u64::MAX, |max| max.saturating_mul(16).saturating_add(64 << 10))
    }

    fn charge(&self, nbytes: usize) -> Result<Charge<'_>> {
        let nbytes = nbytes as u64;
        let used = self.used.fetch_add(nbytes, Relaxed).saturating_add(nbytes);
        let charge = Charge { limits: self, nbytes };
        match self.max_memory {
            Some(max) if used > max => Err(Error::limit("max_memory", max, used)),
            _ => Ok(charge),
        }
    }

    fn take_spare(&self, nbytes: usize) -> Vec<u8> {
        let mut free = self.spare.iter().filter_map(|slot| slot.try_lock().ok());
        free.find(|memory| memory.capacity() >= nbytes).map(|mut memory| std::mem::take(&mut *memory)).unwrap_or_default()
    }

    /// Keeps memory that nobody counts; under a limit it goes back at once.
    fn keep_spare(&self, memory: Vec<u8>) {
        let mut free = self.spare.iter().filter_map(|slot| slot.try_lock().ok());
        if let Some(mut slot) = free.find(|slot| slot.capacity() < memory.capacity()).filter(|_| self.max_memory.is_none()) {
            *slot = memory;
        }
    }

    pub(super) fn refund(&self, nbytes: u64) {
        self.used.fetch_sub(nbytes, Relaxed);
    }
}

/// Calls the progress callback every [`STEP`] bytes or so of a loop with many small steps.
#[derive(Debug)]
pub struct Pace {
    next: usize,
}

/// Bytes between two calls of the progress callback.
const STEP: usize = 1 << 20;

impl Default for Pace {
    fn default() -> Self {
        Pace { next: STEP }
    }
}

impl Pace {
    /// Tells how far the loop is.
    pub fn step(&mut self, call: &Call<'_>, done: usize, total: usize) -> Result<()> {
        if done < self.next {
            return Ok(());
        }
        self.next = done.saturating_add(STEP);
        call.checkpoint(done as u64, total as u64)
    }
}

/// Bytes counted against `max_memory`, given back on drop.
#[derive(Debug)]
pub struct Charge<'a> {
    limits: &'a Limits,
    nbytes: u64,
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        self.limits.refund(self.nbytes);
    }
}

impl Charge<'_> {
    /// Keeps the bytes counted; whoever holds the memory gives them back.
    pub(super) fn keep(mut self) -> u64 {
        std::mem::take(&mut self.nbytes)
    }
}

/// Counted scratch memory.
#[derive(Debug)]
pub struct Scratch<'a> {
    /// The memory.
    pub bytes: Vec<u8>,
    _charge: Charge<'a>,
    /// Who keeps the memory for the next item.
    home: Option<&'a Limits>,
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if let Some(home) = self.home {
            home.keep_spare(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_is_counted_and_given_back() {
        let limits = Limits::new(None, Some(10));
        let call = Call::new(&limits, None);
        let first = call.scratch(6).map(|s| s.bytes.len());
        assert_eq!(first.ok(), Some(6));
        let held = call.scratch(6);
        let refused = call.scratch(6).map_err(|e| e.kind());
        assert!(matches!(refused, Err(Kind::Limit)));
        drop(held);
        assert!(call.scratch(10).is_ok());
    }

    #[test]
    fn memory_is_used_again_within_a_call_unless_it_is_limited() {
        let at = |call: &Call<'_>| {
            let both = [call.reused(5000).expect("memory"), call.reused(5000).expect("memory")];
            both.each_ref().map(|scratch| (scratch.bytes.as_ptr() as usize, scratch.bytes.len()))
        };
        let limits = Limits::default();
        let call = Call::new(&limits, None);
        let (mut first, mut again) = (at(&call), at(&call));
        first.sort_unstable();
        again.sort_unstable();
        assert_eq!(first, again);
        assert_eq!(call.reused(100).expect("memory").bytes.len(), 100);
        let limits = Limits::new(None, Some(12_000));
        let call = Call::new(&limits, None);
        assert!(at(&call) != at(&call) || limits.spare.iter().all(|slot| slot.lock().expect("free").capacity() == 0));
    }
}
