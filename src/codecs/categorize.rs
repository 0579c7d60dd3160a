//! `categorize`: strings become the numbers of their labels, 0 for any other.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use serde_json::Value;

use crate::core::call::Call;
use crate::core::codec::Info;
use crate::core::config::wrong_type;
use crate::core::number::{self, Visit, visit};
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Items, Layout, Result, Sink};
use crate::kernels::cast::Range;
use crate::kernels::number::{Number, Wide};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "categorize", make };

/// Items between two calls of the caller's progress function.
const PIECE: usize = 1 << 16;

struct Categorize {
    dtype: Dtype,
    astype: Dtype,
    /// Code of each label: UTF-8 without trailing NULs, or UTF-32 as in the array. Labels longer than items are missing.
    codes: HashMap<Vec<u8>, u64, BuildHasherDefault<LabelHasher>>,
    /// Label `i` has code `i + 1`; UTF-8, or an item of the array.
    labels: Vec<Vec<u8>>,
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
    let keys = labels.iter().map(|label| key(label, dtype)).zip(1..);
    let codes = keys.filter(|(key, _)| dtype.class == Class::Object || key.len() == dtype.itemsize).collect(); // the last of equal ones counts
    let labels = labels.iter().map(|label| item(label, dtype)).collect();
    Ok(Box::new(Categorize { dtype, astype, codes, labels }))
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

/// Hashes labels, which the configuration names, so that nobody from outside can choose them to collide.
#[derive(Default)]
struct LabelHasher(u64);

impl Hasher for LabelHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(last));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd1b5_4a32_d192_ed03;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
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
struct Write<'a, 'b> {
    codes: &'a mut dyn Iterator<Item = Result<u64>>,
    call: Call<'a>,
    swap: bool,
    dst: &'b mut [u8],
}

impl Visit for Write<'_, '_> {
    type Out = Result<()>;
    fn visit<T: Number>(self) -> Self::Out {
        let total = self.dst.len();
        for (i, (to, code)) in self.dst.chunks_exact_mut(T::SIZE).zip(self.codes).enumerate() {
            if i % PIECE == 0 {
                self.call.checkpoint((i * T::SIZE) as u64, total as u64)?;
            }
            T::from_u64(code?).write(to, self.swap);
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

    fn code(&self, key: Option<&[u8]>, index: usize, strict: bool) -> Result<u64> {
        match key.and_then(|key| self.codes.get(key)) {
            Some(code) => Ok(*code),
            None if strict => Err(Error::data(format!("item {index} is none of the labels"))),
            None => Ok(0),
        }
    }

    fn write(&self, count: usize, codes: &mut dyn Iterator<Item = Result<u64>>, out: &mut Sink<'_>) -> Result<()> {
        let call = out.call();
        let nbytes = count.checked_mul(self.astype.itemsize).ok_or_else(|| Error::memory(u64::MAX))?;
        visit(self.astype, Write { codes, call, swap: !self.astype.is_native(), dst: out.take(nbytes)? })?
    }

    fn encode_text(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        let (bytes, count) = src.view(self.dtype)?;
        let strict = out.call().strict();
        let items = bytes.chunks_exact(self.dtype.itemsize).enumerate();
        self.write(count, &mut items.map(|(i, item)| self.code(Some(item), i, strict)), out)
    }

    fn encode_objects(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        let strict = out.call().strict();
        if src.layout().items == Items::Json {
            let text = |i: usize| serde_json::from_slice::<String>(src.item(i)).ok();
            let mut codes = (0..src.count()).map(|i| self.code(text(i).as_ref().map(String::as_bytes), i, strict));
            return self.write(src.count(), &mut codes, out);
        }
        src.expect_items(Items::Utf8)?;
        self.write(src.count(), &mut (0..src.count()).map(|i| self.code(Some(src.item(i)), i, strict)), out)
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
            self.read(codes, |index| out.write_item(self.label(index)))?;
            return Layout::objects(Items::Utf8, Dtype::OBJECT, &[count]);
        }
        let layout = number::flattened(src.layout(), self.astype, self.dtype)?;
        let mut items = out.take(layout.nbytes())?.chunks_exact_mut(self.dtype.itemsize.max(1));
        self.read(codes, |index| {
            let label = self.label(index);
            items.next().into_iter().for_each(|item| if label.is_empty() { item.fill(0) } else { item.copy_from_slice(label) });
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
