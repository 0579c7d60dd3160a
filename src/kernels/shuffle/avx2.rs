//! The byte shuffle with AVX2, for items of 2, 4, 8 and 16 bytes.
//!
//! Both ways are rotations of the bits of a byte's address, and interleaving two halves rotates them by one. `T` registers hold 16
//! items in their lower and 16 in their upper lanes.

use std::arch::x86_64::*;

/// Items moved at a time.
pub const ITEMS: usize = 32;

/// Shuffles as many whole groups of items as there are: item `i` of `items` to place `i` of planes that are `count` bytes apart.
#[target_feature(enable = "avx2")]
pub fn shuffle<const T: usize>(items: &[u8], planes: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact(ITEMS * T).enumerate() {
        let mut regs = [_mm256_setzero_si256(); T];
        for (k, reg) in regs.iter_mut().enumerate() {
            *reg = load_halves(group, 16 * k, 16 * (T + k));
        }
        for (j, reg) in to_planes(regs).into_iter().enumerate() {
            store(planes, j * count + n * ITEMS, reg);
        }
    }
}

/// Undoes [`shuffle`].
#[target_feature(enable = "avx2")]
pub fn unshuffle<const T: usize>(planes: &[u8], items: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact_mut(ITEMS * T).enumerate() {
        let mut regs = [_mm256_setzero_si256(); T];
        for (j, reg) in regs.iter_mut().enumerate() {
            *reg = load(planes, j * count + n * ITEMS);
        }
        for (k, pair) in to_items(regs).as_chunks::<2>().0.iter().enumerate() {
            store_halves(group, 32 * k, 16 * T + 32 * k, *pair);
        }
    }
}

/// As [`shuffle`] for items of 16 bytes: their lower and upper halves are items of 8, and so few that registers hold them.
#[target_feature(enable = "avx2")]
pub fn shuffle_16(items: &[u8], planes: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact(ITEMS * 16).enumerate() {
        let pair = |k: usize| (load_halves(group, 32 * k, 256 + 32 * k), load_halves(group, 32 * k + 16, 256 + 32 * k + 16));
        let mut regs = [_mm256_setzero_si256(); 8];
        for (k, reg) in regs.iter_mut().enumerate() {
            let (a, b) = pair(k);
            *reg = _mm256_unpacklo_epi64(a, b);
        }
        for (j, reg) in to_planes(regs).into_iter().enumerate() {
            store(planes, j * count + n * ITEMS, reg);
        }
        for (k, reg) in regs.iter_mut().enumerate() {
            let (a, b) = pair(k);
            *reg = _mm256_unpackhi_epi64(a, b);
        }
        for (j, reg) in to_planes(regs).into_iter().enumerate() {
            store(planes, (8 + j) * count + n * ITEMS, reg);
        }
    }
}

/// Undoes [`shuffle_16`].
#[target_feature(enable = "avx2")]
pub fn unshuffle_16(planes: &[u8], items: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact_mut(ITEMS * 16).enumerate() {
        let (mut lower, mut upper) = ([_mm256_setzero_si256(); 8], [_mm256_setzero_si256(); 8]);
        for (j, (low, up)) in lower.iter_mut().zip(&mut upper).enumerate() {
            *low = load(planes, j * count + n * ITEMS);
            *up = load(planes, (8 + j) * count + n * ITEMS);
        }
        for (k, (low, up)) in to_items(lower).into_iter().zip(to_items(upper)).enumerate() {
            let pair = [_mm256_unpacklo_epi64(low, up), _mm256_unpackhi_epi64(low, up)];
            store_halves(group, 32 * k, 256 + 32 * k, pair);
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn to_planes<const T: usize>(mut regs: [__m256i; T]) -> [__m256i; T] {
    for reg in &mut regs {
        *reg = gather::<T>(*reg);
    }
    for _ in 0..T.trailing_zeros() {
        regs = interleave::<T>(regs, 16 / T);
    }
    regs
}

/// From registers that hold a plane each to items, 16 of them in the lower and 16 in the upper lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub fn to_items<const T: usize>(mut regs: [__m256i; T]) -> [__m256i; T] {
    for _ in 0..T.trailing_zeros() {
        regs = interleave::<T>(regs, 1);
    }
    regs
}

/// In each lane, bytes of the same place in their items together.
#[inline]
#[target_feature(enable = "avx2")]
fn gather<const T: usize>(reg: __m256i) -> __m256i {
    let order = match T {
        2 => _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15),
        4 => _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        _ => _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15),
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

/// 32 bytes from `at` on.
#[inline]
#[target_feature(enable = "avx2")]
pub fn load(bytes: &[u8], at: usize) -> __m256i {
    match bytes.get(at..).and_then(<[u8]>::first_chunk::<32>) {
        // SAFETY: 32 bytes, at any alignment.
        Some(bytes) => unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) },
        None => _mm256_setzero_si256(),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_halves(bytes: &[u8], low: usize, high: usize) -> __m256i {
    let half = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk::<16>);
    match (half(low), half(high)) {
        // SAFETY: 16 bytes each, at any alignment.
        (Some(low), Some(high)) => unsafe { _mm256_loadu2_m128i(high.as_ptr().cast(), low.as_ptr().cast()) },
        _ => _mm256_setzero_si256(),
    }
}

/// Stores the lower lanes of both at one place, the upper ones at another.
#[inline]
#[target_feature(enable = "avx2")]
pub fn store_halves(bytes: &mut [u8], low: usize, high: usize, [a, b]: [__m256i; 2]) {
    store(bytes, low, _mm256_permute2x128_si256::<0x20>(a, b));
    store(bytes, high, _mm256_permute2x128_si256::<0x31>(a, b));
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(bytes: &mut [u8], at: usize, reg: __m256i) {
    if let Some(bytes) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<32>) {
        // SAFETY: 32 bytes, at any alignment.
        unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), reg) };
    }
}
