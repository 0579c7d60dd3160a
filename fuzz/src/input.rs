//! Choices made with the first bytes of an input.

use std::sync::OnceLock;

use crate::handles::{Codec, Layout};

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

/// The configurations in use: all, or those of the one codec that the environment variable CODEC names (`fuzz/run.sh decode blosc`).
fn configs() -> &'static [&'static str] {
    static CHOSEN: OnceLock<Vec<&str>> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let id = std::env::var("CODEC").map(|id| format!("{{\"id\": \"{id}\"")).unwrap_or_default();
        let chosen: Vec<_> = CONFIGS.lines().filter(|line| line.starts_with(&id)).collect();
        assert!(!chosen.is_empty(), "fuzz/configs.txt has no codec {id}");
        chosen
    })
}

/// A codec, by one byte.
pub fn codec(input: &mut Input) -> Codec {
    let configs = configs();
    Codec::new(configs[input.byte() % configs.len()]).expect("fuzz/configs.txt holds valid configurations")
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
