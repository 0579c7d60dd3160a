//! Undoes the bit shuffle of Blosc: row `8 * j + k` holds bit `k` of byte `j` of every item, eight items to a byte, first item lowest.

use super::level::Level;
use super::shuffle::unshuffle;
use super::transpose;

#[cfg(target_arch = "x86_64")]
mod avx2;

/// Bytes shuffled back at a time: 64 items of 255 bytes, little enough for the first cache.
const TILE: usize = 16 << 10;

/// Shuffles the whole items of `src` back into `dst`; a tail of fewer bytes is copied, and all of it where the items are not a
/// multiple of eight. `typesize` is 1 to 255.
pub fn bitunshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    bitunshuffle_at(Level::best(), typesize, src, dst);
}

fn bitunshuffle_at(level: Level, typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = src.len().min(dst.len()).checked_div(typesize).unwrap_or(0);
    let whole = if count.is_multiple_of(8) { count * typesize } else { 0 };
    let (rows, rest) = src.split_at(whole);
    let (items, tail) = dst.split_at_mut(whole);
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
    let mut tile = [0; TILE];
    let per_tile = TILE / 64 / typesize.max(1) * 64; // items
    for (i, items) in items.chunks_mut((per_tile * typesize).max(1)).enumerate() {
        let planes = tile.get_mut(..items.len()).unwrap_or_default();
        gather(level, rows, count / 8, i * per_tile / 8, planes, typesize);
        unshuffle(typesize, planes, items);
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

#[cfg(not(target_arch = "x86_64"))]
fn vectors(_: Level, _: &[&[u8]; 8], _: &mut [u8]) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, as the format says.
    fn bitshuffle(typesize: usize, src: &[u8]) -> Vec<u8> {
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
                let (shuffled, to) = (bitshuffle(typesize, &src), n % 33);
                for level in Level::all() {
                    let mut back = vec![0; to + n];
                    bitunshuffle_at(level, typesize, &shuffled, &mut back[to..]);
                    assert_eq!(back[to..], src, "{level:?}, {n} bytes, typesize {typesize}");
                }
            }
        }
    }
}
