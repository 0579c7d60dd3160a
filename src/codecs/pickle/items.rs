//! The items of an object array as MessagePack values.
#![forbid(unsafe_code)]

use std::slice::Iter;

use super::value::{Data, Heap, Raw, Value};
use crate::core::msgpack::{MAX_DEPTH, Token, Writer};
use crate::core::scalar::{self, Scalar};
use crate::core::{Dtype, Error, Result, text};

/// Writes values, and counts them: lists that are shared unfold.
pub struct Unfolder<'h, 'a> {
    heap: &'h Heap<'a>,
    /// Values, and bytes of text, that may still be written.
    left: u64,
    open: Vec<Open<'h, 'a>>,
    buffer: Vec<u8>,
}

/// A list or dictionary that is not complete yet.
enum Open<'h, 'a> {
    List(Iter<'h, Value<'a>>),
    /// The pairs, and the value that belongs to the key just written.
    Dict(Iter<'h, (Value<'a>, Value<'a>)>, Option<Value<'a>>),
}

impl<'h, 'a> Unfolder<'h, 'a> {
    /// For a pickle of `nbytes` bytes: sharing once over is all that so many bytes can mean in earnest.
    pub fn new(heap: &'h Heap<'a>, nbytes: usize) -> Self {
        let left = (nbytes as u64 + 16).saturating_pow(2);
        Unfolder { heap, left, open: Vec::new(), buffer: Vec::new() }
    }

    /// Writes one value with all that is in it. Does not recurse.
    pub fn write(&mut self, value: Value<'a>, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        self.open.clear();
        let mut next = Some((value, false));
        while let Some((value, is_key)) = next {
            self.spend(1)?;
            self.begin(value, is_key, to)?;
            next = self.next();
        }
        Ok(())
    }

    fn spend(&mut self, n: usize) -> Result<()> {
        let left = self.left.checked_sub(n as u64);
        self.left = left.ok_or_else(|| Error::unsupported("shared values unfold to more than the pickle can mean"))?;
        Ok(())
    }

    /// Writes a plain value or the header of a list or dictionary.
    fn begin(&mut self, value: Value<'a>, is_key: bool, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        let (token, open) = match value {
            Value::List(id) if !is_key => {
                let list = self.heap.list(id);
                (Token::List(list.len()), Open::List(list.iter()))
            }
            Value::Dict(id) if !is_key => {
                let dict = self.heap.dict(id);
                (Token::Map(dict.len()), Open::Dict(dict.iter(), None))
            }
            other => return self.plain(other, to),
        };
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::unsupported(format!("more than {MAX_DEPTH} lists and dictionaries within each other")));
        }
        self.open.try_reserve(1).map_err(|_| Error::memory(size_of::<Open<'_, '_>>() as u64))?;
        self.open.push(open);
        to.token(token, false)
    }

    /// The value to be written next, and whether it is a key.
    fn next(&mut self) -> Option<(Value<'a>, bool)> {
        loop {
            let found = match self.open.last_mut()? {
                Open::List(list) => list.next().map(|value| (*value, false)),
                Open::Dict(pairs, value) => match value.take() {
                    Some(value) => Some((value, false)),
                    None => pairs.next().map(|pair| {
                        *value = Some(pair.1);
                        (pair.0, true)
                    }),
                },
            };
            if found.is_some() {
                return found;
            }
            self.open.pop();
        }
    }

    fn plain(&mut self, value: Value<'a>, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        let heap = self.heap;
        if let Value::Text(raw) | Value::Bytes(raw) = value {
            self.spend(raw.most())?;
        }
        let scalar = match value {
            Value::None => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(value),
            Value::Int(value) => Scalar::Int(value),
            Value::Huge => Scalar::Huge(0.0),
            Value::Float(value) => Scalar::Float(value),
            Value::Text(raw) => Scalar::Text(match raw.utf8() {
                Some(text) => text,
                None => self.decoded(raw, text::push_point)?,
            }),
            Value::Bytes(raw) => Scalar::Bytes(self.bytes(raw)?),
            Value::Scalar(id) => return self.numpy_scalar(heap.array(id)?.dtype, heap.array(id)?.data, to),
            other => return Err(Error::unsupported(format!("{} in an object array has no form in MessagePack", other.name()))),
        };
        to.scalar(scalar)
    }

    fn numpy_scalar(&mut self, dtype: Dtype, data: Data<'a>, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        let Data::Bytes(raw) = data else { return Err(Error::data("a NumPy scalar without bytes")) };
        let item = self.bytes(raw)?;
        if item.len() != dtype.itemsize {
            return Err(Error::data(format!("a NumPy scalar of {dtype} has {} bytes", item.len())));
        }
        to.scalar(scalar::load(dtype, item, &mut Vec::new())?)
    }

    fn bytes(&mut self, raw: Raw<'a>) -> Result<&[u8]> {
        match raw.plain() {
            Some(bytes) => Ok(bytes),
            None => self.decoded(raw, push_byte),
        }
    }

    fn decoded(&mut self, raw: Raw<'_>, push: fn(u32, &mut Vec<u8>) -> Result<()>) -> Result<&[u8]> {
        self.buffer.clear();
        raw.points().try_for_each(|point| push(point?, &mut self.buffer))?;
        Ok(&self.buffer)
    }
}

/// A byte that was written as a character.
pub fn byte(point: u32) -> Result<u8> {
    u8::try_from(point).map_err(|_| Error::data(format!("character {point:#x} among bytes")))
}

fn push_byte(point: u32, to: &mut Vec<u8>) -> Result<()> {
    to.try_reserve(1).map_err(|_| Error::memory(1))?;
    to.push(byte(point)?);
    Ok(())
}
