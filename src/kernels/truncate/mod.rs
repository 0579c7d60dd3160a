//! Floats to integers of up to 4 bytes, where the compiler finds no vectors for that by itself.

use super::level::Level;
use super::number::Number;

#[cfg(target_arch = "x86_64")]
use avx2::truncate;
#[cfg(target_arch = "aarch64")]
use neon::truncate;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;

/// Casts with vectors where that is possible; says how many numbers are done.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub fn vectors<A: Number, B: Number>(level: Level, src: &[u8], dst: &mut [u8]) -> usize {
    if !(level.has_avx2() || level.has_neon()) || !A::IS_FLOAT || !B::TRUNCATES {
        return 0;
    }
    let kernel: unsafe fn(&[u8], &mut [u8]) -> usize = match (A::SIZE, B::SIZE) {
        (4, 1) => truncate::<4, 1>,
        (4, 2) => truncate::<4, 2>,
        (4, 4) => truncate::<4, 4>,
        (8, 1) => truncate::<8, 1>,
        (8, 2) => truncate::<8, 2>,
        (8, 4) => truncate::<8, 4>,
        _ => return 0,
    };
    // SAFETY: the level says that the processor has the instructions.
    unsafe { kernel(src, dst) }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn vectors<A: Number, B: Number>(_: Level, _: &[u8], _: &mut [u8]) -> usize {
    0
}
