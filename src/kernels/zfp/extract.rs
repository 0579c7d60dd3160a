//! Bits to bit planes: the way back from [`super::embed`].

use super::planes::Planes;
use super::reader::Reader;

/// Reads the `count` highest of `width` planes, as far as the reader's end lets it.
#[inline(always)]
pub fn decode<const N: usize>(width: u32, count: u32, from: &mut Reader<'_>) -> Planes {
    let (mut planes, mut reader, mut known) = (Planes::default(), *from, 0);
    for p in (width - count..width).rev() {
        if reader.at >= reader.end {
            break;
        }
        let plane = read_plane::<N>(&mut known, &mut reader);
        if let Some(to) = planes.get_mut(p as usize % 8).and_then(|row| row.get_mut(p as usize / 8)) {
            *to = plane;
        }
    }
    *from = reader;
    planes
}

/// Reads a plane, of whose numbers `known` are known. Where the end comes before a number that is set is found, it is the one reached.
#[inline(always)]
pub fn read_plane<const N: usize>(known: &mut u32, from: &mut Reader<'_>) -> u64 {
    let last = N as u32 - 1;
    let mut plane = from.take(u64::from(*known).min(from.end - from.at) as u32);
    let mut bits = 0u64;
    while *known <= last && from.at < from.end {
        if bits < 2 {
            bits = from.peek_to_end();
        }
        if bits & 1 == 0 {
            from.at += 1;
            break;
        }
        let zeros = (bits >> 1).trailing_zeros().min(last - *known);
        *known += zeros;
        plane |= 1 << *known;
        from.at = (from.at + 1 + u64::from(zeros) + u64::from(*known < last)).min(from.end);
        *known += 1;
        bits = (bits >> 1).wrapping_shr(zeros + 1);
    }
    plane
}
