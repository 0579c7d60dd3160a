//! Dtype, shape and place of the items of an array: checked once, then trusted.

use super::dims::Dims;
use super::dtype::Dtype;
use super::error::{Error, Result};

/// Most dimensions of an array, as in NumPy 2.
pub const MAX_NDIM: usize = 64;

/// Where the items lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last dimension fastest, no gaps.
    C,
    /// First dimension fastest, no gaps.
    F,
    /// Anything else; byte strides tell.
    Strided,
}

/// What the items are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Fixed size, the dtype tells.
    Fixed,
    /// UTF-8 text of any length.
    Utf8,
    /// Bytes of any length.
    Bytes,
    /// One-dimensional arrays of the dtype, of any length.
    Arrays,
    /// One JSON text each.
    Json,
    /// One MessagePack value each.
    Msgpack,
}

/// Dtype, item kind, shape and order or strides. The total size fits `isize`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Type of an item; for [`Items::Arrays`] the type inside an item; `|O` for the other object kinds.
    pub dtype: Dtype,
    /// What the items are.
    pub items: Items,
    shape: Dims,
    order: Order,
    strides: Vec<usize>,
}

impl Layout {
    /// `nbytes` plain bytes.
    pub fn bytes(nbytes: usize) -> Self {
        Layout { dtype: Dtype::U1, items: Items::Fixed, shape: Dims::repeat(nbytes, 1), order: Order::C, strides: Vec::new() }
    }

    /// An array without gaps. `order` is C or F.
    pub fn contiguous(dtype: Dtype, shape: &[usize], order: Order) -> Result<Self> {
        Self::new(dtype, Items::Fixed, shape, None, order)
    }

    /// One dimension of `count` items; the caller knows that they fit memory.
    pub fn flat(dtype: Dtype, count: usize) -> Self {
        Layout { dtype, items: Items::Fixed, shape: Dims::repeat(count, 1), order: Order::C, strides: Vec::new() }
    }

    /// Items of variable length in C order.
    pub fn objects(items: Items, dtype: Dtype, shape: &[usize]) -> Result<Self> {
        Self::new(dtype, items, shape, None, Order::C)
    }

    /// Checks and keeps everything. Byte strides that describe C or F order are recognised as such.
    pub fn new(dtype: Dtype, items: Items, shape: &[usize], strides: Option<&[usize]>, order: Order) -> Result<Self> {
        if shape.len() > MAX_NDIM {
            return Err(Error::shape(format!("{} dimensions, at most {MAX_NDIM} are possible", shape.len())));
        }
        let item = if items == Items::Fixed { dtype.itemsize } else { size_of::<i64>() };
        let too_large = || Error::shape(format!("shape {shape:?} of {item} bytes an item is larger than memory"));
        let extents = shape.iter().map(|&n| n.max(1)); // zero extents must not hide an overflow of the others
        let nbytes = extents.clone().try_fold(item.max(1), usize::checked_mul).filter(|n| isize::try_from(*n).is_ok());
        nbytes.ok_or_else(too_large)?;
        let mut layout = Layout { dtype, items, shape: shape.into(), order, strides: Vec::new() };
        if order == Order::Strided && strides.is_none() {
            return Err(Error::shape("a strided layout needs strides"));
        }
        if let Some(strides) = strides {
            layout.set_strides(strides, item)?;
        }
        Ok(layout)
    }

    fn set_strides(&mut self, strides: &[usize], item: usize) -> Result<()> {
        if self.items != Items::Fixed {
            return Err(Error::shape("items of variable length cannot have strides"));
        }
        if strides.len() != self.shape.len() {
            return Err(Error::shape(format!("{} strides for {} dimensions", strides.len(), self.shape.len())));
        }
        let last = self
            .shape
            .iter()
            .zip(strides)
            .try_fold(item, |sum, (&n, &stride)| n.saturating_sub(1).checked_mul(stride).and_then(|far| sum.checked_add(far)));
        if last.is_none_or(|n| isize::try_from(n).is_err()) {
            return Err(Error::shape("the strides reach beyond memory"));
        }
        self.order = [Order::C, Order::F].into_iter().find(|&order| self.agrees(order, strides)).unwrap_or(Order::Strided);
        self.strides = if self.order == Order::Strided { strides.to_vec() } else { Vec::new() };
        Ok(())
    }

    /// Whether `strides` are those of `order`; strides of dimensions with fewer than two items do not matter.
    fn agrees(&self, order: Order, strides: &[usize]) -> bool {
        let own = contiguous_strides(&self.shape, self.dtype.itemsize, order);
        self.count() == 0 || self.shape.iter().zip(strides.iter().zip(own.iter())).all(|(&n, (a, b))| n < 2 || a == b)
    }

    /// Extents.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Where the items lie.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Number of items.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Byte strides, one for each dimension.
    pub fn strides(&self) -> Dims {
        match self.order {
            Order::Strided => (&*self.strides).into(),
            order => contiguous_strides(&self.shape, self.dtype.itemsize, order),
        }
    }

    /// Bytes of the items alone, without gaps. 0 for items of variable length.
    pub fn nbytes(&self) -> usize {
        if self.items == Items::Fixed { self.count() * self.dtype.itemsize } else { 0 }
    }

    /// Bytes from the first to the last item, gaps included.
    pub fn span(&self) -> usize {
        if self.order != Order::Strided || self.count() == 0 {
            return self.nbytes();
        }
        self.shape.iter().zip(self.strides.iter()).map(|(n, stride)| (n - 1) * stride).sum::<usize>() + self.dtype.itemsize
    }

    /// Whether two items may share bytes, which a destination must not.
    pub fn overlaps(&self) -> bool {
        if self.order != Order::Strided {
            return false;
        }
        let mut dims: Vec<_> = self.strides.iter().copied().zip(self.shape.iter().copied()).filter(|(_, n)| *n > 1).collect();
        dims.sort_unstable();
        let mut reach = self.dtype.itemsize;
        self.count() > 0
            && dims.into_iter().any(|(stride, n)| {
                let inside = stride < reach;
                reach += (n - 1) * stride;
                inside
            })
    }

    /// The same items in another dtype of the same total size, flat if the item size differs.
    pub fn with_dtype(&self, dtype: Dtype) -> Self {
        let count = self.count();
        if dtype.itemsize == self.dtype.itemsize {
            return Layout { dtype, ..self.clone() };
        }
        Layout::flat(dtype, (count * self.dtype.itemsize).checked_div(dtype.itemsize).unwrap_or(0))
    }

    /// The same dtype and shape without gaps, in `order`.
    pub fn reordered(&self, order: Order) -> Self {
        Layout { order, strides: Vec::new(), ..self.clone() }
    }

    /// The same without gaps: what lies in F order stays so, all else comes into C order.
    pub fn dense(&self) -> Self {
        self.reordered(if self.order == Order::F { Order::F } else { Order::C })
    }

    /// Whether C and F order are the same bytes for this shape.
    pub fn is_vector(&self) -> bool {
        self.shape.iter().filter(|n| **n != 1).count() < 2
    }
}

fn contiguous_strides(shape: &[usize], itemsize: usize, order: Order) -> Dims {
    let mut strides = Dims::repeat(itemsize, shape.len());
    let mut step = itemsize;
    for i in 0..shape.len() {
        let dim = if order == Order::F { i } else { shape.len() - 1 - i };
        if let (Some(stride), Some(extent)) = (strides.get_mut(dim), shape.get(dim)) {
            *stride = step;
            step = step.saturating_mul(*extent);
        }
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    const F8: Dtype = Dtype { class: super::super::dtype::Class::Float, itemsize: 8, big_endian: false };

    fn strided(shape: &[usize], strides: &[usize]) -> Result<Layout> {
        Layout::new(F8, Items::Fixed, shape, Some(strides), Order::C)
    }

    #[test]
    fn recognises_contiguous_strides() {
        assert_eq!(strided(&[2, 3], &[24, 8]).map(|l| l.order()).ok(), Some(Order::C));
        assert_eq!(strided(&[2, 3], &[8, 16]).map(|l| l.order()).ok(), Some(Order::F));
        assert_eq!(strided(&[1, 3], &[999, 8]).map(|l| l.order()).ok(), Some(Order::C));
        let gaps = strided(&[2, 3], &[48, 16]).expect("valid");
        assert_eq!((gaps.order(), gaps.nbytes(), gaps.span()), (Order::Strided, 48, 48 + 32 + 8));
    }

    #[test]
    fn sees_shared_bytes() {
        assert!(strided(&[4], &[0]).is_ok_and(|l| l.overlaps()));
        assert!(strided(&[2, 3], &[16, 8]).is_ok_and(|l| l.overlaps()));
        assert!(strided(&[2, 3], &[8, 16]).is_ok_and(|l| !l.overlaps()));
        assert!(strided(&[2, 3], &[200, 24]).is_ok_and(|l| !l.overlaps()));
    }

    #[test]
    fn refuses_sizes_beyond_memory() {
        assert!(Layout::contiguous(F8, &[1 << 40, 1 << 40], Order::C).is_err());
        assert!(Layout::contiguous(F8, &[0, 1 << 40, 1 << 40], Order::C).is_err());
        assert!(strided(&[3], &[usize::MAX / 2]).is_err());
        assert!(Layout::contiguous(F8, &[1; 65], Order::C).is_err());
    }
}
