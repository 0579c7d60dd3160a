//! The C libraries: one file each. Slices and plain values in, `Result` out; no pointer leaves this room.
#![allow(unsafe_code)]

use std::ffi::CStr;

pub mod blosc;
pub mod bzip2;
pub mod libdeflate;
pub mod lz4;
pub mod lzma;
#[cfg(feature = "zfp")]
pub mod zfp;
pub mod zlib;
pub mod zstd;

/// What a C library says its version is: a number, for some with words around it.
pub type Version = fn() -> &'static CStr;

/// Every C library of this build.
pub const VERSIONS: &[(&str, Version)] = &[
    ("bzip2", bzip2::version),
    ("c-blosc", blosc::version),
    ("libdeflate", libdeflate::version),
    ("liblzma", lzma::version),
    ("lz4", lz4::version),
    #[cfg(feature = "zfp")]
    ("zfp", zfp::version),
    ("zlib", zlib::version),
    ("zstd", zstd::version),
];
