//! Extents or strides of an array: a few of them without the allocator.

use std::ops::{Deref, DerefMut};

/// As many dimensions as most arrays have.
const FEW: usize = 4;

/// One number for each dimension.
#[derive(Clone, Debug)]
pub enum Dims {
    /// So many of these.
    Few([usize; FEW], usize),
    /// Any number of them.
    Many(Vec<usize>),
}

impl Dims {
    /// `n` times the same.
    pub fn repeat(value: usize, n: usize) -> Self {
        if n <= FEW { Dims::Few([value; FEW], n) } else { Dims::Many(vec![value; n]) }
    }
}

impl From<&[usize]> for Dims {
    fn from(numbers: &[usize]) -> Self {
        let mut dims = Dims::repeat(0, numbers.len());
        dims.copy_from_slice(numbers);
        dims
    }
}

impl Deref for Dims {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        match self {
            Dims::Few(numbers, n) => numbers.get(..*n).unwrap_or_default(),
            Dims::Many(numbers) => numbers,
        }
    }
}

impl DerefMut for Dims {
    fn deref_mut(&mut self) -> &mut [usize] {
        match self {
            Dims::Few(numbers, n) => numbers.get_mut(..*n).unwrap_or_default(),
            Dims::Many(numbers) => numbers,
        }
    }
}

impl PartialEq for Dims {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Dims {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_the_same_to_who_reads_them() {
        for n in 0..10 {
            let numbers: Vec<usize> = (1..=n).collect();
            let dims = Dims::from(&*numbers);
            assert_eq!((&*dims, matches!(dims, Dims::Few(..))), (&*numbers, n <= FEW));
            assert!(dims == dims.clone() && (n == 0 || dims != Dims::repeat(7, n)));
        }
    }
}
