//! Complex numbers as NumPy computes them.

use super::number::{Divide, Number, Scale, Wide};

/// Real and imaginary part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex<F> {
    /// Real part.
    pub re: F,
    /// Imaginary part.
    pub im: F,
}

impl<F: Number + Into<f64>> Number for Complex<F> {
    const SIZE: usize = 2 * F::SIZE;
    const ZERO: Self = Complex { re: F::ZERO, im: F::ZERO };

    #[inline(always)]
    fn read(bytes: &[u8], swap: bool) -> Self {
        let (re, im) = bytes.split_at(F::SIZE);
        Complex { re: F::read(re, swap), im: F::read(im, swap) }
    }
    #[inline(always)]
    fn write(self, bytes: &mut [u8], swap: bool) {
        let (re, im) = bytes.split_at_mut(F::SIZE);
        self.re.write(re, swap);
        self.im.write(im, swap);
    }
    #[inline(always)]
    fn cast<T: Number>(self) -> T {
        T::from_complex(self.re.into(), self.im.into())
    }
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        Complex { re: F::from_i64(value), im: F::ZERO }
    }
    #[inline(always)]
    fn from_u64(value: u64) -> Self {
        Complex { re: F::from_u64(value), im: F::ZERO }
    }
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        Complex { re: F::from_f64(value), im: F::ZERO }
    }
    #[inline(always)]
    fn from_complex(re: f64, im: f64) -> Self {
        Complex { re: F::from_f64(re), im: F::from_f64(im) }
    }
    #[inline(always)]
    fn wide(self) -> Wide {
        Wide::Complex(self.re.into(), self.im.into())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Complex { re: self.re.add(other.re), im: self.im.add(other.im) }
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Complex { re: self.re.sub(other.re), im: self.im.sub(other.im) }
    }
}

impl<F: Scale + Into<f64>> Scale for Complex<F> {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Complex { re: self.re.mul(other.re).sub(self.im.mul(other.im)), im: self.re.mul(other.im).add(self.im.mul(other.re)) }
    }
    #[inline(always)]
    fn rint(self) -> Self {
        Complex { re: self.re.rint(), im: self.im.rint() }
    }
}

impl<F: Divide + Into<f64> + PartialOrd + std::ops::Neg<Output = F>> Divide for Complex<F> {
    const SMALLEST_NORMAL: f64 = F::SMALLEST_NORMAL;

    /// Smith's method, which keeps the intermediate values small.
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let size = |x: F| if x < F::ZERO { -x } else { x };
        let one = F::from_i64(1);
        let (re, im) = (size(other.re), size(other.im));
        if re >= im {
            if re.into() == 0.0 && im.into() == 0.0 {
                return Complex { re: self.re.div(re), im: self.im.div(re) };
            }
            let ratio = other.im.div(other.re);
            let factor = one.div(other.re.add(other.im.mul(ratio)));
            return Complex { re: self.re.add(self.im.mul(ratio)).mul(factor), im: self.im.sub(self.re.mul(ratio)).mul(factor) };
        }
        let ratio = other.re.div(other.im);
        let factor = one.div(other.im.add(other.re.mul(ratio)));
        Complex { re: self.re.mul(ratio).add(self.im).mul(factor), im: self.im.mul(ratio).sub(self.re).mul(factor) }
    }
}
