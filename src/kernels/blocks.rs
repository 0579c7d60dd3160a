//! Runs arithmetic of one type over numbers of another, block by block: the casts on both sides stay in the first-level cache.

use super::cast::CastFn;

/// Numbers of one block.
pub const BLOCK: usize = 256;
/// Bytes of a block of the largest numbers.
pub const BLOCK_BYTES: usize = BLOCK * 16;

/// Numbers in memory, and how they come from or become the type that is computed in.
#[derive(Clone, Copy)]
pub struct Lane {
    /// Bytes of one number.
    pub size: usize,
    /// Whether the bytes are not in the order of this machine.
    pub swap: bool,
    /// The cast from or to the type that is computed in.
    pub cast: CastFn,
    /// Whether the arithmetic can work on these bytes without a cast.
    pub direct: bool,
}

/// Arithmetic: numbers of one block, or all where no casts are needed, in the order of this machine, to as many results.
pub type Step<'a, E> = dyn FnMut(&[u8], &mut [u8]) -> Result<(), E> + 'a;

/// Reads `src` as `from` says, lets `step` compute block by block, and writes `dst` as `to` says. `sizes` are the bytes of the
/// numbers that `step` takes and gives, 16 at the most.
pub fn run<E>(from: Lane, src: &[u8], sizes: (usize, usize), to: Lane, dst: &mut [u8], step: &mut Step<'_, E>) -> Result<(), E> {
    if from.direct && to.direct {
        return step(src, dst);
    }
    let (mut before, mut after) = ([0; BLOCK_BYTES], [0; BLOCK_BYTES]);
    for (src, dst) in src.chunks(BLOCK * from.size).zip(dst.chunks_mut(BLOCK * to.size)) {
        let count = src.len() / from.size;
        let input = if from.direct {
            src
        } else {
            let block = before.get_mut(..count * sizes.0).unwrap_or_default();
            (from.cast)(src, from.swap, block, false);
            block
        };
        if to.direct {
            step(input, dst)?;
        } else {
            let block = after.get_mut(..count * sizes.1).unwrap_or_default();
            step(input, block)?;
            (to.cast)(block, false, dst, to.swap);
        }
    }
    Ok(())
}
