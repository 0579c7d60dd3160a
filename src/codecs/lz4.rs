//! `lz4`: the decoded size as `u32` (little endian), then one raw LZ4 block.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::pool::Pool;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Layout, Result, Sink};
use crate::sys::lz4::{self, State};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "lz4", make };

const HEADER: usize = 4;

struct Lz4 {
    acceleration: i32,
    states: Pool<State>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let int = i64::from(i32::MIN)..=i64::from(i32::MAX);
    let acceleration = config.truncated_integer("acceleration", 1, int)? as i32;
    Ok(Box::new(Lz4 { acceleration, states: Pool::default() }))
}

/// The declared size and the block. A block cannot grow by more than 255 times: a larger claim is refused before memory is taken.
fn split(src: &[u8]) -> Result<(usize, &[u8])> {
    let Some((header, block)) = src.split_first_chunk::<HEADER>() else {
        return Err(Error::data(format!("{} bytes cannot hold the size", src.len())).at(src.len()));
    };
    let declared = u32::from_le_bytes(*header);
    if declared > i32::MAX as u32 || u64::from(declared) > block.len() as u64 * 255 {
        return Err(Error::data(format!("{declared} bytes are declared, more than a block of {} bytes can hold", block.len())).at(0));
    }
    Ok((declared as usize, block))
}

impl Codec for Lz4 {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        if src.len() > lz4::MAX_INPUT {
            return Err(Error::shape(format!("{} bytes are more than LZ4 takes at once, {}", src.len(), lz4::MAX_INPUT)));
        }
        let mut state = self.states.get(State::new)?;
        let _memory = out.call().charge(state.nbytes())?;
        let bound = HEADER + lz4::bound(src.len());
        let written = match out.up_to(bound).split_first_chunk_mut::<HEADER>() {
            Some((header, block)) => {
                *header = (src.len() as u32).to_le_bytes();
                state.compress(src, block, self.acceleration)
            }
            None => None,
        };
        let written = written.ok_or_else(|| out.too_little(bound))?;
        out.advance(HEADER + written);
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (declared, block) = split(src.bytes()?)?;
        let written = lz4::decompress(block, out.take(declared)?)
            .map_err(|at| Error::data("the LZ4 block is corrupt, cut off or followed by more bytes").at(HEADER + at))?;
        if written != declared {
            return Err(Error::data(format!("{declared} bytes are declared, the block holds {written}")).at(0));
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some((HEADER + lz4::bound(src.nbytes())) as u64)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        split(src).map(|(declared, _)| Info::nbytes(declared as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{build, decode, decode_with, encode, kind, printed, refused, sample};
    use crate::core::Kind;
    use crate::core::call::Limits;

    const LZ4: &str = r#"{"id":"lz4"}"#;

    #[test]
    fn bytes_are_those_of_numcodecs() {
        assert_eq!(encode(LZ4, b"hello"), b"\x05\0\0\0\x50hello");
        assert_eq!(encode(LZ4, b""), [0; 5]);
        assert_eq!(decode(LZ4, &[0; 5]).expect("empty"), b"");
    }

    #[test]
    fn any_acceleration_works_and_is_printed_as_given() {
        for value in ["-7", "0", "1", "3.9", "true", "2147483647"] {
            let json = format!(r#"{{"id":"lz4","acceleration":{value}}}"#);
            assert_eq!(printed(&json), json);
            assert_eq!(decode(LZ4, &encode(&json, &sample(5000))).expect(&json), sample(5000));
        }
        assert_eq!(encode(r#"{"id":"lz4","acceleration":0}"#, &sample(5000)), encode(LZ4, &sample(5000)));
        for value in ["2147483648", r#""1""#, "null"] {
            assert_eq!(refused(&format!(r#"{{"id":"lz4","acceleration":{value}}}"#)).as_deref(), Some("acceleration"));
        }
    }

    #[test]
    fn a_claim_is_believed_as_far_as_the_block_can_back_it() {
        let memory = Limits::new(None, Some(1 << 20));
        for forged in [&b"\xff\xff\xff\x7f\x50hello"[..], b"\xff\xff\xff\xff\x50hello", b"\0\0\0\x80\x50hello", b"\x06\0\0\0\x50hello"] {
            assert_eq!(kind(decode_with(LZ4, forged, &memory)), Some(Kind::Data));
        }
        let zeros = encode(LZ4, &vec![0; 1 << 20]);
        assert_eq!(decode(LZ4, &zeros).expect("most that LZ4 can pack"), vec![0; 1 << 20]);
        assert_eq!(build(LZ4).decoded_info(&zeros).expect("a size").nbytes, 1 << 20);
    }

    #[test]
    fn bytes_after_the_block_are_refused() {
        let error = decode(LZ4, b"\x05\0\0\0\x50hello!").expect_err("one more byte");
        assert_eq!((error.kind(), error.details().codec.as_str()), (Kind::Data, "lz4"));
    }
}
