//! What goes into a codec: memory together with its layout, already checked against each other.

use super::dtype::Dtype;
use super::error::{Error, Result};
use super::layout::{Items, Layout, Order};

/// An array in memory: no gaps, C or F order.
#[derive(Clone, Copy, Debug)]
pub struct ArrayRef<'a> {
    layout: &'a Layout,
    memory: Memory<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Memory<'a> {
    Fixed(&'a [u8]),
    Flat { bytes: &'a [u8], offsets: &'a [i64] },
    Apart(&'a [&'a [u8]]),
}

impl<'a> ArrayRef<'a> {
    /// Items of fixed size; `bytes` must be exactly what the layout says.
    pub fn fixed(layout: &'a Layout, bytes: &'a [u8]) -> Result<Self> {
        if layout.items != Items::Fixed || layout.order() == Order::Strided {
            return Err(Error::shape("the layout is not one of fixed-size items without gaps"));
        }
        if layout.nbytes() != bytes.len() {
            return Err(Error::shape(format!("the layout takes {} bytes, {} are given", layout.nbytes(), bytes.len())));
        }
        Ok(ArrayRef { layout, memory: Memory::Fixed(bytes) })
    }

    /// Items of variable length: item `i` is `bytes[offsets[i]..offsets[i + 1]]`.
    pub fn objects(layout: &'a Layout, bytes: &'a [u8], offsets: &'a [i64]) -> Result<Self> {
        let count = check_objects(layout)?;
        if offsets.len() != count + 1 {
            return Err(Error::shape(format!("{} offsets for {count} items, one more than items is needed", offsets.len())));
        }
        let rising = offsets.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        let inside =
            offsets.first().is_some_and(|first| *first >= 0) && offsets.last().is_some_and(|last| *last as u64 <= bytes.len() as u64);
        if !rising || !inside {
            return Err(Error::shape(format!("the offsets do not rise from 0 or more to {} at the most", bytes.len())));
        }
        Ok(ArrayRef { layout, memory: Memory::Flat { bytes, offsets } })
    }

    /// Items of variable length that lie apart.
    pub fn apart(layout: &'a Layout, items: &'a [&'a [u8]]) -> Result<Self> {
        let count = check_objects(layout)?;
        if items.len() != count {
            return Err(Error::shape(format!("{} items for a layout of {count}", items.len())));
        }
        Ok(ArrayRef { layout, memory: Memory::Apart(items) })
    }

    /// Dtype, shape and order.
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// Number of items.
    pub fn count(&self) -> usize {
        self.layout.count()
    }

    /// What "any buffer" codecs see: all bytes in memory order. Items of variable length are a dtype error.
    pub fn bytes(&self) -> Result<&'a [u8]> {
        match self.memory {
            Memory::Fixed(bytes) => Ok(bytes),
            _ => Err(Error::dtype("items of variable length: this codec takes fixed-size items only")),
        }
    }

    /// What "view" filters see: the bytes taken as items of `dtype`, whatever they were; returns how many.
    pub fn view(&self, dtype: Dtype) -> Result<(&'a [u8], usize)> {
        let bytes = self.bytes()?;
        if dtype.itemsize == 0 || !bytes.len().is_multiple_of(dtype.itemsize) {
            return Err(Error::shape(format!("{} bytes are not a whole number of {dtype} items", bytes.len())));
        }
        Ok((bytes, bytes.len() / dtype.itemsize))
    }

    /// Item `i` of variable length, in memory order; empty past the end.
    pub fn item(&self, i: usize) -> &'a [u8] {
        match self.memory {
            Memory::Fixed(_) => &[],
            Memory::Apart(items) => items.get(i).copied().unwrap_or_default(),
            Memory::Flat { bytes, offsets } => match (offsets.get(i), offsets.get(i + 1)) {
                (Some(&from), Some(&to)) => bytes.get(from as usize..to as usize).unwrap_or_default(),
                _ => &[],
            },
        }
    }

    /// Items of variable length that lie in one block, with their offsets.
    pub fn flat(&self) -> Option<(&'a [u8], &'a [i64])> {
        match self.memory {
            Memory::Flat { bytes, offsets } => Some((bytes, offsets)),
            _ => None,
        }
    }

    /// Checks the item kind before items are read.
    pub fn expect_items(&self, wanted: Items) -> Result<()> {
        if self.layout.items == wanted {
            return Ok(());
        }
        Err(Error::dtype(format!("items of kind {wanted:?} are needed, these are {:?}", self.layout.items)))
    }
}

fn check_objects(layout: &Layout) -> Result<usize> {
    if layout.items == Items::Fixed {
        return Err(Error::dtype("offsets belong to items of variable length, the layout has fixed-size items"));
    }
    Ok(layout.count())
}
