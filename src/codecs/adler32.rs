//! `adler32`: the Adler-32 of zlib, in front of the data unless told otherwise.
#![forbid(unsafe_code)]

use simd_adler32::Adler32;

use super::checksum::{Checksum, Location, Sum};
use crate::core::{Codec, CodecDef, Config, Result};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "adler32", make };

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let location = Location::from_config(config, Location::Start)?;
    Ok(Box::new(Checksum { location, start: |_| Adler32::new() }))
}

impl Sum for Adler32 {
    fn update(&mut self, data: &[u8]) {
        self.write(data);
    }

    fn value(&self) -> u32 {
        self.finish()
    }
}
