//! Encode and decode as a caller sees them: a codec, memory with layouts, and one result.

use crate::core::array::ArrayRef;
use crate::core::call::{Call, Scratch};
use crate::core::conform::{Told, conform};
use crate::core::convert;
use crate::core::error::{Error, Result};
use crate::core::layout::{Items, Layout, Order};
use crate::core::nested;
use crate::core::part::{self, Part, Put};
use crate::core::sink::{Fixed, Sink};
use crate::registry::Instance;

/// What is to be encoded: fixed-size items with any strides, or items of variable length.
pub enum Source<'a> {
    /// Fixed-size items; the bytes span the layout.
    Fixed(&'a Layout, &'a [u8]),
    /// Anything already checked.
    Array(ArrayRef<'a>),
}

/// Encodes `src`, gathering it in C order first where it has gaps.
pub fn encode(codec: &Instance, src: &Source<'_>, out: &mut Sink<'_>) -> Result<Layout> {
    let named = |error: Error| error.in_codec(codec.id());
    match src {
        Source::Array(array) => codec.encode(array, out).map_err(named),
        Source::Fixed(layout, bytes) if layout.order() != Order::Strided => {
            let array = ArrayRef::fixed(layout, bytes).map_err(named)?;
            codec.encode(&array, out).map_err(named)
        }
        Source::Fixed(layout, bytes) => {
            check_span(layout, bytes.len()).map_err(named)?;
            let gathered = layout.dense();
            let mut scratch = out.call().reused(gathered.nbytes()).map_err(named)?;
            convert::copy(bytes, layout, &mut scratch.bytes, &gathered).map_err(named)?;
            let array = ArrayRef::fixed(&gathered, &scratch.bytes).map_err(named)?;
            codec.encode(&array, out).map_err(named)
        }
    }
}

/// Decodes `src` into a fresh result in the layout `want`, or as the codec and `chunk` say.
pub fn decode(codec: &Instance, src: &[u8], chunk: Option<&Layout>, want: Option<&Layout>, out: &mut Sink<'_>) -> Result<Layout> {
    let named = |error: Error| error.in_codec(codec.id());
    if want.is_some_and(|want| want.order() == Order::Strided) {
        return Err(named(Error::shape("a result in the library's memory has no gaps: give a layout in C or F order")));
    }
    let input = Layout::bytes(src.len());
    let known = codec.decode(&ArrayRef::fixed(&input, src).map_err(named)?, out).map_err(named)?;
    let told = match (chunk, want) {
        (Some(chunk), _) => Told::Chunk(chunk),
        (None, Some(want)) => Told::Want(want),
        (None, None) => Told::Nothing,
    };
    let have = conform(known, told).map_err(named)?;
    match want {
        None => Ok(have),
        Some(want) => rearrange(&have, want, out).map_err(named),
    }
}

/// Decodes `src` into `dst`, which has the layout `want` where one is given. Returns the bytes written.
pub fn decode_into(codec: &Instance, src: &[u8], chunk: Option<&Layout>, want: Option<&Layout>, out: &mut Sink<'_>) -> Result<usize> {
    let named = |error: Error| error.in_codec(codec.id());
    let Some(want) = want else {
        return decode(codec, src, chunk, None, out).and_then(|layout| fixed_size(&layout).map_err(named)).map(|()| out.len());
    };
    let chunk = chunk.or(codec.chunk());
    check_destination(chunk, want).map_err(named)?;
    if out.room() < want.span() {
        out.take_span(want.nbytes(), want.span()).map_err(named)?; // grows, or says what is needed
        out.retract(want.span());
    }
    let direct = want.order() != Order::Strided && chunk.is_none_or(|chunk| chunk.order() == want.order() || want.is_vector());
    if direct { decode_direct(codec, src, chunk, want, out) } else { decode_scattered(codec, src, chunk, want, out) }
}

/// The destination has no gaps: the codec writes straight into it, and what is left to do happens in place.
fn decode_direct(codec: &Instance, src: &[u8], chunk: Option<&Layout>, want: &Layout, out: &mut Sink<'_>) -> Result<usize> {
    let call = out.call();
    let mut window = out.window(want.nbytes());
    let mut inner = Sink::caller(call, &mut window);
    decode(codec, src, chunk, Some(want), &mut inner).map_err(|error| error.too_long(want.nbytes()))?;
    let written = inner.len();
    drop(inner);
    out.advance(written);
    Ok(written)
}

/// The destination has gaps or another order: decode aside, then place the items.
fn decode_scattered(codec: &Instance, src: &[u8], chunk: Option<&Layout>, want: &Layout, out: &mut Sink<'_>) -> Result<usize> {
    let named = |error: Error| error.in_codec(codec.id());
    let (aside, have) = decode_aside(codec, src, chunk, want, out.call())?;
    convert::check(&have, want).map_err(named)?;
    let dst = out.take_span(want.nbytes(), want.span()).map_err(named)?;
    convert::copy(&aside.bytes, &have, dst, want).map_err(named)?;
    Ok(want.span())
}

/// Decodes a whole chunk into scratch memory of its size: without a layout of the chunk it is taken as what is wanted.
fn decode_aside<'a>(codec: &Instance, src: &[u8], chunk: Option<&Layout>, want: &Layout, call: Call<'a>) -> Result<(Scratch<'a>, Layout)> {
    let named = |error: Error| error.in_codec(codec.id());
    let dense = want.dense();
    let result = if chunk.is_some() { None } else { Some(&dense) };
    let nbytes = chunk.unwrap_or(&dense).nbytes();
    let mut aside = call.reused(nbytes).map_err(named)?;
    let mut memory = Fixed(&mut aside.bytes);
    let mut inner = Sink::within(call, &mut memory);
    let have = decode(codec, src, chunk, result, &mut inner).map_err(|error| error.too_long(nbytes))?;
    drop(inner);
    Ok((aside, have))
}

/// Decodes the box of `want`'s shape that begins at `start` of the chunk, into memory of layout `want`.
pub fn decode_box(codec: &Instance, src: &[u8], chunk: &Layout, start: &[usize], want: &Layout, out: &mut Sink<'_>) -> Result<()> {
    let (call, named) = (out.call(), |error: Error| error.in_codec(codec.id()));
    check_destination(Some(chunk), want).map_err(named)?;
    Part { chunk, start, want }.within_chunk().map_err(named)?;
    let dst = out.take_span(want.nbytes(), want.span()).map_err(named)?;
    let put = &mut |at: usize, run: &[u8]| {
        if let Some(room) = dst.get_mut(at..at + run.len()) {
            room.copy_from_slice(run);
        }
    };
    decode_part(codec, src, Some(chunk), Some(start), want, call, put)
}

/// As [`decode_box`], into memory that only `put` reaches: runs of bytes, and where they go. No `start` = the whole chunk.
pub fn decode_part(
    codec: &Instance,
    src: &[u8],
    chunk: Option<&Layout>,
    start: Option<&[usize]>,
    want: &Layout,
    call: Call<'_>,
    put: &mut Put<'_>,
) -> Result<()> {
    let named = |error: Error| error.in_codec(codec.id());
    let chunk = chunk.or(codec.chunk());
    check_destination(chunk, want).map_err(named)?;
    let origin = vec![0; want.shape().len()];
    let start = start.unwrap_or(&origin);
    match chunk {
        Some(chunk) => part::decode(&**codec, src, Part { chunk, start, want }, call, put).map_err(named),
        None => {
            call.touch(src.len());
            let (mut aside, have) = decode_aside(codec, src, None, want, call)?;
            part::cut(&mut aside.bytes, Part { chunk: &have, start, want }, put).map_err(named)
        }
    }
}

/// A whole chunk of layout `chunk` around the box that `src` holds: `fill` elsewhere.
pub fn surround<'a>(
    chunk: &Layout,
    start: &[usize],
    given: &Layout,
    src: &[u8],
    fill: impl FnOnce(&mut [u8]) -> Result<()>,
    call: Call<'a>,
) -> Result<Scratch<'a>> {
    fixed_size(chunk)?;
    check_span(given, src.len())?;
    let (part, first) = Part { chunk, start, want: given }.within_chunk()?;
    convert::check(given, &part)?;
    let mut whole = call.scratch(chunk.nbytes())?;
    fill(&mut whole.bytes)?;
    convert::copy(src, given, whole.bytes.get_mut(first..).unwrap_or_default(), &part)?;
    Ok(whole)
}

/// Brings the result in `out` from layout `have` to `want`, both without gaps.
fn rearrange(have: &Layout, want: &Layout, out: &mut Sink<'_>) -> Result<Layout> {
    convert::check(have, want)?;
    if convert::same_bytes(have, want) {
        return Ok(want.clone());
    }
    if have.items != Items::Fixed {
        return rearrange_items(have, want, out);
    }
    if have.order() == want.order() || have.is_vector() {
        convert::swap_bytes(out.written(), have.dtype);
        return Ok(want.clone());
    }
    let mut scratch = out.call().reused(out.len())?;
    scratch.bytes.copy_from_slice(out.written());
    convert::copy(&scratch.bytes, have, out.written(), want)?;
    Ok(want.clone())
}

/// The same for items of variable length: their order, and the byte order inside of arrays.
fn rearrange_items(have: &Layout, want: &Layout, out: &mut Sink<'_>) -> Result<Layout> {
    if have.order() != want.order() && !have.is_vector() {
        let _memory = out.call().charge(have.count().saturating_mul(3 * size_of::<usize>()))?;
        let from = nested::sources(have.shape(), have.order(), want.order())?;
        out.reorder_items(&from)?;
    }
    if have.dtype.big_endian != want.dtype.big_endian {
        convert::swap_bytes(out.written(), have.dtype);
    }
    Ok(want.clone())
}

/// Refuses what cannot be decoded into memory of the caller.
fn check_destination(chunk: Option<&Layout>, want: &Layout) -> Result<()> {
    chunk.into_iter().chain([want]).try_for_each(fixed_size)?;
    if want.overlaps() {
        return Err(Error::shape("items of the destination share bytes"));
    }
    Ok(())
}

/// Refuses layouts of items of variable length, which memory of the caller cannot take.
pub fn fixed_size(layout: &Layout) -> Result<()> {
    if layout.items == Items::Fixed {
        return Ok(());
    }
    Err(Error::dtype("items of variable length cannot be decoded into memory of the caller: decode into a buffer"))
}

/// Checks that memory of `nbytes` holds all items of a layout.
pub fn check_span(layout: &Layout, nbytes: usize) -> Result<()> {
    if layout.span() <= nbytes {
        return Ok(());
    }
    Err(Error::shape(format!("the layout reaches over {} bytes, {nbytes} are given", layout.span())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Kind;
    use crate::core::call::Limits;
    use crate::core::dtype::Dtype;
    use crate::pipeline::from_json;

    fn decoded(config: &str, src: &[u8], want: &Layout) -> Result<(Vec<u8>, Vec<i64>)> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        let layout = decode(&from_json(config, None)?, src, None, Some(want), &mut out)?;
        assert_eq!(&layout, want);
        Ok(out.into_parts())
    }

    #[test]
    fn items_of_variable_length_come_in_the_wanted_order() {
        let text = br#"[[1,22,333],["a",[],null],"|O",[2,3]]"#;
        let want = |order| Layout::new(Dtype::OBJECT, Items::Json, &[2, 3], None, order).expect("layout");
        let (bytes, offsets) = decoded(r#"{"id":"json2"}"#, text, &want(Order::C)).expect("decodes");
        assert_eq!((&*bytes, &*offsets), (&b"122333\"a\"[]null"[..], &[0, 1, 3, 6, 9, 11, 15][..]));
        let (bytes, offsets) = decoded(r#"{"id":"json2"}"#, text, &want(Order::F)).expect("decodes");
        assert_eq!((&*bytes, &*offsets), (&b"1\"a\"22[]333null"[..], &[0, 1, 4, 6, 8, 11, 15][..]));
    }

    #[test]
    fn the_places_of_items_count_as_memory() {
        let text = format!("[{}\"|O\",[100,100]]", format!("[{}1],", "1,".repeat(99)).repeat(100));
        let want = Layout::new(Dtype::OBJECT, Items::Json, &[100, 100], None, Order::F).expect("layout");
        let codec = from_json(r#"{"id":"json2"}"#, None).expect("json2");
        let kind = |max_memory| {
            let limits = Limits::new(None, Some(max_memory));
            let mut out = Sink::owned(Call::new(&limits, None));
            decode(&codec, text.as_bytes(), None, Some(&want), &mut out).map(|_| ()).map_err(|error| error.kind())
        };
        // The result takes 90 KB with its offsets, putting it into order as much again and three places for each item.
        assert_eq!((kind(300_000), kind(500_000)), (Err(Kind::Limit), Ok(())));
    }

    #[test]
    fn arrays_of_variable_length_come_in_the_wanted_byte_order() {
        let want = Layout::objects(Items::Arrays, Dtype::parse(">i2").expect("dtype"), &[1]).expect("layout");
        let (bytes, _) = decoded(r#"{"id":"vlen-array","dtype":"<i2"}"#, b"\x01\0\0\0\x04\0\0\0\x01\0\x02\0", &want).expect("decodes");
        assert_eq!(bytes, [0, 1, 0, 2]);
    }

    fn layout(dtype: &str, shape: &[usize], order: Order) -> Layout {
        Layout::contiguous(Dtype::parse(dtype).expect(dtype), shape, order).expect("layout")
    }

    #[test]
    fn a_box_out_of_blocks_is_that_of_the_whole() {
        let chunk = layout(">u2", &[6, 50, 20], Order::F);
        let src: Vec<u8> = (0..6000_u16).flat_map(u16::to_be_bytes).collect();
        let want = layout("<u2", &[2, 3, 5], Order::C);
        let boxed = |json: &str| {
            let (limits, codec) = (Limits::default(), from_json(json, None).expect(json));
            let call = Call::new(&limits, None);
            let mut out = Sink::owned(call);
            encode(&codec, &Source::Fixed(&chunk, &src), &mut out).expect("encodes");
            let stored = out.into_parts().0;
            let mut out = Sink::owned(call);
            decode_box(&codec, &stored, &chunk, &[3, 40, 7], &want, &mut out).expect("decodes");
            (codec.partial(), out.into_parts().0)
        };
        let (partial, items) = boxed(r#"{"id": "blosc", "blocksize": 512}"#);
        assert!(partial);
        assert_eq!((false, items), boxed(r#"{"id": "zlib"}"#));
    }
}
