//! The character encodings in which Python may have written a text.

use super::error::{Error, Result};
use super::sink::Sink;

/// A character encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte-order mark.
    Utf8Sig,
    /// Seven bits.
    Ascii,
    /// One byte for each of the first 256 characters.
    Latin1,
    /// UTF-16.
    Utf16(Bytes),
    /// UTF-32.
    Utf32(Bytes),
}

/// Order of the bytes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// Little endian, without a mark.
    Little,
    /// Big endian, without a mark.
    Big,
    /// Written in the order of this machine behind a mark; read as the mark says.
    Marked,
}

/// Python's names, without `-`, `_` and blanks.
const NAMES: &[(Charset, &[&str])] = &[
    (Charset::Utf8, &["utf8", "u8", "utf", "cp65001"]),
    (Charset::Utf8Sig, &["utf8sig"]),
    (Charset::Ascii, &["ascii", "usascii", "646", "us", "iso646us"]),
    (Charset::Latin1, &["latin1", "latin", "l1", "iso88591", "88591", "8859", "cp819"]),
    (Charset::Utf16(Bytes::Marked), &["utf16", "u16"]),
    (Charset::Utf16(Bytes::Little), &["utf16le", "unicodelittleunmarked"]),
    (Charset::Utf16(Bytes::Big), &["utf16be", "unicodebigunmarked"]),
    (Charset::Utf32(Bytes::Marked), &["utf32", "u32"]),
    (Charset::Utf32(Bytes::Little), &["utf32le"]),
    (Charset::Utf32(Bytes::Big), &["utf32be"]),
];

const MARK: char = '\u{feff}';

impl Charset {
    /// The encoding that Python knows under this name.
    pub fn parse(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect::<String>().to_ascii_lowercase();
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(charset, _)| *charset)
    }

    /// Whether its bytes are those of UTF-8, where they are text at all.
    pub fn is_utf8(self) -> bool {
        matches!(self, Charset::Utf8 | Charset::Ascii)
    }

    /// Appends `text` in this encoding.
    pub fn encode(self, text: &str, out: &mut Sink<'_>) -> Result<()> {
        match self {
            Charset::Utf8Sig => write_units(Some(MARK).into_iter().chain(text.chars()), out, |c, unit| c.encode_utf8(unit).len()),
            Charset::Utf8 => out.write(text.as_bytes()),
            Charset::Ascii if text.is_ascii() => out.write(text.as_bytes()),
            Charset::Latin1 if text.chars().all(|c| c <= '\u{ff}') => write_units(text.chars(), out, one_byte),
            Charset::Ascii | Charset::Latin1 => Err(Error::data("the text has characters that \"encoding\" cannot hold")),
            Charset::Utf16(bytes) => write_units(marked(bytes, text), out, |c, unit| utf16(c, bytes.big(), unit)),
            Charset::Utf32(bytes) => write_units(marked(bytes, text), out, |c, unit| utf32(c, bytes.big(), unit)),
        }
    }

    /// Reads bytes in this encoding as UTF-8 into `out`. Only for encodings that are not UTF-8 already.
    pub fn decode(self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        match self {
            Charset::Utf8 | Charset::Utf8Sig | Charset::Ascii => out.write(src.strip_prefix(b"\xef\xbb\xbf").unwrap_or(src)),
            Charset::Latin1 => write_units(src.iter().map(|byte| char::from(*byte)), out, |c, unit| c.encode_utf8(unit).len()),
            Charset::Utf16(bytes) => {
                let (big, src) = bytes.order(src, &[0xff, 0xfe], &[0xfe, 0xff]);
                let (units, rest) = src.as_chunks::<2>();
                let units = units.iter().map(|unit| if big { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) });
                read_units(char::decode_utf16(units).map(|unit| unit.ok()), rest, out)
            }
            Charset::Utf32(bytes) => {
                let (big, src) = bytes.order(src, &[0xff, 0xfe, 0, 0], &[0, 0, 0xfe, 0xff]);
                let (units, rest) = src.as_chunks::<4>();
                let units = units.iter().map(|unit| if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) });
                read_units(units.map(char::from_u32), rest, out)
            }
        }
    }
}

impl Bytes {
    fn big(self) -> bool {
        self == Bytes::Big || (self == Bytes::Marked && cfg!(target_endian = "big"))
    }

    /// The order in which to read, and the bytes after the mark.
    fn order<'a>(self, src: &'a [u8], little: &[u8], big: &[u8]) -> (bool, &'a [u8]) {
        match (self, src.strip_prefix(little), src.strip_prefix(big)) {
            (Bytes::Marked, Some(rest), _) => (false, rest),
            (Bytes::Marked, _, Some(rest)) => (true, rest),
            _ => (self.big(), src),
        }
    }
}

fn marked(bytes: Bytes, text: &str) -> impl Iterator<Item = char> {
    Some(MARK).filter(|_| bytes == Bytes::Marked).into_iter().chain(text.chars())
}

fn one_byte(c: char, unit: &mut [u8; 4]) -> usize {
    let [first, ..] = unit;
    *first = c as u8;
    1
}

fn utf16(c: char, big: bool, unit: &mut [u8; 4]) -> usize {
    let mut words = [0; 2];
    let n = c.encode_utf16(&mut words).len();
    let [low, high] = words.map(|word| if big { word.to_be_bytes() } else { word.to_le_bytes() });
    *unit = [low[0], low[1], high[0], high[1]];
    2 * n
}

fn utf32(c: char, big: bool, unit: &mut [u8; 4]) -> usize {
    *unit = if big { u32::from(c).to_be_bytes() } else { u32::from(c).to_le_bytes() };
    4
}

fn write_units(text: impl Iterator<Item = char>, out: &mut Sink<'_>, form: impl Fn(char, &mut [u8; 4]) -> usize) -> Result<()> {
    let mut unit = [0; 4];
    for character in text {
        let n = form(character, &mut unit);
        out.write(unit.get(..n).unwrap_or_default())?;
    }
    Ok(())
}

fn read_units(mut text: impl Iterator<Item = Option<char>>, rest: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let bad = || Error::data("the bytes are not a text in \"encoding\"");
    if !rest.is_empty() {
        return Err(bad());
    }
    text.try_for_each(|character| out.write(character.ok_or_else(bad)?.encode_utf8(&mut [0; 4]).as_bytes()))
}

/// Bytes that are to be UTF-8 text; what is in the way is named with its offset.
pub fn utf8(src: &[u8]) -> Result<&str> {
    simdutf8::compat::from_utf8(src)
        .map_err(|e| Error::data(format!("the input is not UTF-8 from byte {} on", e.valid_up_to())).at(e.valid_up_to()))
}

/// `src` as UTF-8: itself where it is that already, else through memory of its own.
pub fn decoded<'a>(charset: Charset, src: &'a [u8], aside: &'a mut Sink<'_>) -> Result<&'a str> {
    if charset.is_utf8() {
        return utf8(src).and_then(|text| match (charset, text.is_ascii()) {
            (Charset::Ascii, false) => Err(Error::data("the input is not ASCII")),
            _ => Ok(text),
        });
    }
    charset.decode(src, aside)?;
    std::str::from_utf8(aside.written()).map_err(|_| Error::data("the bytes are not a text in \"encoding\""))
}

#[cfg(test)]
mod tests {
    use super::super::call::{Call, Limits};
    use super::*;

    fn encoded(name: &str, text: &str) -> Option<Vec<u8>> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        Charset::parse(name)?.encode(text, &mut out).ok()?;
        Some(out.into_parts().0)
    }

    fn read(name: &str, src: &[u8]) -> Option<String> {
        let limits = Limits::default();
        let mut aside = Sink::scratch(Call::new(&limits, None));
        decoded(Charset::parse(name)?, src, &mut aside).ok().map(str::to_owned)
    }

    #[test]
    fn text_comes_back_through_every_encoding() {
        for name in ["utf-8", "UTF_8_SIG", "utf-16", "UTF-16-LE", "utf_16_be", "utf-32", "utf-32le", "utf-32-be"] {
            let bytes = encoded(name, "bär💩").expect("encodes");
            assert_eq!(read(name, &bytes).as_deref(), Some("bär💩"), "{name}");
        }
        assert_eq!(encoded("latin-1", "bär"), Some(b"b\xe4r".to_vec()));
        assert_eq!(read("latin-1", b"b\xe4r").as_deref(), Some("bär"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!((encoded("latin-1", "ż"), encoded("ascii", "ä"), encoded("bogus", "a")), (None, None, None));
        for (name, bad) in
            [("utf-8", &b"\xff"[..]), ("ascii", b"\xc3\xa4"), ("utf-16", b"a"), ("utf-16-le", b"\0\xd8"), ("utf-32", b"\x11\0\0\x11")]
        {
            assert_eq!(read(name, bad), None, "{name}");
        }
    }

    #[test]
    fn the_mark_decides_the_byte_order() {
        assert_eq!(read("utf-16", b"\xfe\xff\0a").as_deref(), Some("a"));
        assert_eq!(read("utf-16", b"\xff\xfea\0").as_deref(), Some("a"));
        assert_eq!(read("utf-32", b"\0\0\xfe\xff\0\0\0a").as_deref(), Some("a"));
    }
}
