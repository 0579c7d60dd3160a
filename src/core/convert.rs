//! Moves items from one layout to another: order, strides, byte order. Shape and item type stay.

use super::dtype::Dtype;
use super::error::{Error, Result};
use super::layout::{Items, Layout, Order};

/// Whether `want` holds the same items as `have`, up to byte order, order and strides; says what differs.
pub fn check(have: &Layout, want: &Layout) -> Result<()> {
    if have.items != want.items {
        return Err(Error::dtype(format!("the result has items of kind {:?}, the destination {:?}", have.items, want.items)));
    }
    if have.dtype.ordered(false) != want.dtype.ordered(false) {
        return Err(Error::dtype(format!("the result is {}, the destination {}", have.dtype, want.dtype)));
    }
    if have.shape() != want.shape() {
        return Err(Error::shape(format!("the result has shape {:?}, the destination {:?}", have.shape(), want.shape())));
    }
    Ok(())
}

/// Whether the bytes of both layouts are the same, so that nothing has to be moved.
pub fn same_bytes(have: &Layout, want: &Layout) -> bool {
    have.dtype == want.dtype && (have.order() == want.order() || (have.is_vector() && want.order() != Order::Strided))
}

/// Copies all items of `src` to their places in `dst`; bytes between the strides of `dst` are not touched.
/// The layouts have passed [`check`] and the slices are as long as their spans.
pub fn copy(src: &[u8], have: &Layout, dst: &mut [u8], want: &Layout) -> Result<()> {
    if have.items != Items::Fixed {
        return Err(Error::unsupported("items of variable length cannot be converted in place"));
    }
    let swap = have.dtype.big_endian != want.dtype.big_endian;
    scatter(src, have, want, |at, run| {
        let Some(room) = dst.get_mut(at..at + run.len()) else { return };
        room.copy_from_slice(run);
        if swap {
            swap_bytes(room, have.dtype);
        }
    });
    Ok(())
}

/// As [`copy`] for items in the byte order of the destination, into memory that only `put` reaches: runs of bytes and where they go.
pub fn scatter(src: &[u8], have: &Layout, want: &Layout, mut put: impl FnMut(usize, &[u8])) {
    if have.count() == 0 || have.dtype.itemsize == 0 {
        return;
    }
    let mut dims: Vec<Dim> =
        have.shape().iter().zip(have.strides().iter().copied().zip(want.strides().iter().copied())).map(Dim::from).collect();
    dims.retain(|dim| dim.extent > 1);
    dims.sort_by_key(|dim| std::cmp::Reverse(dim.to));
    let mut run = have.dtype.itemsize;
    while let Some(dim) = dims.pop_if(|dim| dim.from == run && dim.to == run) {
        run *= dim.extent;
    }
    let inner = dims.pop().unwrap_or(Dim { extent: 1, from: 0, to: 0 });
    walk(&dims, &mut |from, to| {
        for i in 0..inner.extent {
            let at = from + i * inner.from;
            put(to + i * inner.to, src.get(at..at + run).unwrap_or_default());
        }
    });
}

/// Turns the bytes of every item around, in place.
pub fn swap_bytes(bytes: &mut [u8], dtype: Dtype) {
    match dtype.swap_size() {
        0 | 1 => (),
        2 => swap_each::<2>(bytes),
        4 => swap_each::<4>(bytes),
        _ => swap_each::<8>(bytes),
    }
}

/// Of a size that is known, so that it becomes one instruction for many items.
fn swap_each<const N: usize>(bytes: &mut [u8]) {
    bytes.as_chunks_mut::<N>().0.iter_mut().for_each(|item| item.reverse());
}

#[derive(Clone, Copy)]
struct Dim {
    extent: usize,
    from: usize,
    to: usize,
}

impl From<(&usize, (usize, usize))> for Dim {
    fn from((&extent, (from, to)): (&usize, (usize, usize))) -> Self {
        Dim { extent, from, to }
    }
}

/// Visits every line: byte offsets in source and destination.
fn walk(dims: &[Dim], visit: &mut impl FnMut(usize, usize)) {
    let mut index = vec![0; dims.len()];
    let (mut from, mut to) = (0, 0);
    loop {
        visit(from, to);
        let mut level = dims.len();
        loop {
            let Some((dim, i)) = level.checked_sub(1).and_then(|l| dims.get(l).zip(index.get_mut(l))) else { return };
            level -= 1;
            *i += 1;
            from += dim.from;
            to += dim.to;
            if *i < dim.extent {
                break;
            }
            from -= dim.extent * dim.from;
            to -= dim.extent * dim.to;
            *i = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::layout::Layout;

    fn layout(dtype: &str, shape: &[usize], strides: Option<&[usize]>, order: Order) -> Layout {
        Layout::new(Dtype::parse(dtype).expect("dtype"), Items::Fixed, shape, strides, order).expect("layout")
    }

    #[test]
    fn converts_order_byte_order_and_strides_and_leaves_gaps_alone() {
        let have = layout(">u2", &[2, 3], None, Order::F);
        let want = layout("<u2", &[2, 3], Some(&[10, 3]), Order::C);
        let src: Vec<u8> = [[0, 1], [0, 4], [0, 2], [0, 5], [0, 3], [0, 6]].concat(); // columns of 1 2 3 / 4 5 6
        let mut dst = vec![0xee; want.span()];
        copy(&src, &have, &mut dst, &want).expect("copies");
        let e = 0xee;
        assert_eq!(dst, [1, 0, e, 2, 0, e, 3, 0, e, e, 4, 0, e, 5, 0, e, 6, 0]);
    }

    #[test]
    fn a_scalar_and_an_empty_array_work() {
        let have = layout("<i4", &[], None, Order::C);
        let want = layout(">i4", &[], None, Order::C);
        let mut dst = [0; 4];
        copy(&[1, 2, 3, 4], &have, &mut dst, &want).expect("copies");
        assert_eq!(dst, [4, 3, 2, 1]);
        let none = layout("<i4", &[0, 3], None, Order::C);
        assert!(copy(&[], &none, &mut [], &layout(">i4", &[0, 3], None, Order::F)).is_ok());
    }

    #[test]
    fn complex_numbers_swap_each_half() {
        let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        swap_bytes(&mut bytes, Dtype::parse("<c8").expect("dtype"));
        assert_eq!(bytes, [4, 3, 2, 1, 8, 7, 6, 5]);
    }
}
