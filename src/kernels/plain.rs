//! Bytes seen as numbers, where their place in memory allows it.

use half::f16;

/// Numbers of which every bit pattern is a value.
///
/// # Safety
/// No padding, no invalid bit pattern.
pub unsafe trait Plain: Copy + Default + 'static {}

// SAFETY: integers and floats without padding; every bit pattern is a value.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for u16 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for u64 {}
// SAFETY: as above.
unsafe impl Plain for i8 {}
// SAFETY: as above.
unsafe impl Plain for i16 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for i64 {}
// SAFETY: as above; `f16` is a transparent u16.
unsafe impl Plain for f16 {}
// SAFETY: as above.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for f64 {}

/// The bytes as numbers of this machine's byte order; `None` where they are not aligned or not a whole count.
pub fn numbers<T: Plain>(bytes: &[u8]) -> Option<&[T]> {
    // SAFETY: `T` takes every bit pattern.
    match unsafe { bytes.align_to() } {
        ([], middle, []) => Some(middle),
        _ => None,
    }
}

/// As [`numbers`], to write to.
pub fn numbers_mut<T: Plain>(bytes: &mut [u8]) -> Option<&mut [T]> {
    // SAFETY: `T` takes every bit pattern and has no padding, so bytes written through it are bytes.
    match unsafe { bytes.align_to_mut() } {
        ([], middle, []) => Some(middle),
        _ => None,
    }
}

/// The bytes of numbers.
pub fn bytes<T: Plain>(numbers: &[T]) -> &[u8] {
    // SAFETY: `T` has no padding; bytes need no alignment.
    unsafe { numbers.align_to().1 }
}

/// As [`bytes`], to write to.
pub fn bytes_mut<T: Plain>(numbers: &mut [T]) -> &mut [u8] {
    // SAFETY: `T` has no padding and takes every bit pattern; bytes need no alignment.
    unsafe { numbers.align_to_mut().1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_numbers_only_where_they_lie_aligned_and_whole() {
        let mut words = [1u64, 2, 3];
        assert_eq!(numbers::<u64>(bytes(&words)), Some(&[1, 2, 3][..]));
        assert_eq!(numbers::<u64>(&bytes(&words)[1..17]), None);
        assert_eq!(numbers::<u64>(&bytes(&words)[..12]), None);
        assert_eq!(numbers::<f64>(&[]), Some(&[][..]));
        if let Some(first) = numbers_mut::<u64>(bytes_mut(&mut words)).and_then(|n| n.first_mut()) {
            *first = 7;
        }
        assert_eq!(words, [7, 2, 3]);
    }
}
