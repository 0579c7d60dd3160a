//! The full header of a zfp stream: magic, type, extents and mode, packed from the lowest bit up.
#![forbid(unsafe_code)]

use crate::core::dims::Dims;
use crate::core::{Class, Dtype, Error, Result};
use crate::kernels::zfp::Params;
use crate::sys::zfp::{MAX_BITS, Scalar};

/// "zfp" and the version of the format.
const MAGIC: u64 = u32::from_le_bytes(*b"zfp\x05") as u64;
/// Lowest exponent of a double; the reversible mode has the one below.
pub const MIN_EXP: i32 = -1074;
const MAX_PREC: u32 = 64;
/// Nothing asked for.
const FREE: Params = Params { minbits: 1, maxbits: MAX_BITS, maxprec: MAX_PREC, minexp: MIN_EXP };

/// What a header tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of the numbers.
    pub scalar: Scalar,
    /// Extents, the fastest last; one to four, none of them 0.
    pub shape: Dims,
    /// How the numbers were compressed.
    pub mode: Mode,
}

/// The modes of zfp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Bits of every cell.
    Rate(u32),
    /// Bit planes of every cell, 1..=64.
    Precision(u32),
    /// Exponent of the largest error.
    Accuracy(i32),
    /// Without loss.
    Reversible,
    /// Anything else that a stream may say.
    Expert(Params),
}

impl Mode {
    /// The parameters of a cell.
    pub fn params(self) -> Params {
        match self {
            Mode::Rate(bits) => Params { minbits: bits, maxbits: bits, ..FREE },
            Mode::Precision(planes) => Params { maxprec: planes, ..FREE },
            Mode::Accuracy(exponent) => Params { minexp: exponent, ..FREE },
            Mode::Reversible => Params { minexp: MIN_EXP - 1, ..FREE },
            Mode::Expert(params) => params,
        }
    }

    /// The mode as stored, and its length in bits: the short form where there is one.
    fn bits(self) -> (u64, u32) {
        let short = match self {
            Mode::Rate(bits @ 1..=2048) => bits - 1,
            Mode::Precision(planes @ 1..MAX_PREC) => 2047 + planes,
            Mode::Reversible => 2176,
            Mode::Accuracy(exponent) if (MIN_EXP + 1..=843).contains(&exponent) => (exponent - MIN_EXP + 2177) as u32,
            _ => return (self.long(), 64),
        };
        (u64::from(short), 12)
    }

    fn long(self) -> u64 {
        let params = self.params();
        let field = |value: u32, at: u32| u64::from(value) << at;
        let exponent = (params.minexp + 16495).clamp(0, 0x7fff) as u32;
        0xfff | field(params.minbits - 1, 12) | field(params.maxbits - 1, 27) | field(params.maxprec - 1, 42) | field(exponent, 49)
    }

    /// From the 64 bits that begin with the mode; also returns how many it takes.
    fn parse(bits: u64) -> Result<(Self, u64)> {
        let mode = match (bits & 0xfff) as u32 {
            short @ 0..2048 => Mode::Rate(short + 1),
            short @ 2048..2176 => Mode::Precision(short - 2047),
            2176 => Mode::Reversible,
            short @ 2177..4095 => Mode::Accuracy(short as i32 - 2177 + MIN_EXP),
            _ => return Self::parse_long(bits).map(|mode| (mode, 64)),
        };
        match mode {
            Mode::Precision(planes) if planes > MAX_PREC => Err(Error::data(format!("a precision of {planes} bit planes")).at(10)),
            mode => Ok((mode, 12)),
        }
    }

    fn parse_long(bits: u64) -> Result<Self> {
        let field = |at: u32, count: u32| (bits >> at) as u32 & ((1 << count) - 1);
        let params = Params {
            minbits: field(12, 15) + 1,
            maxbits: field(27, 15) + 1,
            maxprec: field(42, 7) + 1,
            minexp: field(49, 15) as i32 - 16495,
        };
        if params.minbits > params.maxbits || params.maxprec > MAX_PREC {
            return Err(Error::data(format!("parameters that no mode has: {params:?}")).at(10));
        }
        Ok(Mode::Expert(params))
    }
}

/// Bits of each extent in a header of so many dimensions.
fn extent_bits(dims: usize) -> u32 {
    48 / dims.max(1) as u32
}

impl Header {
    /// Checks what a header can hold.
    pub fn new(scalar: Scalar, shape: &[usize], mode: Mode) -> Result<Self> {
        if !(1..=4).contains(&shape.len()) {
            return Err(Error::shape(format!("{} dimensions: 1 to 4 are taken", shape.len())));
        }
        let most = 1u64 << extent_bits(shape.len());
        if let Some(extent) = shape.iter().find(|n| **n == 0 || **n as u64 > most) {
            return Err(Error::shape(format!("an extent of {extent} in {} dimensions: 1 to {most} are taken", shape.len())));
        }
        Ok(Header { scalar, shape: shape.into(), mode })
    }

    /// Reads the header; also returns the bit where the cells begin.
    pub fn parse(src: &[u8]) -> Result<(Self, u64)> {
        let cut_off = || Error::data(format!("the header is cut off after {} bytes", src.len())).at(src.len());
        if bits(src, 0, 32).ok_or_else(cut_off)? != MAGIC {
            return Err(Error::data("no zfp stream of version 5: it begins with other bytes").at(0));
        }
        let scalar = [Scalar::Int32, Scalar::Int64, Scalar::Float, Scalar::Double];
        let scalar = bits(src, 32, 2).and_then(|i| scalar.get(i as usize).copied()).ok_or_else(cut_off)?;
        let dims = bits(src, 34, 2).ok_or_else(cut_off)? as usize + 1;
        let width = extent_bits(dims);
        let extent = |i: usize| bits(src, 36 + i as u64 * u64::from(width), width).and_then(|n| usize::try_from(n + 1).ok());
        let mut shape = Dims::repeat(0, dims);
        for (i, to) in shape.iter_mut().rev().enumerate() {
            *to = extent(i).ok_or_else(cut_off)?;
        }
        let short = bits(src, 84, 12).ok_or_else(cut_off)?;
        let (mode, length) = Mode::parse(bits(src, 84, 64).unwrap_or(short))?;
        if (84 + length).div_ceil(8) > src.len() as u64 {
            return Err(cut_off());
        }
        Ok((Header { scalar, shape, mode }, 84 + length))
    }

    /// Visits the header as values and their lengths in bits.
    pub fn write(&self, mut put: impl FnMut(u64, u32)) {
        let (mode, length) = self.mode.bits();
        put(MAGIC, 32);
        put(self.scalar as u64, 2);
        put(self.shape.len() as u64 - 1, 2);
        self.shape.iter().rev().for_each(|n| put(*n as u64 - 1, extent_bits(self.shape.len())));
        put(mode, length);
    }

    /// Dtype of the numbers, in the byte order of this machine.
    pub fn dtype(&self) -> Dtype {
        match self.scalar {
            Scalar::Int32 => Dtype::native(Class::Int, 4),
            Scalar::Int64 => Dtype::native(Class::Int, 8),
            Scalar::Float => Dtype::native(Class::Float, 4),
            Scalar::Double => Dtype::native(Class::Float, 8),
        }
    }
}

/// `count` bits from bit `at` on, lowest first; `None` past the end.
fn bits(src: &[u8], at: u64, count: u32) -> Option<u64> {
    let from = usize::try_from(at / 8).ok()?;
    let to = usize::try_from((at + u64::from(count)).div_ceil(8)).ok()?;
    let bytes = src.get(from..to)?;
    let wide = bytes.iter().rev().fold(0u128, |wide, byte| wide << 8 | u128::from(*byte));
    Some((wide >> (at % 8)) as u64 & u64::MAX >> (64 - count))
}
