//! The 2-byte float as a number.

use half::f16;

use super::{Divide, Number, Scale, Wide};
use crate::kernels::half_cast::{half_from_f32, half_from_f64, half_to_f32};

/// One step of 2-byte arithmetic: computed in 4 bytes, then rounded.
#[inline(always)]
fn half_step(a: f16, b: f16, step: fn(f32, f32) -> f32) -> f16 {
    half_from_f32(step(half_to_f32(a), half_to_f32(b)))
}

impl Number for f16 {
    const SIZE: usize = 2;
    const ZERO: Self = f16::ZERO;

    #[inline(always)]
    fn read(bytes: &[u8], swap: bool) -> Self {
        f16::from_bits(u16::read(bytes, swap))
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8], swap: bool) {
        self.to_bits().write(bytes, swap);
    }
    #[inline(always)]
    fn cast<T: Number>(self) -> T {
        T::from_f64(half_to_f32(self).into())
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        half_from_f32(value as f32)
    }
    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        half_from_f32(value as f32)
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        half_from_f64(value)
    }
    #[inline(always)]
    fn wide(self) -> Wide {
        Wide::Float(half_to_f32(self).into())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        half_step(self, other, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        half_step(self, other, |a, b| a - b)
    }
}

impl Scale for f16 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        half_step(self, other, |a, b| a * b)
    }
    #[inline(always)]
    fn rint(self) -> Self {
        half_from_f32(half_to_f32(self).round_ties_even())
    }
}

impl Divide for f16 {
    const SMALLEST_NORMAL: f64 = f16::MIN_POSITIVE.to_f64_const();

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        half_step(self, other, |a, b| a / b)
    }
}
