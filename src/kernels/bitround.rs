//! Rounding of float mantissas on their bits.

use super::level::Level;

/// A float seen as its bits.
pub trait Bits: Copy {
    /// Bytes of one float.
    const SIZE: usize;
    /// Bits of the mantissa.
    const MANTISSA: u32;
    /// Rounds the last `drop` bits of the mantissa away, from and to bytes of either order.
    fn round(from: &[u8], to: &mut [u8], swap: bool, drop: u32);
}

macro_rules! bits {
    ($type:ty, $mantissa:literal) => {
        impl Bits for $type {
            const SIZE: usize = size_of::<$type>();
            const MANTISSA: u32 = $mantissa;

            #[inline(always)]
            fn round(from: &[u8], to: &mut [u8], swap: bool, drop: u32) {
                const SIGN: $type = 1 << (<$type>::BITS - 1);
                const INFINITY: $type = SIGN - (1 << $mantissa);
                let value = <$type>::from_ne_bytes(from.try_into().unwrap_or_default());
                let value = if swap { value.swap_bytes() } else { value };
                let half = (1 << (drop - 1)) - 1 + ((value >> drop) & 1);
                let rounded = value.wrapping_add(half) & (<$type>::MAX << drop);
                let result = if value & !SIGN > INFINITY { value } else { rounded };
                let result = if swap { result.swap_bytes() } else { result };
                to.copy_from_slice(&result.to_ne_bytes());
            }
        }
    };
}

bits!(u16, 10);
bits!(u32, 23);
bits!(u64, 52);

/// Rounds every float to `MANTISSA - drop` bits, ties to even; a NaN stays as it is. `drop` is from 1 to `MANTISSA`.
pub fn bitround<T: Bits>(src: &[u8], dst: &mut [u8], swap: bool, drop: u32) {
    bitround_at::<T>(Level::best(), src, dst, swap, drop);
}

fn bitround_at<T: Bits>(level: Level, src: &[u8], dst: &mut [u8], swap: bool, drop: u32) {
    level.run(
        #[inline(always)]
        || match swap {
            true => each::<T>(src, dst, |from, to| T::round(from, to, true, drop)),
            false => each::<T>(src, dst, |from, to| T::round(from, to, false, drop)),
        },
    );
}

#[inline(always)]
fn each<T: Bits>(src: &[u8], dst: &mut [u8], step: impl Fn(&[u8], &mut [u8])) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        step(from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::super::level::check_levels;
    use super::*;

    fn round(value: f32, keep: u32) -> f32 {
        let mut out = [0; 4];
        bitround::<u32>(&value.to_ne_bytes(), &mut out, false, u32::MANTISSA - keep);
        f32::from_ne_bytes(out)
    }

    #[test]
    fn ties_go_to_even_and_the_carry_reaches_the_exponent() {
        assert_eq!([round(1.0625, 3), round(1.1875, 3), round(-1.0625, 3)], [1.0, 1.25, -1.0]);
        assert_eq!([round(1.5, 0), round(1.4, 0), round(f32::MAX, 4)], [2.0, 1.0, f32::INFINITY]);
    }

    #[test]
    fn every_size_and_level_gives_what_one_float_does() {
        let wild: Vec<u8> = (0..5000u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_ne_bytes()).collect();
        for (swap, drop) in [(false, 1), (true, 7), (false, 10)] {
            check_levels(2, 2, &wild, |level, src, dst| bitround_at::<u16>(level, src, dst, swap, drop));
            check_levels(4, 4, &wild, |level, src, dst| bitround_at::<u32>(level, src, dst, swap, 2 * drop));
            check_levels(8, 8, &wild, |level, src, dst| bitround_at::<u64>(level, src, dst, swap, 5 * drop));
        }
    }

    #[test]
    fn a_nan_with_any_payload_passes() {
        for bits in [0x7f80_0001_u32, 0xffff_ffff, 0x7fc0_0000] {
            assert_eq!(round(f32::from_bits(bits), 3).to_bits(), bits);
        }
    }
}
