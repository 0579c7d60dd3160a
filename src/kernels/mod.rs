//! Arithmetic and memory kernels: safe functions over slices and plain values.
//!
//! The lowest room. It imports nothing of ours; `unsafe` is allowed here for SIMD and raw allocation only.
#![allow(unsafe_code)]

pub mod adler32;
pub mod alloc;
pub mod arena;
pub mod base64;
pub mod bitround;
pub mod bitshuffle;
pub mod blocks;
pub mod bunzip2;
pub mod cast;
#[cfg(feature = "zfp")]
pub mod cells;
pub mod complex;
pub mod copy;
pub mod crc32;
pub mod delta;
pub mod fixedscaleoffset;
pub mod fletcher32;
pub mod frames;
pub mod half_cast;
pub mod jenkins;
pub mod labels;
pub mod level;
pub mod number;
pub mod packbits;
pub mod plain;
pub mod quantize;
pub mod shuffle;
pub mod strings;
pub mod text;
pub mod transpose;
mod truncate;
#[cfg(feature = "zfp")]
pub mod zfp;
