//! The bit shuffle of Blosc: row `8 * j + k` holds bit `k` of byte `j` of every item, eight items to a byte, first item lowest.
//!
//! It is three steps: the bytes of the items by place; of each eight bytes in a row the bits, as a matrix, transposed; and these eight by
//! place again.

use super::level::Level;
use super::shuffle::{shuffle_at, unshuffle_at};
use super::transpose;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;

/// Bytes shuffled at a time: 64 items of 255 bytes, little enough for the first cache.
const TILE: usize = 16 << 10;

/// Shuffles the whole items of `src` into `dst`; a tail of fewer bytes is copied, and all of it where the items are not a multiple of
/// eight. `typesize` is 1 to 255.
pub fn bitshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    bitshuffle_at(Level::best(), typesize, src, dst);
}

/// Undoes [`bitshuffle`].
pub fn bitunshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    bitunshuffle_at(Level::best(), typesize, src, dst);
}

/// Not inlined: the two tiles, 32 KiB, are off the stack again when BloscLZ puts its table of 64 KiB there.
#[inline(never)]
fn bitshuffle_at(level: Level, typesize: usize, src: &[u8], dst: &mut [u8]) {
    let whole = whole(typesize, src, dst);
    let ((items, rest), (rows, tail)) = (src.split_at(whole), dst.split_at_mut(whole));
    copy(rest, tail);
    let ([mut planes, mut short_rows], row) = ([[0; TILE]; 2], (whole / typesize.max(1) / 8).max(1));
    for (i, items) in items.chunks(tile(typesize)).enumerate() {
        let (planes, n) = (planes.get_mut(..items.len()).unwrap_or_default(), items.len() / typesize);
        shuffle_at(level, typesize, items, planes);
        transpose_bits(level, planes);
        for (plane, rows) in planes.chunks_exact(n).zip(rows.chunks_exact_mut(8 * row)) {
            let short_rows = short_rows.get_mut(..n).unwrap_or_default();
            shuffle_at(level, 8, plane, short_rows);
            for (from, to) in short_rows.chunks_exact(n / 8).zip(rows.chunks_exact_mut(row)) {
                copy(from, to.get_mut(i * tile(typesize) / typesize / 8..).unwrap_or_default());
            }
        }
    }
}

fn bitunshuffle_at(level: Level, typesize: usize, src: &[u8], dst: &mut [u8]) {
    let whole = whole(typesize, src, dst);
    let ((rows, rest), (items, tail)) = (src.split_at(whole), dst.split_at_mut(whole));
    copy(rest, tail);
    let (mut planes, row) = ([0; TILE], whole / typesize.max(1) / 8);
    for (i, items) in items.chunks_mut(tile(typesize)).enumerate() {
        let planes = planes.get_mut(..items.len()).unwrap_or_default();
        gather(level, rows, row, i * tile(typesize) / typesize / 8, planes, typesize);
        unshuffle_at(level, typesize, planes, items);
    }
}

/// Makes byte planes of the bit rows, `row` bytes each, from byte `from` of every row on.
fn gather(level: Level, rows: &[u8], row: usize, from: usize, planes: &mut [u8], typesize: usize) {
    let count = planes.len() / typesize;
    for (plane, rows) in planes.chunks_exact_mut(count).zip(rows.chunks_exact(8 * row)) {
        let mut rows = rows.chunks_exact(row).map(|row| row.get(from..from + count / 8).unwrap_or_default());
        let rows: [&[u8]; 8] = std::array::from_fn(|_| rows.next().unwrap_or_default());
        let whole = vectors(level, &rows, plane);
        let plane = plane.get_mut(whole..).unwrap_or_default();
        let rows = rows.map(|row| row.get(whole / 8..).unwrap_or_default());
        let (tiles, rest) = plane.as_chunks_mut::<64>();
        for (i, items) in tiles.iter_mut().enumerate() {
            let mut words = [0; 8];
            for (word, row) in words.iter_mut().zip(&rows) {
                *word = row.get(8 * i..).and_then(<[u8]>::first_chunk).copied().map_or(0, u64::from_le_bytes);
            }
            for (to, word) in items.as_chunks_mut().0.iter_mut().zip(transpose::bytes(transpose::bits(words))) {
                *to = word.to_le_bytes();
            }
        }
        let done = 8 * tiles.len();
        for (i, items) in rest.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let words = rows.map(|row| row.get(done + i).copied().unwrap_or_default().into());
            *items = transpose::bits(words).map(|word| word as u8);
        }
    }
}

/// Makes a plane with vectors where that is possible; says how many bytes of it are done.
#[cfg(target_arch = "x86_64")]
fn vectors(level: Level, rows: &[&[u8]; 8], plane: &mut [u8]) -> usize {
    if !level.has_avx2() {
        return 0;
    }
    // SAFETY: the level says that the processor has AVX2.
    unsafe { avx2::planes(rows, plane) }
}

#[cfg(target_arch = "aarch64")]
fn vectors(level: Level, rows: &[&[u8]; 8], plane: &mut [u8]) -> usize {
    if !level.has_neon() {
        return 0;
    }
    // SAFETY: the level says that the processor has NEON.
    unsafe { neon::planes(rows, plane) }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn vectors(_: Level, _: &[&[u8]; 8], _: &mut [u8]) -> usize {
    0
}

/// Bytes of the items that are shuffled.
fn whole(typesize: usize, src: &[u8], dst: &[u8]) -> usize {
    let count = src.len().min(dst.len()).checked_div(typesize).unwrap_or(0);
    if count.is_multiple_of(8) { count * typesize } else { 0 }
}

/// Bytes of a tile: whole groups of 64 items.
fn tile(typesize: usize) -> usize {
    TILE / 64 / typesize.max(1) * 64 * typesize.max(1)
}

/// Copies as many bytes as both have.
fn copy(from: &[u8], to: &mut [u8]) {
    let n = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..n), to.get_mut(..n)) {
        to.copy_from_slice(from);
    }
}

/// In each eight bytes, bit `k` of byte `i` becomes bit `i` of byte `k`.
fn transpose_bits(level: Level, bytes: &mut [u8]) {
    level.run(
        #[inline(always)]
        || {
            for word in bytes.as_chunks_mut().0 {
                *word = transposed(u64::from_le_bytes(*word)).to_le_bytes();
            }
        },
    );
}

/// Exchanges bits, then squares of four bits, then of sixteen.
#[inline(always)]
fn transposed(word: u64) -> u64 {
    [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)].iter().fold(word, |word, (shift, mask)| {
        let both = (word ^ (word >> shift)) & mask;
        word ^ both ^ (both << shift)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, as the format says.
    fn model(typesize: usize, src: &[u8]) -> Vec<u8> {
        let count = src.len() / typesize;
        if !count.is_multiple_of(8) {
            return src.to_vec();
        }
        let mut dst = vec![0; src.len()];
        for i in 0..count {
            for bit in 0..8 * typesize {
                let value = (src[i * typesize + bit / 8] >> (bit % 8)) & 1;
                dst[bit * (count / 8) + i / 8] |= value << (i % 8);
            }
        }
        let whole = count * typesize;
        dst[whole..].copy_from_slice(&src[whole..]);
        dst
    }

    #[test]
    fn every_size_and_typesize_comes_back() {
        for typesize in [1, 2, 3, 4, 7, 8, 16, 17, 255] {
            for n in (0..2000).step_by(13).chain(0..300).chain([8 * typesize, 4096, 8192, 64 * typesize, 4096 * typesize + 5]) {
                let src: Vec<u8> = (0..n).map(|i| (i * 31 + i / 7 + typesize) as u8).collect();
                let (shuffled, to) = (model(typesize, &src), n % 33);
                for level in Level::all() {
                    let (mut there, mut back) = (vec![0; to + n], vec![0; to + n]);
                    bitshuffle_at(level, typesize, &src, &mut there[to..]);
                    assert_eq!(there[to..], shuffled, "{level:?}, {n} bytes, typesize {typesize}");
                    bitunshuffle_at(level, typesize, &shuffled, &mut back[to..]);
                    assert_eq!(back[to..], src, "{level:?}, {n} bytes, typesize {typesize}");
                }
            }
        }
    }
}
