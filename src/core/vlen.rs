//! The layout of the three `vlen-*` codecs: a 32-bit count, then each item behind its 32-bit length, all little endian.

use super::array::ArrayRef;
use super::call::Pace;
use super::error::{Error, Result};
use super::sink::Sink;
use super::text;
use crate::kernels::frames::{self, HEADER, Place};

/// Items moved between two calls of the caller's progress function.
const ITEMS: usize = 1 << 16;

/// Writes `count` items. `len` tells the length of an item, `fill` writes that many bytes.
pub fn encode(count: usize, out: &mut Sink<'_>, len: impl Fn(usize) -> Result<usize>, fill: impl Fn(usize, &mut [u8])) -> Result<()> {
    let header = u32::try_from(count).map_err(|_| Error::shape(format!("{count} items, the format holds at most {}", u32::MAX)))?;
    let mut total = HEADER;
    for i in 0..count {
        let more = len(i)?.checked_add(HEADER).and_then(|frame| total.checked_add(frame));
        total = more.ok_or_else(|| Error::memory(u64::MAX))?;
    }
    let call = out.call();
    let (first, mut rest) = split(out.take(total)?, HEADER);
    first.copy_from_slice(&header.to_le_bytes());
    let mut pace = Pace::default();
    for i in 0..count {
        let n = len(i)?;
        let length =
            u32::try_from(n).map_err(|_| Error::shape(format!("item {i} has {n} bytes, the format holds at most {}", u32::MAX)))?;
        let (first, tail) = split(rest, HEADER);
        first.copy_from_slice(&length.to_le_bytes());
        let (item, tail) = split(tail, n);
        fill(i, item);
        rest = tail;
        pace.step(&call, total - rest.len(), total)?;
    }
    Ok(())
}

/// Writes all items of an array.
pub fn encode_array(src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
    match src.flat() {
        Some((data, offsets)) if data.len() <= u32::MAX as usize && src.count() <= u32::MAX as usize => encode_flat(data, offsets, out),
        _ => encode_items(src.count(), out, |i| src.item(i)),
    }
}

fn encode_flat(data: &[u8], offsets: &[i64], out: &mut Sink<'_>) -> Result<()> {
    let (Some(first), Some(last), call) = (offsets.first(), offsets.last(), out.call()) else { return Ok(()) };
    let count = offsets.len() - 1;
    let total = HEADER * (count + 1) + (last - first) as usize;
    let (head, body) = split(out.take(total)?, HEADER);
    head.copy_from_slice(&(count as u32).to_le_bytes());
    let mut at = 0;
    for start in (0..count).step_by(ITEMS) {
        call.checkpoint(at as u64, total as u64)?;
        let offsets = offsets.get(start..=(start + ITEMS).min(count)).unwrap_or_default();
        at = frames::frame(data, offsets, body, at);
    }
    Ok(())
}

/// Writes `count` items that lie somewhere as bytes.
pub fn encode_items<'a>(count: usize, out: &mut Sink<'_>, item: impl Fn(usize) -> &'a [u8]) -> Result<()> {
    encode(count, out, |i| Ok(item(i).len()), |i, room| room.copy_from_slice(item(i)))
}

fn split(bytes: &mut [u8], at: usize) -> (&mut [u8], &mut [u8]) {
    bytes.split_at_mut(at.min(bytes.len()))
}

/// Reads all items into `out` and returns their number.
pub fn decode(src: &[u8], out: &mut Sink<'_>) -> Result<usize> {
    let count = Frames::new(src)?.left;
    out.begin_items(count)?;
    if decode_quickly(src, count, out)? {
        return Ok(count);
    }
    out.keep_items(0);
    checked(src, count, out, |_, _| Ok(()))
}

/// As [`decode`], for items that are text.
pub fn decode_text(src: &[u8], out: &mut Sink<'_>) -> Result<usize> {
    let start = out.len();
    let count = decode(src, out)?;
    let (bytes, offsets) = out.items();
    if !text::are_utf8(bytes, offsets) {
        out.retract(out.len() - start);
        out.keep_items(0);
        checked(src, count, out, text::check_utf8)?; // says which item it is
    }
    Ok(count)
}

/// Reads all items in one go, if nothing is odd: `false` tells that something is, or that there may be too little room.
fn decode_quickly(src: &[u8], count: usize, out: &mut Sink<'_>) -> Result<bool> {
    let (call, base) = (out.call(), out.len());
    let most = src.len() - HEADER * (count + 1);
    let Ok((room, ends)) = out.take_items(most) else { return Ok(false) };
    let mut at = Some(Place { from: HEADER, to: 0 });
    for start in (0..count).step_by(ITEMS) {
        let Some(place) = at else { break };
        call.checkpoint(place.from as u64, src.len() as u64)?;
        at = frames::unframe(src, room, place, ITEMS.min(count - start), base, ends);
    }
    let complete = at == Some(Place { from: src.len(), to: most });
    if !complete {
        out.retract(most);
    }
    Ok(complete)
}

/// As [`decode`], for items whose size must please `check`; it sees the number of each item and its bytes.
pub fn decode_checked(
    src: &[u8],
    out: &mut Sink<'_>,
    fits: impl Fn(usize) -> bool,
    check: impl Fn(usize, &[u8]) -> Result<()>,
) -> Result<usize> {
    let start = out.len();
    let count = decode(src, out)?;
    if !out.items().1.windows(2).all(|pair| matches!(pair, [from, end] if fits((end - from) as usize))) {
        out.retract(out.len() - start);
        out.keep_items(0);
        checked(src, count, out, check)?; // says which item it is
    }
    Ok(count)
}

fn checked(src: &[u8], count: usize, out: &mut Sink<'_>, check: impl Fn(usize, &[u8]) -> Result<()>) -> Result<usize> {
    let mut frames = Frames::new(src)?;
    let start = out.len();
    let mut end = start;
    while let Some(item) = frames.next() {
        let item = item?;
        check(count - frames.left - 1, item).map_err(|e| e.at(frames.at - item.len()))?;
        end += item.len();
        out.end_item_at(end)?;
    }
    if out.call().strict() && frames.at < src.len() {
        return Err(Error::data(format!("{} bytes follow the last item", src.len() - frames.at)).at(frames.at));
    }
    let call = out.call();
    let mut rest = out.take(end - start)?;
    let mut pace = Pace::default();
    for item in Frames::new(src)?.flatten() {
        let (room, tail) = split(rest, item.len());
        room.copy_from_slice(item);
        rest = tail;
        pace.step(&call, end - start - rest.len(), end - start)?;
    }
    Ok(count)
}

/// Number of items and sum of their lengths.
pub fn info(src: &[u8]) -> Result<(usize, u64)> {
    let frames = Frames::new(src)?;
    let count = frames.left;
    let mut total = 0;
    for item in frames {
        total += item?.len() as u64;
    }
    Ok((count, total))
}

/// The items of an encoded buffer, one after the other.
struct Frames<'a> {
    src: &'a [u8],
    at: usize,
    left: usize,
}

impl<'a> Frames<'a> {
    /// Reads the count, which the bytes present must be able to hold.
    fn new(src: &'a [u8]) -> Result<Self> {
        let count = number(src, 0).ok_or_else(|| Error::data(format!("{} bytes, the item count alone takes {HEADER}", src.len())))?;
        let most = (src.len() - HEADER) / HEADER;
        if count > most {
            return Err(Error::data(format!("{count} items are claimed, {} bytes hold at most {most}", src.len())).at(0));
        }
        Ok(Frames { src, at: HEADER, left: count })
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let start = self.at + HEADER;
        let item = number(self.src, self.at).and_then(|n| self.src.get(start..start.checked_add(n)?));
        let cut = || Error::data(format!("the input ends after {} bytes, in an item", self.src.len())).at(self.at);
        let item = item.ok_or_else(cut);
        match &item {
            Ok(bytes) => self.at = start + bytes.len(),
            Err(_) => self.left = 0,
        }
        Some(item)
    }
}

fn number(src: &[u8], at: usize) -> Option<usize> {
    let bytes = src.get(at..at.checked_add(HEADER)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::super::call::{Call, Limits};
    use super::*;

    fn encoded(items: &[&[u8]]) -> Vec<u8> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        encode_items(items.len(), &mut out, |i| items[i]).expect("encodes");
        out.into_parts().0
    }

    fn decoded(src: &[u8], strict: bool) -> Result<(Vec<u8>, Vec<i64>)> {
        let mut limits = Limits::new(Some(100), Some(1000));
        limits.strict = strict;
        let mut out = Sink::owned(Call::new(&limits, None));
        decode(src, &mut out)?;
        Ok(out.into_parts())
    }

    #[test]
    fn items_come_back_and_every_cut_is_an_error() {
        let items: [&[u8]; 4] = [b"a", b"", b"\xff", b"four"];
        let bytes = encoded(&items);
        assert_eq!(bytes, b"\x04\0\0\0\x01\0\0\0a\0\0\0\0\x01\0\0\0\xff\x04\0\0\0four");
        assert_eq!(decoded(&bytes, true).ok(), Some((b"a\xfffour".to_vec(), vec![0, 1, 1, 2, 6])));
        for cut in 0..bytes.len() {
            assert!(decoded(&bytes[..cut], false).is_err(), "cut to {cut}");
        }
    }

    #[test]
    fn claims_are_not_believed() {
        let huge_count = decoded(b"\xff\xff\xff\xff\x01\0\0\0a", false).expect_err("count");
        assert_eq!(huge_count.details().offset, Some(0));
        let one_more = decoded(b"\x02\0\0\0\0\0\0\0", false).expect_err("count");
        assert_eq!(one_more.details().offset, Some(0));
        let huge_item = decoded(b"\x02\0\0\0\0\0\0\0\xff\xff\xff\xffab", false).expect_err("length");
        assert_eq!(huge_item.details().offset, Some(8));
    }

    #[test]
    fn trailing_bytes_are_refused_in_strict_mode_only() {
        let mut bytes = encoded(&[b"ab"]);
        bytes.push(0);
        assert!(decoded(&bytes, false).is_ok());
        assert_eq!(decoded(&bytes, true).expect_err("trailing").details().offset, Some(10));
    }
}
