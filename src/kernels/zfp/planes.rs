//! Integers to bit planes.

use super::number::Word;
use crate::kernels::level::Level;
use crate::kernels::transpose;

/// The planes of up to 64 integers: plane `p` is word `p / 8` of row `p % 8`, its bit `i` that of integer `i`.
pub type Planes = [[u64; 8]; 8];

/// Integer `i` lies in row `i % 8` at `i / 8`.
#[inline(always)]
pub fn split<W: Word, const LANES: usize>(level: Level, mut rows: [[W; LANES]; 8]) -> Planes {
    exchange(&mut rows);
    // Byte `c` at lane `l` of row `r` now is byte `l` of plane `8 * c + r`.
    let mut planes = [[0; 8]; 8];
    for (plane, row) in planes.iter_mut().zip(&rows) {
        *plane = bytes(level, row);
    }
    planes
}

/// Undoes [`split`].
#[inline(always)]
pub fn join<W: Word, const LANES: usize>(level: Level, planes: &Planes) -> [[W; LANES]; 8] {
    let mut rows = [[W::default(); LANES]; 8];
    for (row, plane) in rows.iter_mut().zip(planes) {
        row.iter_mut().zip(bytes(level, plane)).for_each(|(to, from)| *to = W::narrow(from));
    }
    exchange(&mut rows);
    rows
}

/// In each lane, bit `r` of a byte in row `k` becomes bit `k` of that byte in row `r`.
#[inline(always)]
fn exchange<W: Word, const LANES: usize>(rows: &mut [[W; LANES]; 8]) {
    for (step, lower) in [(4, 0x0f), (2, 0x33), (1, 0x55)] {
        for pair in rows.chunks_exact_mut(2 * step) {
            let (above, below) = pair.split_at_mut(step);
            for (a, b) in above.as_flattened_mut().iter_mut().zip(below.as_flattened_mut()) {
                let both = ((*a >> step as u32) ^ *b) & W::repeat(lower);
                (*a, *b) = (*a ^ (both << step as u32), *b ^ both);
            }
        }
    }
}

/// Byte `c` of lane `l` becomes byte `l` of word `c`.
#[inline(always)]
fn bytes<W: Word, const LANES: usize>(level: Level, row: &[W; LANES]) -> [u64; 8] {
    #[cfg(target_arch = "x86_64")]
    if level.has_avx512() && LANES == 8 {
        // SAFETY: the level says that the processor has these instructions.
        return unsafe { super::avx512::bytes(row) };
    }
    let _ = level;
    let mut wide = [0; 8];
    wide.iter_mut().zip(row).for_each(|(to, from)| *to = from.wide());
    transpose::bytes(wide)
}
