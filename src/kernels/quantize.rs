//! Rounding to a multiple of a power of two.

use super::number::Divide;

/// `dst = rint(src * scale) / scale`.
pub fn quantize<T: Divide>(src: &[u8], dst: &mut [u8], scale: T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        scale.mul(T::read(from, false)).rint().div(scale).write(to, false);
    }
}
