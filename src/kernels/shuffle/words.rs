//! The byte shuffle on any processor, and for what vectors leave over.
//!
//! Items go 64 at a time, their planes in groups of 8, 4, 2 and 1, through eight transposed words; the last few go byte by byte.

use crate::kernels::transpose;

/// Items that fill whole words, however many planes a group has.
const TILE: usize = 64;

/// Shuffles `items` from item `done` on.
pub fn shuffle(typesize: usize, items: &[u8], planes: &mut [u8], done: usize) {
    let count = items.len().checked_div(typesize).unwrap_or(0);
    let tiles = items.get(done * typesize..).unwrap_or_default();
    for (n, tile) in tiles.chunks_exact((TILE * typesize).max(1)).enumerate() {
        let mut j = 0;
        while j < typesize {
            let group = Group { typesize, count, first: done + n * TILE, j };
            j += match typesize - j {
                8.. => group.shuffle::<8>(tile, planes),
                4.. => group.shuffle::<4>(tile, planes),
                2.. => group.shuffle::<2>(tile, planes),
                _ => group.shuffle::<1>(tile, planes),
            };
        }
    }
    for (i, j) in last_bytes(typesize, count, done) {
        copy(items, i * typesize + j, planes, j * count + i);
    }
}

/// Undoes [`shuffle`].
pub fn unshuffle(typesize: usize, planes: &[u8], items: &mut [u8], done: usize) {
    let count = items.len().checked_div(typesize).unwrap_or(0);
    let tiles = items.get_mut(done * typesize..).unwrap_or_default();
    for (n, tile) in tiles.chunks_exact_mut((TILE * typesize).max(1)).enumerate() {
        let mut j = 0;
        while j < typesize {
            let group = Group { typesize, count, first: done + n * TILE, j };
            j += match typesize - j {
                8.. => group.unshuffle::<8>(planes, tile),
                4.. => group.unshuffle::<4>(planes, tile),
                2.. => group.unshuffle::<2>(planes, tile),
                _ => group.unshuffle::<1>(planes, tile),
            };
        }
    }
    for (i, j) in last_bytes(typesize, count, done) {
        copy(planes, j * count + i, items, i * typesize + j);
    }
}

/// Item and plane of every byte that no tile has.
fn last_bytes(typesize: usize, count: usize, done: usize) -> impl Iterator<Item = (usize, usize)> {
    (done + (count - done) / TILE * TILE..count).flat_map(move |i| (0..typesize).map(move |j| (i, j)))
}

fn copy(src: &[u8], from: usize, dst: &mut [u8], to: usize) {
    if let (Some(to), Some(from)) = (dst.get_mut(to), src.get(from)) {
        *to = *from;
    }
}

/// Some neighbouring planes of a tile: those from plane `j` on, from item `first` on.
#[derive(Clone, Copy)]
struct Group {
    typesize: usize,
    count: usize,
    first: usize,
    j: usize,
}

impl Group {
    /// Moves `G` planes, and says so. Items of just these planes are the usual case: their size is then a constant.
    fn shuffle<const G: usize>(self, tile: &[u8], planes: &mut [u8]) -> usize {
        if self.typesize == G {
            self.shuffle_by::<G>(G, tile, planes)
        } else {
            self.shuffle_by::<G>(self.typesize, tile, planes)
        }
        G
    }

    /// As [`Group::shuffle`], the other way.
    fn unshuffle<const G: usize>(self, planes: &[u8], tile: &mut [u8]) -> usize {
        if self.typesize == G {
            self.unshuffle_by::<G>(G, planes, tile)
        } else {
            self.unshuffle_by::<G>(self.typesize, planes, tile)
        }
        G
    }

    /// Where the eight items of word `w` are in its plane, when `G` planes share the words from item `at` of the tile on.
    #[inline(always)]
    fn place<const G: usize>(self, w: usize, at: usize) -> usize {
        (self.j + w % G) * self.count + self.first + at + w / G * 8
    }

    #[inline(always)]
    fn shuffle_by<const G: usize>(self, typesize: usize, tile: &[u8], planes: &mut [u8]) {
        for (n, items) in tile.chunks_exact(TILE / G * typesize).enumerate() {
            let mut words = [0; 8];
            for (piece, items) in items.chunks_exact(8 * typesize).enumerate() {
                for (word, item) in words.iter_mut().zip(items.chunks_exact(typesize)) {
                    let mut bytes = [0; 8];
                    if let (Some(to), Some(from)) = (bytes.first_chunk_mut::<G>(), item.get(self.j..).and_then(<[u8]>::first_chunk)) {
                        *to = *from;
                    }
                    *word |= u64::from_le_bytes(bytes) << (8 * G * piece);
                }
            }
            for (w, word) in transpose::bytes(words).into_iter().enumerate() {
                let to = self.place::<G>(w, n * TILE / G);
                if let Some(to) = planes.get_mut(to..).and_then(<[u8]>::first_chunk_mut) {
                    *to = word.to_le_bytes();
                }
            }
        }
    }

    #[inline(always)]
    fn unshuffle_by<const G: usize>(self, typesize: usize, planes: &[u8], tile: &mut [u8]) {
        for (n, items) in tile.chunks_exact_mut(TILE / G * typesize).enumerate() {
            let mut words = [0; 8];
            for (w, word) in words.iter_mut().enumerate() {
                let from = self.place::<G>(w, n * TILE / G);
                *word = planes.get(from..).and_then(<[u8]>::first_chunk).copied().map_or(0, u64::from_le_bytes);
            }
            let words = transpose::bytes(words);
            for (piece, items) in items.chunks_exact_mut(8 * typesize).enumerate() {
                for (word, item) in words.iter().zip(items.chunks_exact_mut(typesize)) {
                    let bytes = (word >> (8 * G * piece)).to_le_bytes();
                    if let (Some(to), Some(from)) = (item.get_mut(self.j..).and_then(<[u8]>::first_chunk_mut), bytes.first_chunk::<G>()) {
                        *to = *from;
                    }
                }
            }
        }
    }
}
