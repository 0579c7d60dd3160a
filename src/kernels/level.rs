//! Which instructions a kernel may use, found out at run time.
//!
//! A kernel is one piece of code, inlined into a function for each level: the compiler then makes vectors as wide as the level has.

/// A set of instructions that this processor has. Only the functions here make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    /// What every processor of the target has.
    Base,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Level {
    /// What every processor of the target has.
    pub const BASE: Level = Level(Set::Base);

    /// The best that this processor has. The standard library remembers what it found.
    #[inline]
    pub fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Level(Set::Avx2);
        }
        Level::BASE
    }

    /// Whether the AVX2 instructions are there.
    #[inline]
    pub fn has_avx2(self) -> bool {
        self != Level::BASE
    }

    /// Every level of this processor, for tests.
    #[cfg(test)]
    pub fn all() -> Vec<Level> {
        let mut all = vec![Level::BASE, Level::best()];
        all.dedup();
        all
    }

    /// Does `work` with the instructions of this level. Functions in it must be inlined to profit.
    #[inline]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            Set::Base => work(),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a level with AVX2 is only made where the processor has it.
            Set::Avx2 => unsafe { with_avx2(work) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}
