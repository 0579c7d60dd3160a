//! `vlen-array`: one-dimensional arrays of one dtype, of any length, in memory order. Takes array items, or a plain array, whose every
//! value then is an item. Numbers of another dtype are cast as NumPy casts them; in strict mode they must survive that.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::config::no_objects;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Items, Kind, Layout, Result, Sink, number, vlen};

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
        let dtype = src.layout().dtype;
        if src.layout().items == Items::Fixed {
            let (bytes, count) = src.view(dtype)?;
            self.write(count, dtype, out, |i| bytes.get(i * dtype.itemsize..(i + 1) * dtype.itemsize).unwrap_or_default())?;
        } else {
            src.expect_items(Items::Arrays)?;
            match dtype == self.dtype {
                true => self.write_all(src, out)?,
                false => self.write(src.count(), dtype, out, |i| src.item(i))?,
            }
        }
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let fits = |nbytes: usize| nbytes.is_multiple_of(self.dtype.itemsize);
        let count = vlen::decode_checked(src.bytes()?, out, fits, |i, item| self.check(i, item))?;
        Layout::objects(Items::Arrays, self.dtype, &[count])
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let (count, nbytes) = vlen::info(src)?;
        Ok(Info { nbytes, layout: Some(Layout::objects(Items::Arrays, self.dtype, &[count])?) })
    }
}

impl VlenArray {
    /// Writes items of the right dtype.
    fn write_all(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        (0..src.count()).try_for_each(|i| self.check(i, src.item(i)).map_err(|e| e.with_kind(Kind::Shape)))?;
        vlen::encode_array(src, out)
    }

    /// Writes items of `from`, cast where that is another dtype.
    fn write<'a>(&self, count: usize, from: Dtype, out: &mut Sink<'_>, item: impl Fn(usize) -> &'a [u8]) -> Result<()> {
        (0..count).try_for_each(|i| whole(i, item(i), from).map_err(|e| e.with_kind(Kind::Shape)))?;
        if from == self.dtype {
            return vlen::encode_items(count, out, item);
        }
        let cast = number::cast_fn(from, self.dtype)?;
        if out.call().strict() {
            let (lost, range) = (number::check_fn(from)?, number::range(self.dtype));
            let first = (0..count).find(|i| lost(item(*i), !from.is_native(), range).is_some());
            first.map_or(Ok(()), |i| Err(number::lost(i, self.dtype)))?;
        }
        let len = |i| (item(i).len() / from.itemsize).checked_mul(self.dtype.itemsize).ok_or_else(|| Error::memory(u64::MAX));
        vlen::encode(count, out, len, |i, room| cast(item(i), !from.is_native(), room, !self.dtype.is_native()))
    }

    fn check(&self, i: usize, item: &[u8]) -> Result<()> {
        whole(i, item, self.dtype)
    }
}

fn whole(i: usize, item: &[u8], dtype: Dtype) -> Result<()> {
    if dtype.itemsize > 0 && item.len().is_multiple_of(dtype.itemsize) {
        return Ok(());
    }
    Err(Error::data(format!("item {i} has {} bytes, not a whole number of {dtype} values", item.len())))
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
    fn numbers_of_another_dtype_are_cast() {
        let floats = [1.9f64.to_be_bytes(), (-300.0f64).to_be_bytes()].concat();
        let encoded = encode_items(CODEC, Items::Arrays, ">f8", &[&floats, &[]]);
        assert_eq!(encoded.ok().as_deref(), Some(&b"\x02\0\0\0\x04\0\0\0\x01\0\xd4\xfe\0\0\0\0"[..]));
        assert_eq!(encode_items(CODEC, Items::Arrays, "|S2", &[]).map_err(|e| e.kind()), Err(Kind::Dtype));
    }

    #[test]
    fn what_is_no_whole_number_of_values_is_refused() {
        assert_eq!(encode_items(CODEC, Items::Arrays, "<i2", &[&[1]]).map_err(|e| e.kind()), Err(Kind::Shape));
        assert_eq!(decode(CODEC, b"\x01\0\0\0\x03\0\0\0abc").map_err(|e| e.kind()), Err(Kind::Data));
        let times = r#"{"id":"vlen-array","dtype":"<M8[s]"}"#;
        assert_eq!(encode_items(times, Items::Arrays, "<M8[s]", &[&[0; 8]]).map_err(|e| e.kind()), Err(Kind::Dtype));
        for config in [r#"{"id":"vlen-array","dtype":"O"}"#, r#"{"id":"vlen-array","dtype":"S"}"#, r#"{"id":"vlen-array"}"#] {
            assert_eq!(build(config).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Config));
        }
    }
}
