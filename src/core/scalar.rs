//! One value of a fixed-size dtype, on its way to and from text formats (JSON, MessagePack), by NumPy's rules of assignment.

use half::f16;

use super::dtype::{Class, Dtype};
use super::error::{Error, Result};
use super::text;

/// A plain value, as Python's `tolist()` gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `None`; the missing value of times.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// An integer beyond 128 bits, as the nearest float.
    Huge(f64),
    /// A float.
    Float(f64),
    /// Text as UTF-8, in which lone surrogates may stand as three bytes each.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Units that Python keeps as numbers; the others become `datetime` objects.
const NUMERIC_UNITS: [&str; 4] = ["ns", "ps", "fs", "as"];

/// The value in `item`, which has the size of `dtype`. Text goes into `buffer`.
pub fn load<'b>(dtype: Dtype, item: &'b [u8], buffer: &'b mut Vec<u8>) -> Result<Scalar<'b>> {
    let bits = bits(item, dtype.big_endian);
    let refused = || Err(Error::dtype(format!("values of {dtype} have no form in this format")));
    Ok(match dtype.class {
        Class::Bool => Scalar::Bool(bits != 0),
        Class::Int => Scalar::Int(signed(bits, dtype.itemsize).into()),
        Class::Uint => Scalar::Int(bits.into()),
        Class::Float => Scalar::Float(float(bits, dtype.itemsize)),
        Class::Datetime(_) | Class::Timedelta(_) if bits as i64 == i64::MIN => Scalar::Null,
        Class::Datetime(unit) if NUMERIC_UNITS.contains(&unit.base) => Scalar::Int((bits as i64).into()),
        Class::Timedelta(unit) if NUMERIC_UNITS.contains(&unit.base) || ["", "Y", "M"].contains(&unit.base) => {
            Scalar::Int((bits as i64).into())
        }
        Class::Datetime(_) | Class::Timedelta(_) | Class::Complex | Class::Object => return refused(),
        Class::Bytes => Scalar::Bytes(text::trim_nuls(item)),
        Class::Raw => Scalar::Bytes(item),
        Class::Text => {
            buffer.clear();
            buffer.try_reserve(item.len()).map_err(|_| Error::memory(item.len() as u64))?;
            for point in text::code_points(item, dtype.big_endian) {
                text::push_point(point, buffer)?;
            }
            Scalar::Text(buffer)
        }
    })
}

/// Up to eight bytes as a number.
fn bits(item: &[u8], big_endian: bool) -> u64 {
    let step = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    let few = item.get(..8).unwrap_or(item);
    if big_endian { few.iter().fold(0, step) } else { few.iter().rev().fold(0, step) }
}

fn signed(bits: u64, size: usize) -> i64 {
    let unused = 64 - 8 * size.clamp(1, 8) as u32;
    (bits << unused) as i64 >> unused
}

fn float(bits: u64, size: usize) -> f64 {
    match size {
        2 if f16::from_bits(bits as u16).is_nan() => f64::from_bits((bits & 0x8000) << 48 | 0x7ff0 << 48 | (bits & 0x3ff) << 42), // as it is
        2 => f16::from_bits(bits as u16).to_f64(),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

/// Writes `value` to `item`, which has the size of `dtype`, as NumPy assigns it: integers must fit, floats lose their fraction,
/// text and bytes are cut and padded.
pub fn store(value: Scalar<'_>, dtype: Dtype, item: &mut [u8]) -> Result<()> {
    let refused = || Error::data(format!("a value is not one of {dtype}"));
    match dtype.class {
        Class::Bool => put(u64::from(truth(value).ok_or_else(refused)?), dtype, item),
        Class::Int | Class::Uint => put(integer(value, dtype)?, dtype, item),
        Class::Float => put(float_bits(number(value, dtype)?, dtype.itemsize), dtype, item),
        Class::Datetime(_) | Class::Timedelta(_) => put(time(value, dtype)?, dtype, item),
        Class::Bytes | Class::Raw => match value {
            Scalar::Bytes(bytes) => pad(bytes, item),
            Scalar::Text(text) if text.is_ascii() && dtype.class == Class::Bytes => pad(text, item),
            _ => return Err(refused()),
        },
        Class::Text => match value {
            Scalar::Text(text) => text::fill_utf32(text, dtype.big_endian, item),
            Scalar::Bytes(bytes) if bytes.is_ascii() => text::fill_utf32(bytes, dtype.big_endian, item),
            _ => return Err(refused()),
        },
        Class::Complex | Class::Object => return Err(refused()),
    }
    Ok(())
}

fn put(bits: u64, dtype: Dtype, item: &mut [u8]) {
    let bytes = bits.to_le_bytes();
    for (to, from) in item.iter_mut().zip(bytes) {
        *to = from;
    }
    if dtype.big_endian {
        item.reverse();
    }
}

fn pad(bytes: &[u8], item: &mut [u8]) {
    let (front, back) = item.split_at_mut(bytes.len().min(item.len()));
    front.copy_from_slice(bytes.get(..front.len()).unwrap_or_default());
    back.fill(0);
}

fn truth(value: Scalar<'_>) -> Option<bool> {
    match value {
        Scalar::Null => Some(false),
        Scalar::Bool(value) => Some(value),
        Scalar::Int(value) => Some(value != 0),
        Scalar::Float(value) | Scalar::Huge(value) => Some(value != 0.0),
        Scalar::Text(_) | Scalar::Bytes(_) => None,
    }
}

fn integer(value: Scalar<'_>, dtype: Dtype) -> Result<u64> {
    let overflow = || Error::data(format!("a number is out of the range of {dtype}"));
    let number = match value {
        Scalar::Bool(value) => value.into(),
        Scalar::Int(value) => value,
        Scalar::Float(value) if value.abs() < 1e38 => value as i128,
        Scalar::Float(_) | Scalar::Huge(_) => return Err(overflow()),
        _ => return Err(Error::data(format!("a value is not one of {dtype}"))),
    };
    let width = 8 * dtype.itemsize as u32;
    let range = if dtype.class == Class::Uint { 0..1i128 << width } else { -(1i128 << (width - 1))..1i128 << (width - 1) };
    if range.contains(&number) { Ok(number as u64) } else { Err(overflow()) }
}

fn number(value: Scalar<'_>, dtype: Dtype) -> Result<f64> {
    match value {
        Scalar::Null => Ok(f64::NAN),
        Scalar::Bool(value) => Ok(f64::from(u8::from(value))),
        Scalar::Int(value) => Ok(value as f64),
        Scalar::Huge(value) if value.is_infinite() => Err(Error::data(format!("a number is out of the range of {dtype}"))),
        Scalar::Huge(value) | Scalar::Float(value) => Ok(value),
        Scalar::Text(_) | Scalar::Bytes(_) => Err(Error::data(format!("a value is not one of {dtype}"))),
    }
}

fn float_bits(value: f64, size: usize) -> u64 {
    match size {
        2 => half_of(value).to_bits().into(),
        4 => (value as f32).to_bits().into(),
        _ => value.to_bits(),
    }
}

/// The nearest half. By way of `f32` it would be rounded twice, so the first step keeps in the last bit that something was lost.
fn half_of(value: f64) -> f16 {
    if value.is_nan() {
        let payload = (value.to_bits() >> 42 & 0x3ff) as u16; // NumPy keeps it, quiet or not
        let sign = if value.is_sign_negative() { 0xfc00 } else { 0x7c00 };
        return f16::from_bits(sign | payload.max(1));
    }
    let near = value as f32;
    let bits = near.to_bits();
    let odd = match f64::from(near).abs() - value.abs() {
        lost if bits & 1 == 0 && lost > 0.0 => bits - 1,
        lost if bits & 1 == 0 && lost < 0.0 => bits + 1,
        _ => bits,
    };
    f16::from_f32(f32::from_bits(odd))
}

fn time(value: Scalar<'_>, dtype: Dtype) -> Result<u64> {
    let generic = matches!(dtype.class, Class::Datetime(unit) if unit.base.is_empty());
    match value {
        Scalar::Null => Ok(i64::MIN as u64),
        Scalar::Int(_) if !generic => integer(value, Dtype::native(Class::Int, 8)),
        _ => Err(Error::data(format!("a value is not one of {dtype}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(value: Scalar<'_>, dtype: &str) -> Option<Vec<u8>> {
        let dtype = Dtype::parse(dtype).expect("dtype");
        let mut item = vec![0xaa; dtype.itemsize];
        store(value, dtype, &mut item).ok().map(|()| item)
    }

    fn loaded(dtype: &str, item: &[u8]) -> Option<String> {
        load(Dtype::parse(dtype).expect("dtype"), item, &mut Vec::new()).ok().map(|value| format!("{value:?}"))
    }

    #[test]
    fn integers_must_fit_and_fractions_are_dropped() {
        assert_eq!(stored(Scalar::Int(-2), ">i2"), Some(vec![0xff, 0xfe]));
        assert_eq!(stored(Scalar::Int(u64::MAX.into()), "<u8"), Some(vec![0xff; 8]));
        assert_eq!(stored(Scalar::Float(-1.7), "|i1"), Some(vec![0xff]));
        assert_eq!(stored(Scalar::Bool(true), "|u1"), Some(vec![1]));
        for (value, dtype) in [
            (Scalar::Int(256), "|u1"),
            (Scalar::Int(-1), "|u1"),
            (Scalar::Int(128), "|i1"),
            (Scalar::Int(1 << 64), "<u8"),
            (Scalar::Float(f64::INFINITY), "<i8"),
            (Scalar::Float(1e20), "<i8"),
            (Scalar::Huge(1e40), "<i8"),
            (Scalar::Null, "<i4"),
            (Scalar::Text(b"5"), "<i4"),
        ] {
            assert_eq!(stored(value, dtype), None, "{value:?} as {dtype}");
        }
        assert_eq!(stored(Scalar::Float(f64::NAN), "<i4"), None);
    }

    #[test]
    fn floats_round_once_and_take_null_as_nan() {
        assert_eq!(stored(Scalar::Float(1.0 + 2f64.powi(-11) + 2f64.powi(-40)), "<f2"), Some(vec![0x01, 0x3c]));
        assert_eq!(stored(Scalar::Float(-1.0 - 2f64.powi(-11)), "<f2"), Some(vec![0x00, 0xbc]));
        assert_eq!(stored(Scalar::Float(65519.99999999999), "<f2"), Some(vec![0xff, 0x7b]));
        assert_eq!(stored(Scalar::Float(65520.0), "<f2"), Some(vec![0x00, 0x7c]));
        assert_eq!(stored(Scalar::Float(1e300), "<f2"), Some(vec![0x00, 0x7c]));
        assert_eq!(stored(Scalar::Float(1e300), ">f4"), Some(vec![0x7f, 0x80, 0, 0]));
        assert_eq!(stored(Scalar::Null, "<f8"), Some(f64::NAN.to_le_bytes().to_vec()));
        assert_eq!(stored(Scalar::Huge(f64::INFINITY), "<f8"), None);
    }

    #[test]
    fn times_keep_their_count_where_python_does() {
        let five = 5i64.to_le_bytes();
        assert_eq!(loaded("<M8[ns]", &five).as_deref(), Some("Int(5)"));
        assert_eq!(loaded("<m8[Y]", &five).as_deref(), Some("Int(5)"));
        assert_eq!(loaded("<M8[s]", &i64::MIN.to_le_bytes()).as_deref(), Some("Null"));
        assert_eq!((loaded("<M8[s]", &five), loaded("<m8[us]", &five), loaded("<M8", &five)), (None, None, None));
        assert_eq!(stored(Scalar::Null, ">M8[D]"), Some(vec![0x80, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(stored(Scalar::Int(5), "<M8"), None);
    }

    #[test]
    fn text_is_cut_and_padded() {
        assert_eq!(stored(Scalar::Text("äb".as_bytes()), ">U1"), Some(vec![0, 0, 0, 0xe4]));
        assert_eq!(stored(Scalar::Text(b"a"), "<U2"), Some(vec![b'a', 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(stored(Scalar::Bytes(b"abc"), "|S2"), Some(b"ab".to_vec()));
        assert_eq!(stored(Scalar::Bytes(b"a"), "|V2"), Some(b"a\0".to_vec()));
        assert_eq!(stored(Scalar::Text("ä".as_bytes()), "|S2"), None);
    }
}
