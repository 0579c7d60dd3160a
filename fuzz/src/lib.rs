//! The fuzz targets, and what they share: the configurations they choose from, and owners of the handles that the C API gives.
//!
//! Everything goes through the C functions, as a user's bytes do. A target chooses with the first bytes of its input and hands on the rest.
//! `fuzz_targets` makes programs of them, `tests/fuzz_corpus.rs` of the library runs them over the inputs in `corpus`.

mod batch;
mod blosc_helpers;
mod boxes;
mod config;
mod decode;
mod handles;
mod input;
mod registry;
mod round_trip;
mod shard;
mod zarr;

pub use batch::batch;
pub use blosc_helpers::blosc_helpers;
pub use config::config;
pub use decode::decode;
pub use input::ids;
pub use registry::registry;
pub use round_trip::round_trip;
pub use shard::shard;
pub use zarr::zarr;

use handles::{Codec, Decoded, Layout, Zarr};
use input::{Input, codec, layout};

/// Most bytes of result: hostile input may claim any size.
const MAX_OUTPUT: usize = 1 << 18;
/// Most memory of the library for one call.
const MAX_MEMORY: usize = 96 << 20;
