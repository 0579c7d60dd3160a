//! What `json2` and the older `json` read: a text of items and a dtype, with or without a shape.
#![forbid(unsafe_code)]

use crate::core::json::{Node, Reader, Style, Tape, Writer, read};
use crate::core::layout::{MAX_NDIM, Order};
use crate::core::nested::{Step, walk};
use crate::core::scalar::{self, Scalar};
use crate::core::{Call, Class, Dtype, Error, Items, Kind, Layout, Result, Sink};
use crate::kernels::strings::Done;

/// Dtype and shape, which come last, and the byte at which they begin.
pub fn metadata(text: &[u8], options: read::Options, call: Call<'_>) -> Result<(Layout, usize)> {
    let begins = read::last_elements::<2>(text);
    let [at, _] = begins.ok_or_else(|| Error::data("not a JSON list that ends with a dtype and a shape"))?;
    let mut tape = Tape::new(call);
    let mut reader = Reader::new(text, at, options, call);
    let at = reader.place();
    let dtype = read_dtype(&mut reader, text, &mut tape)?;
    reader.expect(b',')?;
    let shape = read_shape(&mut reader, text, &mut tape)?;
    reader.expect(b']')?;
    reader.end()?;
    let count = shape.iter().try_fold(1usize, |count, extent| count.checked_mul(*extent));
    if count.is_none_or(|count| count > text.len()) {
        return Err(Error::data(format!("shape {shape:?} claims more items than {} bytes hold", text.len())));
    }
    layout(dtype, &shape).map(|layout| (layout, at))
}

fn read_dtype(reader: &mut Reader<'_, '_>, text: &[u8], tape: &mut Tape<'_>) -> Result<Dtype> {
    match reader.scalar(tape)? {
        Node::Text(span) => parse_dtype(tape.bytes(text, span)),
        _ => Err(reader.fail("the dtype is not a string")),
    }
}

/// A dtype as it stands in the encoded data.
pub fn parse_dtype(name: &[u8]) -> Result<Dtype> {
    let name = std::str::from_utf8(name).map_err(|_| Error::data("the dtype is not text"))?;
    Dtype::parse(name).map_err(|e| Error::data(e.to_string()))
}

/// A list of extents, or one extent alone.
fn read_shape(reader: &mut Reader<'_, '_>, text: &[u8], tape: &mut Tape<'_>) -> Result<Vec<usize>> {
    tape.clear();
    reader.value(tape)?;
    let (mut at, end) = match tape.node(0) {
        Some(Node::List(end)) => (1, end),
        _ => (0, 1),
    };
    let mut shape = Vec::new();
    while at < end {
        let extent = match tape.node(at) {
            Some(Node::Int(span)) => std::str::from_utf8(tape.bytes(text, span)).ok().and_then(|digits| digits.parse().ok()),
            _ => None,
        };
        shape.push(extent.filter(|_| shape.len() <= MAX_NDIM).ok_or_else(|| reader.fail("the shape is none"))?);
        at = tape.after(at);
    }
    Ok(shape)
}

/// The layout that a dtype and a shape in encoded data mean.
pub fn layout(dtype: Dtype, shape: &[usize]) -> Result<Layout> {
    let layout = match dtype.class {
        Class::Object => Layout::objects(Items::Json, dtype, shape),
        _ => Layout::contiguous(dtype, shape, Order::C),
    };
    layout.map_err(|e| e.with_kind(Kind::Data))
}

/// Reads a text with a shape.
pub fn read_shaped(text: &[u8], options: read::Options, out: &mut Sink<'_>) -> Result<Layout> {
    let call = out.call();
    let (layout, end) = metadata(text, options, call)?;
    let mut reader = Reader::new(text, 0, options, call);
    let style = Style::compact();
    let mut items = Target::new(text, &layout, &style, out)?;
    let mismatch = |reader: &Reader<'_, '_>| reader.fail("the items do not match the shape");
    let mut first = true;
    reader.expect(b'[')?;
    if let ([count], Items::Json) = (layout.shape(), layout.items) {
        items.read_many(&mut reader, *count).map_err(|error| error.unwrap_or_else(|| mismatch(&reader)))?;
        let fits = (*count == 0 || reader.take(b',')) && reader.place() == end;
        return if fits { Ok(layout) } else { Err(mismatch(&reader)) };
    }
    walk(layout.shape(), Order::C, |step| {
        let comma = step != Step::Close && !first;
        first = matches!(step, Step::Open(_));
        let fits = (!comma || reader.take(b','))
            && match step {
                Step::Open(_) => reader.take(b'['),
                Step::Close => reader.take(b']'),
                Step::Item(_) => true,
            };
        match step {
            _ if !fits => Err(mismatch(&reader)),
            Step::Item(_) => items.read(&mut reader),
            _ => Ok(()),
        }
    })?;
    if (first || reader.take(b',')) && reader.place() == end { Ok(layout) } else { Err(mismatch(&reader)) }
}

/// Where decoded items go.
pub struct Target<'a, 'o, 'c> {
    text: &'a [u8],
    dtype: Dtype,
    items: Items,
    writer: Writer<'a, 'o, 'c>,
    tape: Tape<'c>,
}

impl<'a, 'o, 'c> Target<'a, 'o, 'c> {
    /// Prepares for the items of `layout`, of which there are no more than bytes in `text`.
    pub fn new(text: &'a [u8], layout: &Layout, style: &'a Style, out: &'o mut Sink<'c>) -> Result<Self> {
        match layout.items {
            Items::Fixed => out.reserve_claim(layout.nbytes(), text.len())?,
            _ => out.begin_items(layout.count())?,
        }
        let tape = Tape::new(out.call());
        Ok(Target { text, dtype: layout.dtype, items: layout.items, writer: Writer::new(style, out), tape })
    }

    /// Reads all items of a flat list, as many at a time as are plain strings. An error without a cause: a comma is missing.
    fn read_many(&mut self, reader: &mut Reader<'_, '_>, count: usize) -> std::result::Result<(), Option<Error>> {
        let mut i = 0;
        while i < count {
            if i > 0 && !reader.take(b',') {
                return Err(None);
            }
            let done = match self.writer.out.ready_items() {
                Some((room, base, ends)) => reader.plain_strings(count - i, room, base, ends).map_err(Some)?,
                None => Done::default(),
            };
            self.writer.out.advance(done.written);
            i += done.items;
            if done.items == 0 {
                self.read(reader).map_err(Some)?;
                i += 1;
            }
        }
        Ok(())
    }

    /// Reads the next item.
    fn read(&mut self, reader: &mut Reader<'_, '_>) -> Result<()> {
        if self.items != Items::Fixed
            && let Some(item) = reader.plain_string()
        {
            return self.writer.out.write_item(item); // it is written as it stands
        }
        self.tape.clear();
        if self.items != Items::Fixed {
            reader.value(&mut self.tape)?;
            self.writer.value(self.text, &self.tape, 0)?;
            return self.writer.out.end_item();
        }
        let node = reader.scalar(&mut self.tape)?;
        store(self.text, &self.tape, node, self.dtype, self.writer.out)
    }

    /// Writes an item that is on a tape already.
    pub fn write(&mut self, tape: &Tape<'_>, at: usize) -> Result<()> {
        if self.items != Items::Fixed {
            self.writer.value(self.text, tape, at)?;
            return self.writer.out.end_item();
        }
        store(self.text, tape, tape.node(at).unwrap_or(Node::Null), self.dtype, self.writer.out)
    }
}

/// Appends a value as an item of `dtype`.
fn store(text: &[u8], tape: &Tape<'_>, node: Node, dtype: Dtype, out: &mut Sink<'_>) -> Result<()> {
    let value = match node {
        Node::Null => Scalar::Null,
        Node::Bool(value) => Scalar::Bool(value),
        Node::Float(value) => Scalar::Float(value),
        Node::Text(span) => Scalar::Text(tape.bytes(text, span)),
        Node::Int(span) => integer(tape.bytes(text, span)),
        Node::List(_) | Node::Map(_) => return Err(Error::data(format!("a list or object is not a value of {dtype}"))),
    };
    let room = out.spare(dtype.itemsize)?.get_mut(..dtype.itemsize).unwrap_or_default();
    scalar::store(value, dtype, room)?;
    out.advance(dtype.itemsize);
    Ok(())
}

fn integer(digits: &[u8]) -> Scalar<'_> {
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    match digits.parse() {
        Ok(value) => Scalar::Int(value),
        Err(_) => Scalar::Huge(digits.parse().unwrap_or(f64::NAN)),
    }
}
