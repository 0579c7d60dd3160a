//! `gzip`: written as one member (RFC 1952) with modification time 0, so that equal chunks give equal bytes; any run of members is read.
#![forbid(unsafe_code)]

use crc_fast::{CrcAlgorithm, checksum};

use super::deflate::Deflate;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Kind, Layout, Result, Sink};
use crate::sys::zlib::{self, Wrap};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "gzip", make };

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
const UNKNOWN_SYSTEM: u8 = 0xff;
const HEADER: usize = 10;
const TRAILER: usize = 8;

/// Header flags of the parts that may follow it.
const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;

/// Deflate packs no better than this.
const BEST_RATIO: usize = 1032;

struct Gzip {
    level: i32,
    deflate: Deflate,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let level = config.integer("level", 1, -1..=9)? as i32;
    Ok(Box::new(Gzip { level, deflate: Deflate::new(level, Wrap::Raw) }))
}

fn crc32(data: &[u8]) -> u32 {
    checksum(CrcAlgorithm::Crc32IsoHdlc, data) as u32
}

impl Codec for Gzip {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        out.prepare(HEADER + zlib::bound(src.len() as u64) as usize + TRAILER);
        let effort = match self.level {
            1 => 4,
            9 => 2,
            _ => 0,
        };
        out.write(&[MAGIC[0], MAGIC[1], DEFLATE, 0, 0, 0, 0, 0, effort, UNKNOWN_SYSTEM])?;
        self.deflate.encode(src, out)?;
        let [a, b, c, d] = crc32(src).to_le_bytes();
        let [e, f, g, h] = (src.len() as u32).to_le_bytes();
        out.write(&[a, b, c, d, e, f, g, h]).map_err(|error| out.unknown_size(error))?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        if src.is_empty() && out.call().strict() {
            return Err(Error::data("no gzip member in 0 bytes").at(0));
        }
        let (mut at, size) = (0, last_size(src));
        while at < src.len() {
            let data = skip_header(src, at)?;
            let start = out.len();
            let end = self.deflate.decode(src, data, Some(size), out)?;
            let member = out.written().get(start..).unwrap_or_default();
            at = skip_zeros(src, check_trailer(src, end, member)?);
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some((HEADER + TRAILER) as u64 + zlib::bound(src.nbytes() as u64))
    }
}

/// The size (mod 2^32) in the last trailer, as far as the input can back it: a guess for the memory to prepare.
fn last_size(src: &[u8]) -> usize {
    let size = src.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    size.min(src.len().saturating_mul(BEST_RATIO))
}

/// Byte of the first deflate data of the member at byte `start`.
fn skip_header(src: &[u8], start: usize) -> Result<usize> {
    let rest = src.get(start..).unwrap_or_default();
    if !rest.iter().zip(MAGIC).all(|(byte, magic)| *byte == magic) {
        return Err(Error::data("not a gzip member: it does not start with 1f 8b").at(start));
    }
    let cut_off = || Error::data("the gzip header is cut off").at(src.len());
    let [_, _, method, flags, ..] = *rest.first_chunk::<HEADER>().ok_or_else(cut_off)?;
    if method != DEFLATE {
        return Err(Error::unsupported(format!("compression method {method} is not deflate")).at(start + 2));
    }
    let size = skip_parts(rest, flags).filter(|size| *size <= rest.len()).ok_or_else(cut_off)?;
    Ok(start + size)
}

/// Size of a header with its optional parts; `None` where it is cut off.
fn skip_parts(member: &[u8], flags: u8) -> Option<usize> {
    let mut at = HEADER;
    if flags & FEXTRA != 0 {
        at += 2 + usize::from(u16::from_le_bytes(*member.get(at..)?.first_chunk()?));
    }
    for text in [FNAME, FCOMMENT] {
        if flags & text != 0 {
            at += 1 + member.get(at..)?.iter().position(|byte| *byte == 0)?;
        }
    }
    Some(if flags & FHCRC != 0 { at + 2 } else { at })
}

/// Checks the trailer at byte `at` against the decoded member; returns the byte after it.
fn check_trailer(src: &[u8], at: usize, member: &[u8]) -> Result<usize> {
    let trailer = src.get(at..).and_then(|rest| rest.first_chunk::<TRAILER>());
    let Some([c0, c1, c2, c3, size @ ..]) = trailer else {
        return Err(Error::data("the gzip trailer is cut off").at(src.len()));
    };
    let (stored, computed) = (u32::from_le_bytes([*c0, *c1, *c2, *c3]), crc32(member));
    if stored != computed {
        return Err(Error::checksum(stored, computed, at));
    }
    let (stored, decoded) = (u32::from_le_bytes(*size), member.len());
    if stored != decoded as u32 {
        let text = format!("the trailer says {stored} bytes (mod 2^32), {decoded} were decoded");
        return Err(Error::new(Kind::Checksum, text).at(at + 4));
    }
    Ok(at + TRAILER)
}

fn skip_zeros(src: &[u8], at: usize) -> usize {
    let rest = src.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte != 0).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{decode, decode_strict, encode, kind, printed, refused, sample};
    use crate::core::Kind;

    const GZIP: &str = r#"{"id":"gzip"}"#;
    /// "hello" as numcodecs writes it, but for the time.
    const HELLO: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x04\xff\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";

    #[test]
    fn bytes_are_those_of_numcodecs_at_time_zero() {
        assert_eq!(encode(GZIP, b"hello"), HELLO);
        for (level, effort) in [("-1", 0), ("0", 0), ("1", 4), ("5", 0), ("9", 2)] {
            let json = format!(r#"{{"id":"gzip","level":{level}}}"#);
            assert_eq!(encode(&json, b"hello")[8], effort, "{level}");
            assert_eq!(decode(GZIP, &encode(&json, &sample(9000))).expect(&json), sample(9000));
        }
    }

    #[test]
    fn levels_are_checked_at_once() {
        assert_eq!(printed(GZIP), r#"{"id":"gzip","level":1}"#);
        for level in ["-2", "10", "1.0", r#""1""#, "null"] {
            assert_eq!(refused(&format!(r#"{{"id":"gzip","level":{level}}}"#)).as_deref(), Some("level"), "{level}");
        }
    }

    #[test]
    fn members_and_zeros_may_follow_but_nothing_else() {
        let run = [HELLO, b"\0\0\0", HELLO, b"\0"].concat();
        assert_eq!(decode_strict(GZIP, &run).expect("two members"), b"hellohello");
        for junk in [&b"j"[..], b"\0junk-junk-junk", b"\x1f", b"\x1f\x8c"] {
            let error = decode(GZIP, &[HELLO, junk].concat()).expect_err("junk");
            assert_eq!((error.kind(), error.details().offset.is_some_and(|at| at >= 25)), (Kind::Data, true), "{junk:?}");
        }
        assert_eq!(decode(GZIP, b"").expect("as numcodecs"), b"");
        assert_eq!(kind(decode_strict(GZIP, b"")), Some(Kind::Data));
        assert_eq!(kind(decode(GZIP, &[b"\0", HELLO].concat())), Some(Kind::Data));
    }

    #[test]
    fn the_parts_of_a_header_are_passed_over_or_cut_off() {
        let parts = b"\x1f\x8b\x08\x1e\x01\x02\x03\x04\0\x03\x04\0ABCDname\0comment\0CR";
        let member = [parts, &HELLO[10..]].concat();
        assert_eq!(decode(GZIP, &member).expect("all parts"), b"hello");
        for end in 1..member.len() {
            assert_eq!(kind(decode(GZIP, &member[..end])), Some(Kind::Data), "{end}");
        }
        let stored = [b"\x1f\x8b\x07", &HELLO[3..]].concat();
        let error = decode(GZIP, &stored).expect_err("method 7");
        assert_eq!((error.kind(), error.details().offset), (Kind::Unsupported, Some(2)));
    }

    #[test]
    fn crc_and_size_are_checked() {
        for at in [17, 20, 21, 24] {
            let mut member = HELLO.to_vec();
            member[at] ^= 0x10;
            assert_eq!(kind(decode(GZIP, &member)), Some(Kind::Checksum), "{at}");
        }
    }
}
