//! Runs arithmetic of one type over numbers of another, block by block: the casts on both sides stay in the first-level cache.

use super::cast::CastFn;

/// Numbers of one block.
pub const BLOCK: usize = 256;
/// Most bytes of a number.
const MAX_SIZE: usize = 16;

/// Numbers in memory: how many bytes each, and how they become or came from the type that is computed in.
#[derive(Clone, Copy)]
pub struct Lane {
    /// Bytes of one number.
    pub size: usize,
    /// Whether the bytes are not in the order of this machine.
    pub swap: bool,
    /// The cast to or from the type that is computed in; `None` where that is the type itself.
    pub cast: Option<CastFn>,
}

impl Lane {
    /// Whether the arithmetic can work on these bytes without a cast.
    fn direct(self) -> bool {
        self.cast.is_none() && !self.swap
    }
}

/// Reads `src` as `from` says, lets `step` compute one block of numbers of `size` bytes after the other, and writes `dst` as `to` says.
pub fn run(from: Lane, src: &[u8], size: usize, step: &mut dyn FnMut(&[u8], &mut [u8]), to: Lane, dst: &mut [u8], plain: CastFn) {
    let (mut before, mut after) = ([0; BLOCK * MAX_SIZE], [0; BLOCK * MAX_SIZE]);
    for (src, dst) in src.chunks(BLOCK * from.size).zip(dst.chunks_mut(BLOCK * to.size)) {
        let nbytes = src.len() / from.size * size;
        let input = if from.direct() {
            src
        } else {
            let block = before.get_mut(..nbytes).unwrap_or_default();
            from.cast.unwrap_or(plain)(src, from.swap, block, false);
            block
        };
        if to.direct() {
            step(input, dst);
        } else {
            let block = after.get_mut(..nbytes).unwrap_or_default();
            step(input, block);
            to.cast.unwrap_or(plain)(block, false, dst, to.swap);
        }
    }
}
