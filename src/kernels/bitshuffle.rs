//! Undoes the bit shuffle of Blosc: row `8 * j + k` holds bit `k` of byte `j` of every item, eight items to a byte, first item lowest.

use super::shuffle::unshuffle;

/// Bytes shuffled back at a time: enough for long reads, little enough for the first cache.
const TILE: usize = 4096;

/// Shuffles the whole items of `src` back into `dst`; a tail of fewer bytes is copied, and all of it where the items are not a
/// multiple of eight. `typesize` is 255 at the most.
pub fn bitunshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = src.len().checked_div(typesize).unwrap_or(0);
    let whole = if count.is_multiple_of(8) { count * typesize } else { 0 };
    let (rows, tail) = src.split_at(whole);
    let (items, dst_tail) = dst.split_at_mut(whole.min(dst.len()));
    for (to, from) in dst_tail.iter_mut().zip(tail) {
        *to = *from;
    }
    let mut tile = [0; TILE];
    let per_tile = TILE / 8 / typesize.max(1) * 8; // items
    for (i, items) in items.chunks_mut((per_tile * typesize).max(1)).enumerate() {
        let bytes = tile.get_mut(..items.len()).unwrap_or_default();
        gather(rows, count / 8, i * per_tile / 8, typesize, bytes);
        unshuffle(typesize, bytes, items);
    }
}

/// Makes byte planes of the bit rows, `row` bytes each, from byte `from` of every row on.
fn gather(rows: &[u8], row: usize, from: usize, typesize: usize, planes: &mut [u8]) {
    let count = planes.len() / typesize;
    let eight = rows.chunks_exact(8 * row);
    for (plane, rows) in planes.chunks_exact_mut(count).zip(eight) {
        let mut rows = rows.chunks_exact(row).map(|row| row.get(from..from + count / 8).unwrap_or_default());
        let rows: [&[u8]; 8] = std::array::from_fn(|_| rows.next().unwrap_or_default());
        for (i, items) in plane.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            *items = transpose(rows.map(|row| row.get(i).copied().unwrap_or_default()));
        }
    }
}

/// Bit `k` of byte `i` becomes bit `i` of byte `k`.
fn transpose(bytes: [u8; 8]) -> [u8; 8] {
    let mut x = u64::from_le_bytes(bytes);
    for (shift, mask) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let swap = (x ^ (x >> shift)) & mask;
        x ^= swap ^ (swap << shift);
    }
    x.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::bitunshuffle;

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
            for n in (0..2000).step_by(13).chain([8 * typesize, 4096, 8192, 64 * typesize, 4096 * typesize + 5]) {
                let src: Vec<u8> = (0..n).map(|i| (i * 31 + i / 7 + typesize) as u8).collect();
                let mut back = vec![0; n];
                bitunshuffle(typesize, &bitshuffle(typesize, &src), &mut back);
                assert_eq!(back, src, "{n} bytes, typesize {typesize}");
            }
        }
    }
}
