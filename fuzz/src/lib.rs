//! What the fuzz targets share: the configurations they choose from, and owners of the handles that the C API gives.
//!
//! Everything goes through the C functions, as a user's bytes do. A target chooses with the first bytes of its input and hands on the rest.

pub mod handles;
pub mod input;

pub use handles::{Codec, Decoded, Layout, Zarr};
pub use input::{Input, codec, layout};

/// Most bytes of result: hostile input may claim any size.
pub const MAX_OUTPUT: usize = 1 << 18;
/// Most memory of the library for one call.
pub const MAX_MEMORY: usize = 96 << 20;
