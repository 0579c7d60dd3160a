//! Arithmetic and memory kernels: safe functions over slices and plain values.
//!
//! The lowest room. It imports nothing of ours; `unsafe` is allowed here for SIMD and raw allocation only.
#![allow(unsafe_code)]

pub mod alloc;
pub mod fletcher32;
pub mod jenkins;
pub mod shuffle;
