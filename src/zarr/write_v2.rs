//! `.zarray`: from metadata of either format.

use serde_json::{Value, json};

use super::json::{text_under, unsupported};
use super::spelling::{self, FILTERS};
use super::write::object;
use super::{Codecs, Zarr};
use crate::core::{Dtype, Items, Order, Result};

/// The whole document.
pub fn document(zarr: &Zarr) -> Result<Value> {
    let source = zarr.source()?;
    let (mut kind, mut fill, mut order) = (source.kind.clone(), zarr.fill.clone(), zarr.layout.order());
    let (filters, mut compressor) = match &source.codecs {
        Codecs::V2 { filters, compressor } => (filters.clone(), compressor.clone()),
        Codecs::V3(entries) => {
            if source.dimension_names.iter().flat_map(|names| names.as_array()).flatten().any(Value::is_string) {
                return Err(unsupported("dimension_names", "Zarr v2 has no names of dimensions"));
            }
            let big_endian = entries.iter().any(|entry| text_under(configuration(entry), "endian") == "big");
            let stored = kind.ordered(big_endian);
            if kind != stored {
                kind.swap(&mut fill.item);
            }
            order = array_order(entries, zarr.shape.len())?;
            let list = List { dtype: kind.dtype, big_endian, flat: false, codecs: Vec::new() }.read(entries)?;
            kind = stored;
            holds(kind.items, list.first(), entries)?;
            split(list)
        }
    };
    if text_under(&compressor, "id") == "zstd" && compressor.get("checksum") == Some(&Value::Bool(false)) {
        compressor.as_object_mut().map(|zstd| zstd.shift_remove("checksum")); // readers before numcodecs 0.13 do not know it
    }
    Ok(Value::Object(object([
        ("shape", json!(zarr.shape)),
        ("chunks", json!(zarr.layout.shape())),
        ("dtype", kind.to_v2()),
        ("fill_value", fill.to_json(&kind, 2)?),
        ("order", json!(if order == Order::F { "F" } else { "C" })),
        ("filters", if filters.is_empty() { Value::Null } else { Value::Array(filters) }),
        ("dimension_separator", json!(source.keys.separator)),
        ("compressor", compressor),
        ("zarr_format", json!(2)),
    ])))
}

/// Whether the first codec tells, as it has to in v2, of which kind the items of variable length are.
fn holds(items: Items, first: Option<&Value>, entries: &[Value]) -> Result<()> {
    let expected = match items {
        Items::Utf8 => "vlen-utf8",
        Items::Bytes => "vlen-bytes",
        _ => return Ok(()),
    };
    if first.is_some_and(|codec| text_under(codec, "id") == expected) {
        return Ok(());
    }
    let transposed = entries.iter().take_while(|entry| text_under(entry, "name") == "transpose").count();
    Err(unsupported(format!("codecs[{transposed}].name"), format!("in Zarr v2 these items need the codec {expected} first")))
}

/// The last codec is the compressor, unless it is a filter.
pub fn split(mut codecs: Vec<Value>) -> (Vec<Value>, Value) {
    let is_filter = |codec: &Value| {
        let id = text_under(codec, "id");
        FILTERS.contains(&id) || id.starts_with("vlen-") || ["categorize", "json2", "msgpack2", "pickle"].contains(&id)
    };
    let compressor = codecs.pop_if(|last| !is_filter(last)).unwrap_or_default();
    (codecs, compressor)
}

/// The order of items that the transpositions at the front come to: v2 knows two.
fn array_order(entries: &[Value], ndim: usize) -> Result<Order> {
    let mut axes: Vec<usize> = (0..ndim).collect();
    for entry in entries.iter().take_while(|entry| text_under(entry, "name") == "transpose") {
        let order = configuration(entry).get("order").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
        axes = order.filter_map(|axis| axes.get(axis as usize).copied()).collect();
    }
    if axes.iter().copied().eq(0..ndim) {
        return Ok(Order::C);
    }
    if axes.iter().rev().copied().eq(0..ndim) {
        return Ok(Order::F);
    }
    Err(unsupported("codecs[0].configuration.order", format!("dimensions in the order {axes:?} have no form in Zarr v2")))
}

fn configuration(entry: &Value) -> &Value {
    entry.get("configuration").unwrap_or(&Value::Null)
}

/// The codecs of v2 so far.
struct List {
    /// What the codec to come sees of an array.
    dtype: Dtype,
    /// Byte order of the array that is stored.
    big_endian: bool,
    /// Behind a codec that gives bytes.
    flat: bool,
    codecs: Vec<Value>,
}

impl List {
    fn read(mut self, entries: &[Value]) -> Result<Vec<Value>> {
        let mut at_front = true;
        for (i, entry) in entries.iter().enumerate() {
            let name = text_under(entry, "name");
            match name {
                "transpose" if at_front => continue,
                "transpose" => return Err(unsupported(format!("codecs[{i}].name"), "a transpose behind a filter has no form in Zarr v2")),
                "bytes" => (),
                "sharding_indexed" | "scale_offset" | "cast_value" => {
                    return Err(unsupported(format!("codecs[{i}].name"), format!("{name} has no form in Zarr v2")));
                }
                _ => self.add(name, configuration(entry)),
            }
            at_front = false;
        }
        Ok(self.codecs)
    }

    fn add(&mut self, name: &str, configuration: &Value) {
        let itemsize = if self.flat { 1 } else { self.dtype.itemsize };
        let mut config = spelling::to_v2(name, configuration, itemsize);
        if FILTERS.contains(&text_under(&config, "id")) {
            config = spelling::ordered(&config, self.big_endian);
            self.dtype = spelling::encoded(&config, self.dtype);
        } else {
            self.flat = true;
        }
        self.codecs.push(config);
    }
}
