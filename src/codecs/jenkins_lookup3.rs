//! `jenkins_lookup3`: Bob Jenkins' hash as HDF5 uses it, behind the data.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location, Sum};
use crate::core::{Codec, CodecDef, Config, Error, Result};
use crate::kernels::jenkins::Lookup3;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "jenkins_lookup3", make };

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let initval = config.truncated_integer("initval", 0, 0..=u32::MAX.into())? as u32;
    if !config.value("prefix", serde_json::Value::Null).is_null() {
        return Err(Error::config("prefix", "\"prefix\" must be null: bytes cannot be written in JSON"));
    }
    Ok(Box::new(Checksum { location: Location::End, start: move |nbytes| Lookup3::new(nbytes, initval) }))
}

impl Sum for Lookup3 {
    fn update(&mut self, data: &[u8]) {
        self.update(data);
    }

    fn value(&self) -> u32 {
        self.value()
    }
}
