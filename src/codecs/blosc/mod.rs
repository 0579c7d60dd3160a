//! `blosc`: chunks of Blosc 1. What is written has the bytes of c-blosc, and so of numcodecs.
#![forbid(unsafe_code)]

use crate::core::codec::{Blocks, Info};
use crate::core::part::{self, Part, Put};
use crate::core::pieces::{Ends, Memory, Piecewise, Source, Taker};
use crate::core::sink::Fixed;
use crate::core::{ArrayRef, Call, Codec, CodecDef, Config, Layout, Result, Sink};
use crate::sys::blosc::OVERHEAD;

mod blocks;
#[cfg(test)]
mod blosc_tests;
mod blosclz;
mod chunk;
mod decode;
mod encode;
mod header;
mod settings;
mod worker;
mod write;

use decode::Decoder;
use encode::{Packer, Params};
pub use header::Header;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "blosc", make };

struct Blosc {
    packer: Packer,
    decoder: Decoder,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Blosc { packer: Packer::new(Params::from_config(config)?), decoder: Decoder::default() }))
}

/// What the header of a chunk says; its first 16 bytes suffice.
pub fn header(src: &[u8]) -> Result<Header> {
    Header::parse(src)
}

/// Decodes `nitems` items from item `start` on, in items of the typesize that the chunk stores. Blocks outside are not read.
pub fn decode_items(src: &[u8], start: usize, nitems: usize, out: &mut Sink<'_>) -> Result<Layout> {
    Decoder::default().decode_items(src, start, nitems, out)
}

impl Ends for Blosc {
    fn encode_from(&self, source: &mut dyn Source, src: &Layout, out: &mut Sink<'_>) -> Result<Layout> {
        self.packer.compress(src.dtype.itemsize, source, out).map(Layout::bytes)
    }

    fn decode_to(&self, src: &[u8], call: Call<'_>, then: &mut Taker<'_>) -> Result<Layout> {
        self.decoder.decode_to(src, call, then)
    }
}

impl Codec for Blosc {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.encode_from(&mut Memory::new(src.bytes()?), src.layout(), out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.decoder.decode(src.bytes()?, out).map(Layout::bytes)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some((src.nbytes() + OVERHEAD) as u64)
    }

    fn piecewise(&self) -> Piecewise<'_> {
        Piecewise::Ends(self)
    }

    fn partial(&self) -> bool {
        true
    }

    fn decode_part(&self, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
        let header = header(src)?;
        let blocks = Blocks { total: header.nbytes, size: header.blocksize };
        call.touch(header::SIZE);
        part::by_blocks(blocks, part, call, put, |start, room| {
            let (nbytes, mut memory) = (room.len(), Fixed(room));
            self.decoder.decode_range(src, start, nbytes, &mut Sink::within(call, &mut memory))
        })
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        header(src).map(|header| Info::nbytes(header.nbytes as u64))
    }
}
