//! Cells of one dimension: four numbers, so that tables can tell what becomes of a plane.

use super::bits::{Cursor, Writer};
use super::number::Word;

/// As [`super::embed::encode`], for the `count` highest planes of four integers, `empty` of which are zero.
#[inline(always)]
pub fn encode<W: Word>(integers: &[W; 4], (empty, count): (u32, u32), end: u64, to: &mut Writer) {
    to.with(
        #[inline(always)]
        |cursor, words| {
            let (mut done, mut known) = (empty.min(count), 0);
            cursor.put(words, 0, done);
            while done < count && cursor.position() < end {
                let some = (8 - done % 8).min(count - done);
                let planes = (eight(integers, done / 8) >> (4 * (done % 8))) & (u32::MAX >> (32 - 4 * some));
                if known == 4 {
                    cursor.put(words, planes.into(), 4 * some);
                } else {
                    known = write_planes(planes, some, known, cursor, words);
                }
                done += some;
            }
        },
    );
}

/// Writes some of eight planes. Returns how many numbers are known now.
#[inline(always)]
fn write_planes(planes: u32, some: u32, mut known: u8, cursor: &mut Cursor, words: &mut [u64]) -> u8 {
    let (mut planes, mut left) = (planes, some);
    while left > 0 && known < 4 {
        let step = STEPS.get(usize::from(known) * 16 + planes as usize % 16).copied().unwrap_or(NOTHING);
        cursor.put(words, step.bits.into(), step.count.into());
        known = step.known;
        (planes, left) = (planes >> 4, left - 1);
    }
    cursor.put(words, planes.into(), 4 * left);
    known
}

/// Planes `8 * n` to `8 * n + 7` from the highest: four bits each.
#[inline(always)]
fn eight<W: Word>(integers: &[W; 4], n: u32) -> u32 {
    let below = 8 * (size_of::<W>() as u32 - 1 - n);
    integers.iter().rev().fold(0, |planes, word| {
        let byte = (*word >> below).wide() & 0xff;
        planes << 1 | SPREAD.get(byte as usize).copied().unwrap_or_default()
    })
}

/// The bits of a byte, the highest first, four places apart.
const SPREAD: [u32; 256] = {
    let (mut table, mut byte) = ([0; 256], 0u32);
    let mut rest = table.as_mut_slice();
    while let Some((first, others)) = rest.split_first_mut() {
        let mut bit = 0;
        while bit < 8 {
            *first |= (byte >> (7 - bit) & 1) << (4 * bit);
            bit += 1;
        }
        (rest, byte) = (others, byte + 1);
    }
    table
};

/// What becomes of a plane.
#[derive(Clone, Copy)]
struct Step {
    bits: u8,
    count: u8,
    /// Numbers known after it.
    known: u8,
}

const NOTHING: Step = Step { bits: 0, count: 0, known: 4 };

/// By how many numbers are known before, and by the plane.
const STEPS: [Step; 64] = {
    let (mut steps, mut i) = ([NOTHING; 64], 0);
    let mut rest = steps.as_mut_slice();
    while let Some((first, others)) = rest.split_first_mut() {
        *first = step(i % 16, i / 16);
        (rest, i) = (others, i + 1);
    }
    steps
};

/// See [`super::embed`] for the rule.
const fn step(plane: u8, known: u8) -> Step {
    let mut step = Step { bits: plane & ((1 << known) - 1), count: known, known };
    while step.known < 4 {
        let any = plane >> step.known != 0;
        step.bits |= (any as u8) << step.count;
        step.count += 1;
        if !any {
            break;
        }
        let mut found = false;
        while !found && step.known < 3 {
            found = plane >> step.known & 1 == 1;
            step.bits |= (found as u8) << step.count;
            step.count += 1;
            step.known += 1;
        }
        if !found {
            step.known = 4;
        }
    }
    step
}
