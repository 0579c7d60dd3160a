//! What a configuration says of compression, and where the chunk goes.
#![forbid(unsafe_code)]

use serde_json::Value;

use super::settings::{Compressor, Settings};
use super::write::Encoder;
use crate::core::config::{as_integer, is_integer};
use crate::core::pieces::Source;
use crate::core::pool::Pool;
use crate::core::{Config, Error, Kind, Result, Sink};
use crate::sys::blosc::{MAX_INPUT, OVERHEAD, Shuffle};

/// How to compress, as a configuration says it.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    compressor: Compressor,
    clevel: u8,
    /// `None` = by bits for items of one byte, by bytes for others.
    shuffle: Option<Shuffle>,
    blocksize: i32,
    /// `None` = the size of the items that come.
    typesize: Option<usize>,
}

impl Params {
    /// Reads all keys. `typesize` is never printed.
    pub fn from_config(config: &mut Config<'_>) -> Result<Self> {
        Ok(Params {
            compressor: compressor(&config.text("cname", "lz4")?)?,
            clevel: config.truncated_integer("clevel", 5, 0..=9)? as u8,
            shuffle: match config.truncated_integer("shuffle", 1, -1..=2)? {
                0 => Some(Shuffle::None),
                1 => Some(Shuffle::Byte),
                2 => Some(Shuffle::Bit),
                _ => None,
            },
            blocksize: config.truncated_integer("blocksize", 0, i32::MIN.into()..=i32::MAX.into())? as i32,
            typesize: typesize(config.raw("typesize"))?,
        })
    }

    /// With items of `itemsize` bytes.
    fn settings(&self, itemsize: usize) -> Settings {
        let typesize = self.typesize.unwrap_or(itemsize).max(1);
        let auto = if typesize == 1 { Shuffle::Bit } else { Shuffle::Byte };
        Settings {
            compressor: self.compressor,
            clevel: self.clevel,
            shuffle: self.shuffle.unwrap_or(auto),
            typesize,
            blocksize: self.blocksize,
        }
    }
}

fn compressor(cname: &str) -> Result<Compressor> {
    let unknown = || Error::config("cname", "\"cname\" must be one of blosclz, lz4, lz4hc, snappy, zlib, zstd");
    Compressor::ALL.into_iter().find(|c| c.name() == cname).ok_or_else(unknown)
}

/// What is not an integer counts as not given, as in numcodecs.
fn typesize(value: Option<&Value>) -> Result<Option<usize>> {
    let Some(value) = value.filter(|v| v.is_boolean() || matches!(v, Value::Number(n) if is_integer(n))) else {
        return Ok(None);
    };
    let size = as_integer(value).and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=i32::MAX as usize).contains(n));
    let wrong = || Error::config("typesize", format!("\"typesize\" must be from 1 to {}, not {value}", i32::MAX));
    size.map(Some).ok_or_else(wrong)
}

/// Compresses chunks as a configuration says it; keeps what that takes between calls.
pub struct Packer {
    params: Params,
    encoders: Pool<Encoder>,
}

impl Packer {
    /// Of chunks like that.
    pub fn new(params: Params) -> Self {
        Packer { params, encoders: Pool::default() }
    }

    /// Appends `src`, items of `itemsize` bytes, as a chunk to `out`. The bytes do not depend on the room that `out` has.
    pub fn compress(&self, itemsize: usize, src: &mut dyn Source, out: &mut Sink<'_>) -> Result<usize> {
        let (nbytes, call) = (src.nbytes(), out.call());
        if nbytes > MAX_INPUT {
            return Err(Error::shape(format!("{nbytes} bytes are more than the {MAX_INPUT} of a blosc chunk")));
        }
        call.checkpoint(0, nbytes as u64)?;
        let mut encoder = self.encoders.get(|| Ok::<_, Error>(Encoder::default()))?;
        let done = write(&mut encoder, &self.params.settings(itemsize), src, out);
        if encoder.is_large() {
            encoder.discard();
        }
        done
    }
}

fn write(encoder: &mut Encoder, settings: &Settings, src: &mut dyn Source, out: &mut Sink<'_>) -> Result<usize> {
    let (call, most) = (out.call(), src.nbytes() + OVERHEAD);
    match out.take(most) {
        Ok(dst) => {
            let written = encoder.write(settings, src, dst, &call)?;
            out.retract(most - written);
            Ok(written)
        }
        // With less room there would be other bytes, as with c-blosc.
        Err(error) if matches!(error.kind(), Kind::Space | Kind::Limit) => {
            let mut aside = call.scratch(most)?;
            let written = encoder.write(settings, src, &mut aside.bytes, &call)?;
            out.write(aside.bytes.get(..written).unwrap_or_default())?;
            Ok(written)
        }
        Err(error) => Err(error),
    }
}
