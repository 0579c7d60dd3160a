//! Metadata as text, in the spelling that the caller chooses.

use std::io;

use serde_json::{Map, Value, json};

use super::json::unsupported;
use super::{Zarr, read, write_v2, write_v3};
use crate::core::call::ask;
use crate::core::config::wrong_type;
use crate::core::{Error, Kind, Result};
use crate::registry;

impl Zarr {
    /// The text of a `.zarray` (format 2) or of a `zarr.json` (format 3), with keys in the order of zarr-python. `attributes`: JSON text
    /// of an object, instead of those that were read.
    pub fn text(&self, format: i64, attributes: Option<&str>) -> Result<String> {
        ask(self.memory)?;
        let document = match (format, attributes) {
            (2, None) => write_v2::document(self)?,
            (2, Some(_)) => return Err(unsupported("attributes", "Zarr v2 keeps attributes in a file of their own, .zattrs")),
            (3, given) => write_v3::document(self, self.attributes_or(given)?)?,
            _ => return Err(Error::config("zarr_format", "the format of the array must be 2 or 3")),
        };
        if format != self.format {
            readable(&document)?;
        }
        let mut text = Ascii::default();
        serde_json::to_writer_pretty(&mut text, &document).map_err(|_| Error::memory(2 * text.0.len() as u64))?;
        Ok(text.0)
    }

    /// The attributes that were read.
    pub fn attributes(&self) -> Option<&Value> {
        self.source.as_ref()?.attributes.as_ref()
    }

    fn attributes_or(&self, given: Option<&str>) -> Result<Value> {
        let Some(text) = given else { return Ok(self.attributes().cloned().unwrap_or_else(|| json!({}))) };
        let value = registry::parse(text).map_err(|e| e.under("attributes"))?;
        match value {
            Value::Object(_) => Ok(value),
            other => Err(wrong_type("attributes", "an object", &other)),
        }
    }
}

/// Whether metadata made for the other format can be read: what this one checks, that one may let pass. Codecs of the caller are not here
/// to be asked.
fn readable(document: &Value) -> Result<()> {
    match read(document, None) {
        Err(error) if error.kind() != Kind::UnknownCodec => {
            let text = format!("what would be written cannot be read: {}: {error}", error.details().path);
            Err(Error::unsupported(text))
        }
        _ => Ok(()),
    }
}

/// Text in which everything but ASCII is escaped, as Python does; in JSON that stands in strings alone. Indented text can be a hundred times
/// as long as what it is made of, so the allocator may refuse.
#[derive(Default)]
struct Ascii(String);

impl io::Write for Ascii {
    /// Whole characters come from serde_json, which splits strings only at what it escapes itself.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let Ascii(to) = self;
        to.try_reserve(3 * text.len()).map_err(io::Error::other)?; // two bytes or more are one \uxxxx
        for character in text.chars() {
            match character {
                _ if character.is_ascii() => to.push(character),
                _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| to.push_str(&format!("\\u{unit:04x}"))),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A document of these keys.
pub fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
