//! The byte shuffle with NEON, for items of 2, 4, 8 and 16 bytes.
//!
//! One instruction loads or stores items of 2 or 4 bytes as their planes. Larger items are seen as pieces of 4 bytes: what comes of
//! them are planes of every fourth byte, which are then pulled apart.

use std::arch::aarch64::*;

/// Items moved at a time.
pub const ITEMS: usize = 16;

/// Shuffles as many whole groups of items as there are: item `i` of `items` to place `i` of planes that are `count` bytes apart.
#[target_feature(enable = "neon")]
pub fn shuffle<const T: usize>(items: &[u8], planes: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact(ITEMS * T).enumerate() {
        for (j, reg) in to_planes::<T>(group).into_iter().enumerate() {
            if let Some(plane) = planes.get_mut(j * count + n * ITEMS..).and_then(<[u8]>::first_chunk_mut::<16>) {
                // SAFETY: 16 bytes, at any alignment.
                unsafe { vst1q_u8(plane.as_mut_ptr(), reg) };
            }
        }
    }
}

/// Undoes [`shuffle`].
#[target_feature(enable = "neon")]
pub fn unshuffle<const T: usize>(planes: &[u8], items: &mut [u8], count: usize) {
    for (n, group) in items.chunks_exact_mut(ITEMS * T).enumerate() {
        let mut regs = [vdupq_n_u8(0); T];
        for (j, reg) in regs.iter_mut().enumerate() {
            *reg = load(planes, j * count + n * ITEMS);
        }
        to_items(regs, group);
    }
}

/// The planes of 16 items.
#[inline]
#[target_feature(enable = "neon")]
fn to_planes<const T: usize>(group: &[u8]) -> [uint8x16_t; T] {
    let mut regs = [vdupq_n_u8(0); T];
    if T == 2 {
        if let (Some(regs), Some(group)) = (regs.first_chunk_mut::<2>(), group.first_chunk::<32>()) {
            // SAFETY: 32 bytes, at any alignment.
            let uint8x16x2_t(a, b) = unsafe { vld2q_u8(group.as_ptr()) };
            *regs = [a, b];
        }
        return regs;
    }
    for (regs, piece) in regs.as_chunks_mut::<4>().0.iter_mut().zip(group.as_chunks::<64>().0) {
        // SAFETY: 64 bytes, at any alignment.
        let uint8x16x4_t(a, b, c, d) = unsafe { vld4q_u8(piece.as_ptr()) };
        *regs = [a, b, c, d];
    }
    for _ in 0..(T / 4).trailing_zeros() {
        regs = pull_apart(regs);
    }
    regs
}

/// 16 items from their planes.
#[inline]
#[target_feature(enable = "neon")]
pub fn to_items<const T: usize>(mut regs: [uint8x16_t; T], group: &mut [u8]) {
    if T == 2 {
        if let (Some([a, b]), Some(group)) = (regs.first_chunk::<2>(), group.first_chunk_mut::<32>()) {
            // SAFETY: 32 bytes, at any alignment.
            unsafe { vst2q_u8(group.as_mut_ptr(), uint8x16x2_t(*a, *b)) };
        }
        return;
    }
    for _ in 0..(T / 4).trailing_zeros() {
        regs = put_together(regs);
    }
    for (&[a, b, c, d], piece) in regs.as_chunks::<4>().0.iter().zip(group.as_chunks_mut::<64>().0) {
        // SAFETY: 64 bytes, at any alignment.
        unsafe { vst4q_u8(piece.as_mut_ptr(), uint8x16x4_t(a, b, c, d)) };
    }
}

/// Bytes of even places go into the first half of the registers, those of odd places into the second.
#[inline]
#[target_feature(enable = "neon")]
fn pull_apart<const T: usize>(regs: [uint8x16_t; T]) -> [uint8x16_t; T] {
    let mut result = regs;
    let (even, odd) = result.split_at_mut(T / 2);
    let halves = even.as_chunks_mut::<4>().0.iter_mut().zip(odd.as_chunks_mut::<4>().0);
    for (pieces, (even, odd)) in regs.as_chunks::<8>().0.iter().zip(halves) {
        let (first, second) = pieces.split_at(4);
        for (((even, odd), &a), &b) in even.iter_mut().zip(odd).zip(first).zip(second) {
            (*even, *odd) = (vuzp1q_u8(a, b), vuzp2q_u8(a, b));
        }
    }
    result
}

/// Undoes [`pull_apart`].
#[inline]
#[target_feature(enable = "neon")]
fn put_together<const T: usize>(regs: [uint8x16_t; T]) -> [uint8x16_t; T] {
    let mut result = regs;
    let (even, odd) = regs.split_at(T / 2);
    let halves = even.as_chunks::<4>().0.iter().zip(odd.as_chunks::<4>().0);
    for (pieces, (even, odd)) in result.as_chunks_mut::<8>().0.iter_mut().zip(halves) {
        let (first, second) = pieces.split_at_mut(4);
        for (((a, b), &even), &odd) in first.iter_mut().zip(second).zip(even).zip(odd) {
            (*a, *b) = (vzip1q_u8(even, odd), vzip2q_u8(even, odd));
        }
    }
    result
}

/// 16 bytes from `at` on.
#[inline]
#[target_feature(enable = "neon")]
pub fn load(bytes: &[u8], at: usize) -> uint8x16_t {
    match bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        // SAFETY: 16 bytes, at any alignment.
        Some(bytes) => unsafe { vld1q_u8(bytes.as_ptr()) },
        None => vdupq_n_u8(0),
    }
}
