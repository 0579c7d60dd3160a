//! Reads MessagePack, one header at a time.

use super::super::error::{Error, Result};
use super::super::scalar::Scalar;
use crate::kernels::strings::{self, Done};

/// A value, or the header of a list or map whose elements follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// Nil.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of up to 64 bits, signed or not.
    Int(i128),
    /// A float of either size.
    Float(f64),
    /// Text; not known to be UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Number of elements.
    List(usize),
    /// Number of pairs.
    Map(usize),
}

impl<'a> Token<'a> {
    /// The plain value; text is bytes if `raw`, and UTF-8 otherwise. Lists and maps have none.
    pub fn scalar(self, raw: bool) -> Result<Option<Scalar<'a>>> {
        Ok(Some(match self {
            Token::Null => Scalar::Null,
            Token::Bool(value) => Scalar::Bool(value),
            Token::Int(value) => Scalar::Int(value),
            Token::Float(value) => Scalar::Float(value),
            Token::Bytes(bytes) => Scalar::Bytes(bytes),
            Token::Text(bytes) if raw => Scalar::Bytes(bytes),
            Token::Text(bytes) => Scalar::Text(std::str::from_utf8(bytes).map_err(|_| Error::data("text is not UTF-8"))?.as_bytes()),
            Token::List(_) | Token::Map(_) => return Ok(None),
        }))
    }

    /// What it is, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Token::Null => "nil",
            Token::Bool(_) => "a bool",
            Token::Int(_) => "an integer",
            Token::Float(_) => "a float",
            Token::Text(_) => "text",
            Token::Bytes(_) => "bytes",
            Token::List(_) => "a list",
            Token::Map(_) => "a map",
        }
    }
}

/// A place in MessagePack data.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    src: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at byte `at`.
    pub fn new(src: &'a [u8], at: usize) -> Self {
        Reader { src, at }
    }

    /// Where the next value begins.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Checks that nothing is left.
    pub fn end(&self) -> Result<()> {
        match self.src.len() - self.at {
            0 => Ok(()),
            n => Err(Error::data(format!("{n} bytes follow the end of the value")).at(self.at)),
        }
    }

    /// The next value or header. A list or map never claims more elements than there are bytes left.
    pub fn token(&mut self) -> Result<Token<'a>> {
        let start = self.at;
        self.read().map_err(|e| e.at(start))
    }

    /// Copies the next values, up to `count`, as long as they are short ASCII texts.
    pub fn short_texts(&mut self, count: usize, room: &mut [u8], base: usize, ends: &mut Vec<i64>) -> Done {
        let done = strings::packed_text(self.src.get(self.at..).unwrap_or_default(), count, room, base, ends);
        self.at += done.read;
        done
    }

    /// Skips one value.
    pub fn skip(&mut self) -> Result<()> {
        if let Some(short @ 0xa0..0xc0) = self.src.get(self.at)
            && let Some(end) = Some(self.at + 1 + usize::from(short & 0x1f)).filter(|end| *end <= self.src.len())
        {
            self.at = end;
            return Ok(());
        }
        let mut left = 1usize;
        while left > 0 {
            left -= 1;
            left = left.saturating_add(match self.token()? {
                Token::List(n) => n,
                Token::Map(n) => 2 * n,
                _ => 0,
            }); // more than there can be: the input ends before
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Token<'a>> {
        let [code] = self.bytes()?;
        Ok(match code {
            0..0x80 => Token::Int(code.into()),
            0xe0.. => Token::Int((code as i8).into()),
            0x80..0x90 => self.children(usize::from(code & 0x0f), 2).map(Token::Map)?,
            0x90..0xa0 => self.children(usize::from(code & 0x0f), 1).map(Token::List)?,
            0xa0..0xc0 => Token::Text(self.slice(usize::from(code & 0x1f))?),
            0xc0 => Token::Null,
            0xc2 | 0xc3 => Token::Bool(code == 0xc3),
            0xc4..0xc7 => self.length(code - 0xc4).and_then(|n| self.slice(n)).map(Token::Bytes)?,
            0xca => Token::Float(f32::from_be_bytes(self.bytes()?).into()),
            0xcb => Token::Float(f64::from_be_bytes(self.bytes()?)),
            0xcc => Token::Int(u8::from_be_bytes(self.bytes()?).into()),
            0xcd => Token::Int(u16::from_be_bytes(self.bytes()?).into()),
            0xce => Token::Int(u32::from_be_bytes(self.bytes()?).into()),
            0xcf => Token::Int(u64::from_be_bytes(self.bytes()?).into()),
            0xd0 => Token::Int(i8::from_be_bytes(self.bytes()?).into()),
            0xd1 => Token::Int(i16::from_be_bytes(self.bytes()?).into()),
            0xd2 => Token::Int(i32::from_be_bytes(self.bytes()?).into()),
            0xd3 => Token::Int(i64::from_be_bytes(self.bytes()?).into()),
            0xd9..0xdc => self.length(code - 0xd9).and_then(|n| self.slice(n)).map(Token::Text)?,
            0xdc | 0xdd => self.length(code - 0xdb).and_then(|n| self.children(n, 1)).map(Token::List)?,
            0xde | 0xdf => self.length(code - 0xdd).and_then(|n| self.children(n, 2)).map(Token::Map)?,
            0xc7..0xca | 0xd4..0xd9 => return Err(self.extension(code)),
            0xc1 => return Err(Error::data("0xc1 begins no value")),
        })
    }

    fn extension(&mut self, code: u8) -> Error {
        let skipped = if code < 0xca { 1usize << (code - 0xc7) } else { 0 };
        match self.slice(skipped).and_then(|_| self.bytes()) {
            Ok([0xff]) => Error::data("a timestamp (extension type -1) has no form here"),
            Ok([number]) => Error::data(format!("extension type {} has no form here", number as i8)),
            Err(cut) => cut,
        }
    }

    /// A length of 1, 2 or 4 bytes.
    fn length(&mut self, log2: u8) -> Result<usize> {
        Ok(match log2 {
            0 => u8::from_be_bytes(self.bytes()?).into(),
            1 => u16::from_be_bytes(self.bytes()?).into(),
            _ => u32::from_be_bytes(self.bytes()?) as usize,
        })
    }

    /// Checks a number of elements, each of at least `least` bytes.
    fn children(&self, n: usize, least: usize) -> Result<usize> {
        let left = self.src.len() - self.at;
        if n > left / least {
            return Err(Error::data(format!("{n} elements are claimed, {left} bytes are left")));
        }
        Ok(n)
    }

    fn slice(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n);
        let slice = end
            .and_then(|end| self.src.get(self.at..end))
            .ok_or_else(|| Error::data(format!("a value of {n} bytes is cut off, {} bytes are left", self.src.len() - self.at)))?;
        self.at += n;
        Ok(slice)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.slice(N).map(|slice| slice.try_into().unwrap_or([0; N]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(src: &[u8]) -> Option<Token<'_>> {
        let mut reader = Reader::new(src, 0);
        reader.token().ok()
    }

    #[test]
    fn every_form_is_read() {
        for (src, token) in [
            (&b"\x7f"[..], Token::Int(127)),
            (b"\xe0", Token::Int(-32)),
            (b"\xcc\xff", Token::Int(255)),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", Token::Int(u64::MAX.into())),
            (b"\xd3\x80\0\0\0\0\0\0\0", Token::Int(i64::MIN.into())),
            (b"\xd1\xff\x7f", Token::Int(-129)),
            (b"\xca\x3f\x80\0\0", Token::Float(1.0)),
            (b"\xcb\x40\x04\0\0\0\0\0\0", Token::Float(2.5)),
            (b"\xa2ab", Token::Text(b"ab")),
            (b"\xd9\x01a", Token::Text(b"a")),
            (b"\xda\0\x01a", Token::Text(b"a")),
            (b"\xdb\0\0\0\x01a", Token::Text(b"a")),
            (b"\xc4\x01\xff", Token::Bytes(b"\xff")),
            (b"\xc5\0\x01\xff", Token::Bytes(b"\xff")),
            (b"\xc6\0\0\0\x01\xff", Token::Bytes(b"\xff")),
            (b"\x91\xc0", Token::List(1)),
            (b"\xdc\0\x01\xc0", Token::List(1)),
            (b"\xdd\0\0\0\x01\xc0", Token::List(1)),
            (b"\x81\xc0\xc0", Token::Map(1)),
            (b"\xde\0\x01\xc0\xc0", Token::Map(1)),
            (b"\xdf\0\0\0\x01\xc0\xc0", Token::Map(1)),
        ] {
            assert_eq!(one(src), Some(token));
            (0..src.len()).for_each(|cut| assert_eq!(one(&src[..cut]), None, "{token:?} cut to {cut}"));
        }
    }

    #[test]
    fn claims_are_not_believed() {
        for src in [
            &b"\xdd\xff\xff\xff\xff\xc0"[..],
            b"\xdf\x80\0\0\0\xc0\xc0",
            b"\x82\xc0\xc0\xc0",
            b"\xdb\xff\xff\xff\xffa",
            b"\xc6\x7f\xff\xff\xff",
        ] {
            assert_eq!(one(src), None);
            assert!(Reader::new(src, 0).skip().is_err());
        }
        let deep = vec![0x91; 1 << 20];
        assert!(Reader::new(&deep, 0).skip().is_err());
    }

    #[test]
    fn extension_types_are_refused_by_name() {
        let text = |src| Reader::new(src, 0).token().map_err(|e| e.to_string()).expect_err("extension");
        assert!(text(&b"\xd6\xff\0\0\0\0"[..]).contains("timestamp"));
        assert!(text(b"\xc7\x01\x05a").contains("extension type 5"));
        assert!(text(b"\xc9\0\0\0\x01\x07a").contains("extension type 7"));
        assert!(text(b"\xc1").contains("0xc1"));
    }
}
