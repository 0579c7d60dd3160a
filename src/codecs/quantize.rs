//! `quantize`: rounds floats to the power of two that `digits` decimal digits need.
#![forbid(unsafe_code)]

use half::f16;

use super::filter::ByItem;
use crate::core::config::{as_float, wrong_type};
use crate::core::number::{self, Pass, lost};
use crate::core::pieces::{Filter, Running, Then};
use crate::core::{Class, Codec, CodecDef, Config, Dtype, Error, Layout, Result};
use crate::kernels::number::Divide;
use crate::kernels::quantize::{first_overflow, quantize, to_zero};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "quantize", make };

struct Quantize {
    /// What values are rounded to is 2^-bits.
    bits: i32,
    dtype: Dtype,
    astype: Dtype,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let digits = config.required("digits")?;
    config.print("digits", digits.clone());
    let digits = as_float(digits).ok_or_else(|| wrong_type("digits", "a number", digits))?;
    let dtype = config.dtype("dtype")?;
    let astype = config.dtype_or("astype", dtype)?;
    for (key, dtype) in [("dtype", dtype), ("astype", astype)] {
        if dtype.class != Class::Float {
            return Err(Error::config(key, format!("\"{key}\" must be a float, not {dtype}")));
        }
    }
    Ok(Box::new(ByItem(Quantize { bits: bits(digits)?, dtype, astype })))
}

/// Binary digits for decimal ones: away from zero to a whole number, then the next power of two.
fn bits(digits: f64) -> Result<i32> {
    let whole = digits.abs().ceil().copysign(digits);
    if !(-308.0..=307.0).contains(&whole) {
        return Err(Error::config("digits", "\"digits\" must be from -308 to 307"));
    }
    Ok((whole * std::f64::consts::LOG2_10).ceil() as i32)
}

/// 2^bits, or infinity, or 0, without rounding on the way.
fn power_of_two(bits: i32) -> f64 {
    let half = bits / 2;
    2f64.powi(half) * 2f64.powi(bits - half)
}

impl Quantize {
    fn round<T: Divide + Into<f64>>(&self, layout: Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let scale = T::from_f64(power_of_two(self.bits));
        if scale.into().is_infinite() {
            return number::converting(layout, self.dtype, self.astype, strict, then); // finer than the floats are: nothing to round
        }
        let pass = Pass::new(self.dtype, self.dtype, self.dtype, self.astype)?;
        let (check, range) = (number::check_fn(self.dtype)?, number::range(self.astype));
        let kernel = if scale.into() == 0.0 { to_zero::<T> } else { quantize::<T> };
        let step = &mut |first, src: &[u8], dst: &mut [u8]| {
            let mut done = first;
            pass.run(src, dst, &mut |src, dst| {
                kernel(src, dst, scale);
                if strict && let Some(index) = first_overflow::<T>(src, dst).or_else(|| check(dst, false, range)) {
                    return Err(lost(done + index, self.astype));
                }
                done += src.len() / T::SIZE;
                Ok(())
            })
        };
        then(Running { sizes: (T::SIZE, self.astype.itemsize), layout, step })
    }
}

impl Filter for Quantize {
    fn encoded(&self, src: &Layout) -> Result<Layout> {
        number::converted(src, self.dtype, self.astype)
    }

    fn decoded(&self, src: &Layout) -> Result<Layout> {
        number::converted(src, self.astype, self.dtype)
    }

    fn encoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let layout = self.encoded(src)?;
        match self.dtype.itemsize {
            2 => self.round::<f16>(layout, strict, then),
            4 => self.round::<f32>(layout, strict, then),
            _ => self.round::<f64>(layout, strict, then),
        }
    }

    fn decoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        number::converting(self.decoded(src)?, self.astype, self.dtype, strict, then)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::encode_fixed;
    use super::*;
    use crate::core::Kind;

    fn encode(config: &str, values: &[f32]) -> Result<Vec<u8>> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        encode_fixed(&format!(r#"{{"id":"quantize",{config}}}"#), "<f4", &[values.len()], &bytes)
    }

    #[test]
    fn the_worked_example() {
        let want = [0, 0, 0, 0x3e, 0, 0, 0x80, 0x3e, 0, 0, 0xb0, 0x3f];
        assert_eq!(encode(r#""digits":1,"dtype":"<f4""#, &[0.1, 0.25, 1.37]).ok().as_deref(), Some(&want[..]));
    }

    #[test]
    fn digits_become_bits_as_in_python() {
        let table = [(-2, -6), (-1, -3), (0, 0), (1, 4), (3, 10), (7, 24), (10, 34), (15, 50), (307, 1020), (-308, -1023)];
        for (digits, expected) in table {
            assert_eq!(bits(digits.into()).ok(), Some(expected), "{digits} digits");
        }
        assert_eq!((bits(1.2).ok(), bits(-0.5).ok()), (Some(7), Some(-3)));
        assert!(bits(308.0).is_err() && bits(-309.0).is_err());
        assert_eq!((power_of_two(-1023), power_of_two(1020)), (2f64.powi(-1022) / 2.0, 2f64.powi(1020)));
    }

    #[test]
    fn a_precision_beyond_the_floats_changes_nothing_and_one_below_them_leaves_zero() {
        let values = [0.1, -3.0e38, f32::MIN_POSITIVE];
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(encode(r#""digits":40,"dtype":"<f4""#, &values).ok(), Some(bytes));
        assert_eq!(encode(r#""digits":-50,"dtype":"<f4""#, &[7.0]).ok(), Some(vec![0; 4]));
    }

    #[test]
    fn only_floats_and_numbers_are_taken() {
        for config in [r#""digits":1,"dtype":"<i4""#, r#""digits":1,"dtype":"<f4","astype":"<i2""#, r#""digits":"1","dtype":"<f4""#] {
            assert_eq!(encode(config, &[]).map_err(|e| e.kind()), Err(Kind::Config), "{config}");
        }
    }
}
