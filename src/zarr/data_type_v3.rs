//! Data types as Zarr v3 spells them.

use serde_json::{Value, json};

use super::data_type::{DataType, Field, raw};
use super::json::{Object, extension, shown, unsupported};
use crate::core::dtype::{Class, Dtype, Unit};
use crate::core::{Error, Items, Result};

/// Reads a data type, which has no byte order of its own: it is taken as little endian.
pub fn parse(value: &Value, path: &str, ignored: &mut Vec<String>) -> Result<DataType> {
    let (name, configuration) = extension(value, path, ignored)?;
    let at = format!("{path}.configuration");
    let unknown = || unsupported(path, format!("data type {} is not known", shown(&Value::from(name))));
    let items = match name {
        "string" => Items::Utf8,
        "variable_length_bytes" | "bytes" => Items::Bytes,
        _ => Items::Fixed,
    };
    let dtype = match name {
        _ if items != Items::Fixed => Dtype::OBJECT,
        "bool" | "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "float16" | "float32" | "float64"
        | "complex64" | "complex128" => Dtype::parse(name)?,
        "numpy.datetime64" | "numpy.timedelta64" => time(name, configuration, &at, ignored)?,
        "fixed_length_utf32" => sized(Class::Text, configuration, &at, ignored)?,
        "null_terminated_bytes" => sized(Class::Bytes, configuration, &at, ignored)?,
        "raw_bytes" => sized(Class::Raw, configuration, &at, ignored)?,
        "struct" | "structured" => return structure(configuration, &at, ignored),
        _ => bits(name).ok_or_else(unknown)?,
    };
    Ok(DataType::plain(dtype.ordered(false), items))
}

/// `r24`: raw bytes by their bits.
fn bits(name: &str) -> Option<Dtype> {
    let bits: usize = name.strip_prefix('r')?.parse().ok().filter(|bits| bits % 8 == 0)?;
    raw(bits / 8, "").ok()
}

fn time(name: &str, configuration: &Value, path: &str, ignored: &mut Vec<String>) -> Result<Dtype> {
    let mut object = Object::new(configuration, path)?;
    let factor = match object.get("scale_factor") {
        None => 1,
        Some(value) => value.as_u64().ok_or_else(|| Error::config(object.at("scale_factor"), "must be a whole number"))?,
    };
    let unit = object.required("unit")?;
    let letter = if name.contains("datetime") { 'M' } else { 'm' };
    let text = match unit.as_str() {
        Some("generic") => format!("<{letter}8"),
        Some("μs" | "µs") => format!("<{letter}8[{factor}us]"),
        Some(unit) => format!("<{letter}8[{factor}{unit}]"),
        None => String::new(),
    };
    let dtype = Dtype::parse(&text).map_err(|_| Error::config(object.at("unit"), format!("{} is not a unit of time", shown(unit))));
    object.ignore_rest(ignored);
    dtype
}

/// A type whose configuration gives its bytes.
fn sized(class: Class, configuration: &Value, path: &str, ignored: &mut Vec<String>) -> Result<Dtype> {
    let mut object = Object::new(configuration, path)?;
    let given = object.required("length_bytes")?;
    let size = given.as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| class != Class::Text || n % 4 == 0);
    let size = size.ok_or_else(|| Error::config(object.at("length_bytes"), format!("{} bytes are not possible", shown(given))))?;
    let dtype = raw(size, &object.at("length_bytes"))?;
    object.ignore_rest(ignored);
    Ok(Dtype { class, ..dtype })
}

/// Fields one after the other: objects, or `[name, type]` as zarr-python wrote them before 3.4.
fn structure(configuration: &Value, path: &str, ignored: &mut Vec<String>) -> Result<DataType> {
    let mut object = Object::new(configuration, path)?;
    let path = object.at("fields");
    let list = object.required("fields")?.as_array().ok_or_else(|| Error::config(&path, "must be a list"))?;
    object.ignore_rest(ignored);
    let mut fields = Vec::new();
    for (i, field) in list.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let wrong = || Error::config(&path, "a field has a name and a data type");
        let (name, kind, path) = match field {
            Value::Array(pair) => (pair.first(), pair.get(1), format!("{path}[1]")),
            other => (other.get("name"), other.get("data_type"), format!("{path}.data_type")),
        };
        let name = name.and_then(Value::as_str).ok_or_else(wrong)?.to_owned();
        let kind = parse(kind.ok_or_else(wrong)?, &path, ignored)?;
        if kind.items != Items::Fixed {
            return Err(unsupported(path, "fields have a fixed size"));
        }
        fields.push(Field { name, kind, shape: Vec::new() });
    }
    DataType::structured(fields, &path)
}

/// Writes a data type; `path` is where it stood in metadata of v2.
pub fn write(kind: &DataType, path: &str) -> Result<Value> {
    if !kind.fields.is_empty() {
        let fields = kind.fields.iter().enumerate().map(|(i, field)| {
            if !field.shape.is_empty() {
                return Err(unsupported(format!("{path}[{i}][2]"), "a field that is an array has no form in Zarr v3"));
            }
            Ok(json!({"name": field.name, "data_type": write(&field.kind, &format!("{path}[{i}][1]"))?}))
        });
        return Ok(json!({"name": "struct", "configuration": {"fields": fields.collect::<Result<Vec<_>>>()?}}));
    }
    let size = kind.dtype.itemsize;
    let time = |name: &str, unit: Unit| {
        let base = if unit.base.is_empty() { "generic" } else { unit.base };
        json!({"name": name, "configuration": {"unit": base, "scale_factor": unit.count}})
    };
    Ok(match (kind.items, kind.dtype.class) {
        (Items::Utf8, _) => json!("string"),
        (Items::Bytes, _) => json!("variable_length_bytes"),
        (Items::Arrays | Items::Json | Items::Msgpack, _) | (_, Class::Object) => {
            return Err(unsupported(path, "objects other than text and bytes have no form in Zarr v3"));
        }
        (_, Class::Bool) => json!("bool"),
        (_, Class::Int) => json!(format!("int{}", 8 * size)),
        (_, Class::Uint) => json!(format!("uint{}", 8 * size)),
        (_, Class::Float) => json!(format!("float{}", 8 * size)),
        (_, Class::Complex) => json!(format!("complex{}", 8 * size)),
        (_, Class::Datetime(unit)) => time("numpy.datetime64", unit),
        (_, Class::Timedelta(unit)) => time("numpy.timedelta64", unit),
        (_, Class::Text) => json!({"name": "fixed_length_utf32", "configuration": {"length_bytes": size}}),
        (_, Class::Bytes) => json!({"name": "null_terminated_bytes", "configuration": {"length_bytes": size}}),
        (_, Class::Raw) => json!({"name": "raw_bytes", "configuration": {"length_bytes": size}}),
    })
}
