//! `zarr.json`: metadata of arrays of Zarr v3.

use std::sync::Arc;

use serde_json::Value;

use super::codecs_v3::{Chain, Known, chain};
use super::data_type_v3;
use super::fill::Fill;
use super::json::{Object, extension, shown};
use super::{Codecs, Keys, Source, Zarr, in_memory};
use crate::core::{Error, Kind, Layout, Order, Result};
use crate::registry::Registry;

/// Reads the metadata of an array.
pub fn open(mut top: Object<'_>, registry: Option<&Registry>) -> Result<Zarr> {
    let mut ignored = Vec::new();
    top.word("node_type", None, &["array"])?;
    let shape = top.extents("shape")?;
    let chunks = chunk_grid(top.required("chunk_grid")?, shape.len(), &mut ignored)?;
    let keys = key_encoding(top.get("chunk_key_encoding"), &mut ignored)?;
    let kind = data_type_v3::parse(top.required("data_type")?, "data_type", &mut ignored)?;
    let chunk = Layout::new(kind.dtype, kind.items, &in_memory(&chunks, PATH)?, None, Order::C);
    let chunk = chunk.map_err(|e| Error::config(PATH, e.to_string()).with_kind(Kind::Shape))?;
    let fill = top.required("fill_value")?;
    let known = Known { kind: &kind, fill: Some(&Fill::parse(fill, &kind, "fill_value")?), registry };
    let Chain { codec, layout, entries, shard } = chain(top.required("codecs")?, "codecs", chunk, known, &mut ignored)?;
    let kind = if kind.fields.is_empty() { kind.ordered(layout.dtype.big_endian) } else { kind };
    let fill = Fill::parse(fill, &kind, "fill_value")?;
    if top.get("storage_transformers").is_some_and(|list| list.as_array().is_none_or(|list| !list.is_empty())) {
        return Err(Error::config("storage_transformers", "storage transformers are not known").with_kind(Kind::Unsupported));
    }
    let attributes = top.get("attributes").cloned();
    if attributes.as_ref().is_some_and(|attributes| !attributes.is_object()) {
        return Err(Error::config("attributes", "\"attributes\" must be an object"));
    }
    let dimension_names = dimension_names(&mut top, shape.len())?;
    extras(&top, &mut ignored)?;
    let source = Some(Source { keys, kind, codecs: Codecs::V3(entries), attributes, dimension_names });
    Ok(Zarr { format: 3, codec: Arc::new(codec), layout, shape, fill, ignored, shard, source, memory: 0 })
}

const PATH: &str = "chunk_grid.configuration.chunk_shape";

/// Extents of a chunk; the grid must be regular.
fn chunk_grid(value: &Value, ndim: usize, ignored: &mut Vec<String>) -> Result<Vec<u64>> {
    let (name, configuration) = extension(value, "chunk_grid", ignored)?;
    if name != "regular" {
        return Err(
            Error::config("chunk_grid.name", format!("grid {} is not known", shown(&Value::from(name)))).with_kind(Kind::Unsupported)
        );
    }
    let mut object = Object::new(configuration, "chunk_grid.configuration")?;
    let extents = object.extents("chunk_shape")?;
    object.ignore_rest(ignored);
    match extents.iter().position(|n| *n == 0) {
        Some(zero) => Err(Error::config(format!("{PATH}[{zero}]"), "an extent of a chunk must be 1 or more")),
        None if extents.len() != ndim => Err(Error::config(PATH, format!("{} extents for an array of {ndim} dimensions", extents.len()))),
        None => Ok(extents),
    }
}

fn key_encoding(value: Option<&Value>, ignored: &mut Vec<String>) -> Result<Keys> {
    let given = value.map(|value| extension(value, "chunk_key_encoding", ignored)).transpose()?;
    let (name, configuration) = given.unwrap_or(("default", &Value::Null));
    let (prefixed, default) = match name {
        "default" => (true, "/"),
        "v2" => (false, "."),
        _ => return Err(Error::config("chunk_key_encoding.name", "must be \"default\" or \"v2\"").with_kind(Kind::Unsupported)),
    };
    let separator = match configuration {
        Value::Null => default,
        other => {
            let mut object = Object::new(other, "chunk_key_encoding.configuration")?;
            let separator = object.word("separator", Some(default), &[".", "/"])?;
            object.ignore_rest(ignored);
            separator
        }
    };
    Ok(Keys { prefixed, separator: separator.chars().next().unwrap_or('/') })
}

/// A name or null for each dimension.
fn dimension_names(top: &mut Object<'_>, ndim: usize) -> Result<Option<Value>> {
    let Some(given) = top.get("dimension_names") else { return Ok(None) };
    let names = given.as_array().filter(|names| names.len() == ndim && names.iter().all(|name| name.is_string() || name.is_null()));
    let wrong = || Error::config("dimension_names", format!("{} are not names for {ndim} dimensions", shown(given)));
    names.map(|_| Some(given.clone())).ok_or_else(wrong)
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
