//! Any bytes as a shard: its index through the shard calls, and the shard as a chunk; both must agree on which inner chunks there are.

use std::ffi::CString;
use std::mem::ManuallyDrop;
use std::ptr;

use numcodecs::capi::{shard, types, zarr};

use super::handles::{check, no_error};
use super::{Codec, Input, Layout, Zarr};

/// Inner chunks of a shard.
const INNER: i64 = 4;

fn open(location: &str, checksum: bool) -> Zarr {
    let json = format!(
        r#"{{"zarr_format": 3, "node_type": "array", "shape": [16], "data_type": "int16", "fill_value": 7,
        "chunk_grid": {{"name": "regular", "configuration": {{"chunk_shape": [16]}}}}, "chunk_key_encoding": {{"name": "default"}},
        "codecs": [{{"name": "sharding_indexed", "configuration": {{"chunk_shape": [4], "index_location": "{location}",
        "codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}, {{"name": "gzip", "configuration": {{"level": 1}}}}],
        "index_codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}{}]}}}}]}}"#,
        if checksum { r#", {"name": "crc32c"}"# } else { "" }
    );
    let json = CString::new(json).expect("no NUL in it");
    let (mut array, mut error) = (ptr::null_mut(), no_error());
    let status = unsafe { zarr::nc_zarr_open(json.as_ptr(), ptr::null(), &mut array, &mut error) };
    assert!(check(status, &error), "the metadata is valid");
    Zarr(array)
}

/// Where the inner chunks lie, by the index at the end or the start of `bytes`; `None` = refused.
fn ranges(array: &Zarr, bytes: &[u8]) -> Option<Vec<(u64, u64)>> {
    let (mut offset, mut nbytes, mut error, mut opened) = (0, 0, no_error(), ptr::null_mut());
    check(unsafe { shard::nc_zarr_index_range(array.0, &mut offset, &mut nbytes, &mut error) }, &error);
    let index = if offset < 0 { bytes.get(bytes.len().checked_sub(nbytes)?..)? } else { bytes.get(..nbytes)? };
    let total = bytes.len() as u64;
    let status = unsafe { shard::nc_shard_open(array.0, index.as_ptr().cast(), index.len(), total, &mut opened, &mut error) };
    check(status, &error).then_some(())?;
    let mut found = Vec::new();
    for at in 0..INNER {
        let (mut from, mut n) = (0, 0);
        let status = unsafe { shard::nc_shard_entry(opened, &at, &mut from, &mut n, &mut error) };
        assert!(check(status, &error), "inner chunk {at} is one");
        assert!(from + n <= total, "inner chunk {at} leaves the shard");
        found.extend(((from, n) != (0, 0)).then_some((from, n)));
    }
    let outside = unsafe { shard::nc_shard_entry(opened, &INNER, &mut 0, &mut 0, &mut error) };
    assert_eq!(outside, types::nc_status_code::NUMCODECS_ERR_SHAPE as i32);
    unsafe { shard::nc_shard_free(opened) };
    let mut ranges: Vec<_> = found.iter().filter(|(_, n)| *n > 0).collect();
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "inner chunks overlap");
    Some(found)
}

/// One input.
pub fn shard(data: &[u8]) {
    let mut input = Input(data);
    let choice = input.byte();
    let array = open(if choice & 1 == 0 { "end" } else { "start" }, choice & 2 != 0);
    let found = ranges(&array, input.0);
    // Both are lent by the array: not to be freed here.
    let (codec, layout) = unsafe { (zarr::nc_zarr_codec(array.0), zarr::nc_zarr_layout(array.0)) };
    let (codec, layout) = (ManuallyDrop::new(Codec(codec.cast_mut())), ManuallyDrop::new(Layout(layout.cast_mut())));
    let whole = codec.decode_into(input.0, Some(&layout), Some(&layout), 32);
    assert!(whole.is_none() || found.is_some(), "the whole shard decodes, its index does not");
    if found.is_some_and(|found| found.is_empty()) {
        assert!(whole.is_none_or(|whole| whole == [7, 0].repeat(16)), "a shard of no inner chunks is the fill value");
    }
}
