//! Rounding to a multiple of a power of two.

use super::level::Level;
use super::number::{Divide, Number};

/// `dst = rint(src * scale) / scale`.
///
/// The scale is a power of two: where its inverse is a normal number too, a product with that rounds as the quotient does.
pub fn quantize<T: Divide + Into<f64>>(src: &[u8], dst: &mut [u8], scale: T) {
    quantize_at(Level::best(), src, dst, scale);
}

fn quantize_at<T: Divide + Into<f64>>(level: Level, src: &[u8], dst: &mut [u8], scale: T) {
    let inverse = T::from_f64(1.0 / scale.into());
    let exact = inverse.mul(scale).into() == 1.0 && inverse.into().abs() >= T::SMALLEST_NORMAL;
    level.run(
        #[inline(always)]
        || match exact {
            true => each(src, dst, |value: T| scale.mul(value).rint().mul(inverse)),
            false => each(src, dst, |value: T| scale.mul(value).rint().div(scale)),
        },
    );
}

#[inline(always)]
fn each<T: Number>(src: &[u8], dst: &mut [u8], step: impl Fn(T) -> T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        step(T::read(from, false)).write(to, false);
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

#[cfg(test)]
mod tests {
    use super::super::level::check_levels;
    use super::*;

    #[test]
    fn every_size_and_level_gives_what_one_float_does() {
        let wild: Vec<u8> = (0..5000u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_ne_bytes()).collect();
        for bits in [-149, -3, 0, 10, 127] {
            let scale = 2f64.powi(bits);
            check_levels(4, 4, &wild, |level, src, dst| quantize_at(level, src, dst, scale as f32));
            check_levels(8, 8, &wild, |level, src, dst| quantize_at(level, src, dst, scale));
        }
    }

    #[test]
    fn the_inverse_rounds_as_the_quotient_does() {
        let values: Vec<f32> = (0..70_000u32).map(|i| f32::from_bits(i.wrapping_mul(0x9e37_79b9))).collect();
        let src: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
        for bits in [-149, -126, -30, 0, 7, 100, 126, 127] {
            let scale = 2f64.powi(bits) as f32;
            let mut dst = vec![0; src.len()];
            quantize(&src, &mut dst, scale);
            for (value, result) in values.iter().zip(dst.as_chunks::<4>().0) {
                let (wanted, result) = ((scale * value).round_ties_even() / scale, f32::from_ne_bytes(*result));
                assert!(result.to_bits() == wanted.to_bits() || (result.is_nan() && wanted.is_nan()), "{value} with 2^{bits}");
            }
        }
    }
}
