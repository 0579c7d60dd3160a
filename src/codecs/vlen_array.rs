//! `vlen-array`: one-dimensional arrays of one dtype, of any length, in memory order. Takes array items of that dtype, or a plain
//! array of it, whose every number then is an item.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::config::no_objects;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Items, Kind, Layout, Result, Sink, vlen};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "vlen-array", make };

struct VlenArray {
    dtype: Dtype,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let dtype = no_objects("dtype", config.dtype("dtype")?)?;
    if dtype.itemsize == 0 {
        return Err(Error::config("dtype", format!("\"dtype\" {dtype} has no size")));
    }
    Ok(Box::new(VlenArray { dtype }))
}

impl Codec for VlenArray {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        if matches!(self.dtype.class, Class::Datetime(_) | Class::Timedelta(_)) {
            return Err(Error::dtype(format!("the Python package does not read arrays of {} back", self.dtype)));
        }
        let have = src.layout();
        if have.dtype != self.dtype {
            return Err(Error::dtype(format!("the items are of {}, \"dtype\" is {}", have.dtype, self.dtype)));
        }
        if have.items == Items::Fixed {
            let (bytes, count) = src.view(self.dtype)?;
            let item = |i: usize| bytes.get(i * self.dtype.itemsize..(i + 1) * self.dtype.itemsize).unwrap_or_default();
            vlen::encode_items(count, out, item)?;
        } else {
            src.expect_items(Items::Arrays)?;
            (0..src.count()).try_for_each(|i| self.check(i, src.item(i)).map_err(|e| e.with_kind(Kind::Shape)))?;
            vlen::encode_items(src.count(), out, |i| src.item(i))?;
        }
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let count = vlen::decode(src.bytes()?, out, |i, item| self.check(i, item))?;
        Layout::objects(Items::Arrays, self.dtype, &[count])
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let (count, nbytes) = vlen::info(src)?;
        Ok(Info { nbytes, layout: Some(Layout::objects(Items::Arrays, self.dtype, &[count])?) })
    }
}

impl VlenArray {
    fn check(&self, i: usize, item: &[u8]) -> Result<()> {
        if item.len().is_multiple_of(self.dtype.itemsize) {
            return Ok(());
        }
        Err(Error::data(format!("item {i} has {} bytes, not a whole number of {} values", item.len(), self.dtype)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, decode, decode_items, encode_fixed, encode_items};
    use super::*;

    const CODEC: &str = r#"{"id":"vlen-array","dtype":"<i2"}"#;
    const EXAMPLE: &[u8] = b"\x03\0\0\0\x04\0\0\0\x01\0\x02\0\0\0\0\0\x02\0\0\0\x03\0";

    #[test]
    fn the_worked_example_goes_both_ways() {
        let items: [&[u8]; 3] = [&[1, 0, 2, 0], &[], &[3, 0]];
        assert_eq!(encode_items(CODEC, Items::Arrays, "<i2", &items).ok().as_deref(), Some(EXAMPLE));
        assert_eq!(decode_items(CODEC, EXAMPLE).expect("decodes"), items);
        let layout = decode(CODEC, EXAMPLE).expect("decodes").0;
        assert_eq!((layout.items, layout.dtype.to_string(), layout.shape()), (Items::Arrays, "<i2".to_owned(), &[3][..]));
    }

    #[test]
    fn plain_numbers_are_items_of_one() {
        let encoded = encode_fixed(CODEC, "<i2", &[1, 2], &[1, 0, 2, 0]);
        assert_eq!(encoded.ok().as_deref(), Some(&b"\x02\0\0\0\x02\0\0\0\x01\0\x02\0\0\0\x02\0"[..]));
    }

    #[test]
    fn other_dtypes_and_halves_of_numbers_are_refused() {
        assert_eq!(encode_items(CODEC, Items::Arrays, ">i2", &[]).map_err(|e| e.kind()), Err(Kind::Dtype));
        assert_eq!(encode_items(CODEC, Items::Arrays, "<i2", &[&[1]]).map_err(|e| e.kind()), Err(Kind::Shape));
        assert_eq!(decode(CODEC, b"\x01\0\0\0\x03\0\0\0abc").map_err(|e| e.kind()), Err(Kind::Data));
        let times = r#"{"id":"vlen-array","dtype":"<M8[s]"}"#;
        assert_eq!(encode_items(times, Items::Arrays, "<M8[s]", &[&[0; 8]]).map_err(|e| e.kind()), Err(Kind::Dtype));
        for config in [r#"{"id":"vlen-array","dtype":"O"}"#, r#"{"id":"vlen-array","dtype":"S"}"#, r#"{"id":"vlen-array"}"#] {
            assert_eq!(build(config).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Config));
        }
    }
}
