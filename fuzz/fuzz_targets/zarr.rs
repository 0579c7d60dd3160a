//! Any text as a `.zarray` or a `zarr.json`, and any bytes as a chunk of that array: what stands behind the first NUL.
#![no_main]

use std::ffi::{CString, c_char};
use std::ptr;

use libfuzzer_sys::fuzz_target;
use numcodecs::capi::{layout, zarr};
use numcodecs_fuzz::handles::{check, no_error};
use numcodecs_fuzz::{Codec, Layout, MAX_OUTPUT, Zarr};

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

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (json, chunk) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(array) = open(json) else { return };
    key_and_shape(&array);
    // Both are lent by the array: not to be freed here.
    let (codec, lent) = unsafe { (zarr::nc_zarr_codec(array.0), zarr::nc_zarr_layout(array.0)) };
    let (codec, lent) = (std::mem::ManuallyDrop::new(Codec(codec.cast_mut())), std::mem::ManuallyDrop::new(Layout(lent.cast_mut())));
    let (nbytes, kind) = unsafe { (layout::nc_layout_query(lent.0, 0), layout::nc_layout_query(lent.0, 5)) };
    codec.decode(chunk, Some(&lent), None, false);
    if kind == 0 && (0..MAX_OUTPUT as i64).contains(&nbytes) {
        let (mut fill, mut error) = (vec![0u8; nbytes as usize], no_error());
        check(unsafe { zarr::nc_zarr_fill(array.0, lent.0, fill.as_mut_ptr().cast(), fill.len(), &mut error) }, &error);
        codec.decode_into(chunk, Some(&lent), Some(&lent), nbytes as usize);
        codec.encode(&fill, Some(&lent), None);
    }
});
