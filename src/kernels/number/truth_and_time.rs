//! Truth values and counts of time units, whose sums are not those of integers.

use super::{Number, Wide, truncate64};

/// A truth value. Sums are taken modulo 2, so that a sum undoes a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bool(pub bool);

impl Number for Bool {
    const SIZE: usize = 1;
    const ZERO: Self = Bool(false);

    #[inline(always)]
    fn read(bytes: &[u8], _swap: bool) -> Self {
        Bool(bytes.first().is_some_and(|byte| *byte != 0))
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8], _swap: bool) {
        bytes.fill(u8::from(self.0));
    }
    #[inline(always)]
    fn cast<T: Number>(self) -> T {
        T::from_i64(self.0.into())
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        Bool(value != 0)
    }
    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        Bool(value != 0)
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        Bool(value != 0.0)
    }
    #[inline(always)]
    fn from_complex(re: f64, im: f64) -> Self {
        Bool(re != 0.0 || im != 0.0)
    }
    #[inline(always)]
    fn wide(self) -> Wide {
        Wide::Int(self.0.into())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Bool(self.0 != other.0)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Bool(self.0 != other.0)
    }
}

/// A count of time units; the smallest one is "not a time" and stays so in every sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time(pub i64);

impl Time {
    /// Not a time.
    pub const NAT: Time = Time(i64::MIN);

    #[inline(always)]
    fn unless_nat(self, other: Self, value: i64) -> Self {
        if self == Self::NAT || other == Self::NAT { Self::NAT } else { Time(value) }
    }
}

impl Number for Time {
    const SIZE: usize = 8;
    const ZERO: Self = Time(0);

    #[inline(always)]
    fn read(bytes: &[u8], swap: bool) -> Self {
        Time(i64::read(bytes, swap))
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8], swap: bool) {
        self.0.write(bytes, swap);
    }
    #[inline(always)]
    fn cast<T: Number>(self) -> T {
        T::from_time(self.0)
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        Time(value)
    }
    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        Time(value as i64)
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        Time(truncate64(value))
    }
    #[inline(always)]
    fn wide(self) -> Wide {
        Wide::Int(self.0.into())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.unless_nat(other, self.0.wrapping_add(other.0))
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.unless_nat(other, self.0.wrapping_sub(other.0))
    }
}
