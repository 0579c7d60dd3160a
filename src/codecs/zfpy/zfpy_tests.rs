//! Tests of the codec through its configuration.

use super::super::testing::{build, decode, encode, encode_fixed};
use super::*;
use crate::core::call::{Call, Limits};
use crate::core::{Items, Kind};
use crate::kernels::plain;

const REVERSIBLE: &str = r#"{"id":"zfpy"}"#;
const RATE_8: &str = r#"{"id":"zfpy","mode":2,"rate":8}"#;
const PLANES_16: &str = r#"{"id":"zfpy","mode":3,"precision":16}"#;
const ERROR_001: &str = r#"{"id":"zfpy","tolerance":0.01}"#;

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

fn kind<T>(result: Result<T>) -> Option<Kind> {
    result.err().map(|e| e.kind())
}

fn square() -> Vec<u8> {
    plain::bytes(&[1f64, 2.0, 3.0, 4.0]).to_vec()
}

/// Doubles that fill the window several times over.
fn long() -> (Vec<u8>, usize) {
    let numbers: Vec<f64> = (0..40_000).map(|i| f64::from(i % 977).sqrt()).collect();
    (plain::bytes(&numbers).to_vec(), numbers.len())
}

#[test]
fn the_worked_examples_come_out_bit_for_bit() {
    let floats = plain::bytes(&[0f32, 1.0, 2.0, 3.0]).to_vec();
    let ints = plain::bytes(&[0i32, 1, 2, 3]).to_vec();
    type Case<'a> = (&'a str, &'a str, &'a [usize], &'a [u8], &'a str);
    let cases: [Case<'_>; 5] = [
        (REVERSIBLE, "f8", &[2, 2], &square(), "7a6670051700001000000088099020e83401000000000000"),
        (ERROR_001, "f8", &[2, 2], &square(), "7a667005170000100000c0ca058843a008000000000000000000000000000000"),
        (RATE_8, "f4", &[4], &floats, "7a667005320000000000f00103ed1400"),
        (PLANES_16, "i4", &[4], &ints, "7a667005300000000000f08000000000"),
        (r#"{"id":"zfpy","tolerance":0}"#, "i4", &[4], &ints, "7a667005300000000000f0ff008088e0af8707000000d400"),
    ];
    for (config, dtype, shape, src, expected) in cases {
        assert_eq!(encode_fixed(config, dtype, shape, src).expect("encodes"), hex(expected), "{config}");
        let (layout, bytes, _) = decode(REVERSIBLE, &hex(expected)).expect("decodes");
        assert_eq!((layout.dtype, layout.shape()), (Dtype::parse(dtype).expect("dtype"), shape));
        assert_eq!(bytes.len(), src.len());
    }
}

#[test]
fn the_long_form_of_the_mode_is_read() {
    // zfp 1.0.1 under expert parameters, decoded by zfpy 1.0.1.
    let stream = hex("7a667005400000000000f0ff258088a0cd99070000d4f591c252020080155005");
    let (layout, bytes, _) = decode(REVERSIBLE, &stream).expect("decodes");
    assert_eq!((layout.shape(), plain::numbers(&bytes)), (&[5][..], Some(&[-1i32, 199, -1, 591, 778][..])));
}

#[test]
fn reversible_keeps_every_bit_of_every_type_in_every_dimension() {
    for dtype in ["i4", "i8", "f4", "f8", "M8[s]", "m8"] {
        for shape in [&[5][..], &[3, 9], &[4, 1, 6], &[2, 5, 3, 4]] {
            let size = Dtype::parse(dtype).expect("dtype").itemsize;
            let src: Vec<u8> = (0..shape.iter().product::<usize>() * size).map(|i| (i * i + i / 3) as u8).collect();
            let encoded = encode_fixed(REVERSIBLE, dtype, shape, &src).expect("encodes");
            let bound = build(REVERSIBLE)
                .ok()
                .and_then(|c| c.encoded_bound(&Layout::contiguous(Dtype::parse(dtype).expect("dtype"), shape, Order::C).expect("layout")));
            assert!(bound.is_some_and(|bound| encoded.len() as u64 <= bound), "{dtype} {shape:?}");
            let (layout, bytes, _) = decode(REVERSIBLE, &encoded).expect("decodes");
            assert_eq!((layout.shape(), bytes), (shape, src), "{dtype}");
        }
    }
}

#[test]
fn streams_longer_than_the_window_come_back() {
    let (src, count) = long();
    let encoded = encode_fixed(REVERSIBLE, "f8", &[count], &src).expect("encodes");
    assert!(encoded.len() > 3 * zfp::MEMORY);
    assert!(decode(REVERSIBLE, &encoded).expect("decodes").1 == src);
    let rated = encode_fixed(r#"{"id":"zfpy","mode":2,"rate":32}"#, "f8", &[count], &src).expect("encodes");
    assert_eq!(rated.len(), (96 + count * 32).div_ceil(64) * 8);
}

#[test]
fn a_stream_that_is_cut_off_is_a_data_error() {
    for config in [REVERSIBLE, RATE_8, ERROR_001] {
        let src: Vec<f64> = (0..1000).map(|i| f64::from(i).sin()).collect();
        let encoded = encode_fixed(config, "f8", &[10, 100], plain::bytes(&src)).expect("encodes");
        for n in (0..encoded.len() - 8).step_by(7) {
            assert_eq!(kind(decode(config, &encoded[..n])), Some(Kind::Data), "{config} {n}");
        }
    }
}

#[test]
fn bytes_after_the_stream_are_refused_in_strict_mode_only() {
    let src = [encode_fixed(REVERSIBLE, "f8", &[2, 2], &square()).expect("encodes"), vec![0]].concat();
    assert_eq!(decode(REVERSIBLE, &src).expect("let pass").1, square());
    let (mut limits, layout) = (Limits::default(), Layout::bytes(src.len()));
    limits.strict = true;
    let array = ArrayRef::fixed(&layout, &src).expect("bytes");
    let refused = build(REVERSIBLE).and_then(|c| c.decode(&array, &mut Sink::owned(Call::new(&limits, None))));
    assert_eq!(refused.expect_err("strict").details().offset, Some(24));
}

#[test]
fn claims_beyond_the_bytes_take_no_memory() {
    // 2^24 x 2^24 doubles, reversible, behind a header and eight bytes.
    let mut src = hex("7a66700517000010000000880000000000000000");
    src[4..11].copy_from_slice(&[0xf7, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(matches!(kind(decode(REVERSIBLE, &src)), Some(Kind::Data | Kind::Shape)));
}

#[test]
fn refuses_what_python_refuses_or_destroys() {
    let nan = plain::bytes(&[1.0, f64::NAN]).to_vec();
    assert_eq!(kind(encode_fixed(ERROR_001, "f8", &[2], &nan)), Some(Kind::Unsupported));
    assert!(encode_fixed(REVERSIBLE, "f8", &[2], &nan).is_ok());
    let foreign = Dtype::native(Class::Float, 8).ordered(cfg!(target_endian = "little")).to_string();
    for (dtype, size) in [("u1", 1), ("i2", 2), ("u4", 4), ("f2", 2), (&foreign, 8), ("c8", 8)] {
        assert_eq!(kind(encode_fixed(REVERSIBLE, dtype, &[2], &vec![0; 2 * size])), Some(Kind::Dtype), "{dtype}");
    }
    for shape in [&[][..], &[1, 1, 1, 1, 4], &[0], &[4, 0]] {
        let src = vec![0; shape.iter().product::<usize>() * 4];
        assert_eq!(kind(encode_fixed(REVERSIBLE, "i4", shape, &src)), Some(Kind::Shape), "{shape:?}");
    }
    let layout = Layout::new(Dtype::native(Class::Int, 4), Items::Fixed, &[2, 2], None, Order::F).expect("layout");
    assert_eq!(kind(encode(REVERSIBLE, &ArrayRef::fixed(&layout, &[0; 16]).expect("array"))), Some(Kind::Shape));
}

#[test]
fn rates_that_zfp_cannot_keep_are_refused() {
    for rate in ["0", "0.1", "2", "8193"] {
        let config = format!(r#"{{"id":"zfpy","mode":2,"rate":{rate}}}"#);
        let refused = encode_fixed(&config, "f4", &[4], &[0; 16]).expect_err(rate);
        assert_eq!(refused.details().path, "rate");
    }
    assert!(encode_fixed(r#"{"id":"zfpy","mode":2,"rate":2}"#, "i4", &[4], &[0; 16]).is_ok());
}

#[test]
fn any_mode_can_be_configured_but_only_three_encode() {
    let expert = r#"{"id":"zfpy","mode":1}"#;
    let stream = encode_fixed(REVERSIBLE, "f8", &[2, 2], &square()).expect("encodes");
    assert_eq!(decode(expert, &stream).expect("decodes").1, square());
    assert_eq!(encode_fixed(expert, "f8", &[2, 2], &square()).expect_err("expert").details().path, "mode");
    assert_eq!(build(r#"{"id":"zfpy","mode":"4"}"#).err().map(|e| e.details().path.clone()).as_deref(), Some("mode"));
    assert_eq!(build(r#"{"id":"zfpy","mode":3,"precision":1.5}"#).err().map(|e| e.details().path.clone()).as_deref(), Some("precision"));
}

#[test]
fn prints_the_arguments_of_the_mode() {
    let printed = |json: &str| crate::registry::from_json(json, None).expect(json).config().to_string();
    let given = r#"{"id":"zfpy","rate":8.0,"mode":2,"compression_kwargs":{"tolerance":3}}"#;
    let expected = r#"{"id":"zfpy","mode":2,"compression_kwargs":{"rate":8.0},"tolerance":-1,"rate":8.0,"precision":-1}"#;
    assert_eq!(printed(given), expected);
    assert_eq!(printed(r#"{"id":"zfpy","mode":9}"#), r#"{"id":"zfpy","mode":9,"tolerance":-1,"rate":-1,"precision":-1}"#);
}

#[test]
fn a_codec_in_use_works_as_a_new_one_whatever_came_before() {
    let codec = build(REVERSIBLE).expect("a codec");
    let limits = Limits::default();
    let decoded = |src: &[u8]| {
        let layout = Layout::bytes(src.len());
        let mut out = Sink::owned(Call::new(&limits, None));
        codec.decode(&ArrayRef::fixed(&layout, src)?, &mut out)?;
        Ok::<_, Error>(out.into_parts().0)
    };
    let (src, count) = long();
    let shapes: [(&str, &[usize]); 5] = [("f8", &[count]), ("i4", &[3, 9]), ("f8", &[7, 5, 3]), ("f4", &[1]), ("i8", &[4, 4, 4, 5])];
    for (dtype, shape) in shapes.into_iter().chain(shapes) {
        let (stop, dtype) = (|_: u64, _: u64| false, Dtype::parse(dtype).expect("dtype"));
        let layout = Layout::contiguous(dtype, shape, Order::C).expect("layout");
        let array = ArrayRef::fixed(&layout, &src[..layout.nbytes()]).expect("array");
        let encoded = encode(REVERSIBLE, &array).expect("encodes");
        let mut out = Sink::owned(Call::new(&limits, None));
        codec.encode(&array, &mut out).expect("encodes");
        assert!(out.into_parts().0 == encoded, "{shape:?}");
        assert!(codec.encode(&array, &mut Sink::owned(Call::new(&limits, Some(&stop)))).is_err());
        assert!(decoded(&encoded).expect("decodes") == src[..layout.nbytes()], "{shape:?}");
        assert_eq!(kind(decoded(&encoded[..encoded.len() - 8])), Some(Kind::Data), "{shape:?}");
    }
}

#[test]
fn not_a_number_is_found_wherever_it_is() {
    for at in (0..2100).step_by(7).chain([1023, 1024, 2099]) {
        for bad in [f64::NAN, f64::NEG_INFINITY] {
            let (mut doubles, mut floats) = (vec![1f64; 2100], vec![1f32; 2100]);
            assert!(finite(Scalar::Double, plain::bytes(&doubles)) && finite(Scalar::Float, plain::bytes(&floats)));
            (doubles[at], floats[at]) = (bad, bad as f32);
            assert!(!finite(Scalar::Double, plain::bytes(&doubles)) && !finite(Scalar::Float, plain::bytes(&floats)), "{at}");
        }
    }
}
