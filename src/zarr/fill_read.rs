//! Fill values from every form of the metadata to the bytes of one item.

use half::f16;
use serde_json::{Map, Value};

use super::data_type::DataType;
use super::json::shown;
use crate::core::config::{as_float, as_integer};
use crate::core::dtype::{Class, Dtype};
use crate::core::{Error, Items, Result, convert};

/// An item of zeros.
pub fn zeros(dtype: Dtype) -> Result<Vec<u8>> {
    let mut item = Vec::new();
    item.try_reserve_exact(dtype.itemsize).map_err(|_| Error::memory(dtype.itemsize as u64))?;
    item.resize(dtype.itemsize, 0);
    Ok(item)
}

fn wrong(value: &Value, dtype: &str, path: &str) -> Error {
    Error::config(path, format!("{} is not a value of {dtype}", shown(value)))
}

/// The item of a type of fixed size: a structured one by its fields, or as raw bytes.
pub fn fixed(value: &Value, kind: &DataType, path: &str) -> Result<Vec<u8>> {
    match value {
        Value::Object(map) if !kind.fields.is_empty() => fields(map, kind, path),
        _ => single(value, kind.dtype, path),
    }
}

/// An object of the values of fields; fields that are not in it are zeros.
fn fields(map: &Map<String, Value>, kind: &DataType, path: &str) -> Result<Vec<u8>> {
    if let Some(key) = map.keys().find(|key| kind.fields.iter().all(|field| field.name != **key)) {
        return Err(Error::config(format!("{path}.{key}"), "the data type has no such field"));
    }
    let mut item = zeros(kind.dtype)?;
    let mut rest = item.as_mut_slice();
    for field in &kind.fields {
        let (own, behind) = rest.split_at_mut_checked(field.nbytes().unwrap_or(0)).unwrap_or_default();
        if let Some(value) = map.get(&field.name) {
            let given = fixed(value, &field.kind, &format!("{path}.{}", field.name))?;
            own.iter_mut().zip(given).for_each(|(to, byte)| *to = byte);
        }
        rest = behind;
    }
    Ok(item)
}

/// The item of a dtype.
pub fn single(value: &Value, dtype: Dtype, path: &str) -> Result<Vec<u8>> {
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
pub fn variable(value: &Value, items: Items, path: &str) -> Result<Vec<u8>> {
    match items {
        Items::Json => return Ok(value.to_string().into_bytes()),
        Items::Msgpack => return message(value, path),
        _ => (),
    }
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
