//! `vlen-utf8`: text of any length, in memory order. Takes UTF-8 items, or `U` arrays without their trailing NULs.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Items, Layout, Result, Sink, text, vlen};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "vlen-utf8", make };

struct VlenUtf8;

fn make(_: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(VlenUtf8))
}

impl Codec for VlenUtf8 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let dtype = src.layout().dtype;
        match (src.layout().items, dtype.class) {
            (Items::Utf8, _) => {
                text::check_items(src)?;
                vlen::encode_array(src, out)?;
            }
            (Items::Fixed, Class::Text) => encode_fixed(src, dtype, out)?,
            _ => src.expect_items(Items::Utf8)?,
        }
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let count = vlen::decode_text(src.bytes()?, out)?;
        Layout::objects(Items::Utf8, Dtype::OBJECT, &[count])
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let (count, nbytes) = vlen::info(src)?;
        Ok(Info { nbytes, layout: Some(Layout::objects(Items::Utf8, Dtype::OBJECT, &[count])?) })
    }
}

fn encode_fixed(src: &ArrayRef<'_>, dtype: Dtype, out: &mut Sink<'_>) -> Result<()> {
    let bytes = src.bytes()?;
    let points = |i: usize| {
        let start = i * dtype.itemsize;
        text::code_points(bytes.get(start..start + dtype.itemsize).unwrap_or_default(), dtype.big_endian)
    };
    let len = |i| points(i).try_fold(0, |sum, point| Ok(sum + text::character(point)?.len_utf8()));
    vlen::encode(src.count(), out, len, |i, room| text::fill_utf8(points(i).filter_map(char::from_u32), room))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, decode_items, encode_fixed, encode_items};
    use super::*;
    use crate::core::Kind;

    const CODEC: &str = r#"{"id":"vlen-utf8"}"#;
    const EXAMPLE: &[u8] = b"\x04\0\0\0\x03\0\0\0foo\x04\0\0\0b\xc3\xa4r\0\0\0\0\0\0\0\0";

    #[test]
    fn the_worked_example_goes_both_ways() {
        let items: [&[u8]; 4] = [b"foo", "bär".as_bytes(), b"", b""];
        assert_eq!(encode_items(CODEC, Items::Utf8, "|O", &items).ok().as_deref(), Some(EXAMPLE));
        assert_eq!(decode_items(CODEC, EXAMPLE).expect("decodes"), items);
        assert_eq!(decode(CODEC, EXAMPLE).map(|d| d.0.items).ok(), Some(Items::Utf8));
        assert_eq!(encode_items(CODEC, Items::Utf8, "|O", &[]).ok().as_deref(), Some(&[0; 4][..]));
    }

    #[test]
    fn fixed_width_text_is_written_without_padding() {
        let text = b"\0\0\0\x61\0\0\0\0\0\x01\xf4\xa9\0\0\0\0";
        let encoded = encode_fixed(CODEC, ">U2", &[2], text);
        assert_eq!(encoded.ok().as_deref(), Some(&b"\x02\0\0\0\x01\0\0\0a\x04\0\0\0\xf0\x9f\x92\xa9"[..]));
        assert!(encode_fixed(CODEC, "<U1", &[1], b"\0\xd8\0\0").is_err(), "a surrogate");
        assert_eq!(encode_fixed(CODEC, "<i4", &[1], &[0; 4]).map_err(|e| e.kind()), Err(Kind::Dtype));
    }

    #[test]
    fn only_utf8_passes_either_way() {
        for bad in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\x80", b"\xc3"] {
            assert!(encode_items(CODEC, Items::Utf8, "|O", &[b"ok", bad]).is_err());
            let mut encoded = vec![1, 0, 0, 0, bad.len() as u8, 0, 0, 0];
            encoded.extend(bad);
            assert_eq!(decode(CODEC, &encoded).map_err(|e| e.details().offset), Err(Some(8)));
        }
        // Valid as a whole, but the character is cut in two.
        assert!(decode(CODEC, b"\x02\0\0\0\x01\0\0\0\xc3\x01\0\0\0\xa4").is_err());
    }
}
