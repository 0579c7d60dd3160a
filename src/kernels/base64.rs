//! Base64 of the standard alphabet, for the whole vectors of a text; the rest is left to others.

use super::level::Level;

/// Encodes the front of `src`, a multiple of three bytes; says how many bytes are done.
pub fn encode(src: &[u8], dst: &mut [u8]) -> usize {
    encode_at(Level::best(), src, dst)
}

/// Decodes the front of `src`, a multiple of four symbols, up to the first foreign byte or padding; says how many symbols are done.
pub fn decode(src: &[u8], dst: &mut [u8]) -> usize {
    decode_at(Level::best(), src, dst)
}

#[cfg(target_arch = "x86_64")]
fn encode_at(level: Level, src: &[u8], dst: &mut [u8]) -> usize {
    // SAFETY: the level says that the processor has AVX-512 with VBMI.
    if level.has_avx512() { unsafe { avx512::encode(src, dst) } } else { 0 }
}

#[cfg(target_arch = "x86_64")]
fn decode_at(level: Level, src: &[u8], dst: &mut [u8]) -> usize {
    // SAFETY: the level says that the processor has AVX-512 with VBMI.
    if level.has_avx512() { unsafe { avx512::decode(src, dst) } } else { 0 }
}

#[cfg(not(target_arch = "x86_64"))]
fn encode_at(_: Level, _: &[u8], _: &mut [u8]) -> usize {
    0
}

#[cfg(not(target_arch = "x86_64"))]
fn decode_at(_: Level, _: &[u8], _: &mut [u8]) -> usize {
    0
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    /// Bytes of one step, and their symbols.
    const BYTES: usize = 48;
    const SYMBOLS: usize = 64;
    const ALPHABET: &[u8; SYMBOLS] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /// Value of each symbol; the highest bit for what is none.
    const VALUES: [u8; 128] = {
        let (mut values, mut symbol) = ([0; 128], 0);
        let mut rest = values.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            (*first, rest) = (value(symbol), others);
            symbol += 1;
        }
        values
    };
    /// Where the bytes of each group of three go, so that all symbols are six bits in a row.
    const SPREAD: [u8; SYMBOLS] = {
        let (mut places, mut i) = ([0; SYMBOLS], 0);
        let mut rest = places.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            let place = match i % 4 {
                1 => 0,
                2 => 2,
                _ => 1,
            };
            (*first, rest) = (i / 4 * 3 + place, others);
            i += 1;
        }
        places
    };
    /// Where those six bits start in two groups, symbol by symbol.
    const STARTS: i64 = i64::from_le_bytes([10, 4, 22, 16, 42, 36, 54, 48]);
    /// Where the three bytes of each group of four symbols come from. The last sixteen are not stored.
    const GATHERED: [u8; SYMBOLS] = {
        let (mut places, mut i) = ([0; SYMBOLS], 0);
        let mut rest = places.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            (*first, rest) = (i / 3 * 4 + 2 - i % 3, others);
            i += 1;
        }
        places
    };
    const ALL: __mmask64 = (1 << BYTES) - 1;

    const fn value(symbol: u8) -> u8 {
        match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => 0x80,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn table(bytes: &[u8], at: usize) -> __m512i {
        match bytes.get(at..).and_then(<[u8]>::first_chunk::<64>) {
            // SAFETY: 64 bytes, at any alignment.
            Some(bytes) => unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) },
            None => _mm512_setzero_si512(),
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub fn encode(src: &[u8], dst: &mut [u8]) -> usize {
        let (alphabet, spread, starts) = (table(ALPHABET, 0), table(&SPREAD, 0), _mm512_set1_epi64(STARTS));
        let (groups, room) = (src.as_chunks::<BYTES>().0, dst.as_chunks_mut::<SYMBOLS>().0);
        for (from, to) in groups.iter().zip(&mut *room) {
            // SAFETY: the mask leaves 48 bytes, at any alignment.
            let bytes = unsafe { _mm512_maskz_loadu_epi8(ALL, from.as_ptr().cast()) };
            let symbols = _mm512_multishift_epi64_epi8(starts, _mm512_permutexvar_epi8(spread, bytes));
            // SAFETY: 64 bytes, at any alignment. A table of 64 looks at six bits only.
            unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), _mm512_permutexvar_epi8(symbols, alphabet)) };
        }
        groups.len().min(room.len()) * BYTES
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub fn decode(src: &[u8], dst: &mut [u8]) -> usize {
        let (low, high, gathered) = (table(&VALUES, 0), table(&VALUES, 64), table(&GATHERED, 0));
        let (pairs, fours) = (_mm512_set1_epi16(0x0140), _mm512_set1_epi32(0x0001_1000));
        let mut done = 0;
        for (from, to) in src.as_chunks::<SYMBOLS>().0.iter().zip(dst.as_chunks_mut::<BYTES>().0) {
            // SAFETY: 64 bytes, at any alignment.
            let text = unsafe { _mm512_loadu_si512(from.as_ptr().cast()) };
            let values = _mm512_permutex2var_epi8(low, text, high);
            if _mm512_movepi8_mask(_mm512_or_si512(values, text)) != 0 {
                break;
            }
            let groups = _mm512_madd_epi16(_mm512_maddubs_epi16(values, pairs), fours);
            // SAFETY: the mask leaves 48 bytes, at any alignment.
            unsafe { _mm512_mask_storeu_epi8(to.as_mut_ptr().cast(), ALL, _mm512_permutexvar_epi8(gathered, groups)) };
            done += SYMBOLS;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use base64_simd::STANDARD;

    use super::*;

    #[test]
    fn whole_vectors_are_those_of_the_crate_at_every_size_and_alignment() {
        let data: Vec<u8> = (0..5000u32).map(|i| ((i * i) >> 3) as u8 ^ i as u8).collect();
        for level in Level::all() {
            for n in (0..=300).chain([1111, 4096]) {
                let (src, to) = (&data[n % 67..][..n], n * 7 % 65);
                let text = STANDARD.encode_type::<Vec<u8>>(src);
                let (mut symbols, mut back) = (vec![0; to + text.len()], vec![0; n]);
                let done = encode_at(level, src, &mut symbols[to..]);
                assert_eq!(symbols[to..][..done / 3 * 4], text[..done / 3 * 4], "{level:?}, {n} bytes");
                symbols[to..].copy_from_slice(&text);
                let done = decode_at(level, &symbols[to..], &mut back) / 4 * 3;
                assert_eq!(back[..done], src[..done], "{level:?}, {n} bytes");
                assert!(!level.has_avx512() || (done + 51 > n && back[done..].iter().all(|byte| *byte == 0)));
            }
        }
    }

    #[test]
    fn a_foreign_byte_is_told_at_every_place() {
        let mut text = [b'A'; 128];
        for byte in 0..=255u8 {
            let symbol = byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
            for at in 0..128 {
                text[at] = byte;
                let done = decode_at(Level::best(), &text, &mut [0; 96]);
                assert!(done == if symbol { 128 } else { at / 64 * 64 } || !Level::best().has_avx512(), "{byte:#x} at {at}");
                text[at] = b'A';
            }
        }
    }
}
