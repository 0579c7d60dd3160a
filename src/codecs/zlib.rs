//! `zlib`: one RFC 1950 stream. Bytes after it are ignored, as Python does, or refused in strict mode.
#![forbid(unsafe_code)]

use simd_adler32::adler32;

use super::deflate::Deflate;
use crate::core::error::Error;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Layout, Result, Sink};
use crate::sys::zlib::{self, Wrap};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "zlib", make };

struct Zlib {
    /// The two bytes in front of the data: a window of 32 KiB, and how much effort the level takes.
    header: [u8; 2],
    deflate: Deflate,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let level = config.integer("level", 1, -1..=9)? as i32;
    let effort = match level {
        0 | 1 => 0x01,
        2..=5 => 0x5e,
        -1 | 6 => 0x9c,
        _ => 0xda,
    };
    Ok(Box::new(Zlib { header: [0x78, effort], deflate: Deflate::new(level, Wrap::Zlib) }))
}

impl Codec for Zlib {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        out.prepare(zlib::bound(src.len() as u64) as usize);
        out.write(&self.header)?;
        self.deflate.encode(src, out)?;
        out.write(&adler32(&src).to_be_bytes()).map_err(|error| out.unknown_size(error))?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let used = self.deflate.decode(src, 0, None, out)?;
        if out.call().strict() && used < src.len() {
            return Err(Error::data(format!("{} bytes follow the end of the stream", src.len() - used)).at(used));
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(zlib::bound(src.nbytes() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{decode, decode_strict, encode, kind, printed, refused};
    use crate::core::Kind;

    const ZLIB: &str = r#"{"id":"zlib"}"#;
    const HELLO: &[u8] = b"\x78\x01\xcb\x48\xcd\xc9\xc9\x07\0\x06\x2c\x02\x15";

    #[test]
    fn bytes_are_those_of_numcodecs() {
        assert_eq!(encode(ZLIB, b"hello"), HELLO);
        assert_eq!(encode(ZLIB, b""), b"\x78\x01\x03\0\0\0\0\x01");
        for (level, second) in [("-1", 0x9c), ("0", 0x01), ("2", 0x5e), ("5", 0x5e), ("6", 0x9c), ("7", 0xda), ("9", 0xda)] {
            assert_eq!(encode(&format!(r#"{{"id":"zlib","level":{level}}}"#), b"hello")[1], second, "{level}");
        }
    }

    #[test]
    fn a_chunk_of_one_value_is_left_to_zlib() {
        let wanted = b"\x78\x01\xed\xd0\x01\x0d\0\0\0\xc2\xa0\xf7\x4f\x6d\x0f\x07\x11\x28\x0c\x18\x30\x60\xc0\x80\x01\x03\x06\x0c\x18\x30\x60\xc0\x80\x81\xf7\x81\x01\x10\0\0\x01";
        assert_eq!(encode(ZLIB, &[0; 4096]), wanted);
    }

    #[test]
    fn levels_are_checked_at_once() {
        assert_eq!(printed(ZLIB), r#"{"id":"zlib","level":1}"#);
        for level in ["-2", "10", "1.0", r#""1""#, "null"] {
            assert_eq!(refused(&format!(r#"{{"id":"zlib","level":{level}}}"#)).as_deref(), Some("level"), "{level}");
        }
    }

    #[test]
    fn bytes_behind_the_stream_are_ignored_or_refused_in_strict_mode() {
        let input = [HELLO, b"junk"].concat();
        assert_eq!(decode(ZLIB, &input).expect("as numcodecs"), b"hello");
        let error = decode_strict(ZLIB, &input).expect_err("strict");
        assert_eq!((error.kind(), error.details().offset), (Kind::Data, Some(HELLO.len() as u64)));
    }

    #[test]
    fn other_wrappings_and_wrong_sums_are_refused() {
        let raw = &HELLO[2..9];
        let gzip = encode(r#"{"id":"gzip"}"#, b"hello");
        let dictionary = [b"\x78\x20\0\0\0\x01", raw].concat();
        for input in [b"", raw, &gzip, &dictionary] {
            assert_eq!(kind(decode(ZLIB, input)), Some(Kind::Data), "{input:?}");
        }
        let mut wrong = HELLO.to_vec();
        wrong[12] ^= 1;
        assert_eq!(kind(decode(ZLIB, &wrong)), Some(Kind::Checksum));
    }
}
