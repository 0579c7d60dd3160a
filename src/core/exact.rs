//! Numbers without the limits of their type: read exactly, worked on one by one, written back where the type holds them.

use super::dtype::Dtype;
use super::error::{Error, Result};
use super::number::{Visit, visit};
use super::sink::Sink;
use crate::kernels::number::Number;
pub use crate::kernels::number::Wide;

/// Items between two calls of the caller's progress function.
const PIECE: usize = 1 << 17;

/// How numbers of a dtype are read and written.
#[derive(Clone, Copy)]
pub struct Port {
    dtype: Dtype,
    read: fn(&[u8], bool) -> Wide,
    write: fn(Wide, &mut [u8], bool),
}

impl Port {
    /// For integers and floats.
    pub fn new(dtype: Dtype) -> Result<Self> {
        struct Pair(Dtype);
        impl Visit for Pair {
            type Out = Port;
            fn visit<T: Number>(self) -> Port {
                Port { dtype: self.0, read: read::<T>, write: write::<T> }
            }
        }
        visit(dtype, Pair(dtype))
    }

    /// The number in an item.
    pub fn read(&self, item: &[u8]) -> Wide {
        (self.read)(item, !self.dtype.is_native())
    }

    /// Puts a number into an item; an integer keeps its low bits, a float is rounded.
    pub fn write(&self, number: Wide, item: &mut [u8]) {
        (self.write)(number, item, !self.dtype.is_native());
    }

    /// The nearest number that the dtype has.
    pub fn nearest(&self, number: f64) -> f64 {
        match self.dtype.itemsize {
            2 => half::f16::from_f64(number).to_f64(),
            4 => f64::from(number as f32),
            _ => number,
        }
    }
}

fn read<T: Number>(item: &[u8], swap: bool) -> Wide {
    T::read(item, swap).wide()
}

fn write<T: Number>(number: Wide, item: &mut [u8], swap: bool) {
    let value = match number {
        Wide::Int(whole) => T::from_u64(whole as u64),
        Wide::Float(float) => T::from_f64(float),
        Wide::Complex(re, im) => T::from_complex(re, im),
    };
    value.write(item, swap);
}

/// Makes every number of `src` another one and appends them to `out`; `None` = the number that has no other is an error.
pub fn map(src: &[u8], from: Port, to: Port, out: &mut Sink<'_>, mut make: impl FnMut(Wide) -> Option<Wide>) -> Result<()> {
    let (call, sizes) = (out.call(), (from.dtype.itemsize, to.dtype.itemsize));
    let count = src.len() / sizes.0.max(1);
    let dst = out.take(count.checked_mul(sizes.1).ok_or_else(|| Error::memory(u64::MAX))?)?;
    for (i, (item, room)) in src.chunks_exact(sizes.0.max(1)).zip(dst.chunks_exact_mut(sizes.1.max(1))).enumerate() {
        if i % PIECE == 0 {
            call.checkpoint((i * sizes.1) as u64, (count * sizes.1) as u64)?;
        }
        let made = make(from.read(item)).ok_or_else(|| Error::data(format!("item {i} has no value as {}", to.dtype)))?;
        to.write(made, room);
    }
    Ok(())
}
