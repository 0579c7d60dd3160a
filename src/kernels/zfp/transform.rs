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

/// Undoes [`forward`], but for what that rounded.
#[inline(always)]
pub fn backward<W: Word, const N: usize>(mut words: [W; N]) -> [W; N] {
    for _ in 0..N.ilog(4) {
        words = pass_back(&words);
    }
    words
}

/// The slowest dimension becomes the fastest.
#[inline(always)]
fn pass_back<W: Word, const N: usize>(words: &[W; N]) -> [W; N] {
    let mut turned = [W::default(); N];
    let (low, high) = words.split_at(N / 2);
    let ((a, b), (c, d)) = (low.split_at(N / 4), high.split_at(N / 4));
    for (four, ((a, b), (c, d))) in turned.as_chunks_mut().0.iter_mut().zip(a.iter().zip(b).zip(c.iter().zip(d))) {
        *four = unlift([*a, *b, *c, *d]);
    }
    turned
}

/// The steps of [`lift`] backwards.
#[inline(always)]
fn unlift<W: Word>([mean, rest, curve, last]: [W; 4]) -> [W; 4] {
    let rest = rest.plus(last.half());
    let odd = last.minus(rest.half());
    let bend = rest.plus(odd);
    let slope = odd.plus(odd).minus(bend);
    let inner = curve.plus(mean);
    let outer = mean.plus(mean).minus(inner);
    let b = bend.plus(inner);
    let d = slope.plus(outer);
    [outer.plus(outer).minus(d), b, inner.plus(inner).minus(b), d]
}
