//! Encoding.

use std::ffi::c_void;
use std::ptr::null_mut;

use super::buffer::nc_buffer;
use super::codec::{instance, nc_codec};
use super::layout::{nc_layout, optional};
use super::memory::Destination;
use super::types::{nc_error, nc_options, nc_status};
use super::{boundary, bytes, give, options, out, required};
use crate::core::array::ArrayRef;
use crate::core::error::{Error, Kind, Result};
use crate::core::layout::{Items, Layout};
use crate::core::sink::Sink;
use crate::operation::{self, Source};

/// Encodes one chunk into memory of the library.
///
/// layout: dtype, shape and order or strides of src, which codecs need to know (Blosc the item size, ZFPY the shape, ...); NULL = n plain
/// bytes. src, n: the chunk, borrowed, n bytes (for items of variable length all their bytes); NULL is fine for 0 bytes. A layout with
/// gaps is gathered in C order first. offsets: for items of variable length their n_items + 1 byte offsets into src, borrowed; NULL for
/// fixed-size items. opt: NULL = defaults. buffer: gives the result, free it with nc_buffer_free; its layout tells dtype and shape where
/// the result is an array. Errors: _SHAPE (n and layout disagree), _DTYPE, _DATA (values that the encoded type cannot hold), _CONFIG (a
/// key that does not go with the dtype), _UNSUPPORTED, _LIMIT, _MEMORY, _CANCELLED, _CALLBACK, _NULL. Any thread, concurrently on one
/// codec. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode(
    codec: *const nc_codec,
    layout: *const nc_layout,
    src: *const c_void,
    n: usize,
    offsets: *const i64,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (buffer, codec, options) = unsafe { (out(buffer, null_mut(), "buffer")?, instance(codec)?, options::read(opt)?) };
        // SAFETY: as above.
        let input = unsafe { Input::new(layout, src, n, offsets)? };
        let result = options.run(n, |call| {
            let mut sink = Sink::owned(call);
            let layout = operation::encode(codec, &input.source()?, &mut sink)?;
            Ok(nc_buffer::new(sink, layout))
        })?;
        *buffer = give(result);
        Ok(())
    })
}

/// Encodes one chunk of items of variable length that lie apart, without joining them first.
///
/// layout: kind and shape of the items; required. items, lengths: n_items pointers and byte counts, borrowed, in the order of the layout;
/// an item of 0 bytes may be NULL. The rest is as in nc_encode. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode_items(
    codec: *const nc_codec,
    layout: *const nc_layout,
    items: *const *const c_void,
    lengths: *const i64,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (buffer, codec, options) = unsafe { (out(buffer, null_mut(), "buffer")?, instance(codec)?, options::read(opt)?) };
        // SAFETY: as above.
        let layout = unsafe { &required(layout, "layout")?.layout };
        // SAFETY: the caller gives one pointer and one length for each item.
        let slices = unsafe { gather(layout, items, lengths)? };
        let total = slices.iter().map(|item| item.len()).sum();
        let result = options.run(total, |call| {
            let _memory = call.charge(size_of_val(slices.as_slice()))?;
            let mut sink = Sink::owned(call);
            let array = ArrayRef::apart(layout, &slices).map_err(|e| e.in_codec(codec.id()))?;
            let layout = operation::encode(codec, &Source::Array(array), &mut sink)?;
            Ok(nc_buffer::new(sink, layout))
        })?;
        *buffer = give(result);
        Ok(())
    })
}

/// Encodes one chunk into memory of the caller.
///
/// dst, cap: filled, at most cap bytes; must not share memory with src. If it is too small and opt->grow is set, grow is asked for more,
/// otherwise the call fails with _SPACE; nc_encode_info tells how much is always enough. written: set to the bytes written; required.
/// Errors: _SPACE, _CALLBACK (grow refused), and those of nc_encode, where the rest is as well. After a failure the content of dst is
/// unspecified; nothing outside it is ever written. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode_into(
    codec: *const nc_codec,
    layout: *const nc_layout,
    src: *const c_void,
    n: usize,
    offsets: *const i64,
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
        let input = unsafe { Input::new(layout, src, n, offsets)? };
        let mut memory = Destination::new(dst, cap, input.src, &options)?;
        *written = options.run(n, |call| {
            let mut sink = Sink::caller(call, &mut memory);
            operation::encode(codec, &input.source()?, &mut sink)?;
            Ok(sink.len())
        })?;
        Ok(())
    })
}

/// What encoding would give, without doing it.
///
/// layout, n: as in nc_encode; NULL = n plain bytes; for items of variable length n is the bytes of all items. bound: set to a number of
/// bytes that is always enough. encoded: set to the layout of the result where it is an array, free it with nc_layout_free; to NULL where
/// it is bytes. Both are required. Errors: _UNKNOWN_SIZE (nobody knows; an answer), _DTYPE, _SHAPE (also more bytes than memory can
/// hold), _CONFIG, _UNSUPPORTED, _NULL. Any thread, concurrently on one codec. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode_info(
    codec: *const nc_codec,
    layout: *const nc_layout,
    n: usize,
    bound: *mut u64,
    encoded: *mut *mut nc_layout,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (bound, encoded, codec, layout) =
            unsafe { (out(bound, 0, "bound")?, out(encoded, null_mut(), "encoded")?, instance(codec)?, optional(layout)) };
        let named = |e: Error| e.in_codec(codec.id());
        if n > isize::MAX as usize {
            return Err(named(Error::shape(format!("{n} bytes are more than memory can hold"))));
        }
        let layout = layout.cloned().unwrap_or_else(|| Layout::bytes(n));
        if layout.items == Items::Fixed && layout.span() > n {
            return Err(named(Error::shape(format!("the layout reaches over {} bytes, n is {n}", layout.span()))));
        }
        let gathered = layout.dense(); // as encoding does it
        let result = codec.encoded_layout(&gathered).map_err(named)?;
        let most = codec.encoded_bound(&gathered);
        let unknown = || named(Error::new(Kind::UnknownSize, "the encoded size cannot be known before encoding"));
        *bound = most.ok_or_else(unknown)?;
        *encoded = result.map_or(null_mut(), |layout| give(nc_layout::new(layout)));
        Ok(())
    })
}

/// The caller's chunk: borrowed bytes with a layout.
struct Input<'a> {
    layout: std::borrow::Cow<'a, Layout>,
    src: &'a [u8],
    offsets: Option<&'a [i64]>,
}

impl<'a> Input<'a> {
    /// Safety: the pointers are NULL or valid as long as `'a` for what the layout says.
    unsafe fn new(layout: *const nc_layout, src: *const c_void, n: usize, offsets: *const i64) -> Result<Self> {
        // SAFETY: promised by the caller.
        let (layout, src) = unsafe { (optional(layout), bytes(src.cast::<u8>(), n, "src")?) };
        let layout = layout.map_or_else(|| std::borrow::Cow::Owned(Layout::bytes(n)), std::borrow::Cow::Borrowed);
        let offsets = match (layout.items, offsets.is_null()) {
            (Items::Fixed, true) => None,
            // SAFETY: objects have one offset more than items.
            (_, _) if layout.items != Items::Fixed => Some(unsafe { bytes(offsets, layout.count() + 1, "offsets")? }),
            _ => return Err(Error::dtype("offsets belong to items of variable length: give NULL for fixed-size items")),
        };
        Ok(Input { layout, src, offsets })
    }

    fn source(&self) -> Result<Source<'_>> {
        match self.offsets {
            None => Ok(Source::Fixed(&self.layout, self.src)),
            Some(offsets) => ArrayRef::objects(&self.layout, self.src, offsets).map(Source::Array),
        }
    }
}

/// One slice for each item.
///
/// Safety: `items` and `lengths` are NULL or have as many elements as the layout has items, each pair valid as long as `'a`.
unsafe fn gather<'a>(layout: &Layout, items: *const *const c_void, lengths: *const i64) -> Result<Vec<&'a [u8]>> {
    let count = layout.count();
    // SAFETY: promised by the caller.
    let (items, lengths) = unsafe { (bytes(items, count, "items")?, bytes(lengths, count, "lengths")?) };
    let mut slices = Vec::new();
    slices.try_reserve_exact(count).map_err(|_| Error::memory((count * size_of::<&[u8]>()) as u64))?;
    let mut total = 0_usize;
    for (i, (item, length)) in items.iter().zip(lengths).enumerate() {
        let n = usize::try_from(*length).map_err(|_| Error::shape(format!("lengths[{i}] is {length}")))?;
        let sum = total.checked_add(n).filter(|sum| *sum <= isize::MAX as usize); // items may be the same memory many times
        total = sum.ok_or_else(|| Error::shape("the items together are more than memory can hold"))?;
        // SAFETY: promised by the caller.
        slices.push(unsafe { bytes(item.cast::<u8>(), n, "items")? });
    }
    Ok(slices)
}
