//! Reads the caller's options.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use super::types::{nc_grow_fn, nc_options, nc_progress_fn};
use crate::core::call::{Call, Limits};
use crate::core::error::{Error, Result};

/// Options as read: limits for the call, callbacks for this thread.
pub struct Options {
    limits: Limits,
    threads_said: bool,
    pub grow: nc_grow_fn,
    pub grow_user: *mut c_void,
    progress: nc_progress_fn,
    progress_user: *mut c_void,
    touched: *mut u64,
}

impl Options {
    /// The same with `nthreads` where the caller did not say how many.
    pub fn or_threads(mut self, nthreads: i32) -> Self {
        if !self.threads_said {
            self.limits.nthreads = usize::try_from(nthreads).unwrap_or(1);
        }
        self
    }

    /// Runs `body` with the call that these options describe, and reports its end to the progress callback. `nbytes` is the total
    /// where the codec reports none.
    pub fn run<T>(&self, nbytes: usize, body: impl FnOnce(Call<'_>) -> Result<T>) -> Result<T> {
        let (last_total, stopped) = (Cell::new(nbytes as u64), Cell::new(false));
        let report = |done: u64, total: u64| {
            last_total.set(total);
            // Who said stop is not asked again.
            if let Some(progress) = self.progress.filter(|_| !stopped.get()) {
                // SAFETY: the caller promises that the callback takes its own pointer and returns normally.
                stopped.set(unsafe { progress(self.progress_user, done, total) } != 0);
            }
            !stopped.get()
        };
        let report: &dyn Fn(u64, u64) -> bool = &report;
        let call = Call::new(&self.limits, self.progress.map(|_| report));
        let result = body(call)?;
        call.checkpoint(last_total.get(), last_total.get())?;
        Ok(result)
    }

    /// Tells the caller how many bytes of input were read.
    pub fn tell_touched(&self, touched: u64) {
        if !self.touched.is_null() {
            // SAFETY: the caller's number; a plain write.
            unsafe { self.touched.write(touched) };
        }
    }
}

/// Reads `opt`, which may come from an older or a newer caller.
///
/// Safety: `opt` is NULL or points to a struct whose first field tells its size.
pub unsafe fn read(opt: *const nc_options) -> Result<Options> {
    let mut own = nc_options {
        struct_size: 0,
        max_output: 0,
        max_memory: 0,
        nthreads: 0,
        flags: 0,
        grow: None,
        grow_user: ptr::null_mut(),
        progress: None,
        progress_user: ptr::null_mut(),
        touched: ptr::null_mut(),
    };
    if !opt.is_null() {
        // SAFETY: promised by the caller.
        unsafe { copy_known(opt, &mut own)? };
    }
    let limit = |n: u64| (n > 0).then_some(n);
    let mut limits = Limits::new(limit(own.max_output), limit(own.max_memory));
    limits.nthreads = threads(own.nthreads)?;
    limits.strict = match own.flags {
        0 => false,
        1 => true,
        other => return Err(Error::unsupported(format!("options.flags {other:#x} are not known"))),
    };
    Ok(Options {
        limits,
        threads_said: own.nthreads != 0,
        grow: own.grow,
        grow_user: own.grow_user,
        progress: own.progress,
        progress_user: own.progress_user,
        touched: own.touched,
    })
}

/// Copies the fields that both sides know; bytes that only the caller knows must be 0.
///
/// Safety: `from` points to a struct whose first field tells its size.
pub unsafe fn copy_known<T>(from: *const T, to: &mut T) -> Result<()> {
    // SAFETY: the first field of every growing struct is its size.
    let size = unsafe { from.cast::<usize>().read() };
    if !(size_of::<usize>()..=4096).contains(&size) {
        return Err(Error::unsupported(format!("struct_size {size} is not that of a known struct")));
    }
    let known = size.min(size_of::<T>());
    // SAFETY: the caller says that `size` bytes are there; every bit pattern of a caller's plain struct is copied as it is.
    unsafe { ptr::copy_nonoverlapping(from.cast::<u8>(), ptr::from_mut(to).cast::<u8>(), known) };
    // SAFETY: as above, `known..size` lies inside the caller's struct.
    let tail = unsafe { std::slice::from_raw_parts(from.cast::<u8>().add(known), size - known) };
    if tail.iter().any(|byte| *byte != 0) {
        return Err(Error::unsupported("a field of the struct is set that this version of the library does not know"));
    }
    Ok(())
}

fn threads(asked: i32) -> Result<usize> {
    match asked {
        0 => Ok(1),
        -1 => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        n => usize::try_from(n).map_err(|_| Error::unsupported(format!("options.nthreads {n} is negative"))),
    }
}
