//! `zstd`: written as one frame with its content size; any run of frames is read, skippable ones and ones of unknown size included.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::pool::Pool;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Kind, Layout, Result, Sink, stream};
use crate::sys::zstd::{self, Compressor, Decompressor};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "zstd", make };

/// Contexts that grew beyond this are not kept.
const KEEP: usize = 8 << 20;

/// Most bytes that a block decodes to, and the kind of block that repeats one byte.
const BLOCK: usize = 128 << 10;
const RLE: u32 = 1;

struct Zstd {
    level: i32,
    checksum: bool,
    compressors: Pool<Compressor>,
    decompressors: Pool<Decompressor>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let int = i64::from(i32::MIN)..=i64::from(i32::MAX);
    let level = (config.truncated_integer("level", 0, int)? as i32).clamp(zstd::min_level(), zstd::max_level());
    let checksum = config.truthy("checksum", false);
    Ok(Box::new(Zstd { level, checksum, compressors: Pool::default(), decompressors: Pool::default() }))
}

/// A whole frame in the input.
struct Frame {
    end: usize,
    /// Holds no data.
    skippable: bool,
    /// Content size, where the frame tells it.
    content: Option<u64>,
}

/// The frame that starts at byte `start`. A content size is believed only as far as the blocks present can back it.
fn frame(src: &[u8], start: usize) -> Result<Frame> {
    let rest = src.get(start..).unwrap_or_default();
    let nbytes = zstd::frame_size(rest)?;
    let bytes = rest.get(..nbytes).unwrap_or_default();
    let (content, most) = (zstd::content_size(bytes)?, most_decoded(bytes));
    if let Some(claim) = content.filter(|claim| *claim > most) {
        return Err(Error::data(format!("the frame declares {claim} bytes, its blocks hold {most} at the most")));
    }
    let skippable = matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    Ok(Frame { end: start + nbytes, skippable, content })
}

/// Most bytes that the blocks of a whole frame can decode to.
fn most_decoded(frame: &[u8]) -> u64 {
    let flags = frame.get(4).copied().unwrap_or_default();
    let single_segment = flags & 0x20 != 0;
    let dictionary_id = [0, 1, 2, 4].get(usize::from(flags & 3)).copied().unwrap_or(0);
    let content_size = if flags >> 6 == 0 { usize::from(single_segment) } else { 1 << (flags >> 6) };
    let mut rest = frame.get(5 + usize::from(!single_segment) + dictionary_id + content_size..);
    let mut sum = 0;
    while let Some(([a, b, c], body)) = rest.and_then(|rest| rest.split_first_chunk()) {
        let head = u32::from_le_bytes([*a, *b, *c, 0]);
        let (last, kind, size) = (head & 1 == 1, head >> 1 & 3, head as usize >> 3);
        sum += if kind < 2 { size.min(BLOCK) } else { BLOCK } as u64;
        rest = if last { None } else { body.get(if kind == RLE { 1 } else { size }..) };
    }
    sum
}

/// Walks over all frames; the sum of their content sizes if all tell one.
fn total(src: &[u8]) -> Result<Option<u64>> {
    let (mut at, mut sum, mut holds_data) = (0, Some(0u64), false);
    while at < src.len() {
        let frame = frame(src, at).map_err(|e| e.at(at))?;
        holds_data |= !frame.skippable;
        sum = sum.zip(frame.content).and_then(|(sum, n)| sum.checked_add(n));
        at = frame.end;
    }
    if holds_data { Ok(sum) } else { Err(Error::data("there is no frame that holds data").at(at)) }
}

fn to_usize(nbytes: u64) -> Result<usize> {
    usize::try_from(nbytes).map_err(|_| Error::memory(nbytes))
}

/// Compresses in place, or aside where there is not room for any outcome.
fn compress(context: &mut Compressor, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let bound = zstd::bound(src.len());
    let dst = out.up_to(bound);
    if dst.len() == bound {
        let written = context.compress(src, dst)?;
        out.advance(written);
        return Ok(());
    }
    let mut aside = out.call().scratch(bound)?;
    let written = context.compress(src, &mut aside.bytes)?;
    out.write(aside.bytes.get(..written).unwrap_or_default())
}

impl Zstd {
    /// Decodes the frame from byte `start` on. With a known size it goes straight into place, else through a window.
    fn decode_frame(&self, src: &[u8], start: usize, frame: &Frame, out: &mut Sink<'_>) -> Result<()> {
        let mut context = self.decompressors.get(Decompressor::new)?;
        let src = src.get(..frame.end).unwrap_or_default();
        let bytes = src.get(start..).unwrap_or_default();
        let result = match frame.content {
            Some(nbytes) => {
                let _memory = out.call().charge(context.nbytes())?;
                context.decompress(bytes, out.take(to_usize(nbytes)?)?).map(drop)
            }
            None => {
                let _memory = out.call().charge(zstd::stream_memory(bytes)?.max(context.nbytes()))?;
                context.reset();
                stream::run_from(&mut *context, src, start, out).map(drop)
            }
        };
        if context.nbytes() > KEEP {
            context.discard();
        }
        result
    }
}

impl Codec for Zstd {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let mut context = self.compressors.get(|| Compressor::new(self.level, self.checksum))?;
        let _memory = out.call().charge(zstd::compress_memory(self.level, src.len()).max(context.nbytes()))?;
        let done = compress(&mut context, src, out);
        if context.nbytes() > KEEP {
            context.discard();
        }
        done.map(|()| Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        if let Some(total) = total(src)? {
            let total = to_usize(total)?;
            out.take(total)?; // all the memory at once, then frame by frame
            out.retract(total);
        }
        let mut at = 0;
        while at < src.len() {
            out.call().checkpoint(at as u64, src.len() as u64)?;
            let frame = frame(src, at)?;
            if !frame.skippable {
                self.decode_frame(src, at, &frame, out).map_err(|e| e.or_at(at))?;
            }
            at = frame.end;
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(zstd::bound(src.nbytes()) as u64)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let unknown = || Error::new(Kind::UnknownSize, "a zstd frame does not tell its decoded size");
        total(src)?.map(Info::nbytes).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{build, decode, decode_into, decode_with, encode, encode_with, kind, printed, refused, sample};
    use crate::core::Kind;
    use crate::core::call::Limits;

    const ZSTD: &str = r#"{"id":"zstd"}"#;
    /// "hello" with its size, "hello" without, nothing with and without size.
    const HELLO: &[u8] = b"\x28\xb5\x2f\xfd\x20\x05\x29\0\0hello";
    const UNSIZED: &[u8] = b"\x28\xb5\x2f\xfd\0\x58\x29\0\0hello";
    const EMPTY: &[u8] = b"\x28\xb5\x2f\xfd\x20\0\x01\0\0";
    const UNSIZED_EMPTY: &[u8] = b"\x28\xb5\x2f\xfd\0\x58\x01\0\0";
    const SKIPPABLE: &[u8] = b"\x53\x2a\x4d\x18\x03\0\0\0abc";

    #[test]
    fn bytes_are_those_of_numcodecs() {
        assert_eq!(encode(ZSTD, b"hello"), HELLO);
        assert_eq!(encode(ZSTD, b""), EMPTY);
        assert_eq!(encode(r#"{"id":"zstd","checksum":true}"#, b"hello"), b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\xa3\x6d\x9f\x88");
    }

    #[test]
    fn levels_are_clamped_and_printed_as_given() {
        let level = |value: &str| format!(r#"{{"id":"zstd","level":{value},"checksum":false}}"#);
        let data = sample(20_000);
        for (value, same) in [("0", "3"), ("2.7", "2"), ("99", "22"), ("-2000000", "-131072"), ("true", "1")] {
            assert_eq!(printed(&level(value)), level(value));
            assert_eq!(encode(&level(value), &data), encode(&level(same), &data), "{value}");
        }
        for value in ["2147483648", "-2147483649", r#""3""#, "null"] {
            assert_eq!(refused(&level(value)).as_deref(), Some("level"), "{value}");
        }
        assert_eq!(printed(ZSTD), level("0"));
    }

    #[test]
    fn every_run_of_frames_is_read() {
        for (frames, decoded) in [
            (vec![UNSIZED], "hello"),
            (vec![UNSIZED_EMPTY], ""),
            (vec![HELLO, EMPTY, HELLO], "hellohello"),
            (vec![SKIPPABLE, HELLO, SKIPPABLE, UNSIZED, UNSIZED_EMPTY, HELLO], "hellohellohello"),
        ] {
            let run = frames.concat();
            assert_eq!(decode(ZSTD, &run).expect("frames"), decoded.as_bytes());
            assert_eq!(decode_into(ZSTD, &run, decoded.len()).expect("room"), decoded.as_bytes());
        }
        let needed = decode_into(ZSTD, &[HELLO, HELLO].concat(), 7).expect_err("no room").details().needed;
        assert_eq!(needed, Some(10));
    }

    #[test]
    fn what_is_no_frame_is_refused_where_it_starts() {
        for (run, at) in [
            (vec![], 0),
            (vec![SKIPPABLE], 11),
            (vec![HELLO, b"junk!"], 14),
            (vec![UNSIZED, b"j"], 14),
            (vec![UNSIZED, &HELLO[..9]], 14),
            (vec![b"\x27\xb5\x2f\xfd\0\0\0\0\0"], 0),
        ] {
            let error = decode(ZSTD, &run.concat()).expect_err("no frame");
            assert_eq!((error.kind(), error.details().offset), (Kind::Data, Some(at)), "{run:?}");
        }
        let dictionary = b"\x28\xb5\x2f\xfd\x21\x07\x05\x29\0\0hello";
        assert_eq!(kind(decode(ZSTD, dictionary)), Some(Kind::Unsupported));
    }

    #[test]
    fn a_wrong_checksum_is_told_apart() {
        let mut frame = encode(r#"{"id":"zstd","checksum":1}"#, &sample(3000));
        *frame.last_mut().expect("a frame") ^= 1;
        assert_eq!(kind(decode(ZSTD, &frame)), Some(Kind::Checksum));
    }

    #[test]
    fn a_claim_is_believed_as_far_as_the_blocks_can_back_it() {
        let limits = Limits::new(None, Some(1 << 20));
        for claim in [1u64 << 40, 1 << 63, u64::MAX - 2, 6] {
            let forged = [b"\x28\xb5\x2f\xfd\xe0", &claim.to_le_bytes()[..], b"\x29\0\0hello"].concat();
            assert_eq!(kind(decode_with(ZSTD, &forged, &limits)), Some(Kind::Data), "{claim}");
        }
        let zeros = encode(ZSTD, &vec![0; 4 << 20]);
        assert_eq!(decode(ZSTD, &zeros).expect("the most that zstd can pack"), vec![0; 4 << 20]);
    }

    #[test]
    fn the_size_is_told_without_decoding() {
        let size = |run: &[&[u8]]| build(ZSTD).decoded_info(&run.concat()).map(|info| info.nbytes).map_err(|e| e.kind());
        assert_eq!(size(&[SKIPPABLE, HELLO, EMPTY, HELLO]), Ok(10));
        assert_eq!(size(&[HELLO, UNSIZED]), Err(Kind::UnknownSize));
        assert_eq!(size(&[HELLO, b"junk"]), Err(Kind::Data));
    }

    #[test]
    fn windows_and_tables_are_counted() {
        let window = b"\x28\xb5\x2f\xfd\0\x88\x29\0\0hello"; // 128 MiB
        assert_eq!(decode(ZSTD, window).expect("the default limit"), b"hello");
        let limits = Limits::new(None, Some(64 << 20));
        assert_eq!(kind(decode_with(ZSTD, window, &limits)), Some(Kind::Limit));
        assert_eq!(kind(decode(ZSTD, b"\x28\xb5\x2f\xfd\0\x90\x29\0\0hello")), Some(Kind::Unsupported));
        let hard = r#"{"id":"zstd","level":22}"#;
        let limits = Limits::new(None, Some(16 << 20));
        assert_eq!(kind(encode_with(hard, &sample(4 << 20), &limits)), Some(Kind::Limit));
    }
}
