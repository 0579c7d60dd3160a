//! Which instructions a kernel may use, found out at run time.
//!
//! A kernel is one piece of code, inlined into a function for each level: the compiler then makes vectors as wide as the level has.

#[cfg(target_arch = "x86_64")]
use std::arch::is_x86_feature_detected;

/// A set of instructions that this processor has. Only the functions here make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    /// What every processor of the target has.
    Base,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Level {
    /// What every processor of the target has.
    pub const BASE: Level = Level(Set::Base);

    /// The best that this processor has. The standard library remembers what it found.
    #[inline]
    pub fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level(if avx512() { Set::Avx512 } else { Set::Avx2 });
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
        return Level(Set::Neon);
        #[cfg(not(all(target_arch = "aarch64", target_endian = "little")))]
        Level::BASE
    }

    /// Whether the AVX2 and FMA instructions are there.
    #[inline]
    pub fn has_avx2(self) -> bool {
        cfg!(target_arch = "x86_64") && self != Level::BASE
    }

    /// Whether kernels written for NEON are to be taken. Every 64-bit ARM processor has it, so `BASE` is made of it as well, as far as
    /// the compiler finds a use for it.
    #[inline]
    pub fn has_neon(self) -> bool {
        cfg!(target_arch = "aarch64") && self != Level::BASE
    }

    /// Whether a product and a sum can be rounded once, in one instruction.
    #[inline]
    pub fn has_fma(self) -> bool {
        cfg!(target_arch = "aarch64") || self.has_avx2()
    }

    /// Whether those of AVX-512 are there that came with Ice Lake and Zen 4: F, BW, DQ, VL, VBMI and the carry-less products.
    #[inline]
    pub fn has_avx512(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self.0 == Set::Avx512;
        #[cfg(not(target_arch = "x86_64"))]
        false
    }

    /// Every level of this processor, for tests.
    #[cfg(test)]
    pub fn all() -> Vec<Level> {
        let mut all = vec![Level::BASE];
        #[cfg(target_arch = "x86_64")]
        if Level::best().has_avx2() {
            all.push(Level(Set::Avx2));
        }
        all.push(Level::best());
        all.dedup();
        all
    }

    /// Does `work` with the instructions of this level. Functions in it must be inlined to profit.
    #[inline]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            Set::Base => work(),
            #[cfg(target_arch = "aarch64")]
            Set::Neon => work(),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a level with AVX2 is only made where the processor has it.
            Set::Avx2 => unsafe { with_avx2(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above, with AVX-512.
            Set::Avx512 => unsafe { with_avx512(work) },
        }
    }
}

/// At every level, for every number of items and at any place, `kernel` gives what it does for one item at a time without vectors.
/// Items have so many bytes before and after it.
#[cfg(test)]
pub fn check_levels(before: usize, after: usize, src: &[u8], kernel: impl Fn(Level, &[u8], &mut [u8])) {
    for level in Level::all() {
        for n in (0..=300).chain([src.len() / before - 8]) {
            let (src, to, mut one) = (&src[n % 7..][..n * before], n % 5, vec![0; after]);
            let mut dst = vec![0; to + n * after];
            kernel(level, src, &mut dst[to..]);
            for (i, (item, result)) in src.chunks_exact(before).zip(dst[to..].chunks_exact(after)).enumerate() {
                kernel(Level::BASE, item, &mut one);
                assert_eq!(one, result, "{level:?}, {item:?}, item {i} of {n}");
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("vpclmulqdq")
        && is_x86_feature_detected!("pclmulqdq")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")]
fn with_avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}
