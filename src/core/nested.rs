//! Arrays as nested lists, in index order whatever the order in memory.

use super::dtype::Dtype;
use super::error::{Error, Result};
use super::layout::{Layout, Order};

/// What comes next in the nested lists. The outermost list is not told: it holds more than the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A list of so many elements begins.
    Open(usize),
    /// An item, by its place in memory.
    Item(usize),
    /// The innermost open list ends.
    Close,
}

/// Visits an array of this shape. No dimension is one item.
pub fn walk(shape: &[usize], order: Order, mut visit: impl FnMut(Step) -> Result<()>) -> Result<()> {
    let Some((&extent, inner)) = shape.split_first() else { return visit(Step::Item(0)) };
    let stride = Stride { order, outer: 1 };
    let step = stride.of(inner);
    (0..extent).try_for_each(|i| list(inner, stride.inside(extent), i * step, &mut visit))
}

fn list(shape: &[usize], stride: Stride, place: usize, visit: &mut impl FnMut(Step) -> Result<()>) -> Result<()> {
    let Some((&extent, inner)) = shape.split_first() else { return visit(Step::Item(place)) };
    visit(Step::Open(extent))?;
    let step = stride.of(inner);
    (0..extent).try_for_each(|i| list(inner, stride.inside(extent), place + i * step, visit))?;
    visit(Step::Close)
}

/// Distance in memory from an element to the next, in items.
#[derive(Clone, Copy)]
struct Stride {
    order: Order,
    /// Product of the extents of the outer dimensions.
    outer: usize,
}

impl Stride {
    fn of(self, inner: &[usize]) -> usize {
        if self.order == Order::F { self.outer } else { inner.iter().product() }
    }

    fn inside(self, extent: usize) -> Self {
        Stride { outer: self.outer * extent, ..self }
    }
}

/// For each place of an array in order `to`, the place of the same item in order `from`.
pub fn sources(shape: &[usize], from: Order, to: Order) -> Result<Vec<usize>> {
    let in_order = |order| places(shape, &Layout::contiguous(Dtype::U1, shape, order)?.strides(), 0);
    let mut sources = in_order(to)?;
    for (target, place) in in_order(to)?.into_iter().zip(in_order(from)?) {
        if let Some(source) = sources.get_mut(target) {
            *source = place;
        }
    }
    Ok(sources)
}

/// Places in memory of the items of an array, in index order: `first` is that of the first item, `strides` count items.
pub fn places(shape: &[usize], strides: &[usize], first: usize) -> Result<Vec<usize>> {
    let mut places = vec![first];
    for (&extent, &stride) in shape.iter().zip(strides) {
        let (mut inner, count) = (Vec::new(), places.len().saturating_mul(extent));
        inner.try_reserve_exact(count).map_err(|_| Error::memory(count.saturating_mul(size_of::<usize>()) as u64))?;
        inner.extend(places.iter().flat_map(|place| (0..extent).map(move |i| place + i * stride)));
        places = inner;
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: &[usize], order: Order) -> String {
        let mut text = String::new();
        let visit = |step| {
            match step {
                Step::Open(_) => text.push('['),
                Step::Item(i) => text.push_str(&i.to_string()),
                Step::Close => text.push(']'),
            }
            Ok(())
        };
        walk(shape, order, visit).expect("walks");
        text
    }

    #[test]
    fn index_order_in_either_memory_order() {
        assert_eq!(written(&[2, 3], Order::C), "[012][345]");
        assert_eq!(written(&[2, 3], Order::F), "[024][135]");
        assert_eq!(written(&[2, 1, 2], Order::F), "[[02]][[13]]");
        assert_eq!(written(&[], Order::C), "0");
        assert_eq!(written(&[2, 0], Order::C), "[][]");
        assert_eq!(written(&[0, 2], Order::F), "");
    }

    #[test]
    fn another_order_takes_every_item_along() {
        // C memory is the index order: F memory [a, b, c, ...] of shape (2, 3) has index order a c e b d f.
        assert_eq!(sources(&[2, 3], Order::F, Order::C).ok(), Some(vec![0, 2, 4, 1, 3, 5]));
        assert_eq!(sources(&[2, 3], Order::C, Order::F).ok(), Some(vec![0, 3, 1, 4, 2, 5]));
    }
}
