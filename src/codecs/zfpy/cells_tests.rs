//! Our coder of cells beside zfp's, bit for bit.

use super::super::testing::Random;
use super::*;
use crate::core::call::{Call, Limits};
use crate::kernels::zfp::Params;

const SCALARS: [Scalar; 4] = [Scalar::Int32, Scalar::Int64, Scalar::Float, Scalar::Double];

/// A float's bits; exponent 0 is that of the subnormal numbers, and none is that of infinity. Where all of a cell is tiny, zfp converts
/// infinity to an integer, which C does not define: what x86 makes of it is ours everywhere, so other processors' zfp gets none of these.
fn float_bits(sign: u64, exponent: u64, fraction: u64, (exponent_bits, fraction_bits): (u32, u32)) -> u64 {
    let tiny = cfg!(target_arch = "x86_64") || fraction == 0;
    let least = [0, if exponent_bits == 8 { 29 } else { 61 }][usize::from(!tiny)];
    let field = exponent.clamp(least, (1 << exponent_bits) - 2);
    sign << (exponent_bits + fraction_bits) | field << fraction_bits | fraction & ((1 << fraction_bits) - 1)
}

fn bits(random: &mut Random) -> u64 {
    (0..4).fold(0, |bits, _| bits << 16 | random.below(1 << 16) as u64)
}

/// Numbers of one kind: any, of one exponent, subnormal, smooth, few among zeros, all the same, zeros of both signs.
fn float(random: &mut Random, fields: (u32, u32), kind: usize, exponent: u64, i: usize) -> u64 {
    let (sign, any) = (random.below(2) as u64, bits(random));
    let few = random.below(9) == 0;
    match kind {
        0 => float_bits(sign, any >> 40 & ((1 << fields.0) - 1), any, fields),
        1 => float_bits(sign, exponent, any, fields),
        2 => float_bits(sign, 0, any, fields),
        3 => float_bits(0, exponent, (i as u64 * 3 + 7) << (fields.1 - 12), fields),
        4 if few => float_bits(sign, exponent, any, fields),
        5 => float_bits(0, exponent, 12345, fields),
        _ => float_bits(sign, 0, 0, fields),
    }
}

/// As [`float`], for integers: any, of so many bits, the extremes, a slope, all the same.
fn integer(random: &mut Random, kind: usize, width: u64, i: usize) -> i64 {
    let any = bits(random) as i64;
    match kind {
        0 => any,
        1 => any >> (width % 64),
        2 => [i64::MIN, i64::MAX, i64::from(i32::MIN), i64::from(i32::MAX), 0, -1][any.rem_euclid(6) as usize],
        3 => (i as i64).wrapping_mul(any >> 56).wrapping_mul(1 << (width % 40)),
        _ => width as i64 - 1000,
    }
}

fn number(random: &mut Random, scalar: Scalar, kind: usize, exponent: u64, i: usize) -> Vec<u8> {
    match scalar {
        Scalar::Int32 => (integer(random, kind, exponent, i) as i32).to_ne_bytes().to_vec(),
        Scalar::Int64 => integer(random, kind, exponent, i).to_ne_bytes().to_vec(),
        Scalar::Float => (float(random, (8, 23), kind, exponent % 255, i) as u32).to_ne_bytes().to_vec(),
        Scalar::Double => float(random, (11, 52), kind, exponent, i).to_ne_bytes().to_vec(),
    }
}

fn array(random: &mut Random, scalar: Scalar, shape: &[usize]) -> Vec<u8> {
    let (kind, exponent) = (random.below(7), random.below(2047) as u64);
    (0..shape.iter().product()).flat_map(|i| number(random, scalar, kind, exponent, i)).collect()
}

fn mode(random: &mut Random, scalar: Scalar, dims: usize) -> Mode {
    let least = match scalar {
        Scalar::Float => 9,
        Scalar::Double => 12,
        _ => 1,
    };
    match random.below(8) {
        0 => Mode::Rate(least + random.below((MAX_RATE - least + 1) as usize) as u32),
        1 | 2 => Mode::Rate(least + random.below(70 << (2 * dims)) as u32),
        3 | 4 => Mode::Precision(1 + random.below(64) as u32),
        5 | 6 => Mode::Accuracy(random.below(2200) as i32 - 1074),
        _ => Mode::Accuracy(random.below(80) as i32 - 60),
    }
}

fn shape(random: &mut Random, dims: usize) -> Vec<usize> {
    (0..dims).map(|_| 1 + random.below([100, 22, 11][dims - 1])).collect()
}

/// What `encode` writes.
fn written(encode: impl FnOnce(&mut Sink<'_>) -> Result<()>) -> Vec<u8> {
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    encode(&mut out).expect("encodes");
    out.into_parts().0
}

fn codec() -> Zfpy {
    Zfpy { wanted: Wanted::Unknown, engines: Pool::default() }
}

#[test]
fn writes_the_bits_of_zfp_at_every_level() {
    let (mut random, zfp) = (Random(7), codec());
    for round in 0..1800 {
        let (scalar, dims) = (SCALARS[round % 4], 1 + round / 4 % 3);
        let (shape, mode) = (shape(&mut random, dims), mode(&mut random, scalar, dims));
        let (header, src) = (Header::new(scalar, &shape, mode).expect("header"), array(&mut random, scalar, &shape));
        let grid = Grid::new(&shape, header.dtype().itemsize);
        let expected = written(|out| zfp.encode_by_zfp(&header, &grid, &src, out));
        for level in Level::all() {
            let ours = written(|out| cells::encode(level, &header, &grid, &src, out));
            assert!(ours == expected, "{level:?}, {header:?}, {src:?}");
        }
    }
}

#[test]
fn every_precision_rate_and_exponent_is_that_of_zfp() {
    let (mut random, zfp) = (Random(9), codec());
    let modes =
        (1..=64).map(Mode::Precision).chain((12..5000).step_by(37).map(Mode::Rate)).chain((-1074..1030).step_by(9).map(Mode::Accuracy));
    for (i, mode) in modes.enumerate() {
        for scalar in SCALARS {
            let shape = [&[9][..], &[5, 6], &[5, 4, 3]][i % 3];
            let (header, src) = (Header::new(scalar, shape, mode).expect("header"), array(&mut random, scalar, shape));
            let grid = Grid::new(shape, header.dtype().itemsize);
            let expected = written(|out| zfp.encode_by_zfp(&header, &grid, &src, out));
            assert!(written(|out| cells::encode(Level::best(), &header, &grid, &src, out)) == expected, "{header:?}, {src:?}");
        }
    }
}

/// Numbers and the bit behind them, or the error.
type Read = Result<(Vec<u8>, u64)>;

/// What `decode` makes of so many bytes.
fn read(nbytes: usize, decode: impl FnOnce(&mut [u8], Call<'_>) -> Result<u64>) -> Read {
    let (limits, mut room) = (Limits::default(), vec![0; nbytes]);
    let end = decode(&mut room, Call::new(&limits, None))?;
    Ok((room, end))
}

fn same(ours: &Read, expected: &Read) -> bool {
    match (ours, expected) {
        (Ok(ours), Ok(expected)) => ours == expected,
        (Err(ours), Err(expected)) => ours.kind() == expected.kind() && ours.details().offset == expected.details().offset,
        _ => false,
    }
}

/// Parameters that no mode of numcodecs has.
fn expert(random: &mut Random) -> Mode {
    let minbits = 1 + random.below(300) as u32;
    let (maxbits, maxprec) = (minbits + random.below(900) as u32, 1 + random.below(64) as u32);
    Mode::Expert(Params { minbits, maxbits, maxprec, minexp: random.below(2200) as i32 - 1074 })
}

/// Flips some bits, makes all of it noise, or cuts it off.
fn damage(random: &mut Random, stream: &mut Vec<u8>) {
    match random.below(5) {
        0 => stream.iter_mut().for_each(|byte| *byte = random.below(256) as u8),
        1 => stream.truncate(random.below(stream.len())),
        2 => {}
        _ => (0..1 + random.below(9)).for_each(|_| {
            let at = random.below(stream.len());
            stream[at] ^= 1 << random.below(8);
        }),
    }
}

#[test]
fn reads_the_numbers_of_zfp_at_every_level_out_of_whole_and_damaged_streams() {
    let (mut random, zfp) = (Random(11), codec());
    for round in 0..2400 {
        let (scalar, dims) = (SCALARS[round % 4], 1 + round / 4 % 3);
        let (shape, mode) = (shape(&mut random, dims), mode(&mut random, scalar, dims));
        let (mut header, src) = (Header::new(scalar, &shape, mode).expect("header"), array(&mut random, scalar, &shape));
        let grid = Grid::new(&shape, header.dtype().itemsize);
        let mut stream = written(|out| cells::encode(Level::best(), &header, &grid, &src, out));
        damage(&mut random, &mut stream);
        if round % 5 == 0 {
            header.mode = expert(&mut random);
        }
        let from = (&stream[..], random.below(150) as u64);
        let expected = read(src.len(), |room, call| zfp.decode_by_zfp(&header, &grid, from, room, call));
        for level in Level::all() {
            let ours = read(src.len(), |room, call| cells::decode(level, &header, &grid, from, room, call));
            assert!(same(&ours, &expected), "{level:?}, {header:?}, bit {} of {stream:?}", from.1);
        }
    }
}
