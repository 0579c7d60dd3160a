//! Zeroed memory that may fail.

use std::alloc::{Layout, alloc_zeroed};

/// `nbytes` zero bytes, or `None` where the allocator refuses.
///
/// Large blocks come straight from the system as zero pages, which `try_reserve` followed by `resize` would write once more.
pub fn zeroed(nbytes: usize) -> Option<Vec<u8>> {
    if nbytes == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<u8>(nbytes).ok()?;
    // SAFETY: the layout is not of size zero.
    let data = unsafe { alloc_zeroed(layout) };
    if data.is_null() {
        return None;
    }
    // SAFETY: `data` is a fresh block of the global allocator with the layout of `nbytes` bytes, all of them initialised.
    Some(unsafe { Vec::from_raw_parts(data, nbytes, nbytes) })
}

#[cfg(test)]
mod tests {
    use super::zeroed;

    #[test]
    fn gives_zero_bytes_or_none() {
        assert_eq!(zeroed(0), Some(Vec::new()));
        assert_eq!(zeroed(3), Some(vec![0; 3]));
        assert_eq!(zeroed(usize::MAX), None);
        assert_eq!(zeroed(isize::MAX as usize), None);
    }
}
