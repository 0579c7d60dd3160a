//! Fill values: from every form of the metadata to the bytes of one item, and from those to memory.

use half::f16;
use serde_json::{Value, json};

use super::json::shown;
use crate::core::call::Limits;
use crate::core::config::{as_float, as_integer};
use crate::core::dtype::{Class, Dtype};
use crate::core::{ArrayRef, Call, Error, Items, Layout, Order, Result, Sink, convert};
use crate::registry;

/// One item: in the dtype and byte order of the chunk, or what an item of variable length holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Bytes of the item; zeros where the metadata leaves it open.
    pub item: Vec<u8>,
    /// Whether the metadata gives one.
    pub defined: bool,
}

impl Fill {
    /// Reads `value` for items of a chunk.
    pub fn parse(value: &Value, chunk: &Layout, path: &str) -> Result<Self> {
        let undefined = value.is_null() && chunk.items != Items::Json;
        let item = match chunk.items {
            Items::Fixed if undefined => zeros(chunk.dtype)?,
            Items::Fixed => fixed(value, chunk.dtype, path)?,
            Items::Json => value.to_string().into_bytes(),
            Items::Msgpack => message(value, path)?,
            Items::Utf8 | Items::Bytes | Items::Arrays => variable(value, chunk.items, path)?,
        };
        Ok(Fill { item, defined: !value.is_null() })
    }

    /// The item in the byte order of `to`, a dtype that differs from that of the chunk in nothing else.
    pub fn ordered(&self, chunk: Dtype, to: Dtype) -> Vec<u8> {
        let mut item = self.item.clone();
        if chunk.big_endian != to.big_endian {
            convert::swap_bytes(&mut item, chunk);
        }
        item
    }

    /// The fill value of the array that a filter gives, which zarr-python takes to be the same value; `None` where the new dtype does
    /// not hold exactly that.
    pub fn behind(&self, filter: &str, before: Dtype, after: Dtype) -> Option<Self> {
        if before == after || filter == "bitround" {
            return Some(self.clone()); // the integers of bitround are the same bytes
        }
        let config = json!({"id": "astype", "encode_dtype": after.to_string(), "decode_dtype": before.to_string()});
        let cast = registry::from_value(&config, None).ok()?;
        let mut limits = Limits::default();
        limits.strict = true;
        let (mut item, mut back) = (Sink::scratch(Call::new(&limits, None)), Sink::scratch(Call::new(&limits, None)));
        cast.encode(&ArrayRef::fixed(&Layout::flat(before, 1), &self.item).ok()?, &mut item).ok()?;
        cast.decode(&ArrayRef::fixed(&Layout::flat(after, 1), item.written()).ok()?, &mut back).ok()?;
        (back.written() == self.item).then(|| Fill { item: item.written().to_vec(), defined: self.defined })
    }

    /// Fills memory of layout `want`, whose dtype may differ in byte order from that of the chunk.
    pub fn write(&self, chunk: &Layout, want: &Layout, dst: &mut [u8]) -> Result<()> {
        let strides = vec![0; want.shape().len()];
        let one = Layout::new(chunk.dtype, chunk.items, want.shape(), Some(&strides), Order::Strided)?;
        convert::check(&one, want)?;
        convert::copy(&self.item, &one, dst, want)
    }
}

fn zeros(dtype: Dtype) -> Result<Vec<u8>> {
    let mut item = Vec::new();
    item.try_reserve_exact(dtype.itemsize).map_err(|_| Error::memory(dtype.itemsize as u64))?;
    item.resize(dtype.itemsize, 0);
    Ok(item)
}

fn wrong(value: &Value, dtype: &str, path: &str) -> Error {
    Error::config(path, format!("{} is not a value of {dtype}", shown(value)))
}

/// The item of a fixed-size dtype.
pub fn fixed(value: &Value, dtype: Dtype, path: &str) -> Result<Vec<u8>> {
    let wrong = || wrong(value, &dtype.to_string(), path);
    let mut item = match dtype.class {
        Class::Bool => vec![truth(value).ok_or_else(wrong)?],
        Class::Int | Class::Uint => integer(value, dtype).ok_or_else(wrong)?,
        Class::Datetime(_) | Class::Timedelta(_) => time(value).ok_or_else(wrong)?,
        Class::Float => float(value, dtype.itemsize).ok_or_else(wrong)?,
        Class::Complex => complex(value, dtype.itemsize / 2).ok_or_else(wrong)?,
        Class::Text => text(value, dtype)?.ok_or_else(wrong)?,
        Class::Bytes | Class::Raw => raw(value, dtype)?.ok_or_else(wrong)?,
        Class::Object => return Err(wrong()),
    };
    if dtype.big_endian {
        convert::swap_bytes(&mut item, dtype);
    }
    Ok(item)
}

fn truth(value: &Value) -> Option<u8> {
    let number = as_float(value)?;
    (number == 0.0 || number == 1.0).then_some(u8::from(number == 1.0))
}

/// Any whole number that the type holds, written as `0` or as `0.0`.
fn integer(value: &Value, dtype: Dtype) -> Option<Vec<u8>> {
    let whole = || as_float(value).filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i128);
    let unsigned = || value.as_u64().map(i128::from);
    let number = as_integer(value).map(i128::from).or_else(unsigned).or_else(whole)?;
    let bits = 8 * dtype.itemsize as u32;
    let (low, high) = if dtype.class == Class::Int { (-(1_i128 << (bits - 1)), 1_i128 << (bits - 1)) } else { (0, 1 << bits) };
    let bytes = number.to_le_bytes();
    ((low..high).contains(&number)).then(|| bytes.get(..dtype.itemsize).unwrap_or_default().to_vec())
}

fn time(value: &Value) -> Option<Vec<u8>> {
    let number = if value.as_str() == Some("NaT") { i64::MIN } else { as_integer(value)? };
    Some(number.to_le_bytes().to_vec())
}

/// A number, one of the words of the specification, or its bits as `"0x7fc00000"`.
fn float(value: &Value, size: usize) -> Option<Vec<u8>> {
    let number = match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        Some(text) => return hexadecimal(text, size),
        None => as_float(value)?,
    };
    Some(match size {
        2 => f16::from_f64(number).to_le_bytes().to_vec(),
        4 => (number as f32).to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    })
}

fn hexadecimal(text: &str, size: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 2 * size && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let bits = u64::from_str_radix(digits, 16).ok()?;
    bits.to_le_bytes().get(..size).map(<[u8]>::to_vec)
}

fn complex(value: &Value, half: usize) -> Option<Vec<u8>> {
    let (real, imaginary) = match value {
        Value::Array(parts) => match parts.as_slice() {
            [real, imaginary] => (float(real, half)?, float(imaginary, half)?),
            _ => return None,
        },
        number => (float(number, half)?, vec![0; half]),
    };
    Some([real, imaginary].concat())
}

/// Text as NumPy keeps it: UTF-32 padded with NULs. A number 0, as zarr-python 2 writes by default, is no text.
fn text(value: &Value, dtype: Dtype) -> Result<Option<Vec<u8>>> {
    let mut item = zeros(dtype)?;
    let Some(text) = value.as_str() else { return Ok(is_zero(value).then_some(item)) };
    let points: Vec<char> = text.chars().collect();
    if points.len() > dtype.itemsize / 4 {
        return Ok(None);
    }
    item.chunks_exact_mut(4).zip(points).for_each(|(unit, c)| unit.copy_from_slice(&u32::from(c).to_le_bytes()));
    Ok(Some(item))
}

/// Bytes in base64, padded with NULs, or a list of numbers as Zarr v3 writes raw bytes.
fn raw(value: &Value, dtype: Dtype) -> Result<Option<Vec<u8>>> {
    let mut item = zeros(dtype)?;
    let Some(bytes) = octets(value) else { return Ok(is_zero(value).then_some(item)) };
    let Some(front) = item.get_mut(..bytes.len()) else { return Ok(None) };
    front.copy_from_slice(&bytes);
    Ok(Some(item))
}

fn octets(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => base64_simd::STANDARD.decode_to_vec(text).ok(),
        Value::Array(list) => list.iter().map(|n| n.as_u64().and_then(|n| u8::try_from(n).ok())).collect(),
        _ => None,
    }
}

fn is_zero(value: &Value) -> bool {
    as_float(value) == Some(0.0)
}

/// What an item of variable length holds. null and the 0 that zarr-python 2 writes for objects are empty, as the codecs store them.
fn variable(value: &Value, items: Items, path: &str) -> Result<Vec<u8>> {
    if value.is_null() || is_zero(value) {
        return Ok(Vec::new());
    }
    let item = match items {
        Items::Utf8 => value.as_str().map(|text| text.as_bytes().to_vec()),
        Items::Bytes => octets(value),
        _ => None,
    };
    item.ok_or_else(|| wrong(value, "items of variable length", path))
}

/// A plain value as MessagePack.
fn message(value: &Value, path: &str) -> Result<Vec<u8>> {
    Ok(match value {
        Value::Null => vec![0xc0],
        Value::Bool(b) => vec![0xc2 + u8::from(*b)],
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(small @ 0..=127), _) => vec![small as u8],
            (Some(whole), _) => [&[0xd3][..], &whole.to_be_bytes()].concat(),
            (None, Some(float)) => [&[0xcb][..], &float.to_be_bytes()].concat(),
            _ => return Err(wrong(value, "MessagePack", path)),
        },
        Value::String(text) => {
            let size = u32::try_from(text.len()).map_err(|_| wrong(value, "MessagePack", path))?;
            [&[0xdb][..], &size.to_be_bytes(), text.as_bytes()].concat()
        }
        other => return Err(wrong(other, "MessagePack", path)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(dtype: &str, json: &str) -> Option<Vec<u8>> {
        let value = serde_json::from_str(json).expect("test JSON");
        let chunk = Layout::contiguous(Dtype::parse(dtype).expect(dtype), &[2], Order::C).expect(dtype);
        Fill::parse(&value, &chunk, "fill_value").ok().map(|fill| fill.item)
    }

    #[test]
    fn every_form_becomes_the_bytes_of_an_item() {
        let cases: [(&str, &str, &[u8]); 24] = [
            ("|b1", "true", &[1]),
            ("|i1", "-128", &[0x80]),
            (">i2", "258", &[1, 2]),
            ("<u8", "18446744073709551615", &[0xff; 8]),
            ("<i4", "7.0", &[7, 0, 0, 0]),
            ("<f4", "1.5", &[0, 0, 0xc0, 0x3f]),
            (">f8", "\"-Infinity\"", &[0xff, 0xf0, 0, 0, 0, 0, 0, 0]),
            ("<f2", "\"NaN\"", &[0, 0x7e]),
            ("<f4", "\"0x7fc00001\"", &[1, 0, 0xc0, 0x7f]),
            ("<c8", "[0.0, \"Infinity\"]", &[0, 0, 0, 0, 0, 0, 0x80, 0x7f]),
            ("<c8", "2", &[0, 0, 0, 0x40, 0, 0, 0, 0]),
            ("<M8[ns]", "-9223372036854775808", &[0, 0, 0, 0, 0, 0, 0, 0x80]),
            ("<m8[s]", "\"NaT\"", &[0, 0, 0, 0, 0, 0, 0, 0x80]),
            ("|S4", "\"YWI=\"", b"ab\0\0"),
            ("|S4", "\"\"", &[0; 4]),
            ("|S2", "0", &[0; 2]),
            ("|V3", "\"AQID\"", &[1, 2, 3]),
            ("|V2", "[1, 255]", &[1, 255]),
            ("<U2", "\"é\"", &[0xe9, 0, 0, 0, 0, 0, 0, 0]),
            (">U1", "\"A\"", &[0, 0, 0, 65]),
            ("<f8", "null", &[0; 8]),
            ("|u1", "255", &[255]),
            ("<i8", "-1", &[255; 8]),
            ("|b1", "0", &[0]),
        ];
        for (dtype, json, bytes) in cases {
            assert_eq!(item(dtype, json).as_deref(), Some(bytes), "{dtype} {json}");
        }
    }

    #[test]
    fn what_the_type_cannot_hold_is_refused() {
        for (dtype, json) in [
            ("|u1", "256"),
            ("|u1", "-1"),
            ("<i4", "1.5"),
            ("<i8", "9223372036854775808"),
            ("<f4", "\"nan\""),
            ("<f4", "\"0x7fc0\""),
            ("<f4", "\"0x+1234567\""),
            ("|S2", "\"YWJj\""),
            ("|S2", "\"?\""),
            ("<U1", "\"ab\""),
            ("<c8", "[1]"),
            ("|b1", "2"),
            ("|V2", "[256, 0]"),
            ("<M8[s]", "1.5"),
        ] {
            assert_eq!(item(dtype, json), None, "{dtype} {json}");
        }
    }

    #[test]
    fn fills_any_layout_and_leaves_gaps_alone() {
        let chunk = Layout::contiguous(Dtype::parse(">u2").expect("dtype"), &[9, 9], Order::C).expect("layout");
        let fill = Fill::parse(&Value::from(258), &chunk, "").expect("a value");
        let dtype = Dtype::parse("<u2").expect("dtype");
        let want = Layout::new(dtype, Items::Fixed, &[2, 2], Some(&[6, 3]), Order::C).expect("layout");
        let mut dst = [0xee; 11];
        fill.write(&chunk, &want, &mut dst).expect("fills");
        assert_eq!(dst, [2, 1, 0xee, 2, 1, 0xee, 2, 1, 0xee, 2, 1]);
        assert!(fill.write(&chunk, &Layout::bytes(11), &mut dst).is_err());
    }

    #[test]
    fn objects_have_fill_values_too() {
        let of = |items, json: &str| {
            let chunk = Layout::objects(items, Dtype::OBJECT, &[2]).expect("layout");
            Fill::parse(&serde_json::from_str(json).expect("test JSON"), &chunk, "").map(|fill| fill.item).ok()
        };
        assert_eq!(of(Items::Utf8, "\"é\""), Some("é".as_bytes().to_vec()));
        assert_eq!((of(Items::Utf8, "0"), of(Items::Bytes, "null")), (Some(Vec::new()), Some(Vec::new())));
        assert_eq!((of(Items::Json, "{\"a\":1}"), of(Items::Msgpack, "0")), (Some(b"{\"a\":1}".to_vec()), Some(vec![0])));
        assert_eq!(of(Items::Utf8, "5"), None);
    }
}
