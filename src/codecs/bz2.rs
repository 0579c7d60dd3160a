//! `bz2`: written as one bzip2 stream; any run of streams is read. Other bytes after it are ignored, as Python does, or refused in
//! strict mode.
#![forbid(unsafe_code)]

use crc_fast::{CrcAlgorithm, Digest};

use crate::core::pool::Pool;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Layout, Result, Sink, stream};
use crate::kernels::bunzip2::{self, Block, Fault, Stream};
use crate::sys::bzip2::{self, Compressor};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "bz2", make };

/// Most bytes written at once, so that a caller can follow and cancel.
const PIECE: usize = 1 << 20;

struct Bz2 {
    level: i32,
    compressor: Pool<bzip2::Memory>,
    decoder: Pool<bunzip2::Memory>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let level = config.integer("level", 1, 1..=9)? as i32;
    Ok(Box::new(Bz2 { level, compressor: Pool::default(), decoder: Pool::default() }))
}

/// Whether `rest` starts a stream, or would if it were not cut off.
fn starts_stream(rest: &[u8]) -> bool {
    let magic = rest.iter().zip(b"BZh").all(|(byte, magic)| byte == magic);
    magic && rest.get(3).is_none_or(|level| (b'1'..=b'9').contains(level))
}

/// Decodes the stream at byte `start` and returns the byte after it.
fn decode_stream(src: &[u8], start: usize, memory: &mut bunzip2::Memory, out: &mut Sink<'_>) -> Result<usize> {
    let mut stream = Stream::new(src, start).map_err(|fault| failure(fault, start, src.len()))?;
    let _charge = out.call().charge(bunzip2::memory(stream.level()))?;
    loop {
        out.call().checkpoint(stream.at() as u64, src.len() as u64)?;
        let block = stream.next(memory).map_err(|fault| failure(fault, stream.at(), src.len()))?;
        let Some(mut block) = block else { return Ok(stream.at()) };
        let sum = write(&mut block, stream.at(), src.len(), out)?;
        stream.check(&block, sum).map_err(|fault| failure(fault, stream.at(), src.len()))?;
    }
}

/// Writes all of `block` and returns its checksum. `at` is where it ends among the `total` bytes of input.
fn write(block: &mut Block<'_>, at: usize, total: usize, out: &mut Sink<'_>) -> Result<u32> {
    let mut sum = Digest::new(CrcAlgorithm::Crc32Bzip2);
    while !block.is_done() {
        let room = out.spare(1)?;
        let n = room.len().min(PIECE);
        let piece = room.get_mut(..n).unwrap_or_default();
        let n = block.write(piece);
        sum.update(piece.get(..n).unwrap_or_default());
        out.advance(n);
        if n == PIECE {
            out.call().checkpoint(at as u64, total as u64)?;
        }
    }
    Ok(sum.finalize() as u32)
}

fn failure(fault: Fault, at: usize, end: usize) -> Error {
    match fault {
        Fault::Cut => Error::data(format!("the stream is cut off after {end} bytes")).at(end),
        Fault::Corrupt(what) => Error::data(what).at(at),
        Fault::Sum { stored, computed } => Error::checksum(stored, computed, at),
        Fault::Memory => Error::memory(bunzip2::memory(9) as u64),
    }
}

impl Codec for Bz2 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let _charge = out.call().charge(bzip2::compress_memory(self.level))?;
        let mut memory = self.compressor.get(bzip2::Memory::new)?;
        out.prepare(bzip2::bound(src.len() as u64) as usize);
        stream::run(&mut Compressor::new(self.level, &mut memory)?, src, out)?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        out.prepare(src.len().saturating_mul(4));
        let (mut memory, mut at) = (self.decoder.get(|| Ok::<_, Error>(bunzip2::Memory::default()))?, 0);
        while let Some(rest) = src.get(at..).filter(|rest| !rest.is_empty()) {
            if !starts_stream(rest) && at > 0 && !out.call().strict() {
                break;
            }
            at = decode_stream(src, at, &mut memory, out)?;
        }
        if src.is_empty() && out.call().strict() {
            return Err(Error::data("no bzip2 stream in 0 bytes").at(0));
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(bzip2::bound(src.nbytes() as u64))
    }
}

#[cfg(test)]
mod stream_tests;

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{decode, decode_strict, decode_with, encode, kind, printed, refused, sample};
    use crate::core::Kind;
    use crate::core::call::Limits;

    const BZ2: &str = r#"{"id":"bz2"}"#;
    const HELLO: &[u8] =
        b"BZh11AY&SY\x19\x31\x65\x3d\0\0\0\x81\0\x02\x44\xa0\0\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80";
    const EMPTY: &[u8] = b"BZh1\x17\x72\x45\x38\x50\x90\0\0\0\0";

    #[test]
    fn bytes_are_those_of_numcodecs() {
        assert_eq!(encode(BZ2, b"hello"), HELLO);
        assert_eq!(encode(BZ2, b""), EMPTY);
        assert_eq!(encode(r#"{"id":"bz2","level":9}"#, b"")[3], b'9');
    }

    #[test]
    fn levels_are_checked_at_once() {
        assert_eq!(printed(BZ2), r#"{"id":"bz2","level":1}"#);
        for level in ["0", "10", "-1", "1.0", r#""1""#, "null"] {
            assert_eq!(refused(&format!(r#"{{"id":"bz2","level":{level}}}"#)).as_deref(), Some("level"), "{level}");
        }
    }

    #[test]
    fn streams_follow_each_other() {
        assert_eq!(decode_strict(BZ2, &[HELLO, EMPTY, HELLO].concat()).expect("three streams"), b"hellohello");
        let data = sample(250_000);
        assert_eq!(decode(BZ2, &encode(BZ2, &data)).expect("three blocks"), data);
    }

    #[test]
    fn junk_behind_is_ignored_but_a_broken_stream_is_not() {
        for junk in [&b"junk"[..], b"\0", b"BZhx", b"BZh0", b"Bzh1"] {
            let input = [HELLO, junk].concat();
            assert_eq!(decode(BZ2, &input).expect("as numcodecs"), b"hello", "{junk:?}");
            assert_eq!(kind(decode_strict(BZ2, &input)), Some(Kind::Data), "{junk:?}");
        }
        for broken in [&b"B"[..], b"BZh", b"BZh1", b"BZh1junk", &HELLO[..30]] {
            assert_eq!(kind(decode(BZ2, &[HELLO, broken].concat())), Some(Kind::Data), "{broken:?}");
        }
        assert_eq!(kind(decode(BZ2, b"junk")), Some(Kind::Data));
        assert_eq!(decode(BZ2, b"").expect("as numcodecs"), b"");
        assert_eq!(kind(decode_strict(BZ2, b"")), Some(Kind::Data));
    }

    #[test]
    fn memory_is_counted_by_the_level_of_the_stream() {
        let limits = Limits::new(None, Some(1 << 20));
        assert_eq!(decode_with(BZ2, HELLO, &limits).expect("level 1"), b"hello");
        let large = encode(r#"{"id":"bz2","level":9}"#, b"hello");
        assert_eq!(kind(decode_with(BZ2, &large, &limits)), Some(Kind::Limit));
    }
}
