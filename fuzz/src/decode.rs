//! Any bytes, as the chunk of any codec, into memory of the library and of the caller.

use super::{Input, MAX_OUTPUT, boxes, codec, layout};

/// One input.
pub fn decode(data: &[u8], id: &str) {
    let mut input = Input(data);
    let codec = codec(&mut input, id);
    let mode = input.byte();
    let layout = layout(&mut input, 16 * mode);
    let (chunk, want) = (layout.as_ref().filter(|_| mode & 1 != 0), layout.as_ref().filter(|_| mode & 2 != 0));
    let claimed = codec.decode_info(input.0);
    let Some(decoded) = codec.decode(input.0, chunk, want, mode & 4 != 0) else { return };
    let n = decoded.bytes().len();
    let told = chunk.is_some() || want.is_some() || codec.id() == "pcodec"; // whose number is a hint
    assert!(told || claimed.is_none_or(|claimed| claimed <= MAX_OUTPUT as u64), "{n} bytes, {claimed:?} claimed");
    for room in [n, n.saturating_sub(1)] {
        if let Some(again) = codec.decode_into(input.0, chunk, want, room) {
            assert!(again == decoded.bytes(), "{n} bytes differ between library and caller memory");
        }
    }
    if let Some(layout) = layout.filter(|layout| layout.nbytes() == n) {
        boxes::agree(&codec, input.0, &layout);
    }
}
