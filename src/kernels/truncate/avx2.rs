//! Floats to integers of up to 4 bytes with AVX2, as `cvttss2si` and `cvttsd2si` with 32 bits do it: that is what the scalar casts give.

use std::arch::x86_64::*;

/// Numbers cast at a time.
const NUMBERS: usize = 8;

/// Casts floats of `F` bytes, 4 or 8, to integers of `I` bytes, 1, 2 or 4, keeping the low bits; says how many numbers are done.
#[target_feature(enable = "avx2")]
pub fn truncate<const F: usize, const I: usize>(src: &[u8], dst: &mut [u8]) -> usize {
    let mut done = 0;
    for (from, to) in src.chunks_exact(NUMBERS * F).zip(dst.chunks_exact_mut(NUMBERS * I)) {
        let (low, high) = from.split_at(NUMBERS * F / 2);
        let whole = if F == 4 {
            // SAFETY: 32 bytes, at any alignment.
            unsafe { _mm256_cvttps_epi32(_mm256_loadu_ps(low.as_ptr().cast())) }
        } else {
            // SAFETY: twice 32 bytes, at any alignment.
            unsafe {
                let low = _mm256_cvttpd_epi32(_mm256_loadu_pd(low.as_ptr().cast()));
                _mm256_set_m128i(_mm256_cvttpd_epi32(_mm256_loadu_pd(high.as_ptr().cast())), low)
            }
        };
        store::<I>(whole, to);
        done += NUMBERS;
    }
    done
}

#[inline]
#[target_feature(enable = "avx2")]
fn store<const I: usize>(whole: __m256i, to: &mut [u8]) {
    match I {
        4 => {
            // SAFETY: `to` has 32 bytes, at any alignment.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), whole) };
        }
        2 => {
            let low = _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
            let halves = _mm256_shuffle_epi8(whole, _mm256_broadcastsi128_si256(low));
            let packed = _mm256_castsi256_si128(_mm256_permute4x64_epi64::<0b1000>(halves));
            // SAFETY: `to` has 16 bytes, at any alignment.
            unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), packed) };
        }
        _ => {
            let low = _mm_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
            let quarters = _mm256_shuffle_epi8(whole, _mm256_broadcastsi128_si256(low));
            let both = _mm_unpacklo_epi32(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256::<1>(quarters));
            // SAFETY: `to` has 8 bytes, at any alignment.
            unsafe { _mm_storel_epi64(to.as_mut_ptr().cast(), both) };
        }
    }
}
