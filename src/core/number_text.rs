//! Numbers as Python writes them, and the texts that Python reads as numbers.

use super::dtype::{Class, Dtype};
use super::pyfloat::{Text, repr, repr_f16, repr_f32};
use crate::kernels::number::Wide;

/// Writes a number of type `dtype` as Python's `str` does.
pub fn write(value: Wide, dtype: Dtype, out: &mut String) {
    match (value, dtype.class) {
        (Wide::Int(value), Class::Bool) => out.push_str(if value == 0 { "False" } else { "True" }),
        (Wide::Int(value), _) => out.push_str(&value.to_string()),
        (Wide::Float(value), _) => out.push_str(&float(value, dtype.itemsize)),
        (Wide::Complex(re, im), _) => complex(re, im, dtype.itemsize / 2, out),
    }
}

fn float(value: f64, size: usize) -> Text {
    match size {
        2 => repr_f16(value),
        4 => repr_f32(value as f32),
        _ => repr(value),
    }
}

/// `(1+2j)`, or `2j` where the real part is a positive zero.
fn complex(re: f64, im: f64, size: usize, out: &mut String) {
    let (real, imaginary) = (float(re, size), float(im, size));
    let short = |text: &Text| text.strip_suffix(".0").unwrap_or(text).to_owned();
    let (real, imaginary) = (short(&real), short(&imaginary));
    if re == 0.0 && re.is_sign_positive() {
        out.push_str(&imaginary);
        out.push('j');
        return;
    }
    let plus = if imaginary.starts_with('-') { "" } else { "+" };
    out.push_str(&format!("({real}{plus}{imaginary}j)"));
}

/// Reads what Python's `bool`, `int`, `float` or `complex` makes of a text; ASCII digits only.
pub fn parse(text: &str, class: Class) -> Option<Wide> {
    match class {
        Class::Bool => Some(Wide::Int((!text.is_empty()).into())),
        Class::Int | Class::Uint => digits(text.trim()).and_then(|text| text.parse().ok()).map(Wide::Int),
        Class::Float => parse_float(text.trim()).map(Wide::Float),
        _ => parse_complex(text.trim()),
    }
}

/// The text without the underscores between digits; nothing where there are others.
fn digits(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let between = |i: usize| is_digit(i.checked_sub(1)) && is_digit(i.checked_add(1));
    let fine = bytes.iter().enumerate().all(|(i, byte)| *byte != b'_' || between(i));
    fine.then(|| text.replace('_', ""))
}

fn parse_float(text: &str) -> Option<f64> {
    digits(text)?.parse().ok()
}

fn parse_complex(text: &str) -> Option<Wide> {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).map_or(text, str::trim);
    let Some(parts) = inner.strip_suffix(['j', 'J']) else {
        return parse_float(inner).map(|re| Wide::Complex(re, 0.0));
    };
    let bytes = parts.as_bytes();
    let is_sign = |i: usize| matches!(bytes.get(i), Some(b'+' | b'-'));
    let after_exponent = |i: usize| matches!(i.checked_sub(1).and_then(|i| bytes.get(i)), Some(b'e' | b'E'));
    let split = (1..bytes.len()).rev().find(|i| is_sign(*i) && !after_exponent(*i)).unwrap_or(0);
    let (real, imaginary) = parts.split_at_checked(split)?;
    let im = match imaginary {
        "" | "+" => 1.0,
        "-" => -1.0,
        text => parse_float(text)?,
    };
    let re = if real.is_empty() { 0.0 } else { parse_float(real)? };
    Some(Wide::Complex(re, im))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: Wide, dtype: &str) -> String {
        let mut out = String::new();
        write(value, Dtype::parse(dtype).expect("dtype"), &mut out);
        out
    }

    #[test]
    fn writes_as_python_does() {
        assert_eq!((written(Wide::Int(-5), "<i8"), written(Wide::Int(1), "|b1")), ("-5".to_owned(), "True".to_owned()));
        assert_eq!((written(Wide::Float(1e16), "<f8"), written(Wide::Float(1e6), "<f4")), ("1e+16".to_owned(), "1e+06".to_owned()));
        let complex = [((1.0, 2.0), "(1+2j)"), ((-0.0, -1.0), "(-0-1j)"), ((0.0, -0.0), "-0j"), ((f64::NAN, f64::INFINITY), "(nan+infj)")];
        for ((re, im), text) in complex {
            assert_eq!(written(Wide::Complex(re, im), "<c16"), text);
        }
    }

    #[test]
    fn reads_what_python_reads() {
        for (text, value) in
            [(" 12\n", Some(12)), ("+4", Some(4)), ("1_000", Some(1000)), ("1e3", None), ("", None), ("1__0", None), ("_1", None)]
        {
            assert_eq!(parse(text, Class::Int), value.map(Wide::Int), "{text:?}");
        }
        for (text, value) in
            [("1_0.0_1", Some(10.01)), ("-Infinity", Some(f64::NEG_INFINITY)), ("5.", Some(5.0)), ("1._0", None), ("0x1", None)]
        {
            assert_eq!(parse(text, Class::Float), value.map(Wide::Float), "{text:?}");
        }
        let complex = [("1+2j", 1.0, 2.0), (" ( 1e+1-2J ) ", 10.0, -2.0), ("-j", 0.0, -1.0), ("1+j", 1.0, 1.0), ("3", 3.0, 0.0)];
        for (text, re, im) in complex {
            assert_eq!(parse(text, Class::Complex), Some(Wide::Complex(re, im)), "{text:?}");
        }
        for text in ["1 + 2j", "1+2", "2j+1", "((1))", "()", "1+2jx"] {
            assert_eq!(parse(text, Class::Complex), None, "{text:?}");
        }
    }
}
