//! Counts of one time unit as counts of another, rounded down; NaT stays NaT.

use super::dtype::{Class, Dtype, Unit};
use super::error::{Error, Result};

/// How counts are converted.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The number stays.
    Same,
    /// Times a fraction.
    Linear(i128, i128),
    /// Months since 1970, `.0` of them a count, to days, which are then `.1 / .2` counts.
    FromMonths(i128, i128, i128),
    /// Counts to days by a fraction, which are then in months since 1970; `.2` of them are a count.
    ToMonths(i128, i128, i128),
}

/// A conversion between two units.
#[derive(Clone, Copy, Debug)]
pub struct Conversion(Way);

/// Attoseconds of a day, times 4800: the average month of 400 years is then a whole number, too.
const DAY: i128 = 86_400 * 4800 * 1_000_000_000_000_000_000;
const MONTH: i128 = 146_097 * (DAY / 4800);

/// One base unit, in 4800ths of an attosecond.
fn ticks(base: &str) -> i128 {
    match base {
        "Y" => 12 * MONTH,
        "M" => MONTH,
        "W" => 7 * DAY,
        "D" => DAY,
        "h" => DAY / 24,
        "m" => DAY / 1440,
        "s" => DAY / 86_400,
        "ms" => DAY / 86_400_000,
        "us" => DAY / 86_400_000_000,
        "ns" => DAY / 86_400_000_000_000,
        "ps" => DAY / 86_400_000_000_000_000,
        "fs" => DAY / 86_400_000_000_000_000_000,
        _ => 4800,
    }
}

/// What a count of one unit is in counts of another. The base units are reduced first: counts of many years have more ticks than 128 bits.
fn ratio((from, from_count): (&str, u32), (to, to_count): (&str, u32)) -> (i128, i128) {
    let (num, den) = reduced(ticks(from), ticks(to));
    reduced(num * i128::from(from_count), den * i128::from(to_count))
}

/// Months of a count of years or months; `None` for the other units.
fn months(unit: Unit) -> Option<i128> {
    match unit.base {
        "Y" => Some(12 * i128::from(unit.count)),
        "M" => Some(unit.count.into()),
        _ => None,
    }
}

fn reduced(num: i128, den: i128) -> (i128, i128) {
    let (mut a, mut b) = (num, den);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (num / a, den / a)
}

impl Conversion {
    /// From one dtype of datetimes or timedeltas to another. Between the two kinds, and with generic units, the number stays.
    pub fn new(from: Dtype, to: Dtype) -> Self {
        let way = match (from.class, to.class) {
            (Class::Datetime(a), Class::Datetime(b)) if a != b => Self::datetime(a, b),
            (Class::Timedelta(a), Class::Timedelta(b)) if a != b => Self::linear(a, b),
            _ => Way::Same,
        };
        Conversion(way)
    }

    fn linear(from: Unit, to: Unit) -> Way {
        if from.base.is_empty() || to.base.is_empty() {
            return Way::Same;
        }
        let (num, den) = ratio((from.base, from.count), (to.base, to.count));
        Way::Linear(num, den)
    }

    fn datetime(from: Unit, to: Unit) -> Way {
        if from.base.is_empty() || to.base.is_empty() {
            return Way::Same;
        }
        match (months(from), months(to)) {
            (Some(months), None) => {
                let (num, den) = ratio(("D", 1), (to.base, to.count));
                Way::FromMonths(months, num, den)
            }
            (None, Some(months)) => {
                let (num, den) = ratio((from.base, from.count), ("D", 1));
                Way::ToMonths(num, den, months)
            }
            _ => Self::linear(from, to),
        }
    }

    /// One count, or an error where the result does not fit.
    pub fn apply(self, value: i64) -> Result<i64> {
        if value == i64::MIN || matches!(self.0, Way::Same) {
            return Ok(value);
        }
        let scaled = |value: i128, num: i128, den: i128| value.checked_mul(num).map(|value| value.div_euclid(den));
        let value = i128::from(value);
        let result = match self.0 {
            Way::Same => Some(value),
            Way::Linear(num, den) => scaled(value, num, den),
            Way::FromMonths(months, num, den) => scaled(days_of_month(value * months), num, den),
            Way::ToMonths(num, den, months) => scaled(value, num, den).map(|days| month_of_day(days).div_euclid(months)),
        };
        let fits = result.and_then(|value| i64::try_from(value).ok()).filter(|value| *value != i64::MIN);
        fits.ok_or_else(|| Error::data("a time does not fit the other unit"))
    }
}

/// Days from 1970-01-01 to the first day of a month, counted from that one. Years begin in March here, so that leap days come last.
fn days_of_month(month: i128) -> i128 {
    let shifted = month - 2;
    let (year, month) = (1970 + shifted.div_euclid(12), shifted.rem_euclid(12));
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 - 719_468
}

/// The month of a day, counted from January 1970.
fn month_of_day(day: i128) -> i128 {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let rest = day.rem_euclid(146_097);
    let year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365;
    let of_year = rest - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    (400 * era + year - 1970) * 12 + month + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(from: &str, to: &str, value: i64) -> Option<i64> {
        let dtype = |text| Dtype::parse(text).expect("dtype");
        Conversion::new(dtype(from), dtype(to)).apply(value).ok()
    }

    #[test]
    fn rounds_down_and_keeps_nat() {
        assert_eq!(convert("M8[ns]", "M8[s]", -1), Some(-1));
        assert_eq!(convert("M8[s]", "M8[ns]", 5), Some(5_000_000_000));
        assert_eq!(convert("M8[s]", "M8[ns]", i64::MIN), Some(i64::MIN));
        assert_eq!(convert("M8[s]", "M8[ns]", 1 << 62), None);
        assert_eq!(convert("m8[7s]", "m8[3s]", -13), Some(-31));
        assert_eq!(convert("M8", "M8[s]", 5), Some(5));
        assert_eq!(convert("m8[2000000000Y]", "m8[D]", 1), Some(730_485_000_000));
        assert_eq!(convert("M8[2000000000Y]", "M8[M]", -1), Some(-24_000_000_000));
        assert_eq!(convert("m8[as]", "m8[2147483647Y]", -1), Some(-1));
        assert_eq!(convert("M8[s]", "m8[ns]", 5), Some(5));
    }

    #[test]
    fn months_follow_the_calendar_in_datetimes_and_an_average_in_timedeltas() {
        for (value, days) in [(0, 0), (1, 365), (-1, -365), (13, 4748), (-1000, -365_242), (19_999, 7_304_485)] {
            assert_eq!(convert("M8[Y]", "M8[D]", value), Some(days));
        }
        assert_eq!((convert("M8[D]", "M8[M]", 1000), convert("M8[D]", "M8[M]", -1)), (Some(32), Some(-1)));
        assert_eq!(convert("M8[3M]", "M8[5Y]", 1000), Some(50));
        assert_eq!((convert("m8[Y]", "m8[D]", 1), convert("m8[Y]", "m8[D]", -1)), (Some(365), Some(-366)));
    }

    #[test]
    fn every_day_of_eight_centuries_is_in_its_month() {
        for day in -146_097..146_097 {
            let month = month_of_day(day);
            assert!(days_of_month(month) <= day && day < days_of_month(month + 1), "day {day}");
        }
    }
}
