//! `msgpack2`: a MessagePack list of the items in index order, the dtype and the shape, byte for byte as numcodecs writes it.
//!
//! Takes MessagePack items (one value each), UTF-8 and bytes items, and arrays of bools, integers, floats, text, bytes and the
//! finest times. Decoded items of dtype `|O` are MessagePack values in their smallest forms. Of equal map keys all are kept.
#![forbid(unsafe_code)]

use crate::core::call::Pace;
use crate::core::codec::Info;
use crate::core::dtype::LONGEST;
use crate::core::msgpack::read::Reader;
use crate::core::msgpack::{self, Open, Rules, Style, Writer};
use crate::core::nested::{Step, walk};
use crate::core::scalar::{self, Scalar};
use crate::core::text;
use crate::core::{ArrayRef, Call, Codec, CodecDef, Config, Dtype, Error, Items, Kind, Layout, Result, Sink};

use super::msgpack_values as values;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "msgpack2", make };

/// Text items written between two looks at the caller's progress function.
const WORDS: usize = 1 << 16;

/// The settings of `msgpack2`, which the older `msgpack` has too.
pub(super) struct Settings {
    /// Text is read as bytes.
    pub(super) raw: bool,
    style: Style,
}

struct Msgpack2(Settings);

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Msgpack2(Settings::read(config))))
}

impl Settings {
    /// Reads all keys, in the order in which Python prints them.
    pub(super) fn read(config: &mut Config<'_>) -> Self {
        let raw = config.truthy("raw", false);
        let use_single_float = config.truthy("use_single_float", false);
        let use_bin_type = config.truthy("use_bin_type", true);
        Settings { raw, style: Style { use_single_float, use_bin_type } }
    }

    /// Writes the items, the dtype and, where it is wanted, the shape.
    pub(super) fn encode(&self, src: &ArrayRef<'_>, with_shape: bool, out: &mut Sink<'_>) -> Result<Layout> {
        let layout = src.layout();
        let Some(first) = layout.shape().first() else {
            return Err(Error::shape("an array without dimensions has no form in this layout"));
        };
        let (mut source, call) = (Source::new(src)?, out.call());
        let mut to = Writer::new(&self.style, out);
        to.list(first + 1 + usize::from(with_shape))?;
        match (source.words, layout.shape()) {
            (Some((data, offsets)), [count]) => write_words(data, offsets, *count, call, &mut to)?,
            _ => walk(layout.shape(), layout.order(), |step| match step {
                Step::Open(n) => to.list(n),
                Step::Item(i) => source.write(i, &mut to),
                Step::Close => Ok(()),
            })?,
        }
        let dtype = if layout.items == Items::Fixed { layout.dtype } else { Dtype::OBJECT };
        to.scalar(Scalar::Text(dtype.text(&mut [0; LONGEST])))?;
        if with_shape {
            to.list(layout.shape().len())?;
            layout.shape().iter().try_for_each(|extent| to.scalar(Scalar::Int(*extent as i128)))?;
        }
        Ok(Layout::bytes(out.len()))
    }
}

impl Codec for Msgpack2 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.0.encode(src, true, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        values::read_shaped(src.bytes()?, self.0.raw, out)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let layout = values::metadata(src)?;
        if layout.items != Items::Fixed {
            return Err(Error::new(Kind::UnknownSize, "the size of the items is not known before decoding"));
        }
        Ok(Info { nbytes: layout.nbytes() as u64, layout: Some(layout) })
    }
}

/// Writes text items, as many at a time as are short.
fn write_words(data: &[u8], offsets: &[i64], count: usize, call: Call<'_>, to: &mut Writer<'_, '_, '_>) -> Result<()> {
    let (mut i, mut pace) = (0, Pace::default());
    while i < count {
        let (Some(&start), Some(&end)) = (offsets.get(i), offsets.get(i + 1)) else { break };
        pace.step(&call, start as usize, data.len())?;
        let done = to.short_texts(data, offsets.get(i..=count.min(i + WORDS)).unwrap_or_default());
        i += done;
        if done == 0 {
            to.text(data.get(start as usize..end as usize).unwrap_or_default())?;
            i += 1;
        }
    }
    Ok(())
}

/// The items of an array that is encoded.
struct Source<'a> {
    /// Text in one block, with its offsets; known to be UTF-8.
    words: Option<(&'a [u8], &'a [i64])>,
    src: &'a ArrayRef<'a>,
    fixed: &'a [u8],
    rules: Rules,
    buffer: Vec<u8>,
    open: Vec<Open>,
}

impl<'a> Source<'a> {
    fn new(src: &'a ArrayRef<'a>) -> Result<Self> {
        let fixed = match src.layout().items {
            Items::Fixed => src.bytes()?,
            Items::Utf8 | Items::Bytes => &[],
            _ => src.expect_items(Items::Msgpack).map(|()| &[])?,
        };
        let rules = Rules { raw: false, plain_keys: false, depth: src.layout().shape().len() };
        let words = if src.layout().items == Items::Utf8 { src.flat() } else { None };
        let words = words.filter(|(bytes, offsets)| text::are_utf8(bytes, offsets));
        Ok(Source { words, src, fixed, rules, buffer: Vec::new(), open: Vec::new() })
    }

    fn write(&mut self, i: usize, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        let dtype = self.src.layout().dtype;
        let item = self.src.item(i);
        match self.src.layout().items {
            Items::Fixed => {
                let item = self.fixed.get(i * dtype.itemsize..(i + 1) * dtype.itemsize).unwrap_or_default();
                to.scalar(scalar::load(dtype, item, &mut self.buffer)?)
            }
            Items::Utf8 => to.scalar(Scalar::Text(item)),
            Items::Bytes => to.scalar(Scalar::Bytes(item)),
            _ => {
                let mut from = Reader::new(item, 0);
                let copied = msgpack::copy(&mut from, to, self.rules, &mut self.open).and_then(|()| from.end());
                copied.map_err(|e| Error::new(e.kind(), format!("item {i}: {e}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, decode_items, encode_fixed, encode_items};
    use super::*;

    const CODEC: &str = r#"{"id":"msgpack2"}"#;
    const EXAMPLE: &[u8] = b"\x9c\xa1a\x01\xff\xcd\x01\x2c\xcb\x40\x04\0\0\0\0\0\0\xc0\xc3\xc4\x01b\x91\x01\x81\xa1k\x02\xa2|O\x91\x0a";

    fn item(config: &str, value: &[u8]) -> Option<Vec<u8>> {
        let all = encode_items(config, Items::Msgpack, "|O", &[value]).ok()?;
        Some(all[1..all.len() - 5].to_vec())
    }

    #[test]
    fn the_worked_example_goes_both_ways() {
        // Not in their smallest forms.
        let items: [&[u8]; 10] = [
            b"\xd9\x01a",
            b"\xcc\x01",
            b"\xd3\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xce\0\0\x01\x2c",
            b"\xca\x40\x20\0\0",
            b"\xc0",
            b"\xc3",
            b"\xc6\0\0\0\x01b",
            b"\xdc\0\x01\x01",
            b"\xdf\0\0\0\x01\xa1k\x02",
        ];
        assert_eq!(encode_items(CODEC, Items::Msgpack, "|O", &items).ok().as_deref(), Some(EXAMPLE));
        let back = decode_items(CODEC, EXAMPLE).expect("decodes");
        assert_eq!(back.concat(), EXAMPLE[1..EXAMPLE.len() - 5]);
        assert_eq!(back.len(), 10);
        for cut in 0..EXAMPLE.len() {
            assert!(decode(CODEC, &EXAMPLE[..cut]).is_err(), "cut to {cut}");
        }
    }

    #[test]
    fn every_key_shows_in_the_bytes() {
        let old = r#"{"id":"msgpack2","use_bin_type":false}"#;
        let long = [b"\xd9\x20".as_slice(), &[b'x'; 32]].concat();
        assert_eq!(item(CODEC, &long), Some(long.clone()));
        assert_eq!(item(old, &long), Some([b"\xda\0\x20".as_slice(), &[b'x'; 32]].concat()));
        assert_eq!(item(old, b"\xc4\x01b"), Some(b"\xa1b".to_vec()));
        let single = r#"{"id":"msgpack2","use_single_float":true}"#;
        assert_eq!(item(single, b"\xcb\x40\x04\0\0\0\0\0\0"), Some(b"\xca\x40\x20\0\0".to_vec()));
        assert_eq!(item(single, b"\xcb\x7e\x37\xe4\x3c\x88\0\x75\x9c"), None, "1e300 in 4 bytes");
        let raw = r#"{"id":"msgpack2","raw":true}"#;
        assert_eq!(decode_items(raw, b"\x93\xa1\xff\xa2|O\x91\x01").ok(), Some(vec![b"\xc4\x01\xff".to_vec()]));
    }

    #[test]
    fn text_and_bytes_items_are_taken_too() {
        assert_eq!(encode_items(CODEC, Items::Utf8, "|O", &[b"a"]).ok().as_deref(), Some(&b"\x93\xa1a\xa2|O\x91\x01"[..]));
        assert_eq!(encode_items(CODEC, Items::Bytes, "|O", &[b"a"]).ok().as_deref(), Some(&b"\x93\xc4\x01a\xa2|O\x91\x01"[..]));
        assert_eq!(encode_fixed(CODEC, "|S2", &[1], b"a\0").ok().as_deref(), Some(&b"\x93\xc4\x01a\xa3|S2\x91\x01"[..]));
        assert_eq!(encode_items(CODEC, Items::Json, "|O", &[b"1"]).map_err(|e| e.kind()), Err(Kind::Dtype));
        assert_eq!(encode_fixed(CODEC, "|u1", &[], &[1]).map_err(|e| e.kind()), Err(Kind::Shape));
    }

    #[test]
    fn shapes_survive_and_counts_must_match() {
        for (shape, encoded) in [
            (&[2, 1][..], &b"\x94\x91\x05\x91\x05\xa3|u1\x92\x02\x01"[..]),
            (&[0, 2], b"\x92\xa3|u1\x92\0\x02"),
            (&[2, 0], b"\x94\x90\x90\xa3|u1\x92\x02\0"),
        ] {
            let bytes = vec![5; shape.iter().product()];
            assert_eq!(encode_fixed(CODEC, "|u1", shape, &bytes).ok().as_deref(), Some(encoded));
            let (layout, back, _) = decode(CODEC, encoded).expect("decodes");
            assert_eq!((layout.shape(), back), (shape, bytes));
        }
        for bad in [
            &b""[..],
            b"\x90",
            b"\x91\xa2|O",
            b"\x80",
            b"\x05",
            b"\x94\xa1a\xa1b\xa2|O\x91\x03",
            b"\x93\x92\x01\x02\xa3|u1\x91\x01",
            b"\x94\x91\x01\x92\x01\x02\xa3|u1\x92\x02\x01",
            b"\x93\xcd\x01\x2c\xa3|u1\x91\x01",
            b"\x93\x81\x01\x02\xa2|O\x91\x01",
            b"\x93\xa1\xff\xa2|O\x91\x01",
            b"\x93\xd4\x01a\xa2|O\x91\x01",
            b"\x93\x01\xa2zz\x91\x01",
            b"\x93\x01\xa2|O\x91\xff",
            b"\x93\x01\xa2|O\x91\x01\0",
            b"\x93\x01\xa2|O\x92\x01\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(decode(CODEC, bad).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Data), "{bad:?}");
        }
    }

    #[test]
    fn map_keys_are_what_python_hashes_when_written_and_plain_when_read() {
        assert_eq!(item(CODEC, b"\x81\x01\x02"), Some(b"\x81\x01\x02".to_vec()));
        assert_eq!((item(CODEC, b"\x81\x90\x02"), item(CODEC, b"\x82\xa1a\x90\x90\x01")), (None, None));
        assert!(decode(CODEC, b"\x93\x81\xc4\x01a\x90\xa2|O\x91\x01").is_ok());
    }

    #[test]
    fn depth_ends_in_an_error() {
        let deep = |n: usize| [vec![0x91; n - 1], vec![0x90]].concat();
        assert!(item(CODEC, &deep(1000)).is_some());
        assert!(item(CODEC, &deep(1100)).is_none());
        let encoded = [b"\x93".as_slice(), &deep(100_000), b"\xa2|O\x91\x01"].concat();
        assert_eq!(decode(CODEC, &encoded).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Data));
    }
}
