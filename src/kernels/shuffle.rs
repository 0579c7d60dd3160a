//! Byte shuffle: the bytes of each item are gathered by their place in the item.

/// `dst[j * count + i] = src[i * typesize + j]` for the `count` whole items; a tail of fewer bytes is copied.
pub fn shuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = src.len().checked_div(typesize).unwrap_or(0);
    let whole = count * typesize;
    let (planes, tail) = dst.split_at_mut(whole.min(dst.len()));
    if count > 0 {
        for (j, plane) in planes.chunks_exact_mut(count).enumerate() {
            for (to, item) in plane.iter_mut().zip(src.chunks_exact(typesize)) {
                *to = item.get(j).copied().unwrap_or_default();
            }
        }
    }
    copy_tail(src, whole, tail);
}

/// Undoes [`shuffle`].
pub fn unshuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    let count = src.len().checked_div(typesize).unwrap_or(0);
    let whole = count * typesize;
    let (items, tail) = dst.split_at_mut(whole.min(dst.len()));
    if count > 0 {
        for (j, plane) in src.chunks_exact(count).take(typesize).enumerate() {
            for (from, item) in plane.iter().zip(items.chunks_exact_mut(typesize)) {
                if let Some(to) = item.get_mut(j) {
                    *to = *from;
                }
            }
        }
    }
    copy_tail(src, whole, tail);
}

fn copy_tail(src: &[u8], whole: usize, tail: &mut [u8]) {
    if let Some(rest) = src.get(whole..whole + tail.len()) {
        tail.copy_from_slice(rest);
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

    #[test]
    fn every_size_and_typesize_comes_back() {
        for typesize in 1..20 {
            for n in 0..100 {
                let src: Vec<u8> = (0..n).map(|i| (i * 7 + typesize) as u8).collect();
                let (mut there, mut back) = (vec![0; n], vec![0; n]);
                shuffle(typesize, &src, &mut there);
                unshuffle(typesize, &there, &mut back);
                assert_eq!(back, src, "{n} bytes, typesize {typesize}");
            }
        }
    }
}
