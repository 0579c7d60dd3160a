//! Finds what JSON strings must escape, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of every byte.
pub const HIGH: u64 = 0x8080_8080_8080_8080;

/// The highest bit of every byte that is zero; above the first such byte there may be others.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The highest bit of every quote, backslash and control character; above the first such byte there may be others.
#[inline(always)]
fn special(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    control | zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64))
}

/// Whether eight bytes are printable ASCII without quotes and backslashes.
#[inline(always)]
pub fn is_plain_word(word: u64) -> bool {
    special(word) | (word & HIGH) | zeros(word ^ (ONES * 0x7f)) == 0
}

/// Place of the first quote, backslash or control character of 16 bytes; 16 where there is none.
#[inline(always)]
pub fn first_special(bytes: &[u8; 16]) -> usize {
    let both = u128::from_le_bytes(*bytes);
    let (low, high) = (special(both as u64), special((both >> 64) as u64));
    if low != 0 { low.trailing_zeros() as usize / 8 } else { 8 + high.trailing_zeros() as usize / 8 }
}

/// Bytes in front of the first quote, backslash or control character.
#[inline]
pub fn unescaped(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return 8 * i + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    8 * words.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// Whether all bytes are printable ASCII without quotes and backslashes.
#[inline]
pub fn is_plain(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [b' '; 8];
    super::copy::short(rest, last.get_mut(..rest.len()).unwrap_or_default());
    words.iter().chain([&last]).all(|word| is_plain_word(u64::from_le_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_at_every_place() {
        for n in 0..40 {
            for byte in 0..=255u8 {
                for at in 0..n {
                    let mut text = vec![b'x'; n];
                    text[at] = byte;
                    let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                    assert_eq!(unescaped(&text), if special { at } else { n }, "{byte:#x} at {at} of {n}");
                    assert_eq!(is_plain(&text), !special && byte < 0x7f, "{byte:#x} at {at} of {n}");
                }
            }
        }
    }
}
