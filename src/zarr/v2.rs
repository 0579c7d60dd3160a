//! `.zarray`: metadata of Zarr v2.

use std::sync::Arc;

use serde_json::Value;

use super::chunk::ChunkCodec;
use super::data_type::DataType;
use super::fill::Fill;
use super::json::Object;
use super::{Codecs, Keys, Source, Zarr, data_type, in_memory, spelling, stage};
use crate::core::config::wrong_type;
use crate::core::dtype::{Class, Dtype};
use crate::core::{Error, Items, Kind, Layout, Order, Result};
use crate::pipeline::{MAX_STAGES, Pipeline, Stage};
use crate::registry::{Instance, Registry};

/// Reads the metadata of an array.
pub fn open(mut top: Object<'_>, registry: Option<&Registry>) -> Result<Zarr> {
    let mut ignored = Vec::new();
    let shape = top.extents("shape")?;
    let chunks = top.extents("chunks")?;
    if chunks.len() != shape.len() {
        return Err(Error::config("chunks", format!("{} extents for an array of {} dimensions", chunks.len(), shape.len())));
    }
    let order = if top.word("order", None, &["C", "F"])? == "F" { Order::F } else { Order::C };
    let separator = top.word("dimension_separator", Some("."), &[".", "/"])?;
    let (stages, codecs) = stages(&mut top, registry, &mut ignored)?;
    let kind = objects(data_type::parse(top.required("dtype")?, "dtype")?, stages.first())?;
    let layout = Layout::new(kind.dtype, kind.items, &in_memory(&chunks, "chunks")?, None, order);
    let layout = layout.map_err(|e| Error::config("chunks", e.to_string()).with_kind(Kind::Shape))?;
    let fill = Fill::parse(top.required("fill_value")?, &kind, "fill_value")?;
    ignored.extend(top.unknown().map(|(key, _)| key.clone()));
    let codec = Arc::new(codec(stages, &layout));
    let keys = Keys { prefixed: false, separator: separator.chars().next().unwrap_or('.') };
    Ok(Zarr {
        format: 2,
        codec,
        layout,
        shape,
        fill,
        ignored,
        shard: None,
        source: Some(Source { keys, kind, codecs, attributes: None, dimension_names: None }),
        memory: 0,
    })
}

/// Filters in their order, then the compressor.
fn stages(top: &mut Object<'_>, registry: Option<&Registry>, ignored: &mut Vec<String>) -> Result<(Vec<Instance>, Codecs)> {
    let filters = match top.get("filters") {
        None => &[][..],
        Some(Value::Array(list)) => list,
        Some(other) => return Err(wrong_type("filters", "a list", other)),
    };
    if filters.len() >= MAX_STAGES {
        return Err(Error::config("filters", format!("{} filters, at most {} are possible", filters.len(), MAX_STAGES - 1)));
    }
    let mut stages = Vec::new();
    for (i, filter) in filters.iter().enumerate() {
        stages.push(stage(filter, &format!("filters[{i}]"), registry, ignored).map_err(|e| e.in_stage(i))?);
    }
    let written: Vec<Value> = stages.iter().zip(filters).map(|(codec, given)| spelling::whole(codec.config(), given)).collect();
    let compressor = top.required("compressor")?;
    if compressor.is_null() {
        return Ok((stages, Codecs::V2 { filters: written, compressor: Value::Null }));
    }
    let codec = stage(compressor, "compressor", registry, ignored).map_err(|e| e.in_stage(filters.len()))?;
    let compressor = spelling::whole(codec.config(), compressor);
    stages.push(codec);
    Ok((stages, Codecs::V2 { filters: written, compressor }))
}

/// What the items of an array are: the first filter tells of which kind objects are.
fn objects(kind: DataType, first: Option<&Instance>) -> Result<DataType> {
    if kind.dtype.class != Class::Object {
        return Ok(kind);
    }
    let inside = |codec: &Instance| codec.config().get("dtype").and_then(Value::as_str).map_or(Ok(Dtype::OBJECT), Dtype::parse);
    let items = match first.map(Instance::id) {
        Some("vlen-utf8" | "categorize") => Items::Utf8,
        Some("vlen-bytes") => Items::Bytes,
        Some("json2") => Items::Json,
        Some("msgpack2" | "pickle") => Items::Msgpack,
        Some("vlen-array") => return Ok(DataType::plain(first.map_or(Ok(Dtype::OBJECT), inside)?, Items::Arrays)),
        _ => return Err(Error::config("filters", "an array of objects needs a first filter that encodes objects").with_kind(Kind::Dtype)),
    };
    Ok(DataType::plain(kind.dtype, items))
}

/// All stages as the codec of a chunk.
fn codec(stages: Vec<Instance>, chunk: &Layout) -> Instance {
    let config = Value::Array(stages.iter().map(|stage| stage.config().clone()).collect());
    let stages = stages.into_iter().map(|codec| Stage { codec, chunk: None }).collect();
    Instance::new("", config, Box::new(ChunkCodec { chunk: chunk.clone(), pipeline: Pipeline::new(stages) }))
}
