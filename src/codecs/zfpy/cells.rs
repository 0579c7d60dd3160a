//! The lossy modes in one to three dimensions, by a coder of our own.
#![forbid(unsafe_code)]

use super::Progress;
use super::header::Header;
use crate::core::{Result, Sink};
use crate::kernels::cells::Grid;
use crate::kernels::level::Level;
use crate::kernels::plain;
use crate::kernels::zfp::bits::Writer;
use crate::kernels::zfp::{self, Number};
use crate::sys::zfp::Scalar;

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
