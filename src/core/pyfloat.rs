//! The text of a float as Python's `repr` writes it: the shortest digits that give the value back, `1e+16`, `1e-07`, `-0.0`.

use std::fmt::Write;
use std::ops::Deref;

use crate::kernels::half_cast::half_from_f64;

/// Longest text is `-2.2250738585072014e-308`.
const ROOM: usize = 32;

/// A short ASCII text without an allocation.
#[derive(Clone, Copy, Default)]
pub struct Text {
    bytes: [u8; ROOM],
    len: usize,
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

impl Text {
    fn push(&mut self, text: &str) {
        let _ = self.write_str(text); // the room is enough for every float
    }

    fn zeros(&mut self, n: usize) {
        (0..n).for_each(|_| self.push("0"));
    }
}

/// Python's `repr`; `nan`, `inf` and `-inf` for what is not finite.
pub fn repr(value: f64) -> Text {
    layout(value, shortest(value), 1e16)
}

/// NumPy's text of a 4-byte float: its own shortest digits, and an exponent from 10^6.
pub fn repr_f32(value: f32) -> Text {
    layout(value.into(), shortest(value), 1e6)
}

/// NumPy's text of a 2-byte float, given widened: its own shortest digits, and an exponent from 10^3.
pub fn repr_f16(value: f64) -> Text {
    let mut plain = Text::default();
    for digits in 0..5 {
        plain = Text::default();
        let _ = write!(plain, "{:.digits$e}", value.abs());
        let again = half_from_f64(plain.parse().unwrap_or(f64::NAN));
        if again.to_f64() == value.abs() {
            break;
        }
    }
    layout(value, significant(&plain), 1e3)
}

/// Sign, digits and exponent of a value put together; from `limit` on with an exponent.
fn layout(value: f64, (digits, exponent): (Text, i32), limit: f64) -> Text {
    let mut text = Text::default();
    if !value.is_finite() {
        text.push(match (value.is_nan(), value < 0.0) {
            (true, _) => "nan",
            (_, true) => "-inf",
            _ => "inf",
        });
        return text;
    }
    if value.is_sign_negative() {
        text.push("-");
    }
    if value == 0.0 || (1e-4..limit).contains(&value.abs()) {
        fixed(&mut text, &digits, exponent);
    } else {
        let (first, rest) = digits.split_at(digits.len().min(1));
        text.push(first);
        if !rest.is_empty() {
            text.push(".");
            text.push(rest);
        }
        let _ = write!(text, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    }
    text
}

/// The shortest digits. Of two texts equally near, Python and `zmij` take the one with an even last digit; the standard library
/// does not.
fn shortest(value: impl zmij::Float) -> (Text, i32) {
    significant(zmij::Buffer::new().format(value).trim_start_matches('-'))
}

/// The digits of a number in text, without zeros at either end, and the power of ten of the first one.
fn significant(plain: &str) -> (Text, i32) {
    let (mantissa, power) = plain.split_once('e').unwrap_or((plain, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut all = Text::default();
    all.push(whole);
    all.push(fraction);
    let significant = all.trim_start_matches('0');
    let exponent = whole.len() as i32 - (all.len - significant.len()) as i32 - 1 + power.parse().unwrap_or(0);
    let mut digits = Text::default();
    digits.push(significant.trim_end_matches('0'));
    if digits.is_empty() {
        digits.push("0");
        return (digits, 0);
    }
    (digits, exponent)
}

/// The digits times ten to the `exponent` (of the first one), without an exponent.
fn fixed(text: &mut Text, digits: &str, exponent: i32) {
    if exponent < 0 {
        text.push("0.");
        text.zeros(exponent.unsigned_abs() as usize - 1);
        text.push(digits);
        return;
    }
    let whole = exponent as usize + 1;
    let (before, after) = digits.split_at(whole.min(digits.len()));
    text.push(before);
    text.zeros(whole - before.len());
    text.push(".");
    text.push(if after.is_empty() { "0" } else { after });
}

#[cfg(test)]
mod tests {
    use super::{repr, repr_f16, repr_f32};

    #[test]
    fn writes_what_python_writes() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (2.0, "2.0"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (123456789.125, "123456789.125"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (240.125_396_728_515_62, "240.12539672851562"), // halfway between ..562 and ..563
            (100.0, "100.0"),
            (1.5e16, "1.5e+16"),
            (9007199254740993.0, "9007199254740992.0"),
            (9.999999999999998e15, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (5e-324, "5e-324"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (-f64::MAX, "-1.7976931348623157e+308"),
            (1e300, "1e+300"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in cases {
            assert_eq!(&*repr(value), text);
        }
    }

    #[test]
    fn shorter_floats_have_shorter_texts() {
        let f32s = [(0.1, "0.1"), (123456.7, "123456.7"), (1e6, "1e+06"), (16777216.0, "1.6777216e+07"), (0.0001, "1e-04"), (-0.0, "-0.0")];
        for (value, text) in f32s {
            assert_eq!(&*repr_f32(value), text);
        }
        let f16s = [(0.0999755859375, "0.1"), (999.5, "999.5"), (2048.0, "2.048e+03"), (-65504.0, "-6.55e+04"), (f64::INFINITY, "inf")];
        for (value, text) in f16s {
            assert_eq!(&*repr_f16(value), text);
        }
    }

    #[test]
    fn gives_every_value_back() {
        let mut bits = 1u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = f64::from_bits(bits);
            if value.is_finite() {
                assert_eq!(repr(value).parse::<f64>().map(f64::to_bits), Ok(bits));
            }
        }
    }
}
