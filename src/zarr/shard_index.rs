//! The index of a shard: where its inner chunks lie. Its bytes come from anywhere.

use serde_json::{Value, json};

use super::codecs_v3::bytes_entry;
use super::json::{extension, shown};
use crate::core::config::wrong_type;
use crate::core::{ArrayRef, Call, Error, Kind, Layout, Result, Sink};
use crate::registry::{self, Instance};

/// Bytes of an entry: offset and size.
const ENTRY: usize = 16;

/// Byte range of an inner chunk in the shard, offset and size; `None` = not there.
pub type Entry = Option<(u64, u64)>;

/// How an index is stored.
pub struct IndexCodec {
    big_endian: bool,
    checksum: Option<Instance>,
    /// In front of the chunks instead of behind them.
    pub at_start: bool,
}

impl IndexCodec {
    /// Reads the list of codecs of the index: `bytes`, and `crc32c` or not.
    pub fn parse(list: Option<&Value>, at_start: bool, path: &str, ignored: &mut Vec<String>) -> Result<Self> {
        let default = json!([{"name": "bytes", "configuration": {"endian": "little"}}, "crc32c"]);
        let list = list.unwrap_or(&default);
        let Value::Array(list) = list else { return Err(wrong_type(path, "a list", list)) };
        let (mut big_endian, mut checksum) = (None, None);
        for (i, entry) in list.iter().enumerate() {
            let path = format!("{path}[{i}]");
            let (name, configuration) = extension(entry, &path, ignored)?;
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

    /// The list as it is written.
    pub fn entries(&self) -> Vec<Value> {
        let checksum = self.checksum.as_ref().map(|_| json!({"name": "crc32c"}));
        [bytes_entry(Some(self.big_endian))].into_iter().chain(checksum).collect()
    }

    /// Stored bytes of an index of `count` entries.
    pub fn nbytes(&self, count: usize) -> usize {
        count.saturating_mul(ENTRY).saturating_add(if self.checksum.is_some() { 4 } else { 0 })
    }

    /// The entries of a stored index, checked against each other and, where its size is known, against the shard.
    pub fn read(&self, stored: &[u8], count: usize, shard: Option<u64>, call: Call<'_>) -> Result<Vec<Entry>> {
        let needed = self.nbytes(count);
        if stored.len() != needed {
            return Err(Error::data(format!("{} bytes, the index of {count} inner chunks takes {needed}", stored.len())));
        }
        if shard.is_some_and(|shard| shard < needed as u64) {
            return Err(Error::data(format!("a shard of {} bytes, its index alone takes {needed}", shard.unwrap_or(0))));
        }
        let _charge = call.charge(count.saturating_mul(3 * size_of::<Entry>()))?;
        let mut plain = Sink::scratch(call);
        match &self.checksum {
            Some(codec) => drop(codec.decode(&ArrayRef::fixed(&Layout::bytes(stored.len()), stored)?, &mut plain)?),
            None => plain.write(stored)?,
        }
        let mut entries = reserved(count)?;
        entries.extend(plain.written().chunks_exact(ENTRY).map(|entry| self.entry(entry)));
        self.check(&entries, needed as u64, shard)?;
        Ok(entries)
    }

    fn entry(&self, bytes: &[u8]) -> Entry {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).unwrap_or([0xff; 8]);
            if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) }
        };
        Some((number(0), number(8))).filter(|entry| *entry != (u64::MAX, u64::MAX))
    }

    /// Every range inside the shard, none sharing bytes with another one or with the index, which has `own` bytes.
    fn check(&self, entries: &[Entry], own: u64, shard: Option<u64>) -> Result<()> {
        let (low, high) = match shard {
            _ if self.at_start => (own, shard.unwrap_or(u64::MAX)),
            Some(shard) => (0, shard - own),
            None => (0, u64::MAX),
        };
        let mut ranges = reserved(entries.len())?;
        for (i, entry) in entries.iter().enumerate() {
            let Some((from, n)) = *entry else { continue };
            let end = from.checked_add(n).filter(|end| *end <= shard.unwrap_or(u64::MAX));
            let end = end.ok_or_else(|| outside(from, n, shard).in_inner_chunk(i))?;
            if n > 0 && (from < low || end > high) {
                return Err(Error::data(format!("{n} bytes at byte {from} reach into the index of the shard")).in_inner_chunk(i));
            }
            ranges.push((from, n, i));
        }
        ranges.retain(|(_, n, _)| *n > 0);
        ranges.sort_unstable();
        let shared = ranges.windows(2).find_map(|pair| match pair {
            [(a, n, i), (b, _, j)] if a + n > *b => Some((*i, *j)),
            _ => None,
        });
        shared.map_or(Ok(()), |(i, j)| {
            let (first, second) = (i.min(j), i.max(j));
            Err(Error::data(format!("it shares bytes of the shard with inner chunk {first}")).in_inner_chunk(second))
        })
    }

    /// The stored form of an index.
    pub fn write(&self, entries: &[Entry], out: &mut Sink<'_>) -> Result<()> {
        let mut plain = out.call().scratch(entries.len().saturating_mul(ENTRY))?;
        for (room, entry) in plain.bytes.chunks_exact_mut(ENTRY).zip(entries) {
            let (from, n) = entry.unwrap_or((u64::MAX, u64::MAX));
            for (room, number) in room.chunks_exact_mut(8).zip([from, n]) {
                room.copy_from_slice(&if self.big_endian { number.to_be_bytes() } else { number.to_le_bytes() });
            }
        }
        match &self.checksum {
            Some(codec) => codec.encode(&ArrayRef::fixed(&Layout::bytes(plain.bytes.len()), &plain.bytes)?, out).map(drop),
            None => out.write(&plain.bytes),
        }
    }
}

fn outside(from: u64, n: u64, shard: Option<u64>) -> Error {
    let of = shard.map_or_else(|| "any shard".to_owned(), |shard| format!("the {shard} bytes of the shard"));
    Error::data(format!("{n} bytes at byte {from} are not inside {of}"))
}

/// An empty list with room for `count` items.
pub fn reserved<T>(count: usize) -> Result<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| Error::memory(count.saturating_mul(size_of::<T>()) as u64))?;
    Ok(list)
}
