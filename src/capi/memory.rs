//! A destination of the caller, which may grow through a callback.

use std::ffi::c_void;

use super::options::Options;
use super::{null, types::nc_grow_fn};
use crate::core::error::{Error, Kind, Result};
use crate::core::sink::CallerMemory;

/// The block behind `dst`.
pub struct Destination {
    data: *mut u8,
    room: usize,
    grow: nc_grow_fn,
    user: *mut c_void,
}

impl Destination {
    /// Checks the pointer and that `src` lies elsewhere.
    pub fn new(dst: *mut c_void, room: usize, src: &[u8], options: &Options) -> Result<Self> {
        if dst.is_null() && room > 0 {
            return Err(null("dst"));
        }
        let (from, to) = (src.as_ptr() as usize, dst as usize);
        if !src.is_empty() && room > 0 && from < to.saturating_add(room) && to < from.saturating_add(src.len()) {
            return Err(Error::unsupported("src and dst share memory"));
        }
        let room = room.min(isize::MAX as usize);
        Ok(Destination { data: dst.cast(), room, grow: options.grow, user: options.grow_user })
    }

    /// Memory that cannot grow and into which nothing is decoded.
    ///
    /// Safety: `dst` is NULL or valid for writes of `room` bytes, which nobody else uses meanwhile.
    pub unsafe fn plain(dst: *mut c_void, room: usize) -> Result<Self> {
        if dst.is_null() && room > 0 {
            return Err(null("dst"));
        }
        Ok(Destination { data: dst.cast(), room: room.min(isize::MAX as usize), grow: None, user: std::ptr::null_mut() })
    }
}

impl CallerMemory for Destination {
    fn bytes(&mut self) -> &mut [u8] {
        if self.room == 0 {
            return &mut [];
        }
        // SAFETY: the caller gave `room` bytes behind `data` for the time of the call and promised that nobody else uses them; bytes
        // from C count as initialised, whatever they are.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.room) }
    }

    fn grow(&mut self, nbytes: usize) -> Result<()> {
        let grow = self.grow.filter(|_| nbytes <= isize::MAX as usize);
        let grow = grow.ok_or_else(|| Error::space(self.room, Some(nbytes as u64)))?;
        // SAFETY: the caller's own callback with its own pointer.
        let block = unsafe { grow(self.user, nbytes) };
        if block.is_null() {
            return Err(Error::new(Kind::Callback, format!("the grow callback refused {nbytes} bytes")));
        }
        self.data = block.cast();
        self.room = nbytes;
        Ok(())
    }
}
