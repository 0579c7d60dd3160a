//! The Adler-32 of zlib, summed up while the data is copied.

use simd_adler32::Adler32 as Short;

use super::copy::copy;
use super::level::Level;

/// A checksum that grows with the data.
pub struct Adler32 {
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "vectors of our own are for x86-64"))]
    level: Level,
    sum: u32,
}

impl Default for Adler32 {
    fn default() -> Self {
        Self::at(Level::best())
    }
}

impl Adler32 {
    fn at(level: Level) -> Self {
        Adler32 { level, sum: 1 }
    }

    /// Appends `src` and copies it to `dst`, which is as long.
    pub fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        let done = self.vectors(src, dst);
        let (Some(src), Some(dst)) = (src.get(done..), dst.get_mut(done..)) else { return };
        if !src.is_empty() {
            let mut short = Short::from_checksum(self.sum);
            short.write(src);
            self.sum = short.finish();
            copy(src, dst);
        }
    }

    /// The checksum of all that was appended.
    pub fn value(&self) -> u32 {
        self.sum
    }

    /// Does what fills whole vectors; says how many bytes that is.
    #[cfg(target_arch = "x86_64")]
    fn vectors(&mut self, src: &[u8], dst: &mut [u8]) -> usize {
        if !self.level.has_avx512() {
            return 0;
        }
        let (src, dst) = (src.as_chunks().0, dst.as_chunks_mut().0);
        for (from, to) in src.chunks(avx512::VECTORS).zip(dst.chunks_mut(avx512::VECTORS)) {
            // SAFETY: the level says that the processor has AVX-512.
            self.sum = unsafe { avx512::copy(self.sum, from, to) };
        }
        size_of_val(src)
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn vectors(&mut self, _: &[u8], _: &mut [u8]) -> usize {
        0
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use crate::kernels::copy::stay_in_loop;

    /// Vectors summed up before the sums are reduced: their products stay below 2^31.
    pub const VECTORS: usize = 1 << 14;
    const BASE: u64 = 65521;
    /// How often each byte of a vector counts in the second sum.
    const WEIGHTS: [i8; 64] = {
        let (mut weights, mut weight) = ([0; 64], 64);
        let mut rest = weights.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            (*first, rest) = (weight, others);
            weight -= 1;
        }
        weights
    };

    /// Copies whole vectors, and counts them in.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn copy(sum: u32, src: &[[u8; 64]], dst: &mut [[u8; 64]]) -> u32 {
        // SAFETY: 64 bytes, at any alignment.
        let weights = unsafe { _mm512_loadu_si512(WEIGHTS.as_ptr().cast()) };
        let (zero, ones) = (_mm512_setzero_si512(), _mm512_set1_epi16(1));
        let (mut plain, mut before, mut weighted) = (zero, zero, zero);
        for (from, to) in src.iter().zip(dst) {
            // SAFETY: 64 bytes, at any alignment.
            let bytes = unsafe { _mm512_loadu_si512(from.as_ptr().cast()) };
            // SAFETY: as above.
            unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), bytes) };
            stay_in_loop();
            before = _mm512_add_epi64(before, plain);
            plain = _mm512_add_epi64(plain, _mm512_sad_epu8(bytes, zero));
            weighted = _mm512_add_epi32(weighted, _mm512_madd_epi16(_mm512_maddubs_epi16(bytes, weights), ones));
        }
        let total = |sums: __m512i| _mm512_reduce_add_epi64(sums).cast_unsigned();
        let (low, high) = (_mm512_maskz_mov_epi32(0x5555, weighted), _mm512_srli_epi64::<32>(weighted));
        let (first, second, nbytes) = (u64::from(sum & 0xffff), u64::from(sum >> 16), 64 * src.len() as u64);
        let second = (second + nbytes * first + 64 * total(before) + total(low) + total(high)) % BASE;
        let first = (first + total(plain)) % BASE;
        (second as u32) << 16 | first as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(data: &[u8]) -> u32 {
        let (first, second) = data.iter().fold((1, 0), |(first, second), byte| {
            let first = (first + u32::from(*byte)) % 65521;
            (first, (second + first) % 65521)
        });
        second << 16 | first
    }

    #[test]
    fn every_level_sums_and_copies_at_every_size_and_alignment() {
        let data: Vec<u8> = (0..9000u32).map(|i| ((i * i) >> 3) as u8 ^ i as u8).collect();
        let full = vec![255; 3 << 20]; // the largest sums
        let cases = (0..=300).chain([511, 4099, 8192]).map(|n| &data[n % 67..][..n]);
        for src in cases.chain([&full[..], &full[..(1 << 20) + 1]]) {
            let (n, to) = (src.len(), src.len() * 7 % 65);
            for (level, cut) in Level::all().into_iter().zip([n, n / 2, n / 3]) {
                let (mut sum, mut dst) = (Adler32::at(level), vec![0; to + n]);
                let (first, second) = dst[to..].split_at_mut(cut);
                sum.copy(&src[..cut], first);
                sum.copy(&src[cut..], second);
                assert_eq!(sum.value(), model(src), "{level:?}, {n} bytes");
                assert!(dst[to..] == *src, "{level:?}, {n} bytes");
            }
        }
    }
}
