//! From one number type to another, and whether a value survives that.

use super::level::Level;
use super::number::{Number, Wide};
use super::truncate;

/// Numbers in memory that go through a cast: all of `src` into all of `dst`, with the byte order of each.
pub type CastFn = fn(src: &[u8], swap_src: bool, dst: &mut [u8], swap_dst: bool);

/// NumPy's cast from `A` to `B` of every number.
pub fn cast<A: Number, B: Number>(src: &[u8], swap_src: bool, dst: &mut [u8], swap_dst: bool) {
    cast_at::<A, B>(Level::best(), src, swap_src, dst, swap_dst);
}

fn cast_at<A: Number, B: Number>(level: Level, src: &[u8], swap_src: bool, dst: &mut [u8], swap_dst: bool) {
    let done = if swap_src || swap_dst { 0 } else { truncate::vectors::<A, B>(level, src, dst) };
    let (Some(src), Some(dst)) = (src.get(done * A::SIZE..), dst.get_mut(done * B::SIZE..)) else { return };
    level.run(
        #[inline(always)]
        || {
            for (from, to) in src.chunks_exact(A::SIZE).zip(dst.chunks_exact_mut(B::SIZE)) {
                A::read(from, swap_src).cast::<B>().write(to, swap_dst);
            }
        },
    );
}

/// From a type to itself: the bits stay.
pub fn copy<A: Number>(src: &[u8], swap_src: bool, dst: &mut [u8], swap_dst: bool) {
    for (from, to) in src.chunks_exact(A::SIZE).zip(dst.chunks_exact_mut(A::SIZE)) {
        A::read(from, swap_src != swap_dst).write(to, false);
    }
}

/// What a type can hold.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// Whole numbers from the first to the last.
    Whole(i128, i128),
    /// Finite values whose size is less than this; NaN and infinities.
    Finite(f64),
    /// As `Finite`, in both parts.
    Complex(f64),
}

impl Range {
    /// Whether `value` is still the same value after the cast, up to a dropped fraction or a rounding.
    pub fn holds(self, value: Wide) -> bool {
        let finite = |x: f64, limit: f64| !x.is_finite() || x.abs() < limit;
        match (self, value) {
            (Range::Whole(min, max), Wide::Int(x)) => (min..=max).contains(&x),
            (Range::Whole(min, max), Wide::Float(x) | Wide::Complex(x, 0.0)) => {
                let whole = x.trunc();
                whole >= min as f64 && whole < (max + 1) as f64
            }
            (Range::Finite(limit) | Range::Complex(limit), Wide::Int(x)) => finite(x as f64, limit),
            (Range::Finite(limit), Wide::Float(x) | Wide::Complex(x, 0.0)) => finite(x, limit),
            (Range::Complex(limit), Wide::Float(x)) => finite(x, limit),
            (Range::Complex(limit), Wide::Complex(re, im)) => finite(re, limit) && finite(im, limit),
            (_, Wide::Complex(..)) => false,
        }
    }
}

/// Finds the first number that does not survive.
pub type CheckFn = fn(src: &[u8], swap: bool, range: Range) -> Option<usize>;

/// Index of the first number that `range` does not hold.
pub fn first_lost<A: Number>(src: &[u8], swap: bool, range: Range) -> Option<usize> {
    src.chunks_exact(A::SIZE).position(|item| !range.holds(A::read(item, swap).wide()))
}

#[cfg(test)]
mod tests {
    use super::super::number::Bool;
    use super::*;

    fn one<A: Number, B: Number>(value: A) -> B {
        value.cast()
    }

    #[test]
    fn integers_keep_low_bits() {
        assert_eq!(one::<i32, u8>(-1), 255);
        assert_eq!(one::<i64, i8>(300), 44);
        assert_eq!(one::<u64, i64>(u64::MAX), -1);
        assert_eq!(one::<u64, f64>(u64::MAX), 18446744073709551615.0);
    }

    #[test]
    fn floats_outside_an_integer_are_what_x86_makes_of_them() {
        assert_eq!(one::<f64, i32>(1e10), i32::MIN);
        assert_eq!(one::<f64, i16>(40000.0), -25536);
        assert_eq!(one::<f64, u8>(-1.0), 255);
        assert_eq!((one::<f64, u32>(1e10), one::<f64, u32>(f64::NAN), one::<f64, u32>(-1.0)), (1410065408, 0, u32::MAX));
        assert_eq!((one::<f64, u64>(f64::INFINITY), one::<f64, u64>(f64::NAN)), (0, 1 << 63));
        assert_eq!((one::<f64, i64>(-1.9), one::<f32, i64>(1e30)), (-1, i64::MIN));
    }

    fn check_levels<A: Number, B: Number>(src: &[u8]) {
        for n in (0..=300).chain([4000]) {
            let (from, to) = (&src[n % 13..][..n * A::SIZE], n % 7);
            let mut wanted = vec![0; n * B::SIZE];
            for (from, to) in from.chunks_exact(A::SIZE).zip(wanted.chunks_exact_mut(B::SIZE)) {
                A::read(from, false).cast::<B>().write(to, false);
            }
            for level in Level::all() {
                let mut dst = vec![0; to + n * B::SIZE];
                cast_at::<A, B>(level, from, false, &mut dst[to..], false);
                assert_eq!(dst[to..], wanted, "{level:?}, {n} numbers of {} to {} bytes", A::SIZE, B::SIZE);
            }
        }
    }

    #[test]
    fn every_level_casts_as_one_number_at_a_time_does() {
        let bits = (0..5000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)); // all sizes, NaN among them
        let wild: Vec<u8> = bits.clone().flat_map(u64::to_ne_bytes).collect();
        let tame = |bits: u64| (bits >> 40) as f64 / 9.0 - 900_000.0;
        let doubles: Vec<u8> = bits.clone().flat_map(|bits| tame(bits).to_ne_bytes()).chain(wild.clone()).collect();
        let singles: Vec<u8> = bits.flat_map(|bits| (tame(bits) as f32).to_ne_bytes()).chain(wild).collect();
        for (doubles, singles) in [(&doubles[..], &singles[..]), (&doubles[40_000..], &singles[20_000..])] {
            check_levels::<f64, i8>(doubles);
            check_levels::<f64, u16>(doubles);
            check_levels::<f64, i32>(doubles);
            check_levels::<f64, u32>(doubles);
            check_levels::<f64, f32>(doubles);
            check_levels::<f32, u8>(singles);
            check_levels::<f32, i16>(singles);
            check_levels::<f32, i32>(singles);
            check_levels::<f32, u64>(singles);
            check_levels::<i16, f64>(singles);
        }
    }

    #[test]
    fn anything_but_zero_is_true() {
        assert_eq!((one::<f64, Bool>(f64::NAN), one::<f64, Bool>(-0.0)), (Bool(true), Bool(false)));
    }

    #[test]
    fn survival_is_judged_by_the_range() {
        let i1 = Range::Whole(-128, 127);
        assert!(i1.holds(Wide::Int(-128)) && !i1.holds(Wide::Int(128)));
        assert!(i1.holds(Wide::Float(127.9)) && !i1.holds(Wide::Float(128.0)) && !i1.holds(Wide::Float(f64::NAN)));
        let f4 = Range::Finite(2f64.powi(128) - 2f64.powi(103));
        assert!(f4.holds(Wide::Float(f64::INFINITY)) && f4.holds(Wide::Float(f32::MAX.into())) && !f4.holds(Wide::Float(1e39)));
        assert!(!f4.holds(Wide::Complex(1.0, 1.0)) && Range::Complex(9.0).holds(Wide::Complex(1.0, 1.0)));
    }
}
