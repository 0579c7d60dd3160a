//! Decoding.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::AtomicU64;

use super::buffer::nc_buffer;
use super::codec::{instance, nc_codec};
use super::layout::{extents, nc_layout, optional};
use super::memory::Destination;
use super::types::{nc_error, nc_options, nc_status};
use super::{boundary, bytes, give, options, out, required};
use crate::core::sink::Sink;
use crate::operation;

/// Decodes one chunk into memory of the library.
///
/// src, n: the encoded chunk, borrowed; NULL is fine for 0 bytes. chunk: layout of the decoded chunk as it was encoded (dtype with byte
/// order, shape, order), as array metadata tells it; NULL = what the codec itself knows: plain bytes for a compressor, a flat array for
/// most filters. want: layout of the result, in C or F order; byte order and order are converted, any other difference is an error;
/// NULL = as the chunk is. With want and no chunk, bytes of a compressor are taken as want's dtype, byte order and order. opt: NULL =
/// defaults; set max_output where src is not trusted. buffer: gives the result, free it with nc_buffer_free. Errors: _DATA, _CHECKSUM,
/// _DTYPE, _SHAPE, _LIMIT, _MEMORY, _UNSUPPORTED, _CANCELLED, _CALLBACK, _NULL. Any thread, concurrently on one codec. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode(
    codec: *const nc_codec,
    src: *const c_void,
    n: usize,
    chunk: *const nc_layout,
    want: *const nc_layout,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (buffer, codec, options) = unsafe { (out(buffer, null_mut(), "buffer")?, instance(codec)?, options::read(opt)?) };
        // SAFETY: as above.
        let (src, chunk, want) = unsafe { (bytes(src.cast::<u8>(), n, "src")?, optional(chunk), optional(want)) };
        let result = options.run(n, |call| {
            let mut sink = Sink::owned(call);
            let layout = operation::decode(codec, src, chunk, want, &mut sink)?;
            Ok(nc_buffer::new(sink, layout))
        })?;
        *buffer = give(result);
        Ok(())
    })
}

/// Decodes one chunk of fixed-size items into memory of the caller.
///
/// dst, cap: filled, at most cap bytes; must not share memory with src. want: layout of dst: byte order, order and strides are converted
/// on the way, gaps between strides are not touched, any other difference is an error (_DTYPE, _SHAPE); NULL = bytes as they come.
/// written: set to the bytes from the first to the last written; required. If dst is too small and opt->grow is set, grow is asked for
/// more, otherwise the call fails with _SPACE; err->needed tells how much it takes, if known. Items of variable length come through
/// nc_decode only (_DTYPE here). Errors: _SPACE, _CALLBACK (grow refused), and those of nc_decode, where the rest is as well. After a
/// failure the content of dst is unspecified; nothing outside it is ever written. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode_into(
    codec: *const nc_codec,
    src: *const c_void,
    n: usize,
    chunk: *const nc_layout,
    want: *const nc_layout,
    dst: *mut c_void,
    cap: usize,
    opt: *const nc_options,
    written: *mut usize,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (written, codec, options) = unsafe { (out(written, 0, "written")?, instance(codec)?, options::read(opt)?) };
        // SAFETY: as above.
        let (src, chunk, want) = unsafe { (bytes(src.cast::<u8>(), n, "src")?, optional(chunk), optional(want)) };
        let mut memory = Destination::new(dst, cap, src, &options)?;
        *written = options.run(n, |call| operation::decode_into(codec, src, chunk, want, &mut Sink::caller(call, &mut memory)))?;
        Ok(())
    })
}

/// Decodes a box out of one chunk: a part of a large chunk, or an edge chunk cropped on the way out.
///
/// src, n: the encoded chunk, borrowed. chunk: layout of the whole decoded chunk; required. start: first element of the box in each
/// dimension of the chunk, borrowed. want: layout of dst; required; its shape is that of the box and has as many dimensions as the chunk;
/// byte order, order and strides are converted. dst, cap: filled, at most cap bytes; must not share memory with src. nc_codec_query with
/// NUMCODECS_Q_PARTIAL tells whether only the needed part is decoded, opt->touched how many bytes of src were read: of Blosc chunks the
/// blocks that hold the box, behind filters that work item by item too; of shards the index and the inner chunks. Errors: _SHAPE (the
/// box leaves the chunk), and those of nc_decode_into. Any thread, concurrently on one codec. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode_box(
    codec: *const nc_codec,
    src: *const c_void,
    n: usize,
    chunk: *const nc_layout,
    start: *const i64,
    want: *const nc_layout,
    dst: *mut c_void,
    cap: usize,
    opt: *const nc_options,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: NULL or options of the caller, valid for this call.
        let options = unsafe { options::read(opt)? };
        options.tell_touched(0);
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (codec, chunk, want) = unsafe { (instance(codec)?, &required(chunk, "chunk")?.layout, &required(want, "want")?.layout) };
        // SAFETY: as above; one start for each dimension of the chunk.
        let (src, start) = unsafe { (bytes(src.cast::<u8>(), n, "src")?, bytes(start, chunk.shape().len(), "start")?) };
        let start: Vec<usize> = extents(start, "start")?;
        let mut memory = Destination::new(dst, cap, src, &options)?;
        let touched = AtomicU64::new(0);
        let done = options.run(n, |call| {
            let call = call.counting(Some(&touched));
            operation::decode_box(codec, src, chunk, &start, want, &mut Sink::caller(call, &mut memory))
        });
        options.tell_touched(touched.into_inner());
        done
    })
}

/// What encoded bytes claim to hold, without decoding them. A claim is not to be trusted: a chunk from elsewhere may claim any size.
///
/// src, n: the encoded chunk, borrowed. nbytes: set to the decoded bytes. layout: set to the decoded layout where the bytes tell more
/// than a size, free it with nc_layout_free; else to NULL. Both are required. Errors: _UNKNOWN_SIZE (only decoding would tell; an
/// answer), _DATA, _NULL. Any thread, concurrently on one codec. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode_info(
    codec: *const nc_codec,
    src: *const c_void,
    n: usize,
    nbytes: *mut u64,
    layout: *mut *mut nc_layout,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (nbytes, layout, codec) = unsafe { (out(nbytes, 0, "nbytes")?, out(layout, null_mut(), "layout")?, instance(codec)?) };
        // SAFETY: as above.
        let src = unsafe { bytes(src.cast::<u8>(), n, "src")? };
        let info = codec.decoded_info(src).map_err(|e| e.in_codec(codec.id()))?;
        *nbytes = info.nbytes;
        *layout = info.layout.map_or(null_mut(), |layout| give(nc_layout::new(layout)));
        Ok(())
    })
}
