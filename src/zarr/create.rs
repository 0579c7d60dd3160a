//! Metadata of a new array.

use serde_json::{Value, json};

use super::data_type::DataType;
use super::fill::Fill;
use super::json::Object;
use super::write::object;
use super::{Keys, Zarr, open, v2, write_v2};
use crate::core::config::wrong_type;
use crate::core::{Error, Items, Layout, Order, Result};
use crate::registry::{self, Registry};

/// What an array is made of.
pub struct New<'n> {
    /// JSON text of a configuration, or of a list of them: filters, then the compressor.
    pub codecs: &'n str,
    /// A chunk.
    pub chunk: &'n Layout,
    /// Extents of the array.
    pub shape: &'n [u64],
    /// Fill value: one item in the dtype of `chunk`, or what it holds.
    pub fill: Option<&'n [u8]>,
    /// Version of the format: 2 or 3.
    pub format: i64,
}

impl New<'_> {
    /// The metadata: that of v2 first, in whose words the codecs are given.
    pub fn open(&self, registry: Option<&Registry>) -> Result<Zarr> {
        let (filters, compressor) = write_v2::split(self.list()?);
        let document = Value::Object(object([
            ("zarr_format", json!(2)),
            ("shape", json!(self.shape)),
            ("chunks", json!(self.chunk.shape())),
            ("dtype", self.kind().to_v2()),
            ("fill_value", self.fill_value()?),
            ("order", json!(self.order()?)),
            ("filters", Value::Array(filters)),
            ("compressor", compressor),
        ]));
        let mut zarr = v2::open(Object::new(&document, "")?, registry)?;
        match (self.format, &mut zarr.source) {
            (2, _) => return Ok(zarr),
            (3, Some(source)) => source.keys = Keys { prefixed: true, separator: '/' },
            _ => return Err(Error::config("zarr_format", "the format of the array must be 2 or 3")),
        }
        open(&zarr.text(3, None)?, registry)
    }

    fn kind(&self) -> DataType {
        DataType::plain(self.chunk.dtype, self.chunk.items)
    }

    fn list(&self) -> Result<Vec<Value>> {
        match registry::parse(self.codecs)? {
            Value::Array(list) => Ok(list),
            Value::Object(one) => Ok(vec![Value::Object(one)]),
            other => Err(wrong_type("", "an object or a list", &other)),
        }
    }

    fn order(&self) -> Result<&'static str> {
        match self.chunk.order() {
            Order::C => Ok("C"),
            Order::F => Ok("F"),
            Order::Strided => Err(Error::shape("a chunk has no gaps: give a layout in C or F order")),
        }
    }

    fn fill_value(&self) -> Result<Value> {
        let Some(item) = self.fill else { return Ok(Value::Null) };
        if self.chunk.items == Items::Fixed && item.len() != self.chunk.dtype.itemsize {
            return Err(Error::shape(format!("a fill value of {} bytes, an item has {}", item.len(), self.chunk.dtype.itemsize)));
        }
        Fill { item: item.to_vec(), defined: true }.to_json(&self.kind(), self.format)
    }
}
