//! The codec table. A codec is one file here and two lines below.

use crate::core::CodecDef;

mod adler32;
mod astype;
mod base64;
mod bitround;
pub mod blosc;
mod bz2;
mod categorize;
mod checksum;
mod crc32;
mod crc32c;
mod deflate;
mod delta;
mod filter;
mod fixedscaleoffset;
mod fletcher32;
mod gzip;
mod jenkins_lookup3;
mod json;
mod json2;
mod json_text;
mod lz4;
mod lzma;
mod msgpack;
mod msgpack2;
mod msgpack_values;
mod packbits;
mod pcodec;
mod pickle;
mod quantize;
mod shuffle;
mod vlen_array;
mod vlen_bytes;
mod vlen_utf8;
#[cfg(feature = "zfp")]
mod zfpy;
mod zlib;
mod zstd;

#[cfg(test)]
mod compressor_tests;
#[cfg(test)]
pub(crate) mod testing;

/// Names and versions of the C libraries inside.
pub use crate::sys::VERSIONS as ENGINES;

/// All built-in codecs, by id.
#[rustfmt::skip] // one line each, so that adding one touches one
pub const ALL: &[&CodecDef] = &[
    &adler32::DEF,
    &astype::DEF,
    &base64::DEF,
    &bitround::DEF,
    &blosc::DEF,
    &bz2::DEF,
    &categorize::DEF,
    &crc32::DEF,
    &crc32c::DEF,
    &delta::DEF,
    &fixedscaleoffset::DEF,
    &fletcher32::DEF,
    &gzip::DEF,
    &jenkins_lookup3::DEF,
    &json2::DEF,
    &lz4::DEF,
    &lzma::DEF,
    &msgpack2::DEF,
    &packbits::DEF,
    &pcodec::DEF,
    &pickle::DEF,
    &quantize::DEF,
    &shuffle::DEF,
    &vlen_array::DEF,
    &vlen_bytes::DEF,
    &vlen_utf8::DEF,
    #[cfg(feature = "zfp")] &zfpy::DEF,
    &zlib::DEF,
    &zstd::DEF,
];

/// Layouts that numcodecs had once, under ids that it does not know any more. Built only where a registry names them.
#[rustfmt::skip]
pub const LEGACY: &[&CodecDef] = &[
    &json::DEF,
    &msgpack::DEF,
];

/// The codec of that id.
pub fn find(id: &str) -> Option<&'static CodecDef> {
    ALL.iter().copied().find(|def| def.id == id)
}

/// The legacy codec of that id.
pub fn find_legacy(id: &str) -> Option<&'static CodecDef> {
    LEGACY.iter().copied().find(|def| def.id == id)
}
