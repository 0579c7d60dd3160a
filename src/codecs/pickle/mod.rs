//! `pickle`: Python pickles of arrays. Nothing in a pickle is ever run: decoding is a closed interpreter that knows the few names
//! that arrays need and refuses every other.
#![forbid(unsafe_code)]

mod items;
mod machine;
mod numpy;
mod value;
mod write;

#[cfg(test)]
mod pickle_tests;

use serde_json::Value as Json;

use self::items::{Unfolder, byte};
use self::machine::Machine;
use self::value::{Array, Data, Heap, Lie, Raw, Value};
use self::write::Pickler;
use crate::core::codec::Info;
use crate::core::config::{as_integer, wrong_type};
use crate::core::msgpack::{Style, Writer};
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Error, Items, Kind, Layout, Order, Result, Sink, convert};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "pickle", make };

/// Python's highest protocol, which negative numbers stand for.
const HIGHEST: u8 = 5;
/// What `null` stands for: the default protocol of Python 3.8 to 3.13.
const DEFAULT: u8 = 4;
/// Decoded bytes between two checkpoints.
const PIECE: usize = 1 << 20;

struct Pickle {
    protocol: u8,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let value = config.value("protocol", HIGHEST.into());
    let protocol = match (&value, as_integer(&value)) {
        (Json::Null, _) => DEFAULT,
        (_, Some(i64::MIN..0)) => HIGHEST,
        (_, Some(number @ 0..=5)) => number as u8,
        (_, Some(number)) => return Err(Error::config("protocol", format!("\"protocol\" must be at most {HIGHEST}, not {number}"))),
        (_, None) => return Err(wrong_type("protocol", "an integer", &value)),
    };
    Ok(Box::new(Pickle { protocol }))
}

impl Codec for Pickle {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let items = src.layout().items;
        if !matches!(items, Items::Fixed | Items::Utf8 | Items::Bytes | Items::Msgpack) {
            return Err(Error::dtype(format!("items of kind {items:?}: fixed-size, text, bytes and MessagePack items are taken")));
        }
        if items == Items::Fixed && src.layout().dtype.class == Class::Object {
            return Err(Error::dtype("|O: object items come as text, bytes or MessagePack items"));
        }
        Pickler::new(out, self.protocol).array(src)?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let (mut machine, mut charges) = (Machine::new(src), Vec::new());
        let (value, end) = machine.run(Some(out.call()), &mut charges)?;
        if out.call().strict() && end < src.len() {
            return Err(Error::data(format!("{} bytes follow the end of the pickle", src.len() - end)).at(end));
        }
        let array = array(&machine.heap, value)?;
        match array.dtype.class {
            Class::Object => objects(&machine.heap, array, src.len(), out),
            _ => fixed(array, out),
        }
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        let most = match self.protocol {
            0 => 6,
            1 | 2 => 2,
            _ => 1,
        };
        let around = 256 + 12 * src.shape().len() as u64;
        (src.items == Items::Fixed).then(|| (src.nbytes() as u64).saturating_mul(most).saturating_add(around))
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let mut machine = Machine::new(src);
        let (value, _) = machine.run(None, &mut Vec::new())?;
        let array = array(&machine.heap, value)?;
        if array.dtype.class == Class::Object {
            return Err(Error::new(Kind::UnknownSize, "the size of the items is not known before decoding"));
        }
        let layout = layout(array)?;
        Ok(Info { nbytes: layout.nbytes() as u64, layout: Some(layout) })
    }
}

fn array<'h, 'a>(heap: &'h Heap<'a>, value: Value<'a>) -> Result<&'h Array<'a>> {
    match value {
        Value::Array(id) | Value::Scalar(id) => heap.array(id),
        other => Err(Error::unsupported(format!("the pickle holds {}, not an array", other.name()))),
    }
}

/// The layout that an array of fixed-size items decodes to.
fn layout(array: &Array<'_>) -> Result<Layout> {
    let dtype = if array.native { array.dtype.ordered(cfg!(target_endian = "big")) } else { array.dtype };
    let layout = match &array.order {
        Lie::C => Layout::contiguous(dtype, &array.shape, Order::C),
        Lie::F => Layout::contiguous(dtype, &array.shape, Order::F),
        Lie::Transposed(_) => transposed(array).map(|have| have.reordered(Order::C)),
    };
    layout.map_err(|e| e.with_kind(Kind::Data))
}

/// Shape and strides of data that lie in C order, after their dimensions changed places.
fn transposed(array: &Array<'_>) -> Result<Layout> {
    let Lie::Transposed(axes) = &array.order else { return layout(array) };
    let stored = Layout::contiguous(array.dtype, &array.shape, Order::C)?;
    let mut seen = axes.clone();
    seen.sort_unstable();
    if !seen.into_iter().eq(0..array.shape.len()) {
        return Err(Error::data(format!("{axes:?} are not the dimensions of an array")));
    }
    let pick = |from: &[usize]| axes.iter().filter_map(|axis| from.get(*axis).copied()).collect::<Vec<_>>();
    Layout::new(array.dtype, Items::Fixed, &pick(&array.shape), Some(&pick(&stored.strides())), Order::C)
}

fn fixed(array: &Array<'_>, out: &mut Sink<'_>) -> Result<Layout> {
    let Data::Bytes(raw) = array.data else { return Err(Error::data("a list of objects in an array of another type")) };
    let (call, layout) = (out.call(), layout(array)?);
    let nbytes = layout.nbytes();
    let given = raw.plain().map_or(raw.most(), <[u8]>::len);
    if given < nbytes || (given > nbytes && raw.plain().is_some()) {
        return Err(Error::data(format!("shape {:?} of {} takes {nbytes} bytes, {given} are there", layout.shape(), layout.dtype)));
    }
    let checkpoint = |done: usize| call.checkpoint(done as u64, nbytes as u64);
    if matches!(array.order, Lie::Transposed(_)) {
        let mut scratch = call.scratch(nbytes)?;
        fill(raw, &mut scratch.bytes, checkpoint)?;
        convert::copy(&scratch.bytes, &transposed(array)?, out.take(nbytes)?, &layout)?;
    } else {
        let room = out.take(nbytes)?;
        fill(raw, room, checkpoint)?;
        if layout.dtype != array.dtype {
            convert::swap_bytes(room, array.dtype);
        }
    }
    Ok(layout)
}

/// Decodes bytes to exactly the room there is.
fn fill(raw: Raw<'_>, room: &mut [u8], mut checkpoint: impl FnMut(usize) -> Result<()>) -> Result<()> {
    if let Some(bytes) = raw.plain() {
        room.copy_from_slice(bytes);
        return Ok(());
    }
    let cut_off = || Error::data("an array has fewer bytes than its shape takes");
    let mut points = raw.points();
    for (i, piece) in room.chunks_mut(PIECE).enumerate() {
        checkpoint(i * PIECE)?;
        for slot in piece {
            *slot = byte(points.next().ok_or_else(cut_off)??)?;
        }
    }
    if points.next().is_some() { Err(Error::data("an array has more bytes than its shape takes")) } else { Ok(()) }
}

fn objects<'a>(heap: &Heap<'a>, array: &Array<'a>, nbytes: usize, out: &mut Sink<'_>) -> Result<Layout> {
    let Data::List(id) = array.data else { return Err(Error::data("an object array without a list of its items")) };
    let list = heap.list(id);
    let layout = Layout::objects(Items::Msgpack, array.dtype, &array.shape).map_err(|e| e.with_kind(Kind::Data))?;
    if layout.count() != list.len() {
        return Err(Error::data(format!("shape {:?} takes {} items, {} are there", array.shape, layout.count(), list.len())));
    }
    out.begin_items(list.len())?;
    let call = out.call();
    let mut writer = Writer::new(&Style::FULL, out);
    let mut unfolder = Unfolder::new(heap, nbytes);
    for (i, value) in list.iter().enumerate() {
        if i.is_multiple_of(1 << 14) {
            call.checkpoint(i as u64, list.len() as u64)?;
        }
        unfolder.write(*value, &mut writer).map_err(|e| Error::new(e.kind(), format!("item {i}: {e}")))?;
        writer.out.end_item()?;
    }
    Ok(layout)
}
