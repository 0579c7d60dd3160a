//! `cast_value` of Zarr v3: every number becomes one of another type, some by a map.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::json::{Object, shown, unsupported, with};
use super::rounding::{OutOfRange, Rounding, cast};
use super::{data_type_v3, fill_read};
use crate::core::config::wrong_type;
use crate::core::dtype::Class;
use crate::core::exact::{self, Port, Wide};
use crate::core::{ArrayRef, Codec, Dtype, Error, Layout, Order, Result, Sink};
use crate::registry::Instance;

/// Numbers, as [`key_of`] has them, that become others before anything else. Of two entries for one number the last one stays.
type Pairs = HashMap<i128, Wide>;

struct CastValue {
    from: Layout,
    to: Layout,
    rounding: Rounding,
    out_of_range: OutOfRange,
    encode: Pairs,
    decode: Pairs,
}

const ROUNDINGS: [(&str, Rounding); 5] = [
    ("nearest-even", Rounding::NearestEven),
    ("towards-zero", Rounding::TowardsZero),
    ("towards-positive", Rounding::TowardsPositive),
    ("towards-negative", Rounding::TowardsNegative),
    ("nearest-away", Rounding::NearestAway),
];

/// Builds the codec for arrays like `from`. Its configuration leaves out what is the default, as zarr-python does.
pub fn parse(configuration: &Value, from: &Layout, path: &str, ignored: &mut Vec<String>) -> Result<Instance> {
    if !is_number(from.dtype) {
        return Err(unsupported(path, format!("cast_value takes integers and floats, not {}", from.dtype)));
    }
    let mut object = Object::new(configuration, &format!("{path}.configuration"))?;
    let (at, given) = (object.at("data_type"), object.required("data_type")?);
    let target = data_type_v3::parse(given, &at, ignored)?.dtype;
    if !is_number(target) {
        return Err(unsupported(at, format!("cast_value gives integers and floats, not {target}")));
    }
    let words = ROUNDINGS.map(|(word, _)| word);
    let word = object.word("rounding", Some("nearest-even"), &words)?;
    let rounding = ROUNDINGS.into_iter().find(|(known, _)| *known == word).map_or(Rounding::NearestEven, |(_, rounding)| rounding);
    let out_of_range = out_of_range(&mut object, target)?;
    let mut printed = printed(given, word, out_of_range);
    let (mut encode, mut decode) = (Pairs::new(), Pairs::new());
    if let Some(map) = object.get("scalar_map") {
        let mut sides = Object::new(map, &object.at("scalar_map"))?;
        encode = pairs(&mut sides, "encode", from.dtype, target)?;
        decode = pairs(&mut sides, "decode", target, from.dtype)?;
        sides.ignore_rest(ignored);
        printed = with(printed, "scalar_map", map.clone());
    }
    object.ignore_rest(ignored);
    let to = Layout::contiguous(target, from.shape(), Order::C)?;
    let codec = CastValue { from: from.clone(), to, rounding, out_of_range, encode, decode };
    Ok(Instance::new("cast_value", printed, Box::new(codec)))
}

/// The configuration without the map.
fn printed(data_type: &Value, rounding: &str, out_of_range: OutOfRange) -> Value {
    let mut printed = json!({"id": "cast_value", "data_type": data_type});
    if rounding != "nearest-even" {
        printed = with(printed, "rounding", json!(rounding));
    }
    match out_of_range {
        OutOfRange::Refuse => printed,
        OutOfRange::Clamp => with(printed, "out_of_range", json!("clamp")),
        OutOfRange::Wrap => with(printed, "out_of_range", json!("wrap")),
    }
}

fn is_number(dtype: Dtype) -> bool {
    matches!(dtype.class, Class::Int | Class::Uint | Class::Float)
}

fn out_of_range(object: &mut Object<'_>, target: Dtype) -> Result<OutOfRange> {
    match object.word("out_of_range", Some("error"), &["error", "clamp", "wrap"])? {
        "clamp" => Ok(OutOfRange::Clamp),
        "wrap" if target.class == Class::Float => Err(Error::config(object.at("out_of_range"), format!("{target} cannot wrap around"))),
        "wrap" => Ok(OutOfRange::Wrap),
        _ => Ok(OutOfRange::Refuse),
    }
}

/// A list of `[from, to]`.
fn pairs(object: &mut Object<'_>, key: &'static str, from: Dtype, to: Dtype) -> Result<Pairs> {
    let Some(given) = object.get(key) else { return Ok(Pairs::new()) };
    let path = object.at(key);
    let list = given.as_array().ok_or_else(|| wrong_type(&path, "a list", given))?;
    let number = |value: &Value, dtype: Dtype, path: &str| Ok(Port::new(dtype)?.read(&fill_read::single(value, dtype, path)?));
    let pair = |(i, pair): (usize, &Value)| match pair.as_array().map(Vec::as_slice) {
        Some([a, b]) => Ok((key_of(number(a, from, &format!("{path}[{i}][0]"))?), number(b, to, &format!("{path}[{i}][1]"))?)),
        _ => Err(Error::config(format!("{path}[{i}]"), format!("a pair of numbers is needed, not {}", shown(pair)))),
    };
    list.iter().enumerate().map(pair).collect()
}

/// The same for equal numbers of one type, and for all that are not a number.
fn key_of(number: Wide) -> i128 {
    match number {
        Wide::Int(whole) => whole,
        Wide::Float(float) | Wide::Complex(float, _) if float.is_nan() => i128::MAX,
        Wide::Float(float) | Wide::Complex(float, _) => i128::from((float + 0.0).to_bits()), // both zeros are one
    }
}

impl CastValue {
    fn run(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>, from: &Layout, to: &Layout, pairs: &Pairs) -> Result<Layout> {
        let src = ArrayRef::fixed(from, src.bytes()?)?.bytes()?;
        // Decoding to floats cannot wrap: what does not fit is an error there.
        exact::map(src, Port::new(from.dtype)?, Port::new(to.dtype)?, out, |number| {
            let mapped = if pairs.is_empty() { None } else { pairs.get(&key_of(number)).copied() };
            mapped.or_else(|| cast(number, to.dtype, self.rounding, self.out_of_range))
        })?;
        Ok(to.clone())
    }
}

impl Codec for CastValue {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out, &self.from, &self.to, &self.encode)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out, &self.to, &self.from, &self.decode)
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        Some(self.to.nbytes() as u64)
    }

    fn encoded_layout(&self, _src: &Layout) -> Result<Option<Layout>> {
        Ok(Some(self.to.clone()))
    }

    fn lossy(&self) -> bool {
        true
    }
}
