//! `zfpy`: zfp streams with a full header. What a stream holds is in its header: the configuration matters for encoding alone.
#![forbid(unsafe_code)]

mod cells;
#[cfg(test)]
mod cells_tests;
mod header;
#[cfg(test)]
mod zfpy_tests;

use serde_json::{Map, Value};

use self::header::{Header, Mode};
use crate::core::call::Call;
use crate::core::codec::Info;
use crate::core::config::{as_float, as_integer, wrong_type};
use crate::core::pool::Pool;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Layout, Order, Result, Sink};
use crate::kernels::cells::Grid;
use crate::kernels::level::Level;
use crate::kernels::zfp::MAX_RATE;
use crate::sys::zfp::{self, Decoder, Encoder, Engine, Scalar};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "zfpy", make };

/// Decoded bytes between two checkpoints.
const PIECE: u64 = 1 << 20;

/// How to encode.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Rate(f64),
    Precision(i64),
    Tolerance(f64),
    /// A mode that zfpy does not encode; decoding works.
    Unknown,
}

struct Zfpy {
    wanted: Wanted,
    engines: Pool<Engine>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let mode = config.value("mode", 4.into());
    let code = as_float(&mode).ok_or_else(|| wrong_type("mode", "an integer", &mode))?;
    // Python takes "compression_kwargs", forgets it and prints its own.
    config.raw("compression_kwargs");
    let mut given = |key| config.raw(key).cloned().unwrap_or_else(|| Value::from(-1));
    let (tolerance, rate, precision) = (given("tolerance"), given("rate"), given("precision"));
    let (wanted, active) = match code {
        2.0 => (Wanted::Rate(number("rate", &rate)?), Some(("rate", &rate))),
        3.0 => (Wanted::Precision(planes(&precision)?), Some(("precision", &precision))),
        4.0 => (Wanted::Tolerance(number("tolerance", &tolerance)?), Some(("tolerance", &tolerance))),
        _ => (Wanted::Unknown, None),
    };
    if let Some((key, value)) = active {
        config.print("compression_kwargs", Map::from_iter([(key.to_owned(), value.clone())]));
    }
    config.print("tolerance", tolerance);
    config.print("rate", rate);
    config.print("precision", precision);
    Ok(Box::new(Zfpy { wanted, engines: Pool::default() }))
}

fn number(key: &str, value: &Value) -> Result<f64> {
    as_float(value).filter(|n| n.is_finite()).ok_or_else(|| wrong_type(key, "a finite number", value))
}

fn planes(value: &Value) -> Result<i64> {
    let number = as_integer(value).ok_or_else(|| wrong_type("precision", "an integer", value))?;
    match i32::try_from(number) {
        Ok(_) => Ok(number),
        Err(_) => Err(Error::config("precision", format!("\"precision\" must fit 32 bits, {number} does not"))),
    }
}

impl Codec for Zfpy {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (layout, bytes) = (src.layout(), src.bytes()?);
        if layout.order() != Order::C && !layout.is_vector() {
            return Err(Error::shape("an array in F order: C order is taken"));
        }
        let header = self.header(layout)?;
        if header.mode != Mode::Reversible && !finite(header.scalar, bytes) {
            return Err(Error::unsupported(
                "NaN or infinity in a lossy mode would destroy all numbers around it: the reversible mode keeps them",
            ));
        }
        let grid = Grid::new(&header.shape, layout.dtype.itemsize);
        match cells::are_ours(&header) {
            true => cells::encode(Level::best(), &header, &grid, bytes, out)?,
            false => self.encode_by_zfp(&header, &grid, bytes, out)?,
        }
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let (header, start) = Header::parse(src)?;
        let layout = Layout::contiguous(header.dtype(), &header.shape, Order::C)?;
        let grid = Grid::new(&header.shape, layout.dtype.itemsize);
        check_claim(&header, &grid, src, start)?;
        let (call, room) = (out.call(), out.take(layout.nbytes())?);
        let end = match cells::are_ours(&header) {
            true => cells::decode(Level::best(), &header, &grid, (src, start), room, call)?,
            false => self.decode_by_zfp(&header, &grid, (src, start), room, call)?,
        };
        let end = end.div_ceil(64) as usize * 8;
        if call.strict() && end < src.len() {
            return Err(Error::data(format!("{} bytes follow the end of the stream", src.len() - end)).at(end));
        }
        Ok(layout)
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        let header = self.header(src).ok()?;
        let grid = Grid::new(&header.shape, src.dtype.itemsize);
        let bits = 148 + grid.cells() * most_bits(&header);
        Some(bits.div_ceil(64) * 8)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let (header, _) = Header::parse(src)?;
        let layout = Layout::contiguous(header.dtype(), &header.shape, Order::C)?;
        Ok(Info { nbytes: layout.nbytes() as u64, layout: Some(layout) })
    }

    fn lossy(&self) -> bool {
        match self.wanted {
            Wanted::Rate(n) | Wanted::Tolerance(n) => n >= 0.0,
            Wanted::Precision(n) => n >= 0,
            Wanted::Unknown => false,
        }
    }
}

impl Zfpy {
    fn encode_by_zfp(&self, header: &Header, grid: &Grid, bytes: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let (call, _memory) = (out.call(), out.call().charge(zfp::MEMORY)?);
        let mut engine = self.engines.get(Engine::new)?;
        engine.begin(header.scalar, header.shape.len(), header.mode.params())?;
        let mut encoder = Encoder::new(&mut engine);
        header.write(|value, count| encoder.bits(value, count));
        let mut progress = Progress::new(grid, bytes.len());
        for cell in grid.iter() {
            encoder.cell(|block| grid.gather(cell, bytes, block), out)?;
            progress.step(|done, total| call.checkpoint(done, total))?;
        }
        encoder.finish(out)
    }

    /// Returns the bit behind the last cell.
    fn decode_by_zfp(&self, header: &Header, grid: &Grid, (src, start): (&[u8], u64), room: &mut [u8], call: Call<'_>) -> Result<u64> {
        let _memory = call.charge(zfp::MEMORY)?;
        let mut engine = self.engines.get(Engine::new)?;
        engine.begin(header.scalar, header.shape.len(), header.mode.params())?;
        let mut decoder = Decoder::new(&mut engine, src, start);
        let mut progress = Progress::new(grid, room.len());
        for cell in grid.iter() {
            grid.scatter(cell, decoder.cell()?, room);
            progress.step(|done, total| call.checkpoint(done, total))?;
        }
        Ok(decoder.position())
    }

    fn header(&self, layout: &Layout) -> Result<Header> {
        let scalar = scalar(layout.dtype)?;
        let mode = match self.wanted {
            Wanted::Rate(rate) if rate >= 0.0 => Mode::Rate(cell_bits(rate, scalar, layout.shape().len())?),
            Wanted::Precision(planes) if planes >= 0 => Mode::Precision(if planes == 0 { 64 } else { planes.min(64) as u32 }),
            Wanted::Tolerance(tolerance) if tolerance >= 0.0 => Mode::Accuracy(exponent(tolerance)),
            Wanted::Unknown => return Err(Error::config("mode", "\"mode\" is neither 2 (rate), 3 (precision) nor 4 (tolerance)")),
            _ => Mode::Reversible,
        };
        Header::new(scalar, layout.shape(), mode)
    }
}

/// Bits of a cell at a rate. zfp writes past its own limit where a cell has no room for an exponent, and cuts what the header cannot say.
fn cell_bits(rate: f64, scalar: Scalar, dims: usize) -> Result<u32> {
    let least = match scalar {
        Scalar::Float => 9,
        Scalar::Double => 12,
        _ => 1,
    };
    let bits = (f64::from(1u32 << (2 * dims.min(4))) * rate + 0.5).floor();
    if bits < f64::from(least) || bits > f64::from(MAX_RATE) {
        return Err(Error::config(
            "rate",
            format!("\"rate\" {rate} gives {bits} bits for each cell in {dims} dimensions: {least} to {} are possible", MAX_RATE),
        ));
    }
    Ok(bits as u32)
}

/// The power of two that a tolerance reaches; the lowest there is for 0.
fn exponent(tolerance: f64) -> i32 {
    let bits = tolerance.abs().to_bits();
    match (bits >> 52) as i32 {
        0 => 63 - (bits.max(1).leading_zeros() as i32) - 1074,
        biased => biased - 1023,
    }
}

fn scalar(dtype: Dtype) -> Result<Scalar> {
    match (dtype.class, dtype.itemsize) {
        _ if !dtype.is_native() => Err(Error::dtype(format!("{dtype} is not in the byte order of this machine"))),
        (Class::Int, 4) => Ok(Scalar::Int32),
        (Class::Int | Class::Datetime(_) | Class::Timedelta(_), 8) => Ok(Scalar::Int64),
        (Class::Float, 4) => Ok(Scalar::Float),
        (Class::Float, 8) => Ok(Scalar::Double),
        _ => Err(Error::dtype(format!("{dtype} is not taken: signed integers and floats of 4 and 8 bytes are"))),
    }
}

/// Whether no number has all bits of its exponent set. Numbers are looked at some at a time, so that vectors can do it.
fn finite(scalar: Scalar, bytes: &[u8]) -> bool {
    const SOME: usize = 1 << 10;
    const FLOAT: u32 = 0x7f80_0000;
    const DOUBLE: u64 = 0x7ff0 << 48;
    let float = |any, n: &[u8; 4]| any | (u32::from_ne_bytes(*n) & FLOAT == FLOAT);
    let double = |any, n: &[u8; 8]| any | (u64::from_ne_bytes(*n) & DOUBLE == DOUBLE);
    match scalar {
        Scalar::Float => bytes.as_chunks().0.chunks(SOME).all(|some| !some.iter().fold(false, float)),
        Scalar::Double => bytes.as_chunks().0.chunks(SOME).all(|some| !some.iter().fold(false, double)),
        _ => true,
    }
}

/// Most bits of a cell: what comes before the bit planes, all bits of the planes, and the tests between them.
fn most_bits(header: &Header) -> u64 {
    let params = header.mode.params();
    let (planes, reversible, lossy) = match header.scalar {
        Scalar::Int32 => (32, 5, 0),
        Scalar::Int64 => (64, 6, 0),
        Scalar::Float => (32, 2 + 8 + 5, 1 + 8),
        Scalar::Double => (64, 2 + 11 + 6, 1 + 11),
    };
    let before = if header.mode == Mode::Reversible { reversible } else { lossy };
    let values = 1u32 << (2 * header.shape.len());
    let bits = before + values - 1 + values * params.maxprec.min(planes);
    u64::from(bits.min(params.maxbits).max(params.minbits))
}

/// Every cell takes a bit at least, and all that its mode asks for.
fn check_claim(header: &Header, grid: &Grid, src: &[u8], start: u64) -> Result<()> {
    let least = u128::from(grid.cells()) * u128::from(header.mode.params().minbits.max(1));
    if u128::from(start) + least > src.len() as u128 * 8 {
        return Err(Error::data(format!("shape {:?} takes more than the {} bytes there are", &*header.shape, src.len())).at(src.len()));
    }
    Ok(())
}

/// Counts cells until the next checkpoint.
struct Progress {
    done: u64,
    total: u64,
    cell: u64,
    next: u64,
}

impl Progress {
    fn new(grid: &Grid, nbytes: usize) -> Self {
        Progress { done: 0, total: nbytes as u64, cell: grid.cell_size() as u64, next: 0 }
    }

    fn step(&mut self, checkpoint: impl FnOnce(u64, u64) -> Result<()>) -> Result<()> {
        self.done += self.cell;
        if self.done < self.next {
            return Ok(());
        }
        self.next = self.done + PIECE;
        checkpoint(self.done.min(self.total), self.total)
    }
}
