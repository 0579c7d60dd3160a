//! Offset and scale, there and back.

use super::level::Level;
use super::number::{Divide, Number, Scale};

/// `dst = rint((src - offset) * scale)`, with the difference in `A` and the product in `B`.
pub fn apply<A: Number, B: Scale>(src: &[u8], dst: &mut [u8], offset: A, scale: B) {
    Level::best().run(
        #[inline(always)]
        || {
            for (from, to) in src.chunks_exact(A::SIZE).zip(dst.chunks_exact_mut(B::SIZE)) {
                A::read(from, false).sub(offset).cast::<B>().mul(scale).rint().write(to, false);
            }
        },
    );
}

/// `dst = src / scale + offset`.
pub fn undo<T: Divide>(src: &[u8], dst: &mut [u8], offset: T, scale: T) {
    Level::best().run(
        #[inline(always)]
        || {
            for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
                T::read(from, false).div(scale).add(offset).write(to, false);
            }
        },
    );
}
