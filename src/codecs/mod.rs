//! The codec table. A codec is one file here and two lines below.

use crate::core::CodecDef;

mod adler32;
mod base64;
mod checksum;
mod crc32;
mod crc32c;
mod fletcher32;
mod jenkins_lookup3;
mod shuffle;
mod zlib;

/// All built-in codecs, by id.
#[rustfmt::skip] // one line each, so that adding one touches one
pub const ALL: &[&CodecDef] = &[
    &adler32::DEF,
    &base64::DEF,
    &crc32::DEF,
    &crc32c::DEF,
    &fletcher32::DEF,
    &jenkins_lookup3::DEF,
    &shuffle::DEF,
    &zlib::DEF,
];

/// The codec of that id.
pub fn find(id: &str) -> Option<&'static CodecDef> {
    ALL.iter().copied().find(|def| def.id == id)
}
