//! How `cast_value` makes numbers of one type those of another: rounded in five ways, and never beyond the type unasked.

use crate::core::Dtype;
use crate::core::dtype::Class;
use crate::core::exact::Wide;

/// Where a number goes that lies between two of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearer, in the middle to the even one.
    NearestEven,
    /// To the smaller magnitude.
    TowardsZero,
    /// Up.
    TowardsPositive,
    /// Down.
    TowardsNegative,
    /// To the nearer, in the middle to the larger magnitude.
    NearestAway,
}

/// What becomes of a number beyond the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfRange {
    /// An error.
    Refuse,
    /// The last number of the type, for floats infinity.
    Clamp,
    /// Integers only: the low bits.
    Wrap,
}

/// Sign, and a magnitude of `mantissa * 2^exponent`.
#[derive(Clone, Copy)]
struct Exact {
    negative: bool,
    mantissa: u128,
    exponent: i32,
}

impl Rounding {
    /// Whether the magnitude grows by one: `rest` was cut off, `half` of it is the middle.
    fn up(self, odd: bool, negative: bool, rest: u128, half: u128) -> bool {
        match self {
            _ if rest == 0 => false,
            Rounding::NearestEven => rest > half || (rest == half && odd),
            Rounding::NearestAway => rest >= half,
            Rounding::TowardsZero => false,
            Rounding::TowardsPositive => !negative,
            Rounding::TowardsNegative => negative,
        }
    }

    /// The number as a multiple of `2^unit`, rounded.
    fn round(self, number: Exact, unit: i32) -> Exact {
        let cut = unit.saturating_sub(number.exponent);
        if cut <= 0 || number.mantissa == 0 {
            return number;
        }
        let (kept, rest, half) = match cut as u32 {
            cut @ 1..=120 => (number.mantissa >> cut, number.mantissa & ((1 << cut) - 1), 1 << (cut - 1)),
            _ => (0, 1, 2), // far below the middle
        };
        let mantissa = kept + u128::from(self.up(kept & 1 == 1, number.negative, rest, half));
        Exact { mantissa, exponent: unit, ..number }
    }
}

impl Exact {
    /// A finite number.
    fn new(number: Wide) -> Option<Self> {
        match number {
            Wide::Int(whole) => Some(Exact { negative: whole < 0, mantissa: whole.unsigned_abs(), exponent: 0 }),
            Wide::Float(float) if float.is_finite() => {
                let bits = float.to_bits();
                let (biased, fraction) = ((bits >> 52 & 0x7ff) as i32, u128::from(bits & ((1 << 52) - 1)));
                let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
                Some(Exact { negative: bits >> 63 == 1, mantissa, exponent })
            }
            _ => None,
        }
    }

    /// The power of two that the magnitude stays below.
    fn height(self) -> i32 {
        128 - self.mantissa.leading_zeros() as i32 + self.exponent
    }

    /// A whole number; `None` beyond 127 bits.
    fn whole(self) -> Option<i128> {
        let magnitude = match self.exponent {
            _ if self.mantissa == 0 => 0,
            0 => self.mantissa,
            up @ 1.. if self.height() <= 127 => self.mantissa << up,
            _ => return None,
        };
        i128::try_from(magnitude).ok().map(|n| if self.negative { -n } else { n })
    }

    /// As a float that holds it; the mantissa has 53 bits at most.
    fn float(self) -> f64 {
        let magnitude = self.mantissa as f64 * 2_f64.powi(self.exponent.max(-1000)) * 2_f64.powi((self.exponent + 1000).min(0));
        if self.negative { -magnitude } else { magnitude }
    }
}

/// `number` as one of type `to`; `None` where it has none.
pub fn cast(number: Wide, to: Dtype, rounding: Rounding, out_of_range: OutOfRange) -> Option<Wide> {
    let bits = 8 * to.itemsize as u32;
    match (to.class, Exact::new(number)) {
        (Class::Float, None) => Some(number),
        (_, None) => None,
        (Class::Float, Some(exact)) => float(exact, to, rounding, out_of_range),
        (class, Some(exact)) => {
            let (low, high) = if class == Class::Int { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
            let rounded = rounding.round(exact, 0);
            match (rounded.whole(), out_of_range) {
                (Some(whole), _) if (low..=high).contains(&whole) => Some(Wide::Int(whole)),
                (_, OutOfRange::Refuse) => None,
                (_, OutOfRange::Clamp) => Some(Wide::Int(if rounded.negative { low } else { high })),
                (Some(whole), OutOfRange::Wrap) => Some(Wide::Int(whole)), // its low bits are what is written
                (None, OutOfRange::Wrap) => Some(Wide::Int(0)),            // a multiple of 2^64
            }
        }
    }
}

/// Digits of the mantissa, and the exponents of the smallest and of the largest number.
fn float(exact: Exact, to: Dtype, rounding: Rounding, out_of_range: OutOfRange) -> Option<Wide> {
    let (digits, lowest, highest) = match to.itemsize {
        2 => (11, -24, 16),
        4 => (24, -149, 128),
        _ => (53, -1074, 1024),
    };
    let rounded = rounding.round(exact, (exact.height() - digits).max(lowest));
    if rounded.mantissa != 0 && rounded.height() > highest {
        let infinity = if exact.negative { f64::NEG_INFINITY } else { f64::INFINITY };
        return (out_of_range == OutOfRange::Clamp).then_some(Wide::Float(infinity));
    }
    Some(Wide::Float(rounded.float()))
}

#[cfg(test)]
mod tests {
    use super::*;

    use Rounding::{NearestAway, NearestEven, TowardsNegative, TowardsPositive, TowardsZero};

    fn made(number: Wide, to: &str, rounding: Rounding, out_of_range: OutOfRange) -> Option<Wide> {
        cast(number, Dtype::parse(to).expect("dtype"), rounding, out_of_range)
    }

    #[test]
    fn floats_become_integers_in_five_ways() {
        for (rounding, whole) in [
            (NearestEven, [0, 2, 2, 0, -2, 0]),
            (TowardsZero, [0, 1, 2, 0, -1, 0]),
            (TowardsPositive, [1, 2, 3, 0, -1, 1]),
            (TowardsNegative, [0, 1, 2, -1, -2, 0]),
            (NearestAway, [1, 2, 3, -1, -2, 0]),
        ] {
            let given = [0.5, 1.5, 2.5, -0.5, -1.5, 1e-300];
            let found = given.map(|x| made(Wide::Float(x), "i1", rounding, OutOfRange::Refuse));
            assert_eq!(found, whole.map(|n| Some(Wide::Int(n))), "{rounding:?}");
        }
    }

    #[test]
    fn integers_become_floats_in_one_step() {
        for (rounding, floats) in [
            (NearestEven, [16777216.0, -16777216.0, 9.223372036854776e18]),
            (TowardsZero, [16777216.0, -16777216.0, 9.223371487098962e18]),
            (TowardsPositive, [16777218.0, -16777216.0, 9.223372036854776e18]),
            (TowardsNegative, [16777216.0, -16777218.0, 9.223371487098962e18]),
            (NearestAway, [16777218.0, -16777218.0, 9.223372036854776e18]),
        ] {
            let found = [16777217, -16777217, i64::MAX.into()].map(|n| made(Wide::Int(n), "<f4", rounding, OutOfRange::Refuse));
            assert_eq!(found, floats.map(|x| Some(Wide::Float(x))), "{rounding:?}");
        }
        assert_eq!(made(Wide::Float(-1e-300), "<f4", TowardsNegative, OutOfRange::Refuse), Some(Wide::Float(-1.401298464324817e-45)));
        assert_eq!(made(Wide::Float(5e-324), "<f8", TowardsZero, OutOfRange::Refuse), Some(Wide::Float(5e-324)));
    }

    #[test]
    fn what_is_beyond_the_type_is_refused_clamped_or_wrapped() {
        let all = |number, to: &str| {
            [OutOfRange::Refuse, OutOfRange::Clamp, OutOfRange::Wrap].map(|out_of_range| made(number, to, NearestEven, out_of_range))
        };
        assert_eq!(all(Wide::Int(300), "u1"), [None, Some(Wide::Int(255)), Some(Wide::Int(300))]);
        assert_eq!(all(Wide::Float(-1e300), "i2"), [None, Some(Wide::Int(-32768)), Some(Wide::Int(0))]);
        assert_eq!(all(Wide::Float(65520.0), "<f2"), [None, Some(Wide::Float(f64::INFINITY)), None]);
        assert_eq!(all(Wide::Float(65519.0), "<f2"), [Some(Wide::Float(65504.0)); 3]);
        assert_eq!(made(Wide::Float(65535.0), "<f2", TowardsZero, OutOfRange::Refuse), Some(Wide::Float(65504.0)));
        assert_eq!(all(Wide::Float(f64::INFINITY), "i2"), [None; 3]);
        assert_eq!(all(Wide::Float(f64::INFINITY), "<f4"), [Some(Wide::Float(f64::INFINITY)); 3]);
    }
}
