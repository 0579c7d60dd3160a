//! `fletcher32`: the checksum of HDF5's filter of that name, behind the data.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location};
use crate::core::{Codec, CodecDef, Config, Result};
use crate::kernels::fletcher32::fletcher32;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "fletcher32", make };

fn make(_: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Checksum { location: Location::End, sum: fletcher32 }))
}
