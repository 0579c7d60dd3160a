//! Every codec of the Python package numcodecs, behind a C ABI.
//!
//! The rooms, from the ground up: [`kernels`] (arithmetic on slices), [`core`] (types, errors, limits), [`sys`] (one file per C
//! library), [`codecs`] (one file per codec), [`registry`], [`pipeline`], [`zarr`] and [`operation`] (configuration to codec, several
//! codecs as one, metadata to codec, codec to result), [`batch`] (many
//! at once), and `capi`, the only exports. Every room imports only rooms before it. `docs/conventions.md` gives the rules.

pub mod batch;
pub mod capi;
pub mod codecs;
pub mod core;
pub mod kernels;
pub mod operation;
pub mod pipeline;
pub mod registry;
pub mod sys;
pub mod zarr;
