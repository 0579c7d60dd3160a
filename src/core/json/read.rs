//! Reads JSON text by the grammar of Python's decoder.

use super::super::call::{Call, Pace};
use super::super::error::{Error, Result};
use super::super::text;
use super::{MAX_DEPTH, Node, Span, Tape};
use crate::kernels::strings::{self, Done};
use crate::kernels::text::unescaped;

/// Strings copied between two looks at the caller's progress function.
const STRINGS: usize = 1 << 16;

/// A place in a JSON text, which is known to be UTF-8.
pub struct Reader<'a, 'c> {
    src: &'a [u8],
    at: usize,
    options: Options,
    call: Call<'c>,
    pace: Pace,
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Refuse control characters in strings.
    pub strict: bool,
    /// Whether places in the text are places in the encoded input, so that errors may name them.
    pub exact: bool,
}

impl<'a, 'c> Reader<'a, 'c> {
    /// Starts at byte `at`.
    pub fn new(src: &'a [u8], at: usize, options: Options, call: Call<'c>) -> Self {
        Reader { src, at, options, call, pace: Pace::default() }
    }

    /// Where the next token begins.
    pub fn place(&mut self) -> usize {
        let rest = self.src.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at
    }

    /// The first byte of the next token.
    pub fn peek(&mut self) -> Option<u8> {
        let place = self.place();
        self.src.get(place).copied()
    }

    /// Takes the next token if it is this byte.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes this byte; anything else is an error.
    pub fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(self.fail(&format!("'{}' is missing", byte.escape_ascii()))) }
    }

    /// Checks that nothing is left.
    pub fn end(&mut self) -> Result<()> {
        if self.peek().is_none() { Ok(()) } else { Err(self.fail("there is more after the end")) }
    }

    /// An error at the next byte.
    pub fn fail(&self, what: &str) -> Error {
        let error = Error::data(format!("{what} at byte {} of the JSON text", self.at));
        if self.options.exact { error.at(self.at) } else { error }
    }

    /// Reads one value onto the tape.
    pub fn value(&mut self, tape: &mut Tape<'_>) -> Result<()> {
        tape.open.clear();
        loop {
            self.pace.step(&self.call, self.at, self.src.len())?;
            match self.peek() {
                Some(open @ (b'[' | b'{')) => {
                    if self.enter(open, tape)? {
                        continue;
                    }
                }
                _ => {
                    let node = self.scalar(tape)?;
                    tape.push(node)?;
                }
            }
            if !self.leave(tape)? {
                return Ok(());
            }
        }
    }

    /// Begins a list or object; false if it is empty and so complete.
    fn enter(&mut self, open: u8, tape: &mut Tape<'_>) -> Result<bool> {
        if tape.open.len() == MAX_DEPTH {
            return Err(self.fail(&format!("more than {MAX_DEPTH} lists and objects within each other")));
        }
        self.at += 1;
        tape.open.try_reserve(1).map_err(|_| Error::memory(1))?;
        tape.open.push(tape.nodes.len());
        tape.push(if open == b'[' { Node::List(0) } else { Node::Map(0) })?;
        let empty = self.peek() == Some(open + 2); // ']' and '}' are two after '[' and '{'
        if !empty && open == b'{' {
            self.key(tape)?;
        }
        Ok(!empty)
    }

    /// Goes on after a value; false if it was the outermost one.
    fn leave(&mut self, tape: &mut Tape<'_>) -> Result<bool> {
        while let Some(&open) = tape.open.last() {
            let end = tape.nodes.len();
            let map = matches!(tape.node(open), Some(Node::Map(_)));
            let empty = end == open + 1;
            if !empty && self.take(b',') {
                if map {
                    self.key(tape)?;
                }
                return Ok(true);
            }
            self.expect(if map { b'}' } else { b']' })?;
            if let Some(node) = tape.nodes.get_mut(open) {
                *node = if map { Node::Map(end) } else { Node::List(end) };
            }
            tape.open.pop();
        }
        Ok(false)
    }

    fn key(&mut self, tape: &mut Tape<'_>) -> Result<()> {
        if self.peek() != Some(b'"') {
            return Err(self.fail("a key in quotes is missing"));
        }
        let key = self.string(tape)?;
        tape.push(Node::Text(key))?;
        self.expect(b':')
    }

    /// Reads a value that is neither list nor object. Only text with escapes goes to the tape.
    pub fn scalar(&mut self, tape: &mut Tape<'_>) -> Result<Node> {
        match self.peek() {
            Some(b'"') => self.string(tape).map(Node::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Result<Node> {
        const LITERALS: [(&[u8], Node); 5] = [
            (b"null", Node::Null),
            (b"true", Node::Bool(true)),
            (b"false", Node::Bool(false)),
            (b"NaN", Node::Float(f64::NAN)),
            (b"Infinity", Node::Float(f64::INFINITY)),
        ];
        let rest = self.src.get(self.at..).unwrap_or_default();
        let found = LITERALS.iter().find(|(name, _)| rest.starts_with(name));
        let (name, node) = found.ok_or_else(|| self.fail("a value is missing"))?;
        self.at += name.len();
        Ok(*node)
    }

    fn number(&mut self) -> Result<Node> {
        let start = self.at;
        let rest = self.src.get(start..).unwrap_or_default();
        if rest.starts_with(b"-Infinity") {
            self.at += 9;
            return Ok(Node::Float(f64::NEG_INFINITY));
        }
        let sign = usize::from(rest.first() == Some(&b'-'));
        let whole = if rest.get(sign) == Some(&b'0') { 1 } else { digits(rest, sign) };
        let end = sign + whole;
        if whole == 0 {
            return Err(self.fail("a number without digits"));
        }
        let fraction = if rest.get(end) == Some(&b'.') { digits(rest, end + 1) } else { 0 };
        let long = if fraction > 0 { end + 1 + fraction } else { end };
        let long = long + exponent(rest, long);
        self.at = start + long;
        if long == end {
            return Ok(Node::Int(Span { start, end: start + end, own: false }));
        }
        let text = rest.get(..long).and_then(|text| std::str::from_utf8(text).ok());
        let value = text.and_then(|text| text.parse().ok()).ok_or_else(|| self.fail("a number without a value"))?;
        Ok(Node::Float(value))
    }

    fn string(&mut self, tape: &mut Tape<'_>) -> Result<Span> {
        self.at += 1;
        let start = self.at;
        let plain = self.plain()?;
        if self.src.get(self.at) == Some(&b'"') {
            self.at += 1;
            return Ok(Span { start, end: start + plain.len(), own: false });
        }
        let start = tape.own.len();
        tape.push_own(plain)?;
        loop {
            match self.src.get(self.at) {
                Some(b'"') => break,
                _ => self.escape(tape)?,
            }
            let plain = self.plain()?;
            tape.push_own(plain)?;
        }
        self.at += 1;
        Ok(Span { start, end: tape.own.len(), own: true })
    }

    /// Copies the next values, up to `count`, as long as they are short strings in which nothing is escaped or would have to be.
    pub fn plain_strings(&mut self, count: usize, room: &mut [u8], base: usize, ends: &mut Vec<i64>) -> Result<Done> {
        self.pace.step(&self.call, self.at, self.src.len())?;
        let start = self.place();
        let done = strings::quoted(self.src.get(start..).unwrap_or_default(), count.min(STRINGS), room, base, ends);
        self.at = start + done.read;
        Ok(done)
    }

    /// The next value with its quotes, if it is a string in which nothing is escaped or would have to be.
    pub fn plain_string(&mut self) -> Option<&'a [u8]> {
        let start = self.place();
        let text = self.src.get(start..)?.strip_prefix(b"\"")?;
        let end = unescaped(text);
        if text.get(end) != Some(&b'"') {
            return None;
        }
        self.at = start + end + 2;
        self.src.get(start..self.at)
    }

    /// The characters up to the next quote or backslash.
    fn plain(&mut self) -> Result<&'a [u8]> {
        let rest = self.src.get(self.at..).unwrap_or_default();
        let lowest = if self.options.strict { 0x20 } else { 0 };
        let len = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < lowest).unwrap_or(rest.len());
        self.at += len;
        match rest.get(len) {
            Some(b'"' | b'\\') => Ok(rest.get(..len).unwrap_or_default()),
            Some(_) => Err(self.fail("a control character in a string")),
            None => Err(self.fail("the string does not end")),
        }
    }

    fn escape(&mut self, tape: &mut Tape<'_>) -> Result<()> {
        let short = match self.src.get(self.at + 1) {
            Some(b'u') => return self.unicode(tape),
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            _ => return Err(self.fail("an unknown escape")),
        };
        self.at += 2;
        tape.push_own(&[short])
    }

    /// `\uXXXX`, or two of them for one character. A surrogate without its partner stays.
    fn unicode(&mut self, tape: &mut Tape<'_>) -> Result<()> {
        let high = self.hex(self.at).ok_or_else(|| self.fail("\\u without four hexadecimal digits"))?;
        self.at += 6;
        let low = if (0xd800..0xdc00).contains(&high) { self.hex(self.at).filter(|low| (0xdc00..0xe000).contains(low)) } else { None };
        let point = match low {
            Some(low) => 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00),
            None => high,
        };
        self.at += if low.is_some() { 6 } else { 0 };
        let mut utf8 = [0; 4];
        tape.push_own(text::point_bytes(point, &mut utf8))
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.src.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |sum, digit| Some(sum << 4 | char::from(*digit).to_digit(16)?))
    }
}

fn digits(text: &[u8], from: usize) -> usize {
    text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Length of the exponent at `from`; 0 if there is none.
fn exponent(text: &[u8], from: usize) -> usize {
    if !matches!(text.get(from), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(text.get(from + 1), Some(b'+' | b'-')));
    match digits(text, from + 1 + sign) {
        0 => 0,
        n => 1 + sign + n,
    }
}

/// Where the last `n` elements of the outermost list begin, last one last. Looks at brackets and quotes only: whether it is JSON
/// shows when the elements are read.
pub fn last_elements<const N: usize>(src: &[u8]) -> Option<[usize; N]> {
    let start = src.iter().position(|byte| *byte == b'[')? + 1;
    let mut begins = [0; N];
    let mut count = 1;
    *begins.last_mut()? = start;
    let (mut at, mut depth) = (start, 1usize);
    while let Some(byte) = src.get(at) {
        at += 1;
        match byte {
            b'"' => at = after_string(src, at)?,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b',' if depth == 1 => {
                begins.rotate_left(1);
                *begins.last_mut()? = at;
                count += 1;
            }
            _ => {}
        }
    }
    (count >= N).then_some(begins)
}

/// The byte after the quote that ends a string.
fn after_string(src: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += unescaped(src.get(at..)?);
        at += match src.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => 2,
            _ => 1, // a control character
        };
    }
}
