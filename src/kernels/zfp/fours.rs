//! Cells of one dimension: four numbers, so that tables can tell what becomes of a plane.

use std::ops::Range;

use super::bits::{Cursor, Writer};
use super::extract;
use super::number::Word;
use super::reader::Reader;

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

/// As [`super::extract::decode`], to four integers.
#[inline(always)]
pub fn decode<W: Word>(count: u32, from: &mut Reader<'_>) -> [W; 4] {
    let (mut integers, mut reader, mut known) = ([W::default(); 4], *from, 0);
    for n in 0..count.div_ceil(8) {
        let some = (count - 8 * n).min(8);
        let planes = if known == 4 && reader.end - reader.at >= 32 {
            reader.take(4 * some) as u32
        } else {
            read_planes(some, &mut known, &mut reader)
        };
        let bytes = gathered(planes).to_le_bytes();
        for (integer, byte) in integers.iter_mut().zip(bytes) {
            *integer = *integer | W::from(byte) << (8 * (size_of::<W>() as u32 - 1 - n));
        }
    }
    *from = reader;
    integers
}

/// Reads some of eight planes: by the table where it cannot lead past the end.
#[inline(always)]
fn read_planes(some: u32, known: &mut u32, from: &mut Reader<'_>) -> u32 {
    let (mut bits, mut planes) = (from.peek(), 0);
    for i in 0..some {
        if from.end - from.at < u64::from(LONGEST) {
            return planes | last_planes(i..some, known, from);
        }
        let step = BACK.get((*known << LONGEST) as usize + (bits as usize & ((1 << LONGEST) - 1))).copied().unwrap_or(NOTHING);
        planes |= u32::from(step.bits) << (4 * i);
        bits >>= step.count;
        from.at += u64::from(step.count);
        *known = step.known.into();
    }
    planes
}

#[inline(always)]
fn last_planes(range: Range<u32>, known: &mut u32, from: &mut Reader<'_>) -> u32 {
    let mut planes = 0;
    for i in range {
        if from.at >= from.end {
            break;
        }
        planes |= (extract::read_plane::<4>(known, from) as u32) << (4 * i);
    }
    planes
}

/// The bits that are four places apart in a byte each, the highest first: the way back from [`eight`].
#[inline(always)]
fn gathered(planes: u32) -> u32 {
    let planes = planes.swap_bytes();
    let planes = (planes >> 4) & 0x0f0f_0f0f | (planes & 0x0f0f_0f0f) << 4;
    // In each half, rows and columns of four change places; then the second and the third quarter of the word.
    let planes = exchange(exchange(planes, 3, 0x0a0a_0a0a), 6, 0x00cc_00cc);
    let low = (planes & 0xf) | (planes & 0xf0) << 4 | (planes & 0xf00) << 8 | (planes & 0xf000) << 12;
    let high = (planes & 0xf_0000) >> 12 | (planes & 0xf0_0000) >> 8 | (planes & 0xf00_0000) >> 4 | planes & 0xf000_0000;
    low | high
}

/// Bits under the mask change places with those `shift` above.
#[inline(always)]
fn exchange(bits: u32, shift: u32, mask: u32) -> u32 {
    let both = (bits ^ (bits >> shift)) & mask;
    bits ^ both ^ (both << shift)
}

/// Most bits of a plane.
const LONGEST: u32 = 7;

/// The plane that bits begin with, by how many numbers are known before.
const BACK: [Step; 5 << LONGEST] = {
    let (mut steps, mut i) = ([NOTHING; 5 << LONGEST], 0);
    let mut rest = steps.as_mut_slice();
    while let Some((first, others)) = rest.split_first_mut() {
        *first = step_back(i % (1 << LONGEST), i >> LONGEST);
        (rest, i) = (others, i + 1);
    }
    steps
};

/// The only plane that is written with bits which these begin with.
const fn step_back(bits: u16, known: u16) -> Step {
    let mut plane = 0;
    loop {
        let step = step(plane, known as u8);
        if bits as u8 & ((1 << step.count) - 1) == step.bits || plane == 15 {
            return Step { bits: plane, ..step };
        }
        plane += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::embed::write_plane;
    use super::*;

    #[test]
    fn a_step_is_what_the_rule_for_any_plane_gives() {
        for (plane, known) in (0..16).flat_map(|plane| (0..4).map(move |known| (plane, known))) {
            let (step, mut cursor, mut words) = (step(plane, known), Cursor::default(), [0; 2]);
            let after = write_plane::<4>(plane.into(), known.into(), &mut cursor, &mut words);
            let written = (u64::from_le(words[0]), cursor.position(), after);
            assert_eq!((step.bits.into(), step.count.into(), step.known.into()), written, "{plane:04b} {known}");
        }
    }
}
