//! A box of a chunk, by the blocks that it touches.

use super::box_of;
use crate::core::call::Call;
use crate::core::codec::Blocks;
use crate::core::convert;
use crate::core::error::{Error, Result};
use crate::core::layout::Layout;
use crate::core::sink::{Fixed, Sink};
use crate::registry::Instance;

/// As [`super::decode_part`] for a codec that decodes in blocks: of the others nothing is read.
pub fn decode(
    codec: &Instance,
    src: &[u8],
    chunk: &Layout,
    start: &[usize],
    want: &Layout,
    call: Call<'_>,
    put: impl FnMut(usize, &[u8]),
) -> Result<()> {
    let (part, first) = box_of(chunk, start, want)?;
    convert::check(&part, want)?;
    let Blocks { total, size } = codec.blocks(src)?;
    if total != chunk.nbytes() {
        return Err(Error::shape(format!("the chunk decodes to {total} bytes, its layout takes {}", chunk.nbytes())));
    }
    if want.count() == 0 {
        return Ok(());
    }
    let mut aside = call.scratch(part.span())?; // zero pages: those between the blocks are never touched
    for (from, to) in ranges(&part, first, size.max(1)) {
        let room = aside.bytes.get_mut(from - first..to - first).unwrap_or_default();
        let mut memory = Fixed(room);
        codec.decode_range(src, from, to - from, &mut Sink::within(call, &mut memory))?;
        if part.dtype.big_endian != want.dtype.big_endian {
            convert::swap_bytes(room, part.dtype);
        }
    }
    convert::scatter(&aside.bytes, &part, want, put);
    Ok(())
}

/// Byte ranges of a box, in rising order; those in one block or in neighbouring ones are joined.
fn ranges(part: &Layout, first: usize, block: usize) -> Vec<(usize, usize)> {
    let mut dims: Vec<(usize, usize)> = part.strides().into_iter().zip(part.shape().iter().copied()).filter(|(_, n)| *n > 1).collect();
    dims.sort_unstable();
    let mut run = part.dtype.itemsize;
    while let Some(&(stride, extent)) = dims.first().filter(|(stride, _)| *stride == run) {
        run = stride * extent;
        dims.remove(0);
    }
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let runs: usize = dims.iter().map(|(_, n)| n).product();
    for i in 0..runs {
        let mut left = i;
        let from = dims.iter().fold(first, |at, (stride, n)| {
            let at = at + left % n * stride;
            left /= n;
            at
        });
        match ranges.last_mut() {
            Some((_, end)) if from / block <= (*end - 1) / block + 1 => *end = from + run,
            _ => ranges.push((from, from + run)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::call::Limits;
    use crate::core::{Dtype, Order};
    use crate::operation::{Source, decode_box, encode};
    use crate::pipeline::from_json;

    fn layout(dtype: &str, shape: &[usize], order: Order) -> Layout {
        Layout::contiguous(Dtype::parse(dtype).expect(dtype), shape, order).expect("layout")
    }

    #[test]
    fn ranges_join_within_neighbouring_blocks_only() {
        let chunk = layout("<u2", &[4, 100, 10], Order::C);
        let of = |start: &[usize], counts: &[usize], block| {
            let (part, first) = box_of(&chunk, start, &layout("<u2", counts, Order::C)).expect("inside");
            ranges(&part, first, block)
        };
        assert_eq!(of(&[0, 0, 0], &[4, 100, 10], 64), [(0, 8000)]);
        assert_eq!(of(&[1, 5, 3], &[3, 1, 1], 256), [(2106, 2108), (4106, 4108), (6106, 6108)]);
        assert_eq!(of(&[1, 5, 0], &[2, 2, 10], 256), [(2100, 2140), (4100, 4140)]);
        assert_eq!(of(&[0, 0, 9], &[1, 100, 1], 256), [(18, 2000)]);
    }

    #[test]
    fn a_box_out_of_blocks_is_that_of_the_whole() {
        let chunk = layout(">u2", &[6, 50, 20], Order::F);
        let src: Vec<u8> = (0..6000_u16).flat_map(u16::to_be_bytes).collect();
        let want = layout("<u2", &[2, 3, 5], Order::C);
        let boxed = |json: &str| {
            let (limits, codec) = (Limits::default(), from_json(json, None).expect(json));
            let call = Call::new(&limits, None);
            let mut out = Sink::owned(call);
            encode(&codec, &Source::Fixed(&chunk, &src), &mut out).expect("encodes");
            let stored = out.into_parts().0;
            let mut out = Sink::owned(call);
            decode_box(&codec, &stored, &chunk, &[3, 40, 7], &want, &mut out).expect("decodes");
            (codec.partial(), out.into_parts().0)
        };
        let (partial, items) = boxed(r#"{"id": "blosc", "blocksize": 512}"#);
        assert!(partial);
        assert_eq!((false, items), boxed(r#"{"id": "zlib"}"#));
    }
}
