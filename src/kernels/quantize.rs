//! Rounding to a multiple of a power of two.

use super::number::{Divide, Number};

/// `dst = rint(src * scale) / scale`.
pub fn quantize<T: Divide>(src: &[u8], dst: &mut [u8], scale: T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        scale.mul(T::read(from, false)).rint().div(scale).write(to, false);
    }
}

/// What [`quantize`] would give if the scale were not too small for the type: finite values become zero.
pub fn to_zero<T: Divide + Into<f64>>(src: &[u8], dst: &mut [u8], _scale: T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        let value = T::read(from, false);
        let result = if value.into().is_finite() { T::from_f64(0f64.copysign(value.into())) } else { value };
        result.write(to, false);
    }
}

/// Index of the first finite number of `src` that is not finite in `dst`.
pub fn first_overflow<T: Number + Into<f64>>(src: &[u8], dst: &[u8]) -> Option<usize> {
    let finite = |item: &[u8]| T::read(item, false).into().is_finite();
    src.chunks_exact(T::SIZE).zip(dst.chunks_exact(T::SIZE)).position(|(from, to)| finite(from) && !finite(to))
}
