//! `vlen-bytes`: byte strings of any length, in memory order. Takes bytes items, `S` arrays without their trailing NULs, or `V` arrays.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Items, Layout, Result, Sink, text, vlen};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "vlen-bytes", make };

struct VlenBytes;

fn make(_: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(VlenBytes))
}

impl Codec for VlenBytes {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let dtype = src.layout().dtype;
        match (src.layout().items, dtype.class) {
            (Items::Bytes, _) => vlen::encode_array(src, out)?,
            (Items::Fixed, Class::Bytes | Class::Raw) => {
                let bytes = src.bytes()?;
                let whole = |i: usize| bytes.get(i * dtype.itemsize..(i + 1) * dtype.itemsize).unwrap_or_default();
                let padded = dtype.class == Class::Bytes;
                vlen::encode_items(src.count(), out, |i| if padded { text::trim_nuls(whole(i)) } else { whole(i) })?;
            }
            _ => src.expect_items(Items::Bytes)?,
        }
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let count = vlen::decode(src.bytes()?, out)?;
        Layout::objects(Items::Bytes, Dtype::OBJECT, &[count])
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let (count, nbytes) = vlen::info(src)?;
        Ok(Info { nbytes, layout: Some(Layout::objects(Items::Bytes, Dtype::OBJECT, &[count])?) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode_items, encode_fixed, encode_items};
    use super::*;
    use crate::core::Kind;

    const CODEC: &str = r#"{"id":"vlen-bytes"}"#;
    const EXAMPLE: &[u8] = b"\x03\0\0\0\x01\0\0\0a\0\0\0\0\x01\0\0\0\xff";

    #[test]
    fn the_worked_example_goes_both_ways() {
        let items: [&[u8]; 3] = [b"a", b"", b"\xff"];
        assert_eq!(encode_items(CODEC, Items::Bytes, "|O", &items).ok().as_deref(), Some(EXAMPLE));
        assert_eq!(decode_items(CODEC, EXAMPLE).expect("decodes"), items);
    }

    #[test]
    fn padding_is_dropped_from_strings_and_kept_in_raw_bytes() {
        let strings = encode_fixed(CODEC, "|S2", &[2], b"a\0\0b");
        assert_eq!(strings.ok().as_deref(), Some(&b"\x02\0\0\0\x01\0\0\0a\x02\0\0\0\0b"[..]));
        let raw = encode_fixed(CODEC, "|V2", &[1], b"a\0");
        assert_eq!(raw.ok().as_deref(), Some(&b"\x01\0\0\0\x02\0\0\0a\0"[..]));
        assert_eq!(encode_items(CODEC, Items::Utf8, "|O", &[b"a"]).map_err(|e| e.kind()), Err(Kind::Dtype));
    }
}
