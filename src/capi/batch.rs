//! Many chunks in one call.

use std::ffi::c_void;

use super::batch_arrays::{Batch, disjoint};
use super::batch_items::Items;
use super::boundary;
use super::codec::{instance, nc_codec};
use super::layout::{nc_layout, optional};
use super::options::{self, Options};
use super::types::{nc_error, nc_options, nc_status};
use super::zarr::nc_zarr;
use crate::core::error::{Error, Result};

/// The chunks of one call: plain parallel arrays of n elements. Inputs are borrowed, outputs filled. Set struct_size to
/// sizeof(nc_batch) and what is not needed to 0. Destinations must not share memory with sources, and no two of them may hold the same
/// item; their items may lie between each other, as those of neighbouring parts of one large array do.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nc_batch {
    /// sizeof(nc_batch) as the caller was compiled.
    pub struct_size: usize,
    /// Number of chunks.
    pub n: usize,
    /// The inputs; required. Decoding: NULL = a chunk that is not there: fill value. Any other pointer with 0 bytes is an empty input.
    pub src: *const *const c_void,
    /// Bytes of each input; required.
    pub src_nbytes: *const usize,
    /// The outputs: where the first item of each goes, or the first encoded byte; required.
    pub dst: *const *mut c_void,
    /// Bytes of room behind each dst: nothing is written past it, whatever the strides. Required.
    pub dst_nbytes: *const usize,
    /// First element of the box inside each chunk, n times one number for each dimension; NULL = 0.
    pub starts: *const i64,
    /// Elements of that box, n times one number for each dimension; NULL = the shape of each.
    pub counts: *const i64,
    /// Set to the bytes from the first to the last written, 0 where a chunk failed; NULL = not asked.
    pub written: *mut usize,
    /// Set for every chunk, NUMCODECS_ERR_NOT_DONE where it was never started. Required.
    pub status: *mut nc_status,
    /// Filled for every chunk; NULL = not asked.
    pub errors: *mut nc_error,
    /// Where the fill value comes from; NULL = zeros.
    pub fill: *const nc_zarr,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<nc_batch>() == 96 && std::mem::offset_of!(nc_batch, status) == 72);

/// Decodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
///
/// codec: of all chunks, required; that of nc_zarr_codec knows their layout. chunk: layout of a decoded chunk, as in nc_decode; NULL =
/// what the codec knows. each: layout of every destination: dtype, order or strides; its shape is that of a whole chunk, or with starts
/// of a box; with counts fewer elements are written, at the same strides, so that chunks at the edge of an array are cropped. NULL =
/// bytes as they come. batch: the chunks, required. opt: limits hold for the whole call, grow must be NULL; progress counts chunks. With
/// progress and more than one thread the calling thread only watches. Threads end before the call does. Besides the destinations each
/// thread takes at most one decoded chunk and what the codec itself needs. first: what became of the chunk with the lowest number that
/// failed, index says which. Returns NUMCODECS_OK if all chunks are good, NUMCODECS_ERR_CANCELLED if progress stopped the call, else what
/// first says. Errors are those of nc_decode_into and nc_decode_box. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode_batch(
    codec: *const nc_codec,
    chunk: *const nc_layout,
    each: *const nc_layout,
    batch: *const nc_batch,
    opt: *const nc_options,
    first: *mut nc_error,
) -> nc_status {
    boundary_at(first, |index| {
        // SAFETY: NULL or options of the caller, valid for this call.
        let options = unsafe { read_options(opt)? };
        options.tell_touched(0);
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (batch, codec) = unsafe { (Batch::read(batch)?, instance(codec)?) };
        // SAFETY: as above.
        let (chunk, each) = unsafe { (optional(chunk), optional(each)) };
        let items = Items::new(codec, chunk, each, &batch);
        disjoint(batch.len(), batch.items().map(|item| items.exclusive(item)))?;
        let done = batch.run(codec, &options, index, &|i, call| items.decode(i, call));
        options.tell_touched(items.touched.into_inner());
        done
    })
}

/// Encodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
///
/// codec: of all chunks, required. each: layout of every source; NULL = bytes. batch: the chunks; src is the first item of each,
/// src_nbytes the bytes from it on. With counts a source holds only a box of its chunk, at the strides of each, as at the edge of an
/// array; the rest becomes fill value; the codec must then be one that knows its chunk, as that of nc_zarr_codec (_UNSUPPORTED). dst,
/// dst_nbytes: nc_encode_info tells how much is always enough; no two may share memory. The rest is as in nc_decode_batch, the errors
/// those of nc_encode_into. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode_batch(
    codec: *const nc_codec,
    each: *const nc_layout,
    batch: *const nc_batch,
    opt: *const nc_options,
    first: *mut nc_error,
) -> nc_status {
    boundary_at(first, |index| {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (batch, codec, options) = unsafe { (Batch::read(batch)?, instance(codec)?, read_options(opt)?) };
        // SAFETY: as above.
        let items = Items::new(codec, None, unsafe { optional(each) }, &batch);
        disjoint(batch.len(), batch.items().map(|item| Ok(Some(item.dst))))?;
        batch.run(codec, &options, index, &|i, call| items.encode(i, call))
    })
}

/// [`boundary`], with the number of the chunk that failed.
fn boundary_at(first: *mut nc_error, body: impl FnOnce(&mut i64) -> Result<()>) -> nc_status {
    let mut index = -1;
    let status = boundary(first, || body(&mut index));
    // SAFETY: NULL or the caller's record, valid for the call.
    if let Some(record) = unsafe { first.as_mut() } {
        record.index = index;
    }
    status
}

/// Safety: as for [`options::read`].
unsafe fn read_options(opt: *const nc_options) -> Result<Options> {
    // SAFETY: promised by the caller.
    let options = unsafe { options::read(opt)? };
    if options.grow.is_some() {
        return Err(Error::unsupported("a batch has many destinations: options.grow must be NULL"));
    }
    Ok(options)
}
