//! Any array through any codec and back.

use super::{Codec, Input, Layout, codec, layout};

/// The input cut into items wherever the byte `0xff` stands, as each kind of variable length.
fn items(codec: &Codec, data: &[u8]) {
    let parts: Vec<_> = data.split(|byte| *byte == 0xff).collect();
    let joined = parts.concat();
    let mut offsets = vec![0];
    offsets.extend(parts.iter().scan(0, |end, part| {
        *end += part.len() as i64;
        Some(*end)
    }));
    for kind in 1..=5 {
        let Some(layout) = Layout::new("", kind, &[parts.len() as i64], 0) else { continue };
        let Some(encoded) = codec.encode(&joined, Some(&layout), Some(&offsets)) else { continue };
        let Some(decoded) = codec.decode(encoded.bytes(), Some(&layout), None, false) else { continue };
        if kind < 3 && !codec.is_lossy() && codec.id() != "categorize" && decoded.offsets(parts.len()).is_some() {
            assert!(decoded.bytes() == joined && decoded.offsets(parts.len()) == Some(&offsets[..]), "items changed");
        }
    }
}

/// Codecs that store values, not bytes: a bool of 7 comes back as 1, a NaN as another NaN, a label that is not listed as none, another
/// dtype as the configured one, text as items of variable length.
const OF_VALUES: [&str; 9] = ["astype", "categorize", "delta", "json2", "msgpack2", "packbits", "vlen-array", "vlen-bytes", "vlen-utf8"];

/// One input.
pub fn round_trip(data: &[u8], id: &str) {
    let mut input = Input(data);
    let codec = codec(&mut input, id);
    let Some(layout) = layout(&mut input, data.len().saturating_sub(3)) else { return };
    items(&codec, input.0);
    let Some(src) = input.0.get(..layout.nbytes()) else { return };
    let Some(encoded) = codec.encode(src, Some(&layout), None) else { return };
    let decoded = codec.decode(encoded.bytes(), Some(&layout), Some(&layout), false);
    if !codec.is_lossy() && !OF_VALUES.contains(&codec.id().as_str()) {
        assert!(decoded.expect("what was encoded decodes").bytes() == src, "{} bytes changed", src.len());
    }
}
