//! Transposes 8 words of 8 bytes: by bytes, and by the bits inside each byte column. Shuffles are made of these two.

/// Byte `i` of word `k` becomes byte `k` of word `i`.
#[inline(always)]
pub fn bytes(words: [u64; 8]) -> [u64; 8] {
    exchange(words, [(32, 0x0000_0000_ffff_ffff), (16, 0x0000_ffff_0000_ffff), (8, 0x00ff_00ff_00ff_00ff)])
}

/// In the eight bytes that are first in their words, bit `i` of byte `k` becomes bit `k` of byte `i`; so in the second ones, and on.
#[inline(always)]
pub fn bits(words: [u64; 8]) -> [u64; 8] {
    exchange(words, [(4, 0x0f0f_0f0f_0f0f_0f0f), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)])
}

/// Exchanges quarters of the matrix, then of each quarter, then of each of theirs.
#[inline(always)]
fn exchange([a, b, c, d, e, f, g, h]: [u64; 8], [far, middle, near]: [(u32, u64); 3]) -> [u64; 8] {
    let ((a, e), (b, f), (c, g), (d, h)) = (swap(a, e, far), swap(b, f, far), swap(c, g, far), swap(d, h, far));
    let ((a, c), (b, d), (e, g), (f, h)) = (swap(a, c, middle), swap(b, d, middle), swap(e, g, middle), swap(f, h, middle));
    let ((a, b), (c, d), (e, f), (g, h)) = (swap(a, b, near), swap(c, d, near), swap(e, f, near), swap(g, h, near));
    [a, b, c, d, e, f, g, h]
}

/// The upper fields of the first word change places with the lower fields of the second.
#[inline(always)]
fn swap(a: u64, b: u64, (shift, lower): (u32, u64)) -> (u64, u64) {
    let both = ((a >> shift) ^ b) & lower;
    (a ^ (both << shift), b ^ both)
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_and_bits_change_places() {
        let start: [u64; 8] = std::array::from_fn(|i| (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (bytes, bits) = (super::bytes(start), super::bits(start));
        for i in 0..8 {
            for (k, word) in start.iter().enumerate() {
                assert_eq!((bytes[i] >> (8 * k)) & 0xff, (word >> (8 * i)) & 0xff);
                for column in (0..64).step_by(8) {
                    assert_eq!((bits[i] >> (column + k)) & 1, (word >> (column + i)) & 1);
                }
            }
        }
    }
}
