//! Byte shuffle: the bytes of each item are gathered by their place in the item.

use super::level::Level;

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
pub(super) mod neon;
mod words;

/// `dst[j * count + i] = src[i * typesize + j]` for the `count` whole items; a tail of fewer bytes is copied.
pub fn shuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    shuffle_at(Level::best(), typesize, src, dst);
}

/// Undoes [`shuffle`].
pub fn unshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    unshuffle_at(Level::best(), typesize, src, dst);
}

/// As [`shuffle`], with the instructions of a level.
pub(super) fn shuffle_at(level: Level, typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = whole_items(typesize, src, dst);
    let (items, rest) = src.split_at(count * typesize);
    let (planes, tail) = dst.split_at_mut(count * typesize);
    let done = vectors(level, typesize, items, planes, count);
    words::shuffle(typesize, items, planes, done);
    copy_tail(rest, tail);
}

/// As [`unshuffle`], with the instructions of a level.
pub(super) fn unshuffle_at(level: Level, typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = whole_items(typesize, src, dst);
    let (planes, rest) = src.split_at(count * typesize);
    let (items, tail) = dst.split_at_mut(count * typesize);
    let done = vectors_back(level, typesize, planes, items, count);
    words::unshuffle(typesize, planes, items, done);
    copy_tail(rest, tail);
}

/// Moves groups of items between items and planes that are so many bytes apart.
type Vectors = unsafe fn(&[u8], &mut [u8], usize);

/// Kernels of a level for items of one size.
struct Kernels {
    /// Items of a group.
    items: usize,
    shuffle: Vectors,
    unshuffle: Vectors,
}

#[cfg(target_arch = "x86_64")]
fn kernels(level: Level, typesize: usize) -> Option<Kernels> {
    let narrow = |shuffle, unshuffle| Some(Kernels { items: avx2::ITEMS, shuffle, unshuffle });
    let wide = |shuffle, unshuffle| Some(Kernels { items: avx512::ITEMS, shuffle, unshuffle });
    match typesize {
        2 if level.has_avx512() => wide(avx512::shuffle::<2>, avx512::unshuffle::<2>),
        4 if level.has_avx512() => wide(avx512::shuffle::<4>, avx512::unshuffle::<4>),
        8 if level.has_avx512() => wide(avx512::shuffle::<8>, avx512::unshuffle::<8>),
        16 if level.has_avx512() => wide(avx512::shuffle_16, avx512::unshuffle_16),
        2 if level.has_avx2() => narrow(avx2::shuffle::<2>, avx2::unshuffle::<2>),
        4 if level.has_avx2() => narrow(avx2::shuffle::<4>, avx2::unshuffle::<4>),
        8 if level.has_avx2() => narrow(avx2::shuffle::<8>, avx2::unshuffle::<8>),
        16 if level.has_avx2() => narrow(avx2::shuffle_16, avx2::unshuffle_16),
        _ => None,
    }
}

#[cfg(target_arch = "aarch64")]
fn kernels(level: Level, typesize: usize) -> Option<Kernels> {
    let (shuffle, unshuffle): (Vectors, Vectors) = match typesize {
        2 if level.has_neon() => (neon::shuffle::<2>, neon::unshuffle::<2>),
        4 if level.has_neon() => (neon::shuffle::<4>, neon::unshuffle::<4>),
        8 if level.has_neon() => (neon::shuffle::<8>, neon::unshuffle::<8>),
        16 if level.has_neon() => (neon::shuffle::<16>, neon::unshuffle::<16>),
        _ => return None,
    };
    Some(Kernels { items: neon::ITEMS, shuffle, unshuffle })
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn kernels(_: Level, _: usize) -> Option<Kernels> {
    None
}

/// Items of so many bytes have planes that, in a large array, may all meet in the same few places of the cache. A tile of them is
/// shuffled in one place then, and whole cache lines of each plane are copied.
const TILED: usize = 8;
/// Bytes of a tile.
const TILE: usize = 8 << 10;
/// What the first cache holds anyway.
const SMALL: usize = 2 * TILE;
/// Bytes of the largest group of items at the most.
const GROUP: usize = 16 * 64;

/// Shuffles with vectors where that is possible; says how many items are done.
fn vectors(level: Level, typesize: usize, items: &[u8], planes: &mut [u8], count: usize) -> usize {
    let Some(kernels) = kernels(level, typesize) else { return 0 };
    let groups = count / kernels.items * kernels.items;
    let (whole, rest) = items.split_at(groups * typesize);
    if typesize < TILED || whole.len() <= SMALL {
        // SAFETY: the level says that the processor has the instructions.
        unsafe { (kernels.shuffle)(whole, planes, count) };
    } else {
        kernels.shuffle_tiles(typesize, whole, planes, count);
    }
    if !rest.is_empty() {
        let (mut group, mut tile) = ([0; GROUP], [0; GROUP]);
        copy_run(rest, 0, &mut group, 0, rest.len());
        let group = group.get(..kernels.items * typesize).unwrap_or_default();
        // SAFETY: as above.
        unsafe { (kernels.shuffle)(group, &mut tile, kernels.items) };
        for (from, to) in tile.chunks_exact(kernels.items).zip(planes.chunks_exact_mut(count)) {
            copy_run(from, 0, to, groups, count - groups);
        }
    }
    count
}

/// As [`vectors`], the other way.
fn vectors_back(level: Level, typesize: usize, planes: &[u8], items: &mut [u8], count: usize) -> usize {
    let Some(kernels) = kernels(level, typesize) else { return 0 };
    let groups = count / kernels.items * kernels.items;
    let (whole, rest) = items.split_at_mut(groups * typesize);
    // What AVX-512 reads at a time is a whole cache line already.
    if typesize < TILED || whole.len() <= SMALL || level.has_avx512() {
        // SAFETY: the level says that the processor has the instructions.
        unsafe { (kernels.unshuffle)(planes, whole, count) };
    } else {
        kernels.unshuffle_tiles(typesize, planes, whole, count);
    }
    if !rest.is_empty() {
        let (mut group, mut tile) = ([0; GROUP], [0; GROUP]);
        for (from, to) in planes.chunks_exact(count).zip(tile.chunks_exact_mut(kernels.items)) {
            copy_run(from, groups, to, 0, count - groups);
        }
        let room = group.get_mut(..kernels.items * typesize).unwrap_or_default();
        // SAFETY: as above.
        unsafe { (kernels.unshuffle)(&tile, room, kernels.items) };
        copy_run(&group, 0, rest, 0, rest.len());
    }
    count
}

impl Kernels {
    fn shuffle_tiles(&self, typesize: usize, items: &[u8], planes: &mut [u8], count: usize) {
        let (mut tile, per_tile) = ([0; TILE], TILE / typesize);
        for (n, items) in items.chunks(TILE).enumerate() {
            // SAFETY: these kernels are of a level that the processor has.
            unsafe { (self.shuffle)(items, &mut tile, per_tile) };
            for (from, to) in tile.chunks_exact(per_tile).zip(planes.chunks_exact_mut(count)) {
                copy_run(from, 0, to, n * per_tile, items.len() / typesize);
            }
        }
    }

    fn unshuffle_tiles(&self, typesize: usize, planes: &[u8], items: &mut [u8], count: usize) {
        let (mut tile, per_tile) = ([0; TILE], TILE / typesize);
        for (n, items) in items.chunks_mut(TILE).enumerate() {
            for (from, to) in planes.chunks_exact(count).zip(tile.chunks_exact_mut(per_tile)) {
                copy_run(from, n * per_tile, to, 0, items.len() / typesize);
            }
            // SAFETY: as above.
            unsafe { (self.unshuffle)(&tile, items, per_tile) };
        }
    }
}

fn copy_run(src: &[u8], from: usize, dst: &mut [u8], to: usize, n: usize) {
    if let (Some(src), Some(dst)) = (src.get(from..from + n), dst.get_mut(to..to + n)) {
        dst.copy_from_slice(src);
    }
}

fn whole_items(typesize: usize, src: &[u8], dst: &[u8]) -> usize {
    src.len().min(dst.len()).checked_div(typesize).unwrap_or(0)
}

fn copy_tail(rest: &[u8], tail: &mut [u8]) {
    for (to, from) in tail.iter_mut().zip(rest) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_by_place_and_keeps_the_tail() {
        let src = [1, 2, 3, 11, 12, 13, 21];
        let mut dst = [0; 7];
        shuffle(3, &src, &mut dst);
        assert_eq!(dst, [1, 11, 2, 12, 3, 13, 21]);
        let mut back = [0; 7];
        unshuffle(3, &dst, &mut back);
        assert_eq!(back, src);
    }

    /// As the definition says, byte by byte.
    fn model(typesize: usize, src: &[u8]) -> Vec<u8> {
        let count = src.len() / typesize;
        let planes = (0..typesize).flat_map(|j| (0..count).map(move |i| i * typesize + j));
        planes.map(|at| src[at]).chain(src[count * typesize..].iter().copied()).collect()
    }

    #[test]
    fn every_level_does_the_same_at_every_size_and_alignment() {
        let src: Vec<u8> = (0..40_000u32).map(|i| ((i * i) >> 5) as u8).collect();
        for level in Level::all() {
            for typesize in [1, 2, 3, 4, 8, 12, 16, 17] {
                for n in (0..=300).chain([777, 1024 * typesize, 2001 * typesize + 1]) {
                    let (from, to) = (n % 33, n * 7 % 33);
                    let (mut there, mut back) = (vec![0; to + n], vec![0; from + n]);
                    shuffle_at(level, typesize, &src[from..from + n], &mut there[to..]);
                    assert_eq!(there[to..], model(typesize, &src[from..from + n]), "{level:?}, {n} bytes, typesize {typesize}");
                    unshuffle_at(level, typesize, &there[to..], &mut back[from..]);
                    assert_eq!(back[from..], src[from..from + n], "{level:?}, {n} bytes, typesize {typesize}");
                }
            }
        }
    }

    #[test]
    fn every_size_and_typesize_comes_back() {
        for typesize in (1..20).chain([255, 256, 300]) {
            for n in (0..100).chain([64 * typesize, 129 * typesize + 1, 1000]) {
                let src: Vec<u8> = (0..n).map(|i| (i * 7 + typesize) as u8).collect();
                let (mut there, mut back) = (vec![0; n], vec![0; n]);
                shuffle(typesize, &src, &mut there);
                unshuffle(typesize, &there, &mut back);
                assert_eq!(back, src, "{n} bytes, typesize {typesize}");
            }
        }
    }
}
