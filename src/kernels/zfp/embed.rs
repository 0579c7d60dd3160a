//! Bit planes to bits.

use super::bits::{Cursor, Writer};
use super::planes::Planes;

/// Writes the `count` highest of `width` planes, of which `empty` are zero, until `end` is reached; may go past it by two words.
#[inline(always)]
pub fn encode<const N: usize>(planes: &Planes, width: u32, (empty, count): (u32, u32), end: u64, to: &mut Writer) {
    to.with(
        #[inline(always)]
        |cursor, words| {
            let empty = empty.min(count);
            cursor.put(words, 0, empty);
            let (mut top, below, mut known) = (width - empty, width - count, 0);
            while top > below && known < N as u32 && cursor.position() < end {
                top -= 1;
                known = write_plane::<N>(plane(planes, top), known, cursor, words);
            }
            while top > below && cursor.position() < end {
                let some = (top - below).min(64 / N as u32);
                top -= some;
                cursor.put(words, joined::<N>(planes, top, some), N as u32 * some);
            }
        },
    );
}

#[inline(always)]
fn plane(planes: &Planes, p: u32) -> u64 {
    planes.get(p as usize % 8).and_then(|row| row.get(p as usize / 8)).copied().unwrap_or_default()
}

/// All bits of so many planes, the highest first.
#[inline(always)]
fn joined<const N: usize>(planes: &Planes, from: u32, count: u32) -> u64 {
    (from + 1..from + count).fold(plane(planes, from), |bits, p| bits << (N as u32 % 64) | plane(planes, p))
}

/// Writes a plane: the bits of the first `known` numbers as they are; of the others, a bit tells whether any is set, and if so, bits
/// follow up to the first that is, which needs none if it can only be the last; and so on. Returns how many numbers are known now.
#[inline(always)]
pub fn write_plane<const N: usize>(plane: u64, known: u32, cursor: &mut Cursor, words: &mut [u64]) -> u32 {
    let last = N as u32 - 1;
    let first = plane & !u64::MAX.checked_shl(known).unwrap_or(0);
    cursor.put(words, first, known);
    let (mut rest, mut known) = (plane.checked_shr(known).unwrap_or(0), known);
    while rest != 0 {
        let zeros = rest.trailing_zeros();
        if known + zeros >= last {
            cursor.put(words, 1, 1 + zeros);
            return N as u32;
        }
        cursor.put(words, 1 | 2 << zeros, 2 + zeros);
        known += zeros + 1;
        rest >>= zeros + 1;
    }
    if known <= last {
        cursor.put(words, 0, 1);
    }
    known
}
