//! The list of codecs of Zarr v3, as stages of a pipeline.

use std::sync::Arc;

use serde_json::{Value, json};

use super::chunk::ChunkCodec;
use super::data_type::DataType;
use super::fill::Fill;
use super::json::{Object, extension, shown};
use super::shard::{Shard, ShardCodec};
use super::shard_index::IndexCodec;
use super::spelling::{self, FILTERS, SERIALIZERS};
use super::transpose::{self, Transpose};
use super::{cast_value, in_memory, scale_offset, stage};
use crate::core::call::Limits;
use crate::core::config::wrong_type;
use crate::core::{ArrayRef, Call, Dtype, Error, Items, Kind, Layout, Order, Result, Sink};
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
    /// The list as it is written.
    pub entries: Vec<Value>,
}

/// Builds a codec of v3 for arrays of a layout.
type ValueCodec = fn(&Value, &Layout, &str, &mut Vec<String>) -> Result<Instance>;

/// What a list of codecs may need to know.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Type of the items, little endian.
    pub kind: &'k DataType,
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
        entries: Vec::new(),
        kind: known.kind.clone(),
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
        let (name, configuration) = extension(entry, &path, builder.ignored)?;
        builder.add(name, configuration, &path)?;
    }
    builder.finish(path)
}

/// The list read so far.
struct Builder<'b> {
    known: Known<'b>,
    ignored: &'b mut Vec<String>,
    stages: Vec<Stage>,
    entries: Vec<Value>,
    /// The chunk, in the order and byte order in which it is stored where no stage has to see to that.
    chunk: Layout,
    /// What the codec to come encodes.
    array: Layout,
    /// Its data type.
    kind: DataType,
    /// Its fill value; `None` where its dtype cannot hold the value.
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
        let is_array_codec = ["transpose", "bytes", "endian", "sharding_indexed", "scale_offset", "cast_value"].contains(&name)
            || FILTERS.contains(&id)
            || SERIALIZERS.contains(&id);
        if is_array_codec == self.serialized {
            let text =
                if self.serialized { "takes arrays, but a codec before it gives bytes" } else { "takes bytes, but the chunk is an array" };
            return Err(Error::config(path, format!("codec {} {text}", shown(&Value::from(name)))));
        }
        match name {
            "transpose" => self.transpose(configuration, path),
            "bytes" | "endian" => self.bytes(configuration, path),
            "sharding_indexed" => self.shard(configuration, path),
            "scale_offset" => self.value_codec(scale_offset::parse, configuration, path),
            "cast_value" => self.value_codec(cast_value::parse, configuration, path),
            _ => self.codec(name, configuration, path),
        }
    }

    /// A codec of the table.
    fn codec(&mut self, name: &str, configuration: &Value, path: &str) -> Result<()> {
        let config = spelling::read(name, configuration, self.array.dtype, self.chunk.dtype.itemsize, path)?;
        let codec = stage(&config, &format!("{path}.configuration"), self.known.registry, self.ignored).map_err(|error| {
            let unknown = error.kind() == Kind::UnknownCodec;
            if unknown { Error::config(format!("{path}.name"), error.to_string()).with_kind(Kind::UnknownCodec) } else { error }
        });
        let codec = codec.map_err(|error| error.in_stage(self.stages.len()))?;
        let id = codec.id().to_owned();
        self.entries.push(spelling::entry(name, &spelling::whole(codec.config(), &config)));
        let chunk = match self.flat.take() {
            Some(nbytes) => Some(Layout::bytes(nbytes)),
            None => (!self.serialized).then(|| self.array.clone()),
        };
        if FILTERS.contains(&id.as_str()) {
            let after = encoded(&codec, &self.array).map_err(|e| Error::config(path, e.to_string()).with_kind(e.kind()).in_codec(&id))?;
            self.fill = self.fill.take().and_then(|fill| fill.behind(&id, self.array.dtype, after.dtype));
            self.kind = DataType::plain(after.dtype, after.items);
            self.array = after;
        } else {
            self.serialized = true;
        }
        self.stages.push(Stage { codec, chunk });
        Ok(())
    }

    /// A codec of v3 that makes other numbers of numbers, of the fill value too.
    fn value_codec(&mut self, parse: ValueCodec, configuration: &Value, path: &str) -> Result<()> {
        let codec = parse(configuration, &self.array, path, self.ignored)?;
        let one = parse(configuration, &Layout::flat(self.array.dtype, 1), path, &mut Vec::new())?;
        self.entries.push(spelling::value_entry(codec.config()));
        self.fill = self.fill.take().and_then(|fill| through(&one, &fill, self.array.dtype));
        let before = self.array.clone();
        self.array = encoded(&codec, &before)?;
        self.kind = DataType::plain(self.array.dtype, Items::Fixed);
        self.stages.push(Stage { codec, chunk: Some(before) });
        Ok(())
    }

    fn transpose(&mut self, configuration: &Value, path: &str) -> Result<()> {
        let order = transpose::order(configuration, self.array.shape().len(), &format!("{path}.configuration"), self.ignored)?;
        self.entries.push(json!({"name": "transpose", "configuration": {"order": order}}));
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
        let index = IndexCodec::parse(object.get("index_codecs"), at_start, &object.at("index_codecs"), self.ignored)?;
        let fill = self.fill.clone();
        let known = Known { kind: &self.kind, fill: fill.as_ref(), registry: self.known.registry };
        let Chain { codec, entries, shard: nested, .. } =
            chain(object.required("codecs")?, &object.at("codecs"), inner.clone(), known, self.ignored)?;
        object.ignore_rest(self.ignored);
        self.entries.push(json!({"name": "sharding_indexed", "configuration": {
            "chunk_shape": shape, "codecs": entries, "index_codecs": index.entries(), "index_location": if at_start { "start" } else { "end" },
        }}));
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
        let swaps = self.kind.has_byte_order();
        if self.array.items != Items::Fixed {
            return Err(Error::config(path, "items of variable length are not bytes").with_kind(Kind::Dtype));
        }
        let big = match configuration {
            Value::Null if !swaps || !self.kind.fields.is_empty() => false, // zarr-python wrote structured types without
            Value::Null => return Err(Error::config(format!("{path}.configuration.endian"), "required key \"endian\" is missing")),
            other => {
                let mut object = Object::new(other, &format!("{path}.configuration"))?;
                let default = (!swaps || !self.kind.fields.is_empty()).then_some("little");
                let word = object.word("endian", default, &["little", "big"])?;
                object.ignore_rest(self.ignored);
                word == "big"
            }
        };
        self.entries.push(bytes_entry(swaps.then_some(big)));
        let by_field = big && !self.kind.fields.is_empty();
        if self.reversed && self.stages.len() == 1 && !by_field {
            self.stages.clear();
            self.chunk = self.chunk.reordered(Order::F);
        }
        if big && self.stages.is_empty() && !by_field {
            self.chunk.dtype = self.chunk.dtype.ordered(true);
        } else if big && swaps {
            let swap = transpose::Swap { array: self.array.clone(), kind: self.kind.clone() };
            let codec = Instance::new("bytes", json!({"id": "bytes", "endian": "big"}), Box::new(swap));
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
        Ok(Chain { codec: Instance::new("", config, Box::new(codec)), layout: self.chunk, entries: self.entries, shard })
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

/// The entry of `bytes`; no byte order where none matters.
pub fn bytes_entry(big_endian: Option<bool>) -> Value {
    match big_endian {
        None => json!({"name": "bytes"}),
        Some(big) => json!({"name": "bytes", "configuration": {"endian": if big { "big" } else { "little" }}}),
    }
}

/// The fill value behind a codec for one item; `None` where it has none there.
fn through(one: &Instance, fill: &Fill, dtype: Dtype) -> Option<Fill> {
    let limits = Limits::default();
    let mut item = Sink::scratch(Call::new(&limits, None));
    one.encode(&ArrayRef::fixed(&Layout::flat(dtype, 1), &fill.item).ok()?, &mut item).ok()?;
    Some(Fill { item: item.written().to_vec(), defined: fill.defined })
}
