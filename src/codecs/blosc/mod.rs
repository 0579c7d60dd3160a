//! `blosc`: chunks of Blosc 1. Encoding is c-blosc's, so that bytes are those of numcodecs; decoding is our own.
#![forbid(unsafe_code)]

use crate::core::codec::{Blocks, Info};
use crate::core::{ArrayRef, Codec, CodecDef, Config, Layout, Result, Sink};
use crate::sys::blosc::OVERHEAD;

#[cfg(test)]
mod blosc_tests;
mod blosclz;
mod chunk;
mod decode;
mod encode;
mod header;
mod worker;

use decode::Decoder;
use encode::{Params, compress};
pub use header::Header;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "blosc", make };

struct Blosc {
    params: Params,
    decoder: Decoder,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Blosc { params: Params::from_config(config)?, decoder: Decoder::default() }))
}

/// What the header of a chunk says; its first 16 bytes suffice.
pub fn header(src: &[u8]) -> Result<Header> {
    Header::parse(src)
}

/// Decodes `nitems` items from item `start` on, in items of the typesize that the chunk stores. Blocks outside are not read.
pub fn decode_items(src: &[u8], start: usize, nitems: usize, out: &mut Sink<'_>) -> Result<Layout> {
    Decoder::default().decode_items(src, start, nitems, out)
}

impl Codec for Blosc {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        compress(&self.params, src.layout().dtype.itemsize, src.bytes()?, out).map(Layout::bytes)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.decoder.decode(src.bytes()?, out).map(Layout::bytes)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some((src.nbytes() + OVERHEAD) as u64)
    }

    fn partial(&self) -> bool {
        true
    }

    fn blocks(&self, src: &[u8]) -> Result<Blocks> {
        header(src).map(|header| Blocks { total: header.nbytes, size: header.blocksize })
    }

    fn decode_range(&self, src: &[u8], start: usize, nbytes: usize, out: &mut Sink<'_>) -> Result<()> {
        self.decoder.decode_range(src, start, nbytes, out)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        header(src).map(|header| Info::nbytes(header.nbytes as u64))
    }
}
