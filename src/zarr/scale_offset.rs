//! `scale_offset` of Zarr v3: `(x - offset) * scale` in the type of the array, which has to hold every step.

use serde_json::{Map, Value, json};

use super::fill_read;
use super::json::{Object, unsupported};
use crate::core::dtype::Class;
use crate::core::exact::{self, Port, Wide};
use crate::core::number::range;
use crate::core::{ArrayRef, Codec, Dtype, Error, Layout, Result, Sink};
use crate::registry::Instance;

struct ScaleOffset {
    array: Layout,
    port: Port,
    offset: Wide,
    scale: Wide,
}

/// Builds the codec for arrays like `array`. Its configuration has what differs from an offset of 0 and a scale of 1.
pub fn parse(configuration: &Value, array: &Layout, path: &str, ignored: &mut Vec<String>) -> Result<Instance> {
    if !matches!(array.dtype.class, Class::Int | Class::Uint | Class::Float) {
        return Err(unsupported(path, format!("scale_offset takes integers and floats, not {}", array.dtype)));
    }
    let none = json!({});
    let path = format!("{path}.configuration");
    let mut object = Object::new(if configuration.is_null() { &none } else { configuration }, &path)?;
    let port = Port::new(array.dtype)?;
    let mut printed = Map::from_iter([("id".to_owned(), json!("scale_offset"))]);
    let mut number = |object: &mut Object<'_>, key, default: Value| {
        let given = object.get(key).unwrap_or(&default);
        let value = port.read(&fill_read::single(given, array.dtype, &object.at(key))?);
        if value != port.read(&fill_read::single(&default, array.dtype, key)?) {
            printed.insert(key.to_owned(), given.clone());
        }
        Ok::<_, Error>(value)
    };
    let offset = number(&mut object, "offset", json!(0))?;
    let scale = number(&mut object, "scale", json!(1))?;
    if matches!(scale, Wide::Int(0)) || scale == Wide::Float(0.0) {
        return Err(Error::config(object.at("scale"), "\"scale\" must not be zero"));
    }
    object.ignore_rest(ignored);
    let codec = ScaleOffset { array: array.clone(), port, offset, scale };
    Ok(Instance::new("scale_offset", Value::Object(printed), Box::new(codec)))
}

impl ScaleOffset {
    fn dtype(&self) -> Dtype {
        self.array.dtype
    }

    fn run(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>, step: impl Fn(Wide) -> Option<Wide>) -> Result<Layout> {
        let src = ArrayRef::fixed(&self.array, src.bytes()?)?.bytes()?;
        let range = range(self.dtype());
        exact::map(src, self.port, self.port, out, |number| match step(number)? {
            Wide::Int(whole) => range.holds(Wide::Int(whole)).then_some(Wide::Int(whole)),
            float => Some(float),
        })?;
        Ok(self.array.clone())
    }
}

impl Codec for ScaleOffset {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let port = self.port;
        self.run(src, out, |number| match (number, self.offset, self.scale) {
            (Wide::Int(x), Wide::Int(offset), Wide::Int(scale)) => (x - offset).checked_mul(scale).map(Wide::Int),
            (Wide::Float(x), Wide::Float(offset), Wide::Float(scale)) => Some(Wide::Float(port.nearest(x - offset) * scale)),
            _ => None,
        })
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let port = self.port;
        self.run(src, out, |number| match (number, self.offset, self.scale) {
            (Wide::Int(x), Wide::Int(offset), Wide::Int(scale)) => (x % scale == 0).then(|| Wide::Int(x / scale + offset)),
            (Wide::Float(x), Wide::Float(offset), Wide::Float(scale)) => Some(Wide::Float(port.nearest(x / scale) + offset)),
            _ => None,
        })
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        Some(self.array.nbytes() as u64)
    }

    fn encoded_layout(&self, _src: &Layout) -> Result<Option<Layout>> {
        Ok(Some(self.array.clone()))
    }

    fn lossy(&self) -> bool {
        self.dtype().class == Class::Float
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::call::Limits;
    use crate::core::{Call, Kind};

    fn run(dtype: &str, config: Value, bytes: &[u8], encode: bool) -> Result<Vec<u8>> {
        let dtype = Dtype::parse(dtype).expect("dtype");
        let codec = parse(&config, &Layout::flat(dtype, bytes.len() / dtype.itemsize), "codecs[0]", &mut Vec::new())?;
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        let plain = Layout::bytes(bytes.len());
        let src = ArrayRef::fixed(&plain, bytes)?;
        let _ = if encode { codec.encode(&src, &mut out)? } else { codec.decode(&src, &mut out)? };
        Ok(out.into_parts().0)
    }

    #[test]
    fn every_step_is_in_the_type_of_the_array() {
        let config = json!({"offset": 270, "scale": 4});
        let stored = run("<f4", config.clone(), &271.25_f32.to_le_bytes(), true).expect("encodes");
        assert_eq!(stored, 5.0_f32.to_le_bytes());
        assert_eq!(run("<f4", config, &stored, false).expect("decodes"), 271.25_f32.to_le_bytes());
        assert_eq!(run("u1", json!({"offset": 2, "scale": 3}), &[2, 87], true).expect("encodes"), [0, 255]);
    }

    #[test]
    fn integers_that_do_not_fit_are_refused() {
        let refused = |dtype, config, bytes: &[u8], encode| run(dtype, config, bytes, encode).map_err(|e| e.kind()).err();
        assert_eq!(refused("u1", json!({"offset": 2}), &[1], true), Some(Kind::Data), "below zero");
        assert_eq!(refused("u1", json!({"scale": 3}), &[86], true), Some(Kind::Data), "above 255");
        assert_eq!(refused("u1", json!({"scale": 3}), &[4], false), Some(Kind::Data), "a remainder");
        assert_eq!(refused("<i8", json!({"scale": 4}), &(1_i64 << 62).to_le_bytes(), true), Some(Kind::Data));
        assert_eq!(refused("<u8", json!({"scale": u64::MAX}), &u64::MAX.to_le_bytes(), true), Some(Kind::Data));
        assert_eq!(refused("<c8", json!({}), &[0; 8], true), Some(Kind::Unsupported));
    }
}
