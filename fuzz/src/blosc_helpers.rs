//! Any bytes through the helpers of Blosc, LZ4 and Zstandard.

use std::ffi::c_void;
use std::ptr;

use numcodecs::capi::{blosc, checksum, lz4, zstd};

use super::handles::{Decoded, check, no_error, options};
use super::{Input, MAX_OUTPUT};

type Call<'a> = &'a dyn Fn(*const c_void, usize, &mut Decoded, &mut numcodecs::capi::types::nc_error) -> i32;

fn result(src: &[u8], call: Call) -> Option<Decoded> {
    let (mut out, mut error) = (Decoded(ptr::null_mut()), no_error());
    let status = call(src.as_ptr().cast(), src.len(), &mut out, &mut error);
    check(status, &error).then_some(out)
}

/// One input.
pub fn blosc_helpers(data: &[u8]) {
    let mut input = Input(data);
    let (start, items) = (input.byte() * input.byte(), input.byte() * input.byte());
    let src = input.0;
    let (bytes, n) = (src.as_ptr().cast(), src.len());
    let (mut nbytes, mut cbytes, mut blocksize, mut typesize) = (0, 0, 0, 0);
    let (mut shuffle, mut stored, mut library, mut hash, mut error) = (0, 0, ptr::null(), 0, no_error());
    let options = options(false);
    let sized = unsafe { blosc::nc_blosc_cbuffer_sizes(bytes, n, &mut nbytes, &mut cbytes, &mut blocksize, &mut error) };
    check(sized, &error);
    check(unsafe { blosc::nc_blosc_cbuffer_complib(bytes, n, &mut library, &mut error) }, &error);
    check(unsafe { blosc::nc_blosc_cbuffer_metainfo(bytes, n, &mut typesize, &mut shuffle, &mut stored, &mut error) }, &error);
    check(unsafe { checksum::nc_jenkins_lookup3(bytes, n, 0, &mut hash, &mut error) }, &error);
    let whole = result(src, &|b, n, out, e| unsafe { blosc::nc_blosc_decompress(b, n, &options, &mut out.0, e) });
    let part = result(src, &|b, n, out, e| unsafe { blosc::nc_blosc_decompress_partial(b, n, start, items, &options, &mut out.0, e) });
    if let Some(whole) = whole {
        assert!(sized == 0 && whole.bytes().len() == nbytes && nbytes <= MAX_OUTPUT);
        let range = (start * typesize).min(nbytes)..((start + items) * typesize).min(nbytes);
        assert!(part.is_none_or(|part| part.bytes() == &whole.bytes()[range]), "the part is not that of the whole");
    }
    result(src, &|b, n, out, e| unsafe { lz4::nc_lz4_decompress(b, n, &options, &mut out.0, e) });
    result(src, &|b, n, out, e| unsafe { zstd::nc_zstd_decompress(b, n, &options, &mut out.0, e) });
}
