//! `zarr.json`: from metadata of either format.

use serde_json::{Value, json};

use super::codecs_v3::bytes_entry;
use super::data_type::DataType;
use super::json::{text_under, unsupported};
use super::spelling::{self, FILTERS, SERIALIZERS};
use super::write::object;
use super::{Codecs, Zarr, data_type_v3};
use crate::core::{Dtype, Items, Layout, Order, Result};

/// The whole document.
pub fn document(zarr: &Zarr, attributes: Value) -> Result<Value> {
    let source = zarr.source()?;
    if let Some(zero) = zarr.layout.shape().iter().position(|n| *n == 0) {
        return Err(unsupported(format!("chunks[{zero}]"), "a chunk without items has no form in Zarr v3"));
    }
    let codecs = match &source.codecs {
        Codecs::V2 { filters, compressor } => List::new(&source.kind, &zarr.layout)?.read(filters, compressor)?,
        Codecs::V3(entries) => entries.clone(),
    };
    let keys = if source.keys.prefixed { "default" } else { "v2" };
    let mut document = object([
        ("shape", json!(zarr.shape)),
        ("data_type", data_type_v3::write(&source.kind, "dtype")?),
        ("chunk_grid", json!({"name": "regular", "configuration": {"chunk_shape": zarr.layout.shape()}})),
        ("chunk_key_encoding", json!({"name": keys, "configuration": {"separator": source.keys.separator}})),
        ("fill_value", zarr.fill.to_json(&source.kind, 3)?),
        ("codecs", Value::Array(codecs)),
        ("attributes", attributes),
    ]);
    document.extend(source.dimension_names.iter().map(|names| ("dimension_names".to_owned(), names.clone())));
    document.extend(object([("zarr_format", json!(3)), ("node_type", json!("array")), ("storage_transformers", json!([]))]));
    Ok(Value::Object(document))
}

/// The codecs of v3 so far.
struct List<'l> {
    kind: &'l DataType,
    /// What the codec to come sees of an array.
    dtype: Dtype,
    /// Byte order of what is stored; `None` where none matters.
    big_endian: Option<bool>,
    /// The array has become bytes.
    serialized: bool,
    /// These have become others.
    flat: bool,
    entries: Vec<Value>,
}

impl<'l> List<'l> {
    fn new(kind: &'l DataType, layout: &Layout) -> Result<Self> {
        let mut entries = Vec::new();
        if layout.order() == Order::F && !layout.is_vector() {
            let reversed: Vec<usize> = (0..layout.shape().len()).rev().collect();
            entries.push(json!({"name": "transpose", "configuration": {"order": reversed}}));
        }
        let order = kind.byte_order("dtype")?;
        let big_endian = kind.has_byte_order().then_some(order == Some(true));
        Ok(List { kind, dtype: kind.dtype, big_endian, serialized: false, flat: false, entries })
    }

    fn read(mut self, filters: &[Value], compressor: &Value) -> Result<Vec<Value>> {
        for (i, filter) in filters.iter().enumerate() {
            self.add(filter, &format!("filters[{i}]"))?;
        }
        if !compressor.is_null() {
            self.add(compressor, "compressor")?;
        }
        self.serialize();
        Ok(self.entries)
    }

    fn add(&mut self, config: &Value, path: &str) -> Result<()> {
        let id = text_under(config, "id");
        let is_array_codec = FILTERS.contains(&id) || SERIALIZERS.contains(&id);
        if is_array_codec && self.serialized {
            return Err(unsupported(format!("{path}.id"), format!("{id} behind a codec that gives bytes has no form in Zarr v3")));
        }
        if FILTERS.contains(&id) {
            return self.filter(config, id, path);
        }
        if id.starts_with("vlen-") && self.kind.items == Items::Fixed {
            return Err(unsupported(format!("{path}.id"), format!("{id} of items of fixed size has no form in Zarr v3")));
        }
        let itemsize = if self.flat { 1 } else { self.dtype.itemsize };
        let entry = spelling::from_v2(config, itemsize, path)?;
        if !SERIALIZERS.contains(&id) {
            self.serialize();
        }
        (self.serialized, self.flat) = (true, true);
        self.entries.push(entry);
        Ok(())
    }

    /// A filter takes what its configuration says: that has to be the array, for in v3 it is nothing else.
    fn filter(&mut self, config: &Value, id: &str, path: &str) -> Result<()> {
        for key in ["dtype", "decode_dtype"] {
            let dtype = config.get(key).and_then(Value::as_str).and_then(|text| Dtype::parse(text).ok());
            let same = |dtype: Dtype| dtype.itemsize == self.dtype.itemsize && dtype.big_endian == self.dtype.big_endian;
            if dtype.is_some_and(|dtype| !same(dtype)) {
                let text = format!("a filter of {} on an array of {} has no form in Zarr v3", text_under(config, key), self.dtype);
                return Err(unsupported(format!("{path}.{key}"), text));
            }
        }
        let encoded = spelling::encoded(config, self.dtype);
        if id == "quantize" && encoded != self.dtype {
            return Err(unsupported(format!("{path}.astype"), "zarr-python cannot read another dtype behind quantize in Zarr v3"));
        }
        self.entries.push(spelling::from_v2(&spelling::ordered(config, false), 1, path)?);
        self.dtype = encoded;
        self.big_endian = (encoded.swap_size() > 1).then_some(encoded.big_endian);
        Ok(())
    }

    fn serialize(&mut self) {
        if !self.serialized && self.kind.items == Items::Fixed {
            self.entries.push(bytes_entry(self.big_endian));
        }
        self.serialized = true;
    }
}
