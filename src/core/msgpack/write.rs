//! Writes MessagePack in the smallest forms, as Python's `msgpack` package does.

use super::super::error::{Error, Result};
use super::super::scalar::Scalar;
use super::super::sink::Sink;
use super::read::Token;
use crate::kernels::strings;

/// Items that are not written as whole words.
const LAST: usize = 32;

/// The arguments of Python's `Packer`.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Floats in 4 bytes.
    pub use_single_float: bool,
    /// Bytes have a form of their own, and text of up to 255 bytes a short one.
    pub use_bin_type: bool,
}

impl Style {
    /// The form of single items: everything survives.
    pub const FULL: Style = Style { use_single_float: false, use_bin_type: true };
}

/// Writes one stream of values.
pub struct Writer<'s, 'o, 'c> {
    style: &'s Style,
    /// Where the values go.
    pub out: &'o mut Sink<'c>,
}

impl<'s, 'o, 'c> Writer<'s, 'o, 'c> {
    /// Starts a stream.
    pub fn new(style: &'s Style, out: &'o mut Sink<'c>) -> Self {
        Writer { style, out }
    }

    /// Writes what was read; text becomes bytes if `raw`.
    pub fn token(&mut self, token: Token<'_>, raw: bool) -> Result<()> {
        match token {
            Token::List(n) => self.list(n),
            Token::Map(n) => self.header(n, 0x80, 15, 0xde),
            _ => token.scalar(raw)?.map_or(Ok(()), |value| self.scalar(value)),
        }
    }

    /// Writes a value that is neither list nor map.
    pub fn scalar(&mut self, value: Scalar<'_>) -> Result<()> {
        match value {
            Scalar::Null => self.out.write(&[0xc0]),
            Scalar::Bool(value) => self.out.write(&[0xc2 + u8::from(value)]),
            Scalar::Int(value) => self.integer(value),
            Scalar::Float(value) => self.float(value),
            Scalar::Huge(_) => Err(Error::data("an integer of more than 64 bits has no form in MessagePack")),
            Scalar::Text(text) => self.text(std::str::from_utf8(text).map_err(|_| Error::data("text holds a lone surrogate"))?.as_bytes()),
            Scalar::Bytes(bytes) if self.style.use_bin_type => self.bytes(bytes),
            Scalar::Bytes(bytes) => self.text(bytes),
        }
    }

    /// Begins a list of `n` elements.
    pub fn list(&mut self, n: usize) -> Result<()> {
        self.header(n, 0x90, 15, 0xdc)
    }

    fn integer(&mut self, value: i128) -> Result<()> {
        match value {
            -32..128 => self.out.write(&[value as u8]),
            128..0x100 => self.coded(0xcc, &[value as u8]),
            0x100..0x1_0000 => self.coded(0xcd, &(value as u16).to_be_bytes()),
            0x1_0000..0x1_0000_0000 => self.coded(0xce, &(value as u32).to_be_bytes()),
            0x1_0000_0000..0x1_0000_0000_0000_0000 => self.coded(0xcf, &(value as u64).to_be_bytes()),
            -0x80..-32 => self.coded(0xd0, &[value as u8]),
            -0x8000..-0x80 => self.coded(0xd1, &(value as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.coded(0xd2, &(value as i32).to_be_bytes()),
            -0x8000_0000_0000_0000..-0x8000_0000 => self.coded(0xd3, &(value as i64).to_be_bytes()),
            _ => Err(Error::data("an integer of more than 64 bits has no form in MessagePack")),
        }
    }

    fn float(&mut self, value: f64) -> Result<()> {
        if !self.style.use_single_float {
            return self.coded(0xcb, &value.to_be_bytes());
        }
        let single = value as f32;
        if single.is_infinite() && value.is_finite() {
            return Err(Error::data(format!("{value:e} is too large for \"use_single_float\"")));
        }
        self.coded(0xca, &single.to_be_bytes())
    }

    /// Writes short strings, known to be UTF-8, many at a time; says how many. Not the last ones, whose words may reach beyond what will
    /// be written.
    pub fn short_texts(&mut self, data: &[u8], offsets: &[i64]) -> usize {
        let many = offsets.len().saturating_sub(LAST);
        let Some(room) = self.out.ready().filter(|_| many > 1) else { return 0 };
        let done = strings::pack_text(data, offsets.get(..many).unwrap_or_default(), room);
        self.out.advance(done.written);
        done.items
    }

    /// Writes text that is known to be UTF-8.
    pub fn text(&mut self, text: &[u8]) -> Result<()> {
        match u8::try_from(text.len()) {
            Ok(n) if n > 31 && self.style.use_bin_type => self.coded(0xd9, &[n])?,
            _ => self.header(text.len(), 0xa0, 31, 0xda)?,
        }
        self.out.write(text)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match u8::try_from(bytes.len()) {
            Ok(n) => self.coded(0xc4, &[n])?,
            Err(_) => self.header(bytes.len(), 0, 0, 0xc5)?,
        }
        self.out.write(bytes)
    }

    /// A length: up to `most` within the code `short`, else in 2 bytes behind the code `long`, else in 4 behind the next one.
    fn header(&mut self, n: usize, short: u8, most: usize, long: u8) -> Result<()> {
        if n <= most {
            return self.out.write(&[short | n as u8]);
        }
        if let Ok(n) = u16::try_from(n) {
            return self.coded(long, &n.to_be_bytes());
        }
        let n =
            u32::try_from(n).map_err(|_| Error::shape(format!("{n} bytes or elements in one value, at most {} are possible", u32::MAX)))?;
        self.coded(long + 1, &n.to_be_bytes())
    }

    fn coded(&mut self, code: u8, bytes: &[u8]) -> Result<()> {
        let mut all = [code; 9];
        let end = 1 + bytes.len();
        all.get_mut(1..end).unwrap_or_default().copy_from_slice(bytes);
        self.out.write(all.get(..end).unwrap_or_default())
    }
}
