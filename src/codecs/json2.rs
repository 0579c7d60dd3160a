//! `json2`: a JSON list of the items in index order, the dtype and the shape, byte for byte as Python's `json` module writes it.
//!
//! Takes JSON items (one text each), UTF-8 items, and arrays of bools, integers, floats, text and the finest times. Decoded items
//! of dtype `|O` are JSON texts without blanks and without needless escapes, keys in the order in which they are stored; a number
//! keeps its form, a lone surrogate its escape, and `NaN`, `Infinity` and `-Infinity` may stand for floats.
#![forbid(unsafe_code)]

use serde_json::Value;

use crate::core::call::Pace;
use crate::core::charset::{self, Charset};
use crate::core::codec::Info;
use crate::core::config::{as_integer, wrong_type};
use crate::core::dtype::LONGEST;
use crate::core::json::{Reader, Style, Tape, Writer, read};
use crate::core::nested::{Step, walk};
use crate::core::scalar::{self, Scalar};
use crate::core::text;
use crate::core::{ArrayRef, Call, Codec, CodecDef, Config, Dtype, Error, Items, Kind, Layout, Result, Sink};

use super::json_text;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "json2", make };

/// Text items written between two looks at the caller's progress function.
const WORDS: usize = 1 << 16;
/// Longest indentation of a level.
const MAX_INDENT: i64 = 1000;

/// The settings of `json2`, which the older `json` has too.
pub(super) struct Settings {
    charset: Charset,
    style: Style,
    strict: bool,
}

struct Json2(Settings);

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Json2(Settings::read(config)?)))
}

impl Settings {
    /// Reads all keys, in the order in which Python prints them.
    pub(super) fn read(config: &mut Config<'_>) -> Result<Self> {
        let name = config.text("encoding", "utf-8")?;
        let unknown = || Error::config("encoding", format!("unknown encoding \"{}\"", name.escape_default()));
        let charset = Charset::parse(&name).ok_or_else(unknown)?;
        config.truthy("skipkeys", false); // every key is a string here
        let ensure_ascii = config.truthy("ensure_ascii", true);
        config.truthy("check_circular", true); // JSON text has no circles
        let allow_nan = config.truthy("allow_nan", true);
        let indent = indent(config)?;
        let (item_separator, key_separator) = separators(config, indent.is_some())?;
        let sort_keys = config.truthy("sort_keys", true);
        let strict = config.truthy("strict", true);
        let style = Style { ensure_ascii, allow_nan, sort_keys, escape_surrogates: false, indent, item_separator, key_separator };
        Ok(Settings { charset, style, strict })
    }

    /// Writes the items, the dtype and, where it is wanted, the shape.
    pub(super) fn encode(&self, src: &ArrayRef<'_>, with_shape: bool, out: &mut Sink<'_>) -> Result<Layout> {
        if self.charset.is_utf8() {
            self.write(src, with_shape, out)?;
            if self.charset == Charset::Ascii && !out.written().is_ascii() {
                return Err(Error::data("the text has characters that \"encoding\" cannot hold"));
            }
        } else {
            let mut aside = Sink::scratch(out.call());
            self.write(src, with_shape, &mut aside)?;
            self.charset.encode(charset::utf8(aside.written())?, out)?;
        }
        Ok(Layout::bytes(out.len()))
    }

    fn write(&self, src: &ArrayRef<'_>, with_shape: bool, out: &mut Sink<'_>) -> Result<()> {
        let layout = src.layout();
        let mut source = Source::new(src, self.options(false), out.call())?;
        let mut text = Writer::new(&self.style, out);
        text.open(b'[')?;
        match (source.words, layout.shape()) {
            (Some((data, offsets)), [count]) => write_words(data, offsets, *count, &mut source, &mut text)?,
            _ => walk(layout.shape(), layout.order(), |step| match step {
                Step::Open(_) => text.element().and_then(|()| text.open(b'[')),
                Step::Item(i) => text.element().and_then(|()| source.write(i, &mut text)),
                Step::Close => text.close(b']'),
            })?,
        }
        text.element()?;
        let dtype = if layout.items == Items::Fixed { layout.dtype } else { Dtype::OBJECT };
        text.string(dtype.text(&mut [0; LONGEST]))?;
        if with_shape {
            text.element()?;
            text.open(b'[')?;
            for extent in layout.shape() {
                text.element()?;
                text.scalar(Scalar::Int(*extent as i128))?;
            }
            text.close(b']')?;
        }
        text.close(b']')
    }

    /// Reads the input as UTF-8 and hands it on.
    pub(super) fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>, read: ReadText) -> Result<Layout> {
        let mut aside = Sink::scratch(out.call());
        let text = charset::decoded(self.charset, src.bytes()?, &mut aside)?;
        read(text.as_bytes(), self.options(self.charset.is_utf8()), out)
    }

    fn options(&self, exact: bool) -> read::Options {
        read::Options { strict: self.strict, exact }
    }
}

/// Reads a whole text into items.
pub(super) type ReadText = fn(&[u8], read::Options, &mut Sink<'_>) -> Result<Layout>;

fn indent(config: &mut Config<'_>) -> Result<Option<String>> {
    match config.value("indent", Value::Null) {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        value => {
            let n = as_integer(&value).ok_or_else(|| wrong_type("indent", "an integer, a string or null", &value))?;
            if n > MAX_INDENT {
                return Err(Error::config("indent", format!("\"indent\" must be {MAX_INDENT} at the most, not {n}")));
            }
            Ok(Some(" ".repeat(n.max(0) as usize)))
        }
    }
}

fn separators(config: &mut Config<'_>, indented: bool) -> Result<(String, String)> {
    let given = match config.raw("separators") {
        None | Some(Value::Null) if indented => vec![", ".to_owned(), ": ".to_owned()],
        None | Some(Value::Null) => vec![",".to_owned(), ":".to_owned()],
        Some(Value::String(text)) => text.chars().map(String::from).collect(),
        Some(Value::Array(list)) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<_>>().unwrap_or_default(),
        Some(other) => return Err(wrong_type("separators", "a list of two strings", other)),
    };
    let [item, key] = <[String; 2]>::try_from(given).map_err(|_| Error::config("separators", "\"separators\" must be two strings"))?;
    config.print("separators", vec![item.clone(), key.clone()]);
    Ok((item, key))
}

impl Codec for Json2 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.0.encode(src, true, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.0.decode(src, out, json_text::read_shaped)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let unknown = || Error::new(Kind::UnknownSize, "the size of the items is not known before decoding");
        if !self.0.charset.is_utf8() {
            return Err(unknown());
        }
        let limits = Default::default();
        let (layout, _) = json_text::metadata(src, self.0.options(true), Call::new(&limits, None))?;
        if layout.items == Items::Fixed { Ok(Info { nbytes: layout.nbytes() as u64, layout: Some(layout) }) } else { Err(unknown()) }
    }
}

/// Writes text items, as many at a time as need no escapes.
fn write_words(data: &[u8], offsets: &[i64], count: usize, source: &mut Source<'_, '_>, text: &mut Writer<'_, '_, '_>) -> Result<()> {
    let (call, mut pace) = (source.call, Pace::default());
    let mut i = 0;
    while i < count {
        let start = offsets.get(i).copied().unwrap_or_default();
        pace.step(&call, start as usize, data.len())?;
        let done = text.plain_elements(data, offsets.get(i..=count.min(i + WORDS)).unwrap_or_default());
        i += done;
        if done == 0 {
            text.element()?;
            source.write(i, text)?;
            i += 1;
        }
    }
    Ok(())
}

/// The items of an array that is encoded.
struct Source<'a, 'c> {
    /// Text in one block, with its offsets; known to be UTF-8.
    words: Option<(&'a [u8], &'a [i64])>,
    src: &'a ArrayRef<'a>,
    fixed: &'a [u8],
    options: read::Options,
    call: Call<'c>,
    tape: Tape<'c>,
    buffer: Vec<u8>,
}

impl<'a, 'c> Source<'a, 'c> {
    fn new(src: &'a ArrayRef<'a>, options: read::Options, call: Call<'c>) -> Result<Self> {
        let fixed = match src.layout().items {
            Items::Fixed => src.bytes()?,
            Items::Utf8 => &[],
            _ => src.expect_items(Items::Json).map(|()| &[])?,
        };
        let words = if src.layout().items == Items::Utf8 { src.flat() } else { None };
        if words.is_some() {
            text::check_items(src)?;
        }
        Ok(Source { words, src, fixed, options, call, tape: Tape::new(call), buffer: Vec::new() })
    }

    fn write(&mut self, i: usize, to: &mut Writer<'_, '_, '_>) -> Result<()> {
        let dtype = self.src.layout().dtype;
        let item = self.src.item(i);
        match self.src.layout().items {
            Items::Fixed => {
                let item = self.fixed.get(i * dtype.itemsize..(i + 1) * dtype.itemsize).unwrap_or_default();
                to.scalar(scalar::load(dtype, item, &mut self.buffer)?)
            }
            Items::Utf8 => {
                if self.words.is_none() {
                    text::check_utf8(i, item)?;
                }
                to.string(item)
            }
            _ => self.parse(item).map_err(|e| Error::new(e.kind(), format!("item {i}: {e}"))).and_then(|()| to.value(item, &self.tape, 0)),
        }
    }

    fn parse(&mut self, item: &[u8]) -> Result<()> {
        self.tape.clear();
        let mut reader = Reader::new(charset::utf8(item)?.as_bytes(), 0, self.options, self.call);
        reader.value(&mut self.tape)?;
        reader.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, decode, decode_items, encode_fixed, encode_items};
    use super::*;

    fn codec(keys: &str) -> String {
        format!(r#"{{"id":"json2"{keys}}}"#)
    }

    fn text(keys: &str, items: &[&[u8]]) -> Option<String> {
        let bytes = encode_items(&codec(keys), Items::Json, "|O", items).ok()?;
        Some(String::from_utf8(bytes).expect("UTF-8"))
    }

    const MIXED: [&[u8]; 7] = [b"\"a\"", b"1", b"2.50", b"null", b"true", b"[\"x\"]", br#"{"b": 1, "a": 2}"#];
    const EXAMPLE: &str = r#"["a",1,2.5,null,true,["x"],{"a":2,"b":1},"|O",[7]]"#;

    #[test]
    fn the_worked_examples_go_both_ways() {
        assert_eq!(text("", &MIXED).as_deref(), Some(EXAMPLE));
        let items: [&[u8]; 7] = [b"\"a\"", b"1", b"2.5", b"null", b"true", b"[\"x\"]", br#"{"a":2,"b":1}"#];
        assert_eq!(decode_items(&codec(""), EXAMPLE.as_bytes()).expect("decodes"), items);
        let floats = [0.1f64, 1e16, f64::NAN].map(f64::to_le_bytes).concat();
        let encoded = encode_fixed(&codec(""), "<f8", &[3], &floats).expect("encodes");
        assert_eq!(encoded, br#"[0.1,1e+16,NaN,"<f8",[3]]"#);
        let (layout, bytes, _) = decode(&codec(""), &encoded).expect("decodes");
        assert_eq!((layout.dtype.to_string(), bytes), ("<f8".to_owned(), floats));
    }

    #[test]
    fn every_key_shows_in_the_text() {
        let indented = text(r#","indent":1,"separators":[", ",": "]"#, &[b"\"a\"", br#"{"k":1}"#]);
        assert_eq!(indented.as_deref(), Some("[\n \"a\", \n {\n  \"k\": 1\n }, \n \"|O\", \n [\n  2\n ]\n]"));
        assert_eq!(text(r#","sort_keys":false"#, &[br#"{"b":1,"a":2}"#]).as_deref(), Some(r#"[{"b":1,"a":2},"|O",[1]]"#));
        assert_eq!(text("", &["\"ä💩\u{7f}\"".as_bytes()]).as_deref(), Some(r#"["\u00e4\ud83d\udca9\u007f","|O",[1]]"#));
        assert_eq!(text(r#","ensure_ascii":false"#, &["\"ä\"".as_bytes()]).as_deref(), Some("[\"ä\",\"|O\",[1]]"));
        assert_eq!((text(r#","ensure_ascii":false"#, &[br#""\ud800""#]), text(r#","allow_nan":false"#, &[b"NaN"])), (None, None));
        let latin = encode_items(&codec(r#","ensure_ascii":false,"encoding":"latin-1""#), Items::Utf8, "|O", &["ä".as_bytes()]);
        assert_eq!(latin.ok().as_deref(), Some(&b"[\"\xe4\",\"|O\",[1]]"[..]));
        for bad in
            [r#","encoding":"bogus""#, r#","separators":[","]"#, r#","separators":[",",":",1]"#, r#","indent":1.5"#, r#","indent":1e9"#]
        {
            assert_eq!(build(&codec(bad)).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Config), "{bad}");
        }
    }

    #[test]
    fn index_order_and_shapes_survive() {
        let layout = Layout::new(Dtype::parse("<i2").expect("dtype"), Items::Fixed, &[2, 3], None, crate::core::Order::F).expect("layout");
        let memory = [0u8, 3, 1, 4, 2, 5].map(|n| [n, 0]).concat();
        let array = ArrayRef::fixed(&layout, &memory).expect("array");
        let encoded = super::super::testing::encode(&codec(""), &array).expect("encodes");
        assert_eq!(encoded, br#"[[0,1,2],[3,4,5],"<i2",[2,3]]"#);
        for (shape, json) in [(&[][..], r#"[5,"|u1",[]]"#), (&[0, 3], r#"["|u1",[0,3]]"#), (&[2, 0], r#"[[],[],"|u1",[2,0]]"#)] {
            let bytes = vec![5; shape.iter().product()];
            assert_eq!(encode_fixed(&codec(""), "|u1", shape, &bytes).ok().as_deref(), Some(json.as_bytes()));
            let (layout, back, _) = decode(&codec(""), json.as_bytes()).expect("decodes");
            assert_eq!((layout.shape(), back), (shape, bytes));
        }
    }

    #[test]
    fn counts_must_match_the_shape() {
        for bad in [
            r#"["a","|O",[3]]"#,
            r#"["a","b","|O",[1]]"#,
            r#"[1,2,"<i4",[2,2]]"#,
            r#"[[1,2],[3],"<i4",[2,2]]"#,
            r#"[[1,2],[3,4,5],"<i4",[2,2]]"#,
            r#"[,"|O",[0]]"#,
            r#"["a",,"|O",[1]]"#,
            r#"[300,"<i4",[1000000000000000]]"#,
            r#"[300,"<i4",[4294967296,4294967296]]"#,
            r#"[[],"<i4",[1000000000000000,0]]"#,
            r#"[300,"|u1",[1]]"#,
            r#"["x","<i4",[1]]"#,
            r#"["a","|O",[true]]"#,
            r#"["a","|O"]"#,
            r#"["a",1,[1]]"#,
        ] {
            assert_eq!(decode(&codec(""), bad.as_bytes()).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Data), "{bad}");
        }
    }

    #[test]
    fn a_wide_dtype_is_not_believed_before_its_items_are_there() {
        let claim = format!(r#"[{}1,"<U500000000",[64]]"#, r#""","#.repeat(63));
        assert_eq!(decode(&codec(""), claim.as_bytes()).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Limit));
    }

    #[test]
    fn every_cut_is_an_error() {
        for cut in 0..EXAMPLE.len() {
            assert!(decode(&codec(""), &EXAMPLE.as_bytes()[..cut]).is_err(), "cut to {cut}");
        }
    }
}
