//! Fletcher-32 over big-endian 16-bit words, as in HDF5.

/// Most words whose sums stay below 2^32 between two folds.
const WORDS: usize = 360;

/// The checksum of `data`; an odd last byte is the high half of a word.
pub fn fletcher32(data: &[u8]) -> u32 {
    let (mut sum1, mut sum2) = (0, 0);
    let even = data.chunks_exact(2);
    let odd = even.remainder();
    for block in data.get(..data.len() & !1).unwrap_or_default().chunks(2 * WORDS) {
        let (plain, weighted) = sums(block);
        // Each word is counted once more in sum2 for every word from it to the end of the block, what came before for every word.
        sum2 = fold(sum2 + (block.len() / 2) as u32 * sum1 + weighted);
        sum1 = fold(sum1 + plain);
    }
    if let [last] = odd {
        sum1 += u32::from(*last) << 8;
        sum2 = fold(sum2 + sum1);
        sum1 = fold(sum1);
    }
    fold(sum2) << 16 | fold(sum1)
}

/// Sum of the words, and their sum with weights that fall to 1 at the last.
fn sums(block: &[u8]) -> (u32, u32) {
    let (mut plain, mut weighted) = (0, 0);
    let mut weight = (block.len() / 2) as u16;
    for word in block.as_chunks::<2>().0 {
        let word = u32::from(u16::from_be_bytes(*word));
        plain += word;
        weighted += word * u32::from(weight);
        weight -= 1;
    }
    (plain, weighted)
}

fn fold(sum: u32) -> u32 {
    (sum & 0xffff) + (sum >> 16)
}

#[cfg(test)]
mod tests {
    use super::fletcher32;

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
        for n in 0..data.len() {
            assert_eq!(fletcher32(&data[..n]), model(&data[..n]), "{n} bytes");
        }
    }

    #[test]
    fn largest_words_do_not_overflow() {
        let data = vec![0xff; 100_001];
        for n in [720, 1440, 100_000, 100_001] {
            assert_eq!(fletcher32(&data[..n]), model(&data[..n]), "{n} bytes");
        }
    }
}
