//! Memory that the library made.

use std::ffi::c_void;

use super::layout::nc_layout;
use super::types::{nc_error, nc_status};
use super::{answer, boundary, bytes, free, required};
use crate::core::error::{Error, Result};
use crate::core::layout::Layout;
use crate::core::sink::Sink;

/// A result in memory of the library: bytes, their layout, and for items of variable length their offsets. One opaque pointer, so that
/// it fits any finalizer. Everything it lends is valid until nc_buffer_free.
pub struct nc_buffer {
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    layout: nc_layout,
    /// Most bytes that nc_buffer_append may bring it to.
    limit: usize,
}

impl nc_buffer {
    /// What a codec wrote.
    pub(super) fn new(out: Sink<'_>, layout: Layout) -> Self {
        let (bytes, offsets) = out.into_parts();
        nc_buffer { bytes, offsets, layout: nc_layout::new(layout), limit: 0 }
    }

    /// Text, without a NUL.
    pub(super) fn text(text: String) -> Self {
        let layout = nc_layout::new(Layout::bytes(text.len()));
        nc_buffer { bytes: text.into_bytes(), offsets: Vec::new(), layout, limit: 0 }
    }

    /// For a custom codec to append to, up to `limit` bytes.
    pub(super) fn appendable(limit: usize) -> Self {
        nc_buffer { bytes: Vec::new(), offsets: Vec::new(), layout: nc_layout::new(Layout::bytes(0)), limit }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn append(&mut self, data: &[u8]) -> Result<()> {
        let needed = self.bytes.len().saturating_add(data.len());
        if needed > self.limit {
            return Err(Error::limit("the room for this result", self.limit as u64, needed as u64));
        }
        if needed > self.bytes.capacity() {
            let comfortable = needed.max(2 * self.bytes.len()).min(self.limit);
            self.bytes.try_reserve_exact(comfortable - self.bytes.len()).map_err(|_| Error::memory(needed as u64))?;
        }
        self.bytes.extend_from_slice(data);
        self.layout.layout = Layout::bytes(self.bytes.len());
        Ok(())
    }
}

/// The bytes, aligned for any type; NULL when there are none. Lends; the caller may write to them. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_data(buffer: *const nc_buffer) -> *mut c_void {
    answer(std::ptr::null_mut(), || {
        // SAFETY: NULL or a buffer of ours.
        let bytes = unsafe { buffer.as_ref() }.map(nc_buffer::bytes).unwrap_or_default();
        if bytes.is_empty() { std::ptr::null_mut() } else { bytes.as_ptr().cast_mut().cast() }
    })
}

/// Number of bytes; 0 for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_nbytes(buffer: *const nc_buffer) -> usize {
    answer(0, || {
        // SAFETY: NULL or a buffer of ours.
        unsafe { buffer.as_ref() }.map_or(0, |buffer| buffer.bytes.len())
    })
}

/// Layout of the content: dtype, shape, order, kind. Lends: valid until the buffer is freed, not to be freed itself. NULL for NULL.
/// Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_layout(buffer: *const nc_buffer) -> *const nc_layout {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or a buffer of ours.
        unsafe { buffer.as_ref() }.map_or(std::ptr::null(), |buffer| &raw const buffer.layout)
    })
}

/// For items of variable length their n+1 byte offsets: item i is the bytes offsets[i] up to offsets[i + 1] of nc_buffer_data. NULL for
/// fixed-size items and for NULL. Lends. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_offsets(buffer: *const nc_buffer) -> *const i64 {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or a buffer of ours.
        let offsets = unsafe { buffer.as_ref() }.map(|b| b.offsets.as_slice()).unwrap_or_default();
        if offsets.is_empty() { std::ptr::null() } else { offsets.as_ptr() }
    })
}

/// Appends n bytes to the buffer that a custom codec was handed; to be called inside its encode or decode only. data: borrowed, no part
/// of the buffer itself, which may move; NULL is fine for 0 bytes. Errors: _LIMIT (over the limits of the call, or not a buffer to append
/// to), _UNSUPPORTED (a part of the buffer), _MEMORY, _NULL. Exclusive: one thread at a time. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_append(buffer: *mut nc_buffer, data: *const c_void, n: usize, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; the buffer is exclusive to the running callback.
        let (held, data) = unsafe { (required(buffer.cast_const(), "buffer")?.bytes.as_ptr_range(), bytes(data.cast::<u8>(), n, "data")?) };
        let given = data.as_ptr_range();
        if !data.is_empty() && given.start < held.end && held.start < given.end {
            return Err(Error::unsupported("data is a part of the buffer, which may move"));
        }
        // SAFETY: not NULL, a buffer of ours, exclusive.
        unsafe { &mut *buffer }.append(data)
    })
}

/// Frees a buffer and all that it lent; NULL is fine. Takes: free it once. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_buffer_free(buffer: *mut nc_buffer) {
    // SAFETY: NULL or a buffer of ours that was not freed.
    unsafe { free(buffer) }
}
