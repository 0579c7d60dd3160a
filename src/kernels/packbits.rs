//! Truth values, eight to a byte, the first one in the highest bit.

use super::level::Level;

/// One bit for every byte of `src`, set unless the byte is 0; the last bits of `dst` are 0.
pub fn pack(src: &[u8], dst: &mut [u8]) {
    pack_at(Level::best(), src, dst);
}

fn pack_at(level: Level, src: &[u8], dst: &mut [u8]) {
    let done = vectors(level, src, dst);
    for (flags, to) in src.chunks(8).zip(dst).skip(done) {
        *to = flags.iter().enumerate().fold(0, |bits, (i, flag)| bits | u8::from(*flag != 0) << (7 - i));
    }
}

/// One byte, 0 or 1, for every bit of `src`, as far as `dst` goes.
pub fn unpack(src: &[u8], dst: &mut [u8]) {
    unpack_at(Level::best(), src, dst);
}

fn unpack_at(level: Level, src: &[u8], dst: &mut [u8]) {
    level.run(
        #[inline(always)]
        || {
            let (groups, rest) = dst.as_chunks_mut::<8>();
            let whole = groups.len();
            for (bits, flags) in src.iter().zip(groups) {
                // Bit 7 - i of every byte moves to the lowest place of byte i.
                let spread = (u64::from(*bits) * 0x0101_0101_0101_0101) & 0x0102_0408_1020_4080;
                *flags = (((spread + 0x7f7e_7c78_7060_4000) >> 7) & 0x0101_0101_0101_0101).to_le_bytes();
            }
            for (i, flag) in rest.iter_mut().enumerate() {
                *flag = src.get(whole).map_or(0, |bits| bits >> (7 - i) & 1);
            }
        },
    );
}

/// Packs with vectors where that is possible; says how many bytes of `dst` are done.
#[cfg(target_arch = "x86_64")]
fn vectors(level: Level, src: &[u8], dst: &mut [u8]) -> usize {
    if !level.has_avx2() {
        return 0;
    }
    // SAFETY: the level says that the processor has AVX2.
    unsafe { pack_avx2(src, dst) }
}

#[cfg(target_arch = "aarch64")]
fn vectors(level: Level, src: &[u8], dst: &mut [u8]) -> usize {
    if !level.has_neon() {
        return 0;
    }
    // SAFETY: the level says that the processor has NEON.
    unsafe { pack_neon(src, dst) }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn vectors(_: Level, _: &[u8], _: &mut [u8]) -> usize {
    0
}

/// Turns eight bytes around at a time, because the mask takes the first one into the lowest bit.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn pack_avx2(src: &[u8], dst: &mut [u8]) -> usize {
    use std::arch::x86_64::*;
    let around = _mm256_broadcastsi128_si256(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    let (vectors, room) = (src.as_chunks::<32>().0, dst.as_chunks_mut::<4>().0);
    let done = 4 * vectors.len().min(room.len());
    for (from, to) in vectors.iter().zip(room) {
        // SAFETY: 32 bytes, at any alignment.
        let flags = unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        let zeros = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(flags, around), _mm256_setzero_si256());
        *to = (!_mm256_movemask_epi8(zeros)).to_le_bytes();
    }
    done
}

/// Gives every byte the weight of its bit, and adds eight neighbours up by adding two, three times.
#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn pack_neon(src: &[u8], dst: &mut [u8]) -> usize {
    use std::arch::aarch64::*;
    let weights = vreinterpretq_u8_u64(vdupq_n_u64(u64::from_le_bytes([128, 64, 32, 16, 8, 4, 2, 1])));
    let (groups, room) = (src.as_chunks::<128>().0, dst.as_chunks_mut::<16>().0);
    let done = 16 * groups.len().min(room.len());
    for (from, to) in groups.iter().zip(room) {
        let mut regs = [weights; 8];
        for (reg, flags) in regs.iter_mut().zip(from.as_chunks::<16>().0) {
            // SAFETY: 16 bytes, at any alignment.
            let flags = unsafe { vld1q_u8(flags.as_ptr()) };
            *reg = vandq_u8(vtstq_u8(flags, flags), weights);
        }
        let [a, b, c, d, e, f, g, h] = regs;
        let (low, high) = (vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d)), vpaddq_u8(vpaddq_u8(e, f), vpaddq_u8(g, h)));
        // SAFETY: 16 bytes, at any alignment.
        unsafe { vst1q_u8(to.as_mut_ptr(), vpaddq_u8(low, high)) };
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_does_the_same_at_every_size_and_alignment() {
        let src: Vec<u8> = (0..5000u32).map(|i| if i * i % 7 < 3 { 0 } else { (i % 255) as u8 + 1 }).collect();
        for level in Level::all() {
            for n in (0..=300).chain([1000, 4001]) {
                let (from, to) = (n % 33, n * 3 % 33);
                let (flags, size) = (&src[from..from + n], n.div_ceil(8));
                let (mut packed, mut back) = (vec![0xff; to + size], vec![0xff; from + n]);
                pack_at(level, flags, &mut packed[to..]);
                for bit in 0..8 * size {
                    let wanted = flags.get(bit).is_some_and(|flag| *flag != 0);
                    assert_eq!(packed[to + bit / 8] >> (7 - bit % 8) & 1 == 1, wanted, "{level:?}, bit {bit} of {n}");
                }
                unpack_at(level, &packed[to..], &mut back[from..]);
                assert!(back[from..].iter().zip(flags).all(|(back, flag)| *back == u8::from(*flag != 0)), "{level:?}, {n} flags");
            }
        }
    }
}
