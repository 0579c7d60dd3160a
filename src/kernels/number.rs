//! The number types of arrays, with NumPy's arithmetic and casts on every machine.

mod half_float;
mod truth_and_time;

pub use truth_and_time::{Bool, Time};

/// A value in a form that any type fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wide {
    /// Integers and truth values.
    Int(i128),
    /// Floats.
    Float(f64),
    /// Real and imaginary part.
    Complex(f64, f64),
}

/// A number of fixed size. Integers wrap, floats round to nearest even.
pub trait Number: Copy + 'static {
    /// Bytes of one number.
    const SIZE: usize;
    /// Zero.
    const ZERO: Self;
    /// Whether sums are those of integers that wrap, so that their order does not matter.
    const WRAPS: bool = false;
    /// Whether it is a float of 4 or 8 bytes.
    const IS_FLOAT: bool = false;
    /// Whether a float is cast to it by way of 32 bits.
    const TRUNCATES: bool = false;

    /// Reads `SIZE` bytes, turned around when `swap` says so.
    fn read(bytes: &[u8], swap: bool) -> Self;
    /// Writes `SIZE` bytes.
    fn write(self, bytes: &mut [u8], swap: bool);

    /// NumPy's cast to another type.
    fn cast<T: Number>(self) -> T;
    /// Keeps the low bits, or rounds.
    fn from_i64(value: i64) -> Self;
    /// Keeps the low bits, or rounds.
    fn from_u64(value: u64) -> Self;
    /// Rounds, or drops the fraction; what no integer can hold becomes what an x86-64 processor makes of it.
    fn from_f64(value: f64) -> Self;
    /// Drops the imaginary part unless the type has one.
    #[inline(always)]
    fn from_complex(re: f64, _im: f64) -> Self {
        Self::from_f64(re)
    }
    /// From a count of time units, of which the smallest number is "not a time".
    #[inline(always)]
    fn from_time(value: i64) -> Self {
        Self::from_i64(value)
    }
    /// The value in a form that any type fits.
    fn wide(self) -> Wide;

    /// Sum.
    fn add(self, other: Self) -> Self;
    /// Difference.
    fn sub(self, other: Self) -> Self;
}

/// Numbers that can be scaled.
pub trait Scale: Number {
    /// Product.
    fn mul(self, other: Self) -> Self;
    /// Nearest whole number, ties to even; integers stay.
    fn rint(self) -> Self;
}

/// Numbers with a true division.
pub trait Divide: Scale {
    /// The smallest positive number of full precision.
    const SMALLEST_NORMAL: f64;

    /// Quotient.
    fn div(self, other: Self) -> Self;
}

/// `cvttsd2si` with 32 bits: toward zero, the smallest integer where it does not fit.
#[inline(always)]
fn truncate32(value: f64) -> i32 {
    if value > -2_147_483_649.0 && value < 2_147_483_648.0 { value as i32 } else { i32::MIN }
}

/// `cvttsd2si` with 64 bits.
#[inline(always)]
fn truncate64(value: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value) { value as i64 } else { i64::MIN }
}

/// The upper half of the range is converted with 2^63 taken off, as compilers do.
#[inline(always)]
fn truncate_u64(value: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if value >= HALF { truncate64(value - HALF) as u64 ^ (1 << 63) } else { truncate64(value) as u64 }
}

macro_rules! integer {
    ($type:ty, $source:ident as $via:ty, $truncates:literal, |$float:ident| $truncated:expr) => {
        impl Number for $type {
            const SIZE: usize = size_of::<$type>();
            const ZERO: Self = 0;
            const WRAPS: bool = true;
            const TRUNCATES: bool = $truncates;

            #[inline(always)]
            fn read(bytes: &[u8], swap: bool) -> Self {
                let value = Self::from_ne_bytes(bytes.try_into().unwrap_or_default());
                if swap { value.swap_bytes() } else { value }
            }
            #[inline(always)]
            fn write(self, bytes: &mut [u8], swap: bool) {
                let value = if swap { self.swap_bytes() } else { self };
                bytes.copy_from_slice(&value.to_ne_bytes());
            }
            #[inline(always)]
            fn cast<T: Number>(self) -> T {
                T::$source(self as $via)
            }
            #[inline(always)]
            fn from_i64(value: i64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn from_u64(value: u64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn from_f64($float: f64) -> Self {
                $truncated as $type
            }
            #[inline(always)]
            fn wide(self) -> Wide {
                Wide::Int(i128::from(self))
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }

        impl Scale for $type {
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn rint(self) -> Self {
                self
            }
        }
    };
}

integer!(i8, from_i64 as i64, true, |x| truncate32(x));
integer!(u8, from_i64 as i64, true, |x| truncate32(x));
integer!(i16, from_i64 as i64, true, |x| truncate32(x));
integer!(u16, from_i64 as i64, true, |x| truncate32(x));
integer!(i32, from_i64 as i64, true, |x| truncate32(x));
integer!(u32, from_i64 as i64, false, |x| truncate64(x));
integer!(i64, from_i64 as i64, false, |x| truncate64(x));
integer!(u64, from_u64 as u64, false, |x| truncate_u64(x));

macro_rules! float {
    ($type:ty, $bits:ty) => {
        impl Number for $type {
            const SIZE: usize = size_of::<$type>();
            const ZERO: Self = 0.0;
            const IS_FLOAT: bool = true;

            #[inline(always)]
            fn read(bytes: &[u8], swap: bool) -> Self {
                Self::from_bits(<$bits>::read(bytes, swap))
            }
            #[inline(always)]
            fn write(self, bytes: &mut [u8], swap: bool) {
                self.to_bits().write(bytes, swap);
            }
            #[inline(always)]
            fn cast<T: Number>(self) -> T {
                T::from_f64(self.into())
            }
            #[inline(always)]
            fn from_i64(value: i64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn from_u64(value: u64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            #[inline(always)]
            fn wide(self) -> Wide {
                Wide::Float(self.into())
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self - other
            }
        }

        impl Scale for $type {
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn rint(self) -> Self {
                self.round_ties_even()
            }
        }

        impl Divide for $type {
            const SMALLEST_NORMAL: f64 = <$type>::MIN_POSITIVE as f64;

            #[inline(always)]
            fn div(self, other: Self) -> Self {
                self / other
            }
        }
    };
}

float!(f32, u32);
float!(f64, u64);
