//! What the tests of the codecs share: building from JSON, encoding and decoding under limits.

use crate::core::call::{Call, Limits};
use crate::core::{ArrayRef, Codec, Config, Dtype, Items, Layout, Result, Sink};

/// A codec from its configuration.
pub fn build(json: &str) -> Result<Box<dyn Codec>> {
    let map = serde_json::from_str(json).expect("test JSON");
    let mut config = Config::new("test", &map);
    let id = config.raw("id").and_then(|id| id.as_str()).expect("an id");
    let def = super::find(id).or_else(|| super::find_legacy(id)).expect("a codec");
    (def.make)(&mut config)
}

/// Encodes an array of fixed-size items.
pub fn encode_fixed(json: &str, dtype: &str, shape: &[usize], bytes: &[u8]) -> Result<Vec<u8>> {
    let layout = Layout::contiguous(Dtype::parse(dtype)?, shape, crate::core::Order::C)?;
    encode(json, &ArrayRef::fixed(&layout, bytes)?)
}

/// As [`encode_fixed`], in strict mode.
pub fn encode_strict(json: &str, dtype: &str, shape: &[usize], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut limits = Limits::default();
    limits.strict = true;
    let layout = Layout::contiguous(Dtype::parse(dtype)?, shape, crate::core::Order::C)?;
    let mut out = Sink::owned(Call::new(&limits, None));
    build(json)?.encode(&ArrayRef::fixed(&layout, bytes)?, &mut out)?;
    Ok(out.into_parts().0)
}

/// Encodes a flat array of items of variable length; `dtype` is that inside an item, or `|O`.
pub fn encode_items(json: &str, items: Items, dtype: &str, values: &[&[u8]]) -> Result<Vec<u8>> {
    let layout = Layout::objects(items, Dtype::parse(dtype)?, &[values.len()])?;
    encode(json, &ArrayRef::apart(&layout, values)?)
}

/// Encodes any array.
pub fn encode(json: &str, src: &ArrayRef<'_>) -> Result<Vec<u8>> {
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    build(json)?.encode(src, &mut out)?;
    Ok(out.into_parts().0)
}

/// Decodes to layout, bytes and offsets, with memory for a few kilobytes only.
pub fn decode(json: &str, src: &[u8]) -> Result<(Layout, Vec<u8>, Vec<i64>)> {
    let limits = Limits::new(Some(1 << 20), Some(1 << 22));
    let layout = Layout::bytes(src.len());
    let mut out = Sink::owned(Call::new(&limits, None));
    let known = build(json)?.decode(&ArrayRef::fixed(&layout, src)?, &mut out)?;
    let (bytes, offsets) = out.into_parts();
    Ok((known, bytes, offsets))
}

/// The decoded items, one by one.
pub fn decode_items(json: &str, src: &[u8]) -> Result<Vec<Vec<u8>>> {
    let (_, bytes, offsets) = decode(json, src)?;
    Ok(offsets.windows(2).map(|pair| bytes[pair[0] as usize..pair[1] as usize].to_vec()).collect())
}

/// Numbers that look random and are the same in every run (xorshift64*).
pub struct Random(pub u64);

impl Random {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }
}
