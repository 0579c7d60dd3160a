//! The byte shuffle with AVX2, for items of 2, 4, 8 and 16 bytes.
//!
//! Both ways are rotations of the bits of a byte's address, and interleaving two halves rotates them by one. `T` registers hold 16
//! items in their lower and 16 in their upper lanes.

use std::arch::x86_64::*;

/// Items moved at a time.
const ITEMS: usize = 32;

/// Shuffles as many whole groups of items as there are, and says how many items that is.
///
/// # Safety
/// The processor must have AVX2.
#[target_feature(enable = "avx2")]
pub fn shuffle<const T: usize>(items: &[u8], planes: &mut [u8], count: usize) -> usize {
    for (n, group) in items.chunks_exact(ITEMS * T).enumerate() {
        let mut regs = [_mm256_setzero_si256(); T];
        for (k, reg) in regs.iter_mut().enumerate() {
            *reg = gather::<T>(load_halves(group, 16 * k, 16 * (T + k)));
        }
        for _ in 0..T.trailing_zeros() {
            regs = interleave::<T>(regs, 16 / T);
        }
        for (j, reg) in regs.into_iter().enumerate() {
            store(planes, j * count + n * ITEMS, reg);
        }
    }
    items.len() / T / ITEMS * ITEMS
}

/// Undoes [`shuffle`].
///
/// # Safety
/// The processor must have AVX2.
#[target_feature(enable = "avx2")]
pub fn unshuffle<const T: usize>(planes: &[u8], items: &mut [u8], count: usize) -> usize {
    let total = items.len() / T / ITEMS * ITEMS;
    for (n, group) in items.chunks_exact_mut(ITEMS * T).enumerate() {
        let mut regs = [_mm256_setzero_si256(); T];
        for (j, reg) in regs.iter_mut().enumerate() {
            *reg = load(planes, j * count + n * ITEMS);
        }
        for _ in 0..T.trailing_zeros() {
            regs = interleave::<T>(regs, 1);
        }
        for (k, pair) in regs.as_chunks::<2>().0.iter().enumerate() {
            store(group, 32 * k, _mm256_permute2x128_si256::<0x20>(pair[0], pair[1]));
            store(group, 16 * T + 32 * k, _mm256_permute2x128_si256::<0x31>(pair[0], pair[1]));
        }
    }
    total
}

/// In each lane, bytes of the same place in their items together.
#[inline]
#[target_feature(enable = "avx2")]
fn gather<const T: usize>(reg: __m256i) -> __m256i {
    let order = match T {
        2 => _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15),
        4 => _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        8 => _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15),
        _ => return reg,
    };
    _mm256_shuffle_epi8(reg, _mm256_broadcastsi128_si256(order))
}

/// Interleaves the first half of the registers with the second, in elements of so many bytes, lane by lane.
#[inline]
#[target_feature(enable = "avx2")]
fn interleave<const T: usize>(regs: [__m256i; T], width: usize) -> [__m256i; T] {
    let mut result = regs;
    let (first, second) = regs.split_at(T / 2);
    for ((pair, &a), &b) in result.as_chunks_mut::<2>().0.iter_mut().zip(first).zip(second) {
        *pair = match width {
            1 => [_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b)],
            2 => [_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)],
            4 => [_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b)],
            _ => [_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b)],
        };
    }
    result
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let bytes: &[u8; 32] = bytes[at..].first_chunk().unwrap_or(&[0; 32]);
    // SAFETY: 32 bytes, at any alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_halves(bytes: &[u8], low: usize, high: usize) -> __m256i {
    let (low, high): (&[u8; 16], &[u8; 16]) = match (bytes[low..].first_chunk(), bytes[high..].first_chunk()) {
        (Some(low), Some(high)) => (low, high),
        _ => return _mm256_setzero_si256(),
    };
    // SAFETY: 16 bytes each, at any alignment.
    unsafe { _mm256_loadu2_m128i(high.as_ptr().cast(), low.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(bytes: &mut [u8], at: usize, reg: __m256i) {
    if let Some(bytes) = bytes[at..].first_chunk_mut::<32>() {
        // SAFETY: 32 bytes, at any alignment.
        unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), reg) };
    }
}
