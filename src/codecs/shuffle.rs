//! `shuffle`: byte shuffle of the whole chunk.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::config::{as_integer, wrong_type};
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Layout, Result, Sink};
use crate::kernels::shuffle::{shuffle, unshuffle};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "shuffle", make };

struct Shuffle {
    /// Sizes of 1 and less copy.
    elementsize: usize,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let value = config.value("elementsize", 4.into());
    let size = as_integer(&value).ok_or_else(|| wrong_type("elementsize", "an integer", &value))?;
    Ok(Box::new(Shuffle { elementsize: usize::try_from(size).unwrap_or(1).max(1) }))
}

impl Shuffle {
    fn run(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>, kernel: fn(usize, &[u8], &mut [u8])) -> Result<Layout> {
        let src = src.bytes()?;
        if !src.len().is_multiple_of(self.elementsize) {
            return Err(Error::shape(format!("{} bytes are not a whole number of elements of {} bytes", src.len(), self.elementsize)));
        }
        match self.elementsize {
            1 => out.write(src)?,
            size => kernel(size, src, out.take(src.len())?),
        }
        Ok(Layout::bytes(src.len()))
    }
}

impl Codec for Shuffle {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out, shuffle)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out, unshuffle)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(src.nbytes() as u64)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        Ok(Info::nbytes(src.len() as u64))
    }
}
