//! A codec of the caller that answers with whatever the fuzzer says, between two built-in ones.

use std::ffi::{c_char, c_void};
use std::ptr;

use numcodecs::capi::{buffer, codec, layout, registry, types};

use super::handles::{Codec, check, no_error};

/// What the callbacks do: their statuses, and the bytes that they append, whole and in pieces.
struct Script<'a> {
    statuses: [i32; 3],
    pieces: usize,
    bytes: &'a [u8],
}

unsafe extern "C" fn make(user: *mut c_void, _: *const c_char, own: *mut *mut c_void, _: *mut types::nc_error) -> i32 {
    unsafe {
        *own = user;
        (*user.cast::<Script>()).statuses[0]
    }
}

unsafe fn answer(own: *mut c_void, status: usize, out: *mut buffer::nc_buffer, error: *mut types::nc_error) -> i32 {
    let script = unsafe { &*own.cast::<Script>() };
    for piece in script.bytes.chunks(1 + script.bytes.len() / (1 + script.pieces)) {
        let failed = unsafe { buffer::nc_buffer_append(out, piece.as_ptr().cast(), piece.len(), error) };
        if failed != 0 {
            return failed;
        }
    }
    script.statuses[status]
}

unsafe extern "C" fn encode(
    own: *mut c_void,
    _: *const layout::nc_layout,
    _: *const c_void,
    _: usize,
    out: *mut buffer::nc_buffer,
    error: *mut types::nc_error,
) -> i32 {
    unsafe { answer(own, 1, out, error) }
}

unsafe extern "C" fn decode(own: *mut c_void, _: *const c_void, _: usize, out: *mut buffer::nc_buffer, error: *mut types::nc_error) -> i32 {
    unsafe { answer(own, 2, out, error) }
}

const CONFIG: &std::ffi::CStr = c"[{\"id\": \"shuffle\", \"elementsize\": 2}, {\"id\": \"own\"}, {\"id\": \"zlib\", \"level\": 1}]";

/// One input.
pub fn registry(data: &[u8]) {
    let (head, bytes) = data.split_at(data.len().min(4));
    let status = |i: usize| i32::from(*head.get(i).unwrap_or(&0) as i8).rem_euclid(3) * 4;
    let mut script = Script { statuses: [status(0), status(1), status(2)], pieces: *head.get(3).unwrap_or(&0) as usize, bytes };
    let (mut list, mut made, mut error) = (ptr::null_mut(), ptr::null_mut(), no_error());
    // SAFETY: zero is the default of every field.
    let mut own: registry::nc_custom_codec = unsafe { std::mem::zeroed() };
    (own.struct_size, own.id, own.user) = (size_of::<registry::nc_custom_codec>(), c"own".as_ptr(), (&raw mut script).cast());
    own.make = Some(make);
    own.encode = Some(encode);
    own.decode = Some(decode);
    check(unsafe { registry::nc_registry_new(ptr::null(), 0, &mut list, &mut error) }, &error);
    check(unsafe { registry::nc_registry_add(list, &own, &mut error) }, &error);
    if check(unsafe { codec::nc_codec_from_config(CONFIG.as_ptr(), list, &mut made, &mut error) }, &error) {
        let codec = Codec(made);
        if let Some(encoded) = codec.encode(bytes, None, None) {
            codec.decode(encoded.bytes(), None, None, false);
        }
        codec.decode(bytes, None, None, false);
    }
    unsafe { registry::nc_registry_free(list) };
}
