//! The one trait of all codecs, and the entry of a codec in the table.

use super::array::ArrayRef;
use super::call::Call;
use super::config::Config;
use super::error::{Error, Kind, Result};
use super::layout::Layout;
use super::part::{Part, Put};
use super::pieces::Piecewise;
use super::sink::Sink;

/// A codec: immutable after construction, shared by any number of threads.
pub trait Codec: Send + Sync {
    /// Appends the encoded form of `src` to `out` and returns its layout ([`Layout::bytes`] unless it is an array).
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout>;

    /// Appends the decoded form of `src` to `out` and returns the layout that is known: plain bytes for a compressor.
    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout>;

    /// Most bytes that encoding an array of this layout can give; `None` where nobody knows.
    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        None
    }

    /// Layout of the encoded form where it is an array; `None` for bytes.
    fn encoded_layout(&self, _src: &Layout) -> Result<Option<Layout>> {
        Ok(None)
    }

    /// What the encoded bytes claim to hold, without decoding them.
    fn decoded_info(&self, _src: &[u8]) -> Result<Info> {
        Err(Error::new(Kind::UnknownSize, "the encoded bytes do not tell the decoded size"))
    }

    /// Whether several threads may use the codec at once, which only a codec of the caller may deny.
    fn concurrent(&self) -> bool {
        true
    }

    /// The decoded chunk, where the codec is that of an array and knows.
    fn chunk(&self) -> Option<&Layout> {
        None
    }

    /// Whether each item is encoded by itself, so that a box of the encoded array decodes to the same box.
    fn elementwise(&self) -> bool {
        false
    }

    /// Whether parts can be decoded without the rest; [`Codec::decode_part`] then works.
    fn partial(&self) -> bool {
        false
    }

    /// Decodes a box of a chunk and reads no more than that takes; [`super::part::decode`] is for all codecs.
    fn decode_part(&self, _src: &[u8], _part: Part<'_>, _call: Call<'_>, _put: &mut Put<'_>) -> Result<()> {
        Err(Error::unsupported("parts cannot be decoded alone"))
    }

    /// What it does piece by piece, so that a pipeline can keep the pieces in the cache.
    fn piecewise(&self) -> Piecewise<'_> {
        Piecewise::No
    }

    /// Whether decoding may give other values than were encoded.
    fn lossy(&self) -> bool {
        false
    }
}

/// How encoded bytes are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Decoded bytes of all.
    pub total: usize,
    /// Decoded bytes of a block; the last may be shorter.
    pub size: usize,
}

/// What encoded bytes claim to hold. Nothing in it is to be believed before decoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Decoded bytes; for items of variable length the bytes of the items.
    pub nbytes: u64,
    /// Decoded layout, where more than the size is known.
    pub layout: Option<Layout>,
}

impl Info {
    /// A size without a layout.
    pub fn nbytes(nbytes: u64) -> Self {
        Info { nbytes, layout: None }
    }

    /// An array of fixed-size items.
    pub fn array(layout: Layout) -> Self {
        Info { nbytes: layout.nbytes() as u64, layout: Some(layout) }
    }
}

/// An entry of the codec table.
#[derive(Debug)]
pub struct CodecDef {
    /// The `"id"` of configurations.
    pub id: &'static str,
    /// Builds a codec; reads every key it knows from the configuration.
    pub make: fn(&mut Config<'_>) -> Result<Box<dyn Codec>>,
}
