//! Bytes of a row to bytes of planes, in one instruction.

use std::arch::x86_64::*;

use super::number::Word;

/// Byte `c` of lane `l` becomes byte `l` of word `c`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
pub fn bytes<W: Word, const LANES: usize>(row: &[W; LANES]) -> [u64; 8] {
    let (mut from, mut to) = ([0u64; 8], [0; 8]);
    from.iter_mut().zip(row).for_each(|(to, from)| *to = from.wide());
    let places = const { places() };
    // SAFETY: all three are 64 bytes; loads and stores need no alignment.
    unsafe {
        let moved = _mm512_permutexvar_epi8(_mm512_loadu_epi8(places.as_ptr().cast()), _mm512_loadu_epi64(from.as_ptr().cast()));
        _mm512_storeu_epi64(to.as_mut_ptr().cast(), moved);
    }
    to
}

/// Where each byte comes from.
const fn places() -> [u8; 64] {
    let (mut places, mut i) = ([0; 64], 0);
    let mut rest = places.as_mut_slice();
    while let Some((first, others)) = rest.split_first_mut() {
        *first = i % 8 * 8 + i / 8;
        (rest, i) = (others, i + 1);
    }
    places
}
