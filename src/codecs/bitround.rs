//! `bitround`: rounds float mantissas to `keepbits` bits; the result is integers of the same width.
#![forbid(unsafe_code)]

use super::filter::ByItem;
use crate::core::config::{as_integer, wrong_type};
use crate::core::pieces::{Filter, Running, Then, copying};
use crate::core::{Class, Codec, CodecDef, Config, Dtype, Error, Layout, Result};
use crate::kernels::bitround::{Bits, bitround};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "bitround", make };

struct Bitround {
    keepbits: u32,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let value = config.required("keepbits")?;
    config.print("keepbits", value.clone());
    let keepbits = as_integer(value).ok_or_else(|| wrong_type("keepbits", "an integer", value))?;
    let keepbits = u32::try_from(keepbits).map_err(|_| Error::config("keepbits", format!("\"keepbits\" cannot be {keepbits}")))?;
    Ok(Box::new(ByItem(Bitround { keepbits })))
}

type Kernel = fn(src: &[u8], dst: &mut [u8], swap: bool, drop: u32);

/// Mantissa bits of a float dtype, and its kernel.
fn kernel(dtype: Dtype) -> Result<(u32, Kernel)> {
    match (dtype.class, dtype.itemsize) {
        (Class::Float, 2) => Ok((u16::MANTISSA, bitround::<u16>)),
        (Class::Float, 4) => Ok((u32::MANTISSA, bitround::<u32>)),
        (Class::Float, 8) => Ok((u64::MANTISSA, bitround::<u64>)),
        _ => Err(Error::dtype(format!("floats are needed, these are {dtype}"))),
    }
}

impl Bitround {
    /// Bits to drop from floats of `dtype`.
    fn drop(&self, dtype: Dtype) -> Result<u32> {
        let (mantissa, _) = kernel(dtype)?;
        let too_many = || Error::config("keepbits", format!("\"keepbits\" is {}, {dtype} has {mantissa} bits", self.keepbits));
        mantissa.checked_sub(self.keepbits).ok_or_else(too_many)
    }
}

/// Integers become the floats they were; anything else stays.
fn decoded(src: &Layout) -> Layout {
    match (src.dtype.class, src.dtype.itemsize) {
        (Class::Int, 2 | 4 | 8) => src.with_dtype(Dtype { class: Class::Float, ..src.dtype }),
        _ => src.clone(),
    }
}

impl Filter for Bitround {
    /// Floats that keep all bits stay floats.
    fn encoded(&self, src: &Layout) -> Result<Layout> {
        let class = if self.drop(src.dtype)? == 0 { Class::Float } else { Class::Int };
        Ok(src.with_dtype(Dtype { class, ..src.dtype }))
    }

    fn decoded(&self, src: &Layout) -> Result<Layout> {
        Ok(decoded(src))
    }

    fn encoding(&self, src: &Layout, _strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let (layout, dtype, drop) = (self.encoded(src)?, src.dtype, self.drop(src.dtype)?);
        if drop == 0 {
            return copying(layout, then);
        }
        let kernel = kernel(dtype)?.1;
        let step = &mut |_, src: &[u8], dst: &mut [u8]| {
            kernel(src, dst, !dtype.is_native(), drop);
            Ok(())
        };
        then(Running { sizes: (dtype.itemsize, dtype.itemsize), layout, step })
    }

    fn decoding(&self, src: &Layout, _strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        copying(decoded(src), then)
    }

    fn knows_dtype(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, encode, encode_fixed};
    use super::*;
    use crate::core::{ArrayRef, Kind, Order};

    const KEEP3: &str = r#"{"id":"bitround","keepbits":3}"#;

    fn bytes(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn the_worked_example_in_both_byte_orders() {
        let (src, want) = (bytes(&[0.1, 1.5, -2.7]), [0, 0, 0xd0, 0x3d, 0, 0, 0xc0, 0x3f, 0, 0, 0x30, 0xc0]);
        assert_eq!(encode_fixed(KEEP3, "<f4", &[3], &src).ok().as_deref(), Some(&want[..]));
        let turned = |bytes: &[u8]| bytes.chunks(4).flat_map(|item| item.iter().rev().copied()).collect::<Vec<u8>>();
        assert_eq!(encode_fixed(KEEP3, ">f4", &[3], &turned(&src)).ok(), Some(turned(&want)));
    }

    #[test]
    fn memory_order_stays_and_the_result_is_integers() {
        let layout = Layout::contiguous(Dtype::parse("<f4").expect("dtype"), &[2, 3], Order::F).expect("layout");
        let src = bytes(&[0.1, 1.5, -2.7, 0.0, 9.9, 7.7]);
        let flat = encode_fixed(KEEP3, "<f4", &[6], &src).expect("encodes");
        assert_eq!(encode(KEEP3, &ArrayRef::fixed(&layout, &src).expect("array")).expect("encodes"), flat);
        let encoded = build(KEEP3).and_then(|codec| codec.encoded_layout(&layout)).expect("layout").expect("an array");
        assert_eq!((encoded.dtype.to_string(), encoded.order(), encoded.shape()), ("<i4".to_owned(), Order::F, &[2, 3][..]));
        assert_eq!(decoded(&encoded), layout);
    }

    #[test]
    fn all_bits_kept_is_the_array_itself_and_more_are_refused() {
        let src = bytes(&[0.1, f32::NAN]);
        let keep = |bits: i32| encode_fixed(&format!(r#"{{"id":"bitround","keepbits":{bits}}}"#), "<f4", &[2], &src);
        assert_eq!(keep(23).ok(), Some(src.clone()));
        assert_eq!(keep(24).map_err(|e| e.kind()), Err(Kind::Config));
        assert_eq!(keep(-1).map_err(|e| e.kind()), Err(Kind::Config));
        assert_eq!(encode_fixed(KEEP3, "<i4", &[2], &src).map_err(|e| e.kind()), Err(Kind::Dtype));
    }
}
