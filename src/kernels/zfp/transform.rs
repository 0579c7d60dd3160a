//! The transform that takes out what neighbours have in common.

use super::number::Word;

/// Along each dimension, the fastest first.
#[inline(always)]
pub fn forward<W: Word, const N: usize>(mut words: [W; N]) -> [W; N] {
    for _ in 0..N.ilog(4) {
        words = pass(&words);
    }
    words
}

/// Transforms the numbers in fours. The fastest dimension becomes the slowest: after all passes they are in the order of the first.
#[inline(always)]
fn pass<W: Word, const N: usize>(words: &[W; N]) -> [W; N] {
    let mut turned = [W::default(); N];
    let (low, high) = turned.split_at_mut(N / 2);
    let ((a, b), (c, d)) = (low.split_at_mut(N / 4), high.split_at_mut(N / 4));
    let outputs = a.iter_mut().zip(b).zip(c.iter_mut().zip(d));
    for (four, ((a, b), (c, d))) in words.as_chunks().0.iter().zip(outputs) {
        [*a, *b, *c, *d] = lift(*four);
    }
    turned
}

/// Mean and differences of four numbers, in steps that an integer has room for.
#[inline(always)]
fn lift<W: Word>([a, b, c, d]: [W; 4]) -> [W; 4] {
    let outer = a.plus(d).half();
    let inner = b.plus(c).half();
    let (slope, bend) = (d.minus(outer), b.minus(inner));
    let mean = outer.plus(inner).half();
    let curve = inner.minus(mean);
    let odd = slope.plus(bend).half();
    let rest = bend.minus(odd);
    let last = odd.plus(rest.half());
    [mean, rest.minus(last.half()), curve, last]
}
