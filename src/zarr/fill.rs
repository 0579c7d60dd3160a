//! Fill values: one item, and how memory is filled with it.

use serde_json::{Value, json};

use super::data_type::DataType;
use super::{fill_read, fill_write};
use crate::core::call::Limits;
use crate::core::{ArrayRef, Call, Dtype, Items, Layout, Order, Result, Sink, convert};
use crate::registry;

/// One item: in the dtype and byte order of the chunk, or what an item of variable length holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Bytes of the item; zeros where the metadata leaves it open.
    pub item: Vec<u8>,
    /// Whether the metadata gives one.
    pub defined: bool,
}

impl Fill {
    /// Reads `value` for items of a type.
    pub fn parse(value: &Value, kind: &DataType, path: &str) -> Result<Self> {
        let undefined = value.is_null() && kind.items != Items::Json;
        let item = match kind.items {
            Items::Fixed if undefined => fill_read::zeros(kind.dtype)?,
            Items::Fixed => fill_read::fixed(value, kind, path)?,
            _ => fill_read::variable(value, kind.items, path)?,
        };
        Ok(Fill { item, defined: !value.is_null() })
    }

    /// The item in the byte order of `to`, a dtype that differs from that of the chunk in nothing else.
    pub fn ordered(&self, chunk: Dtype, to: Dtype) -> Vec<u8> {
        let mut item = self.item.clone();
        if chunk.big_endian != to.big_endian {
            convert::swap_bytes(&mut item, chunk);
        }
        item
    }

    /// The fill value of the array that a filter gives, which zarr-python takes to be the same value; `None` where the new dtype does
    /// not hold exactly that.
    pub fn behind(&self, filter: &str, before: Dtype, after: Dtype) -> Option<Self> {
        if before == after || filter == "bitround" {
            return Some(self.clone()); // the integers of bitround are the same bytes
        }
        let config = json!({"id": "astype", "encode_dtype": after.to_string(), "decode_dtype": before.to_string()});
        let cast = registry::from_value(&config, None).ok()?;
        let mut limits = Limits::default();
        limits.strict = true;
        let (mut item, mut back) = (Sink::scratch(Call::new(&limits, None)), Sink::scratch(Call::new(&limits, None)));
        cast.encode(&ArrayRef::fixed(&Layout::flat(before, 1), &self.item).ok()?, &mut item).ok()?;
        cast.decode(&ArrayRef::fixed(&Layout::flat(after, 1), item.written()).ok()?, &mut back).ok()?;
        (back.written() == self.item).then(|| Fill { item: item.written().to_vec(), defined: self.defined })
    }

    /// As metadata of that format writes it; v3 has no open fill value, so that zeros are written there.
    pub fn to_json(&self, kind: &DataType, format: i64) -> Result<Value> {
        match self.defined || format == 3 {
            true => fill_write::value(kind, &self.item, format),
            false => Ok(Value::Null),
        }
    }

    /// Fills memory of layout `want`, whose dtype may differ in byte order from that of the chunk.
    pub fn write(&self, chunk: &Layout, want: &Layout, dst: &mut [u8]) -> Result<()> {
        convert::check(&Layout::new(chunk.dtype, chunk.items, want.shape(), None, Order::C)?, want)?;
        let strides = vec![0; want.shape().len()];
        let one = Layout::new(chunk.dtype, chunk.items, want.shape(), Some(&strides), Order::Strided)?;
        convert::copy(&self.item, &one, dst, want)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Dtype;

    fn item(dtype: &str, json: &str) -> Option<Vec<u8>> {
        let value = serde_json::from_str(json).expect("test JSON");
        let kind = DataType::plain(Dtype::parse(dtype).expect(dtype), Items::Fixed);
        Fill::parse(&value, &kind, "fill_value").ok().map(|fill| fill.item)
    }

    #[test]
    fn every_form_becomes_the_bytes_of_an_item() {
        let cases: [(&str, &str, &[u8]); 24] = [
            ("|b1", "true", &[1]),
            ("|i1", "-128", &[0x80]),
            (">i2", "258", &[1, 2]),
            ("<u8", "18446744073709551615", &[0xff; 8]),
            ("<i4", "7.0", &[7, 0, 0, 0]),
            ("<f4", "1.5", &[0, 0, 0xc0, 0x3f]),
            (">f8", "\"-Infinity\"", &[0xff, 0xf0, 0, 0, 0, 0, 0, 0]),
            ("<f2", "\"NaN\"", &[0, 0x7e]),
            ("<f4", "\"0x7fc00001\"", &[1, 0, 0xc0, 0x7f]),
            ("<c8", "[0.0, \"Infinity\"]", &[0, 0, 0, 0, 0, 0, 0x80, 0x7f]),
            ("<c8", "2", &[0, 0, 0, 0x40, 0, 0, 0, 0]),
            ("<M8[ns]", "-9223372036854775808", &[0, 0, 0, 0, 0, 0, 0, 0x80]),
            ("<m8[s]", "\"NaT\"", &[0, 0, 0, 0, 0, 0, 0, 0x80]),
            ("|S4", "\"YWI=\"", b"ab\0\0"),
            ("|S4", "\"\"", &[0; 4]),
            ("|S2", "0", &[0; 2]),
            ("|V3", "\"AQID\"", &[1, 2, 3]),
            ("|V2", "[1, 255]", &[1, 255]),
            ("<U2", "\"é\"", &[0xe9, 0, 0, 0, 0, 0, 0, 0]),
            (">U1", "\"A\"", &[0, 0, 0, 65]),
            ("<f8", "null", &[0; 8]),
            ("|u1", "255", &[255]),
            ("<i8", "-1", &[255; 8]),
            ("|b1", "0", &[0]),
        ];
        for (dtype, json, bytes) in cases {
            assert_eq!(item(dtype, json).as_deref(), Some(bytes), "{dtype} {json}");
        }
    }

    #[test]
    fn what_the_type_cannot_hold_is_refused() {
        for (dtype, json) in [
            ("|u1", "256"),
            ("|u1", "-1"),
            ("<i4", "1.5"),
            ("<i8", "9223372036854775808"),
            ("<f4", "\"nan\""),
            ("<f4", "\"0x7fc0\""),
            ("<f4", "\"0x+1234567\""),
            ("|S2", "\"YWJj\""),
            ("|S2", "\"?\""),
            ("<U1", "\"ab\""),
            ("<c8", "[1]"),
            ("|b1", "2"),
            ("|V2", "[256, 0]"),
            ("<M8[s]", "1.5"),
        ] {
            assert_eq!(item(dtype, json), None, "{dtype} {json}");
        }
    }

    #[test]
    fn fills_any_layout_and_leaves_gaps_alone() {
        let chunk = Layout::contiguous(Dtype::parse(">u2").expect("dtype"), &[9, 9], Order::C).expect("layout");
        let fill = Fill::parse(&Value::from(258), &DataType::plain(chunk.dtype, Items::Fixed), "").expect("a value");
        let dtype = Dtype::parse("<u2").expect("dtype");
        let want = Layout::new(dtype, Items::Fixed, &[2, 2], Some(&[6, 3]), Order::C).expect("layout");
        let mut dst = [0xee; 11];
        fill.write(&chunk, &want, &mut dst).expect("fills");
        assert_eq!(dst, [2, 1, 0xee, 2, 1, 0xee, 2, 1, 0xee, 2, 1]);
        assert!(fill.write(&chunk, &Layout::bytes(11), &mut dst).is_err());
    }

    #[test]
    fn objects_have_fill_values_too() {
        let of = |items, json: &str| {
            let kind = DataType::plain(Dtype::OBJECT, items);
            Fill::parse(&serde_json::from_str(json).expect("test JSON"), &kind, "").map(|fill| fill.item).ok()
        };
        assert_eq!(of(Items::Utf8, "\"é\""), Some("é".as_bytes().to_vec()));
        assert_eq!((of(Items::Utf8, "0"), of(Items::Bytes, "null")), (Some(Vec::new()), Some(Vec::new())));
        assert_eq!((of(Items::Json, "{\"a\":1}"), of(Items::Msgpack, "0")), (Some(b"{\"a\":1}".to_vec()), Some(vec![0])));
        assert_eq!(of(Items::Utf8, "5"), None);
    }
}
