//! A box of a chunk: by what the codec can decode alone, else cut out of the whole.

use super::array::ArrayRef;
use super::call::Call;
use super::codec::{Blocks, Codec};
use super::conform::{Told, conform};
use super::convert;
use super::error::{Error, Result};
use super::layout::{Layout, Order};
use super::sink::{Fixed, Sink};

/// Which box, and where it goes.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The whole decoded chunk.
    pub chunk: &'a Layout,
    /// First element of the box, in each dimension.
    pub start: &'a [usize],
    /// The destination; its shape is that of the box.
    pub want: &'a Layout,
}

/// Takes runs of bytes and where in the destination they go.
pub type Put<'p> = dyn FnMut(usize, &[u8]) + 'p;

impl Part<'_> {
    /// The box as a layout over the decoded chunk, and the byte where it begins.
    pub fn within_chunk(&self) -> Result<(Layout, usize)> {
        let Part { chunk, start, want } = self;
        let dense = chunk.dense();
        let inside = |((&n, &from), &count): ((&usize, &usize), &usize)| from.checked_add(count).is_some_and(|end| end <= n);
        if want.shape().len() != start.len()
            || dense.shape().len() != start.len()
            || !dense.shape().iter().zip(*start).zip(want.shape()).all(inside)
        {
            return Err(Error::shape(format!("a box of {:?} at {start:?} is not inside a chunk of {:?}", want.shape(), chunk.shape())));
        }
        let strides = dense.strides();
        let first = strides.iter().zip(*start).map(|(stride, from)| stride * from).sum();
        let part = Layout::new(chunk.dtype, chunk.items, want.shape(), Some(&strides), Order::Strided)?;
        Ok((part, if want.count() == 0 { 0 } else { first }))
    }
}

/// Decodes a box, reading no more than the codec needs for it.
pub fn decode(codec: &dyn Codec, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
    if codec.partial() {
        return codec.decode_part(src, part, call, put);
    }
    cut_out(codec, src, part, call, put)
}

/// Decodes the whole chunk aside, and cuts the box out.
pub fn cut_out(codec: &dyn Codec, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
    call.touch(src.len());
    let call = call.counting(None);
    let nbytes = part.chunk.nbytes();
    let mut aside = call.reused(nbytes)?;
    let mut memory = Fixed(&mut aside.bytes);
    let known = codec.decode(&ArrayRef::fixed(&Layout::bytes(src.len()), src)?, &mut Sink::within(call, &mut memory));
    let have = conform(known.map_err(|error| error.too_long(nbytes))?, Told::Chunk(part.chunk))?;
    cut(&mut aside.bytes, Part { chunk: &have, ..part }, put)
}

/// Cuts a box out of a decoded chunk.
pub fn cut(whole: &mut [u8], part: Part<'_>, put: &mut Put<'_>) -> Result<()> {
    let (inside, first) = part.within_chunk()?;
    convert::check(&inside, part.want)?;
    let bytes = whole.get_mut(first..).unwrap_or_default();
    let bytes = bytes.get_mut(..inside.span()).unwrap_or_default();
    if inside.dtype.big_endian != part.want.dtype.big_endian {
        convert::swap_bytes(bytes, inside.dtype);
    }
    convert::scatter(bytes, &inside, part.want, put);
    Ok(())
}

/// Decodes a box by the blocks that it touches: `range` gives bytes of the decoded chunk from a byte on.
pub fn by_blocks(
    Blocks { total, size }: Blocks,
    part: Part<'_>,
    call: Call<'_>,
    put: &mut Put<'_>,
    range: impl Fn(usize, &mut [u8]) -> Result<()>,
) -> Result<()> {
    let (inside, first) = part.within_chunk()?;
    convert::check(&inside, part.want)?;
    if total != part.chunk.nbytes() {
        return Err(Error::shape(format!("the chunk decodes to {total} bytes, its layout takes {}", part.chunk.nbytes())));
    }
    if inside.count() == 0 {
        return Ok(());
    }
    let mut aside = call.scratch(inside.span())?; // zero pages: those between the blocks are never touched
    for (from, to) in ranges(&inside, first, size.max(1)) {
        let room = aside.bytes.get_mut(from - first..to - first).unwrap_or_default();
        range(from, room)?;
        if inside.dtype.big_endian != part.want.dtype.big_endian {
            convert::swap_bytes(room, inside.dtype);
        }
    }
    convert::scatter(&aside.bytes, &inside, part.want, put);
    Ok(())
}

/// Byte ranges of a box, in rising order; those in one block or in neighbouring ones are joined. One by one: a chunk may claim blocks
/// of a byte, and so as many ranges as the box has items.
fn ranges(part: &Layout, first: usize, block: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut dims: Vec<(usize, usize)> = part.strides().iter().copied().zip(part.shape().iter().copied()).filter(|(_, n)| *n > 1).collect();
    dims.sort_unstable();
    let mut run = part.dtype.itemsize;
    while let Some(&(stride, extent)) = dims.first().filter(|(stride, _)| *stride == run) {
        run = stride * extent;
        dims.remove(0);
    }
    let runs: usize = dims.iter().map(|(_, n)| n).product();
    let start_of = move |mut i: usize| {
        dims.iter().fold(first, |at, (stride, n)| {
            let at = at + i % n * stride;
            i /= n;
            at
        })
    };
    let mut starts = (0..runs).map(start_of).peekable();
    std::iter::from_fn(move || {
        let from = starts.next()?;
        let mut end = from + run;
        while let Some(next) = starts.next_if(|next| next / block <= (end - 1) / block + 1) {
            end = next + run;
        }
        Some((from, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Dtype;

    #[test]
    fn ranges_join_within_neighbouring_blocks_only() {
        let layout = |shape: &[usize]| Layout::contiguous(Dtype::native(crate::core::Class::Uint, 2), shape, Order::C).expect("layout");
        let chunk = layout(&[4, 100, 10]);
        let of = |start: &[usize], counts: &[usize], block| {
            let (part, first) = Part { chunk: &chunk, start, want: &layout(counts) }.within_chunk().expect("inside");
            ranges(&part, first, block).collect::<Vec<_>>()
        };
        assert_eq!(of(&[0, 0, 0], &[4, 100, 10], 64), [(0, 8000)]);
        assert_eq!(of(&[1, 5, 3], &[3, 1, 1], 256), [(2106, 2108), (4106, 4108), (6106, 6108)]);
        assert_eq!(of(&[1, 5, 0], &[2, 2, 10], 256), [(2100, 2140), (4100, 4140)]);
        assert_eq!(of(&[0, 0, 9], &[1, 100, 1], 256), [(18, 2000)]);
    }
}
