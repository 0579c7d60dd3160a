//! The byte shuffle with AVX-512 and VBMI, for items of 2, 4, 8 and 16 bytes.
//!
//! In each register the bytes of its items are gathered by place; `T` registers then are a matrix of `T` by `T` fields, which is
//! transposed. Transposing undoes itself.

use std::arch::x86_64::*;

/// Items moved at a time.
pub const ITEMS: usize = 64;

/// Where the bytes of a register come from that is to hold items of `T` bytes by place, or the other way round.
struct Order<const T: usize>;

impl<const T: usize> Order<T> {
    const GATHER: [u8; 64] = Self::table(T);
    const SCATTER: [u8; 64] = Self::table(64 / T);

    const fn table(step: usize) -> [u8; 64] {
        let (mut places, mut i, run) = ([0; 64], 0, 64 / step);
        let mut rest = places.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            (*first, rest) = ((i % run * step + i / run) as u8, others);
            i += 1;
        }
        places
    }
}

/// Shuffles as many whole groups of items as there are: item `i` of `items` to place `i` of planes that are `count` bytes apart.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub fn shuffle<const T: usize>(items: &[u8], planes: &mut [u8], count: usize) {
    let gather = load(&Order::<T>::GATHER, 0);
    for (n, group) in items.chunks_exact(ITEMS * T).enumerate() {
        let mut regs = [_mm512_setzero_si512(); T];
        for (k, reg) in regs.iter_mut().enumerate() {
            *reg = _mm512_permutexvar_epi8(gather, load(group, 64 * k));
        }
        for (j, reg) in transpose(regs).into_iter().enumerate() {
            store(planes, j * count + n * ITEMS, reg);
        }
    }
}

/// Undoes [`shuffle`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub fn unshuffle<const T: usize>(planes: &[u8], items: &mut [u8], count: usize) {
    let scatter = load(&Order::<T>::SCATTER, 0);
    for (n, group) in items.chunks_exact_mut(ITEMS * T).enumerate() {
        let mut regs = [_mm512_setzero_si512(); T];
        for (j, reg) in regs.iter_mut().enumerate() {
            *reg = load(planes, j * count + n * ITEMS);
        }
        for (k, reg) in transpose(regs).into_iter().enumerate() {
            store(group, 64 * k, _mm512_permutexvar_epi8(scatter, reg));
        }
    }
}

/// As [`shuffle`] for items of 16 bytes: their lower and upper halves are items of 8.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub fn shuffle_16(items: &[u8], planes: &mut [u8], count: usize) {
    let gather = load(&Order::<8>::GATHER, 0);
    let halves = [_mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15)];
    for (n, group) in items.chunks_exact(ITEMS * 16).enumerate() {
        for (half, upper) in halves.into_iter().enumerate() {
            let mut regs = [_mm512_setzero_si512(); 8];
            for (k, reg) in regs.iter_mut().enumerate() {
                let (first, second) = (load(group, 128 * k), load(group, 128 * k + 64));
                *reg = _mm512_permutexvar_epi8(gather, _mm512_permutex2var_epi64(first, upper, second));
            }
            for (j, reg) in transpose(regs).into_iter().enumerate() {
                store(planes, (8 * half + j) * count + n * ITEMS, reg);
            }
        }
    }
}

/// Undoes [`shuffle_16`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub fn unshuffle_16(planes: &[u8], items: &mut [u8], count: usize) {
    let scatter = load(&Order::<8>::SCATTER, 0);
    let pairs = [_mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15)];
    for (n, group) in items.chunks_exact_mut(ITEMS * 16).enumerate() {
        let [lower, upper] = [0, 8].map(|first| {
            let mut regs = [_mm512_setzero_si512(); 8];
            for (j, reg) in regs.iter_mut().enumerate() {
                *reg = load(planes, (first + j) * count + n * ITEMS);
            }
            transpose(regs)
        });
        for (k, (low, up)) in lower.into_iter().zip(upper).enumerate() {
            let (low, up) = (_mm512_permutexvar_epi8(scatter, low), _mm512_permutexvar_epi8(scatter, up));
            for (i, order) in pairs.into_iter().enumerate() {
                store(group, 128 * k + 64 * i, _mm512_permutex2var_epi64(low, order, up));
            }
        }
    }
}

/// Fields of `64 / T` bytes: the one at `(i, j)` goes to `(j, i)`.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose<const T: usize>(regs: [__m512i; T]) -> [__m512i; T] {
    let mut result = regs;
    match (&regs[..], &mut result[..]) {
        ([a, b], [first, second]) => {
            *first = _mm512_shuffle_i64x2::<0x44>(*a, *b);
            *second = _mm512_shuffle_i64x2::<0xee>(*a, *b);
        }
        ([a, b, c, d], result) => result.copy_from_slice(&lanes([*a, *b, *c, *d])),
        ([a, b, c, d, e, f, g, h], result) => {
            let pairs = [(a, b), (c, d), (e, f), (g, h)];
            let even = lanes(pairs.map(|(a, b)| _mm512_unpacklo_epi64(*a, *b)));
            let odd = lanes(pairs.map(|(a, b)| _mm512_unpackhi_epi64(*a, *b)));
            for (pair, both) in result.as_chunks_mut().0.iter_mut().zip(even.into_iter().zip(odd)) {
                *pair = [both.0, both.1];
            }
        }
        _ => {}
    }
    result
}

/// Four by four fields of 16 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab, cd) = (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0x44>(c, d));
    let (ab2, cd2) = (_mm512_shuffle_i64x2::<0xee>(a, b), _mm512_shuffle_i64x2::<0xee>(c, d));
    [
        _mm512_shuffle_i64x2::<0x88>(ab, cd),
        _mm512_shuffle_i64x2::<0xdd>(ab, cd),
        _mm512_shuffle_i64x2::<0x88>(ab2, cd2),
        _mm512_shuffle_i64x2::<0xdd>(ab2, cd2),
    ]
}

/// 64 bytes from `at` on.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8], at: usize) -> __m512i {
    match bytes.get(at..).and_then(<[u8]>::first_chunk::<64>) {
        // SAFETY: 64 bytes, at any alignment.
        Some(bytes) => unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) },
        None => _mm512_setzero_si512(),
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(bytes: &mut [u8], at: usize, reg: __m512i) {
    if let Some(bytes) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<64>) {
        // SAFETY: 64 bytes, at any alignment.
        unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), reg) };
    }
}
