//! NumPy's fixed-width text (`U`: UTF-32 with NUL padding) as UTF-8, and the other way round.

use super::array::ArrayRef;
use super::error::{Error, Result};

/// Whether item `i` is UTF-8; the error tells where not.
pub fn check_utf8(i: usize, item: &[u8]) -> Result<()> {
    match std::str::from_utf8(item) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::data(format!("item {i} is not UTF-8 from its byte {} on", error.valid_up_to()))),
    }
}

/// Whether all items between the offsets are UTF-8: the block as a whole, and no offset inside a character.
pub fn are_utf8(bytes: &[u8], offsets: &[i64]) -> bool {
    let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) else { return true };
    let block = bytes.get(first as usize..last as usize).unwrap_or_default();
    let Ok(text) = simdutf8::basic::from_utf8(block) else { return false };
    text.is_ascii() || offsets.iter().all(|offset| text.is_char_boundary((offset - first) as usize))
}

/// Whether all items of an array are UTF-8; the error tells which one is not.
pub fn check_items(src: &ArrayRef<'_>) -> Result<()> {
    match src.flat() {
        Some((bytes, offsets)) if are_utf8(bytes, offsets) => Ok(()),
        _ => (0..src.count()).try_for_each(|i| check_utf8(i, src.item(i))),
    }
}

/// Code points of one `U` item without its trailing NULs.
pub fn code_points(item: &[u8], big_endian: bool) -> impl Iterator<Item = u32> + '_ {
    let padding = item.rchunks_exact(4).take_while(|unit| unit.iter().all(|byte| *byte == 0)).count();
    let units = item.get(..item.len() - 4 * padding).unwrap_or_default();
    units.chunks_exact(4).map(move |unit| {
        let unit = <[u8; 4]>::try_from(unit).unwrap_or_default();
        if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) }
    })
}

/// The character of a code point; surrogates and values above U+10FFFF are none.
pub fn character(point: u32) -> Result<char> {
    char::from_u32(point).ok_or_else(|| Error::data(format!("code point {point:#x} cannot be written as UTF-8")))
}

/// Writes characters as UTF-8 to the front of `dst`, which is long enough.
pub fn fill_utf8(characters: impl Iterator<Item = char>, dst: &mut [u8]) {
    let mut at = 0;
    for character in characters {
        let end = at + character.len_utf8();
        if let Some(room) = dst.get_mut(at..end) {
            character.encode_utf8(room);
        }
        at = end;
    }
}

/// A code point below 0x110000 as UTF-8, a surrogate as the three bytes that UTF-8 would give it.
pub fn point_bytes(point: u32, room: &mut [u8; 4]) -> &[u8] {
    match char::from_u32(point) {
        Some(character) => character.encode_utf8(room).as_bytes(),
        None => {
            *room = [0xe0 | (point >> 12 & 0x0f) as u8, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8, 0];
            room.get(..3).unwrap_or_default()
        }
    }
}

/// Appends a code point as [`point_bytes`] gives it.
pub fn push_point(point: u32, to: &mut Vec<u8>) -> Result<()> {
    if point > u32::from(char::MAX) {
        return Err(Error::data(format!("code point {point:#x} is above U+10FFFF")));
    }
    to.try_reserve(4).map_err(|_| Error::memory(4))?;
    to.extend_from_slice(point_bytes(point, &mut [0; 4]));
    Ok(())
}

/// The first code point of UTF-8 in which surrogates may stand as three bytes, and its length. The text is known to be whole.
pub fn first_point(text: &[u8]) -> Option<(u32, usize)> {
    let first = *text.first()?;
    let (len, bits) = match first {
        0..0x80 => (1, u32::from(first)),
        0x80..0xe0 => (2, u32::from(first & 0x1f)),
        0xe0..0xf0 => (3, u32::from(first & 0x0f)),
        _ => (4, u32::from(first & 0x07)),
    };
    let rest = text.get(1..len)?;
    Some((rest.iter().fold(bits, |bits, byte| bits << 6 | u32::from(byte & 0x3f)), len))
}

/// Writes text to a `U` item: what does not fit is cut, the rest is filled with NULs.
pub fn fill_utf32(mut text: &[u8], big_endian: bool, item: &mut [u8]) {
    for unit in item.chunks_exact_mut(4) {
        let (point, len) = first_point(text).unwrap_or_default();
        text = text.get(len..).unwrap_or_default();
        unit.copy_from_slice(&if big_endian { point.to_be_bytes() } else { point.to_le_bytes() });
    }
}

/// An item without its trailing NULs, as NumPy takes `S` items.
pub fn trim_nuls(item: &[u8]) -> &[u8] {
    let end = item.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    item.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_goes_and_inner_nuls_stay() {
        let item = [b'a', 0, 0, 0, 0, 0, 0, 0, b'b', 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(code_points(&item, false).collect::<Vec<_>>(), [97, 0, 98]);
        assert_eq!(code_points(&[0, 0, 0x65, 0xe5], true).collect::<Vec<_>>(), [0x65e5]);
        assert_eq!((trim_nuls(b"a\0b\0\0"), trim_nuls(b"\0\0")), (&b"a\0b"[..], &b""[..]));
    }

    #[test]
    fn points_survive_the_way_through_utf8() {
        for point in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdfff, 0xffff, 0x10000, 0x10ffff] {
            let mut text = Vec::new();
            push_point(point, &mut text).expect("a code point");
            assert_eq!(first_point(&text), Some((point, text.len())));
        }
        assert!(push_point(0x110000, &mut Vec::new()).is_err());
    }

    #[test]
    fn surrogates_are_no_characters() {
        assert!(character(0xd800).is_err());
        assert!(character(0x110000).is_err());
        assert_eq!(character(0x1f4a9).ok(), Some('💩'));
    }
}
