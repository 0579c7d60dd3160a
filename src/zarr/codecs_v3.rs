//! The list of codecs of Zarr v3, as stages of a pipeline. All differences to configurations of v2 are here.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::chunk::ChunkCodec;
use super::fill::Fill;
use super::json::{Object, shown};
use super::shard::{Shard, ShardCodec};
use super::shard_index::IndexCodec;
use super::transpose::{self, Transpose};
use super::v3::extension;
use super::{in_memory, stage};
use crate::core::config::wrong_type;
use crate::core::{Dtype, Error, Items, Kind, Layout, Order, Result};
use crate::pipeline::{MAX_STAGES, Pipeline, Stage};
use crate::registry::{Instance, Registry};

/// What a list of codecs comes to.
pub struct Chain {
    /// Codec of a whole chunk.
    pub codec: Instance,
    /// A decoded chunk.
    pub layout: Layout,
    /// The only codec, if that is a shard.
    pub shard: Option<Arc<Shard>>,
}

/// From arrays to arrays, from arrays to bytes; all others go from bytes to bytes.
const FILTERS: [&str; 6] = ["delta", "bitround", "fixedscaleoffset", "quantize", "packbits", "astype"];
const SERIALIZERS: [&str; 4] = ["pcodec", "zfpy", "vlen-utf8", "vlen-bytes"];

/// What a list of codecs may need to know.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Fill value of the array, in the byte order of `chunk`; `None` where its dtype cannot hold the value.
    pub fill: Option<&'k Fill>,
    /// Where codecs are looked up.
    pub registry: Option<&'k Registry>,
}

/// Builds the codec of chunks like `chunk`, which is in C order; `path` is where the list stands.
pub fn chain(list: &Value, path: &str, chunk: Layout, known: Known<'_>, ignored: &mut Vec<String>) -> Result<Chain> {
    let Value::Array(list) = list else { return Err(wrong_type(path, "a list", list)) };
    if list.len() > MAX_STAGES {
        return Err(Error::config(path, format!("{} codecs, at most {MAX_STAGES} are possible", list.len())));
    }
    let mut builder = Builder {
        known,
        ignored,
        stages: Vec::new(),
        array: chunk.clone(),
        chunk,
        fill: known.fill.cloned(),
        reversed: false,
        serialized: false,
        flat: None,
        shard: None,
    };
    for (i, entry) in list.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let (name, configuration) = extension(entry, &path)?;
        builder.add(name, configuration, &path)?;
    }
    builder.finish(path)
}

/// The list read so far.
struct Builder<'b> {
    known: Known<'b>,
    ignored: &'b mut Vec<String>,
    stages: Vec<Stage>,
    /// The chunk, in the order and byte order in which it is stored where no stage has to see to that.
    chunk: Layout,
    /// What the codec to come encodes.
    array: Layout,
    /// Fill value of that array; `None` where its dtype cannot hold the value.
    fill: Option<Fill>,
    /// The first stage reverses the dimensions.
    reversed: bool,
    /// The array has become bytes.
    serialized: bool,
    /// So many, just now, through `bytes`: the next codec knows neither dtype nor shape.
    flat: Option<usize>,
    /// The last codec that made bytes of an array, if that was a shard.
    shard: Option<Arc<Shard>>,
}

impl Builder<'_> {
    fn add(&mut self, name: &str, configuration: &Value, path: &str) -> Result<()> {
        let id = name.strip_prefix("numcodecs.").unwrap_or(name);
        if ["scale_offset", "cast_value"].contains(&name) {
            return Err(Error::config(format!("{path}.name"), format!("no codec \"{name}\"")).with_kind(Kind::UnknownCodec));
        }
        let is_array_codec =
            ["transpose", "bytes", "sharding_indexed"].contains(&name) || FILTERS.contains(&id) || SERIALIZERS.contains(&id);
        if is_array_codec == self.serialized {
            let text =
                if self.serialized { "takes arrays, but a codec before it gives bytes" } else { "takes bytes, but the chunk is an array" };
            return Err(Error::config(path, format!("codec {} {text}", shown(&Value::from(name)))));
        }
        match name {
            "transpose" => self.transpose(configuration, path),
            "bytes" => self.bytes(configuration, path),
            "sharding_indexed" => self.shard(configuration, path),
            _ => {
                let mut config = Map::new();
                config.insert("id".to_owned(), Value::from(id));
                match configuration {
                    Value::Null => (),
                    Value::Object(map) => config.extend(map.iter().map(|(key, value)| (key.clone(), value.clone()))),
                    other => return Err(wrong_type(&format!("{path}.configuration"), "an object", other)),
                }
                if config.get("id") != Some(&Value::from(id)) {
                    return Err(Error::config(format!("{path}.configuration.id"), "another id than the name of the codec"));
                }
                if name == "blosc" {
                    blosc(&mut config, self.chunk.dtype.itemsize, path)?;
                } else if name == "gzip" {
                    config.entry("level").or_insert(json!(5));
                }
                fill_in(&mut config, id, self.array.dtype);
                self.codec(id, Value::Object(config), path)
            }
        }
    }

    /// A codec of the table.
    fn codec(&mut self, id: &str, config: Value, path: &str) -> Result<()> {
        let codec = stage(&config, &format!("{path}.configuration"), self.known.registry, self.ignored).map_err(|error| {
            let unknown = error.kind() == Kind::UnknownCodec;
            if unknown { Error::config(format!("{path}.name"), error.to_string()).with_kind(Kind::UnknownCodec) } else { error }
        });
        let codec = codec.map_err(|error| error.in_stage(self.stages.len()))?;
        let chunk = match self.flat.take() {
            Some(nbytes) => Some(Layout::bytes(nbytes)),
            None => (!self.serialized).then(|| self.array.clone()),
        };
        if FILTERS.contains(&id) {
            let after = encoded(&codec, &self.array).map_err(|e| Error::config(path, e.to_string()).with_kind(e.kind()).in_codec(id))?;
            self.fill = self.fill.take().and_then(|fill| fill.behind(id, self.array.dtype, after.dtype));
            self.array = after;
        } else {
            self.serialized = true;
        }
        self.stages.push(Stage { codec, chunk });
        Ok(())
    }

    fn transpose(&mut self, configuration: &Value, path: &str) -> Result<()> {
        let order = transpose::order(configuration, self.array.shape().len(), &format!("{path}.configuration"))?;
        if order.iter().copied().eq(0..order.len()) {
            return Ok(());
        }
        self.reversed = self.stages.is_empty() && order.iter().rev().copied().eq(0..order.len());
        let from = self.array.reordered(Order::C);
        let to = transpose::permuted(&from, &order)?;
        let config = json!({"id": "transpose", "order": order});
        let codec = Instance::new("transpose", config, Box::new(Transpose { from: from.clone(), to: to.clone(), order }));
        self.stages.push(Stage { codec, chunk: Some(from) });
        self.array = to;
        Ok(())
    }

    /// Chunks inside of the chunk, with codecs of their own.
    fn shard(&mut self, configuration: &Value, path: &str) -> Result<()> {
        let mut object = Object::new(configuration, &format!("{path}.configuration"))?;
        let (at, chunk) = (object.at("chunk_shape"), self.array.reordered(Order::C));
        let shape = in_memory(&object.extents("chunk_shape")?, &at)?;
        let divides = |(n, inner): (&usize, &usize)| *inner > 0 && n.is_multiple_of(*inner);
        if shape.len() != chunk.shape().len() || !chunk.shape().iter().zip(&shape).all(divides) {
            return Err(Error::config(at, format!("inner chunks {shape:?} do not divide a shard of {:?}", chunk.shape())));
        }
        let inner = Layout::new(chunk.dtype, chunk.items, &shape, None, Order::C)?;
        let at_start = object.word("index_location", Some("end"), &["start", "end"])? == "start";
        let index = IndexCodec::parse(object.get("index_codecs"), at_start, &object.at("index_codecs"))?;
        let fill = self.fill.clone();
        let known = Known { fill: fill.as_ref(), ..self.known };
        let Chain { codec, shard: nested, .. } =
            chain(object.required("codecs")?, &object.at("codecs"), inner.clone(), known, self.ignored)?;
        let config = json!({"id": "sharding_indexed", "chunk_shape": shape, "codecs": codec.config()});
        let shard = Arc::new(Shard { chunk: chunk.clone(), inner, codec: Arc::new(codec), index, fill, path: path.to_owned(), nested });
        let codec = Instance::new("sharding_indexed", config, Box::new(ShardCodec(shard.clone())));
        self.stages.push(Stage { codec, chunk: Some(chunk) });
        self.shard = Some(shard);
        self.serialized = true;
        Ok(())
    }

    /// Without filters before it, byte order and reversed dimensions only say how the chunk is stored: no stage has to see to that.
    fn bytes(&mut self, configuration: &Value, path: &str) -> Result<()> {
        let swaps = self.array.dtype.swap_size() > 1;
        if self.array.items != Items::Fixed {
            return Err(Error::config(path, "items of variable length are not bytes").with_kind(Kind::Dtype));
        }
        let big = match configuration {
            Value::Null if !swaps => false,
            Value::Null => return Err(Error::config(format!("{path}.configuration.endian"), "required key \"endian\" is missing")),
            other => {
                let default = (!swaps).then_some("little");
                Object::new(other, &format!("{path}.configuration"))?.word("endian", default, &["little", "big"])? == "big"
            }
        };
        if self.reversed && self.stages.len() == 1 {
            self.stages.clear();
            self.chunk = self.chunk.reordered(Order::F);
        }
        if big && self.stages.is_empty() {
            self.chunk.dtype = self.chunk.dtype.ordered(true);
        } else if big && swaps {
            let codec = Instance::new("bytes", json!({"id": "bytes", "endian": "big"}), Box::new(transpose::Swap(self.array.clone())));
            self.stages.push(Stage { codec, chunk: Some(self.array.clone()) });
        }
        self.flat = Some(self.array.nbytes());
        self.serialized = true;
        Ok(())
    }

    fn finish(self, path: &str) -> Result<Chain> {
        if !self.serialized {
            return Err(Error::config(path, "no codec makes bytes of the array, as \"bytes\" does"));
        }
        let config = Value::Array(self.stages.iter().map(|stage| stage.codec.config().clone()).collect());
        let codec = ChunkCodec { chunk: self.chunk.clone(), pipeline: Pipeline::new(self.stages) };
        let shard = self.shard.filter(|_| config.as_array().is_some_and(|stages| stages.len() == 1));
        Ok(Chain { codec: Instance::new("", config, Box::new(codec)), layout: self.chunk, shard })
    }
}

/// What a filter makes of an array; without a layout of its own it is bytes.
fn encoded(codec: &Instance, array: &Layout) -> Result<Layout> {
    if let Some(layout) = codec.encoded_layout(array)? {
        return Ok(layout);
    }
    let bound = codec.encoded_bound(array).and_then(|n| usize::try_from(n).ok());
    Ok(Layout::bytes(bound.ok_or_else(|| Error::unsupported("the size of the encoded array is not known"))?))
}

/// Blosc's words for shuffle, and the typesize that v2 takes from the array.
fn blosc(config: &mut Map<String, Value>, itemsize: usize, path: &str) -> Result<()> {
    let typesize = config.entry("typesize").or_insert(json!(itemsize)).clone();
    if typesize.as_u64().is_none_or(|n| n == 0) {
        return Err(Error::config(
            format!("{path}.configuration.typesize"),
            format!("typesize must be 1 or more, not {}", shown(&typesize)),
        ));
    }
    let shuffle = match config.get("shuffle").map(|word| word.as_str().unwrap_or_default()) {
        None if typesize == json!(1) => 2,
        Some("shuffle") | None => 1,
        Some("noshuffle") => 0,
        Some("bitshuffle") => 2,
        Some(_) => {
            let text = "shuffle must be \"noshuffle\", \"shuffle\" or \"bitshuffle\"";
            return Err(Error::config(format!("{path}.configuration.shuffle"), text));
        }
    };
    config.insert("shuffle".to_owned(), json!(shuffle));
    config.entry("cname").or_insert(json!("zstd"));
    Ok(())
}

/// What zarr-python takes from the array where a configuration leaves it out.
fn fill_in(config: &mut Map<String, Value>, id: &str, dtype: Dtype) {
    let (key, value) = match id {
        "shuffle" => ("elementsize", json!(dtype.itemsize)),
        "quantize" | "fixedscaleoffset" => ("dtype", json!(dtype.to_string())),
        "astype" => ("decode_dtype", json!(dtype.to_string())),
        _ => return,
    };
    config.entry(key).or_insert(value);
}
