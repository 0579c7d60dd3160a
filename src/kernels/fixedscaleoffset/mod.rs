//! Offset and scale, there and back.

use super::level::Level;
use super::number::{Divide, Number, Scale};

#[cfg(target_arch = "x86_64")]
mod avx512;

/// `dst = rint((src - offset) * scale)`, with the difference in `A` and the product in `B`.
pub fn apply<A: Number, B: Scale>(src: &[u8], dst: &mut [u8], offset: A, scale: B) {
    apply_at(Level::best(), src, dst, offset, scale);
}

fn apply_at<A: Number, B: Scale>(level: Level, src: &[u8], dst: &mut [u8], offset: A, scale: B) {
    level.run(
        #[inline(always)]
        || {
            for (from, to) in src.chunks_exact(A::SIZE).zip(dst.chunks_exact_mut(B::SIZE)) {
                A::read(from, false).sub(offset).cast::<B>().mul(scale).rint().write(to, false);
            }
        },
    );
}

/// A kernel from floats to integers, with its offset and scale.
pub type Whole<T> = fn(src: &[u8], dst: &mut [u8], offset: T, scale: T);

/// As [`apply`] for floats of type `T`, cast to integers of `I` bytes in the same step. `None` where that gains nothing.
pub fn apply_whole<T: Scale + Into<f64>, const I: usize>() -> Option<Whole<T>> {
    #[cfg(target_arch = "x86_64")]
    if Level::best().has_avx512() && T::IS_FLOAT {
        return Some(|src, dst, offset, scale| {
            let (offset, scale) = (offset.into(), scale.into());
            // SAFETY: the level says that the processor has AVX-512.
            unsafe {
                if T::SIZE == 4 { avx512::singles::<I>(src, dst, offset, scale) } else { avx512::doubles::<I>(src, dst, offset, scale) }
            }
        });
    }
    None
}

/// `dst = src / scale + offset`.
pub fn undo<T: Divide>(src: &[u8], dst: &mut [u8], offset: T, scale: T) {
    undo_at(Level::best(), src, dst, offset, scale);
}

fn undo_at<T: Divide>(level: Level, src: &[u8], dst: &mut [u8], offset: T, scale: T) {
    level.run(
        #[inline(always)]
        || {
            for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
                T::read(from, false).div(scale).add(offset).write(to, false);
            }
        },
    );
}

/// As [`undo`] for integers of up to 4 bytes, divided as 8-byte floats, and cast in the same step.
pub fn undo_whole<A: Number, B: Number>(src: &[u8], dst: &mut [u8], offset: f64, scale: f64) {
    undo_whole_at::<A, B>(Level::best(), src, dst, offset, scale);
}

fn undo_whole_at<A: Number, B: Number>(level: Level, src: &[u8], dst: &mut [u8], offset: f64, scale: f64) {
    let inverse = inverse(scale).filter(|_| level.has_fma());
    level.run(
        #[inline(always)]
        || match inverse {
            Some(inverse) => each::<A, B>(src, dst, |value| quotient(value, scale, inverse) + offset),
            None => each::<A, B>(src, dst, |value| value / scale + offset),
        },
    );
}

#[inline(always)]
fn each<A: Number, B: Number>(src: &[u8], dst: &mut [u8], step: impl Fn(f64) -> f64) {
    for (from, to) in src.chunks_exact(A::SIZE).zip(dst.chunks_exact_mut(B::SIZE)) {
        step(A::read(from, false).cast()).cast::<B>().write(to, false);
    }
}

/// The inverse of a scale by which [`quotient`] divides integers: neither result nor remainder gets near the ends of the range.
fn inverse(scale: f64) -> Option<f64> {
    const MANTISSA: u64 = (1 << 52) - 1;
    let (small, large) = (f64::from_bits(523 << 52), f64::from_bits(1523 << 52)); // 2^-500 and 2^500
    ((small..=large).contains(&scale.abs()) && scale.to_bits() & MANTISSA != MANTISSA).then(|| 1.0 / scale)
}

/// `value / scale`, to the last bit, without a division. The first correction brings the product next to the quotient; the second
/// then rounds right, as Markstein proved (IBM Journal of Research and Development 34, 1990): its remainder is exact.
#[inline(always)]
fn quotient(value: f64, scale: f64, inverse: f64) -> f64 {
    let near = value * inverse;
    let next = (-near).mul_add(scale, value).mul_add(inverse, near);
    (-next).mul_add(scale, value).mul_add(inverse, next)
}

#[cfg(test)]
mod tests {
    use super::super::level::check_levels;
    use super::*;

    #[test]
    fn every_size_and_level_gives_what_one_number_does() {
        let wild: Vec<u8> = (0..5000u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_ne_bytes()).collect();
        check_levels(4, 4, &wild, |level, src, dst| apply_at::<f32, f32>(level, src, dst, 1.5, -7.3));
        check_levels(8, 8, &wild, |level, src, dst| apply_at::<f64, f64>(level, src, dst, -0.1, 1e9));
        check_levels(4, 8, &wild, |level, src, dst| apply_at::<i32, f64>(level, src, dst, 77, 0.3));
        check_levels(4, 4, &wild, |level, src, dst| undo_at::<f32>(level, src, dst, 1.5, -7.3));
        check_levels(8, 8, &wild, |level, src, dst| undo_at::<f64>(level, src, dst, -0.1, 1e9));
    }

    fn check<A: Number, B: Number>(src: &[u8], offset: f64, scale: f64) {
        for level in Level::all() {
            for n in (0..=300).chain([src.len() / A::SIZE - 7]) {
                let (src, to) = (&src[n % 7..][..n * A::SIZE], n % 5);
                let mut dst = vec![0; to + n * B::SIZE];
                undo_whole_at::<A, B>(level, src, &mut dst[to..], offset, scale);
                for (from, result) in src.chunks_exact(A::SIZE).zip(dst[to..].chunks_exact(B::SIZE)) {
                    let (value, mut wanted) = (A::read(from, false).cast::<f64>(), vec![0; B::SIZE]);
                    (value / scale + offset).cast::<B>().write(&mut wanted, false);
                    assert_eq!(result, wanted, "{level:?}, {value} / {scale} + {offset}");
                }
            }
        }
    }

    #[test]
    fn quotients_without_a_division_are_those_of_a_division() {
        let every: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_ne_bytes).collect();
        let wild: Vec<u8> = (0..20_000u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_ne_bytes()).collect();
        let all_ones = f64::from_bits(0x400f_ffff_ffff_ffff);
        for scale in [100.0, -0.1, 3.0, 1000.0, 7.3e-9, 1e300, 1e-310, 0.0, all_ones, f64::INFINITY] {
            check::<i16, f64>(&every, 0.0, scale);
            check::<u16, f32>(&every, 1.5, scale);
            check::<i32, f64>(&wild, -0.0, scale);
            check::<u32, f32>(&wild, 0.0, scale);
            check::<i8, f64>(&wild, 0.0, scale);
        }
    }

    #[test]
    fn one_step_to_integers_gives_what_two_steps_do() {
        let wild: Vec<u8> = (0..9_000u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_ne_bytes()).collect();
        let tame: Vec<u8> = (0..9_000).flat_map(|i| (i as f32 / 4.0 - 1000.0).to_ne_bytes()).collect();
        for src in [wild, tame] {
            check_whole::<f32, i8, 1>(&src);
            check_whole::<f32, u16, 2>(&src);
            check_whole::<f32, i32, 4>(&src);
            check_whole::<f64, u8, 1>(&src);
            check_whole::<f64, i16, 2>(&src);
            check_whole::<f64, i32, 4>(&src);
        }
    }

    fn check_whole<T: Divide + Into<f64>, B: Number, const I: usize>(src: &[u8]) {
        let Some(kernel) = apply_whole::<T, I>() else { return };
        let (offset, scale) = (T::from_f64(3.0), T::from_f64(10.0));
        for n in (0..=300).chain([4001]) {
            let (src, to) = (&src[n % 7..][..n * T::SIZE], n % 5);
            let (mut dst, mut wanted) = (vec![0; to + n * I], vec![0; n * I]);
            kernel(src, &mut dst[to..], offset, scale);
            for (from, to) in src.chunks_exact(T::SIZE).zip(wanted.chunks_exact_mut(I)) {
                T::read(from, false).sub(offset).mul(scale).rint().cast::<B>().write(to, false);
            }
            assert_eq!(dst[to..], wanted, "{n} floats of {} bytes to {I}", T::SIZE);
        }
    }
}
