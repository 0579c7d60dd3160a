//! The index of a shard.

use std::ffi::c_void;
use std::ptr::null_mut;

use super::types::{nc_error, nc_status};
use super::zarr::nc_zarr;
use super::{boundary, bytes, free, give, out, required};
use crate::core::call::{Call, Limits};
use crate::core::error::{Error, Result};
use crate::zarr::{Entry, Shard};

/// Where the inner chunks of one shard lie: its index, parsed and checked once. The library does no I/O: the caller fetches the range of
/// the index, then those of the inner chunks it wants, which nc_decode_batch decodes with the codec of nc_zarr_inner. Immutable: any
/// number of threads may use one at the same time. Free with nc_shard_free.
pub struct nc_shard {
    entries: Vec<Entry>,
    grid: Vec<usize>,
}

/// The byte range of a shard that holds its index.
///
/// offset: set to the first byte; below 0 it counts from the end of the shard. nbytes: set to the size, the same for all shards of the
/// array. Errors: _UNSUPPORTED (nc_zarr_inner is NULL), _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_index_range(zarr: *const nc_zarr, offset: *mut i64, nbytes: *mut usize, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (offset, nbytes, zarr) = unsafe { (out(offset, 0, "offset")?, out(nbytes, 0, "nbytes")?, required(zarr, "zarr")?) };
        let shard = description(zarr)?;
        let size = shard.index.nbytes(shard.count());
        (*offset, *nbytes) = (if shard.index.at_start { 0 } else { -(size as i64) }, size);
        Ok(())
    })
}

/// Reads the index of a shard. Its checksum is compared, every range must lie inside the shard, and none may share bytes with another or
/// with the index.
///
/// zarr: metadata of the array, or what nc_zarr_inner gave where shards are nested. index, n: the bytes of nc_zarr_index_range, borrowed.
/// shard_nbytes: size of the whole shard; 0 = not known: ranges are then compared with each other alone. shard: gives a handle that does
/// not need zarr any more, free it with nc_shard_free; NULL after a failure. Errors: _DATA (a range outside the shard, bytes that are
/// shared, an index of another size), _CHECKSUM, both with the JSON path of the codec in err->path and the number of the inner chunk in
/// err->index; _UNSUPPORTED (nc_zarr_inner is NULL), _MEMORY, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_shard_open(
    zarr: *const nc_zarr,
    index: *const c_void,
    n: usize,
    shard_nbytes: u64,
    shard: *mut *mut nc_shard,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (shard, zarr, index) =
            unsafe { (out(shard, null_mut(), "shard")?, required(zarr, "zarr")?, bytes(index.cast::<u8>(), n, "index")?) };
        let (description, limits) = (description(zarr)?, Limits::default());
        let entries = description.entries(index, (shard_nbytes > 0).then_some(shard_nbytes), Call::new(&limits, None))?;
        *shard = give(nc_shard { entries, grid: description.grid() });
        Ok(())
    })
}

/// Where an inner chunk lies in its shard.
///
/// inner: position in the grid of inner chunks of this shard, one number for each dimension, borrowed; NULL is fine without dimensions.
/// offset, nbytes: set to the byte range; 0 and 0 = the inner chunk is not there: fill value. Errors: _SHAPE (no such inner chunk),
/// _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_shard_entry(
    shard: *const nc_shard,
    inner: *const i64,
    offset: *mut u64,
    nbytes: *mut u64,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; one number for each dimension.
        let (offset, nbytes, shard, inner) = unsafe {
            let (offset, nbytes, shard) = (out(offset, 0, "offset")?, out(nbytes, 0, "nbytes")?, required(shard, "shard")?);
            (offset, nbytes, shard, bytes(inner, shard.grid.len(), "inner")?)
        };
        (*offset, *nbytes) = shard.entry(inner)?.unwrap_or((0, 0));
        Ok(())
    })
}

/// Frees an index; NULL is fine. Takes: do not use it afterwards. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_shard_free(shard: *mut nc_shard) {
    // SAFETY: NULL or an index of ours that was not freed.
    unsafe { free(shard) }
}

impl nc_shard {
    fn entry(&self, inner: &[i64]) -> Result<Entry> {
        let number = inner.iter().zip(&self.grid).try_fold(0, |number, (i, n)| {
            let i = usize::try_from(*i).ok().filter(|i| i < n)?;
            Some(number * n + i)
        });
        let entry = number.and_then(|number| self.entries.get(number).copied());
        entry.ok_or_else(|| Error::shape(format!("no inner chunk {inner:?} in a grid of {:?}", self.grid)))
    }
}

fn description(zarr: &nc_zarr) -> Result<&Shard> {
    let shard = zarr.zarr.shard.as_deref();
    shard.ok_or_else(|| Error::unsupported("the chunks of this array are no shards, or such as can only be decoded whole"))
}
