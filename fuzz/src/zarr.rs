//! Any text as a `.zarray` or a `zarr.json`, and any bytes as a chunk of that array: what stands behind the first NUL.

use std::ffi::{CStr, CString, c_char};
use std::mem::ManuallyDrop;
use std::ptr;

use numcodecs::capi::types::nc_question::{NUMCODECS_Q_FORMAT, NUMCODECS_Q_KIND};
use numcodecs::capi::zarr;

use super::handles::{check, no_error};
use super::{Codec, Decoded, Layout, MAX_OUTPUT, Zarr, boxes};

fn open(json: &[u8]) -> Option<Zarr> {
    let json = CString::new(json).ok()?;
    let (mut array, mut error) = (ptr::null_mut(), no_error());
    let status = unsafe { zarr::nc_zarr_open(json.as_ptr(), ptr::null(), &mut array, &mut error) };
    check(status, &error).then_some(Zarr(array))
}

fn key_and_shape(array: &Zarr) {
    let (mut shape, mut key, mut error) = ([0; 64], [0 as c_char; 256], no_error());
    let status = unsafe { zarr::nc_zarr_shape(array.0, shape.as_mut_ptr(), 64, &mut error) };
    check(status, &error);
    let status = unsafe { zarr::nc_zarr_chunk_key(array.0, [0; 64].as_ptr(), key.as_mut_ptr(), key.len(), &mut error) };
    check(status, &error);
}

/// Its text in a format; `None` = there is none.
fn written(array: &Zarr, format: i32) -> Option<Decoded> {
    let (mut text, mut error) = (ptr::null_mut(), no_error());
    let status = unsafe { zarr::nc_zarr_metadata(array.0, format, ptr::null(), &mut text, &mut error) };
    check(status, &error).then_some(Decoded(text))
}

fn fill_item(array: &Zarr) -> &[u8] {
    let mut nbytes = 0;
    let item = unsafe { zarr::nc_zarr_fill_item(array.0, &mut nbytes) };
    if item.is_null() { &[] } else { unsafe { std::slice::from_raw_parts(item.cast(), nbytes) } }
}

/// The codec and the layout of a chunk, lent by the array: not to be freed here.
fn lent(array: &Zarr) -> (ManuallyDrop<Codec>, ManuallyDrop<Layout>) {
    let (codec, layout) = unsafe { (zarr::nc_zarr_codec(array.0), zarr::nc_zarr_layout(array.0)) };
    (ManuallyDrop::new(Codec(codec.cast_mut())), ManuallyDrop::new(Layout(layout.cast_mut())))
}

/// The chunk as items in C order; `None` = refused, or not to be held as such.
fn items(array: &Zarr, chunk: &[u8], want: &Layout) -> Option<Vec<u8>> {
    let (codec, layout) = lent(array);
    codec.decode_into(chunk, Some(&layout), Some(want), want.nbytes())
}

/// What is written opens again as the same array, prints the same, and reads the same out of a chunk.
fn write_and_open(array: &Zarr, chunk: &[u8]) {
    let (_, layout) = lent(array);
    let (dtype, shape) = layout.dtype_and_shape();
    let small = layout.query(NUMCODECS_Q_KIND) == 0 && layout.nbytes() < MAX_OUTPUT;
    let want = small.then(|| Layout::new(dtype, 0, &shape, 0).expect("a layout in C order"));
    let before = want.as_ref().and_then(|want| items(array, chunk, want));
    for format in [2, 3] {
        let Some(text) = written(array, format) else { continue };
        let shown = String::from_utf8_lossy(text.bytes());
        let again = open(text.bytes()).unwrap_or_else(|| panic!("refuses what it wrote: {shown}"));
        assert_eq!(i64::from(format), unsafe { zarr::nc_zarr_query(again.0, NUMCODECS_Q_FORMAT as i32) });
        assert!(written(&again, format).is_some_and(|second| second.bytes() == text.bytes()), "prints as something else: {shown}");
        let (_, other) = lent(&again);
        let (second, extents) = other.dtype_and_shape();
        assert_eq!(shape, extents, "{shown}");
        assert!(dtype != second || fill_item(array) == fill_item(&again), "another fill value: {shown}");
        if let (Some(want), Some(before)) = (&want, &before) {
            assert!(items(&again, chunk, want).as_ref() == Some(before), "the chunk became another: {shown}");
        }
    }
}

/// One input.
pub fn zarr(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (json, chunk) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(array) = open(json) else { return };
    key_and_shape(&array);
    let attributes = unsafe { zarr::nc_zarr_attributes(array.0) };
    assert!(attributes.is_null() || unsafe { CStr::from_ptr(attributes) }.to_bytes().starts_with(b"{"));
    let (codec, layout) = lent(&array);
    codec.decode(chunk, Some(&layout), None, false);
    write_and_open(&array, chunk);
    if layout.query(NUMCODECS_Q_KIND) == 0 && layout.nbytes() < MAX_OUTPUT {
        let (mut fill, mut error) = (vec![0u8; layout.nbytes()], no_error());
        check(unsafe { zarr::nc_zarr_fill(array.0, layout.0, fill.as_mut_ptr().cast(), fill.len(), &mut error) }, &error);
        boxes::agree(&codec, chunk, &layout);
        let Some(encoded) = codec.encode(&fill, Some(&layout), None) else { return };
        boxes::agree(&codec, encoded.bytes(), &layout);
        write_and_open(&array, encoded.bytes());
    }
}
