//! `jenkins_lookup3`: Bob Jenkins' hash as HDF5 uses it, behind the data.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location, Sum};
use crate::core::{Codec, CodecDef, Config, Error, Result};
use crate::kernels::copy::copy;
use crate::kernels::jenkins::Lookup3;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "jenkins_lookup3", make };

/// Bytes summed up and then copied: whole words, little enough for the first cache.
const PIECE: usize = 12 << 10;

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let initval = config.truncated_integer("initval", 0, 0..=u32::MAX.into())? as u32;
    if !config.value("prefix", serde_json::Value::Null).is_null() {
        return Err(Error::config("prefix", "\"prefix\" must be null: bytes cannot be written in JSON"));
    }
    Ok(Box::new(Checksum { location: Location::End, start: move |nbytes| Lookup3::new(nbytes, initval) }))
}

impl Sum for Lookup3 {
    fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        for (from, to) in src.chunks(PIECE).zip(dst.chunks_mut(PIECE)) {
            self.update(from);
            copy(from, to);
        }
    }

    fn value(&self) -> u32 {
        self.value()
    }
}
