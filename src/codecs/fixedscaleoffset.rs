//! `fixedscaleoffset`: `(x - offset) * scale`, rounded to whole numbers.
#![forbid(unsafe_code)]

use half::f16;
use serde_json::{Number as Json, Value};

use super::filter::ByItem;
use crate::core::config::{is_integer, no_objects, wrong_type};
use crate::core::number::{self, Pass, check_fn, lost};
use crate::core::pieces::{Filter, Running, Then};
use crate::core::{Class, Codec, CodecDef, Config, Dtype, Error, Layout, Result};
use crate::kernels::complex::Complex;
use crate::kernels::fixedscaleoffset::{apply, apply_whole, undo, undo_whole};
use crate::kernels::number::{Divide, Number, Scale, Wide};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "fixedscaleoffset", make };

struct FixedScaleOffset {
    scale: Constant,
    offset: Constant,
    dtype: Dtype,
    astype: Dtype,
}

/// A JSON number. An integer keeps integers in their own type, a float takes them to 8-byte floats.
#[derive(Clone, Copy)]
enum Constant {
    /// The value, where 128 bits hold it, and the same as a float.
    Integer(Option<i128>, f64),
    Float(f64),
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let scale = constant(config, "scale")?;
    let offset = constant(config, "offset")?;
    let dtype = config.dtype("dtype")?;
    let astype = config.dtype_or("astype", dtype)?;
    for (key, dtype) in [("dtype", dtype), ("astype", astype)] {
        no_objects(key, dtype)?;
        if !number::is_numeric(dtype) {
            return Err(Error::config(key, format!("\"{key}\" must be of numbers, not {dtype}")));
        }
    }
    Ok(Box::new(ByItem(FixedScaleOffset { scale, offset, dtype, astype })))
}

fn constant(config: &mut Config<'_>, key: &'static str) -> Result<Constant> {
    let value = config.required(key)?;
    config.print(key, value.clone());
    match value {
        Value::Bool(truth) => Ok(Constant::Integer(Some((*truth).into()), u8::from(*truth).into())),
        Value::Number(json) => Constant::new(json).ok_or_else(|| Error::config(key, format!("\"{key}\" is larger than any float"))),
        other => Err(wrong_type(key, "a number", other)),
    }
}

impl Constant {
    fn new(json: &Json) -> Option<Self> {
        let float: f64 = json.as_str().parse().ok()?;
        match is_integer(json) {
            true => float.is_finite().then(|| Constant::Integer(json.as_str().parse().ok(), float)),
            false => Some(Constant::Float(float)),
        }
    }

    fn is_integer(self) -> bool {
        matches!(self, Constant::Integer(..))
    }

    /// Rounded to a float or complex type.
    fn to<T: Number>(self) -> T {
        let (Constant::Integer(_, value) | Constant::Float(value)) = self;
        T::from_f64(value)
    }

    /// As an integer type, which must hold it.
    fn whole<T: Number>(self, key: &'static str, dtype: Dtype) -> Result<T> {
        match self {
            Constant::Integer(Some(value), _) if number::range(dtype).holds(Wide::Int(value)) => Ok(T::from_u64(value as u64)),
            _ => Err(Error::config(key, format!("\"{key}\" does not fit {dtype}"))),
        }
    }
}

/// The constants as numbers in memory, of the types that the arithmetic is in.
#[derive(Clone, Copy)]
struct Constants {
    offset: [u8; 16],
    scale: [u8; 16],
}

impl Constants {
    fn new<A: Number, B: Number>(offset: A, scale: B) -> Self {
        let mut constants = Constants { offset: [0; 16], scale: [0; 16] };
        constants.offset.get_mut(..A::SIZE).into_iter().for_each(|place| offset.write(place, false));
        constants.scale.get_mut(..B::SIZE).into_iter().for_each(|place| scale.write(place, false));
        constants
    }

    fn get<A: Number, B: Number>(&self) -> (A, B) {
        (
            self.offset.get(..A::SIZE).map_or(A::ZERO, |place| A::read(place, false)),
            self.scale.get(..B::SIZE).map_or(B::ZERO, |place| B::read(place, false)),
        )
    }
}

/// The arithmetic and its constants.
type Kernel = (fn(&[u8], &mut [u8], &Constants), Constants);

fn applying<A: Number, B: Scale>(offset: A, scale: B) -> Kernel {
    let run = |src: &[u8], dst: &mut [u8], constants: &Constants| {
        let (offset, scale) = constants.get::<A, B>();
        apply(src, dst, offset, scale);
    };
    (run, Constants::new(offset, scale))
}

fn undoing<T: Divide>(offset: T, scale: T) -> Kernel {
    let run = |src: &[u8], dst: &mut [u8], constants: &Constants| {
        let (offset, scale) = constants.get::<T, T>();
        undo(src, dst, offset, scale);
    };
    (run, Constants::new(offset, scale))
}

/// As [`applying`], with the cast to integers of `I` bytes in the same step. `None` where that gains nothing.
fn applying_whole<T: Scale + Into<f64>, const I: usize>(offset: T, scale: T) -> Option<Kernel> {
    apply_whole::<T, I>()?;
    let run = |src: &[u8], dst: &mut [u8], constants: &Constants| {
        let (offset, scale) = constants.get::<T, T>();
        if let Some(kernel) = apply_whole::<T, I>() {
            kernel(src, dst, offset, scale);
        }
    };
    Some((run, Constants::new(offset, scale)))
}

/// As [`undoing`] for small integers, with the casts in the same step.
fn undoing_whole<A: Number, B: Number>(offset: f64, scale: f64) -> Kernel {
    let run = |src: &[u8], dst: &mut [u8], constants: &Constants| {
        let (offset, scale) = constants.get::<f64, f64>();
        undo_whole::<A, B>(src, dst, offset, scale);
    };
    (run, Constants::new(offset, scale))
}

impl FixedScaleOffset {
    /// The types that NumPy takes the difference and the product in.
    fn computed(&self) -> (Dtype, Dtype) {
        let float = Dtype::native(Class::Float, 8);
        let difference = match self.dtype.class {
            Class::Float | Class::Complex => return (self.dtype, self.dtype),
            _ if !self.offset.is_integer() => return (float, float),
            Class::Bool => Dtype::native(Class::Int, 8),
            _ => self.dtype,
        };
        (difference, if self.scale.is_integer() { difference } else { float })
    }

    fn encoder(&self, input: Dtype) -> Result<Kernel> {
        match (input.class, input.itemsize) {
            (Class::Int, 1) => self.whole::<i8>(input),
            (Class::Int, 2) => self.whole::<i16>(input),
            (Class::Int, 4) => self.whole::<i32>(input),
            (Class::Int, _) => self.whole::<i64>(input),
            (Class::Uint, 1) => self.whole::<u8>(input),
            (Class::Uint, 2) => self.whole::<u16>(input),
            (Class::Uint, 4) => self.whole::<u32>(input),
            (Class::Uint, _) => self.whole::<u64>(input),
            (Class::Float, 2) => Ok(self.float::<f16>()),
            (Class::Float, 4) => Ok(self.float::<f32>()),
            (Class::Float, _) => Ok(self.float::<f64>()),
            (Class::Complex, 8) => Ok(self.float::<Complex<f32>>()),
            _ => Ok(self.float::<Complex<f64>>()),
        }
    }

    fn whole<T: Scale>(&self, dtype: Dtype) -> Result<Kernel> {
        let offset: T = self.offset.whole("offset", dtype)?;
        if !self.scale.is_integer() {
            return Ok(applying(offset, self.scale.to::<f64>()));
        }
        Ok(applying(offset, self.scale.whole::<T>("scale", dtype)?))
    }

    fn float<T: Scale>(&self) -> Kernel {
        applying(self.offset.to::<T>(), self.scale.to::<T>())
    }

    /// Arithmetic and cast in one step, for floats that become small integers.
    fn fused_encoder(&self) -> Option<Kernel> {
        match self.dtype.itemsize {
            _ if !self.dtype.is_native() || !self.astype.is_native() || self.dtype.class != Class::Float => None,
            4 => self.fused_apply::<f32>(),
            8 => self.fused_apply::<f64>(),
            _ => None,
        }
    }

    fn fused_apply<T: Scale + Into<f64>>(&self) -> Option<Kernel> {
        let (offset, scale) = (self.offset.to::<T>(), self.scale.to::<T>());
        match (self.astype.class, self.astype.itemsize) {
            (Class::Int | Class::Uint, 1) => applying_whole::<T, 1>(offset, scale),
            (Class::Int | Class::Uint, 2) => applying_whole::<T, 2>(offset, scale),
            (Class::Int, 4) => applying_whole::<T, 4>(offset, scale),
            _ => None,
        }
    }

    /// The same for decoding.
    fn fused_decoder(&self) -> Option<Kernel> {
        match self.dtype.itemsize {
            _ if !self.dtype.is_native() || !self.astype.is_native() || self.dtype.class != Class::Float => None,
            4 => self.fused_undo::<f32>(),
            8 => self.fused_undo::<f64>(),
            _ => None,
        }
    }

    fn fused_undo<B: Number>(&self) -> Option<Kernel> {
        let (offset, scale) = (self.offset.to::<f64>(), self.scale.to::<f64>());
        match (self.astype.class, self.astype.itemsize) {
            (Class::Int, 1) => Some(undoing_whole::<i8, B>(offset, scale)),
            (Class::Int, 2) => Some(undoing_whole::<i16, B>(offset, scale)),
            (Class::Int, 4) => Some(undoing_whole::<i32, B>(offset, scale)),
            (Class::Uint, 1) => Some(undoing_whole::<u8, B>(offset, scale)),
            (Class::Uint, 2) => Some(undoing_whole::<u16, B>(offset, scale)),
            (Class::Uint, 4) => Some(undoing_whole::<u32, B>(offset, scale)),
            _ => None,
        }
    }

    /// NumPy divides integers as 8-byte floats.
    fn divided(&self) -> Dtype {
        match self.astype.class {
            Class::Float | Class::Complex => self.astype,
            _ => Dtype::native(Class::Float, 8),
        }
    }

    fn decoder(&self, divided: Dtype) -> Kernel {
        match (divided.class, divided.itemsize) {
            (Class::Float, 2) => self.undo::<f16>(),
            (Class::Float, 4) => self.undo::<f32>(),
            (Class::Float, _) => self.undo::<f64>(),
            (_, 8) => self.undo::<Complex<f32>>(),
            _ => self.undo::<Complex<f64>>(),
        }
    }

    fn undo<T: Divide>(&self) -> Kernel {
        undoing(self.offset.to::<T>(), self.scale.to::<T>())
    }
}

/// Hands `kernel` to `then`; in strict mode a result that `types.2` cannot hold is an error. The numbers come as the first of the types,
/// and the arithmetic gives the second.
fn running(
    pass: &Pass,
    (run, constants): Kernel,
    types: (Dtype, Dtype, Dtype),
    layout: Layout,
    strict: bool,
    then: &mut Then<'_>,
) -> Result<Layout> {
    let (from, output, to) = types;
    let (check, range) = (check_fn(output)?, number::range(to));
    let step = &mut |first, src: &[u8], dst: &mut [u8]| {
        let mut done = first;
        pass.run(src, dst, &mut |src, dst| {
            run(src, dst, &constants);
            if strict && let Some(index) = check(dst, false, range) {
                return Err(lost(done + index, to));
            }
            done += dst.len() / output.itemsize;
            Ok(())
        })
    };
    then(Running { sizes: (from.itemsize, to.itemsize), layout, step })
}

/// Hands a kernel that casts by itself to `then`.
fn running_fused((run, constants): Kernel, (from, to): (Dtype, Dtype), layout: Layout, then: &mut Then<'_>) -> Result<Layout> {
    let step = &mut |_, src: &[u8], dst: &mut [u8]| {
        run(src, dst, &constants);
        Ok(())
    };
    then(Running { sizes: (from.itemsize, to.itemsize), layout, step })
}

impl Filter for FixedScaleOffset {
    fn encoded(&self, src: &Layout) -> Result<Layout> {
        number::flattened(src, self.dtype, self.astype)
    }

    fn decoded(&self, src: &Layout) -> Result<Layout> {
        number::flattened(src, self.astype, self.dtype)
    }

    fn encoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let (layout, (input, output)) = (self.encoded(src)?, self.computed());
        if let Some(kernel) = self.fused_encoder().filter(|_| !strict) {
            return running_fused(kernel, (self.dtype, self.astype), layout, then);
        }
        let pass = Pass::new(self.dtype, input, output, self.astype)?;
        running(&pass, self.encoder(input)?, (self.dtype, output, self.astype), layout, strict, then)
    }

    fn decoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
        let (layout, divided) = (self.decoded(src)?, self.divided());
        if let Some(kernel) = self.fused_decoder().filter(|_| !strict) {
            return running_fused(kernel, (self.astype, self.dtype), layout, then);
        }
        let pass = Pass::new(self.astype, divided, divided, self.dtype)?;
        running(&pass, self.decoder(divided), (self.astype, divided, self.dtype), layout, strict, then)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, decode, encode_fixed, encode_strict};
    use crate::core::Kind;

    fn codec(scale: &str, offset: &str, dtype: &str, astype: &str) -> String {
        format!(r#"{{"id":"fixedscaleoffset","scale":{scale},"offset":{offset},"dtype":"{dtype}","astype":"{astype}"}}"#)
    }

    fn floats(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn the_worked_examples() {
        let (tenths, src) = (codec("10", "1000", "<f8", "|u1"), floats(&[1000.05, 1000.15, 1000.25, 1001.0]));
        assert_eq!(encode_fixed(&tenths, "<f8", &[4], &src).ok().as_deref(), Some(&[0, 1, 2, 10][..]));
        let (even, src) = (codec("1", "0", "<f8", "<i2"), floats(&[0.5, 1.5, 2.5, -0.5]));
        assert_eq!(encode_fixed(&even, "<f8", &[4], &src).ok().as_deref(), Some(&[0, 0, 2, 0, 2, 0, 0, 0][..]));
    }

    #[test]
    fn an_integer_wraps_and_a_float_does_not() {
        let encode = |scale| encode_fixed(&codec(scale, "0", "<i4", "<i8"), "<i4", &[1], &i32::MAX.to_le_bytes());
        assert_eq!(encode("2").ok(), Some((-2i64).to_le_bytes().to_vec()));
        assert_eq!(encode("2.0").ok(), Some(4294967294i64.to_le_bytes().to_vec()));
        assert_eq!(encode("2e0").ok(), Some(4294967294i64.to_le_bytes().to_vec()));
    }

    #[test]
    fn constants_are_rounded_to_the_float_type_first() {
        let src = 16777216f32.to_le_bytes();
        assert_eq!(encode_fixed(&codec("1", "16777217", "<f4", "<f4"), "<f4", &[1], &src).ok(), Some(vec![0; 4]));
    }

    #[test]
    fn a_constant_outside_the_integer_type_is_refused_where_it_is_needed() {
        let wide = codec("1099511627776", "0", "<i4", "<i4");
        assert_eq!(encode_fixed(&wide, "<i4", &[1], &[1, 0, 0, 0]).map_err(|e| e.kind()), Err(Kind::Config));
        assert_eq!(decode(&wide, &[1, 0, 0, 0]).expect("divides as floats").1, [0; 4]);
    }

    #[test]
    fn what_does_not_fit_is_cut_or_an_error_in_strict_mode() {
        let (narrow, src) = (codec("1", "0", "<f8", "<i4"), floats(&[7.0, f64::NAN]));
        let nan = i32::MIN.to_le_bytes();
        assert_eq!(encode_fixed(&narrow, "<f8", &[2], &src).expect("encodes")[4..], nan);
        assert!(encode_strict(&narrow, "<f8", &[2], &src).is_err());
        assert!(encode_strict(&narrow, "<f8", &[1], &src[..8]).is_ok());
    }

    #[test]
    fn only_numbers_are_taken() {
        for (scale, dtype, astype) in [("\"1\"", "<f8", "<i4"), ("null", "<f8", "<i4"), ("1", "|O", "<i4"), ("1", "<f8", "<M8[s]")] {
            assert_eq!(build(&codec(scale, "0", dtype, astype)).map_err(|e| e.kind()).err(), Some(Kind::Config));
        }
    }
}
