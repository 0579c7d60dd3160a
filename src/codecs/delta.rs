//! `delta`: the first item, then differences of neighbours.
#![forbid(unsafe_code)]

use super::filter::ByItem;
use crate::core::config::no_objects;
use crate::core::number::{self, Pass, Visit, check_fn, lost, visit};
use crate::core::pieces::{Filter, Running, Then};
use crate::core::{Class, Codec, CodecDef, Config, Dtype, Error, Layout, Result};
use crate::kernels::blocks::{BLOCK, BLOCK_BYTES};
use crate::kernels::delta::{differences, running_sum};
use crate::kernels::number::{Number, Wide};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "delta", make };

struct Delta {
    dtype: Dtype,
    astype: Dtype,
    /// What is summed in.
    sum: Dtype,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let dtype = config.dtype("dtype")?;
    let dtype = subtractable("dtype", dtype)?;
    let astype = config.dtype_or("astype", dtype)?;
    let astype = subtractable("astype", astype)?;
    Ok(Box::new(ByItem(Delta { dtype, astype, sum: sum_type(dtype, astype)? })))
}

/// Refuses what has no differences, and datetimes, which have differences but no sums.
fn subtractable(key: &'static str, dtype: Dtype) -> Result<Dtype> {
    let dtype = no_objects(key, dtype)?;
    match dtype.class {
        Class::Datetime(_) => Err(Error::config(key, format!("\"{key}\" cannot be {dtype}: take <i8 for datetimes"))),
        Class::Bytes | Class::Text | Class::Raw => Err(Error::config(key, format!("\"{key}\" cannot be {dtype}"))),
        _ => Ok(dtype),
    }
}

/// What NumPy sums in; integers in `dtype`, which gives the same where NumPy is exact and the right result where it is not.
fn sum_type(dtype: Dtype, astype: Dtype) -> Result<Dtype> {
    let mixed = || Error::config("astype", format!("there are no sums of {astype} as {dtype}"));
    match (dtype.class, astype.class) {
        (Class::Timedelta(unit), Class::Timedelta(other)) if unit != other => Err(mixed()),
        (Class::Timedelta(_), Class::Float | Class::Complex) | (Class::Float | Class::Complex, Class::Timedelta(_)) => Err(mixed()),
        (Class::Bool, _) | (_, Class::Bool) => Ok(dtype),
        (_, Class::Timedelta(_)) => Ok(Dtype::native(astype.class, 8)),
        _ if number::is_whole(dtype) && number::is_whole(astype) => Ok(dtype),
        _ => Ok(number::promoted(dtype, astype)),
    }
}

/// Finds the first item that is lost in a block.
type Check = Box<dyn Fn(&[u8]) -> Option<usize>>;
/// A number in memory that is kept from block to block: the last item, or the sum of all.
type Kept = [u8; 16];

/// What is kept at the start, and what goes on from there.
#[derive(Clone, Copy)]
struct Kernel {
    start: Kept,
    run: fn(&[u8], &mut [u8], &mut Kept),
}

fn kernel<T: Number>(start: T, run: fn(&[u8], &mut [u8], &mut Kept)) -> Kernel {
    let mut kept = [0; 16];
    keep(start, &mut kept);
    Kernel { start: kept, run }
}

fn keep<T: Number>(number: T, kept: &mut Kept) {
    if let Some(place) = kept.get_mut(..T::SIZE) {
        number.write(place, false);
    }
}

fn kept<T: Number>(kept: &Kept) -> T {
    kept.get(..T::SIZE).map_or(T::ZERO, |place| T::read(place, false))
}

struct Differences;

impl Visit for Differences {
    type Out = Kernel;
    fn visit<T: Number>(self) -> Kernel {
        kernel(T::ZERO, |src, dst, last| {
            let mut number = kept::<T>(last);
            differences(src, dst, &mut number);
            keep(number, last);
        })
    }
}

struct RunningSum;

impl Visit for RunningSum {
    type Out = Kernel;
    fn visit<T: Number>(self) -> Kernel {
        let zero = T::from_complex(-0.0, -0.0); // the zero that leaves every first item as it is
        kernel(zero, |src, dst, sum| {
            let mut number = kept::<T>(sum);
            running_sum(src, dst, &mut number);
            keep(number, sum);
        })
    }
}

impl Delta {
    /// The first item must fit where NumPy checks it: in signed integers.
    fn check_first(&self, src: &[u8]) -> Result<()> {
        let first = match number::first(self.dtype, src)? {
            Some(Wide::Complex(re, _)) => Wide::Float(re),
            Some(value) => value,
            None => return Ok(()),
        };
        if self.astype.class == Class::Int && !number::range(self.astype).holds(first) {
            return Err(lost(0, self.astype));
        }
        Ok(())
    }

    /// Finds the first difference that would not be the same again after decoding.
    fn strict_check(&self) -> Result<Check> {
        let (dtype, astype) = (self.dtype, self.astype);
        if !number::is_whole(dtype) || !number::is_whole(astype) {
            let (check, range) = (check_fn(dtype)?, number::range(astype));
            return Ok(Box::new(move |block| check(block, false, range)));
        }
        let (there, back) = (number::cast_fn(dtype, astype)?, number::cast_fn(astype, dtype)?);
        let first_changed = move |block: &[u8]| {
            let (mut stored, mut again) = ([0; BLOCK_BYTES], [0; BLOCK_BYTES]);
            let stored = stored.get_mut(..block.len() / dtype.itemsize * astype.itemsize).unwrap_or_default();
            there(block, false, stored, false);
            let again = again.get_mut(..block.len()).unwrap_or_default();
            back(stored, false, again, false);
            block.chunks_exact(dtype.itemsize).zip(again.chunks_exact(dtype.itemsize)).position(|(a, b)| a != b)
        };
        let blocks =
            move |all: &[u8]| all.chunks(BLOCK * dtype.itemsize).map(first_changed).enumerate().find_map(|(i, at)| Some(i * BLOCK + at?));
        Ok(Box::new(blocks))
    }
}

impl Filter for Delta {
    fn encoded(&self, src: &Layout) -> Result<Layout> {
        number::flattened(src, self.dtype, self.astype)
    }

    fn decoded(&self, src: &Layout) -> Result<Layout> {
        number::flattened(src, self.astype, self.dtype)
    }

    fn encoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let layout = self.encoded(src)?;
        let check = if strict { Some(self.strict_check()?) } else { None };
        let kernel = visit(self.dtype, Differences)?;
        let (pass, mut last) = (Pass::new(self.dtype, self.dtype, self.dtype, self.astype)?, kernel.start);
        let step = &mut |first, src: &[u8], dst: &mut [u8]| {
            if first == 0 {
                self.check_first(src)?;
                last = kernel.start;
            }
            let mut done = first;
            pass.run(src, dst, &mut |src, dst| {
                (kernel.run)(src, dst, &mut last);
                if let Some(index) = check.as_ref().and_then(|check| check(dst)) {
                    return Err(lost(done + index, self.astype));
                }
                done += src.len() / self.dtype.itemsize;
                Ok(())
            })
        };
        then(Running { sizes: (self.dtype.itemsize, self.astype.itemsize), layout, step })
    }

    fn decoding(&self, src: &Layout, _strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let layout = self.decoded(src)?;
        let kernel = visit(self.sum, RunningSum)?;
        let (pass, mut sum) = (Pass::new(self.astype, self.sum, self.sum, self.dtype)?, kernel.start);
        let step = &mut |first, src: &[u8], dst: &mut [u8]| {
            if first == 0 {
                sum = kernel.start;
            }
            pass.run(src, dst, &mut |src, dst| {
                (kernel.run)(src, dst, &mut sum);
                Ok(())
            })
        };
        then(Running { sizes: (self.astype.itemsize, self.dtype.itemsize), layout, step })
    }

    fn elementwise(&self) -> bool {
        false
    }

    fn lossy(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, encode_fixed, encode_strict};
    use super::*;
    use crate::core::Kind;

    fn codec(dtype: &str, astype: &str) -> String {
        format!(r#"{{"id":"delta","dtype":"{dtype}","astype":"{astype}"}}"#)
    }

    fn bytes<const N: usize, T>(values: &[T], turn: fn(&T) -> [u8; N]) -> Vec<u8> {
        values.iter().flat_map(turn).collect()
    }

    #[test]
    fn the_worked_examples_go_both_ways() {
        let i4 = bytes(&[1i32, 3, 6, 10], |v| v.to_le_bytes());
        let cases: [(&str, &str, &[u8], &[u8]); 3] = [
            ("<i4", "<i4", &i4, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]),
            (">i2", ">i2", &[0, 1, 0, 3, 0, 6], &[0, 1, 0, 2, 0, 3]),
            ("|u1", "|u1", &[5, 3, 255, 0], &[5, 0xfe, 0xfc, 1]),
        ];
        for (dtype, astype, src, encoded) in cases {
            let codec = codec(dtype, astype);
            let count = src.len() / Dtype::parse(dtype).expect("dtype").itemsize;
            assert_eq!(encode_fixed(&codec, dtype, &[count], src).ok().as_deref(), Some(encoded));
            assert_eq!(decode(&codec, encoded).expect("decodes").1, src);
        }
    }

    #[test]
    fn later_items_wrap_unless_strict_and_the_first_one_never() {
        let (narrow, src) = (codec("<i4", "|i1"), bytes(&[100i32, 300, 5, -1000], |v| v.to_le_bytes()));
        assert_eq!(encode_fixed(&narrow, "<i4", &[4], &src).ok().as_deref(), Some(&[0x64, 0xc8, 0xd9, 0x13][..]));
        let error = encode_strict(&narrow, "<i4", &[4], &src).expect_err("200 is no i1");
        assert_eq!((error.kind(), error.to_string().contains("item 1 ")), (Kind::Data, true));
        assert!(encode_fixed(&narrow, "<i4", &[1], &128i32.to_le_bytes()).is_err());
        assert!(encode_strict(&codec("<u2", "<i2"), "<u2", &[2], &[5, 0, 3, 0]).is_ok(), "-2 comes back as it was");
    }

    #[test]
    fn large_integers_of_mixed_sign_and_truth_values_come_back() {
        let (mixed, src) = (codec("<u8", "<i8"), bytes(&[1u64 << 60, (1 << 60) + 1, u64::MAX], |v| v.to_le_bytes()));
        let encoded = encode_fixed(&mixed, "<u8", &[3], &src).expect("encodes");
        assert_eq!(decode(&mixed, &encoded).expect("decodes").1, src);
        for astype in ["|b1", "|u1"] {
            let (flags, src) = (codec("|b1", astype), [1, 1, 0, 0, 1, 0]);
            let encoded = encode_fixed(&flags, "|b1", &[6], &src).expect("encodes");
            assert_eq!(encoded, [1, 0, 1, 0, 1, 1]);
            assert_eq!(decode(&flags, &encoded).expect("decodes").1, src);
        }
    }

    #[test]
    fn floats_are_summed_in_the_wider_type() {
        let (wide, deltas) = (codec("<f4", "<f8"), bytes(&[-0.0, 16777216.0, 1.0, 1.0], |v: &f64| v.to_le_bytes()));
        let sums = bytes(&[-0.0, 16777216.0, 16777216.0, 16777218.0], |v: &f32| v.to_le_bytes());
        assert_eq!(decode(&wide, &deltas).expect("decodes").1, sums);
    }

    #[test]
    fn not_a_time_stays_and_nothing_comes_of_nothing() {
        let (times, src) = (codec("<m8[us]", "<m8[us]"), bytes(&[5, i64::MIN, 7], |v| v.to_le_bytes()));
        let encoded = bytes(&[5, i64::MIN, i64::MIN], |v| v.to_le_bytes());
        assert_eq!(encode_fixed(&times, "<m8[us]", &[3], &src).ok(), Some(encoded));
        assert_eq!(encode_fixed(&times, "<m8[us]", &[0], &[]).ok(), Some(Vec::new()));
    }

    #[test]
    fn types_without_sums_are_refused() {
        for (dtype, astype) in [("<M8[s]", "<i8"), ("|O", "<i4"), ("|S3", "|S3"), ("<m8[s]", "<m8[us]"), ("<f4", "<m8[s]")] {
            assert_eq!(decode(&codec(dtype, astype), &[]).map_err(|e| e.kind()).err(), Some(Kind::Config), "{dtype} {astype}");
        }
    }
}
