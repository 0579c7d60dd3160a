//! `fletcher32`: the checksum of HDF5's filter of that name, behind the data.
#![forbid(unsafe_code)]

use super::checksum::{Checksum, Location, Sum};
use crate::core::{Codec, CodecDef, Config, Result};
use crate::kernels::fletcher32::Fletcher32;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "fletcher32", make };

fn make(_: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Checksum { location: Location::End, start: |_| Fletcher32::default() }))
}

impl Sum for Fletcher32 {
    fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        self.copy(src, dst);
    }

    fn value(&self) -> u32 {
        self.value()
    }
}
