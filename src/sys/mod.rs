//! The C libraries: one file each. Slices and plain values in, `Result` out; no pointer leaves this room.
#![allow(unsafe_code)]

pub mod blosc;
pub mod bzip2;
pub mod lz4;
pub mod lzma;
#[cfg(feature = "zfp")]
pub mod zfp;
pub mod zlib;
pub mod zstd;
