//! Writes JSON text in the styles of Python's encoder.

use std::fmt::Write as _;

use super::super::error::{Error, Result};
use super::super::pyfloat::{self, Text};
use super::super::scalar::Scalar;
use super::super::sink::Sink;
use super::super::text::first_point;
use super::{Node, Span, Tape};
use crate::kernels::strings;
use crate::kernels::text::is_plain;

/// Items that are not written as whole words.
const LAST: usize = 32;

/// How a text is to look: the arguments of Python's `JSONEncoder`.
#[derive(Clone, Debug)]
pub struct Style {
    /// Escape everything outside ASCII.
    pub ensure_ascii: bool,
    /// Write `NaN` and `Infinity` instead of refusing them.
    pub allow_nan: bool,
    /// Sort the keys of objects.
    pub sort_keys: bool,
    /// Write lone surrogates as escapes even without `ensure_ascii`, instead of refusing them.
    pub escape_surrogates: bool,
    /// What a level is indented by; with it come line breaks.
    pub indent: Option<String>,
    /// Between elements.
    pub item_separator: String,
    /// Between key and value.
    pub key_separator: String,
}

impl Style {
    /// The form of single items: nothing between tokens, nothing escaped that need not be, keys in their order.
    pub fn compact() -> Self {
        Style {
            ensure_ascii: false,
            allow_nan: true,
            sort_keys: false,
            escape_surrogates: true,
            indent: None,
            item_separator: ",".to_owned(),
            key_separator: ":".to_owned(),
        }
    }
}

/// Writes one text.
pub struct Writer<'s, 'o, 'c> {
    style: &'s Style,
    /// Where the text goes.
    pub out: &'o mut Sink<'c>,
    level: usize,
    /// Whether the innermost list or object is still empty.
    first: bool,
    frames: Vec<Frame>,
    members: Vec<Member>,
}

/// A list or object that is being written.
struct Frame {
    close: u8,
    /// The next child, or the next of the members.
    next: usize,
    end: usize,
    /// First of the members, for an object.
    members: Option<usize>,
}

/// A key and its value. Of equal keys the last value stays, in the place of the first.
#[derive(Clone, Copy)]
struct Member {
    key: Span,
    place: usize,
    value: usize,
}

impl<'s, 'o, 'c> Writer<'s, 'o, 'c> {
    /// Starts a text.
    pub fn new(style: &'s Style, out: &'o mut Sink<'c>) -> Self {
        Writer { style, out, level: 0, first: true, frames: Vec::new(), members: Vec::new() }
    }

    /// Begins a list (`[`) or object (`{`).
    pub fn open(&mut self, bracket: u8) -> Result<()> {
        self.level += 1;
        self.first = true;
        self.out.write(&[bracket])
    }

    /// Comes before each element.
    pub fn element(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.first) {
            self.out.write(self.style.item_separator.as_bytes())?;
        }
        self.line()
    }

    /// Ends a list (`]`) or object (`}`).
    pub fn close(&mut self, bracket: u8) -> Result<()> {
        self.level -= 1;
        if !std::mem::take(&mut self.first) {
            self.line()?;
        }
        self.out.write(&[bracket])
    }

    fn line(&mut self) -> Result<()> {
        let Some(indent) = &self.style.indent else { return Ok(()) };
        self.out.write(b"\n")?;
        (0..self.level).try_for_each(|_| self.out.write(indent.as_bytes()))
    }

    /// Writes a value that is neither list nor object.
    pub fn scalar(&mut self, value: Scalar<'_>) -> Result<()> {
        match value {
            Scalar::Null => self.out.write(b"null"),
            Scalar::Bool(value) => self.out.write(if value { b"true" } else { b"false" }),
            Scalar::Int(value) => {
                let mut text = Text::default();
                let _ = write!(text, "{value}"); // 64 bits have room
                self.out.write(text.as_bytes())
            }
            Scalar::Float(value) | Scalar::Huge(value) => self.float(value),
            Scalar::Text(text) => self.string(text),
            Scalar::Bytes(_) => Err(Error::dtype("bytes have no form in JSON")),
        }
    }

    fn float(&mut self, value: f64) -> Result<()> {
        if value.is_finite() {
            return self.out.write(pyfloat::repr(value).as_bytes());
        }
        if !self.style.allow_nan {
            return Err(Error::data("\"allow_nan\" is false, and a number is NaN or infinite"));
        }
        self.out.write(match (value.is_nan(), value > 0.0) {
            (true, _) => b"NaN",
            (_, true) => b"Infinity",
            _ => b"-Infinity",
        })
    }

    /// Writes a value from a tape, with all that is in it.
    pub fn value(&mut self, src: &[u8], tape: &Tape<'_>, at: usize) -> Result<()> {
        self.begin(src, tape, at)?;
        while let Some(frame) = self.frames.last_mut() {
            if frame.next >= frame.end {
                let (close, members) = (frame.close, frame.members);
                members.into_iter().for_each(|start| self.members.truncate(start));
                self.frames.pop();
                self.close(close)?;
                continue;
            }
            let next = frame.next;
            let Some(member) = frame.members.map(|_| self.members.get(next).copied()) else {
                frame.next = tape.after(next);
                self.element()?;
                self.begin(src, tape, next)?;
                continue;
            };
            frame.next += 1;
            if let Some(Member { key, value, .. }) = member {
                self.element()?;
                self.string(tape.bytes(src, key))?;
                self.out.write(self.style.key_separator.as_bytes())?;
                self.begin(src, tape, value)?;
            }
        }
        Ok(())
    }

    /// Writes a value, of a list or object the beginning.
    fn begin(&mut self, src: &[u8], tape: &Tape<'_>, at: usize) -> Result<()> {
        match tape.node(at) {
            Some(Node::Bool(value)) => self.scalar(Scalar::Bool(value)),
            Some(Node::Float(value)) => self.float(value),
            Some(Node::Int(span)) => self.out.write(integer(tape.bytes(src, span))),
            Some(Node::Text(span)) => self.string(tape.bytes(src, span)),
            Some(Node::List(end)) => {
                self.open(b'[')?;
                self.push(Frame { close: b']', next: at + 1, end, members: None })
            }
            Some(Node::Map(end)) => {
                self.open(b'{')?;
                let start = self.members.len();
                self.collect(src, tape, at + 1, end)?;
                self.push(Frame { close: b'}', next: start, end: self.members.len(), members: Some(start) })
            }
            Some(Node::Null) | None => self.scalar(Scalar::Null),
        }
    }

    fn push(&mut self, frame: Frame) -> Result<()> {
        self.frames.try_reserve(1).map_err(|_| Error::memory(size_of::<Frame>() as u64))?;
        self.frames.push(frame);
        Ok(())
    }

    /// Appends the members of an object, each key once, in the order in which they are to be written.
    fn collect(&mut self, src: &[u8], tape: &Tape<'_>, mut at: usize, end: usize) -> Result<()> {
        let start = self.members.len();
        while at < end {
            let value = tape.after(at);
            if let Some(Node::Text(key)) = tape.node(at) {
                self.members.try_reserve(1).map_err(|_| Error::memory(size_of::<Member>() as u64))?;
                self.members.push(Member { key, place: at, value });
            }
            at = tape.after(value);
        }
        let new = self.members.get_mut(start..).unwrap_or_default();
        let by_key = |a: &Member, b: &Member| tape.bytes(src, a.key).cmp(tape.bytes(src, b.key));
        new.sort_unstable_by(|a, b| by_key(a, b).then(a.place.cmp(&b.place)));
        let kept = unique(new, |a, b| by_key(a, b).is_eq());
        if !self.style.sort_keys {
            new.get_mut(..kept).unwrap_or_default().sort_unstable_by_key(|member| member.place);
        }
        self.members.truncate(start + kept);
        Ok(())
    }

    /// Writes strings that need no escape as elements, many at a time; says how many, 0 where it cannot. Not for the last ones, whose
    /// words may reach beyond what will be written.
    pub fn plain_elements(&mut self, data: &[u8], offsets: &[i64]) -> usize {
        let many = offsets.len().saturating_sub(LAST);
        if self.first || self.style.indent.is_some() || many < 2 {
            return 0;
        }
        let Some(room) = self.out.ready() else { return 0 };
        let done = strings::quote(data, offsets.get(..many).unwrap_or_default(), self.style.item_separator.as_bytes(), room);
        self.out.advance(done.written);
        done.items
    }

    /// Writes text in quotes.
    pub fn string(&mut self, mut text: &[u8]) -> Result<()> {
        if is_plain(text) {
            return self.out.write_between(b'"', text, b'"');
        }
        self.out.write(b"\"")?;
        while !text.is_empty() {
            let plain = self.plain(text);
            let (run, rest) = text.split_at_checked(plain).unwrap_or((text, &[]));
            self.out.write(run)?;
            let Some((point, len)) = first_point(rest) else { break };
            self.escape(point)?;
            text = rest.get(len..).unwrap_or_default();
        }
        self.out.write(b"\"")
    }

    /// How many bytes at the front need no escape.
    fn plain(&self, text: &[u8]) -> usize {
        let plain_ascii = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        let found = if self.style.ensure_ascii {
            text.iter().position(|byte| !plain_ascii(*byte) || *byte > 0x7e)
        } else {
            // Of all characters only surrogates begin with ED and A0 or more.
            let next = text.iter().skip(1).chain([&0]);
            text.iter().zip(next).position(|(byte, next)| !plain_ascii(*byte) || (*byte == 0xed && *next >= 0xa0))
        };
        found.unwrap_or(text.len())
    }

    fn escape(&mut self, point: u32) -> Result<()> {
        let short = match point {
            0x22 => b"\\\"",
            0x5c => b"\\\\",
            0x08 => b"\\b",
            0x0c => b"\\f",
            0x0a => b"\\n",
            0x0d => b"\\r",
            0x09 => b"\\t",
            0xd800..0xe000 if !self.style.ensure_ascii && !self.style.escape_surrogates => {
                return Err(Error::data(format!("the lone surrogate {point:#x} cannot be written without \"ensure_ascii\"")));
            }
            _ => return self.unicode(point),
        };
        self.out.write(short)
    }

    fn unicode(&mut self, point: u32) -> Result<()> {
        let mut text = Text::default();
        let _ = match point.checked_sub(0x10000) {
            Some(above) => write!(text, "\\u{:04x}\\u{:04x}", 0xd800 + (above >> 10), 0xdc00 + (above & 0x3ff)),
            None => write!(text, "\\u{point:04x}"),
        };
        self.out.write(text.as_bytes())
    }
}

/// Moves the first of each group of equal keys to the front, with the value of the last; returns how many groups there are.
fn unique(members: &mut [Member], same: impl Fn(&Member, &Member) -> bool) -> usize {
    let mut kept = 0usize;
    for next in 0..members.len() {
        let Some(member) = members.get(next).copied() else { break };
        match kept.checked_sub(1).and_then(|last| members.get_mut(last)) {
            Some(last) if same(&member, last) => last.value = member.value,
            _ => {
                members.swap(kept, next);
                kept += 1;
            }
        }
    }
    kept
}

/// Digits as Python prints them: there is no negative zero.
fn integer(digits: &[u8]) -> &[u8] {
    if digits == b"-0" { b"0" } else { digits }
}
