//! Puts together what a codec knows of its result and what others know of the chunk.

use super::convert;
use super::dtype::Dtype;
use super::error::{Error, Result};
use super::layout::{Items, Layout};

/// What the caller says of the decoded chunk.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Nothing: what the codec knows stays.
    Nothing,
    /// The chunk's own layout: the bytes may be taken as another type of the same size, as an array of datetimes behind `delta`.
    Chunk(&'a Layout),
    /// Only what is wanted: a codec that knows bytes gives that, one that knows the type must know the same one.
    Want(&'a Layout),
}

/// Puts what the codec knows and what the caller says of the chunk together.
///
/// A codec that knows only bytes, or only a flat array, leaves shape and order to the caller.
pub fn conform(known: Layout, told: Told<'_>) -> Result<Layout> {
    let (chunk, retype) = match told {
        Told::Nothing => return Ok(known),
        Told::Chunk(chunk) => (chunk, true),
        Told::Want(want) => (want, false),
    };
    let flat = known.shape().len() < 2;
    let untyped = flat && known.items == Items::Fixed && known.dtype == Dtype::U1;
    let same_type = known.dtype.ordered(false) == chunk.dtype.ordered(false);
    let fits = untyped || same_type || (retype && known.dtype.itemsize == chunk.dtype.itemsize && known.items == Items::Fixed);
    if !fits || known.items != chunk.items || (!flat && known.shape() != chunk.shape()) {
        return convert::check(&known, chunk).map(|()| known);
    }
    if known.nbytes() != chunk.nbytes() || (!untyped && known.count() != chunk.count()) {
        let (have, need) = (known.nbytes(), chunk.nbytes());
        return Err(Error::shape(format!(
            "the chunk decodes to {have} bytes ({:?}), its layout takes {need} ({:?})",
            known.shape(),
            chunk.shape()
        )));
    }
    let dtype = if untyped { chunk.dtype } else { chunk.dtype.ordered(known.dtype.big_endian) };
    let mut layout = if flat { chunk.dense() } else { known };
    layout.dtype = dtype;
    Ok(layout)
}
