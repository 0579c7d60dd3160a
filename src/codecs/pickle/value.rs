//! What a pickle builds: plain values, and of everything else only what NumPy's arrays are made of.
#![forbid(unsafe_code)]

use crate::core::text::first_point;
use crate::core::{Dtype, Error, Result};

/// A place in one of the pools of a [`Heap`].
pub type Id = usize;

/// A value on the stack. Small, so that it can be copied; what is large lies in the input or in the heap.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// An integer beyond 128 bits.
    Huge,
    /// A float.
    Float(f64),
    /// Text.
    Text(Raw<'a>),
    /// Bytes: the points of the raw form, none of them above 255.
    Bytes(Raw<'a>),
    /// A `bytearray`.
    ByteArray(&'a [u8]),
    /// A tuple.
    Tuple(Id),
    /// A list.
    List(Id),
    /// A dictionary.
    Dict(Id),
    /// One of the few functions and classes that arrays need.
    Global(Global),
    /// A dtype.
    Dtype(Id),
    /// An array, or one that waits for its state.
    Array(Id),
    /// A NumPy scalar: an array without dimensions.
    Scalar(Id),
}

impl Value<'_> {
    /// What it is, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool(_) => "a bool",
            Value::Int(_) | Value::Huge => "an integer",
            Value::Float(_) => "a float",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::ByteArray(_) => "a bytearray",
            Value::Tuple(_) => "a tuple",
            Value::List(_) => "a list",
            Value::Dict(_) => "a dictionary",
            Value::Global(_) => "a function or class",
            Value::Dtype(_) => "a dtype",
            Value::Array(_) => "an array",
            Value::Scalar(_) => "a NumPy scalar",
        }
    }
}

/// All that can be called or built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    /// `numpy.core.multiarray._reconstruct`.
    Reconstruct,
    /// `numpy.core.multiarray.scalar`.
    Scalar,
    /// `numpy.core.numeric._frombuffer`.
    FromBuffer,
    /// `numpy.ndarray`.
    Ndarray,
    /// `numpy.dtype`.
    Dtype,
    /// `_codecs.encode`, which makes bytes of text in protocols 0 to 2.
    Encode,
    /// `bytes`, which makes empty bytes there.
    Bytes,
}

impl Global {
    /// The global of that name; any other is refused by its name.
    pub fn find(module: &str, name: &str) -> Result<Self> {
        Ok(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Global::Reconstruct,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Global::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Global::FromBuffer,
            ("numpy", "ndarray") => Global::Ndarray,
            ("numpy", "dtype") => Global::Dtype,
            ("_codecs", "encode") => Global::Encode,
            ("builtins" | "__builtin__", "bytes") => Global::Bytes,
            _ => {
                let shown: String = format!("{module}.{name}").chars().take(80).collect();
                return Err(Error::unsupported(format!("\"{}\" is refused: no array needs it", shown.escape_default())));
            }
        })
    }
}

/// Text or bytes as they lie in the input.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    bytes: &'a [u8],
    form: Form,
}

/// How points are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A byte each.
    Plain,
    /// UTF-8, in which surrogates may stand as three bytes.
    Utf8,
    /// A byte each, with `\uXXXX` and `\UXXXXXXXX`.
    Escaped,
    /// Python 2's text literals: ASCII with the common escapes.
    Quoted,
}

impl<'a> Raw<'a> {
    /// Checks what can be checked without decoding.
    pub fn new(bytes: &'a [u8], form: Form) -> Result<Self> {
        if form == Form::Utf8 && !whole_utf8(bytes) {
            return Err(Error::data("text is not UTF-8"));
        }
        Ok(Raw { bytes, form })
    }

    /// Most points there can be, and most bytes they can take as bytes.
    pub fn most(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes themselves, where they stand for themselves.
    pub fn plain(&self) -> Option<&'a [u8]> {
        (self.form == Form::Plain).then_some(self.bytes)
    }

    /// The text as UTF-8, where it is written so.
    pub fn utf8(&self) -> Option<&'a [u8]> {
        (self.form == Form::Utf8 || (self.form == Form::Plain && self.bytes.is_ascii())).then_some(self.bytes)
    }

    /// Code points one by one.
    pub fn points(&self) -> Points<'a> {
        Points { rest: self.bytes, form: self.form, literal: false }
    }

    /// Short text; `None` where it is none.
    pub fn to_text(self) -> Option<String> {
        if self.bytes.len() > 200 {
            return None;
        }
        self.points().map(|point| char::from_u32(point.ok()?)).collect()
    }
}

/// Whether this is UTF-8, where surrogates count as characters.
fn whole_utf8(mut bytes: &[u8]) -> bool {
    while let Err(error) = std::str::from_utf8(bytes) {
        let rest = bytes.get(error.valid_up_to()..).unwrap_or_default();
        match rest {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, after @ ..] => bytes = after,
            _ => return false,
        }
    }
    true
}

/// Decodes a [`Raw`].
pub struct Points<'a> {
    rest: &'a [u8],
    form: Form,
    /// The next byte stands for itself.
    literal: bool,
}

impl Iterator for Points<'_> {
    type Item = Result<u32>;

    fn next(&mut self) -> Option<Result<u32>> {
        let (&first, after) = self.rest.split_first()?;
        if self.form == Form::Utf8 {
            let (point, length) = first_point(self.rest)?;
            self.rest = self.rest.get(length..).unwrap_or_default();
            return Some(Ok(point));
        }
        self.rest = after;
        let literal = std::mem::take(&mut self.literal);
        match (self.form, first) {
            (Form::Escaped, b'\\') if !literal => Some(self.unicode_escape()),
            (Form::Quoted, b'\\') => Some(self.quoted_escape()),
            (Form::Quoted, 0x80..) => Some(Err(Error::data("a Python 2 string that is not ASCII"))),
            _ => Some(Ok(first.into())),
        }
    }
}

impl Points<'_> {
    /// What follows a backslash: `uXXXX`, `UXXXXXXXX`, or anything else, and then both stand for themselves.
    fn unicode_escape(&mut self) -> Result<u32> {
        match self.rest.first() {
            Some(b'u') => self.hex(4),
            Some(b'U') => self.hex(8),
            _ => {
                self.literal = true;
                Ok(b'\\'.into())
            }
        }
    }

    fn quoted_escape(&mut self) -> Result<u32> {
        let code = self.rest.first().copied();
        if code == Some(b'x') {
            return self.hex(2).and_then(|n| if n < 0x80 { Ok(n) } else { Err(Error::data("a Python 2 string that is not ASCII")) });
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        match code {
            Some(code @ (b'\\' | b'\'' | b'"')) => Ok(code.into()),
            Some(b'n') => Ok(10),
            Some(b'r') => Ok(13),
            Some(b't') => Ok(9),
            _ => Err(Error::data("an escape of a Python 2 string that is not known")),
        }
    }

    /// A letter and so many hexadecimal digits.
    fn hex(&mut self, digits: usize) -> Result<u32> {
        let text = self.rest.get(1..=digits).filter(|text| text.iter().all(u8::is_ascii_hexdigit));
        let point = text.and_then(|text| u32::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok());
        self.rest = self.rest.get(digits + 1..).unwrap_or_default();
        point.filter(|point| *point <= u32::from(char::MAX)).ok_or_else(|| Error::data("an escape of text that is cut off or no character"))
    }
}

/// An array as it was described.
#[derive(Clone, Debug)]
pub struct Array<'a> {
    /// Type of the items as they lie in the data.
    pub dtype: Dtype,
    /// Whether NumPy brings the items to the byte order of the machine: it does wherever an array is built from its state.
    pub native: bool,
    /// Extents as they were given.
    pub shape: Vec<usize>,
    /// How the items lie.
    pub order: Lie,
    /// The items.
    pub data: Data<'a>,
}

/// How items lie in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Last dimension fastest.
    C,
    /// First dimension fastest.
    F,
    /// Last dimension fastest, then the dimensions are put in this order.
    Transposed(Vec<usize>),
}

/// The items of an array.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// Of fixed size.
    Bytes(Raw<'a>),
    /// Of any kind: a list in index order.
    List(Id),
}

/// Everything that values refer to. Each entry was made by an opcode of its own.
#[derive(Default)]
pub struct Heap<'a> {
    /// Tuples.
    pub tuples: Vec<Vec<Value<'a>>>,
    /// Lists.
    pub lists: Vec<Vec<Value<'a>>>,
    /// Dictionaries.
    pub dicts: Vec<Vec<(Value<'a>, Value<'a>)>>,
    /// Dtypes.
    pub dtypes: Vec<Dtype>,
    /// Arrays; `None` until their state comes.
    pub arrays: Vec<Option<Array<'a>>>,
}

/// Adds to a pool.
pub fn add<T>(pool: &mut Vec<T>, entry: T) -> Result<Id> {
    pool.try_reserve(1).map_err(|_| Error::memory(size_of::<T>() as u64))?;
    pool.push(entry);
    Ok(pool.len() - 1)
}

impl<'a> Heap<'a> {
    /// The elements of a tuple.
    pub fn tuple(&self, value: Value<'a>) -> Result<&[Value<'a>]> {
        match value {
            Value::Tuple(id) => Ok(self.tuples.get(id).map_or(&[], Vec::as_slice)),
            other => Err(Error::data(format!("{} where a tuple is needed", other.name()))),
        }
    }

    /// The elements of a list.
    pub fn list(&self, id: Id) -> &[Value<'a>] {
        self.lists.get(id).map_or(&[], Vec::as_slice)
    }

    /// The pairs of a dictionary.
    pub fn dict(&self, id: Id) -> &[(Value<'a>, Value<'a>)] {
        self.dicts.get(id).map_or(&[], Vec::as_slice)
    }

    /// The array, once its state is there.
    pub fn array(&self, id: Id) -> Result<&Array<'a>> {
        self.arrays.get(id).and_then(Option::as_ref).ok_or_else(|| Error::data("an array was never given its state"))
    }
}
