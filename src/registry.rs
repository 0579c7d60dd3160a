//! From a configuration to a codec: the built-in table, and the codecs a caller adds to a registry of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde_json::{Map, Value};

use crate::codecs;
use crate::core::call::ask;
use crate::core::codec::{Codec, CodecDef};
use crate::core::config::{Config, wrong_type};
use crate::core::error::{Error, Kind, Result};

/// A codec together with its id and the configuration it prints.
pub struct Instance {
    id: String,
    config: Value,
    codec: Box<dyn Codec>,
}

impl Instance {
    /// A codec under an id; `config` is what it prints.
    pub fn new(id: &str, config: Value, codec: Box<dyn Codec>) -> Self {
        Instance { id: id.to_owned(), config, codec }
    }

    /// The id it was built from; empty for a pipeline, whose stages have ids.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What Python's `get_config()` prints; a list of that for a pipeline.
    pub fn config(&self) -> &Value {
        &self.config
    }
}

impl std::ops::Deref for Instance {
    type Target = dyn Codec;
    fn deref(&self) -> &Self::Target {
        self.codec.as_ref()
    }
}

/// Makes codecs of one id; what a caller adds to a registry.
pub trait Factory: Send + Sync {
    /// The `"id"` of configurations.
    fn id(&self) -> &str;
    /// Builds a codec from a whole configuration.
    fn make(&self, config: &Map<String, Value>) -> Result<Box<dyn Codec>>;
}

/// The built-in codecs that are allowed, and codecs of the caller. A codec of the caller replaces a built-in one of the same id.
#[derive(Default)]
pub struct Registry {
    allowed: Option<Vec<String>>,
    custom: Vec<Arc<dyn Factory>>,
    used: AtomicBool,
}

impl Registry {
    /// `allowed` = ids of the built-in codecs to keep; `None` = all.
    pub fn new(allowed: Option<Vec<String>>) -> Result<Self> {
        if let Some(unknown) = allowed.iter().flatten().find(|id| codecs::find(id).or_else(|| codecs::find_legacy(id)).is_none()) {
            return Err(unknown_codec(unknown));
        }
        Ok(Registry { allowed, ..Self::default() })
    }

    /// Adds a codec of the caller; not after the first codec was built.
    pub fn add(&mut self, factory: Arc<dyn Factory>) -> Result<()> {
        if self.used.load(Relaxed) {
            return Err(Error::unsupported("codecs were built from this registry already: it cannot change any more"));
        }
        self.custom.retain(|known| known.id() != factory.id());
        self.custom.push(factory);
        Ok(())
    }

    /// The built-in codec of that id, if it is allowed; a legacy one only where it is named.
    fn built_in(&self, id: &str) -> Option<&'static CodecDef> {
        match &self.allowed {
            None => codecs::find(id),
            Some(allowed) => allowed.iter().find(|a| *a == id).and_then(|id| codecs::find(id).or_else(|| codecs::find_legacy(id))),
        }
    }
}

/// Builds a codec from JSON text.
pub fn from_json(json: &str, registry: Option<&Registry>) -> Result<Instance> {
    from_value(&parse(json)?, registry)
}

/// Most memory for a value of a document, between its brackets and commas: a list within lists, or a label that a codec copies twice.
const VALUE_MEMORY: usize = 512;
/// The same for a character of a string.
const CHARACTER_MEMORY: usize = 4;

/// About the most memory that JSON text takes as a value and a copy.
pub fn parsed_memory(json: &str) -> usize {
    let values = json.bytes().filter(|byte| matches!(byte, b'[' | b'{' | b',')).count();
    values.saturating_mul(VALUE_MEMORY).saturating_add(json.len().saturating_mul(CHARACTER_MEMORY))
}

/// JSON text as a value. serde_json aborts where the allocator refuses, so that one is asked beforehand.
pub fn parse(json: &str) -> Result<Value> {
    ask(parsed_memory(json))?;
    serde_json::from_str(json).map_err(|e| Error::config("", format!("not valid JSON: {e}")))
}

/// Builds a codec from JSON, which must be an object.
pub fn from_value(value: &Value, registry: Option<&Registry>) -> Result<Instance> {
    match value {
        Value::Object(map) => from_map(map, registry),
        other => Err(wrong_type("", "an object", other)),
    }
}

/// Builds a codec from a parsed configuration.
pub fn from_map(given: &Map<String, Value>, registry: Option<&Registry>) -> Result<Instance> {
    build(given, registry, |config| config.finish())
}

/// As [`from_value`], but keys that the codec does not know are left out and added to `ignored`.
pub fn leniently(value: &Value, registry: Option<&Registry>, ignored: &mut Vec<String>) -> Result<Instance> {
    let Value::Object(map) = value else { return Err(wrong_type("", "an object", value)) };
    build(map, registry, |config| Ok(config.finish_leniently(ignored)))
}

fn build(
    given: &Map<String, Value>,
    registry: Option<&Registry>,
    finish: impl FnOnce(Config<'_>) -> Result<Map<String, Value>>,
) -> Result<Instance> {
    let id = match given.get("id") {
        Some(Value::String(id)) => id.as_str(),
        Some(other) => return Err(wrong_type("id", "a string", other).with_kind(Kind::UnknownCodec)),
        None => return Err(Error::config("id", "required key \"id\" is missing").with_kind(Kind::UnknownCodec)),
    };
    if let Some(registry) = registry {
        registry.used.store(true, Relaxed);
        if let Some(factory) = registry.custom.iter().find(|f| f.id() == id) {
            let codec = factory.make(given).map_err(|e| e.in_codec(id))?;
            return Ok(Instance::new(id, Value::Object(given.clone()), codec));
        }
    }
    let def = registry.map_or_else(|| codecs::find(id), |registry| registry.built_in(id)).ok_or_else(|| unknown_codec(id))?;
    let mut config = Config::new(def.id, given);
    let codec = (def.make)(&mut config).map_err(|e| e.in_codec(id))?;
    let config = finish(config).map_err(|e| e.in_codec(id))?;
    Ok(Instance::new(id, Value::Object(config), codec))
}

fn unknown_codec(id: &str) -> Error {
    let mut shown: String = id.chars().take(40).collect();
    shown = shown.escape_default().to_string();
    Error::config("id", format!("no codec with id \"{shown}\"")).with_kind(Kind::UnknownCodec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_layouts_are_built_only_where_they_are_named() {
        let kind = |registry: Option<&Registry>| from_json(r#"{"id":"json"}"#, registry).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(kind(None), Err(Kind::UnknownCodec));
        assert_eq!(kind(Some(&Registry::default())), Err(Kind::UnknownCodec));
        let named = Registry::new(Some(vec!["json".to_owned()])).expect("known ids");
        assert_eq!(kind(Some(&named)), Ok(()));
        assert!(Registry::new(Some(vec!["jason".to_owned()])).is_err());
    }
}
