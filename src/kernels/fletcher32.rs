//! Fletcher-32 over big-endian 16-bit words, as in HDF5, summed up while the data is copied.

use super::copy::copy;
use super::level::Level;

/// Words summed up between two folds, few enough that no sum in a vector reaches 2^31.
const WORDS: usize = 2048;
/// As many without vectors of our own, whose weighted sum stays below 2^32.
const PLAIN_WORDS: usize = 360;

/// A checksum that grows with the data.
#[derive(Clone, Copy, Debug)]
pub struct Fletcher32 {
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "vectors of our own are for x86-64"))]
    level: Level,
    sum1: u64,
    sum2: u64,
}

impl Default for Fletcher32 {
    fn default() -> Self {
        Self::at(Level::best())
    }
}

impl Fletcher32 {
    fn at(level: Level) -> Self {
        Fletcher32 { level, sum1: 0, sum2: 0 }
    }

    /// Appends `src` and copies it to `dst`, which is as long. Only the last piece may have an odd number of bytes; its last byte is
    /// the high half of a word.
    pub fn copy(&mut self, src: &[u8], dst: &mut [u8]) {
        let ((words, odd), (room, odd_room)) = (src.as_chunks::<2>(), dst.as_chunks_mut::<2>());
        for (block, room) in words.chunks(WORDS).zip(room.chunks_mut(WORDS)) {
            let whole = self.vectors(block, room);
            let (rest, room) = (block.get(whole..).unwrap_or_default(), room.get_mut(whole..).unwrap_or_default());
            copy(rest.as_flattened(), room.as_flattened_mut());
            rest.chunks(PLAIN_WORDS).for_each(|words| self.plain(words));
        }
        if let ([last], [room]) = (odd, odd_room) {
            *room = *last;
            let word = u64::from(*last) << 8;
            self.add(1, word, word);
        }
    }

    /// Adds words in a loop that the compiler makes vectors of.
    fn plain(&mut self, words: &[[u8; 2]]) {
        let (mut plain, mut weighted) = (0, 0);
        for (at, word) in words.iter().enumerate() {
            let word = u32::from(u16::from_be_bytes(*word));
            plain += word;
            weighted += word * (words.len() - at) as u32;
        }
        self.add(words.len(), plain.into(), weighted.into());
    }

    /// Adds so many words: their sum, and their sum with weights that fall to 1 at the last. What came before counts in the second
    /// sum once more for each of them.
    fn add(&mut self, count: usize, plain: u64, weighted: u64) {
        self.sum2 = fold(self.sum2 + count as u64 * self.sum1 + weighted);
        self.sum1 = fold(self.sum1 + plain);
    }

    /// The checksum of all that was appended.
    pub fn value(&self) -> u32 {
        (self.sum2 << 16 | self.sum1) as u32
    }

    /// Does what fills whole vectors; says how many words that is.
    #[cfg(target_arch = "x86_64")]
    fn vectors(&mut self, src: &[[u8; 2]], dst: &mut [[u8; 2]]) -> usize {
        // SAFETY: the level says that the processor has AVX-512, or AVX2.
        let (words, [plain, before, weighted]) = unsafe {
            match self.level {
                level if level.has_avx512() => (32, x86::copy_avx512(src.as_chunks().0, dst.as_chunks_mut().0)),
                level if level.has_avx2() => (16, x86::copy_avx2(src.as_chunks().0, dst.as_chunks_mut().0)),
                _ => return 0,
            }
        };
        // The multiplication knows signed numbers only: 2^15 is taken off each word and put back here.
        let count = src.len() / words * words;
        let (words, n) = (words as i64, count as i64);
        let (plain, weighted) = (plain + (n << 15), words * before + weighted + ((n * (n + 1) / 2) << 15));
        self.add(count, plain.cast_unsigned(), weighted.cast_unsigned());
        count
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn vectors(&mut self, _: &[[u8; 2]], _: &mut [[u8; 2]]) -> usize {
        0
    }
}

/// Copies whole vectors of words less 2^15. Gives the sum of the words, the sum of all that stand in vectors before, once for each
/// vector, and the sum with weights that fall to 1 in each vector.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use crate::kernels::copy::stay_in_loop;

    const SWAP: [i8; 16] = [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14];
    const WEIGHTS: [i16; 32] = {
        let (mut weights, mut weight) = ([0; 32], 32);
        let mut rest = weights.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            (*first, rest) = (weight, others);
            weight -= 1;
        }
        weights
    };

    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn copy_avx512(src: &[[[u8; 2]; 32]], dst: &mut [[[u8; 2]; 32]]) -> [i64; 3] {
        // SAFETY: 16 and 64 bytes, at any alignment.
        let (swap, weights) = unsafe { (_mm_loadu_si128(SWAP.as_ptr().cast()), _mm512_loadu_si512(WEIGHTS.as_ptr().cast())) };
        let (swap, shift, ones) = (_mm512_broadcast_i32x4(swap), _mm512_set1_epi16(i16::MIN), _mm512_set1_epi16(1));
        let [mut plain, mut before, mut weighted] = [_mm512_setzero_si512(); 3];
        for (from, to) in src.iter().zip(dst) {
            // SAFETY: 64 bytes, at any alignment.
            let words = unsafe { _mm512_loadu_si512(from.as_ptr().cast()) };
            // SAFETY: as above.
            unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), words) };
            let words = _mm512_xor_si512(_mm512_shuffle_epi8(words, swap), shift);
            stay_in_loop();
            before = _mm512_add_epi32(before, plain);
            plain = _mm512_add_epi32(plain, _mm512_madd_epi16(words, ones));
            weighted = _mm512_add_epi32(weighted, _mm512_madd_epi16(words, weights));
        }
        let half = |sums: __m512i| _mm512_add_epi64(_mm512_srai_epi64::<32>(sums), _mm512_srai_epi64::<32>(_mm512_slli_epi64::<32>(sums)));
        [plain, before, weighted].map(|sums| _mm512_reduce_add_epi64(half(sums)))
    }

    #[target_feature(enable = "avx2")]
    pub fn copy_avx2(src: &[[[u8; 2]; 16]], dst: &mut [[[u8; 2]; 16]]) -> [i64; 3] {
        // SAFETY: 16 and 32 bytes of the last 16 weights, at any alignment.
        let (swap, weights) = unsafe { (_mm_loadu_si128(SWAP.as_ptr().cast()), _mm256_loadu_si256(WEIGHTS.as_ptr().add(16).cast())) };
        let (swap, shift, ones) = (_mm256_broadcastsi128_si256(swap), _mm256_set1_epi16(i16::MIN), _mm256_set1_epi16(1));
        let [mut plain, mut before, mut weighted] = [_mm256_setzero_si256(); 3];
        for (from, to) in src.iter().zip(dst) {
            // SAFETY: 32 bytes, at any alignment.
            let words = unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
            // SAFETY: as above.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), words) };
            let words = _mm256_xor_si256(_mm256_shuffle_epi8(words, swap), shift);
            stay_in_loop();
            before = _mm256_add_epi32(before, plain);
            plain = _mm256_add_epi32(plain, _mm256_madd_epi16(words, ones));
            weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(words, weights));
        }
        [plain, before, weighted].map(|sums| {
            let mut lanes = [0i32; 8];
            // SAFETY: 32 bytes, at any alignment.
            unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
            lanes.iter().map(|lane| i64::from(*lane)).sum()
        })
    }
}

/// Takes a sum below 2^48 to 16 bits; only nothing becomes 0.
fn fold(sum: u64) -> u64 {
    let once = |sum: u64| (sum & 0xffff) + (sum >> 16);
    once(once(once(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fletcher32(level: Level, data: &[u8]) -> u32 {
        let (mut sum, mut dst) = (Fletcher32::at(level), vec![0; data.len()]);
        data.chunks(4322).zip(dst.chunks_mut(4322)).for_each(|(from, to)| sum.copy(from, to));
        assert!(dst == data);
        sum.value()
    }

    /// Word by word, as the definition says.
    fn model(data: &[u8]) -> u32 {
        let (mut s1, mut s2) = (0u64, 0u64);
        let words: Vec<_> = data.chunks(2).map(|w| u64::from(w[0]) << 8 | w.get(1).map_or(0, |b| u64::from(*b))).collect();
        let fold = |s: u64| (s & 0xffff) + (s >> 16);
        let even = data.len() / 2;
        for group in words[..even].chunks(360) {
            for w in group {
                s1 += w;
                s2 += s1;
            }
            (s1, s2) = (fold(s1), fold(s2));
        }
        for w in &words[even..] {
            s1 += w;
            s2 += s1;
            (s1, s2) = (fold(s1), fold(s2));
        }
        (fold(s2) << 16 | fold(s1)) as u32
    }

    #[test]
    fn equals_the_definition_at_every_length() {
        let data: Vec<u8> = (0..3000u32).map(|i| ((i * i) >> 3) as u8).collect();
        for level in Level::all() {
            for n in 0..data.len() - 32 {
                let data = &data[n % 32..][..n];
                assert_eq!(fletcher32(level, data), model(data), "{level:?}, {n} bytes");
            }
        }
    }

    #[test]
    fn largest_words_do_not_overflow() {
        let data = vec![0xff; 100_001];
        for level in Level::all() {
            for n in [704, 720, 1440, 100_000, 100_001] {
                assert_eq!(fletcher32(level, &data[..n]), model(&data[..n]), "{level:?}, {n} bytes");
            }
        }
    }
}
