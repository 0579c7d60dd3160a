//! Undoes the bit shuffle of Blosc: row `8 * j + k` holds bit `k` of byte `j` of every item, eight items to a byte, first item lowest.

use super::level::Level;
use super::shuffle::unshuffle;
use super::transpose;

/// Bytes shuffled back at a time: 64 items of 255 bytes, little enough for the first cache.
const TILE: usize = 16 << 10;

/// Shuffles the whole items of `src` back into `dst`; a tail of fewer bytes is copied, and all of it where the items are not a
/// multiple of eight. `typesize` is 1 to 255.
pub fn bitunshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
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
        gather(rows, count / 8, i * per_tile / 8, typesize, planes);
        unshuffle(typesize, planes, items);
    }
}

/// Makes byte planes of the bit rows, `row` bytes each, from byte `from` of every row on.
fn gather(rows: &[u8], row: usize, from: usize, typesize: usize, planes: &mut [u8]) {
    Level::best().run(
        #[inline(always)]
        || gather_planes(rows, row, from, typesize, planes),
    );
}

/// Items whose bits are transposed side by side, in one vector where the processor has such: four times 64.
const SIDE_BY_SIDE: usize = 256;

/// Transposes four matrices that lie beside each other.
#[inline(always)]
fn four(rows: &[&[u8]; 8], at: usize, items: &mut [u8; SIDE_BY_SIDE]) {
    let mut words = [[0; 4]; 8];
    for (words, row) in words.iter_mut().zip(rows) {
        let bytes = row.get(at..).and_then(<[u8]>::first_chunk::<32>).unwrap_or(&[0; 32]);
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
    }
    let words = transpose::bytes(transpose::bits(words));
    for (lane, items) in items.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        for (to, words) in items.as_chunks_mut().0.iter_mut().zip(words) {
            *to = words.get(lane).copied().unwrap_or_default().to_le_bytes();
        }
    }
}

#[inline(always)]
fn gather_planes(rows: &[u8], row: usize, from: usize, typesize: usize, planes: &mut [u8]) {
    let count = planes.len() / typesize;
    for (plane, rows) in planes.chunks_exact_mut(count).zip(rows.chunks_exact(8 * row)) {
        let mut rows = rows.chunks_exact(row).map(|row| row.get(from..from + count / 8).unwrap_or_default());
        let rows: [&[u8]; 8] = std::array::from_fn(|_| rows.next().unwrap_or_default());
        let (fours, rest) = plane.as_chunks_mut::<SIDE_BY_SIDE>();
        for (i, items) in fours.iter_mut().enumerate() {
            four(&rows, SIDE_BY_SIDE / 8 * i, items);
        }
        let done = SIDE_BY_SIDE / 8 * fours.len();
        for (i, items) in rest.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let words = rows.map(|row| [row.get(done + i).copied().unwrap_or_default().into()]);
            *items = transpose::bits(words).map(|[word]| word as u8);
        }
    }
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
