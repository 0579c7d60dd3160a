//! `base64`: standard alphabet, padded. Decoding is as lenient as Python's `b64decode`; strict mode takes clean text only.
#![forbid(unsafe_code)]

use base64_simd::{AsOut, STANDARD};

use crate::core::codec::Info;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Layout, Result, Sink};
use crate::kernels::base64;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "base64", make };

struct Base64;

/// Input of one step: whole groups of three bytes and of four symbols.
const PIECE: usize = 3 << 18;
/// Symbols checked and then decoded at a time: whole groups, little enough for the first cache.
const CHECKED: usize = 16 << 10;

fn make(_: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Base64))
}

impl Codec for Base64 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let call = out.call();
        let total = STANDARD.encoded_length(src.len());
        let dst = out.take(total)?;
        for (i, (from, to)) in src.chunks(PIECE).zip(dst.chunks_mut(PIECE / 3 * 4)).enumerate() {
            call.checkpoint((i * PIECE) as u64, src.len() as u64)?;
            let done = base64::encode(from, to);
            if let (Some(from), Some(to)) = (from.get(done..), to.get_mut(done / 3 * 4..)) {
                let _ = STANDARD.encode(from, to.as_out());
            }
        }
        Ok(Layout::bytes(total))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        out.call().checkpoint(0, src.len() as u64)?;
        if !decode_clean(src, out) {
            if out.call().strict() && STANDARD.check(src).is_err() {
                return Err(unclean(src));
            }
            let total = lenient_length(src)?;
            let mut dst = out.take(total)?.iter_mut();
            lenient(src, |byte| {
                if let Some(to) = dst.next() {
                    *to = byte;
                }
            })?;
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some((src.nbytes() as u64).div_ceil(3) * 4)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        Ok(Info::nbytes(lenient_length(src)? as u64))
    }
}

/// Decodes text without anything odd in it. `false`: there is, or the room is too small; then nothing counts as written.
fn decode_clean(src: &[u8], out: &mut Sink<'_>) -> bool {
    let Ok(total) = STANDARD.decoded_length(src) else { return false };
    let Ok(dst) = out.take(total) else { return false };
    // A piece is checked before it is decoded: memory behind a result that turns out shorter belongs to the caller.
    let done = base64::decode(src, dst);
    let (rest, room) = (src.get(done..).unwrap_or_default(), dst.get_mut(done / 4 * 3..).unwrap_or_default());
    let clean = rest.chunks(CHECKED).zip(room.chunks_mut(CHECKED / 4 * 3)).all(|(from, to)| {
        STANDARD.check(from).is_ok()
            && STANDARD.decoded_length(from).is_ok_and(|n| n == to.len())
            && STANDARD.decode(from, to.as_out()).is_ok()
    });
    if !clean {
        out.retract(total);
    }
    clean
}

fn lenient_length(src: &[u8]) -> Result<usize> {
    let mut total = 0;
    lenient(src, |_| total += 1)?;
    Ok(total)
}

/// What Python does: bytes outside the alphabet are skipped, the first complete padding ends the text, pad bits do not matter.
fn lenient(src: &[u8], mut put: impl FnMut(u8)) -> Result<()> {
    let (mut bits, mut symbols, mut pads) = (0u32, 0usize, 0);
    for &byte in src {
        if byte == b'=' {
            if symbols % 4 >= 2 {
                pads += 1;
                if symbols % 4 + pads == 4 {
                    return Ok(());
                }
            }
            continue;
        }
        let Some(value) = symbol(byte) else { continue };
        pads = 0;
        bits = bits << 6 | value;
        match symbols % 4 {
            0 => {}
            1 => put((bits >> 4) as u8),
            2 => put((bits >> 2) as u8),
            _ => put(bits as u8),
        }
        symbols += 1;
    }
    match symbols % 4 {
        0 => Ok(()),
        1 => Err(Error::data(format!("{symbols} base64 symbols: the last group has one only")).at(src.len())),
        _ => Err(Error::data("the base64 text ends without its padding").at(src.len())),
    }
}

fn symbol(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// The strict error, with the place of the first foreign byte where that is the reason.
fn unclean(src: &[u8]) -> Error {
    match src.iter().position(|&byte| symbol(byte).is_none() && byte != b'=') {
        Some(at) => Error::data("a byte outside the base64 alphabet").at(at),
        None => Error::data("base64 padding is missing, misplaced or not of zero bits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Kind;
    use crate::core::call::{Call, Limits};
    use crate::core::sink::Fixed;

    fn decode(text: &[u8], strict: bool) -> Result<Vec<u8>> {
        let mut limits = Limits::default();
        limits.strict = strict;
        let mut out = Sink::owned(Call::new(&limits, None));
        let layout = Layout::bytes(text.len());
        Base64.decode(&ArrayRef::fixed(&layout, text)?, &mut out)?;
        Ok(out.into_parts().0)
    }

    fn encode(data: &[u8]) -> Vec<u8> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        let layout = Layout::bytes(data.len());
        Base64.encode(&ArrayRef::fixed(&layout, data).unwrap(), &mut out).unwrap();
        out.into_parts().0
    }

    #[test]
    fn comes_back_across_pieces() {
        assert_eq!(encode(b"\xfb\xef\xbe\xff"), b"++++/w==");
        for n in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 2] {
            let data: Vec<u8> = (0..n).map(|i| (i * 7 + i / 256) as u8).collect();
            let text = encode(&data);
            assert_eq!(text, STANDARD.encode_type::<Vec<u8>>(&data));
            assert!(decode(&text, true).is_ok_and(|back| back == data), "{n} bytes");
        }
    }

    #[test]
    fn odd_text_decodes_as_in_python_and_not_in_strict_mode() {
        for (text, data) in [
            (&b"aGVs\nbG8=\n"[..], &b"hello"[..]),
            (b"aG!!Vs bG8=", b"hello"),
            (b"aGVsbG8=aGVsbG8=", b"hello"),
            (b"-_-_", b""),
            (b"aGVsbG9=", b"hello"),
            (b"=aGVsbG8=", b"hello"),
            (b"a=GVsbG8=", b"hello"),
            (b"aGVsbG=8=", b"hello"),
            (b"aGVsbG= =8", b"hell"),
            (b"====", b""),
        ] {
            assert_eq!(decode(text, false).ok().as_deref(), Some(data), "{}", text.escape_ascii());
            assert_eq!(decode(text, true).map_err(|e| e.kind()), Err(Kind::Data), "{}", text.escape_ascii());
            let layout = Layout::bytes(text.len());
            let limits = Limits::default();
            let mut room = vec![0; data.len()];
            let mut fixed = Fixed(&mut room);
            let mut exact = Sink::caller(Call::new(&limits, None), &mut fixed);
            assert!(Base64.decode(&ArrayRef::fixed(&layout, text).unwrap(), &mut exact).is_ok(), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn text_cut_short_is_corrupt() {
        for text in [&b"a"[..], b"aGVsbG8", b"aGVsb", b"aGVsbA=", b"aGVs="] {
            let expected = if text == b"aGVs=" { Ok(b"hel".to_vec()) } else { Err(Kind::Data) };
            assert_eq!(decode(text, false).map_err(|e| e.kind()), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn strict_mode_names_the_foreign_byte() {
        let error = decode(b"aGVs\nbG8=", true).expect_err("strict");
        assert_eq!(error.details().offset, Some(4));
    }
}
