//! The lossy modes of zfp for cells of 4, 16 and 64 numbers: what zfp 1.0.1 makes of them, bit for bit.
//!
//! The numbers of a cell become integers that share an exponent; a transform along each dimension takes out what neighbours have in
//! common; the integers, in base -2 and lowest frequencies first, are then written one bit plane after the other until a limit is met.
//! zfp looks for the bits of a plane in one integer after the other. Here all planes come from one transposition.

use super::level::Level;

#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod bits;
mod embed;
mod extract;
mod fours;
mod number;
mod order;
mod planes;
pub mod reader;
mod transform;

use bits::Writer;
pub use number::Number;
use number::Word;
use reader::Reader;

/// What bounds the bits of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Fewest bits, at most [`MAX_RATE`].
    pub minbits: u32,
    /// Most bits, at least `minbits`.
    pub maxbits: u32,
    /// Most bit planes, 1..=64.
    pub maxprec: u32,
    /// Exponent of the last bit plane; below -1074: reversible.
    pub minexp: i32,
}

/// Most bits that can be asked for one cell.
pub const MAX_RATE: u32 = 1 << 15;

/// Encodes a cell of `N` finite numbers: 4 numbers, 16 in two lanes, or 64 in eight. The writer is not full. Inlined, to be run at the
/// level.
#[inline(always)]
pub fn encode<T: Number, const N: usize, const LANES: usize>(level: Level, cell: &[T; N], params: &Params, to: &mut Writer) {
    let (start, width) = (to.position(), 8 * size_of::<T>() as u32);
    let (least, most) = (start + u64::from(params.minbits), start + u64::from(params.maxbits));
    if let Some((integers, planes)) = T::integers(cell, params, to) {
        let integers = transform::forward(integers).map(number::negabinary);
        let used = integers.iter().fold(T::Word::default(), |used, n| used | *n).wide();
        let planes = (used.leading_zeros() + width - 64, planes.min(width));
        match integers.first_chunk() {
            Some(four) if N == 4 => fours::encode(four, planes, most, to),
            _ => embed::encode::<N>(&planes::split(level, order::rows::<_, N, LANES>(&integers)), width, planes, most, to),
        }
    }
    to.end_at(least, most);
}

/// Decodes a cell; damaged bits give some numbers, and a reader past its end.
#[inline(always)]
pub fn decode<T: Number, const N: usize, const LANES: usize>(level: Level, from: &mut Reader<'_>, params: &Params, cell: &mut [T; N]) {
    let (start, width) = (from.at, 8 * size_of::<T>() as u32);
    *cell = [T::default(); N];
    if let Some((scale, planes)) = T::scale(N.ilog(4), params, from) {
        // Where the exponent alone is too long, zfp's count of what is left wraps around.
        from.end = from.at + u64::from(params.maxbits.wrapping_sub((from.at - start) as u32));
        let integers = integers::<T::Word, N, LANES>(level, planes.min(width), width, from);
        let integers = transform::backward(integers.map(number::signed));
        cell.iter_mut().zip(integers).for_each(|(to, integer)| *to = T::scaled(integer, scale));
    }
    from.at = from.at.max(start + u64::from(params.minbits));
}

#[inline(always)]
fn integers<W: Word, const N: usize, const LANES: usize>(level: Level, planes: u32, width: u32, from: &mut Reader<'_>) -> [W; N] {
    if N > 4 {
        return order::numbers(&planes::join::<W, LANES>(level, &extract::decode::<N>(width, planes, from)));
    }
    let mut integers = [W::default(); N];
    integers.iter_mut().zip(fours::decode(planes, from)).for_each(|(to, integer)| *to = integer);
    integers
}
