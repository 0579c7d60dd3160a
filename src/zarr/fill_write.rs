//! Fill values as the metadata writes them: what zarr-python 3 writes for the same item.

use half::f16;
use serde_json::{Value, json};

use super::data_type::DataType;
use super::json::unsupported;
use crate::core::dtype::{Class, Dtype};
use crate::core::msgpack::Reader;
use crate::core::scalar::{self, Scalar};
use crate::core::{Items, Result, convert, pyfloat, text};

const PATH: &str = "fill_value";

/// Most bytes of an item that is written: hostile metadata may claim items of gigabytes.
const LONGEST: usize = 1 << 24;

/// The value of an item of any type, in the words of that format.
pub fn value(kind: &DataType, item: &[u8], format: i64) -> Result<Value> {
    if item.len() > LONGEST {
        return Err(unsupported(PATH, format!("a fill value of {} bytes is too long for metadata", item.len())));
    }
    match kind.items {
        Items::Utf8 => Ok(Value::from(String::from_utf8_lossy(item))),
        Items::Bytes => Ok(octets(item)),
        Items::Json => serde_json::from_slice(item).map_err(|_| unsupported(PATH, "the fill value is not JSON")),
        Items::Msgpack => message(item),
        Items::Arrays => Ok(json!(0)), // an empty array, as zarr-python 2 writes it
        Items::Fixed if format == 3 && !kind.fields.is_empty() => fields(kind, item),
        Items::Fixed => single(kind.dtype, item, format),
    }
}

fn message(item: &[u8]) -> Result<Value> {
    let no_form = || unsupported(PATH, "the fill value is a MessagePack value that JSON does not have");
    let scalar = Reader::new(item, 0).token().and_then(|token| token.scalar(false)).map_err(|_| no_form())?;
    Ok(match scalar.ok_or_else(no_form)? {
        Scalar::Null => Value::Null,
        Scalar::Bool(truth) => json!(truth),
        Scalar::Int(number) => i64::try_from(number).map_or_else(|_| json!(number as u64), |number| json!(number)),
        Scalar::Float(number) if number.is_finite() => serde_json::from_str(&pyfloat::repr(number)).unwrap_or_default(),
        Scalar::Text(text) => Value::from(String::from_utf8_lossy(text)),
        Scalar::Float(_) | Scalar::Huge(_) | Scalar::Bytes(_) => return Err(no_form()),
    })
}

fn fields(kind: &DataType, item: &[u8]) -> Result<Value> {
    let mut rest = item;
    let mut map = serde_json::Map::new();
    for field in &kind.fields {
        let (own, behind) = rest.split_at_checked(field.kind.dtype.itemsize).unwrap_or_default();
        map.insert(field.name.clone(), value(&field.kind, own, 3)?);
        rest = behind;
    }
    Ok(Value::Object(map))
}

fn single(dtype: Dtype, item: &[u8], format: i64) -> Result<Value> {
    let mut little = item.to_vec();
    if dtype.big_endian {
        convert::swap_bytes(&mut little, dtype);
    }
    Ok(match dtype.class {
        Class::Bool => json!(item != [0]),
        Class::Int | Class::Uint => integer(dtype, item),
        Class::Datetime(_) | Class::Timedelta(_) => integer(Dtype { class: Class::Int, ..dtype }, item),
        Class::Float => float(&little, format)?,
        Class::Complex => {
            let (re, im) = little.split_at(little.len() / 2);
            json!([float(re, format)?, float(im, format)?])
        }
        Class::Text => {
            let points: Option<String> = text::code_points(item, dtype.big_endian).map(char::from_u32).collect();
            Value::from(points.ok_or_else(|| unsupported(PATH, "the fill value is not text that JSON can hold"))?)
        }
        Class::Bytes => octets(text::trim_nuls(item)),
        Class::Raw | Class::Object => octets(item),
    })
}

fn octets(bytes: &[u8]) -> Value {
    Value::from(base64_simd::STANDARD.encode_to_string(bytes))
}

fn integer(dtype: Dtype, item: &[u8]) -> Value {
    match scalar::load(dtype, item, &mut Vec::new()) {
        Ok(Scalar::Int(value)) => i64::try_from(value).map_or_else(|_| Value::from(value as u64), Value::from),
        _ => Value::from(0),
    }
}

/// Little endian bytes: a number, a word, or in v3 the bits of a NaN that is not the usual one.
fn float(bytes: &[u8], format: i64) -> Result<Value> {
    let (number, usual) = match *bytes {
        [a, b] => (f16::from_le_bytes([a, b]).to_f64(), f16::from_le_bytes([a, b]).to_bits() == 0x7e00),
        [a, b, c, d] => (f32::from_le_bytes([a, b, c, d]).into(), u32::from_le_bytes([a, b, c, d]) == 0x7fc0_0000),
        _ => {
            let bits = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
            (f64::from_bits(bits), bits == 0x7ff8 << 48)
        }
    };
    Ok(match number {
        _ if number.is_nan() && usual => json!("NaN"),
        _ if number.is_nan() && format == 3 => json!(bytes.iter().rev().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))),
        _ if number.is_nan() => return Err(unsupported(PATH, "a NaN with other bits than the usual ones has no form in Zarr v2")),
        f64::INFINITY => json!("Infinity"),
        f64::NEG_INFINITY => json!("-Infinity"),
        _ => serde_json::from_str(&pyfloat::repr(number)).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fill::Fill;
    use super::super::{data_type, data_type_v3};
    use super::*;

    /// What is written for a value that was read.
    fn again(kind: &DataType, json: &str, format: i64) -> Option<String> {
        let fill = Fill::parse(&serde_json::from_str(json).expect("test JSON"), kind, PATH).expect(json);
        fill.to_json(kind, format).ok().map(|value| value.to_string())
    }

    #[test]
    fn values_are_written_as_zarr_python_does() {
        for (dtype, given, written) in [
            ("|b1", "1", "true"),
            ("<i4", "7.0", "7"),
            (">u8", "18446744073709551615", "18446744073709551615"),
            ("<f4", "0.1", "0.10000000149011612"),
            (">f8", "1e16", "1e+16"),
            ("<f8", "0", "0.0"),
            ("<f2", "\"-Infinity\"", "\"-Infinity\""),
            (">c8", "[1, \"NaN\"]", "[1.0,\"NaN\"]"),
            ("<M8[s]", "\"NaT\"", "-9223372036854775808"),
            (">U3", "\"ab\"", "\"ab\""),
            ("|S4", "\"YWI=\"", "\"YWI=\""),
            ("|V3", "[1, 2, 0]", "\"AQIA\""),
            ("<i4", "null", "null"),
        ] {
            let kind = data_type::parse(&Value::from(dtype), "dtype").expect(dtype);
            assert_eq!(again(&kind, given, 2).as_deref(), Some(written), "{dtype} {given}");
        }
        let float = data_type::parse(&json!("<f4"), "dtype").expect("dtype");
        assert_eq!(again(&float, "\"0xffc00001\"", 3).as_deref(), Some("\"0xffc00001\""));
        assert_eq!(again(&float, "\"0xffc00001\"", 2), None, "v2 has one NaN");
        assert_eq!(again(&float, "null", 3).as_deref(), Some("0.0"));
    }

    #[test]
    fn structured_types_have_a_value_for_each_field() {
        let fields = json!([["a", ">i2"], ["b", [["c", "|S2"]]]]);
        let kind = data_type::parse(&fields, "dtype").expect("fields");
        assert_eq!(again(&kind, "\"AQJhYg==\"", 3).as_deref(), Some(r#"{"a":258,"b":{"c":"YWI="}}"#));
        let value = data_type_v3::write(&kind, "dtype").expect("a struct");
        let three = data_type_v3::parse(&value, "data_type", &mut Vec::new()).expect("reads what it wrote");
        assert_eq!(three, kind.ordered(false));
        assert_eq!(again(&three, r#"{"b": {"c": "YWI="}}"#, 2).as_deref(), Some("\"AABhYg==\""));
        let error = Fill::parse(&json!({"b": {"c": 7}}), &three, PATH).expect_err("no bytes");
        assert_eq!(error.details().path, "fill_value.b.c");
    }

    #[test]
    fn objects_are_written_as_they_were_read() {
        for (items, json) in [
            (Items::Json, r#"{"a":[1,null]}"#),
            (Items::Msgpack, "\"x\""),
            (Items::Msgpack, "-7"),
            (Items::Msgpack, "null"),
            (Items::Utf8, "\"\""),
        ] {
            assert_eq!(again(&DataType::plain(Dtype::OBJECT, items), json, 2).as_deref(), Some(json));
        }
    }
}
