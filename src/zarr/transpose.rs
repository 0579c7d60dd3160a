//! What Zarr v3 does to arrays by itself: `transpose`, and `bytes` in big endian order behind a filter.

use serde_json::Value;

use super::data_type::DataType;
use super::json::{Object, shown};
use crate::core::{ArrayRef, Codec, Dtype, Error, Items, Layout, Order, Result, Sink, convert, nested};

/// Output dimension `i` is input dimension `order[i]`.
pub struct Transpose {
    /// The array as it comes.
    pub from: Layout,
    /// The array as it goes on, in C order.
    pub to: Layout,
    /// The permutation.
    pub order: Vec<usize>,
}

/// Turns the bytes of every item around, in structured types those of every field.
pub struct Swap {
    /// The array.
    pub array: Layout,
    /// Its data type.
    pub kind: DataType,
}

/// The permutation of a configuration.
pub fn order(configuration: &Value, ndim: usize, path: &str, ignored: &mut Vec<String>) -> Result<Vec<usize>> {
    let mut object = Object::new(configuration, path)?;
    let given = object.required("order")?;
    object.ignore_rest(ignored);
    let order: Option<Vec<usize>> =
        given.as_array().and_then(|list| list.iter().map(|n| n.as_u64().and_then(|n| usize::try_from(n).ok())).collect());
    let is_permutation = |order: &Vec<usize>| order.len() == ndim && (0..ndim).all(|i| order.contains(&i));
    let wrong = || Error::config(object.at("order"), format!("{} is not a permutation of {ndim} dimensions", shown(given)));
    order.filter(is_permutation).ok_or_else(wrong)
}

/// The layout of the transposed array.
pub fn permuted(array: &Layout, order: &[usize]) -> Result<Layout> {
    let shape: Vec<usize> = order.iter().filter_map(|i| array.shape().get(*i).copied()).collect();
    Layout::new(array.dtype, array.items, &shape, None, Order::C)
}

impl Transpose {
    /// The transposed array over the memory of the untransposed one.
    fn view(&self) -> Result<Layout> {
        let strides = self.from.strides();
        let strides: Vec<usize> = self.order.iter().filter_map(|i| strides.get(*i).copied()).collect();
        Layout::new(self.from.dtype, Items::Fixed, self.to.shape(), Some(&strides), Order::Strided)
    }
}

impl Transpose {
    /// Items of variable length, one after the other: `places` are those in `src`.
    fn items(src: &ArrayRef<'_>, places: Vec<usize>, out: &mut Sink<'_>) -> Result<()> {
        let _memory = out.call().charge(size_of_val(places.as_slice()))?;
        if src.count() != places.len() {
            return Err(Error::shape(format!("{} items to transpose, the chunk has {}", src.count(), places.len())));
        }
        out.begin_items(places.len())?;
        places.into_iter().try_for_each(|place| out.write_item(src.item(place)))
    }

    /// Strides of the transposed array over the untransposed one, in items.
    fn places(&self) -> Result<Vec<usize>> {
        let strides = Layout::contiguous(Dtype::U1, self.from.shape(), Order::C)?.strides();
        let strides: Vec<usize> = self.order.iter().filter_map(|i| strides.get(*i).copied()).collect();
        nested::places(self.to.shape(), &strides, 0)
    }
}

impl Codec for Transpose {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        if self.from.items != Items::Fixed {
            Self::items(src, self.places()?, out)?;
            return Ok(self.to.clone());
        }
        let src = ArrayRef::fixed(&self.from, src.bytes()?)?.bytes()?;
        convert::copy(src, &self.view()?, out.take(self.to.nbytes())?, &self.to)?;
        Ok(self.to.clone())
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        if self.from.items != Items::Fixed {
            let mut back = self.places()?;
            for (item, place) in self.places()?.into_iter().enumerate() {
                back.get_mut(place).into_iter().for_each(|back| *back = item);
            }
            Self::items(src, back, out)?;
            return Ok(self.from.clone());
        }
        let src = ArrayRef::fixed(&self.to, src.bytes()?)?.bytes()?;
        convert::copy(src, &self.to, out.take(self.from.nbytes())?, &self.view()?)?;
        Ok(self.from.clone())
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        (self.to.items == Items::Fixed).then(|| self.to.nbytes() as u64)
    }

    fn encoded_layout(&self, _src: &Layout) -> Result<Option<Layout>> {
        Ok(Some(self.to.clone()))
    }
}

impl Swap {
    fn run(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<()> {
        let src = ArrayRef::fixed(&self.array, src.bytes()?)?.bytes()?;
        let room = out.take(src.len())?;
        room.copy_from_slice(src);
        self.kind.swap(room);
        Ok(())
    }
}

impl Codec for Swap {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out)?;
        Ok(Layout::bytes(self.array.nbytes()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(src, out)?;
        Ok(self.array.clone())
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        Some(self.array.nbytes() as u64)
    }
}
