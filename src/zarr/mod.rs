//! Zarr metadata to everything a chunk needs: codec, layout, fill value, key.

use std::sync::Arc;

use serde_json::Value;

use crate::core::{Error, Layout, Result};
use crate::registry::{self, Instance, Registry};

mod cast_value;
mod chunk;
mod codecs_v3;
mod create;
mod data_type;
mod data_type_v3;
mod fill;
mod fill_read;
mod fill_write;
mod json;
mod rounding;
mod scale_offset;
mod shard;
mod shard_index;
mod shard_items;
mod spelling;
mod transpose;
mod v2;
mod v3;
mod write;
mod write_v2;
mod write_v3;

pub use create::New;
use data_type::DataType;
use fill::Fill;
use json::Object;
pub use shard::Shard;
pub use shard_index::Entry;

/// The metadata of one array.
pub struct Zarr {
    /// Version of the format: 2 or 3.
    pub format: i64,
    /// Codec of a whole chunk.
    pub codec: Arc<Instance>,
    /// A decoded chunk.
    pub layout: Layout,
    /// Extents of the array.
    pub shape: Vec<u64>,
    /// Fill value.
    pub fill: Fill,
    /// JSON paths of keys that mean nothing to us.
    pub ignored: Vec<String>,
    /// What the chunks are, if they are shards and nothing else is done to them.
    pub shard: Option<Arc<Shard>>,
    /// `None` for the chunks inside a shard.
    source: Option<Source>,
    /// What the text may have taken as a value.
    memory: usize,
}

/// What keys and metadata are written from.
struct Source {
    keys: Keys,
    /// Type of the items, in the byte order of the layout.
    kind: DataType,
    codecs: Codecs,
    /// As read; an object.
    attributes: Option<Value>,
    dimension_names: Option<Value>,
}

/// The codecs of a chunk in the words of the format that was read.
enum Codecs {
    V2 {
        filters: Vec<Value>,
        /// Null where there is none.
        compressor: Value,
    },
    V3(Vec<Value>),
}

/// How the keys of chunks are made.
struct Keys {
    /// Whether they begin with `c`.
    prefixed: bool,
    separator: char,
}

/// Reads a `.zarray` or the `zarr.json` of an array.
pub fn open(json: &str, registry: Option<&Registry>) -> Result<Zarr> {
    let zarr = read(&registry::parse(json)?, registry)?;
    Ok(Zarr { memory: registry::parsed_memory(json), ..zarr })
}

fn read(document: &Value, registry: Option<&Registry>) -> Result<Zarr> {
    let mut top = Object::new(document, "")?;
    match top.required("zarr_format")?.as_i64() {
        Some(2) => v2::open(top, registry),
        Some(3) => v3::open(top, registry),
        _ => Err(Error::config("zarr_format", "the format of the array must be 2 or 3")),
    }
}

impl Zarr {
    fn source(&self) -> Result<&Source> {
        let inside =
            || Error::unsupported("chunks inside a shard have neither keys nor metadata: the index of the shard tells where they are");
        self.source.as_ref().ok_or_else(inside)
    }

    /// The key under which the chunk at `index` of the grid of chunks is stored, as `0.1` or `c/0/1`.
    pub fn chunk_key(&self, index: &[u64]) -> Result<String> {
        let keys = &self.source()?.keys;
        let grid = self.shape.iter().zip(self.layout.shape()).map(|(n, chunk)| n.div_ceil((*chunk as u64).max(1)));
        if index.len() != self.shape.len() || index.iter().zip(grid.clone()).any(|(i, n)| *i >= n) {
            return Err(Error::shape(format!("no chunk {index:?} in a grid of {:?} chunks", grid.collect::<Vec<_>>())));
        }
        let prefix = keys.prefixed.then(|| "c".to_owned());
        let parts: Vec<String> = prefix.into_iter().chain(index.iter().map(u64::to_string)).collect();
        Ok(if parts.is_empty() { "0".to_owned() } else { parts.join(&keys.separator.to_string()) })
    }

    /// The array of chunks inside a shard: its extents are those of one shard.
    pub fn inner(&self) -> Option<Self> {
        let shard = self.shard.as_ref()?;
        let layout = shard.codec.chunk().unwrap_or(&shard.inner).clone();
        let fill = Fill { item: self.fill.ordered(self.layout.dtype, layout.dtype), ..self.fill };
        let shape = shard.chunk.shape().iter().map(|n| *n as u64).collect();
        let (codec, nested) = (shard.codec.clone(), shard.nested.clone());
        Some(Zarr { format: self.format, codec, layout, shape, fill, ignored: Vec::new(), shard: nested, source: None, memory: 0 })
    }
}

/// Extents of a chunk as they are in memory.
fn in_memory(extents: &[u64], path: &str) -> Result<Vec<usize>> {
    let fit = |n: &u64| usize::try_from(*n).map_err(|_| Error::config(path, format!("an extent of {n} does not fit memory")));
    extents.iter().map(fit).collect()
}

/// One codec of a list, built leniently; paths of errors and of ignored keys begin with `path`.
fn stage(value: &Value, path: &str, registry: Option<&Registry>, ignored: &mut Vec<String>) -> Result<Instance> {
    let mut keys = Vec::new();
    let below = |error: Error| {
        let dot = if error.details().path.is_empty() { "" } else { "." };
        error.under(&format!("{path}{dot}"))
    };
    let codec = registry::leniently(value, registry, &mut keys).map_err(below)?;
    ignored.extend(keys.into_iter().map(|key| format!("{path}.{key}")));
    Ok(codec)
}

#[cfg(test)]
mod zarr_tests;
