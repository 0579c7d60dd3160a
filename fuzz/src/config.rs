//! Any text as a configuration; what is accepted prints as something that makes an equal codec.

use std::ffi::CStr;

use numcodecs::capi::codec::{nc_codec_config, nc_codec_equal};

use super::Codec;

/// One input.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(codec) = Codec::new(text) else { return };
    let printed = unsafe { CStr::from_ptr(nc_codec_config(codec.0)) }.to_str().expect("JSON is UTF-8");
    let again = Codec::new(printed).unwrap_or_else(|| panic!("refuses what it printed: {printed}"));
    assert_eq!(unsafe { nc_codec_equal(codec.0, again.0) }, 1, "{printed}");
}
