//! The way back from bit rows to bytes with AVX2.

use std::arch::x86_64::*;

use crate::kernels::shuffle::avx2::{load, store_halves, to_items};

/// Items whose bits are transposed side by side.
pub const ITEMS: usize = 256;

/// Makes `ITEMS` bytes of a plane of its eight bit rows, from byte `at` of each on.
#[inline]
#[target_feature(enable = "avx2")]
fn plane(rows: &[&[u8]; 8], at: usize, items: &mut [u8]) {
    let mut regs = [_mm256_setzero_si256(); 8];
    for (reg, row) in regs.iter_mut().zip(rows) {
        *reg = load(row, at);
    }
    // Register k now holds byte k of every eight items: they are interleaved as in the byte shuffle.
    for (k, pair) in to_items(bits(regs)).as_chunks::<2>().0.iter().enumerate() {
        store_halves(items, 32 * k, 128 + 32 * k, *pair);
    }
}

/// As many whole groups of `ITEMS` as the plane has; says how many bytes of it are done.
#[target_feature(enable = "avx2")]
pub fn planes(rows: &[&[u8]; 8], items: &mut [u8]) -> usize {
    for (n, items) in items.chunks_exact_mut(ITEMS).enumerate() {
        plane(rows, n * ITEMS / 8, items);
    }
    items.len() / ITEMS * ITEMS
}

/// As [`crate::kernels::transpose::bits`], for four matrices side by side.
#[inline]
#[target_feature(enable = "avx2")]
fn bits([a, b, c, d, e, f, g, h]: [__m256i; 8]) -> [__m256i; 8] {
    let ((a, e), (b, f), (c, g), (d, h)) = (swap::<4>(a, e, 0x0f), swap::<4>(b, f, 0x0f), swap::<4>(c, g, 0x0f), swap::<4>(d, h, 0x0f));
    let ((a, c), (b, d), (e, g), (f, h)) = (swap::<2>(a, c, 0x33), swap::<2>(b, d, 0x33), swap::<2>(e, g, 0x33), swap::<2>(f, h, 0x33));
    let ((a, b), (c, d), (e, f), (g, h)) = (swap::<1>(a, b, 0x55), swap::<1>(c, d, 0x55), swap::<1>(e, f, 0x55), swap::<1>(g, h, 0x55));
    [a, b, c, d, e, f, g, h]
}

/// The upper fields of the first word change places with the lower fields of the second.
#[inline]
#[target_feature(enable = "avx2")]
fn swap<const SHIFT: i32>(a: __m256i, b: __m256i, lower: i8) -> (__m256i, __m256i) {
    let both = _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi64::<SHIFT>(a), b), _mm256_set1_epi8(lower));
    (_mm256_xor_si256(a, _mm256_slli_epi64::<SHIFT>(both)), _mm256_xor_si256(b, both))
}
