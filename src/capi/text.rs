//! Fills the caller's error record: printable text, cut between characters.

use std::ffi::c_char;

use super::types::nc_error;
use crate::core::error::Error;

/// Everything as after a success.
pub fn clear(record: &mut nc_error) {
    record.code = 0;
    record.stage = -1;
    record.index = -1;
    record.offset = -1;
    record.needed = 0;
    for text in [&mut record.codec[..1], &mut record.path[..1], &mut record.message[..1]] {
        text.fill(0);
    }
}

/// Everything an error tells.
pub fn fill(record: &mut nc_error, error: &Error) {
    clear(record);
    let details = error.details();
    record.code = details.kind as i32;
    record.stage = details.stage.map_or(-1, |stage| stage as i32);
    record.index = details.inner.map_or(-1, |number| number as i64);
    record.offset = details.offset.map_or(-1, |offset| offset as i64);
    record.needed = details.needed.unwrap_or(0);
    put(&mut record.codec, &details.codec);
    put(&mut record.path, &details.path);
    put(&mut record.message, &details.message);
}

/// Writes `text` with NUL behind it; control characters are escaped, what does not fit is cut.
pub fn put(field: &mut [c_char], text: &str) {
    field.fill(0);
    let room = field.len().saturating_sub(1);
    let mut at = 0;
    for c in text.chars() {
        let mut buffer = [0; 4];
        let escaped = c.is_control().then(|| c.escape_unicode().to_string());
        let piece = escaped.as_deref().unwrap_or_else(|| c.encode_utf8(&mut buffer));
        let Some(to) = field.get_mut(at..at + piece.len()).filter(|_| at + piece.len() <= room) else { return };
        to.iter_mut().zip(piece.bytes()).for_each(|(to, byte)| *to = byte as c_char);
        at += piece.len();
    }
}

/// Reads text of the caller up to the first NUL; bytes that are not UTF-8 are replaced.
pub fn get(field: &[c_char]) -> String {
    let bytes: Vec<u8> = field.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_cut_between_characters() {
        let mut field = [1 as c_char; 8];
        put(&mut field, "a\nb");
        assert_eq!(get(&field), "a\\u{a}b");
        put(&mut field, "äöüßä");
        assert_eq!(get(&field), "äöü");
        put(&mut field, "1234567890");
        assert_eq!(get(&field), "1234567");
    }
}
