//! `msgpack`: the layout before `msgpack2`, without a shape. Numcodecs has not had it since 0.7, so it is built only where it is asked
//! for by name; the shape is found as NumPy found it then, from lists of equal lengths.
#![forbid(unsafe_code)]

use serde_json::Value;

use crate::core::call::Charge;
use crate::core::config::wrong_type;
use crate::core::layout::MAX_NDIM;
use crate::core::msgpack::{Reader, Token};
use crate::core::{ArrayRef, Call, Codec, CodecDef, Config, Error, Layout, Result, Sink};

use super::msgpack_values::{self as values, Target};
use super::msgpack2::Settings;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "msgpack", make };

struct Msgpack(Settings);

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    // The only key of numcodecs 0.5; text has always been UTF-8.
    if let Some(given) = config.raw("encoding") {
        match given {
            Value::String(name) if matches!(name.to_ascii_lowercase().as_str(), "utf-8" | "utf8") => {
                config.print("encoding", name.as_str())
            }
            other => return Err(wrong_type("encoding", "\"utf-8\"", other)),
        }
    }
    Ok(Box::new(Msgpack(Settings::read(config))))
}

impl Codec for Msgpack {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.0.encode(src, false, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (src, call) = (src.bytes()?, out.call());
        let mut reader = Reader::new(src, 0);
        let count = values::elements(&mut reader)?.checked_sub(1).ok_or_else(|| Error::data("the list does not end with a dtype"))?;
        let (mut items, memory) = call.list(count)?;
        append(&mut reader, count, &mut items)?;
        let dtype = values::dtype(&mut reader)?;
        reader.end()?;
        let (shape, leaves, _memory) = regular(&call, src, (items, memory))?;
        let layout = values::layout(dtype, &shape)?;
        let mut target = Target::new(src.len(), &layout, self.0.raw, out)?;
        leaves.into_iter().try_for_each(|leaf| target.read(&mut Reader::new(src, leaf)))?;
        Ok(layout)
    }
}

/// Notes where each of the next `count` values begins.
fn append(reader: &mut Reader<'_>, count: usize, places: &mut Vec<usize>) -> Result<()> {
    for _ in 0..count {
        places.push(reader.at());
        reader.skip()?;
    }
    Ok(())
}

/// Follows lists of equal lengths down: the shape, and the places of the values at the bottom with what counts their memory.
fn regular<'a>(call: &Call<'a>, src: &[u8], values: (Vec<usize>, Charge<'a>)) -> Result<(Vec<usize>, Vec<usize>, Charge<'a>)> {
    let (mut values, mut memory) = values;
    let mut shape = vec![values.len()];
    while shape.len() < MAX_NDIM {
        let mut heads = values.iter().map(|at| Reader::new(src, *at).token().ok());
        let Some(Some(Token::List(length))) = heads.next() else { break };
        if !heads.all(|head| head == Some(Token::List(length))) {
            break;
        }
        // Lists that were walked over: their lengths are true.
        let (mut below, memory_below) = call.list(values.len() * length)?;
        for at in values {
            let mut reader = Reader::new(src, at);
            reader.token()?;
            append(&mut reader, length, &mut below)?;
        }
        shape.push(length);
        (values, memory) = (below, memory_below);
    }
    Ok((shape, values, memory))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, decode_items};
    use crate::core::Kind;

    const CODEC: &str = r#"{"id":"msgpack","encoding":"utf-8"}"#;

    #[test]
    fn the_shape_is_that_of_the_equal_lists() {
        for (encoded, shape, items) in [
            (&b"\x93\xa1a\x91\xa1b\xa2|O"[..], &[2][..], &[&b"\xa1a"[..], b"\x91\xa1b"][..]),
            (b"\x93\x91\xa1a\x91\xa1b\xa2|O", &[2, 1], &[b"\xa1a", b"\xa1b"]),
            (b"\x93\x90\x90\xa2|O", &[2, 0], &[]),
            (b"\x91\xa2|O", &[0], &[]),
        ] {
            assert_eq!(decode(CODEC, encoded).map(|d| d.0.shape().to_vec()).ok().as_deref(), Some(shape));
            assert_eq!(decode_items(CODEC, encoded).expect("decodes"), items);
        }
        let (layout, bytes, _) = decode(CODEC, b"\x93\x92\x01\x02\x92\x03\x04\xa3>i2").expect("decodes");
        assert_eq!((layout.shape(), bytes), (&[2, 2][..], vec![0, 1, 0, 2, 0, 3, 0, 4]));
    }

    #[test]
    fn what_has_no_dtype_or_no_regular_shape_is_refused() {
        for bad in
            [&b""[..], b"\x01", b"\x80", b"\x90", b"\x91\x01", b"\x92\x01\xa2zz", b"\x92\x01\xa3|u1\0", b"\x93\x91\x01\x92\x01\x02\xa3|u1"]
        {
            assert_eq!(decode(CODEC, bad).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Data), "{bad:?}");
        }
    }

    #[test]
    fn the_places_of_values_count_against_max_memory() {
        let many = |n: u32| [&[0xdd][..], &(n + 1).to_be_bytes(), &vec![1; n as usize], b"\xa3|u1"].concat();
        assert_eq!(decode(CODEC, &many(100_000)).map(|d| d.1.len()).ok(), Some(100_000));
        assert_eq!(decode(CODEC, &many(600_000)).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Limit));
    }
}
