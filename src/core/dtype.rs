//! NumPy dtype strings: `"<f8"`, `"|S5"`, `">M8[25s]"`, and the other spellings that NumPy accepts.

use std::fmt;
use std::io::Write;

use super::error::{Error, Result};

/// What the bytes of an item mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// One byte, 0 or 1.
    Bool,
    /// Signed integer.
    Int,
    /// Unsigned integer.
    Uint,
    /// IEEE float of 2, 4 or 8 bytes.
    Float,
    /// Two floats.
    Complex,
    /// 64-bit count of units since 1970.
    Datetime(Unit),
    /// 64-bit count of units.
    Timedelta(Unit),
    /// NUL-padded bytes (`S`).
    Bytes,
    /// NUL-padded UTF-32 (`U`).
    Text,
    /// Raw bytes (`V`), structured types included.
    Raw,
    /// Items of variable length.
    Object,
}

/// Unit of a datetime or timedelta, such as `[25s]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Multiplier, 1 unless written.
    pub count: u32,
    /// NumPy's name of the base unit, or empty for the generic one.
    pub base: &'static str,
}

const UNITS: [&str; 13] = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];

/// Longest item that is accepted, as in NumPy.
const MAX_ITEMSIZE: usize = i32::MAX as usize;

/// Type of one item of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dtype {
    /// What the bytes mean.
    pub class: Class,
    /// Bytes per item.
    pub itemsize: usize,
    /// Byte order; false where it does not matter.
    pub big_endian: bool,
}

impl Dtype {
    /// Plain bytes.
    pub const U1: Dtype = Dtype { class: Class::Uint, itemsize: 1, big_endian: false };
    /// Items of variable length.
    pub const OBJECT: Dtype = Dtype { class: Class::Object, itemsize: 8, big_endian: false };
    /// One-byte truth values.
    pub const BOOL: Dtype = Dtype { class: Class::Bool, itemsize: 1, big_endian: false };

    /// A dtype in the byte order of this machine.
    pub fn native(class: Class, itemsize: usize) -> Self {
        Dtype { class, itemsize, big_endian: false }.ordered(cfg!(target_endian = "big"))
    }

    /// The same dtype in the given byte order, where it has one.
    #[must_use]
    pub fn ordered(mut self, big_endian: bool) -> Self {
        self.big_endian = big_endian && self.swap_size() > 1;
        self
    }

    /// Bytes that change places together when the byte order changes; 1 = nothing to swap.
    pub fn swap_size(&self) -> usize {
        match self.class {
            Class::Complex => self.itemsize / 2,
            Class::Text => 4,
            Class::Bytes | Class::Raw | Class::Object => 1,
            _ => self.itemsize,
        }
    }

    /// Whether the items are in the byte order of this machine.
    pub fn is_native(&self) -> bool {
        self.swap_size() == 1 || self.big_endian == cfg!(target_endian = "big")
    }

    /// Parses any spelling NumPy takes for the types we know.
    pub fn parse(text: &str) -> Result<Self> {
        let unknown = || Error::dtype(format!("unknown dtype \"{}\"", text.escape_default()));
        let (big_endian, name) = match text.as_bytes().first() {
            Some(b'>') => (true, &text[1..]),
            Some(b'<') => (false, &text[1..]),
            Some(b'=' | b'|') => (cfg!(target_endian = "big"), &text[1..]),
            _ => (cfg!(target_endian = "big"), text),
        };
        let (class, itemsize) = parse_code(name).or_else(|| parse_name(name, text)).ok_or_else(unknown)?;
        Ok(Dtype { class, itemsize, big_endian: false }.ordered(big_endian))
    }
}

/// `f8`, `S5`, `M8[ns]`: a letter and a size.
fn parse_code(name: &str) -> Option<(Class, usize)> {
    let letter = name.chars().next()?;
    let rest = &name[letter.len_utf8()..];
    if matches!(letter, 'M' | 'm') {
        return parse_time(letter, rest.strip_prefix('8').unwrap_or(rest));
    }
    if rest.is_empty() {
        return parse_letter(letter);
    }
    if !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size: usize = rest.parse().ok()?;
    let sized = |class, allowed: &[usize]| allowed.contains(&size).then_some((class, size));
    match letter {
        'b' | '?' => sized(Class::Bool, &[1]),
        'i' => sized(Class::Int, &[1, 2, 4, 8]),
        'u' => sized(Class::Uint, &[1, 2, 4, 8]),
        'f' => sized(Class::Float, &[2, 4, 8]),
        'c' => sized(Class::Complex, &[8, 16]),
        'S' => (size <= MAX_ITEMSIZE).then_some((Class::Bytes, size)),
        'V' => (size <= MAX_ITEMSIZE).then_some((Class::Raw, size)),
        'U' => (size <= MAX_ITEMSIZE / 4).then(|| (Class::Text, 4 * size)),
        'O' => sized(Class::Object, &[8]),
        _ => None,
    }
}

/// One-letter codes; sizes as on 64-bit Linux, where the vectors come from.
fn parse_letter(letter: char) -> Option<(Class, usize)> {
    Some(match letter {
        '?' => (Class::Bool, 1),
        'b' => (Class::Int, 1),
        'h' => (Class::Int, 2),
        'i' => (Class::Int, 4),
        'l' | 'q' | 'p' => (Class::Int, 8),
        'B' => (Class::Uint, 1),
        'H' => (Class::Uint, 2),
        'I' => (Class::Uint, 4),
        'L' | 'Q' | 'P' => (Class::Uint, 8),
        'e' => (Class::Float, 2),
        'f' => (Class::Float, 4),
        'd' => (Class::Float, 8),
        'F' => (Class::Complex, 8),
        'D' => (Class::Complex, 16),
        'S' => (Class::Bytes, 0),
        'U' => (Class::Text, 0),
        'V' => (Class::Raw, 0),
        'O' => (Class::Object, 8),
        _ => return None,
    })
}

/// Type names without a byte order: `float64`, `datetime64[ns]`, `object`.
fn parse_name(name: &str, text: &str) -> Option<(Class, usize)> {
    if name.len() != text.len() {
        return None; // a byte order belongs to codes only
    }
    if let Some(unit) = name.strip_prefix("datetime64") {
        return parse_time('M', unit);
    }
    if let Some(unit) = name.strip_prefix("timedelta64") {
        return parse_time('m', unit);
    }
    Some(match name {
        "bool" | "bool_" => (Class::Bool, 1),
        "int8" | "byte" => (Class::Int, 1),
        "int16" | "short" => (Class::Int, 2),
        "int32" | "intc" => (Class::Int, 4),
        "int64" | "int" | "intp" | "int_" | "long" | "longlong" => (Class::Int, 8),
        "uint8" | "ubyte" => (Class::Uint, 1),
        "uint16" | "ushort" => (Class::Uint, 2),
        "uint32" | "uintc" => (Class::Uint, 4),
        "uint64" | "uint" | "uintp" | "ulong" | "ulonglong" => (Class::Uint, 8),
        "float16" | "half" => (Class::Float, 2),
        "float32" | "single" => (Class::Float, 4),
        "float64" | "float" | "double" => (Class::Float, 8),
        "complex64" | "csingle" => (Class::Complex, 8),
        "complex128" | "complex" | "cdouble" => (Class::Complex, 16),
        "bytes" | "bytes_" => (Class::Bytes, 0),
        "str" | "str_" => (Class::Text, 0),
        "void" => (Class::Raw, 0),
        "object" | "object_" => (Class::Object, 8),
        _ => return None,
    })
}

fn parse_time(letter: char, unit: &str) -> Option<(Class, usize)> {
    let unit = if unit.is_empty() {
        Unit { count: 1, base: "" }
    } else {
        let inner = unit.strip_prefix('[')?.strip_suffix(']')?;
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let base = UNITS.into_iter().find(|u| *u == &inner[digits..])?;
        let count = if digits == 0 { 1 } else { inner[..digits].parse().ok().filter(|n| *n > 0 && *n <= i32::MAX as u32)? };
        Unit { count, base }
    };
    Some((if letter == 'M' { Class::Datetime(unit) } else { Class::Timedelta(unit) }, 8))
}

/// More bytes than any dtype prints as.
pub const LONGEST: usize = 48;

impl Dtype {
    /// As it prints, without the allocator.
    pub fn text(self, room: &mut [u8; LONGEST]) -> &[u8] {
        let mut rest = room.as_mut_slice();
        let _ = write!(rest, "{self}"); // fits
        let left = rest.len();
        room.get(..LONGEST - left).unwrap_or_default()
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match (self.swap_size(), self.big_endian) {
            (1, _) => '|',
            (_, true) => '>',
            (_, false) => '<',
        };
        let size = self.itemsize;
        match self.class {
            Class::Bool => write!(f, "|b1"),
            Class::Int => write!(f, "{order}i{size}"),
            Class::Uint => write!(f, "{order}u{size}"),
            Class::Float => write!(f, "{order}f{size}"),
            Class::Complex => write!(f, "{order}c{size}"),
            Class::Datetime(unit) => write!(f, "{order}M8{unit}"),
            Class::Timedelta(unit) => write!(f, "{order}m8{unit}"),
            Class::Bytes => write!(f, "|S{size}"),
            Class::Text => write!(f, "{order}U{}", size / 4),
            Class::Raw => write!(f, "|V{size}"),
            Class::Object => write!(f, "|O"),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.base, self.count) {
            ("", _) => Ok(()),
            (base, 1) => write!(f, "[{base}]"),
            (base, count) => write!(f, "[{count}{base}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_canonical_form_of_every_spelling() {
        let cases = [
            ("?", "|b1"),
            ("bool", "|b1"),
            ("b1", "|b1"),
            ("i1", "|i1"),
            ("<u1", "|u1"),
            ("int8", "|i1"),
            ("float32", "<f4"),
            ("=i4", "<i4"),
            (">i4", ">i4"),
            ("f2", "<f2"),
            ("complex64", "<c8"),
            (">c16", ">c16"),
            ("M8", "<M8"),
            ("m8[s]", "<m8[s]"),
            (">M8[25s]", ">M8[25s]"),
            ("datetime64[ns]", "<M8[ns]"),
            ("S5", "|S5"),
            (">S5", "|S5"),
            ("<U3", "<U3"),
            (">U3", ">U3"),
            ("V300", "|V300"),
            ("O", "|O"),
            ("object", "|O"),
            ("|O", "|O"),
            ("d", "<f8"),
            ("b", "|i1"),
            ("U", "<U0"),
        ];
        for (given, canonical) in cases {
            if cfg!(target_endian = "big") && !given.starts_with(['<', '>']) {
                continue;
            }
            let dtype = Dtype::parse(given).expect(given);
            assert_eq!((&*dtype.to_string(), dtype.text(&mut [0; LONGEST])), (canonical, canonical.as_bytes()), "{given}");
        }
    }

    #[test]
    fn the_longest_dtype_fits() {
        let class = Class::Timedelta(Unit { count: u32::MAX, base: "generic" });
        for dtype in [Dtype { class, itemsize: 8, big_endian: true }, Dtype { class: Class::Raw, itemsize: usize::MAX, big_endian: false }]
        {
            assert_eq!(dtype.text(&mut [0; LONGEST]), dtype.to_string().as_bytes());
        }
    }

    #[test]
    fn refuses_what_numpy_refuses_and_long_double() {
        for text in [
            "",
            "<",
            "x4",
            "i3",
            "f16",
            "<float64",
            "M8[",
            "M8[xx]",
            "M8[0s]",
            "S-1",
            "S99999999999",
            "U1073741824",
            "é4",
            "i4 ",
            "U4852029482064717414",
        ] {
            assert!(Dtype::parse(text).is_err(), "{text}");
        }
    }
}
