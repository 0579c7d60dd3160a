//! The codec table. A codec is one file here and two lines below.

use crate::core::CodecDef;

mod shuffle;
mod zlib;

/// All built-in codecs, by id.
#[rustfmt::skip] // one line each, so that adding one touches one
pub const ALL: &[&CodecDef] = &[
    &shuffle::DEF,
    &zlib::DEF,
];

/// The codec of that id.
pub fn find(id: &str) -> Option<&'static CodecDef> {
    ALL.iter().copied().find(|def| def.id == id)
}
