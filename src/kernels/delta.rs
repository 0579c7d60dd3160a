//! Differences of neighbours, and running sums.

use super::level::Level;
use super::number::Number;

/// `dst[i] = src[i] - src[i - 1]`; `last` is the number before the first, and then the last one.
pub fn differences<T: Number>(src: &[u8], dst: &mut [u8], last: &mut T) {
    differences_at(Level::best(), src, dst, last);
}

fn differences_at<T: Number>(level: Level, src: &[u8], dst: &mut [u8], last: &mut T) {
    level.run(
        #[inline(always)]
        || differences_of(src, dst, last),
    );
}

#[inline(always)]
fn differences_of<T: Number>(src: &[u8], dst: &mut [u8], last: &mut T) {
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        let value = T::read(from, false);
        value.sub(*last).write(to, false);
        *last = value;
    }
}

/// `dst[i] = src[0] + ... + src[i]`; `sum` is what was summed before, and then the whole sum.
pub fn running_sum<T: Number>(src: &[u8], dst: &mut [u8], sum: &mut T) {
    running_sum_at(Level::best(), src, dst, sum);
}

fn running_sum_at<T: Number>(level: Level, src: &[u8], dst: &mut [u8], sum: &mut T) {
    let done = if T::WRAPS { vectors(level, src, dst, sum) } else { 0 };
    let (Some(src), Some(dst)) = (src.get(done..), dst.get_mut(done..)) else { return };
    for (from, to) in src.chunks_exact(T::SIZE).zip(dst.chunks_exact_mut(T::SIZE)) {
        *sum = sum.add(T::read(from, false));
        sum.write(to, false);
    }
}

/// Sums integers with vectors where that is possible; says how many bytes are done.
fn vectors<T: Number>(level: Level, src: &[u8], dst: &mut [u8], sum: &mut T) -> usize {
    let Some(kernel) = kernel(level, T::SIZE) else { return 0 };
    let mut start = [0; 8];
    if let Some(start) = start.get_mut(..T::SIZE) {
        sum.write(start, false);
    }
    // SAFETY: the level says that the processor has the instructions.
    let done = unsafe { kernel(src, dst, u64::from_le_bytes(start)) };
    if let Some(last) = dst.get(..done).and_then(|done| done.rchunks_exact(T::SIZE).next()) {
        *sum = T::read(last, false);
    }
    done
}

/// Sums integers from a start on; says how many bytes were whole vectors.
type Sum = unsafe fn(&[u8], &mut [u8], u64) -> usize;

#[cfg(target_arch = "x86_64")]
fn kernel(level: Level, size: usize) -> Option<Sum> {
    match size {
        1 if level.has_avx512() => Some(avx512::running_sum::<1>),
        2 if level.has_avx512() => Some(avx512::running_sum::<2>),
        4 if level.has_avx512() => Some(avx512::running_sum::<4>),
        8 if level.has_avx512() => Some(avx512::running_sum::<8>),
        1 if level.has_avx2() => Some(avx2::running_sum::<1>),
        2 if level.has_avx2() => Some(avx2::running_sum::<2>),
        4 if level.has_avx2() => Some(avx2::running_sum::<4>),
        8 if level.has_avx2() => Some(avx2::running_sum::<8>),
        _ => None,
    }
}

/// Two integers of 8 bytes to a register are no gain.
#[cfg(target_arch = "aarch64")]
fn kernel(level: Level, size: usize) -> Option<Sum> {
    match size {
        1 if level.has_neon() => Some(neon::running_sum::<1>),
        2 if level.has_neon() => Some(neon::running_sum::<2>),
        4 if level.has_neon() => Some(neon::running_sum::<4>),
        _ => None,
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn kernel(_: Level, _: usize) -> Option<Sum> {
    None
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    /// Sums integers of `W` bytes from `start` on; says how many bytes were whole vectors.
    #[target_feature(enable = "avx2")]
    pub fn running_sum<const W: usize>(src: &[u8], dst: &mut [u8], start: u64) -> usize {
        let mut before = last::<W>(_mm256_set1_epi64x((start << (64 - 8 * W)).cast_signed()));
        let (vectors, room) = (src.as_chunks::<32>().0, dst.as_chunks_mut::<32>().0);
        for (from, to) in vectors.iter().zip(room) {
            // SAFETY: 32 bytes, at any alignment.
            let sums = lanes::<W>(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) });
            let totals = last::<W>(sums);
            // The lower lane counts in the upper one.
            let sums = add::<W>(sums, _mm256_permute2x128_si256::<0x08>(totals, totals));
            // SAFETY: as above.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), add::<W>(sums, before)) };
            before = add::<W>(before, add::<W>(totals, _mm256_permute2x128_si256::<0x01>(totals, totals)));
        }
        src.len().min(dst.len()) / 32 * 32
    }

    /// Running sums inside each lane: first inside each 8 bytes, with shifts: few places of a processor can exchange bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn lanes<const W: usize>(mut x: __m256i) -> __m256i {
        if W == 1 {
            x = add::<W>(x, _mm256_slli_epi64::<8>(x));
        }
        if W <= 2 {
            x = add::<W>(x, _mm256_slli_epi64::<16>(x));
        }
        if W <= 4 {
            x = add::<W>(x, _mm256_slli_epi64::<32>(x));
        }
        let lower = match W {
            1 => 0x0707_0707_0707_0707,
            2 => 0x0706_0706_0706_0706,
            4 => 0x0706_0504_0706_0504,
            _ => 0x0706_0504_0302_0100,
        };
        add::<W>(x, _mm256_shuffle_epi8(x, _mm256_set_epi64x(lower, -1, lower, -1)))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn add<const W: usize>(a: __m256i, b: __m256i) -> __m256i {
        match W {
            1 => _mm256_add_epi8(a, b),
            2 => _mm256_add_epi16(a, b),
            4 => _mm256_add_epi32(a, b),
            _ => _mm256_add_epi64(a, b),
        }
    }

    /// The last integer of each lane, in all places of the lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn last<const W: usize>(x: __m256i) -> __m256i {
        let place = match W {
            1 => _mm256_set1_epi8(15),
            2 => _mm256_set1_epi16(0x0f0e),
            4 => _mm256_set1_epi32(0x0f0e_0d0c),
            _ => _mm256_set1_epi64x(0x0f0e_0d0c_0b0a_0908),
        };
        _mm256_shuffle_epi8(x, place)
    }
}

/// As with AVX2, with bytes from any place to any other in one instruction. Vectors of 64 bytes would take one exchange more each.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use super::avx2::{add, lanes};

    /// Sums integers of `W` bytes from `start` on; says how many bytes were whole vectors.
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi")]
    pub fn running_sum<const W: usize>(src: &[u8], dst: &mut [u8], start: u64) -> usize {
        let (lower, all) = (places::<W>(16), places::<W>(32));
        let mut before = _mm256_permutexvar_epi8(places::<W>(W), _mm256_set1_epi64x(start.cast_signed()));
        let (vectors, room) = (src.as_chunks::<32>().0, dst.as_chunks_mut::<32>().0);
        for (from, to) in vectors.iter().zip(room) {
            // SAFETY: 32 bytes, at any alignment.
            let sums = lanes::<W>(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) });
            // The lower lane counts in the upper one.
            let sums = add::<W>(sums, _mm256_maskz_permutexvar_epi8(0xffff_0000, lower, sums));
            // SAFETY: as above.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), add::<W>(sums, before)) };
            before = add::<W>(before, _mm256_permutexvar_epi8(all, sums));
        }
        src.len().min(dst.len()) / 32 * 32
    }

    /// Where the bytes of the integer before byte `end` lie, again and again.
    #[target_feature(enable = "avx2")]
    fn places<const W: usize>(end: usize) -> __m256i {
        let places: [u8; 32] = std::array::from_fn(|i| (end - W + i % W) as u8);
        // Hidden, or the compiler makes two or three exchanges of one. SAFETY: 32 bytes, at any alignment.
        std::hint::black_box(unsafe { _mm256_loadu_si256(places.as_ptr().cast()) })
    }
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use std::arch::aarch64::*;

    /// Sums integers of `W` bytes, up to 4, from `start` on; says how many bytes were whole vectors.
    #[target_feature(enable = "neon")]
    pub fn running_sum<const W: usize>(src: &[u8], dst: &mut [u8], start: u64) -> usize {
        let mut before = last::<W>(vreinterpretq_u8_u64(vdupq_n_u64(start << (64 - 8 * W))));
        let (vectors, room) = (src.as_chunks::<16>().0, dst.as_chunks_mut::<16>().0);
        for (from, to) in vectors.iter().zip(room) {
            // SAFETY: 16 bytes, at any alignment.
            let sums = inside::<W>(unsafe { vld1q_u8(from.as_ptr()) });
            // SAFETY: as above.
            unsafe { vst1q_u8(to.as_mut_ptr(), add::<W>(sums, before)) };
            before = add::<W>(before, last::<W>(sums));
        }
        src.len().min(dst.len()) / 16 * 16
    }

    /// Running sums inside a vector.
    #[inline]
    #[target_feature(enable = "neon")]
    fn inside<const W: usize>(mut x: uint8x16_t) -> uint8x16_t {
        let zero = vdupq_n_u8(0);
        if W == 1 {
            x = add::<W>(x, vextq_u8::<15>(zero, x));
        }
        if W <= 2 {
            x = add::<W>(x, vextq_u8::<14>(zero, x));
        }
        x = add::<W>(x, vextq_u8::<12>(zero, x));
        add::<W>(x, vextq_u8::<8>(zero, x))
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn add<const W: usize>(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
        match W {
            1 => vaddq_u8(a, b),
            2 => vreinterpretq_u8_u16(vaddq_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b))),
            _ => vreinterpretq_u8_u32(vaddq_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b))),
        }
    }

    /// The last integer in all places.
    #[inline]
    #[target_feature(enable = "neon")]
    fn last<const W: usize>(x: uint8x16_t) -> uint8x16_t {
        match W {
            1 => vdupq_laneq_u8::<15>(x),
            2 => vreinterpretq_u8_u16(vdupq_laneq_u16::<7>(vreinterpretq_u16_u8(x))),
            _ => vreinterpretq_u8_u32(vdupq_laneq_u32::<3>(vreinterpretq_u32_u8(x))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Number + PartialEq + std::fmt::Debug>() {
        let src: Vec<u8> = (0..3000u32).map(|i| ((i * i) >> 3) as u8 ^ i as u8).collect();
        for level in Level::all() {
            for n in (0..=300).chain([1111, 2000]) {
                let (from, to, n) = (n % 31, n * 5 % 31, n / T::SIZE * T::SIZE);
                let (mut sums, mut back) = (vec![0; to + n], vec![0; n]);
                let mut sum = T::from_i64(77);
                running_sum_at(level, &src[from..from + n], &mut sums[to..], &mut sum);
                let last = sums[to..].rchunks_exact(T::SIZE).next().map_or(T::from_i64(77), |last| T::read(last, false));
                assert_eq!(sum, last, "{level:?}, {n} bytes");
                differences_at(level, &sums[to..], &mut back, &mut T::from_i64(77));
                assert_eq!(back, src[from..from + n], "{level:?}, {n} bytes");
            }
        }
    }

    #[test]
    fn sums_undo_differences_at_every_size_and_level() {
        check::<u8>();
        check::<i16>();
        check::<u32>();
        check::<i64>();
    }
}
