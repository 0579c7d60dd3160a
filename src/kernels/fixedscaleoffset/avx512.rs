//! Floats to scaled integers in one step with AVX-512. A float that 32 bits do not hold becomes the smallest integer, of which the low
//! bits are kept, as the scalar casts do it.

use std::arch::x86_64::*;

/// Numbers of one step.
const NUMBERS: usize = 16;

/// `dst = rint((src - offset) * scale)` from floats of 4 bytes to integers of `I`: 1, 2 or 4.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn singles<const I: usize>(src: &[u8], dst: &mut [u8], offset: f64, scale: f64) {
    let (offset, scale) = (_mm512_set1_ps(offset as f32), _mm512_set1_ps(scale as f32));
    steps::<4, I>(
        src,
        dst,
        #[inline(always)]
        |from| {
            // SAFETY: 64 bytes, at any alignment, on a processor with AVX-512.
            unsafe {
                let value = _mm512_loadu_ps(from.as_ptr().cast());
                _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_sub_ps(value, offset), scale))
            }
        },
    );
}

/// As [`singles`], from floats of 8 bytes.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn doubles<const I: usize>(src: &[u8], dst: &mut [u8], offset: f64, scale: f64) {
    let (offset, scale) = (_mm512_set1_pd(offset), _mm512_set1_pd(scale));
    steps::<8, I>(
        src,
        dst,
        #[inline(always)]
        |from| {
            // SAFETY: twice 64 bytes, at any alignment, on a processor with AVX-512.
            unsafe {
                let half = |i| _mm512_loadu_pd(from.as_ptr().cast::<f64>().add(i));
                let whole = |value| _mm512_cvtpd_epi32(_mm512_mul_pd(_mm512_sub_pd(value, offset), scale));
                _mm512_inserti64x4::<1>(_mm512_castsi256_si512(whole(half(0))), whole(half(8)))
            }
        },
    );
}

/// Sixteen floats of `F` bytes at a time; the last ones with zeros behind them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn steps<const F: usize, const I: usize>(src: &[u8], dst: &mut [u8], whole: impl Fn(&[u8]) -> __m512i) {
    let mut pieces = src.chunks_exact(NUMBERS * F);
    let mut room = dst.chunks_exact_mut(NUMBERS * I);
    for (from, to) in (&mut pieces).zip(&mut room) {
        store::<I>(whole(from), to);
    }
    let (mut last, mut result) = ([0; 8 * NUMBERS], [0; 4 * NUMBERS]);
    let (from, to) = (pieces.remainder(), room.into_remainder());
    for (to, from) in last.iter_mut().zip(from) {
        *to = *from;
    }
    store::<I>(whole(&last), &mut result);
    for (to, from) in to.iter_mut().zip(result) {
        *to = from;
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store<const I: usize>(whole: __m512i, to: &mut [u8]) {
    let to = to.as_mut_ptr();
    // SAFETY: the callers give room for 16 integers of `I` bytes, at any alignment.
    unsafe {
        match I {
            4 => _mm512_storeu_si512(to.cast(), whole),
            2 => _mm256_storeu_si256(to.cast(), _mm512_cvtepi32_epi16(whole)),
            _ => _mm_storeu_si128(to.cast(), _mm512_cvtepi32_epi8(whole)),
        }
    }
}
