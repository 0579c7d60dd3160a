//! Numbers that zfp takes, and their way to integers.

use std::ops::{BitAnd, BitOr, BitXor, Shl, Shr};

use super::Params;
use super::bits::Writer;
use super::reader::Reader;
use crate::kernels::plain::Plain;

/// The bits of a number, which are also a signed integer of two's complement that wraps around.
pub trait Word:
    Plain
    + Ord
    + From<u8>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    /// All odd bits: those of negative value in base -2.
    const ODD: Self;
    /// The lowest signed integer.
    const LOWEST: Self;
    /// The sum.
    fn plus(self, other: Self) -> Self;
    /// The difference.
    fn minus(self, other: Self) -> Self;
    /// Half of the signed value, rounded down.
    fn half(self) -> Self;
    /// The bits, zeros above them.
    fn wide(self) -> u64;
    /// The low bits.
    fn narrow(bits: u64) -> Self;
    /// The same byte in all places.
    fn repeat(byte: u8) -> Self;
}

impl Word for u32 {
    const ODD: u32 = 0xaaaa_aaaa;
    const LOWEST: u32 = 1 << 31;
    #[inline(always)]
    fn plus(self, other: u32) -> u32 {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn minus(self, other: u32) -> u32 {
        self.wrapping_sub(other)
    }
    #[inline(always)]
    fn half(self) -> u32 {
        (self as i32 >> 1) as u32
    }
    #[inline(always)]
    fn wide(self) -> u64 {
        self.into()
    }
    #[inline(always)]
    fn narrow(bits: u64) -> u32 {
        bits as u32
    }
    #[inline(always)]
    fn repeat(byte: u8) -> u32 {
        u32::from_ne_bytes([byte; 4])
    }
}

impl Word for u64 {
    const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    const LOWEST: u64 = 1 << 63;
    #[inline(always)]
    fn plus(self, other: u64) -> u64 {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn minus(self, other: u64) -> u64 {
        self.wrapping_sub(other)
    }
    #[inline(always)]
    fn half(self) -> u64 {
        (self as i64 >> 1) as u64
    }
    #[inline(always)]
    fn wide(self) -> u64 {
        self
    }
    #[inline(always)]
    fn narrow(bits: u64) -> u64 {
        bits
    }
    #[inline(always)]
    fn repeat(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
}

/// The signed integer that is meant in base -2.
#[inline(always)]
pub fn signed<W: Word>(word: W) -> W {
    (word ^ W::ODD).minus(W::ODD)
}

/// A signed integer in base -2.
#[inline(always)]
pub fn negabinary<W: Word>(word: W) -> W {
    word.plus(W::ODD) ^ W::ODD
}

/// A number that zfp takes.
pub trait Number: Plain {
    /// An integer of its size.
    type Word: Word;
    /// The cell as integers, and how many bit planes of them are to be written; `None` where all of it counts as zero. What tells the
    /// one from the other, and the exponent, are written.
    fn integers<const N: usize>(cell: &[Self; N], params: &Params, to: &mut Writer) -> Option<([Self::Word; N], u32)>;
    /// Reads what the integers of a cell of so many dimensions are to be multiplied by, and how many bit planes follow; `None` where all
    /// of it is zero.
    fn scale(dims: u32, params: &Params, from: &mut Reader<'_>) -> Option<(Self, u32)>;
    /// The number that an integer stands for.
    fn scaled(integer: Self::Word, scale: Self) -> Self;
}

impl Number for i32 {
    type Word = u32;
    #[inline(always)]
    fn integers<const N: usize>(cell: &[i32; N], params: &Params, _: &mut Writer) -> Option<([u32; N], u32)> {
        Some((cell.map(|n| n as u32), params.maxprec))
    }
    #[inline(always)]
    fn scale(_: u32, params: &Params, _: &mut Reader<'_>) -> Option<(i32, u32)> {
        Some((1, params.maxprec))
    }
    #[inline(always)]
    fn scaled(integer: u32, _: i32) -> i32 {
        integer as i32
    }
}

impl Number for i64 {
    type Word = u64;
    #[inline(always)]
    fn integers<const N: usize>(cell: &[i64; N], params: &Params, _: &mut Writer) -> Option<([u64; N], u32)> {
        Some((cell.map(|n| n as u64), params.maxprec))
    }
    #[inline(always)]
    fn scale(_: u32, params: &Params, _: &mut Reader<'_>) -> Option<(i64, u32)> {
        Some((1, params.maxprec))
    }
    #[inline(always)]
    fn scaled(integer: u64, _: i64) -> i64 {
        integer as i64
    }
}

impl Number for f32 {
    type Word = u32;
    #[inline(always)]
    fn integers<const N: usize>(cell: &[f32; N], params: &Params, to: &mut Writer) -> Option<([u32; N], u32)> {
        block(cell, params, to)
    }
    #[inline(always)]
    fn scale(dims: u32, params: &Params, from: &mut Reader<'_>) -> Option<(f32, u32)> {
        scale(dims, params, from)
    }
    #[inline(always)]
    fn scaled(integer: u32, scale: f32) -> f32 {
        integer as i32 as f32 * scale
    }
}

impl Number for f64 {
    type Word = u64;
    #[inline(always)]
    fn integers<const N: usize>(cell: &[f64; N], params: &Params, to: &mut Writer) -> Option<([u64; N], u32)> {
        block(cell, params, to)
    }
    #[inline(always)]
    fn scale(dims: u32, params: &Params, from: &mut Reader<'_>) -> Option<(f64, u32)> {
        scale(dims, params, from)
    }
    #[inline(always)]
    fn scaled(integer: u64, scale: f64) -> f64 {
        integer as i64 as f64 * scale
    }
}

/// A float, by the fields of its bits.
trait Float: Number {
    /// Bits of the exponent.
    const EXPONENT: u32;
    /// The bits without the sign.
    fn magnitude(self) -> Self::Word;
    /// The float of these bits.
    fn of(bits: u64) -> Self;
    /// The integer part of this times 2 to the power of `exponent`.
    ///
    /// # Safety
    /// A float of this type holds that power, and the integer has room for the product.
    unsafe fn whole(self, exponent: i32) -> Self::Word;
}

impl Float for f32 {
    const EXPONENT: u32 = 8;
    #[inline(always)]
    fn magnitude(self) -> u32 {
        self.abs().to_bits()
    }
    #[inline(always)]
    fn of(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
    #[inline(always)]
    unsafe fn whole(self, exponent: i32) -> u32 {
        let product = self * f32::from_bits(((exponent + 127) as u32) << 23);
        // SAFETY: as asked of the caller.
        unsafe { product.to_int_unchecked::<i32>() as u32 }
    }
}

impl Float for f64 {
    const EXPONENT: u32 = 11;
    #[inline(always)]
    fn magnitude(self) -> u64 {
        self.abs().to_bits()
    }
    #[inline(always)]
    fn of(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
    #[inline(always)]
    unsafe fn whole(self, exponent: i32) -> u64 {
        let product = self * f64::from_bits(((exponent + 1023) as u64) << 52);
        // SAFETY: as asked of the caller.
        unsafe { product.to_int_unchecked::<i64>() as u64 }
    }
}

/// Integers of a common exponent, that of the largest float: they take all bits but two.
#[inline(always)]
fn block<T: Float, const N: usize>(cell: &[T; N], params: &Params, to: &mut Writer) -> Option<([T::Word; N], u32)> {
    let largest = cell.iter().fold(T::Word::default(), |largest, n| largest.max(n.magnitude())).wide();
    let (bias, field) = ((1 << (T::EXPONENT - 1)) - 1, (largest >> (8 * size_of::<T>() as u32 - 1 - T::EXPONENT)) as i32);
    let exponent = field - bias + 1;
    let planes = precision(exponent, N.ilog(4), params);
    if largest == 0 || planes == 0 {
        to.put(0, 1);
        return None;
    }
    to.put(2 * (field as u64 + 1) + 1, 1 + T::EXPONENT);
    Some((fixed(cell, 8 * size_of::<T>() as i32 - 2 - exponent, bias), planes))
}

/// Floats times a power of two, as integers. Where no float of the type holds it, zfp's are infinite or not a number: as x86 converts
/// those, all become the lowest integer.
#[inline(always)]
fn fixed<T: Float, const N: usize>(cell: &[T; N], exponent: i32, bias: i32) -> [T::Word; N] {
    if !(-bias < exponent && exponent <= bias) {
        return [T::Word::LOWEST; N];
    }
    // SAFETY: the power was looked at; it takes the largest of the floats to less than a quarter of the integer's range.
    cell.map(|n| unsafe { n.whole(exponent) })
}

/// Bit planes of a cell with this exponent.
#[inline(always)]
fn precision(exponent: i32, dims: u32, params: &Params) -> u32 {
    (exponent - params.minexp + 2 * dims as i32 + 2).clamp(0, params.maxprec as i32) as u32
}

#[inline(always)]
fn scale<T: Float>(dims: u32, params: &Params, from: &mut Reader<'_>) -> Option<(T, u32)> {
    if from.take(1) == 0 {
        return None;
    }
    let exponent = from.take(T::EXPONENT) as i32 - (1 << (T::EXPONENT - 1)) + 1;
    Some((power(exponent - 8 * size_of::<T>() as i32 + 2), precision(exponent, dims, params)))
}

/// Two to the power of `exponent`, which is not above those of the type; rounded to zero where it is below them.
#[inline(always)]
fn power<T: Float>(exponent: i32) -> T {
    let (fraction, bias) = (8 * size_of::<T>() as i32 - 1 - T::EXPONENT as i32, (1 << (T::EXPONENT - 1)) - 1);
    let field = exponent + bias;
    let place = field - 1 + fraction;
    T::of(if field > 0 {
        (field as u64) << fraction
    } else if place >= 0 {
        1 << place
    } else {
        0
    })
}
