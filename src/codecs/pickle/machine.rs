//! The interpreter: opcodes of protocols 0 to 5, of which none runs anything.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use super::numpy;
use super::value::{Form, Global, Heap, Raw, Value, add};
use crate::core::call::{Charge, Pace};
use crate::core::{Call, Error, Result};

/// Memory counted for an opcode: its value, its place on the stack, in the memo and in the heap.
const OPCODE_MEMORY: usize = 128;
/// Opcodes between two counts.
const COUNTED: usize = 64;

/// A pickle being read.
pub struct Machine<'a> {
    src: &'a [u8],
    at: usize,
    /// Everything built so far.
    pub heap: Heap<'a>,
    stack: Vec<Value<'a>>,
    marks: Vec<usize>,
    memo: HashMap<u64, Value<'a>>,
}

/// What an opcode left to do.
enum Step<'a> {
    Push(Value<'a>),
    Done,
    Stop,
}

impl<'a> Machine<'a> {
    /// Starts at the first opcode.
    pub fn new(src: &'a [u8]) -> Self {
        Machine { src, at: 0, heap: Heap::default(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() }
    }

    /// Runs to the end of the pickle: the value it holds, and the byte after it. Memory is counted while `call` is given.
    pub fn run<'c>(&mut self, call: Option<Call<'c>>, charges: &mut Vec<Charge<'c>>) -> Result<(Value<'a>, usize)> {
        let mut pace = Pace::default();
        for opcodes in 0usize.. {
            if let Some(call) = call.filter(|_| opcodes.is_multiple_of(COUNTED)) {
                add(charges, call.charge(COUNTED * OPCODE_MEMORY)?)?;
                pace.step(&call, self.at, self.src.len())?;
            }
            let start = self.at;
            match self.step().map_err(|e| if e.details().offset.is_none() { e.at(start) } else { e })? {
                Step::Push(value) => self.push(value)?,
                Step::Done => {}
                Step::Stop => break,
            }
        }
        Ok((self.pop()?, self.at))
    }

    fn step(&mut self) -> Result<Step<'a>> {
        let [opcode] = self.fixed()?;
        Ok(match opcode {
            b'.' => Step::Stop,
            b'(' => {
                add(&mut self.marks, self.stack.len())?;
                Step::Done
            }
            0x80 => self.protocol()?,
            0x95 => self.frame()?,
            b'0' | b'1' | b'2' | b'p' | b'q' | b'r' | b'g' | b'h' | b'j' | 0x94 => self.stack_opcode(opcode)?,
            b'a' | b'e' | b's' | b'u' | b'b' => self.change(opcode)?,
            b'R' => self.reduce()?,
            b'c' | 0x93 => Step::Push(Value::Global(self.global(opcode)?)),
            b')' | b't' | 0x85..=0x87 | b']' | b'l' | b'}' | b'd' => Step::Push(self.container(opcode)?),
            _ => Step::Push(self.plain(opcode)?),
        })
    }

    fn protocol(&mut self) -> Result<Step<'a>> {
        match self.fixed()? {
            [0..=5] => Ok(Step::Done),
            [other] => Err(Error::unsupported(format!("pickle protocol {other}: 0 to 5 are read"))),
        }
    }

    /// A frame only says how far to read ahead.
    fn frame(&mut self) -> Result<Step<'a>> {
        let length = u64::from_le_bytes(self.fixed()?);
        if length > (self.src.len() - self.at) as u64 {
            return Err(Error::data(format!("a frame of {length} bytes is cut off")));
        }
        Ok(Step::Done)
    }

    /// Opcodes that move values between stack and memo.
    fn stack_opcode(&mut self, opcode: u8) -> Result<Step<'a>> {
        let key = match opcode {
            b'0' => return self.drop_top(),
            b'1' => return self.above_mark().map(|_| Step::Done),
            b'2' => return self.top().map(Step::Push),
            b'p' | b'g' => self.line_number()?,
            b'q' | b'h' => self.fixed::<1>()?[0].into(),
            b'r' | b'j' => u32::from_le_bytes(self.fixed()?).into(),
            _ => self.memo.len() as u64,
        };
        if matches!(opcode, b'g' | b'h' | b'j') {
            let value = self.memo.get(&key).copied();
            return value.map(Step::Push).ok_or_else(|| Error::data(format!("memo {key} was never set")));
        }
        let value = self.top()?;
        self.memo.try_reserve(1).map_err(|_| Error::memory(size_of::<Value<'_>>() as u64))?;
        self.memo.insert(key, value);
        Ok(Step::Done)
    }

    fn drop_top(&mut self) -> Result<Step<'a>> {
        // A mark on top goes like a value.
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(Step::Done);
        }
        self.pop().map(|_| Step::Done)
    }

    /// Opcodes that add to a list or dictionary, or give an object its state.
    fn change(&mut self, opcode: u8) -> Result<Step<'a>> {
        let values = match opcode {
            b'a' | b'b' => vec![self.pop()?],
            b's' => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.above_mark()?,
        };
        let target = self.top()?;
        match (opcode, target, values.as_slice()) {
            (b'b', _, [state]) => numpy::build(&mut self.heap, target, *state)?,
            (b'a' | b'e', Value::List(id), _) => {
                let list = self.heap.lists.get_mut(id).ok_or_else(|| Error::data("no list"))?;
                reserve(list, values.len())?;
                list.extend_from_slice(&values);
            }
            (b's' | b'u', Value::Dict(id), _) => {
                let dict = self.heap.dicts.get_mut(id).ok_or_else(|| Error::data("no dictionary"))?;
                pairs(&values, dict)?;
            }
            _ => return Err(Error::data(format!("{} cannot take elements", target.name()))),
        }
        Ok(Step::Done)
    }

    fn reduce(&mut self) -> Result<Step<'a>> {
        let arguments = self.pop()?;
        match self.pop()? {
            Value::Global(global) => numpy::call(&mut self.heap, global, arguments).map(Step::Push),
            other => Err(Error::data(format!("{} is called", other.name()))),
        }
    }

    fn global(&mut self, opcode: u8) -> Result<Global> {
        if opcode == b'c' {
            let (module, name) = (self.line()?, self.line()?);
            let text = |line| std::str::from_utf8(line).map_err(|_| Error::data("the name of a global is not text"));
            return Global::find(text(module)?, text(name)?);
        }
        let (name, module) = (self.pop()?, self.pop()?);
        match (module, name) {
            (Value::Text(module), Value::Text(name)) => match (module.to_text(), name.to_text()) {
                (Some(module), Some(name)) => Global::find(&module, &name),
                _ => Err(Error::unsupported("a global with an overlong name is refused")),
            },
            _ => Err(Error::data("the name of a global is not text")),
        }
    }

    fn container(&mut self, opcode: u8) -> Result<Value<'a>> {
        let elements = match opcode {
            b')' | b']' | b'}' => Vec::new(),
            0x85..=0x87 => self.take(self.stack.len().checked_sub(usize::from(opcode - 0x84)))?,
            _ => self.above_mark()?,
        };
        Ok(match opcode {
            b']' | b'l' => Value::List(add(&mut self.heap.lists, elements)?),
            b'}' | b'd' => {
                let mut dict = Vec::new();
                pairs(&elements, &mut dict)?;
                Value::Dict(add(&mut self.heap.dicts, dict)?)
            }
            _ => Value::Tuple(add(&mut self.heap.tuples, elements)?),
        })
    }

    /// Opcodes that stand for a value, and all that are refused.
    fn plain(&mut self, opcode: u8) -> Result<Value<'a>> {
        Ok(match opcode {
            b'N' => Value::None,
            0x88 | 0x89 => Value::Bool(opcode == 0x88),
            b'K' => Value::Int(self.fixed::<1>()?[0].into()),
            b'M' => Value::Int(u16::from_le_bytes(self.fixed()?).into()),
            b'J' => Value::Int(i32::from_le_bytes(self.fixed()?).into()),
            b'I' | b'L' => integer(self.line()?)?,
            0x8a | 0x8b => long(self.counted(if opcode == 0x8a { 1 } else { 4 })?),
            b'F' => float(self.line()?)?,
            b'G' => Value::Float(f64::from_be_bytes(self.fixed()?)),
            b'V' => Value::Text(Raw::new(self.line()?, Form::Escaped)?),
            0x8c | b'X' | 0x8d => Value::Text(Raw::new(self.counted(width(opcode))?, Form::Utf8)?),
            b'C' | b'B' | 0x8e => Value::Bytes(Raw::new(self.counted(width(opcode))?, Form::Plain)?),
            0x96 => Value::ByteArray(self.counted(8)?),
            b'S' => Value::Text(Raw::new(unquoted(self.line()?)?, Form::Quoted)?),
            b'U' | b'T' => {
                let bytes = self.counted(if opcode == b'U' { 1 } else { 4 })?;
                if !bytes.is_ascii() {
                    return Err(Error::data("a Python 2 string that is not ASCII"));
                }
                Value::Text(Raw::new(bytes, Form::Plain)?)
            }
            _ => return Err(self.refuse(opcode)),
        })
    }

    fn refuse(&mut self, opcode: u8) -> Error {
        let name = match opcode {
            b'i' => {
                let name =
                    |line: Result<&[u8]>| line.map(|l| String::from_utf8_lossy(l.get(..40).unwrap_or(l)).escape_default().to_string());
                let (module, class) = (name(self.line()), name(self.line()));
                return match (module, class) {
                    (Ok(module), Ok(class)) => Error::unsupported(format!("\"{module}.{class}\" is refused: no array needs it")),
                    (Err(error), _) | (_, Err(error)) => error,
                };
            }
            b'o' | 0x81 | 0x92 => "an object of a class",
            0x8f..=0x91 => "a set",
            b'P' | b'Q' => "a persistent id",
            0x82..=0x84 => "an extension code",
            0x97 | 0x98 => "a buffer outside the pickle",
            _ => return Error::data(format!("no opcode is {opcode:#04x}")),
        };
        Error::unsupported(format!("{name} (opcode {opcode:#04x}) is refused: no array needs it"))
    }

    fn push(&mut self, value: Value<'a>) -> Result<()> {
        add(&mut self.stack, value).map(|_| ())
    }

    fn top(&self) -> Result<Value<'a>> {
        self.stack.last().copied().ok_or_else(|| Error::data("the stack is empty"))
    }

    fn pop(&mut self) -> Result<Value<'a>> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let value = if self.stack.len() > floor { self.stack.pop() } else { None };
        value.ok_or_else(|| Error::data("the stack is empty"))
    }

    fn above_mark(&mut self) -> Result<Vec<Value<'a>>> {
        let mark = self.marks.pop();
        self.take(mark)
    }

    /// Takes all values from height `from` on.
    fn take(&mut self, from: Option<usize>) -> Result<Vec<Value<'a>>> {
        let from = from.filter(|from| *from <= self.stack.len()).ok_or_else(|| Error::data("the stack is empty"))?;
        let mut taken = Vec::new();
        reserve(&mut taken, self.stack.len() - from)?;
        taken.extend(self.stack.drain(from..));
        Ok(taken)
    }

    fn bytes(&mut self, n: u64) -> Result<&'a [u8]> {
        let end = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n));
        let bytes = end.and_then(|end| self.src.get(self.at..end));
        let bytes = bytes.ok_or_else(|| Error::data(format!("the pickle is cut off after {} bytes", self.src.len())))?;
        self.at += bytes.len();
        Ok(bytes)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.bytes(N as u64).map(|bytes| bytes.try_into().unwrap_or([0; N]))
    }

    /// Bytes behind a little-endian length of so many bytes.
    fn counted(&mut self, width: usize) -> Result<&'a [u8]> {
        let length = self.bytes(width as u64)?.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        self.bytes(length)
    }

    /// Bytes up to the end of the line.
    fn line(&mut self) -> Result<&'a [u8]> {
        let rest = self.src.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n');
        let length = length.ok_or_else(|| Error::data(format!("the pickle is cut off after {} bytes", self.src.len())))?;
        self.at += length + 1;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn line_number(&mut self) -> Result<u64> {
        let line = self.line()?;
        let number = std::str::from_utf8(line).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| Error::data("the number of a memo is none"))
    }
}

/// Bytes of the length in front of text and bytes.
fn width(opcode: u8) -> usize {
    match opcode {
        0x8c | b'C' => 1,
        b'X' | b'B' => 4,
        _ => 8,
    }
}

fn reserve<T>(values: &mut Vec<T>, n: usize) -> Result<()> {
    values.try_reserve(n).map_err(|_| Error::memory((n * size_of::<T>()) as u64))
}

fn pairs<'a>(values: &[Value<'a>], dict: &mut Vec<(Value<'a>, Value<'a>)>) -> Result<()> {
    let (pairs, odd) = values.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(Error::data("a key without a value"));
    }
    reserve(dict, pairs.len())?;
    dict.extend(pairs.iter().map(|[key, value]| (*key, *value)));
    Ok(())
}

/// A decimal integer, with `L` behind it or not; `00` and `01` are truth values.
fn integer<'a>(line: &[u8]) -> Result<Value<'a>> {
    match line {
        b"00" => return Ok(Value::Bool(false)),
        b"01" => return Ok(Value::Bool(true)),
        _ => {}
    }
    let digits = line.strip_suffix(b"L").unwrap_or(line);
    let unsigned = digits.strip_prefix(b"-").unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.iter().all(u8::is_ascii_digit) {
        return Err(Error::data("an integer that is none"));
    }
    let number = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
    Ok(number.map_or(Value::Huge, Value::Int))
}

/// A two's complement integer, lowest byte first.
fn long<'a>(bytes: &[u8]) -> Value<'a> {
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let mut wide = [fill; 16];
    let (low, high) = bytes.split_at(bytes.len().min(16));
    wide.iter_mut().zip(low).for_each(|(to, from)| *to = *from);
    let number = i128::from_le_bytes(wide);
    if high.iter().any(|byte| *byte != fill) || (number < 0) != negative { Value::Huge } else { Value::Int(number) }
}

fn float<'a>(line: &[u8]) -> Result<Value<'a>> {
    let number = std::str::from_utf8(line).ok().and_then(|text| text.parse().ok());
    number.map(Value::Float).ok_or_else(|| Error::data("a float that is none"))
}

fn unquoted(line: &[u8]) -> Result<&[u8]> {
    match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => Ok(inner),
        _ => Err(Error::data("a string without quotes")),
    }
}
