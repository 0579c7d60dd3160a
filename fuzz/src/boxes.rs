//! Boxes out of a chunk: each must be what the whole chunk has there.

use super::{Codec, Layout};

/// Decodes the last and the middle box of half the extents, if the whole chunk decodes to items of fixed size.
pub fn agree(codec: &Codec, src: &[u8], chunk: &Layout) {
    let (dtype, shape) = chunk.dtype_and_shape();
    let dense = Layout::new(dtype, 0, &shape, 0).expect("a layout in C order");
    let Some(whole) = codec.decode_into(src, Some(chunk), Some(&dense), dense.nbytes()) else { return };
    for from in [2, 4] {
        let (start, extents): (Vec<_>, Vec<_>) = shape.iter().map(|n| (n - n / 2 - n / 4 * i64::from(from == 4), n / 2)).unzip();
        let want = Layout::new(dtype, 0, &extents, 0).expect("a layout of half the extents");
        let found = codec.decode_box(src, chunk, &start, &want).expect("the whole chunk decodes, a box of it does not");
        let mut expected = Vec::new();
        gather(&whole, &shape, &start, &extents, &mut expected);
        assert!(found == expected, "a box differs from the whole");
    }
}

/// Appends the bytes of a box of an array in C order.
fn gather(array: &[u8], shape: &[i64], start: &[i64], extents: &[i64], out: &mut Vec<u8>) {
    let [n, shape @ ..] = shape else { return out.extend(array) };
    let row = array.len() / (*n).max(1) as usize;
    for i in start[0]..start[0] + extents[0] {
        gather(&array[i as usize * row..][..row], shape, &start[1..], &extents[1..], out);
    }
}
