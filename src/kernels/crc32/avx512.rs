//! Remainders by folding: what stands far in front is multiplied by a power of x and added to what stands behind.
//!
//! The lowest bit of a byte is the highest power of x; a product of two such words is one bit short, which the constants make up for.

use std::arch::x86_64::*;

/// Bytes of one step.
pub const BLOCK: usize = 256;

/// The constants of a polynomial.
pub struct Field {
    /// To fold by a block, by a register, and each quarter of a register but the last into the last.
    block: [u64; 2],
    register: [u64; 2],
    quarters: [[u64; 2]; 4],
    /// Remainders of one byte.
    bytes: [u32; 256],
}

/// That of zlib.
pub static ZLIB: Field = Field::new(0xedb8_8320);
/// That of Castagnoli.
pub static CASTAGNOLI: Field = Field::new(0x82f6_3b78);

impl Field {
    const fn new(polynomial: u32) -> Self {
        Field {
            block: distance(polynomial, BLOCK),
            register: distance(polynomial, 64),
            quarters: [distance(polynomial, 48), distance(polynomial, 32), distance(polynomial, 16), [0; 2]],
            bytes: bytes(polynomial),
        }
    }
}

/// Multiplies by x.
const fn times_x(polynomial: u32, value: u32) -> u32 {
    (value >> 1) ^ if value & 1 == 1 { polynomial } else { 0 }
}

/// The factors for the first and the second 8 bytes that fold them by so many bytes.
const fn distance(polynomial: u32, nbytes: usize) -> [u64; 2] {
    let (mut power, mut factors, mut n) = (1 << 31, [0; 2], 0);
    while n < 8 * nbytes + 32 {
        if n == 8 * nbytes - 32 {
            factors[1] = (power as u64) << 1;
        }
        power = times_x(polynomial, power);
        n += 1;
    }
    factors[0] = (power as u64) << 1;
    factors
}

const fn bytes(polynomial: u32) -> [u32; 256] {
    let (mut table, mut n) = ([0; 256], 0);
    let mut rest = table.as_mut_slice();
    while let Some((first, others)) = rest.split_first_mut() {
        let (mut value, mut bit) = (n, 0);
        while bit < 8 {
            value = times_x(polynomial, value);
            bit += 1;
        }
        (*first, rest) = (value, others);
        n += 1;
    }
    table
}

/// Copies all blocks of `src`, the first one beside them, and returns the remainder of what was before and of them.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,vpclmulqdq,pclmulqdq")]
pub fn copy(
    field: &Field,
    register: u32,
    (first, room): (&[u8; BLOCK], &mut [u8; BLOCK]),
    src: &[[u8; BLOCK]],
    dst: &mut [[u8; BLOCK]],
) -> u32 {
    let mut sums = moved(first, room);
    sums[0] = _mm512_xor_si512(sums[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128(register.cast_signed())));
    let factors = all(field.block);
    for (from, to) in src.iter().zip(dst) {
        let next = moved(from, to);
        for (sum, next) in sums.iter_mut().zip(next) {
            *sum = fold(*sum, factors, next);
        }
    }
    let factors = all(field.register);
    let [a, b, c, d] = sums;
    let last = fold(fold(fold(a, factors, b), factors, c), factors, d);
    finish(field, last)
}

/// Copies a block, and gives what it holds.
#[inline]
#[target_feature(enable = "avx512f")]
fn moved(from: &[u8; BLOCK], to: &mut [u8; BLOCK]) -> [__m512i; 4] {
    let (from, to): (*const __m512i, *mut __m512i) = (from.as_ptr().cast(), to.as_mut_ptr().cast());
    // SAFETY: both have four times 64 bytes, at any alignment.
    unsafe {
        let block = [0, 1, 2, 3].map(|i| _mm512_loadu_si512(from.add(i)));
        for (i, part) in block.into_iter().enumerate() {
            _mm512_storeu_si512(to.add(i), part);
        }
        block
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn all([first, second]: [u64; 2]) -> __m512i {
    _mm512_broadcast_i32x4(_mm_set_epi64x(second.cast_signed(), first.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn fold(sum: __m512i, factors: __m512i, next: __m512i) -> __m512i {
    let (first, second) = (_mm512_clmulepi64_epi128::<0x00>(sum, factors), _mm512_clmulepi64_epi128::<0x11>(sum, factors));
    _mm512_ternarylogic_epi64::<0x96>(first, second, next)
}

/// The remainder of 64 bytes: three quarters are folded into the last, which goes byte by byte.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,vpclmulqdq")]
fn finish(field: &Field, sum: __m512i) -> u32 {
    // SAFETY: 64 bytes, at any alignment.
    let factors = unsafe { _mm512_loadu_si512(field.quarters.as_ptr().cast()) };
    let folded = fold(sum, factors, _mm512_maskz_mov_epi64(0b1100_0000, sum));
    let half = _mm256_xor_si256(_mm512_castsi512_si256(folded), _mm512_extracti64x4_epi64::<1>(folded));
    let last = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256::<1>(half));
    let mut bytes = [0; 16];
    // SAFETY: 16 bytes, at any alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), last) };
    bytes.iter().fold(0, |register: u32, byte| {
        let place = usize::from(register as u8 ^ byte);
        (register >> 8) ^ field.bytes.get(place).copied().unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_zlibs_polynomial_are_those_of_intels_paper() {
        let field = Field::new(0xedb8_8320);
        assert_eq!(field.register, [0x1_5444_2bd4, 0x1_c6e4_1596]);
        assert_eq!(field.quarters[2], [0x1_7519_97d0, 0xccaa_009e]);
        assert_eq!((field.bytes[1], field.bytes[255]), (0x7707_3096, 0x2d02_ef8d));
    }
}
