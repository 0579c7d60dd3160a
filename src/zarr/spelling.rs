//! The two spellings of a codec, in Zarr v2 and v3: every difference between them is here, both directions.

use serde_json::{Map, Value, json};

use super::json::{shown, text_under, unsupported, with};
use crate::core::config::{as_float, as_integer, wrong_type};
use crate::core::{Dtype, Error, Result};

/// From arrays to arrays, from arrays to bytes; all others go from bytes to bytes.
pub const FILTERS: [&str; 6] = ["delta", "bitround", "fixedscaleoffset", "quantize", "packbits", "astype"];
/// See [`FILTERS`].
pub const SERIALIZERS: [&str; 4] = ["pcodec", "zfpy", "vlen-utf8", "vlen-bytes"];

/// Codecs of Zarr v3 itself that the table of codecs has under the same name.
const CORE: [&str; 6] = ["blosc", "gzip", "zstd", "crc32c", "vlen-utf8", "vlen-bytes"];

/// Names that zarr-python registers with "numcodecs." before them.
const PREFIXED: [&str; 21] = [
    "adler32",
    "astype",
    "bitround",
    "blosc",
    "bz2",
    "crc32",
    "crc32c",
    "delta",
    "fixedscaleoffset",
    "fletcher32",
    "gzip",
    "jenkins_lookup3",
    "lz4",
    "lzma",
    "packbits",
    "pcodec",
    "quantize",
    "shuffle",
    "zfpy",
    "zlib",
    "zstd",
];

const SHUFFLES: [&str; 3] = ["noshuffle", "shuffle", "bitshuffle"];

/// Object codecs and others that v3 has no name for.
const NAMELESS: [&str; 6] = ["base64", "categorize", "json2", "msgpack2", "pickle", "vlen-array"];

/// Keys of filters that name dtypes.
const DTYPES: [&str; 4] = ["dtype", "astype", "encode_dtype", "decode_dtype"];

/// The configuration for the table of codecs that an entry of v3 stands for. `array` is the dtype that the codec sees in an array, and
/// `itemsize` that of the chunk.
pub fn read(name: &str, configuration: &Value, array: Dtype, itemsize: usize, path: &str) -> Result<Value> {
    let id = name.strip_prefix("numcodecs.").unwrap_or(name);
    let mut config = Map::from_iter([("id".to_owned(), Value::from(id))]);
    match configuration {
        Value::Null => (),
        Value::Object(map) => config.extend(map.iter().map(|(key, value)| (key.clone(), value.clone()))),
        other => return Err(wrong_type(&format!("{path}.configuration"), "an object", other)),
    }
    if config.get("id") != Some(&Value::from(id)) {
        return Err(Error::config(format!("{path}.configuration.id"), "another id than the name of the codec"));
    }
    if name == "blosc" {
        read_blosc(&mut config, itemsize, path)?;
    } else if name == "gzip" {
        config.entry("level").or_insert(json!(5));
    }
    fill_in(&mut config, id, array);
    Ok(Value::Object(config))
}

/// Blosc's words for shuffle, and the typesize that v2 takes from the array.
fn read_blosc(config: &mut Map<String, Value>, itemsize: usize, path: &str) -> Result<()> {
    let typesize = config.entry("typesize").or_insert(json!(itemsize)).clone();
    if typesize.as_u64().is_none_or(|n| n == 0) {
        let text = format!("typesize must be 1 or more, not {}", shown(&typesize));
        return Err(Error::config(format!("{path}.configuration.typesize"), text));
    }
    let shuffle = match config.get("shuffle") {
        None => Some(if typesize == json!(1) { 2 } else { 1 }),
        Some(word) => SHUFFLES.iter().position(|known| word == known),
    };
    let wrong = || Error::config(format!("{path}.configuration.shuffle"), format!("shuffle must be one of {SHUFFLES:?}"));
    config.insert("shuffle".to_owned(), json!(shuffle.ok_or_else(wrong)?));
    config.entry("cname").or_insert(json!("zstd"));
    Ok(())
}

/// What zarr-python takes from the array where a configuration leaves it out.
fn fill_in(config: &mut Map<String, Value>, id: &str, dtype: Dtype) {
    let (key, value) = match id {
        "shuffle" => ("elementsize", json!(dtype.itemsize)),
        "quantize" | "fixedscaleoffset" => ("dtype", json!(dtype.to_string())),
        "astype" => ("decode_dtype", json!(dtype.to_string())),
        _ => return,
    };
    config.entry(key).or_insert(value);
}

/// What a codec prints, with the key that numcodecs reads and does not print: Blosc's typesize.
pub fn whole(printed: &Value, given: &Value) -> Value {
    match given.get("typesize").filter(|size| !size.is_null() && text_under(printed, "id") == "blosc") {
        Some(typesize) => with(printed.clone(), "typesize", typesize.clone()),
        None => printed.clone(),
    }
}

/// The entry of v3 for what `scale_offset` and `cast_value` print.
pub fn value_entry(printed: &Value) -> Value {
    let mut configuration = printed.as_object().cloned().unwrap_or_default();
    let entry = json!({"name": configuration.shift_remove("id")});
    if configuration.is_empty() { entry } else { with(entry, "configuration", Value::Object(configuration)) }
}

/// The entry of v3 under the name `name`, or the one that zarr-python knows instead. `config` is [`whole`].
pub fn entry(name: &str, config: &Value) -> Value {
    let id = name.strip_prefix("numcodecs.").unwrap_or(name);
    let name = match name {
        _ if SERIALIZERS.contains(&id) && CORE.contains(&id) => id.to_owned(),
        _ if !CORE.contains(&name) && PREFIXED.contains(&id) => format!("numcodecs.{id}"),
        _ => name.to_owned(),
    };
    let mut configuration = config.as_object().cloned().unwrap_or_default();
    configuration.shift_remove("id");
    match name.as_str() {
        "crc32c" => return json!({"name": name}),
        "gzip" | "zstd" => tidy(&mut configuration),
        "blosc" => {
            let typesize = configuration.get("typesize").cloned().unwrap_or(json!(1));
            let mut words = Map::from_iter([("typesize".to_owned(), typesize)]);
            tidy(&mut configuration);
            words.extend(configuration);
            let word = words.get("shuffle").and_then(Value::as_u64).and_then(|n| SHUFFLES.get(n as usize));
            words.insert("shuffle".to_owned(), json!(word.unwrap_or(&"shuffle")));
            configuration = words;
        }
        _ => (),
    }
    json!({"name": name, "configuration": configuration})
}

/// Whole numbers and truth values where v2 takes any number, or anything at all.
fn tidy(configuration: &mut Map<String, Value>) {
    for (key, value) in configuration {
        match (key.as_str(), as_integer(value).or_else(|| as_float(value).map(|f| f as i64))) {
            ("checksum", whole) => *value = json!(whole.is_some_and(|n| n != 0) || value.as_str().is_some_and(|text| !text.is_empty())),
            ("cname", _) => (),
            (_, Some(whole)) => *value = json!(whole),
            _ => (),
        }
    }
}

/// The entry of v3 for a configuration of v2 at `path`; `typesize` is the size of the items that Blosc is given.
pub fn from_v2(config: &Value, typesize: usize, path: &str) -> Result<Value> {
    let id = text_under(config, "id");
    if NAMELESS.contains(&id) {
        return Err(unsupported(format!("{path}.id"), format!("{id} has no form in Zarr v3")));
    }
    let mut config = config.clone();
    if id == "blosc" {
        let typesize = config.get("typesize").cloned().unwrap_or(json!(typesize.max(1)));
        if config.get("shuffle") == Some(&json!(-1)) {
            config = with(config, "shuffle", json!(if typesize == json!(1) { 2 } else { 1 }));
        }
        config = with(config, "typesize", typesize);
    }
    let elsewhere = id == "crc32c" && config.get("location").is_some_and(|location| location != "end");
    Ok(if elsewhere { entry("numcodecs.crc32c", &config) } else { entry(id, &config) })
}

/// The configuration of v2 for an entry of v3 that [`entry`] made; `typesize` as in [`from_v2`].
pub fn to_v2(name: &str, configuration: &Value, typesize: usize) -> Value {
    let id = name.strip_prefix("numcodecs.").unwrap_or(name);
    let mut config = Map::from_iter([("id".to_owned(), json!(id))]);
    config.extend(configuration.as_object().cloned().unwrap_or_default());
    if name == "blosc" {
        let given = config.shift_remove("typesize");
        config.extend(given.filter(|size| *size != json!(typesize.max(1))).map(|size| ("typesize".to_owned(), size)));
        let number = SHUFFLES.iter().position(|word| config.get("shuffle") == Some(&json!(word)));
        config.insert("shuffle".to_owned(), json!(number));
    }
    Value::Object(config)
}

/// The configuration of a filter with its dtypes in another byte order.
pub fn ordered(config: &Value, big_endian: bool) -> Value {
    let mut config = config.clone();
    for key in DTYPES {
        let dtype = config.get(key).and_then(Value::as_str).and_then(|text| Dtype::parse(text).ok());
        if let (Some(dtype), Some(value)) = (dtype, config.get_mut(key)) {
            *value = json!(dtype.ordered(big_endian).to_string());
        }
    }
    config
}

/// The dtype of what a filter of v2 makes of an array.
pub fn encoded(config: &Value, array: Dtype) -> Dtype {
    let named = |key: &str| config.get(key).and_then(Value::as_str).and_then(|text| Dtype::parse(text).ok());
    match text_under(config, "id") {
        "packbits" => Dtype::U1,
        "astype" => named("encode_dtype").unwrap_or(array),
        _ => named("astype").unwrap_or(array),
    }
}
