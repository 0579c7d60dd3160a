//! NumPy's fixed-width text (`U`: UTF-32 with NUL padding) as UTF-8, and the other way round.

use super::error::{Error, Result};

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
    fn surrogates_are_no_characters() {
        assert!(character(0xd800).is_err());
        assert!(character(0x110000).is_err());
        assert_eq!(character(0x1f4a9).ok(), Some('💩'));
    }
}
