//! Reads a JSON object of metadata key by key; every error names its JSON path.

use serde_json::{Map, Value};

use crate::core::config::wrong_type;
use crate::core::{Error, Kind, Result};

/// An object at a JSON path.
pub struct Object<'a> {
    map: &'a Map<String, Value>,
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// `value` must be an object; `path` is where it stands, empty for the whole document.
    pub fn new(value: &'a Value, path: &str) -> Result<Self> {
        match value {
            Value::Object(map) => Ok(Object { map, path: path.to_owned(), known: Vec::new() }),
            other => Err(wrong_type(path, "an object", other)),
        }
    }

    /// The path of a key.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key; null counts as absent.
    pub fn get(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// The value of a key that must be there; null is a value.
    pub fn required(&mut self, key: &'static str) -> Result<&'a Value> {
        self.known.push(key);
        self.map.get(key).ok_or_else(|| Error::config(self.at(key), format!("required key \"{key}\" is missing")))
    }

    /// One of the `allowed` words.
    pub fn word(&mut self, key: &'static str, default: Option<&'static str>, allowed: &[&'static str]) -> Result<&'static str> {
        let given = match (self.get(key), default) {
            (None, Some(default)) => return Ok(default),
            (Some(value), _) => value,
            (None, None) => self.required(key)?,
        };
        let known = given.as_str().and_then(|word| allowed.iter().copied().find(|a| *a == word));
        known.ok_or_else(|| Error::config(self.at(key), format!("\"{key}\" must be one of {allowed:?}, not {}", shown(given))))
    }

    /// A list of whole numbers, 0 or more.
    pub fn extents(&mut self, key: &'static str) -> Result<Vec<u64>> {
        let value = self.required(key)?;
        let Value::Array(list) = value else { return Err(wrong_type(&self.at(key), "a list", value)) };
        let extent = |(i, value): (usize, &Value)| {
            let path = format!("{}[{i}]", self.at(key));
            value.as_u64().ok_or_else(|| Error::config(path, format!("an extent must be a whole number, not {}", shown(value))))
        };
        list.iter().enumerate().map(extent).collect()
    }

    /// Ends reading: keys that nobody asked for are ignored.
    pub fn ignore_rest(&self, ignored: &mut Vec<String>) {
        ignored.extend(self.unknown().map(|(key, _)| self.at(key)));
    }

    /// Keys that nobody asked for.
    pub fn unknown(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.map.iter().filter(|(key, _)| !self.known.contains(&key.as_str()))
    }
}

/// Name and configuration of an extension point: `{"name": ..., "configuration": ...}` or the name alone. Other keys are ignored, but
/// for one that says whether the extension has to be understood: it always is.
pub fn extension<'a>(value: &'a Value, path: &str, ignored: &mut Vec<String>) -> Result<(&'a str, &'a Value)> {
    match value {
        Value::String(name) => return Ok((name, &Value::Null)),
        Value::Object(_) => (),
        other => return Err(wrong_type(path, "an object or a name", other)),
    }
    let mut object = Object::new(value, path)?;
    let name = object.required("name")?;
    let name = name.as_str().ok_or_else(|| wrong_type(&object.at("name"), "a string", name))?;
    let configuration = object.get("configuration").unwrap_or(&Value::Null);
    let _ = object.get("must_understand");
    object.ignore_rest(ignored);
    Ok((name, configuration))
}

/// The text under a key of an object; empty where there is none.
pub fn text_under<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The object with a key more, or with another value for it.
pub fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Value::Object(map) = &mut object {
        map.insert(key.to_owned(), value);
    }
    object
}

/// What we, or a format, cannot do.
pub fn unsupported(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::config(path, message).with_kind(Kind::Unsupported)
}

/// A value for a message: cut short and escaped.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}
