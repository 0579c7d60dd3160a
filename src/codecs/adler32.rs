//! `adler32`: the Adler-32 of zlib, in front of the data unless told otherwise.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location};
use crate::core::{Codec, CodecDef, Config, Result};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "adler32", make };

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let location = Location::from_config(config, Location::Start)?;
    Ok(Box::new(Checksum { location, sum }))
}

fn sum(data: &[u8]) -> u32 {
    simd_adler32::adler32(&data)
}
