//! `crc32c`: the CRC-32 of Castagnoli, behind the data unless told otherwise.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location};
use crate::core::{Codec, CodecDef, Config, Result};
use crate::kernels::crc32::Crc32;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "crc32c", make };

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let location = Location::from_config(config, Location::End)?;
    Ok(Box::new(Checksum { location, start: |_| Crc32::castagnoli() }))
}
