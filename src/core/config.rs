//! Reads one codec configuration, key by key, and remembers how Python's `get_config()` would print it.

use std::ops::RangeInclusive;

use serde_json::{Map, Number, Value};

use super::dtype::{Class, Dtype};
use super::error::{Error, Result};

/// A configuration being read.
///
/// The order in which a codec asks for its keys is the order in which they are printed; a value that was given is printed as it
/// was given, so `10` stays `10` and `10.0` stays `10.0`. Keys that nobody asked for are refused by [`Config::finish`].
pub struct Config<'a> {
    given: &'a Map<String, Value>,
    known: Vec<&'static str>,
    printed: Map<String, Value>,
}

impl<'a> Config<'a> {
    /// Starts reading; the printed form begins with `"id"`.
    pub fn new(id: &str, given: &'a Map<String, Value>) -> Self {
        let mut printed = Map::new();
        printed.insert("id".to_owned(), Value::from(id));
        Config { given, known: vec!["id"], printed }
    }

    /// Ends reading: the printed form, or an error that names the first key nobody asked for.
    pub fn finish(self) -> Result<Map<String, Value>> {
        match self.given.keys().find(|key| !self.known.contains(&key.as_str())) {
            Some(key) => Err(Error::config(key, format!("unknown key \"{}\"", key.escape_default()))),
            None => Ok(self.printed),
        }
    }

    /// Ends reading, and adds the keys nobody asked for to `ignored`.
    pub fn finish_leniently(self, ignored: &mut Vec<String>) -> Map<String, Value> {
        ignored.extend(self.given.keys().filter(|key| !self.known.contains(&key.as_str())).cloned());
        self.printed
    }

    /// The value as given, marked as known but not printed.
    pub fn raw(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.given.get(key)
    }

    /// Adds a key to the printed form.
    pub fn print(&mut self, key: &'static str, value: impl Into<Value>) {
        self.printed.insert(key.to_owned(), value.into());
    }

    /// The value as given or `default`; printed.
    pub fn value(&mut self, key: &'static str, default: Value) -> Value {
        let value = self.raw(key).cloned().unwrap_or(default);
        self.print(key, value.clone());
        value
    }

    /// A key that must be there; not printed yet.
    pub fn required(&mut self, key: &'static str) -> Result<&'a Value> {
        self.raw(key).ok_or_else(|| Error::config(key, format!("required key \"{key}\" is missing")))
    }

    /// An integer (or a bool, which Python takes as 0 or 1) within `range`.
    pub fn integer(&mut self, key: &'static str, default: i64, range: RangeInclusive<i64>) -> Result<i64> {
        let value = self.value(key, Value::from(default));
        let number = as_integer(&value).ok_or_else(|| wrong_type(key, "an integer", &value))?;
        in_range(key, number, range)
    }

    /// As [`Config::integer`], but a fraction is dropped, as the Cython codecs (blosc, lz4, zstd) do.
    pub fn truncated_integer(&mut self, key: &'static str, default: i64, range: RangeInclusive<i64>) -> Result<i64> {
        let value = self.value(key, Value::from(default));
        let number = as_integer(&value)
            .or_else(|| as_float(&value).filter(|f| f.abs() < 9e15).map(|f| f as i64))
            .ok_or_else(|| wrong_type(key, "a number", &value))?;
        in_range(key, number, range)
    }

    /// An integer within `range`, or null.
    pub fn optional_integer(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Result<Option<i64>> {
        match self.raw(key) {
            None | Some(Value::Null) => {
                self.print(key, Value::Null);
                Ok(None)
            }
            Some(_) => self.integer(key, 0, range).map(Some),
        }
    }

    /// A truth value as Python sees it: any JSON value has one.
    pub fn truthy(&mut self, key: &'static str, default: bool) -> bool {
        match self.value(key, Value::from(default)) {
            Value::Null => false,
            Value::Bool(b) => b,
            Value::Number(n) => n.as_f64() != Some(0.0),
            Value::String(s) => !s.is_empty(),
            Value::Array(a) => !a.is_empty(),
            Value::Object(o) => !o.is_empty(),
        }
    }

    /// Text.
    pub fn text(&mut self, key: &'static str, default: &str) -> Result<String> {
        match self.value(key, Value::from(default)) {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(key, "a string", &other)),
        }
    }

    /// A dtype that must be there; printed in its canonical form.
    pub fn dtype(&mut self, key: &'static str) -> Result<Dtype> {
        let value = self.required(key)?;
        self.parse_dtype(key, value)
    }

    /// A dtype; `default` when missing or null. Printed in its canonical form.
    pub fn dtype_or(&mut self, key: &'static str, default: Dtype) -> Result<Dtype> {
        match self.raw(key) {
            None | Some(Value::Null) => {
                self.print(key, default.to_string());
                Ok(default)
            }
            Some(value) => self.parse_dtype(key, value),
        }
    }

    fn parse_dtype(&mut self, key: &'static str, value: &Value) -> Result<Dtype> {
        let dtype = match value {
            Value::String(text) => Dtype::parse(text).map_err(|e| Error::config(key, e.to_string()))?,
            other => return Err(wrong_type(key, "a dtype string", other)),
        };
        self.print(key, dtype.to_string());
        Ok(dtype)
    }
}

/// An integer of any JSON form; bools count as 0 and 1, floats do not count.
pub fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(b) => Some(i64::from(*b)),
        Value::Number(n) => n.as_i64(),
        _ => None,
    }
}

/// Any JSON number as a float.
pub fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Number(n) => n.as_f64(),
        _ => None,
    }
}

/// Whether a JSON number is written as an integer (`10`, not `10.0` or `1e1`).
pub fn is_integer(number: &Number) -> bool {
    !number.as_str().contains(['.', 'e', 'E'])
}

/// Whether two values are equal for Python: `1`, `1.0` and `true` are.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => equal_maps(a, b),
        _ => {
            a == b
                || as_integer(a)
                    .zip(as_integer(b))
                    .map_or_else(|| as_float(a).zip(as_float(b)).is_some_and(|(a, b)| a == b), |(a, b)| a == b)
        }
    }
}

/// [`equal`] for whole configurations; the order of keys does not matter.
pub fn equal_maps(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
}

/// The error for a value of another JSON type.
pub fn wrong_type(key: &str, wanted: &str, value: &Value) -> Error {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(n) if is_integer(n) => "an integer",
        Value::Number(_) => "a float",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let name = if key.is_empty() { "the configuration".to_owned() } else { format!("\"{key}\"") };
    Error::config(key, format!("{name} must be {wanted}, not {found}"))
}

fn in_range(key: &'static str, number: i64, range: RangeInclusive<i64>) -> Result<i64> {
    if range.contains(&number) {
        return Ok(number);
    }
    Err(Error::config(key, format!("\"{key}\" must be from {} to {}, not {number}", range.start(), range.end())))
}

/// Refuses `|O`, which has no fixed size.
pub fn no_objects(key: &'static str, dtype: Dtype) -> Result<Dtype> {
    if dtype.class == Class::Object {
        return Err(Error::config(key, format!("\"{key}\" cannot be an object dtype")));
    }
    Ok(dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).expect("test JSON")
    }

    #[test]
    fn prints_in_the_order_asked_and_in_the_form_given() {
        let given = map(r#"{"b": 1.50, "a": true, "id": "x"}"#);
        let mut config = Config::new("x", &given);
        assert_eq!(config.integer("a", 3, 0..=9).ok(), Some(1));
        assert_eq!(config.truncated_integer("b", 0, 0..=9).ok(), Some(1));
        assert_eq!(config.integer("c", 7, 0..=9).ok(), Some(7));
        let printed = config.finish().expect("all keys known");
        assert_eq!(Value::Object(printed).to_string(), r#"{"id":"x","a":true,"b":1.50,"c":7}"#);
    }

    #[test]
    fn equality_is_pythons() {
        let same = |a: &str, b: &str| equal_maps(&map(a), &map(b));
        assert!(same(r#"{"a": 1, "b": [1.0]}"#, r#"{"b": [true], "a": 1.0}"#));
        assert!(!same(r#"{"a": 1}"#, r#"{"a": "1"}"#));
        assert!(!same(r#"{"a": 1}"#, r#"{"a": 1, "b": null}"#));
        assert!(!same(r#"{"a": 9007199254740993}"#, r#"{"a": 9007199254740992}"#));
    }

    #[test]
    fn names_the_key_it_refuses() {
        let given = map(r#"{"level": "9", "lvl": 1}"#);
        let mut config = Config::new("x", &given);
        let error = config.integer("level", 1, 0..=9).expect_err("a string is no integer");
        assert_eq!(error.details().path, "level");
        assert_eq!(config.finish().expect_err("unknown key").details().path, "lvl");
    }
}
