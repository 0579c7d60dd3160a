//! `astype`: NumPy's cast to another dtype and back.
#![forbid(unsafe_code)]

use super::filter::ByItem;
use crate::core::number::{self, Visit, is_numeric, visit};
use crate::core::pieces::{Filter, Running, Then};
use crate::core::text::{code_points, trim_nuls};
use crate::core::time::Conversion;
use crate::core::{Class, Codec, CodecDef, Config, Dtype, Error, Kind, Layout, Result, number_text};
use crate::kernels::number::{Number, Wide};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "astype", make };

struct AsType {
    encode_dtype: Dtype,
    decode_dtype: Dtype,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let encode_dtype = config.dtype("encode_dtype")?;
    let decode_dtype = config.dtype("decode_dtype")?;
    let times_and_text = (is_time(encode_dtype) && is_text(decode_dtype)) || (is_text(encode_dtype) && is_time(decode_dtype));
    for (key, dtype) in [("encode_dtype", encode_dtype), ("decode_dtype", decode_dtype)] {
        if times_and_text || !(is_numeric(dtype) || is_time(dtype) || is_text(dtype)) {
            return Err(Error::config(key, format!("there is no cast between {decode_dtype} and {encode_dtype}")));
        }
    }
    Ok(Box::new(ByItem(AsType { encode_dtype, decode_dtype })))
}

fn is_time(dtype: Dtype) -> bool {
    matches!(dtype.class, Class::Datetime(_) | Class::Timedelta(_))
}

fn is_text(dtype: Dtype) -> bool {
    matches!(dtype.class, Class::Bytes | Class::Text)
}

/// Hands the cast of an array of layout `src` to `then`.
fn casting(src: &Layout, from: Dtype, to: Dtype, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
    let layout = number::converted(src, from, to)?;
    match (is_text(from), is_text(to)) {
        (false, false) if is_time(from) && is_time(to) => cast_times(layout, from, to, then),
        (false, false) => number::converting(layout, from, to, strict, then),
        (false, true) => numbers_to_text(layout, from, to, then),
        (true, false) => text_to_numbers(layout, from, to, then),
        (true, true) => text_to_text(layout, from, to, then),
    }
}

/// Calls `each` for every item and the place of its cast; names the item where that fails.
fn items(
    layout: Layout,
    from: Dtype,
    to: Dtype,
    then: &mut Then<'_>,
    mut each: impl FnMut(&[u8], &mut [u8]) -> Result<()>,
) -> Result<Layout> {
    let step = &mut |first, src: &[u8], dst: &mut [u8]| {
        for (i, (item, room)) in src.chunks_exact(from.itemsize).zip(dst.chunks_exact_mut(to.itemsize.max(1))).enumerate() {
            each(item, room).map_err(|error| Error::new(error.kind(), format!("item {}: {error}", first + i)))?;
        }
        Ok(())
    };
    then(Running { sizes: (from.itemsize, to.itemsize), layout, step })
}

fn cast_times(layout: Layout, from: Dtype, to: Dtype, then: &mut Then<'_>) -> Result<Layout> {
    let conversion = Conversion::new(from, to);
    let (swap_from, swap_to) = (!from.is_native(), !to.is_native());
    items(layout, from, to, then, |item, room| {
        conversion.apply(i64::read(item, swap_from))?.write(room, swap_to);
        Ok(())
    })
}

struct Read<'a>(&'a [u8], bool);

impl Visit for Read<'_> {
    type Out = Wide;
    fn visit<T: Number>(self) -> Wide {
        T::read(self.0, self.1).wide()
    }
}

struct Write<'a>(Wide, &'a mut [u8], bool);

impl Visit for Write<'_> {
    type Out = ();
    fn visit<T: Number>(self) {
        let value = match self.0 {
            Wide::Int(value) => T::from_u64(value as u64),
            Wide::Float(value) => T::from_f64(value),
            Wide::Complex(re, im) => T::from_complex(re, im),
        };
        value.write(self.1, self.2);
    }
}

fn numbers_to_text(layout: Layout, from: Dtype, to: Dtype, then: &mut Then<'_>) -> Result<Layout> {
    let mut text = String::new();
    items(layout, from, to, then, |item, room| {
        text.clear();
        number_text::write(visit(from, Read(item, !from.is_native()))?, from, &mut text);
        put(text.bytes().map(u32::from), to, room);
        Ok(())
    })
}

fn text_to_numbers(layout: Layout, from: Dtype, to: Dtype, then: &mut Then<'_>) -> Result<Layout> {
    let mut text = String::new();
    items(layout, from, to, then, |item, room| {
        text.clear();
        text.try_reserve(2 * item.len()).map_err(|_| Error::memory(2 * item.len() as u64))?; // Latin-1 takes most
        points(item, from, |point| text.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)));
        let value =
            number_text::parse(&text, to.class).ok_or_else(|| Error::data(format!("\"{}\" is no number", text.escape_default())))?;
        if matches!(to.class, Class::Int | Class::Uint) && !number::range(to).holds(value) {
            return Err(Error::data(format!("{text} does not fit {to}")));
        }
        visit(to, Write(value, room, !to.is_native()))
    })
}

fn text_to_text(layout: Layout, from: Dtype, to: Dtype, then: &mut Then<'_>) -> Result<Layout> {
    let ascii_only = from.class != to.class;
    items(layout, from, to, then, |item, room| {
        let mut other = None;
        points(item, from, |point| other = other.or((point > 127).then_some(point)));
        if let Some(point) = other.filter(|_| ascii_only) {
            return Err(Error::new(Kind::Data, format!("code point {point:#x} is not ASCII")));
        }
        match from.class {
            Class::Text => put(code_points(item, from.big_endian), to, room),
            _ => put(trim_nuls(item).iter().map(|byte| u32::from(*byte)), to, room),
        }
        Ok(())
    })
}

/// Calls `each` for the bytes or code points of an item without its trailing NULs.
fn points(item: &[u8], dtype: Dtype, mut each: impl FnMut(u32)) {
    match dtype.class {
        Class::Text => code_points(item, dtype.big_endian).for_each(&mut each),
        _ => trim_nuls(item).iter().for_each(|byte| each((*byte).into())),
    }
}

/// Writes code points to an item: cut to its size, or padded with NULs.
fn put(mut points: impl Iterator<Item = u32>, dtype: Dtype, room: &mut [u8]) {
    if dtype.class == Class::Bytes {
        room.fill_with(|| points.next().unwrap_or(0) as u8);
        return;
    }
    for unit in room.chunks_exact_mut(4) {
        points.next().unwrap_or(0).write(unit, !dtype.is_native());
    }
}

impl Filter for AsType {
    fn encoded(&self, src: &Layout) -> Result<Layout> {
        number::converted(src, self.decode_dtype, self.encode_dtype)
    }

    fn decoded(&self, src: &Layout) -> Result<Layout> {
        number::converted(src, self.encode_dtype, self.decode_dtype)
    }

    fn encoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        casting(src, self.decode_dtype, self.encode_dtype, strict, then)
    }

    fn decoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        casting(src, self.encode_dtype, self.decode_dtype, strict, then)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, decode, encode_fixed, encode_strict};
    use super::*;

    fn codec(encode_dtype: &str, decode_dtype: &str) -> String {
        format!(r#"{{"id":"astype","encode_dtype":"{encode_dtype}","decode_dtype":"{decode_dtype}"}}"#)
    }

    fn floats(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn the_worked_example_and_what_strict_mode_refuses() {
        let (codec, src) = (codec("<i2", "<f8"), floats(&[1.9, -1.9, 300.0]));
        assert_eq!(encode_fixed(&codec, "<f8", &[3], &src).ok().as_deref(), Some(&[1, 0, 0xff, 0xff, 0x2c, 1][..]));
        assert!(encode_strict(&codec, "<f8", &[3], &src).is_ok());
        for value in [40000.0, f64::NAN, f64::INFINITY] {
            assert!(encode_fixed(&codec, "<f8", &[1], &floats(&[value])).is_ok());
            assert_eq!(encode_strict(&codec, "<f8", &[1], &floats(&[value])).map_err(|e| e.kind()), Err(Kind::Data));
        }
    }

    #[test]
    fn numbers_become_text_and_come_back() {
        let (text, src) = (codec("|S5", "<f8"), floats(&[0.1, -2.0, 1e16]));
        let encoded = b"0.1\0\0-2.0\x001e+16";
        assert_eq!(encode_fixed(&text, "<f8", &[3], &src).ok().as_deref(), Some(&encoded[..]));
        assert_eq!(decode(&text, encoded).expect("decodes").1, src);
        let error = decode(&codec("|S3", "<i4"), b"12\x001.5").expect_err("no integer");
        assert_eq!((error.kind(), error.to_string().starts_with("item 1:")), (Kind::Data, true));
        assert!(decode(&codec("|S3", "|i1"), b"300").is_err());
    }

    #[test]
    fn text_is_cut_and_only_ascii_changes_its_kind() {
        let src: Vec<u8> = "añ".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(encode_fixed(&codec("|S2", ">U2"), ">U2", &[1], &src).map_err(|e| e.kind()), Err(Kind::Data));
        assert_eq!(encode_fixed(&codec("<U1", ">U2"), ">U2", &[1], &src).ok().as_deref(), Some(&[b'a', 0, 0, 0][..]));
        assert_eq!(encode_fixed(&codec("|S4", "|S2"), "|S2", &[1], b"\xff\xfe").ok().as_deref(), Some(&b"\xff\xfe\0\0"[..]));
    }

    #[test]
    fn casts_that_mean_nothing_are_refused() {
        for (a, b) in [("|O", "<i4"), ("|V4", "<i4"), ("<M8[s]", "|S20")] {
            assert_eq!(build(&codec(a, b)).map_err(|e| e.kind()).err(), Some(Kind::Config));
        }
    }
}
