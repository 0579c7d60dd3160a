//! `categorize`: strings become the numbers of their labels, 0 for any other.
#![forbid(unsafe_code)]

use serde_json::Value;

use crate::core::call::Call;
use crate::core::codec::Info;
use crate::core::config::wrong_type;
use crate::core::number::{self, Visit, visit};
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Items, Layout, Result, Sink};
use crate::kernels::cast::Range;
use crate::kernels::copy;
use crate::kernels::labels::{Labels, Words, short};
use crate::kernels::number::{Number, Wide};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "categorize", make };

/// Items between two calls of the caller's progress function.
const PIECE: usize = 1 << 16;

struct Categorize {
    dtype: Dtype,
    astype: Dtype,
    /// Code of each label: UTF-8 without trailing NULs, or UTF-32 as in the array. Labels longer than items are missing.
    codes: Labels,
    /// The same for short labels of objects, each as a word.
    short_codes: Labels,
    /// Label `i` has code `i + 1`; UTF-8, or an item of the array.
    labels: Vec<Vec<u8>>,
    /// Nothing and then all labels, where they are short objects.
    words: Option<Words>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let labels = texts(config.required("labels")?)?;
    config.print("labels", labels.clone());
    let dtype = config.dtype("dtype")?;
    if !matches!(dtype.class, Class::Text | Class::Object) {
        return Err(Error::config("dtype", format!("\"dtype\" must be |O or of text, not {dtype}")));
    }
    let astype = config.dtype_or("astype", Dtype::U1)?;
    if !number::is_numeric(astype) {
        return Err(Error::config("astype", format!("\"astype\" must be of numbers, not {astype}")));
    }
    let object = dtype.class == Class::Object;
    let keys = labels.iter().map(|label| key(label, dtype)).zip(1..);
    let keys: Vec<_> = keys.filter(|(key, _)| object || key.len() == dtype.itemsize).collect();
    let word = |key: &Vec<u8>| Some(short(key, 0, key.len())?.to_vec());
    let short_keys: Vec<_> = keys.iter().filter(|_| object).filter_map(|(key, code)| Some((word(key)?, *code))).collect();
    let labels: Vec<_> = labels.iter().map(|label| item(label, dtype)).collect();
    let nothing_first = [&[][..]].into_iter().chain(labels.iter().map(Vec::as_slice));
    let words = Words::new(nothing_first).filter(|_| object);
    Ok(Box::new(Categorize { dtype, astype, codes: Labels::new(&keys), short_codes: Labels::new(&short_keys), labels, words }))
}

/// A list of strings; a single string is a list of its characters, as in Python.
fn texts(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::String(text) => Ok(text.chars().map(String::from).collect()),
        Value::Array(list) => list
            .iter()
            .map(|label| label.as_str().map(str::to_owned).ok_or_else(|| wrong_type("labels", "a list of strings", label)))
            .collect(),
        other => Err(wrong_type("labels", "a list of strings", other)),
    }
}

/// The bytes that an item equal to the label has: padded, or without trailing NULs.
fn key(label: &str, dtype: Dtype) -> Vec<u8> {
    let label = label.trim_end_matches('\0');
    if dtype.class == Class::Object {
        return label.as_bytes().to_vec();
    }
    let mut key = utf32(label, dtype);
    key.resize(key.len().max(dtype.itemsize), 0);
    key
}

/// What a code is decoded to.
fn item(label: &str, dtype: Dtype) -> Vec<u8> {
    if dtype.class == Class::Object {
        return label.as_bytes().to_vec();
    }
    let mut item = utf32(label, dtype);
    item.resize(dtype.itemsize, 0);
    item
}

fn utf32(text: &str, dtype: Dtype) -> Vec<u8> {
    let unit = |c: char| if dtype.big_endian { u32::from(c).to_be_bytes() } else { u32::from(c).to_le_bytes() };
    text.chars().flat_map(unit).collect()
}

/// Codes by value, as bytes of one number type.
struct Write<'a, 'b, F> {
    code: F,
    call: Call<'a>,
    swap: bool,
    dst: &'b mut [u8],
}

impl<F: FnMut(usize) -> Result<u32>> Visit for Write<'_, '_, F> {
    type Out = Result<()>;
    fn visit<T: Number>(mut self) -> Self::Out {
        let total = self.dst.len();
        for (n, piece) in self.dst.chunks_mut(PIECE * T::SIZE).enumerate() {
            self.call.checkpoint((n * PIECE * T::SIZE) as u64, total as u64)?;
            for (i, to) in piece.chunks_exact_mut(T::SIZE).enumerate() {
                T::from_i64((self.code)(n * PIECE + i)?.into()).write(to, self.swap);
            }
        }
        Ok(())
    }
}

/// The label that each of the codes stands for; `None` where it is none.
struct Read<'a, F> {
    codes: &'a [u8],
    swap: bool,
    each: F,
}

impl<F: FnMut(Option<usize>) -> Result<()>> Visit for Read<'_, F> {
    type Out = Result<()>;
    fn visit<T: Number>(mut self) -> Self::Out {
        self.codes.chunks_exact(T::SIZE).try_for_each(|code| (self.each)(label_index(T::read(code, self.swap).wide())))
    }
}

fn label_index(code: Wide) -> Option<usize> {
    let code = match code {
        Wide::Int(code) => usize::try_from(code).ok()?,
        Wide::Float(code) | Wide::Complex(code, 0.0) if code.fract() == 0.0 && (0.0..1e15).contains(&code) => code as usize,
        _ => return None,
    };
    code.checked_sub(1)
}

impl Categorize {
    /// Every code must be a different number of `astype`; truth values hold one label, and more as Python does.
    fn check_codes(&self) -> Result<()> {
        let most = match (self.astype.class, self.astype.itemsize, number::range(self.astype)) {
            (Class::Bool, ..) => return Ok(()),
            (_, _, Range::Whole(_, max)) => max,
            (Class::Float, 2, _) => 1 << 11,
            (Class::Float, 4, _) | (Class::Complex, 8, _) => 1 << 24,
            _ => 1 << 53,
        };
        if self.labels.len() as i128 > most {
            return Err(Error::config("labels", format!("{} labels, {} holds the codes of {most}", self.labels.len(), self.astype)));
        }
        Ok(())
    }

    fn write(&self, count: usize, strict: bool, find: impl Fn(usize) -> u32, out: &mut Sink<'_>) -> Result<()> {
        let call = out.call();
        let nbytes = count.checked_mul(self.astype.itemsize).ok_or_else(|| Error::memory(u64::MAX))?;
        let code = |i| match find(i) {
            0 if strict => Err(Error::data(format!("item {i} is none of the labels"))),
            code => Ok(code),
        };
        visit(self.astype, Write { code, call, swap: !self.astype.is_native(), dst: out.take(nbytes)? })?
    }

    fn encode_text(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        let (bytes, count) = src.view(self.dtype)?;
        let itemsize = self.dtype.itemsize;
        let find = |i: usize| bytes.get(i * itemsize..(i + 1) * itemsize).map_or(0, |item| self.codes.find(item));
        self.write(count, out.call().strict(), find, out)
    }

    fn encode_objects(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        let (count, strict) = (src.count(), out.call().strict());
        if src.layout().items == Items::Json {
            let text = |i: usize| serde_json::from_slice::<String>(src.item(i)).ok();
            return self.write(count, strict, |i| text(i).map_or(0, |text| self.codes.find(text.as_bytes())), out);
        }
        src.expect_items(Items::Utf8)?;
        let Some((data, offsets)) = src.flat() else {
            return self.write(count, strict, |i| self.codes.find(src.item(i)), out);
        };
        let find = |i: usize| match offsets.get(i..).and_then(<[i64]>::first_chunk) {
            Some(&[start, end]) => self.find_in(data, start as usize, (end - start) as usize),
            None => 0,
        };
        self.write(count, strict, find, out)
    }

    #[inline(always)]
    fn find_in(&self, data: &[u8], start: usize, n: usize) -> u32 {
        match short(data, start, n) {
            Some(word) => self.short_codes.find_sized(&word),
            None => self.codes.find(data.get(start..start + n).unwrap_or_default()),
        }
    }

    /// Decodes to short objects: their size first, and then all of them in one go.
    fn decode_words(&self, words: &Words, codes: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let place = |index: Option<usize>| index.map_or(0, |i| i.saturating_add(1));
        let (mut total, base) = (0, out.len());
        self.read(codes, |index| {
            total += words.len(place(index));
            Ok(())
        })?;
        let (room, ends) = out.take_items(total)?;
        let mut at = 0;
        self.read(codes, |index| {
            at = words.put(place(index), room, at);
            ends.push((base + at) as i64);
            Ok(())
        })
    }

    fn read(&self, codes: &[u8], each: impl FnMut(Option<usize>) -> Result<()>) -> Result<()> {
        visit(self.astype, Read { codes, swap: !self.astype.is_native(), each })?
    }

    fn label(&self, index: Option<usize>) -> &[u8] {
        index.and_then(|i| self.labels.get(i)).map(Vec::as_slice).unwrap_or_default()
    }

    fn encoded(&self, src: &Layout) -> Result<Layout> {
        if self.dtype.class == Class::Text {
            return number::flattened(src, self.dtype, self.astype);
        }
        Layout::contiguous(self.astype, &[src.count()], crate::core::Order::C)
    }
}

impl Codec for Categorize {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.check_codes()?;
        match self.dtype.class {
            Class::Text => self.encode_text(src, out)?,
            _ => self.encode_objects(src, out)?,
        }
        self.encoded(src.layout())
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (codes, count) = src.view(self.astype)?;
        if self.dtype.class == Class::Object {
            out.begin_items(count)?;
            match &self.words {
                Some(words) => self.decode_words(words, codes, out)?,
                None => self.read(codes, |index| out.write_item(self.label(index)))?,
            }
            return Layout::objects(Items::Utf8, Dtype::OBJECT, &[count]);
        }
        let layout = number::flattened(src.layout(), self.astype, self.dtype)?;
        let mut items = out.take(layout.nbytes())?.chunks_exact_mut(self.dtype.itemsize.max(1));
        self.read(codes, |index| {
            let label = self.label(index);
            items.next().into_iter().for_each(|item| if label.is_empty() { item.fill(0) } else { copy::short(label, item) });
            Ok(())
        })?;
        Ok(layout)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        self.encoded(src).ok().map(|layout| layout.nbytes() as u64)
    }

    fn encoded_layout(&self, src: &Layout) -> Result<Option<Layout>> {
        self.encoded(src).map(Some)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        if self.dtype.class == Class::Text {
            return number::flattened(&Layout::bytes(src.len()), self.astype, self.dtype).map(Info::array);
        }
        let count = number::flattened(&Layout::bytes(src.len()), self.astype, self.astype)?.count();
        let mut nbytes = 0;
        self.read(src, |index| {
            nbytes += self.label(index).len() as u64;
            Ok(())
        })?;
        Ok(Info { nbytes, layout: Some(Layout::objects(Items::Utf8, Dtype::OBJECT, &[count])?) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, decode_items, encode_fixed, encode_items, encode_strict};
    use super::*;
    use crate::core::Kind;

    const OBJECTS: &str = r#"{"id":"categorize","labels":["female","male"],"dtype":"|O"}"#;

    fn text(text: &str, width: usize, big_endian: bool) -> Vec<u8> {
        let dtype = Dtype { class: Class::Text, itemsize: 4 * width, big_endian };
        item(text, dtype)
    }

    #[test]
    fn the_worked_example_goes_both_ways() {
        let items: [&[u8]; 4] = [b"male", b"female", b"x", b""];
        assert_eq!(encode_items(OBJECTS, Items::Utf8, "|O", &items).ok().as_deref(), Some(&[2, 1, 0, 0][..]));
        assert_eq!(decode_items(OBJECTS, &[2, 1, 0, 9]).expect("decodes"), [&b"male"[..], b"female", b"", b""]);
        let json: [&[u8]; 3] = [b"\"male\"", b"null", b"7"];
        assert_eq!(encode_items(OBJECTS, Items::Json, "|O", &json).ok().as_deref(), Some(&[2, 0, 0][..]));
    }

    #[test]
    fn fixed_width_text_of_both_byte_orders_is_cut_to_its_width() {
        for (order, big_endian) in [("<", false), (">", true)] {
            let codec = format!(r#"{{"id":"categorize","labels":["ż日","longer"],"dtype":"{order}U3","astype":">u2"}}"#);
            let src = [text("ż日", 3, big_endian), text("lon", 3, big_endian)].concat();
            assert_eq!(encode_fixed(&codec, &format!("{order}U3"), &[2], &src).ok().as_deref(), Some(&[0, 1, 0, 0][..]));
            assert_eq!(decode(&codec, &[0, 1, 0, 2]).expect("decodes").1, src);
        }
    }

    #[test]
    fn the_last_of_equal_labels_counts() {
        let codec = r#"{"id":"categorize","labels":["a","a","b\u0000"],"dtype":"|O"}"#;
        assert_eq!(encode_items(codec, Items::Utf8, "|O", &[b"a", b"b", b"b\0"]).ok().as_deref(), Some(&[2, 3, 0][..]));
    }

    #[test]
    fn more_labels_than_codes_and_unknown_values_are_errors_where_they_count() {
        let labels: Vec<String> = (0..256).map(|i| format!("\"t{i}\"")).collect();
        let codec = format!(r#"{{"id":"categorize","labels":[{}],"dtype":"|O"}}"#, labels.join(","));
        assert_eq!(encode_items(&codec, Items::Utf8, "|O", &[]).map_err(|e| e.kind()), Err(Kind::Config));
        assert_eq!(decode_items(&codec, &[255]).expect("decodes"), [b"t254"]);
        let text_codec = r#"{"id":"categorize","labels":["a"],"dtype":"<U1"}"#;
        assert_eq!(encode_strict(text_codec, "<U1", &[1], &text("b", 1, false)).map_err(|e| e.kind()), Err(Kind::Data));
        assert!(encode_strict(text_codec, "<U1", &[1], &text("a", 1, false)).is_ok());
    }

    #[test]
    fn dtypes_and_labels_of_other_kinds_are_refused() {
        for config in [
            r#""labels":["a"],"dtype":"<i4""#,
            r#""labels":["a"],"dtype":"|O","astype":"|O""#,
            r#""labels":[1],"dtype":"|O""#,
            r#""dtype":"|O""#,
        ] {
            let codec = format!(r#"{{"id":"categorize",{config}}}"#);
            assert_eq!(decode(&codec, &[]).map_err(|e| e.kind()).err(), Some(Kind::Config), "{config}");
        }
    }
}
