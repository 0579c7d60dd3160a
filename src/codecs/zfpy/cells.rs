//! The lossy modes in one to three dimensions, by a coder of our own.
#![forbid(unsafe_code)]

use super::Progress;
use super::header::{Header, MIN_EXP};
use crate::core::call::Call;
use crate::core::{Result, Sink};
use crate::kernels::cells::Grid;
use crate::kernels::level::Level;
use crate::kernels::plain;
use crate::kernels::zfp::bits::Writer;
use crate::kernels::zfp::reader::Reader;
use crate::kernels::zfp::{self, Number};
use crate::sys::zfp::{Scalar, cut_off};

/// Whether an array is coded here.
pub fn are_ours(header: &Header) -> bool {
    header.mode.params().minexp >= MIN_EXP && header.shape.len() <= 3
}

/// Writes the header and all cells of an array of finite numbers.
pub fn encode(level: Level, header: &Header, grid: &Grid, bytes: &[u8], out: &mut Sink<'_>) -> Result<()> {
    match header.scalar {
        Scalar::Int32 => encode_numbers::<i32>(level, header, grid, bytes, out),
        Scalar::Int64 => encode_numbers::<i64>(level, header, grid, bytes, out),
        Scalar::Float => encode_numbers::<f32>(level, header, grid, bytes, out),
        Scalar::Double => encode_numbers::<f64>(level, header, grid, bytes, out),
    }
}

fn encode_numbers<T: Number>(level: Level, header: &Header, grid: &Grid, bytes: &[u8], out: &mut Sink<'_>) -> Result<()> {
    match header.shape.len() {
        1 => encode_cells::<T, 4, 1>(level, header, grid, bytes, out),
        2 => encode_cells::<T, 16, 2>(level, header, grid, bytes, out),
        _ => encode_cells::<T, 64, 8>(level, header, grid, bytes, out),
    }
}

fn encode_cells<T: Number, const N: usize, const LANES: usize>(
    level: Level,
    header: &Header,
    grid: &Grid,
    bytes: &[u8],
    out: &mut Sink<'_>,
) -> Result<()> {
    let (params, call) = (header.mode.params(), out.call());
    let (mut to, mut progress, mut block) = (Writer::default(), Progress::new(grid, bytes.len()), [T::default(); N]);
    header.write(|value, count| to.put(value, count));
    level.run(
        #[inline(always)]
        || {
            for cell in grid.iter() {
                grid.gather(cell, bytes, plain::bytes_mut(&mut block));
                zfp::encode::<T, N, LANES>(level, &block, &params, &mut to);
                if to.is_full() {
                    out.write(to.take())?;
                }
                progress.step(|done, total| call.checkpoint(done, total))?;
            }
            out.write(to.finish())
        },
    )
}

/// Reads all cells, from a bit of the source on, into `room`. Returns the bit behind the last.
pub fn decode(level: Level, header: &Header, grid: &Grid, src: (&[u8], u64), room: &mut [u8], call: Call<'_>) -> Result<u64> {
    match header.scalar {
        Scalar::Int32 => decode_numbers::<i32>(level, header, grid, src, room, call),
        Scalar::Int64 => decode_numbers::<i64>(level, header, grid, src, room, call),
        Scalar::Float => decode_numbers::<f32>(level, header, grid, src, room, call),
        Scalar::Double => decode_numbers::<f64>(level, header, grid, src, room, call),
    }
}

fn decode_numbers<T: Number>(
    level: Level,
    header: &Header,
    grid: &Grid,
    src: (&[u8], u64),
    room: &mut [u8],
    call: Call<'_>,
) -> Result<u64> {
    match header.shape.len() {
        1 => decode_cells::<T, 4, 1>(level, header, grid, src, room, call),
        2 => decode_cells::<T, 16, 2>(level, header, grid, src, room, call),
        _ => decode_cells::<T, 64, 8>(level, header, grid, src, room, call),
    }
}

fn decode_cells<T: Number, const N: usize, const LANES: usize>(
    level: Level,
    header: &Header,
    grid: &Grid,
    (src, start): (&[u8], u64),
    room: &mut [u8],
    call: Call<'_>,
) -> Result<u64> {
    let params = header.mode.params();
    let (mut from, mut progress, mut block) = (Reader::new(src, start), Progress::new(grid, room.len()), [T::default(); N]);
    level.run(
        #[inline(always)]
        || {
            for cell in grid.iter() {
                zfp::decode::<T, N, LANES>(level, &mut from, &params, &mut block);
                if from.is_past_end() {
                    return Err(cut_off(src.len()));
                }
                grid.scatter(cell, plain::bytes(&block), room);
                progress.step(|done, total| call.checkpoint(done, total))?;
            }
            Ok(from.at)
        },
    )
}
