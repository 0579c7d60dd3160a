//! What filters share that work item by item: encoding and decoding of whole chunks, and what is known without that.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::pieces::{Filter, Piecewise};
use crate::core::{ArrayRef, Codec, Layout, Result, Sink};

/// A filter as a codec.
pub struct ByItem<F>(pub F);

impl<F: Filter> Codec for ByItem<F> {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (bytes, strict) = (src.bytes()?, out.call().strict());
        self.0.encoding(src.layout(), strict, &mut |running| running.run(bytes, out))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (bytes, strict) = (src.bytes()?, out.call().strict());
        self.0.decoding(src.layout(), strict, &mut |running| running.run(bytes, out))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        self.0.encoded(src).ok().map(|layout| layout.nbytes() as u64)
    }

    fn encoded_layout(&self, src: &Layout) -> Result<Option<Layout>> {
        self.0.encoded(src).map(Some)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let layout = self.0.decoded(&Layout::bytes(src.len()))?;
        Ok(if self.0.knows_dtype() { Info::array(layout) } else { Info::nbytes(layout.nbytes() as u64) })
    }

    fn elementwise(&self) -> bool {
        self.0.elementwise()
    }

    fn piecewise(&self) -> Piecewise<'_> {
        Piecewise::Filter(&self.0)
    }

    fn lossy(&self) -> bool {
        self.0.lossy()
    }
}
