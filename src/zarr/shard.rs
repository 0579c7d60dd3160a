//! `sharding_indexed`: chunks inside of a chunk, found through an index.

use serde_json::{Value, json};

use super::fill::Fill;
use super::json::shown;
use super::v3::extension;
use crate::core::config::wrong_type;
use crate::core::sink::Fixed;
use crate::core::{ArrayRef, Codec, Error, Items, Kind, Layout, Order, Result, Sink, convert};
use crate::registry::{self, Instance};

/// Bytes of an entry of the index: offset and size.
const ENTRY: usize = 16;

/// How the index is stored.
pub struct IndexCodec {
    big_endian: bool,
    checksum: Option<Instance>,
    /// In front of the chunks instead of behind them.
    pub at_start: bool,
}

/// Codec of a whole shard.
pub struct Shard {
    /// The decoded shard, in C order.
    pub chunk: Layout,
    /// A decoded inner chunk, in C order.
    pub inner: Layout,
    /// What an inner chunk goes through.
    pub codec: Instance,
    /// The index.
    pub index: IndexCodec,
    /// Of inner chunks that are not there.
    pub fill: Fill,
}

impl IndexCodec {
    /// Reads the list of codecs of the index: `bytes`, and `crc32c` or not.
    pub fn parse(list: Option<&Value>, at_start: bool, path: &str) -> Result<Self> {
        let default = json!([{"name": "bytes", "configuration": {"endian": "little"}}, "crc32c"]);
        let list = list.unwrap_or(&default);
        let Value::Array(list) = list else { return Err(wrong_type(path, "a list", list)) };
        let (mut big_endian, mut checksum) = (None, None);
        for (i, entry) in list.iter().enumerate() {
            let path = format!("{path}[{i}]");
            let (name, configuration) = extension(entry, &path)?;
            match (name, configuration.get("endian").and_then(Value::as_str)) {
                ("bytes", Some("little")) if i == 0 => big_endian = Some(false),
                ("bytes", Some("big")) if i == 0 => big_endian = Some(true),
                ("crc32c" | "numcodecs.crc32c", _) if i == 1 => checksum = Some(registry::from_value(&json!({"id": "crc32c"}), None)?),
                _ => {
                    let text = format!("an index is stored through \"bytes\" and \"crc32c\", not {}", shown(entry));
                    return Err(Error::config(path, text).with_kind(Kind::Unsupported));
                }
            }
        }
        let big_endian = big_endian.ok_or_else(|| Error::config(path, "the index needs the codec \"bytes\""))?;
        Ok(IndexCodec { big_endian, checksum, at_start })
    }

    /// Stored bytes of an index of `count` entries.
    pub fn nbytes(&self, count: usize) -> usize {
        count.saturating_mul(ENTRY).saturating_add(if self.checksum.is_some() { 4 } else { 0 })
    }

    /// The entries of the index stored at byte `at`, checked against the shard and against each other; `None` = not there.
    fn read(&self, stored: &[u8], at: usize, shard: usize, out: &Sink<'_>) -> Result<Vec<Option<(usize, usize)>>> {
        let mut plain = Sink::scratch(out.call());
        match &self.checksum {
            Some(codec) => drop(codec.decode(&ArrayRef::fixed(&Layout::bytes(stored.len()), stored)?, &mut plain)?),
            None => plain.write(stored)?,
        }
        let entries: Vec<_> = plain.written().chunks_exact(ENTRY).map(|entry| self.entry(entry)).collect();
        let mut ranges = vec![(at as u64, stored.len() as u64)];
        for (i, entry) in entries.iter().enumerate() {
            let inside = |(from, n): &(u64, u64)| from.checked_add(*n).is_some_and(|end| end <= shard as u64);
            match entry {
                Some(range) if !inside(range) => {
                    return Err(Error::data(format!("inner chunk {i} is not inside the {shard} bytes of the shard")));
                }
                Some((from, n)) if *n > 0 => ranges.push((*from, *n)),
                _ => (),
            }
        }
        ranges.sort_unstable();
        if ranges.windows(2).any(|pair| matches!(pair, [(a, n), (b, _)] if a + n > *b)) {
            return Err(Error::data("two inner chunks, or one and the index, share bytes of the shard"));
        }
        Ok(entries.into_iter().map(|entry| entry.map(|(from, n)| (from as usize, n as usize))).collect())
    }

    fn entry(&self, bytes: &[u8]) -> Option<(u64, u64)> {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).unwrap_or([0xff; 8]);
            if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) }
        };
        Some((number(0), number(8))).filter(|entry| *entry != (u64::MAX, u64::MAX))
    }

    /// The stored form of an index.
    fn write(&self, entries: &[(u64, u64)], out: &mut Sink<'_>) -> Result<()> {
        let numbers = entries.iter().flat_map(|(from, n)| [*from, *n]);
        let plain: Vec<u8> = numbers.flat_map(|n| if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }).collect();
        match &self.checksum {
            Some(codec) => codec.encode(&ArrayRef::fixed(&Layout::bytes(plain.len()), &plain)?, out).map(drop),
            None => out.write(&plain),
        }
    }
}

impl Shard {
    fn count(&self) -> usize {
        self.chunk.shape().iter().zip(self.inner.shape()).map(|(n, inner)| n / inner.max(&1)).product()
    }

    /// Inner chunk `i` of the grid, in C order: its layout over the memory of the shard, and the byte where it begins.
    fn part(&self, i: usize) -> Result<(Layout, usize)> {
        let strides = self.chunk.strides();
        let (mut left, mut first) = (i, 0);
        for ((n, inner), stride) in self.chunk.shape().iter().zip(self.inner.shape()).zip(&strides).rev() {
            let grid = (n / inner.max(&1)).max(1);
            first += left % grid * inner * stride;
            left /= grid;
        }
        Layout::new(self.chunk.dtype, Items::Fixed, self.inner.shape(), Some(&strides), Order::Strided).map(|part| (part, first))
    }

    /// Whether an inner chunk holds nothing but fill value, and so need not be stored.
    fn is_empty(&self, bytes: &[u8]) -> bool {
        self.fill.defined && !self.fill.item.is_empty() && bytes.chunks_exact(self.fill.item.len()).all(|item| item == self.fill.item)
    }
}

impl Codec for Shard {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = ArrayRef::fixed(&self.chunk, src.bytes()?)?.bytes()?;
        let (base, call, count) = (out.len(), out.call(), self.count());
        if self.index.at_start {
            out.take(self.index.nbytes(count))?;
        }
        let mut aside = call.scratch(self.inner.nbytes())?;
        let mut entries = Vec::new();
        for i in 0..count {
            call.checkpoint(i as u64, count as u64)?;
            let (part, first) = self.part(i)?;
            convert::copy(src.get(first..).unwrap_or_default(), &part, &mut aside.bytes, &self.inner)?;
            if self.is_empty(&aside.bytes) {
                entries.push((u64::MAX, u64::MAX));
                continue;
            }
            let from = out.len();
            self.codec.encode(&ArrayRef::fixed(&self.inner, &aside.bytes)?, out)?;
            entries.push(((from - base) as u64, (out.len() - from) as u64));
        }
        if self.index.at_start {
            let mut index = Sink::scratch(call);
            self.index.write(&entries, &mut index)?;
            let room = out.written().get_mut(base..).unwrap_or_default();
            room.iter_mut().zip(index.written()).for_each(|(to, from)| *to = *from);
        } else {
            self.index.write(&entries, out)?;
        }
        Ok(Layout::bytes(out.len() - base))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (src, call, count) = (src.bytes()?, out.call(), self.count());
        let size = self.index.nbytes(count);
        let behind = src.len().checked_sub(size);
        let behind = behind.ok_or_else(|| Error::data(format!("{} bytes, the index of the shard alone takes {size}", src.len())))?;
        let at = if self.index.at_start { 0 } else { behind };
        let entries = self.index.read(src.get(at..at + size).unwrap_or_default(), at, src.len(), out)?;
        let mut aside = call.scratch(self.inner.nbytes())?;
        let dst = out.take(self.chunk.nbytes())?;
        for (i, entry) in entries.into_iter().enumerate() {
            call.checkpoint(i as u64, count as u64)?;
            let (part, first) = self.part(i)?;
            let room = dst.get_mut(first..).unwrap_or_default();
            let Some((from, n)) = entry else {
                self.fill.write(&self.chunk, &part, room)?;
                continue;
            };
            let bytes = src.get(from..from + n).unwrap_or_default();
            let mut memory = Fixed(&mut aside.bytes);
            let known = self.codec.decode(&ArrayRef::fixed(&Layout::bytes(n), bytes)?, &mut Sink::within(call, &mut memory));
            let known = known.map_err(|error| too_long(error, self.inner.nbytes()))?;
            convert::copy(&aside.bytes, &known, room, &part)?;
        }
        Ok(self.chunk.clone())
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        let inner = self.codec.encoded_bound(&self.inner)?.checked_mul(self.count() as u64)?;
        inner.checked_add(self.index.nbytes(self.count()) as u64)
    }

    fn concurrent(&self) -> bool {
        self.codec.concurrent()
    }

    fn lossy(&self) -> bool {
        self.codec.lossy()
    }
}

/// The error of an inner chunk that outgrows the memory for it.
fn too_long(error: Error, nbytes: usize) -> Error {
    match error.kind() {
        Kind::Space => Error::shape(format!("an inner chunk decodes to more than the {nbytes} bytes of its layout")),
        _ => error,
    }
}
