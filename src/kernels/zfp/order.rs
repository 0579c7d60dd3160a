//! The order in which zfp writes what the transform made of a cell: low frequencies first.

use super::number::Word;

/// Eight rows: number `i` of the order lies in row `i % 8` at `i / 8`.
#[inline(always)]
pub fn rows<W: Word, const N: usize, const LANES: usize>(words: &[W; N]) -> [[W; LANES]; 8] {
    let mut rows = [[W::default(); LANES]; 8];
    for (to, from) in rows.as_flattened_mut().iter_mut().zip(const { slots::<N, LANES>() }) {
        *to = words.get(from).copied().unwrap_or_default();
    }
    rows
}

/// Numbers in their places, out of such rows.
#[inline(always)]
pub fn numbers<W: Word, const N: usize, const LANES: usize>(rows: &[[W; LANES]; 8]) -> [W; N] {
    let mut words = [W::default(); N];
    for (from, to) in rows.as_flattened().iter().zip(const { slots::<N, LANES>() }) {
        if let Some(to) = words.get_mut(to) {
            *to = *from;
        }
    }
    words
}

/// What lies in each place of the rows, `N` where there is nothing.
const fn slots<const N: usize, const LANES: usize>() -> [usize; 64] {
    let (mut slots, mut at) = ([N; 64], 0);
    while at < N {
        let i = rank(at, N);
        if let Some(slot) = slots.split_at_mut(i % 8 * LANES + i / 8).1.first_mut() {
            *slot = at;
        }
        at += 1;
    }
    slots
}

/// Where a number of a cell comes in the order.
const fn rank(at: usize, numbers: usize) -> usize {
    let (mut before, mut other) = (0, 0);
    while other < numbers {
        before += (key(other) < key(at)) as usize;
        other += 1;
    }
    before
}

/// Numbers come by the sum of their three coordinates, then by the sum of the squares, then by [`turn`].
const fn key(at: usize) -> usize {
    let (x, y, z) = (at % 4, at / 4 % 4, at / 16);
    ((x + y + z) * 32 + x * x + y * y + z * z) * 8 + turn([x, y, z])
}

/// Of numbers with the same three coordinates: by the place of the one that is unlike the others; where all are unlike, by the place of
/// the largest, first those with the middle one behind it, the first place being behind the last.
const fn turn([x, y, z]: [usize; 3]) -> usize {
    if y == z {
        0
    } else if x == z {
        2
    } else if x == y {
        4
    } else if x > y && x > z {
        (y < z) as usize
    } else if y > x && y > z {
        2 + (z < x) as usize
    } else {
        4 + (x < y) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_one_place_and_frequencies_rise() {
        for numbers in [4, 16, 64] {
            let mut order = vec![numbers; numbers];
            (0..numbers).for_each(|at| order[rank(at, numbers)] = at);
            let frequency = |at: usize| at % 4 + at / 4 % 4 + at / 16;
            assert!(order.windows(2).all(|pair| frequency(pair[0]) <= frequency(pair[1])), "{order:?}");
            order.sort_unstable();
            assert!(order.into_iter().eq(0..numbers));
        }
    }

    #[test]
    fn rows_hold_the_order_column_by_column() {
        let slots = slots::<16, 2>();
        for i in 0..16 {
            assert_eq!(rank(slots[i % 8 * 2 + i / 8], 16), i);
        }
        assert!(slots[16..].iter().all(|slot| *slot == 16));
    }
}
