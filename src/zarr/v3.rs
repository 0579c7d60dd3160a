//! `zarr.json`: metadata of arrays of Zarr v3.

use std::sync::Arc;

use serde_json::Value;

use super::codecs_v3::{Chain, Known, chain};
use super::data_type_v3;
use super::fill::Fill;
use super::json::{Object, shown};
use super::{Keys, Zarr, in_memory};
use crate::core::config::wrong_type;
use crate::core::{Error, Kind, Layout, Order, Result};
use crate::registry::Registry;

/// Reads the metadata of an array.
pub fn open(mut top: Object<'_>, registry: Option<&Registry>) -> Result<Zarr> {
    let mut ignored = Vec::new();
    top.word("node_type", None, &["array"])?;
    let shape = top.extents("shape")?;
    let chunks = chunk_grid(top.required("chunk_grid")?, shape.len())?;
    let keys = key_encoding(top.get("chunk_key_encoding"))?;
    let kind = data_type_v3::parse(top.required("data_type")?, "data_type")?;
    let chunk = Layout::new(kind.dtype, kind.items, &in_memory(&chunks, PATH)?, None, Order::C);
    let chunk = chunk.map_err(|e| Error::config(PATH, e.to_string()).with_kind(Kind::Shape))?;
    let fill = top.required("fill_value")?;
    let known = Known { fill: Some(&Fill::parse(fill, &chunk, "fill_value")?), registry };
    let Chain { codec, layout, shard } = chain(top.required("codecs")?, "codecs", chunk, known, &mut ignored)?;
    let fill = Fill::parse(fill, &layout, "fill_value")?;
    if top.get("storage_transformers").is_some_and(|list| list.as_array().is_none_or(|list| !list.is_empty())) {
        return Err(Error::config("storage_transformers", "storage transformers are not known").with_kind(Kind::Unsupported));
    }
    for key in ["attributes", "dimension_names"] {
        let _ = top.get(key); // nothing a chunk needs
    }
    extras(&top, &mut ignored)?;
    Ok(Zarr { format: 3, codec: Arc::new(codec), layout, shape, fill, ignored, shard, keys: Some(keys) })
}

const PATH: &str = "chunk_grid.configuration.chunk_shape";

/// Extents of a chunk; the grid must be regular.
fn chunk_grid(value: &Value, ndim: usize) -> Result<Vec<u64>> {
    let (name, configuration) = extension(value, "chunk_grid")?;
    if name != "regular" {
        return Err(
            Error::config("chunk_grid.name", format!("grid {} is not known", shown(&Value::from(name)))).with_kind(Kind::Unsupported)
        );
    }
    let extents = Object::new(configuration, "chunk_grid.configuration")?.extents("chunk_shape")?;
    match extents.iter().position(|n| *n == 0) {
        Some(zero) => Err(Error::config(format!("{PATH}[{zero}]"), "an extent of a chunk must be 1 or more")),
        None if extents.len() != ndim => Err(Error::config(PATH, format!("{} extents for an array of {ndim} dimensions", extents.len()))),
        None => Ok(extents),
    }
}

fn key_encoding(value: Option<&Value>) -> Result<Keys> {
    let given = value.map(|value| extension(value, "chunk_key_encoding")).transpose()?;
    let (name, configuration) = given.unwrap_or(("default", &Value::Null));
    let (prefixed, default) = match name {
        "default" => (true, "/"),
        "v2" => (false, "."),
        _ => return Err(Error::config("chunk_key_encoding.name", "must be \"default\" or \"v2\"").with_kind(Kind::Unsupported)),
    };
    let separator = match configuration {
        Value::Null => default,
        other => Object::new(other, "chunk_key_encoding.configuration")?.word("separator", Some(default), &[".", "/"])?,
    };
    Ok(Keys { prefixed, separator: separator.chars().next().unwrap_or('/') })
}

/// Name and configuration of an extension point: `{"name": ..., "configuration": ...}` or the name alone.
pub fn extension<'a>(value: &'a Value, path: &str) -> Result<(&'a str, &'a Value)> {
    match value {
        Value::String(name) => Ok((name, &Value::Null)),
        Value::Object(map) => match map.get("name") {
            Some(Value::String(name)) => Ok((name, map.get("configuration").unwrap_or(&Value::Null))),
            Some(other) => Err(wrong_type(&format!("{path}.name"), "a string", other)),
            None => Err(Error::config(format!("{path}.name"), "required key \"name\" is missing")),
        },
        other => Err(wrong_type(path, "an object or a name", other)),
    }
}

/// Keys beyond the specification must say that they need not be understood.
fn extras(top: &Object<'_>, ignored: &mut Vec<String>) -> Result<()> {
    for (key, value) in top.unknown() {
        if value.get("must_understand") != Some(&Value::Bool(false)) {
            return Err(Error::config(key, format!("\"{}\" is not known and has to be understood", key.escape_default())));
        }
        ignored.push(key.clone());
    }
    Ok(())
}
