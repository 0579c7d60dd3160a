//! Fletcher-32 over big-endian 16-bit words, as in HDF5.

use super::level::Level;

/// Words summed up between two folds: whole vectors, few enough that the sums stay below 2^32.
const WORDS: usize = 352;

/// A checksum that grows with the data.
#[derive(Clone, Copy, Debug)]
pub struct Fletcher32 {
    level: Level,
    sum1: u32,
    sum2: u32,
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

    /// Appends `data`. Only the last piece may have an odd number of bytes; its last byte is the high half of a word.
    pub fn update(&mut self, data: &[u8]) {
        let (words, odd) = data.as_chunks::<2>();
        for block in words.chunks(WORDS) {
            let (plain, weighted) = sums(self.level, block);
            // Each word is counted once more in sum2 for every word from it to the end of the block, what came before for every word.
            self.sum2 = fold(self.sum2 + block.len() as u32 * self.sum1 + weighted);
            self.sum1 = fold(self.sum1 + plain);
        }
        if let [last] = odd {
            self.sum1 += u32::from(*last) << 8;
            self.sum2 = fold(self.sum2 + self.sum1);
            self.sum1 = fold(self.sum1);
        }
    }

    /// The checksum of all that was appended.
    pub fn value(&self) -> u32 {
        fold(self.sum2) << 16 | fold(self.sum1)
    }
}

/// Sum of the words, and their sum with weights that fall to 1 at the last.
fn sums(level: Level, block: &[[u8; 2]]) -> (u32, u32) {
    #[cfg(target_arch = "x86_64")]
    if level.has_avx2()
        && let Ok(block) = block.try_into()
    {
        // SAFETY: the level says that the processor has AVX2.
        return unsafe { sums_avx2(block) };
    }
    let _ = level;
    let (mut plain, mut weighted) = (0, 0);
    for (word, weight) in block.iter().zip((1..=block.len() as u32).rev()) {
        let word = u32::from(u16::from_be_bytes(*word));
        plain += word;
        weighted += word * weight;
    }
    (plain, weighted)
}

/// The same for a whole block. The multiplication knows signed numbers only: 2^15 is taken off each word and put back at the end.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sums_avx2(block: &[[u8; 2]; WORDS]) -> (u32, u32) {
    use std::arch::x86_64::*;
    const SHIFT: u32 = 1 << 15;
    let swap = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    let (shift, ones, step) = (_mm256_set1_epi16(i16::MIN), _mm256_set1_epi16(1), _mm256_set1_epi16(16));
    let first = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let mut weights = _mm256_sub_epi16(_mm256_set1_epi16(WORDS as i16), first);
    let (mut plain, mut weighted) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for words in block.as_chunks::<16>().0 {
        // SAFETY: 32 bytes, at any alignment.
        let words = unsafe { _mm256_loadu_si256(words.as_ptr().cast()) };
        let words = _mm256_xor_si256(_mm256_shuffle_epi8(words, swap), shift);
        plain = _mm256_add_epi32(plain, _mm256_madd_epi16(words, ones));
        weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(words, weights));
        weights = _mm256_sub_epi16(weights, step);
    }
    let words = WORDS as u32;
    (total(plain).wrapping_add(words * SHIFT), total(weighted).wrapping_add(words * (words + 1) / 2 * SHIFT))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn total(sums: std::arch::x86_64::__m256i) -> u32 {
    use std::arch::x86_64::*;
    let four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b1110>(four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b01>(two))).cast_unsigned()
}

fn fold(sum: u32) -> u32 {
    (sum & 0xffff) + (sum >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fletcher32(level: Level, data: &[u8]) -> u32 {
        let mut sum = Fletcher32::at(level);
        data.chunks(4322).for_each(|piece| sum.update(piece));
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
