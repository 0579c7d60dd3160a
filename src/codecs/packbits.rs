//! `packbits`: truth values, eight to a byte, behind a byte that counts the bits of padding.
#![forbid(unsafe_code)]

use crate::core::codec::Info;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Dtype, Error, Layout, Result, Sink};
use crate::kernels::packbits::{pack, unpack};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "packbits", make };

struct Packbits;

fn make(_config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Packbits))
}

/// The packed bytes and how many truth values they hold.
fn open(src: &[u8]) -> Result<(&[u8], usize)> {
    let (&padding, packed) = src.split_first().ok_or_else(|| Error::data("the count of padding bits is missing").at(0))?;
    if padding > 7 {
        return Err(Error::data(format!("{padding} bits of padding, at most 7 are possible")).at(0));
    }
    let bits = packed.len().checked_mul(8).ok_or_else(|| Error::memory(u64::MAX))?;
    let count = bits.checked_sub(padding.into()).ok_or_else(|| Error::data("padding without data").at(0))?;
    Ok((packed, count))
}

impl Codec for Packbits {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let flags = src.bytes()?;
        let packed = flags.len().div_ceil(8);
        let (head, body) = out.take(1 + packed)?.split_at_mut(1);
        head.fill((packed * 8 - flags.len()) as u8);
        pack(flags, body);
        Ok(Layout::bytes(1 + packed))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (packed, count) = open(src.bytes()?)?;
        unpack(packed, out.take(count)?);
        Ok(Layout::flat(Dtype::BOOL, count))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(1 + src.nbytes().div_ceil(8) as u64)
    }

    fn encoded_layout(&self, src: &Layout) -> Result<Option<Layout>> {
        Ok(Some(Layout::bytes(1 + src.nbytes().div_ceil(8))))
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        open(src).map(|(_, count)| Info::array(Layout::flat(Dtype::BOOL, count)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, encode_fixed};
    use crate::core::{Dtype, Kind};

    const CODEC: &str = r#"{"id":"packbits"}"#;

    #[test]
    fn the_worked_examples_go_both_ways() {
        let cases: [(&[u8], &[u8]); 3] = [(&[1, 0, 0, 1], b"\x04\x90"), (&[1; 9], b"\x07\xff\x80"), (&[], b"\0")];
        for (flags, packed) in cases {
            assert_eq!(encode_fixed(CODEC, "|b1", &[flags.len()], flags).ok().as_deref(), Some(packed));
            let (layout, bytes, _) = decode(CODEC, packed).expect("decodes");
            assert_eq!((layout.dtype, layout.shape(), bytes.as_slice()), (Dtype::BOOL, &[flags.len()][..], flags));
        }
    }

    #[test]
    fn wider_items_are_one_flag_a_byte() {
        assert_eq!(encode_fixed(CODEC, "<i4", &[2], &[7, 0, 0, 0, 0, 9, 0, 0]).ok().as_deref(), Some(&[0, 0b1000_0100][..]));
    }

    #[test]
    fn padding_that_cannot_be_is_refused() {
        for packed in [&b""[..], b"\x01", b"\x08\xff\xff", b"\xc8\xff"] {
            assert_eq!(decode(CODEC, packed).map_err(|e| e.kind()).err(), Some(Kind::Data), "{packed:?}");
        }
        assert_eq!(decode(CODEC, b"\x07\xff").expect("padding bits are ignored").1, [1]);
    }
}
