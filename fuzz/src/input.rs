//! Choices made with the first bytes of an input.

use super::handles::{Codec, Layout};

const CONFIGS: &str = include_str!("../configs.txt");

/// Bytes of the fuzzer, taken from the front.
pub struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    /// The next byte; 0 at the end.
    pub fn byte(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first as usize
    }
}

/// What a line of `configs.txt` is called: the id of its codec, or `pipeline`.
fn id_of(line: &'static str) -> Option<&'static str> {
    if line.starts_with('[') { Some("pipeline") } else { line.split('"').nth(3) }
}

/// The ids of the codecs in `configs.txt`.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let mut ids: Vec<_> = CONFIGS.lines().filter_map(id_of).collect();
    ids.dedup();
    ids.into_iter()
}

/// A codec, by one byte: one of those with that id, or of all.
pub fn codec(input: &mut Input, id: &str) -> Codec {
    let chosen: Vec<_> = CONFIGS.lines().filter(|line| id.is_empty() || id_of(line) == Some(id)).collect();
    assert!(!chosen.is_empty(), "fuzz/configs.txt has no codec {id}");
    Codec::new(chosen[input.byte() % chosen.len()]).expect("fuzz/configs.txt holds valid configurations")
}

/// A layout of at most `room` bytes of fixed-size items, by two bytes: dtype and order, and whether it has two dimensions.
pub fn layout(input: &mut Input, room: usize) -> Option<Layout> {
    const DTYPES: [(&str, usize); 14] = [
        ("|u1", 1),
        ("<i2", 2),
        ("<i4", 4),
        ("<i8", 8),
        ("<f4", 4),
        ("<f8", 8),
        (">i4", 4),
        (">f8", 8),
        ("<f2", 2),
        ("|b1", 1),
        ("<U2", 8),
        ("|S3", 3),
        ("<M8[s]", 8),
        ("<c8", 8),
    ];
    let (kind, shape) = (input.byte(), input.byte());
    let (dtype, itemsize) = DTYPES[kind % DTYPES.len()];
    let items = room / itemsize;
    let rows = 1 + shape % 8;
    let shape = if rows == 1 { vec![items as i64] } else { vec![rows as i64, (items / rows) as i64] };
    Layout::new(dtype, 0, &shape, (kind / DTYPES.len() % 2) as i32)
}
