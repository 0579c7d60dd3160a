//! Arrays as pickles that every NumPy loads: only the public names `numpy.ndarray` and `numpy.dtype` are in them.
#![forbid(unsafe_code)]

use crate::core::dtype::LONGEST;
use crate::core::msgpack::{MAX_DEPTH, Reader, Token};
use crate::core::nested::{Step, walk};
use crate::core::scalar::Scalar;
use crate::core::{ArrayRef, Class, Dtype, Error, Items, Order, Result, Sink, pyfloat};

/// Writes the opcodes of one protocol.
pub struct Pickler<'o, 'c> {
    out: &'o mut Sink<'c>,
    protocol: u8,
}

/// A list or map that is not complete yet.
struct Open {
    /// Values, keys included, that are still to come.
    left: usize,
    map: bool,
}

impl<'o, 'c> Pickler<'o, 'c> {
    /// Protocol 0 to 5.
    pub fn new(out: &'o mut Sink<'c>, protocol: u8) -> Self {
        Pickler { out, protocol }
    }

    /// The whole pickle.
    pub fn array(&mut self, src: &ArrayRef<'_>) -> Result<()> {
        if self.protocol >= 2 {
            self.op(&[0x80, self.protocol])?;
        }
        // Times have no buffers in NumPy, and its constructors make one byte of items without size.
        let dtype = src.layout().dtype;
        let times = matches!(dtype.class, Class::Datetime(_) | Class::Timedelta(_));
        if self.protocol >= 5 && src.layout().items == Items::Fixed && !times && dtype.itemsize > 0 {
            self.over_buffer(src)?;
        } else {
            self.with_state(src)?;
        }
        self.op(b".")
    }

    /// `numpy.ndarray(shape, dtype, bytearray)`, for F order with `0, None, "F"` behind: the array keeps its byte order.
    fn over_buffer(&mut self, src: &ArrayRef<'_>) -> Result<()> {
        let bytes = src.bytes()?;
        self.op(b"cnumpy\nndarray\n(")?;
        self.shape_and_dtype(src)?;
        self.coded(0x96, &(bytes.len() as u64).to_le_bytes())?;
        self.op(bytes)?;
        if src.layout().order() == Order::F {
            self.integer(0)?;
            self.op(b"N")?;
            self.text(b"F")?;
        }
        self.op(b"tR")
    }

    /// `numpy.ndarray((0,))`, which is then given the state `(1, shape, dtype, is_fortran, items)`.
    fn with_state(&mut self, src: &ArrayRef<'_>) -> Result<()> {
        self.op(b"cnumpy\nndarray\n((")?;
        self.integer(0)?;
        self.op(b"ttR(")?;
        self.integer(1)?;
        self.shape_and_dtype(src)?;
        self.bool(src.layout().order() == Order::F)?;
        match src.layout().items {
            Items::Fixed => self.bytes(src.bytes()?)?,
            _ => self.items(src)?,
        }
        self.op(b"tb")
    }

    fn shape_and_dtype(&mut self, src: &ArrayRef<'_>) -> Result<()> {
        let layout = src.layout();
        self.op(b"(")?;
        layout.shape().iter().try_for_each(|extent| self.integer(*extent as i128))?;
        self.op(b"tcnumpy\ndtype\n(")?;
        let dtype = if layout.items == Items::Fixed { layout.dtype } else { Dtype::OBJECT };
        self.text(dtype.text(&mut [0; LONGEST]))?;
        self.op(b"tR")
    }

    /// A list in index order, whatever the order in memory.
    fn items(&mut self, src: &ArrayRef<'_>) -> Result<()> {
        let (call, total) = (self.out.call(), src.count());
        self.begin(false)?;
        let mut done = 0usize;
        walk(src.layout().shape(), src.layout().order(), |step| {
            let Step::Item(i) = step else { return Ok(()) };
            if done.is_multiple_of(1 << 14) {
                call.checkpoint(done as u64, total as u64)?;
            }
            done += 1;
            let item = src.item(i);
            let written = match src.layout().items {
                Items::Utf8 => self.scalar(Scalar::Text(item)),
                Items::Bytes => self.scalar(Scalar::Bytes(item)),
                _ => self.value(item),
            };
            written.map_err(|e| Error::new(e.kind(), format!("item {i}: {e}")))?;
            self.added(false)
        })?;
        self.end(false)
    }

    /// One MessagePack value. Does not recurse.
    fn value(&mut self, item: &[u8]) -> Result<()> {
        let mut reader = Reader::new(item, 0);
        let mut open: Vec<Open> = Vec::new();
        loop {
            let is_key = open.last().is_some_and(|o| o.map && o.left.is_multiple_of(2));
            let token = reader.token()?;
            match token {
                Token::List(_) | Token::Map(_) if is_key => return Err(Error::data(format!("{} is the key of a map", token.name()))),
                Token::List(n) => self.open(&mut open, n, false)?,
                Token::Map(n) => self.open(&mut open, 2 * n, true)?,
                _ => {
                    token.scalar(false)?.map_or(Ok(()), |value| self.scalar(value))?;
                    self.counted(&mut open)?;
                }
            }
            while open.last().is_some_and(|o| o.left == 0) {
                self.end(open.pop().is_some_and(|o| o.map))?;
                self.counted(&mut open)?;
            }
            if open.is_empty() {
                return reader.end();
            }
        }
    }

    fn open(&mut self, open: &mut Vec<Open>, left: usize, map: bool) -> Result<()> {
        if open.len() >= MAX_DEPTH {
            return Err(Error::data(format!("more than {MAX_DEPTH} lists and maps within each other")));
        }
        open.try_reserve(1).map_err(|_| Error::memory(size_of::<Open>() as u64))?;
        open.push(Open { left, map });
        self.begin(map)
    }

    /// Counts a value that is complete.
    fn counted(&mut self, open: &mut [Open]) -> Result<()> {
        let Some(inner) = open.last_mut() else { return Ok(()) };
        inner.left -= 1;
        let (map, pair) = (inner.map, inner.left.is_multiple_of(2));
        if map && !pair { Ok(()) } else { self.added(map) }
    }

    /// Begins a list or dictionary; from protocol 1 on its elements are collected above a mark.
    fn begin(&mut self, map: bool) -> Result<()> {
        match (self.protocol, map) {
            (0, false) => self.op(b"(l"),
            (0, true) => self.op(b"(d"),
            (_, false) => self.op(b"]("),
            (_, true) => self.op(b"}("),
        }
    }

    /// Behind every element or pair.
    fn added(&mut self, map: bool) -> Result<()> {
        match (self.protocol, map) {
            (0, false) => self.op(b"a"),
            (0, true) => self.op(b"s"),
            _ => Ok(()),
        }
    }

    fn end(&mut self, map: bool) -> Result<()> {
        match (self.protocol, map) {
            (0, _) => Ok(()),
            (_, false) => self.op(b"e"),
            (_, true) => self.op(b"u"),
        }
    }

    fn scalar(&mut self, value: Scalar<'_>) -> Result<()> {
        match value {
            Scalar::Null => self.op(b"N"),
            Scalar::Bool(value) => self.bool(value),
            Scalar::Int(value) => self.integer(value),
            Scalar::Float(value) => self.float(value),
            Scalar::Text(text) => self.text(text),
            Scalar::Bytes(bytes) => self.bytes(bytes),
            Scalar::Huge(_) => Err(Error::data("an integer of more than 128 bits")),
        }
    }

    fn bool(&mut self, value: bool) -> Result<()> {
        match self.protocol {
            0 | 1 => self.op(if value { b"I01\n" } else { b"I00\n" }),
            _ => self.op(&[0x89 - u8::from(value)]),
        }
    }

    fn integer(&mut self, value: i128) -> Result<()> {
        match (self.protocol, value) {
            (1.., 0..0x100) => self.op(&[b'K', value as u8]),
            (1.., 0x100..0x1_0000) => self.coded(b'M', &(value as u16).to_le_bytes()),
            (1.., -0x8000_0000..0x8000_0000) => self.coded(b'J', &(value as i32).to_le_bytes()),
            (0, -0x8000_0000..0x8000_0000) => self.op(format!("I{value}\n").as_bytes()),
            (0 | 1, _) => self.op(format!("L{value}L\n").as_bytes()),
            _ => {
                let length = value.to_le_bytes();
                let used = 17 - (value ^ value >> 127).leading_zeros() as usize / 8;
                self.coded(0x8a, &[used.min(16) as u8])?;
                self.op(length.get(..used.min(16)).unwrap_or_default())
            }
        }
    }

    fn float(&mut self, value: f64) -> Result<()> {
        if self.protocol > 0 {
            return self.coded(b'G', &value.to_be_bytes());
        }
        self.op(b"F")?;
        self.op(pyfloat::repr(value).as_bytes())?;
        self.op(b"\n")
    }

    fn text(&mut self, text: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(text).map_err(|_| Error::data("text is not UTF-8"))?;
        if self.protocol == 0 {
            return self.escaped(text.chars());
        }
        self.header(text.len(), 0x8c, b'X', 0x8d)?;
        self.op(text.as_bytes())
    }

    /// A line in which backslash, NUL, line ends and the end-of-file mark of old systems are escaped, and all that is not Latin-1.
    fn escaped(&mut self, characters: impl Iterator<Item = char>) -> Result<()> {
        self.op(b"V")?;
        for character in characters {
            match u32::from(character) {
                code @ (0 | 10 | 13 | 26 | 92 | 0x100..0x1_0000) => self.op(format!("\\u{code:04x}").as_bytes())?,
                code @ 0x1_0000.. => self.op(format!("\\U{code:08x}").as_bytes())?,
                code => self.op(&[code as u8])?,
            }
        }
        self.op(b"\n")
    }

    /// Before protocol 3 bytes are text that is encoded on loading.
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if self.protocol >= 3 {
            self.header(bytes.len(), b'C', b'B', 0x8e)?;
            return self.op(bytes);
        }
        self.op(b"c_codecs\nencode\n(")?;
        let characters = bytes.iter().map(|byte| char::from(*byte));
        if self.protocol == 0 {
            self.escaped(characters)?;
        } else {
            let high = bytes.iter().filter(|byte| **byte > 0x7f).count();
            self.header(bytes.len() + high, 0x8c, b'X', 0x8d)?;
            for character in characters {
                self.op(character.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
        }
        self.text(b"latin1")?;
        self.op(b"tR")
    }

    /// A length in one byte, four or eight, as far as the protocol has them. Bytes have the short form in protocol 3 already.
    fn header(&mut self, n: usize, short: u8, usual: u8, long: u8) -> Result<()> {
        let shortest = if short == b'C' { 3 } else { 4 };
        match (u8::try_from(n), u32::try_from(n)) {
            (Ok(n), _) if self.protocol >= shortest => self.op(&[short, n]),
            (_, Ok(n)) => self.coded(usual, &n.to_le_bytes()),
            _ if self.protocol >= 4 => self.coded(long, &(n as u64).to_le_bytes()),
            _ => Err(Error::shape(format!("{n} bytes in one value: protocol {} can hold {}", self.protocol, u32::MAX))),
        }
    }

    fn coded(&mut self, opcode: u8, bytes: &[u8]) -> Result<()> {
        self.op(&[opcode])?;
        self.op(bytes)
    }

    fn op(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write(bytes).map_err(|error| self.out.unknown_size(error))
    }
}
