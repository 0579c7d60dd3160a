//! Short strings written and read many at a time, each as one word of 16 bytes: JSON strings without escapes, and MessagePack text.
//!
//! Every function stops at the first string that is long, odd or at the edge of its memory, and says how far it got.

use super::text::{HIGH, first_special, is_plain_word};

/// Bytes of a short string at the most.
const SHORT: usize = 16;
/// Bytes of a separator at the most.
const SEPARATOR: usize = 8;

/// How far a function got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Strings.
    pub items: usize,
    /// Bytes read.
    pub read: usize,
    /// Bytes written.
    pub written: usize,
}

/// The strings between `offsets`, as far as they are short.
fn short_items<'a>(data: &'a [u8], offsets: &'a [i64]) -> impl Iterator<Item = (&'a [u8; SHORT], usize)> {
    offsets.windows(2).map_while(|pair| {
        let &[from, end] = pair else { return None };
        let n = (end - from) as usize;
        let window = data.get(from as usize..)?.first_chunk()?;
        (n <= SHORT).then_some((window, n))
    })
}

/// The two words of a window, blanks behind its first `n` bytes.
#[inline(always)]
fn words(window: &[u8; SHORT], n: usize) -> [u64; 2] {
    const BLANKS: u128 = u128::from_ne_bytes([b' '; SHORT]);
    let keep = if n < SHORT { (1 << (8 * n)) - 1 } else { u128::MAX };
    let both = (u128::from_le_bytes(*window) & keep) | (BLANKS & !keep);
    [both as u64, (both >> 64) as u64]
}

/// Writes strings in quotes, each behind `separator`; only those that need no escape in ASCII.
pub fn quote(data: &[u8], offsets: &[i64], separator: &[u8], dst: &mut [u8]) -> Done {
    let mut between = [0; SEPARATOR];
    let start = separator.len();
    let Some(to) = between.get_mut(..start) else { return Done::default() };
    to.copy_from_slice(separator);
    let mut done = Done::default();
    for (window, n) in short_items(data, offsets) {
        let [low, high] = words(window, n);
        let Some(room) = dst.get_mut(done.written..).and_then(<[u8]>::first_chunk_mut::<{ 2 * SHORT }>) else { break };
        if !is_plain_word(low) || !is_plain_word(high) {
            break;
        }
        put(room, 0, &between);
        put(room, start, b"\"");
        put(room, start + 1, window);
        put(room, start + 1 + n, b"\"");
        done = Done { items: done.items + 1, read: done.read + n, written: done.written + start + n + 2 };
    }
    done
}

#[inline(always)]
fn put<const N: usize>(room: &mut [u8; 2 * SHORT], at: usize, bytes: &[u8; N]) {
    if let Some(to) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *to = *bytes;
    }
}

/// Writes strings as MessagePack text. They are known to be UTF-8.
pub fn pack_text(data: &[u8], offsets: &[i64], dst: &mut [u8]) -> Done {
    let mut done = Done::default();
    for (window, n) in short_items(data, offsets) {
        let Some([head, body @ ..]) = dst.get_mut(done.written..).and_then(<[u8]>::first_chunk_mut::<{ SHORT + 1 }>) else { break };
        *head = 0xa0 | n as u8;
        body.copy_from_slice(window);
        done = Done { items: done.items + 1, read: done.read + n, written: done.written + n + 1 };
    }
    done
}

/// Copies up to `count` strings in quotes, between which stand commas and nothing else, as they are. Puts their ends, counted from
/// `base`, into `ends`. What was read ends with a string.
pub fn quoted(text: &[u8], count: usize, dst: &mut [u8], base: usize, ends: &mut Vec<i64>) -> Done {
    let mut done = Done::default();
    while done.items < count {
        let comma = usize::from(done.items > 0);
        let rest = text.get(done.read..).unwrap_or_default();
        let Some(rest) = (if comma == 1 { rest.strip_prefix(b",") } else { Some(rest) }) else { break };
        let Some(window @ [quote, inside @ ..]) = rest.first_chunk::<{ 2 * SHORT }>() else { break };
        let Some(room) = dst.get_mut(done.written..).and_then(<[u8]>::first_chunk_mut) else { break };
        let n = inside.first_chunk().map_or(SHORT, first_special);
        if *quote != b'"' || n == SHORT || inside.get(n) != Some(&b'"') {
            break;
        }
        *room = *window;
        done = Done { items: done.items + 1, read: done.read + comma + n + 2, written: done.written + n + 2 };
        ends.push((base + done.written) as i64);
    }
    done
}

/// Copies up to `count` MessagePack texts of ASCII as they are. Puts their ends, counted from `base`, into `ends`.
pub fn packed_text(src: &[u8], count: usize, dst: &mut [u8], base: usize, ends: &mut Vec<i64>) -> Done {
    let mut done = Done::default();
    while done.items < count {
        let Some(window) = src.get(done.read..).and_then(<[u8]>::first_chunk::<{ SHORT + 1 }>) else { break };
        let Some(room) = dst.get_mut(done.written..).and_then(<[u8]>::first_chunk_mut::<{ SHORT + 1 }>) else { break };
        let [head, body @ ..] = window;
        let n = usize::from(head ^ 0xa0);
        if n > SHORT || words(body, n).iter().any(|word| word & HIGH != 0) {
            break;
        }
        *room = *window;
        done = Done { items: done.items + 1, read: done.read + n + 1, written: done.written + n + 1 };
        ends.push((base + done.written) as i64);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 8] = ["a", "", "seven--", "eight---", "nine-----", "sixteen---------", "seventeen--------", "o\"o"];

    fn items(words: &[&str], spare: usize) -> (Vec<u8>, Vec<i64>) {
        let mut data = words.concat().into_bytes();
        let ends = words.iter().scan(0, |end, word| {
            *end += word.len() as i64;
            Some(*end)
        });
        let offsets = [0].into_iter().chain(ends).collect();
        data.resize(data.len() + spare, b'\n');
        (data, offsets)
    }

    #[test]
    fn short_strings_are_written_and_read_as_they_are() {
        let (data, offsets) = items(&WORDS, 20);
        let mut json = [0; 200];
        let done = quote(&data, &offsets, b", ", &mut json);
        let wanted: String = WORDS[..6].iter().map(|word| format!(", \"{word}\"")).collect();
        assert_eq!((done.items, &json[..done.written]), (6, wanted.as_bytes()));
        let text = [wanted.replace(", ", ",").trim_start_matches(','), ",\"x\\n\"                                "].concat();
        let (mut back, mut ends) = ([0; 200], Vec::new());
        let done = quoted(text.as_bytes(), 99, &mut back, 5, &mut ends);
        assert_eq!(
            (done.items, &back[..done.written]),
            (5, &b"\"a\"\"\"\"seven--\"\"eight---\"\"nine-----\""[..]),
            "sixteen leave no room for the quote"
        );
        assert_eq!((ends, text.as_bytes()[done.read]), (vec![8, 10, 19, 29, 40], b','));
        assert_eq!(quoted(text.as_bytes(), 2, &mut back, 0, &mut Vec::new()).items, 2);
        let mut pack = [0; 200];
        let done = pack_text(&data, &offsets, &mut pack);
        assert_eq!((done.items, &pack[..11]), (6, &b"\xa1a\xa0\xa7seven--"[..]));
        let again = packed_text(&pack, 6, &mut back, 0, &mut Vec::new());
        assert_eq!((again, &back[..again.written]), (done.with_read(done.written), &pack[..done.written]));
    }

    impl Done {
        fn with_read(self, read: usize) -> Done {
            Done { read, ..self }
        }
    }

    #[test]
    fn nothing_odd_is_taken() {
        for odd in ["\u{7f}", "é", "\n", "\\", "\""] {
            let (data, offsets) = items(&["ab", odd, "cd"], 20);
            assert_eq!(quote(&data, &offsets, b",", &mut [0; 200]).items, 1, "{odd:?}");
        }
        for text in ["\"a\\\"b\"", "\"a\nb\"", "1", " \"a\"", "\"a"] {
            let text = [text, "                                        "].concat();
            assert_eq!(quoted(text.as_bytes(), 1, &mut [0; 99], 0, &mut Vec::new()).items, 0, "{text}");
        }
        for src in [&b"\xa2\xc3\xa9"[..], b"\x92ab", b"\xc4\x01a", b"\xb1", b"\x01"] {
            let src = [src, &[0; 40]].concat();
            assert_eq!(packed_text(&src, 1, &mut [0; 99], 0, &mut Vec::new()).items, 0, "{src:?}");
        }
    }

    #[test]
    fn the_edges_of_memory_are_kept() {
        let (data, offsets) = items(&["abc"; 50], 0);
        for room in 0..300 {
            let mut dst = vec![0; room];
            assert!(quote(&data, &offsets, b",", &mut dst).written <= room);
            assert!(pack_text(&data, &offsets, &mut dst).written <= room);
        }
        assert!(quote(&data, &offsets, b"123456789", &mut [0; 500]).items == 0);
        assert!(quote(&data, &offsets, b",", &mut [0; 500]).items < 50, "the last ones have no window");
    }
}
