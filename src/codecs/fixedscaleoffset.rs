//! `fixedscaleoffset`: `(x - offset) * scale`, rounded to whole numbers.
#![forbid(unsafe_code)]

use half::f16;
use serde_json::{Number as Json, Value};

use crate::core::codec::Info;
use crate::core::config::{is_integer, no_objects, wrong_type};
use crate::core::number::{self, Pass, check_fn, lost};
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Layout, Result, Sink};
use crate::kernels::complex::Complex;
use crate::kernels::fixedscaleoffset::{apply, undo};
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
    Ok(Box::new(FixedScaleOffset { scale, offset, dtype, astype }))
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

type Kernel = Box<dyn FnMut(&[u8], &mut [u8])>;

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
            let scale: f64 = self.scale.to();
            return Ok(Box::new(move |src, dst| apply::<T, f64>(src, dst, offset, scale)));
        }
        let scale: T = self.scale.whole("scale", dtype)?;
        Ok(Box::new(move |src, dst| apply::<T, T>(src, dst, offset, scale)))
    }

    fn float<T: Scale>(&self) -> Kernel {
        let (offset, scale) = (self.offset.to::<T>(), self.scale.to::<T>());
        Box::new(move |src, dst| apply::<T, T>(src, dst, offset, scale))
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
        let (offset, scale) = (self.offset.to::<T>(), self.scale.to::<T>());
        Box::new(move |src, dst| undo::<T>(src, dst, offset, scale))
    }
}

/// Runs `kernel`; in strict mode a result that `to` cannot hold is an error.
fn run(pass: &Pass, mut kernel: Kernel, output: Dtype, to: Dtype, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
    let (strict, check, range, mut done) = (out.call().strict(), check_fn(output)?, number::range(to), 0);
    pass.run(src, out, &mut |src, dst| {
        kernel(src, dst);
        if strict && let Some(index) = check(dst, false, range) {
            return Err(lost(done + index, to));
        }
        done += dst.len() / output.itemsize;
        Ok(())
    })?;
    Ok(())
}

impl Codec for FixedScaleOffset {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (bytes, _) = src.view(self.dtype)?;
        let (input, output) = self.computed();
        let pass = Pass::new(self.dtype, input, output, self.astype)?;
        run(&pass, self.encoder(input)?, output, self.astype, bytes, out)?;
        number::flattened(src.layout(), self.dtype, self.astype)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (bytes, _) = src.view(self.astype)?;
        let divided = self.divided();
        let pass = Pass::new(self.astype, divided, divided, self.dtype)?;
        run(&pass, self.decoder(divided), divided, self.dtype, bytes, out)?;
        number::flattened(src.layout(), self.astype, self.dtype)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        number::flattened(src, self.dtype, self.astype).ok().map(|layout| layout.nbytes() as u64)
    }

    fn encoded_layout(&self, src: &Layout) -> Result<Option<Layout>> {
        number::flattened(src, self.dtype, self.astype).map(Some)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        number::flattened(&Layout::bytes(src.len()), self.astype, self.dtype).map(Info::array)
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn lossy(&self) -> bool {
        true
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
