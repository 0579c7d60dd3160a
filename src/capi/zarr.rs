//! Zarr metadata.

use std::ffi::{CString, c_char, c_void};
use std::ptr::{null, null_mut};

use super::buffer::nc_buffer;
use super::codec::nc_codec;
use super::layout::{extents, nc_layout};
use super::memory::Destination;
use super::registry::nc_registry;
use super::types::{nc_error, nc_question, nc_status};
use super::{answer, boundary, bytes, free, give, out, required, string};
use crate::core::error::{Error, Result};
use crate::core::sink::CallerMemory;
use crate::operation;
use crate::zarr::{self, New, Zarr};

/// The metadata of one Zarr array, parsed and checked once: codec, layout, fill value and keys of its chunks. The library does no I/O:
/// the caller fetches what lies under a key. Immutable: any number of threads may use one at the same time. Free with nc_zarr_free.
pub struct nc_zarr {
    pub(super) zarr: Zarr,
    codec: nc_codec,
    layout: nc_layout,
    ignored: Vec<CString>,
    inner: Option<Box<nc_zarr>>,
    attributes: Option<CString>,
}

impl nc_zarr {
    fn new(zarr: Zarr) -> Result<Self> {
        let text = |path: &String| CString::new(path.replace('\0', "\u{fffd}")).unwrap_or_default();
        let ignored = zarr.ignored.iter().map(text).collect();
        let codec = nc_codec::new(zarr.codec.clone())?;
        let inner = zarr.inner().map(nc_zarr::new).transpose()?.map(Box::new);
        let attributes = zarr.attributes().map(|value| CString::new(value.to_string()).unwrap_or_default());
        Ok(nc_zarr { codec, layout: nc_layout::new(zarr.layout.clone()), ignored, inner, attributes, zarr })
    }
}

/// Reads the metadata of an array: the text of a `.zarray` (Zarr v2) or of the `zarr.json` of an array (Zarr v3). Keys that the format
/// does not know, in codecs too, are ignored; nc_zarr_ignored lists them. In v3 codecs may be named with "numcodecs." before the id or
/// without, and by the name alone; a key at the top must say that it need not be understood.
///
/// json: NUL-terminated UTF-8, borrowed. registry: where codecs are looked up, NULL = the built-in ones. zarr: gives the metadata, free
/// it with nc_zarr_free; NULL after a failure. Errors: _CONFIG, _UNKNOWN_CODEC, _SHAPE (a chunk larger than memory), _DTYPE (objects
/// without a codec for them), _UNSUPPORTED (a data type, grid or encoding of v3 that is not known), all with the JSON path in err->path,
/// such as "filters[0].dtype" or "codecs[1].configuration.level"; _NULL, _MEMORY. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_open(
    json: *const c_char,
    registry: *const nc_registry,
    zarr: *mut *mut nc_zarr,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; registry is NULL or one of ours.
        let (zarr, json, registry) = unsafe { (out(zarr, null_mut(), "zarr")?, string(json, "json")?, registry.as_ref()) };
        *zarr = give(nc_zarr::new(zarr::open(json, registry.map(|r| &r.registry))?)?);
        Ok(())
    })
}

/// The metadata of a new array.
///
/// codecs: NUL-terminated UTF-8, what nc_codec_from_config reads: the configuration of a codec, or a list of filters with the compressor
/// last; "[]" = none. registry: where codecs are looked up, NULL = the built-in ones. chunk: dtype, shape and order (C or F) of a
/// chunk, borrowed. shape: extents of the array, one for each dimension of a chunk, borrowed; NULL is fine without dimensions. fill,
/// fill_nbytes: the fill value, one item in dtype and byte order of the chunk, for items of variable length what it holds; NULL = none,
/// which v3 writes as zero. format: 2 (keys like "0.1") or 3 (keys like "c/0/1"). zarr: gives the
/// metadata, free it with nc_zarr_free; NULL after a failure; nc_zarr_metadata writes it. Errors: those of nc_zarr_open and of
/// nc_zarr_metadata, with paths of a `.zarray`; _SHAPE (another number of dimensions or bytes, a chunk with gaps), _NULL. Any thread.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_new(
    codecs: *const c_char,
    registry: *const nc_registry,
    chunk: *const nc_layout,
    shape: *const i64,
    fill: *const c_void,
    fill_nbytes: usize,
    format: i32,
    zarr: *mut *mut nc_zarr,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; registry is NULL or one of ours.
        let (zarr, codecs, chunk, registry) =
            unsafe { (out(zarr, null_mut(), "zarr")?, string(codecs, "codecs")?, &required(chunk, "chunk")?.layout, registry.as_ref()) };
        // SAFETY: as above; one extent for each dimension, fill_nbytes bytes where fill is not NULL.
        let (shape, item) = unsafe { (bytes(shape, chunk.shape().len(), "shape")?, bytes(fill.cast::<u8>(), fill_nbytes, "fill")?) };
        let shape: Vec<u64> = extents(shape, "shape")?;
        let fill = (!fill.is_null()).then_some(item);
        let new = New { codecs, chunk, shape: &shape, fill, format: format.into() };
        *zarr = give(nc_zarr::new(new.open(registry.map(|r| &r.registry))?)?);
        Ok(())
    })
}

/// Writes metadata as text: a `.zarray` or a `zarr.json`, in whichever format it was read. Between the formats codecs change their
/// spelling and the chunks keep their bytes: what the other format has no words for is an error. Keys of chunks stay the same from v2 to
/// v3; from v3 to v2 they lose the "c" in front, which v2 does not know. Keys of the text that nobody knew are not written.
///
/// format: 2 or 3. attributes: NUL-terminated JSON text of an object to write into a `zarr.json`, borrowed;
/// NULL = the attributes that were read there, else none. v2 keeps attributes in a file of their own, `.zattrs`: NULL then. text: gives
/// the text as UTF-8 without a NUL at its end, free it with nc_buffer_free; NULL after a failure. Errors: _UNSUPPORTED (no form in that
/// format) and _CONFIG (the attributes), both with the JSON path in what was read, such as "codecs[0].name" or "filters[0].id";
/// _UNSUPPORTED without a path for nc_zarr_inner, whose chunks have no metadata of their own; _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_metadata(
    zarr: *const nc_zarr,
    format: i32,
    attributes: *const c_char,
    text: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL.
        let (text, zarr) = unsafe { (out(text, null_mut(), "text")?, required(zarr, "zarr")?) };
        // SAFETY: NULL or a C string of the caller.
        let attributes = if attributes.is_null() { None } else { Some(unsafe { string(attributes, "attributes")? }) };
        *text = give(nc_buffer::text(zarr.zarr.text(format.into(), attributes)?));
        Ok(())
    })
}

/// The attributes of a `zarr.json` as JSON text: what belongs into `.zattrs` when the array is written as Zarr v2. NULL where it has none,
/// for v2 and for NULL. Lends: valid until the metadata is freed. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_attributes(zarr: *const nc_zarr) -> *const c_char {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        unsafe { zarr.as_ref() }.and_then(|zarr| zarr.attributes.as_ref()).map_or(null(), |text| text.as_ptr())
    })
}

/// The codec of a chunk: all filters and the compressor. It knows the layout of the chunk: encoding takes any layout of the same shape
/// and type, in any order and byte order, and n plain bytes as the chunk itself; decoding needs no layout of the chunk. Lends: valid
/// until the metadata is freed, not to be freed itself. NULL for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_codec(zarr: *const nc_zarr) -> *const nc_codec {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        unsafe { zarr.as_ref() }.map_or(null(), |zarr| &raw const zarr.codec)
    })
}

/// Layout of a decoded chunk, in a sharded array of a whole shard: dtype, shape and order as stored. Those at the edges have it too.
/// Structured types are raw bytes ("|V14"): their fields one after the other, in v3 little endian whatever is stored. Lends: valid until
/// the metadata is freed, not to be freed itself. NULL for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_layout(zarr: *const nc_zarr) -> *const nc_layout {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        unsafe { zarr.as_ref() }.map_or(null(), |zarr| &raw const zarr.layout)
    })
}

/// The chunks inside a shard as an array of their own: nc_zarr_codec, nc_zarr_layout and the fill value are those of one inner chunk,
/// nc_zarr_shape that of a shard; inside nested shards there is an inner array again. nc_shard_open tells where in a shard its inner
/// chunks lie. NULL for NULL and where the chunks are no shards; also where filters or compressors work on whole shards, which are then
/// decoded whole by nc_zarr_codec. Lends: valid until the metadata is freed, not to be freed itself. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_inner(zarr: *const nc_zarr) -> *const nc_zarr {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        unsafe { zarr.as_ref() }.and_then(|zarr| zarr.inner.as_deref()).map_or(null(), std::ptr::from_ref)
    })
}

/// Answers NUMCODECS_Q_NDIM, _FORMAT and _FILL about an array; -1 for other questions and for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_query(zarr: *const nc_zarr, what: i32) -> i64 {
    answer(-1, || {
        // SAFETY: NULL or metadata of ours.
        let Some(zarr) = (unsafe { zarr.as_ref() }) else { return -1 };
        match nc_question::of(what) {
            Some(nc_question::NUMCODECS_Q_NDIM) => zarr.zarr.shape.len() as i64,
            Some(nc_question::NUMCODECS_Q_FORMAT) => zarr.zarr.format,
            Some(nc_question::NUMCODECS_Q_FILL) => i64::from(zarr.zarr.fill.defined),
            _ => -1,
        }
    })
}

/// Fills shape with the extents of the whole array, in elements; cap is its room, in elements. Errors: _SPACE (needed = bytes for all
/// extents), _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_shape(zarr: *const nc_zarr, shape: *mut i64, cap: i32, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        // SAFETY: NULL or metadata of ours; the caller's array has `cap` elements.
        unsafe { super::layout::fill_extents(required(zarr, "zarr")?.zarr.shape.iter().map(|n| *n as i64), shape, cap) }
    })
}

/// The key under which a chunk is stored, below that of the array, such as "0.1" or "c/0/1".
///
/// index: position in the grid of chunks, one number for each dimension, borrowed; NULL is fine without dimensions. dst, cap: filled
/// with the key and a NUL. Errors: _SHAPE (no such chunk), _UNSUPPORTED (of nc_zarr_inner: no keys inside a shard), _SPACE (needed =
/// bytes with the NUL), _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_chunk_key(
    zarr: *const nc_zarr,
    index: *const i64,
    dst: *mut c_char,
    cap: usize,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; one number for each dimension.
        let (zarr, index) = unsafe {
            let zarr = required(zarr, "zarr")?;
            (zarr, bytes(index, zarr.zarr.shape.len(), "index")?)
        };
        let index: Vec<u64> = extents(index, "index")?;
        let key = CString::new(zarr.zarr.chunk_key(&index)?).unwrap_or_default();
        let key = key.as_bytes_with_nul();
        // SAFETY: the caller gives `cap` bytes behind `dst`.
        let mut memory = unsafe { Destination::plain(dst.cast(), cap)? };
        let room = memory.bytes().get_mut(..key.len()).ok_or_else(|| Error::space(cap, Some(key.len() as u64)))?;
        room.copy_from_slice(key);
        Ok(())
    })
}

/// Fills memory with the fill value: zeros where the metadata has none.
///
/// want: layout of dst: any shape, the dtype of the chunk in any byte order, with strides or without; gaps are not touched. dst, cap:
/// filled, at most cap bytes. Errors: _DTYPE (also for items of variable length: see nc_zarr_fill_item), _SHAPE, _SPACE, _NULL. Any
/// thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_fill(
    zarr: *const nc_zarr,
    want: *const nc_layout,
    dst: *mut c_void,
    cap: usize,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (zarr, want) = unsafe { (required(zarr, "zarr")?, &required(want, "want")?.layout) };
        // SAFETY: the caller gives `cap` bytes behind `dst`.
        let mut memory = unsafe { Destination::plain(dst, cap)? };
        operation::fixed_size(want)?;
        let room = memory.bytes().get_mut(..want.span()).ok_or_else(|| Error::space(cap, Some(want.span() as u64)))?;
        zarr.zarr.fill.write(&zarr.zarr.layout, want, room)
    })
}

/// The fill value as one item, in the dtype and byte order of the chunk; for items of variable length what the item holds. nbytes: set to
/// its bytes, NULL = not asked. NULL for an item of 0 bytes and for NULL. Lends: valid until the metadata is freed. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_fill_item(zarr: *const nc_zarr, nbytes: *mut usize) -> *const c_void {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        let item = unsafe { zarr.as_ref() }.map(|zarr| zarr.zarr.fill.item.as_slice()).unwrap_or_default();
        if !nbytes.is_null() {
            // SAFETY: the caller's number; a plain write.
            unsafe { nbytes.write(item.len()) };
        }
        if item.is_empty() { null() } else { item.as_ptr().cast() }
    })
}

/// JSON path of the i-th key of the metadata that was ignored because nobody knows it; NULL past the end and for NULL. Lends: valid
/// until the metadata is freed. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_ignored(zarr: *const nc_zarr, i: usize) -> *const c_char {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or metadata of ours.
        unsafe { zarr.as_ref() }.and_then(|zarr| zarr.ignored.get(i)).map_or(null(), |path| path.as_ptr())
    })
}

/// Frees the metadata and all that it lent; NULL is fine. Takes: do not use it afterwards. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_zarr_free(zarr: *mut nc_zarr) {
    // SAFETY: NULL or metadata of ours that was not freed.
    unsafe { free(zarr) }
}
