//! The way back from bit rows to bytes with NEON.

use std::arch::aarch64::*;

use crate::kernels::shuffle::neon::{load, to_items};

/// Items whose bits are transposed side by side.
const ITEMS: usize = 128;

/// As many whole groups of `ITEMS` as the plane has, from its eight bit rows; says how many bytes of it are done.
#[target_feature(enable = "neon")]
pub fn planes(rows: &[&[u8]; 8], items: &mut [u8]) -> usize {
    for (n, items) in items.chunks_exact_mut(ITEMS).enumerate() {
        // Register k then holds byte k of every eight items: those are the planes of items of eight bytes.
        to_items(bits(rows.map(|row| load(row, n * ITEMS / 8))), items);
    }
    items.len() / ITEMS * ITEMS
}

/// As [`crate::kernels::transpose::bits`], for two matrices side by side.
#[inline]
#[target_feature(enable = "neon")]
fn bits([a, b, c, d, e, f, g, h]: [uint8x16_t; 8]) -> [uint8x16_t; 8] {
    let ((a, e), (b, f), (c, g), (d, h)) = (swap::<4>(a, e, 0x0f), swap::<4>(b, f, 0x0f), swap::<4>(c, g, 0x0f), swap::<4>(d, h, 0x0f));
    let ((a, c), (b, d), (e, g), (f, h)) = (swap::<2>(a, c, 0x33), swap::<2>(b, d, 0x33), swap::<2>(e, g, 0x33), swap::<2>(f, h, 0x33));
    let ((a, b), (c, d), (e, f), (g, h)) = (swap::<1>(a, b, 0x55), swap::<1>(c, d, 0x55), swap::<1>(e, f, 0x55), swap::<1>(g, h, 0x55));
    [a, b, c, d, e, f, g, h]
}

/// The upper fields of the first byte change places with the lower fields of the second.
#[inline]
#[target_feature(enable = "neon")]
fn swap<const SHIFT: i32>(a: uint8x16_t, b: uint8x16_t, lower: u8) -> (uint8x16_t, uint8x16_t) {
    let both = vandq_u8(veorq_u8(vshrq_n_u8::<SHIFT>(a), b), vdupq_n_u8(lower));
    (veorq_u8(a, vshlq_n_u8::<SHIFT>(both)), veorq_u8(b, both))
}
