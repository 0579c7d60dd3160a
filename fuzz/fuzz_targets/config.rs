//! Any text as a configuration; what is accepted prints as something that makes an equal codec.
#![no_main]

use std::ffi::CStr;

use libfuzzer_sys::fuzz_target;
use numcodecs::capi::codec::{nc_codec_config, nc_codec_equal};
use numcodecs_fuzz::Codec;

fuzz_target!(|text: &str| {
    let Some(codec) = Codec::new(text) else { return };
    let printed = unsafe { CStr::from_ptr(nc_codec_config(codec.0)) }.to_str().expect("JSON is UTF-8");
    let again = Codec::new(printed).unwrap_or_else(|| panic!("refuses what it printed: {printed}"));
    assert_eq!(unsafe { nc_codec_equal(codec.0, again.0) }, 1, "{printed}");
});
