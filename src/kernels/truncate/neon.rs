//! Floats to integers of up to 4 bytes with NEON, as `cvttss2si` and `cvttsd2si` with 32 bits do it: that is what the scalar casts give.
//!
//! NEON gives the nearest integer where none fits, and 0 for NaN; the smallest integer takes their place.

use std::arch::aarch64::*;

/// Numbers cast at a time.
const NUMBERS: usize = 8;

/// Casts floats of `F` bytes, 4 or 8, to integers of `I` bytes, 1, 2 or 4, keeping the low bits; says how many numbers are done.
#[target_feature(enable = "neon")]
pub fn truncate<const F: usize, const I: usize>(src: &[u8], dst: &mut [u8]) -> usize {
    let mut done = 0;
    for (from, to) in src.chunks_exact(NUMBERS * F).zip(dst.chunks_exact_mut(NUMBERS * I)) {
        let (low, high) = from.split_at(NUMBERS * F / 2);
        let (low, high) = if F == 4 { (singles(low), singles(high)) } else { (doubles(low), doubles(high)) };
        let short = vcombine_s16(vmovn_s32(low), vmovn_s32(high));
        // SAFETY: `to` has 8 integers of `I` bytes, at any alignment.
        unsafe {
            match I {
                4 => vst1q_s32_x2(to.as_mut_ptr().cast(), int32x4x2_t(low, high)),
                2 => vst1q_s16(to.as_mut_ptr().cast(), short),
                _ => vst1_s8(to.as_mut_ptr().cast(), vmovn_s16(short)),
            }
        }
        done += NUMBERS;
    }
    done
}

/// Four floats of 4 bytes.
#[inline]
#[target_feature(enable = "neon")]
fn singles(bytes: &[u8]) -> int32x4_t {
    let Some(bytes) = bytes.first_chunk::<16>() else { return vdupq_n_s32(0) };
    // SAFETY: 16 bytes, at any alignment.
    let values = unsafe { vld1q_f32(bytes.as_ptr().cast()) };
    let fits = vcltq_f32(values, vdupq_n_f32(2_147_483_648.0));
    vbslq_s32(fits, vcvtq_s32_f32(values), vdupq_n_s32(i32::MIN))
}

/// Four floats of 8 bytes.
#[inline]
#[target_feature(enable = "neon")]
fn doubles(bytes: &[u8]) -> int32x4_t {
    let Some(bytes) = bytes.first_chunk::<32>() else { return vdupq_n_s32(0) };
    // SAFETY: 32 bytes, at any alignment.
    let float64x2x2_t(low, high) = unsafe { vld1q_f64_x2(bytes.as_ptr().cast()) };
    let fits =
        |values| vmovn_u64(vandq_u64(vcgtq_f64(values, vdupq_n_f64(-2_147_483_649.0)), vcltq_f64(values, vdupq_n_f64(2_147_483_648.0))));
    let whole = vcombine_s32(vmovn_s64(vcvtq_s64_f64(low)), vmovn_s64(vcvtq_s64_f64(high)));
    vbslq_s32(vcombine_u32(fits(low), fits(high)), whole, vdupq_n_s32(i32::MIN))
}
