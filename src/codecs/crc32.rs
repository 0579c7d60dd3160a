//! `crc32`: the CRC-32 of zlib, in front of the data unless told otherwise.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location, Sum};
use crate::core::{Codec, CodecDef, Config, Result};
use crate::kernels::crc32::Crc32;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "crc32", make };

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let location = Location::from_config(config, Location::Start)?;
    Ok(Box::new(Checksum { location, start: |_| Crc32::zlib() }))
}

impl Sum for Crc32 {
    fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        self.copy(src, dst);
    }

    fn value(&self) -> u32 {
        self.value()
    }
}
