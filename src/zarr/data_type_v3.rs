//! Data types of Zarr v3.

use serde_json::Value;

use super::data_type::raw;
use super::json::{Object, shown};
use super::v3::extension;
use crate::core::dtype::{Class, Dtype};
use crate::core::{Error, Items, Kind, Result};

/// Type of the items of an array, in little endian byte order.
pub struct DataType {
    /// As NumPy has it.
    pub dtype: Dtype,
    /// Fixed, or one of the kinds of variable length.
    pub items: Items,
}

/// Reads a data type.
pub fn parse(value: &Value, path: &str) -> Result<DataType> {
    let (name, configuration) = extension(value, path)?;
    let at = format!("{path}.configuration");
    let unknown = || Error::config(path, format!("data type {} is not known", shown(&Value::from(name)))).with_kind(Kind::Unsupported);
    let items = match name {
        "string" => Items::Utf8,
        "variable_length_bytes" | "bytes" => Items::Bytes,
        _ => Items::Fixed,
    };
    let dtype = match name {
        _ if items != Items::Fixed => Dtype::OBJECT,
        "bool" | "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "float16" | "float32" | "float64"
        | "complex64" | "complex128" => Dtype::parse(name)?,
        "numpy.datetime64" | "numpy.timedelta64" => time(name, configuration, &at)?,
        "fixed_length_utf32" => sized(Class::Text, configuration, &at)?,
        "null_terminated_bytes" => sized(Class::Bytes, configuration, &at)?,
        "raw_bytes" => sized(Class::Raw, configuration, &at)?,
        "struct" | "structured" => structure(configuration, &at)?,
        _ => bits(name).ok_or_else(unknown)?,
    };
    Ok(DataType { dtype: dtype.ordered(false), items })
}

/// `r24`: raw bytes by their bits.
fn bits(name: &str) -> Option<Dtype> {
    let bits: usize = name.strip_prefix('r')?.parse().ok().filter(|bits| bits % 8 == 0)?;
    raw(bits / 8, "").ok()
}

fn time(name: &str, configuration: &Value, path: &str) -> Result<Dtype> {
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
    Dtype::parse(&text).map_err(|_| Error::config(object.at("unit"), format!("{} is not a unit of time", shown(unit))))
}

/// A type whose configuration gives its bytes.
fn sized(class: Class, configuration: &Value, path: &str) -> Result<Dtype> {
    let mut object = Object::new(configuration, path)?;
    let given = object.required("length_bytes")?;
    let size = given.as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| class != Class::Text || n % 4 == 0);
    let size = size.ok_or_else(|| Error::config(object.at("length_bytes"), format!("{} bytes are not possible", shown(given))))?;
    let dtype = raw(size, &object.at("length_bytes"))?;
    Ok(Dtype { class, ..dtype })
}

/// Fields one after the other.
fn structure(configuration: &Value, path: &str) -> Result<Dtype> {
    let mut object = Object::new(configuration, path)?;
    let path = object.at("fields");
    let fields = object.required("fields")?.as_array().ok_or_else(|| Error::config(&path, "must be a list"))?;
    let mut size = 0_usize;
    for (i, field) in fields.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let kind = match field {
            Value::Array(pair) => pair.get(1),
            other => other.get("data_type"),
        };
        let kind = parse(kind.ok_or_else(|| Error::config(&path, "a field has a name and a data type"))?, &path)?;
        if kind.items != Items::Fixed {
            return Err(Error::config(&path, "fields have a fixed size").with_kind(Kind::Unsupported));
        }
        size = size.saturating_add(kind.dtype.itemsize);
    }
    raw(size, &path)
}
