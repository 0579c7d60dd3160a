//! Metadata as text, in the spelling that the caller chooses.

use serde_json::{Map, Value, json};

use super::json::unsupported;
use super::{Zarr, write_v2, write_v3};
use crate::core::config::wrong_type;
use crate::core::{Error, Result};

impl Zarr {
    /// The text of a `.zarray` (format 2) or of a `zarr.json` (format 3), with keys in the order of zarr-python. `attributes`: JSON text
    /// of an object, instead of those that were read.
    pub fn text(&self, format: i64, attributes: Option<&str>) -> Result<String> {
        let document = match (format, attributes) {
            (2, None) => write_v2::document(self)?,
            (2, Some(_)) => return Err(unsupported("attributes", "Zarr v2 keeps attributes in a file of their own, .zattrs")),
            (3, given) => write_v3::document(self, self.attributes_or(given)?)?,
            _ => return Err(Error::config("zarr_format", "the format of the array must be 2 or 3")),
        };
        serde_json::to_string_pretty(&document).map(|text| ascii(&text)).map_err(|e| Error::config("", e.to_string()))
    }

    /// The attributes that were read.
    pub fn attributes(&self) -> Option<&Value> {
        self.source.as_ref()?.attributes.as_ref()
    }

    fn attributes_or(&self, given: Option<&str>) -> Result<Value> {
        let Some(text) = given else { return Ok(self.attributes().cloned().unwrap_or_else(|| json!({}))) };
        let value = serde_json::from_str(text).map_err(|e| Error::config("attributes", format!("not valid JSON: {e}")))?;
        match value {
            Value::Object(_) => Ok(value),
            other => Err(wrong_type("attributes", "an object", &other)),
        }
    }
}

/// Escapes what is not ASCII, as Python does; in JSON it stands in strings alone.
fn ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            _ if character.is_ascii() => escaped.push(character),
            _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    escaped
}

/// A document of these keys.
pub fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
