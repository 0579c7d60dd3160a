//! The C ABI: the only exports of the library. Nobody imports this room.
//!
//! Comments on exported items are the documentation of `include/numcodecs.h` and are written for readers of C; reasoning about the
//! Rust side stands in `//` comments. Every function checks its pointers, runs inside [`boundary`], and leaves out-pointers NULL or 0
//! on failure.
#![allow(unsafe_code)]
#![allow(non_camel_case_types)] // C names
#![allow(clippy::missing_safety_doc)] // the C comments say what is asked of pointers

pub mod types;

pub mod library;

pub mod codec;

pub mod layout;

pub mod encode;

pub mod decode;

pub mod buffer;

pub mod registry;

pub mod zarr;

pub mod shard;

pub mod batch;

pub mod blosc;

pub mod lz4;

pub mod zstd;

pub mod checksum;

mod batch_arrays;
mod batch_items;
mod helper;
mod memory;
mod options;
mod text;

#[cfg(feature = "test-hooks")]
pub mod test_hooks;

use std::ffi::c_char;

use crate::core::error::{Error, Kind, Result};
use crate::core::panic::contained;
use types::{nc_error, nc_status};

/// Runs the body of an exported function: no panic leaves, the outcome becomes a status and the caller's error record.
///
/// Safety: `err` is NULL or points to an `nc_error` of the caller.
fn boundary(err: *mut nc_error, body: impl FnOnce() -> Result<()>) -> nc_status {
    let outcome = contained(body);
    let status = outcome.as_ref().map_or_else(|error| error.kind() as nc_status, |()| 0);
    // SAFETY: NULL or the caller's record, valid for the call.
    if let Some(record) = unsafe { err.as_mut() } {
        match &outcome {
            Ok(()) => text::clear(record),
            Err(error) => text::fill(record, error),
        }
    }
    status
}

/// The body of an exported function that returns no status; `unknown` where it panics.
fn answer<T>(unknown: T, body: impl FnOnce() -> T) -> T {
    contained(|| Ok(body())).unwrap_or(unknown)
}

/// A pointer that must not be NULL.
///
/// Safety: `pointer` is NULL or valid for reads as long as `'a`.
unsafe fn required<'a, T>(pointer: *const T, argument: &str) -> Result<&'a T> {
    // SAFETY: promised by the caller.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(argument))
}

/// An out-pointer that must not be NULL, set to `initial`.
///
/// Safety: `pointer` is NULL or valid for writes as long as `'a`.
unsafe fn out<'a, T>(pointer: *mut T, initial: T, argument: &str) -> Result<&'a mut T> {
    if pointer.is_null() {
        return Err(null(argument));
    }
    // SAFETY: promised by the caller; a plain write, the old content may be uninitialised.
    unsafe {
        pointer.write(initial);
        Ok(&mut *pointer)
    }
}

/// Bytes of the caller: NULL is allowed for 0 bytes.
///
/// Safety: `data` is NULL or valid for reads of `nbytes` bytes as long as `'a`.
unsafe fn bytes<'a, T>(data: *const T, count: usize, argument: &str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(null(argument));
    }
    if count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Error::shape(format!("argument {argument}: {count} elements are more than memory can hold")));
    }
    if !data.is_aligned() {
        return Err(Error::shape(format!("argument {argument} is not aligned to {} bytes", align_of::<T>())));
    }
    // SAFETY: not NULL, aligned, and promised to be valid for `count` elements.
    Ok(unsafe { std::slice::from_raw_parts(data, count) })
}

/// NUL-terminated UTF-8 of the caller.
///
/// Safety: `string` is NULL or a C string valid as long as `'a`.
unsafe fn string<'a>(string: *const c_char, argument: &str) -> Result<&'a str> {
    if string.is_null() {
        return Err(null(argument));
    }
    // SAFETY: not NULL and promised to end with NUL.
    let text = unsafe { std::ffi::CStr::from_ptr(string) };
    text.to_str().map_err(|e| Error::config("", format!("argument {argument} is not UTF-8 at byte {}", e.valid_up_to())))
}

/// Gives a box away to the caller.
fn give<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes back what [`give`] gave; NULL is fine.
///
/// Safety: `pointer` is NULL or came from [`give`] and was not freed.
unsafe fn free<T>(pointer: *mut T) {
    // Callbacks of custom codecs may run here.
    answer((), || {
        if !pointer.is_null() {
            // SAFETY: promised by the caller.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

fn null(argument: &str) -> Error {
    Error::new(Kind::Null, format!("argument {argument} is NULL"))
}
