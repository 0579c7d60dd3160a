//! What `msgpack2` and the older `msgpack` read: a list of items and a dtype, with or without a shape.
#![forbid(unsafe_code)]

use crate::core::call::Pace;
use crate::core::layout::{MAX_NDIM, Order};
use crate::core::msgpack::{self, MAX_DEPTH, Open, Reader, Rules, Style, Token, Writer};
use crate::core::nested::{Step, walk};
use crate::core::{Class, Dtype, Error, Items, Kind, Layout, Result, Sink, scalar};

/// Texts copied between two looks at the caller's progress function.
const TEXTS: usize = 1 << 16;

/// The elements of the outermost list.
pub fn elements(reader: &mut Reader<'_>) -> Result<usize> {
    match reader.token()? {
        Token::List(n) => Ok(n),
        other => Err(Error::data(format!("{} is not a list of items and a dtype", other.name())).at(0)),
    }
}

/// Dtype and shape, which come last.
pub fn metadata(src: &[u8]) -> Result<Layout> {
    let mut reader = Reader::new(src, 0);
    let items = elements(&mut reader)?.checked_sub(2);
    let items = items.ok_or_else(|| Error::data("the list does not end with a dtype and a shape"))?;
    (0..items).try_for_each(|_| reader.skip())?;
    let at = reader.at();
    let dtype = dtype(&mut reader)?;
    let shape = shape(&mut reader)?;
    reader.end()?;
    if shape.first().is_some_and(|first| *first != items) || (shape.is_empty() && items != 1) {
        return Err(Error::data(format!("{items} items do not match shape {shape:?}")).at(at));
    }
    let count = shape.iter().try_fold(1usize, |count, extent| count.checked_mul(*extent));
    if count.is_none_or(|count| count > src.len()) {
        return Err(Error::data(format!("shape {shape:?} claims more items than {} bytes hold", src.len())).at(at));
    }
    layout(dtype, &shape)
}

/// Reads a dtype.
pub fn dtype(reader: &mut Reader<'_>) -> Result<Dtype> {
    let at = reader.at();
    let name = match reader.token()? {
        Token::Text(name) | Token::Bytes(name) => std::str::from_utf8(name).ok(),
        _ => None,
    };
    let name = name.ok_or_else(|| Error::data("the dtype is not text").at(at))?;
    Dtype::parse(name).map_err(|e| Error::data(e.to_string()).at(at))
}

/// Reads a list of extents, or one extent alone.
fn shape(reader: &mut Reader<'_>) -> Result<Vec<usize>> {
    let at = reader.at();
    let none = || Error::data("the shape is none").at(at);
    let extent = |token| match token {
        Token::Int(n) => usize::try_from(n).map_err(|_| none()),
        _ => Err(none()),
    };
    match reader.token()? {
        Token::List(n) if n <= MAX_NDIM => (0..n).map(|_| extent(reader.token()?)).collect(),
        other => Ok(vec![extent(other)?]),
    }
}

/// The layout that a dtype and a shape in encoded data mean.
pub fn layout(dtype: Dtype, shape: &[usize]) -> Result<Layout> {
    let layout = match dtype.class {
        Class::Object => Layout::objects(Items::Msgpack, dtype, shape),
        _ => Layout::contiguous(dtype, shape, Order::C),
    };
    layout.map_err(|e| e.with_kind(Kind::Data))
}

/// Reads a list with a shape.
pub fn read_shaped(src: &[u8], raw: bool, out: &mut Sink<'_>) -> Result<Layout> {
    let layout = metadata(src)?;
    let mut reader = Reader::new(src, 0);
    elements(&mut reader)?;
    let (call, mut pace) = (out.call(), Pace::default());
    let mut items = Target::new(src.len(), &layout, raw, out)?;
    if let ([count], Items::Msgpack, false) = (layout.shape(), layout.items, raw) {
        items.read_many(&mut reader, *count, |at| pace.step(&call, at, src.len()))?;
        return Ok(layout);
    }
    walk(layout.shape(), Order::C, |step| {
        pace.step(&call, reader.at(), src.len())?;
        let at = reader.at();
        match step {
            Step::Item(_) => items.read(&mut reader),
            Step::Close => Ok(()),
            Step::Open(n) if reader.token()? == Token::List(n) => Ok(()),
            Step::Open(n) => Err(Error::data(format!("the items do not match the shape: a list of {n} is missing")).at(at)),
        }
    })?;
    Ok(layout) // the outermost list was counted with the shape
}

/// Where decoded items go.
pub struct Target<'o, 'c> {
    dtype: Dtype,
    items: Items,
    rules: Rules,
    writer: Writer<'static, 'o, 'c>,
    open: Vec<Open>,
}

impl<'o, 'c> Target<'o, 'c> {
    /// Prepares for the items of `layout`, of which there are no more than `seen` bytes of input.
    pub fn new(seen: usize, layout: &Layout, raw: bool, out: &'o mut Sink<'c>) -> Result<Self> {
        match layout.items {
            Items::Fixed => out.reserve_claim(layout.nbytes(), seen)?,
            _ => out.begin_items(layout.count())?,
        }
        let rules = Rules { raw, plain_keys: true, depth: layout.shape().len().min(MAX_DEPTH) };
        Ok(Target { dtype: layout.dtype, items: layout.items, rules, writer: Writer::new(&Style::FULL, out), open: Vec::new() })
    }

    /// Reads so many items, as many at a time as are short texts.
    fn read_many(&mut self, reader: &mut Reader<'_>, count: usize, mut step: impl FnMut(usize) -> Result<()>) -> Result<()> {
        let mut i = 0;
        while i < count {
            step(reader.at())?;
            let done = self.writer.out.ready_items().map(|(room, base, ends)| reader.short_texts((count - i).min(TEXTS), room, base, ends));
            let done = done.unwrap_or_default();
            self.writer.out.advance(done.written);
            i += done.items;
            if done.items == 0 {
                self.read(reader)?;
                i += 1;
            }
        }
        Ok(())
    }

    /// Reads the next item.
    pub fn read(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        if self.items != Items::Fixed {
            msgpack::copy(reader, &mut self.writer, self.rules, &mut self.open)?;
            return self.writer.out.end_item();
        }
        let (at, dtype) = (reader.at(), self.dtype);
        let token = reader.token()?;
        let value = token.scalar(self.rules.raw).map_err(|e| e.at(at))?;
        let value = value.ok_or_else(|| Error::data(format!("{} is not a value of {dtype}", token.name())).at(at))?;
        let room = self.writer.out.spare(dtype.itemsize)?.get_mut(..dtype.itemsize).unwrap_or_default();
        scalar::store(value, dtype, room).map_err(|e| e.at(at))?;
        self.writer.out.advance(dtype.itemsize);
        Ok(())
    }
}
