//! Owners of the handles of the C API.

use std::ffi::{CStr, CString, c_void};
use std::ptr;

use numcodecs::capi::{buffer, codec, decode, encode, layout, types, zarr};

use super::{MAX_MEMORY, MAX_OUTPUT};

/// Options with the limits that untrusted input needs.
pub fn options(strict: bool) -> types::nc_options {
    // SAFETY: zero is the default of every field.
    let mut options: types::nc_options = unsafe { std::mem::zeroed() };
    options.struct_size = size_of::<types::nc_options>();
    options.max_output = MAX_OUTPUT as u64;
    options.max_memory = MAX_MEMORY as u64;
    options.flags = i32::from(strict);
    options
}

/// An error record to be filled.
pub fn no_error() -> types::nc_error {
    // SAFETY: plain numbers and text.
    unsafe { std::mem::zeroed() }
}

/// A status the header knows, and neither a caught panic nor a misuse by the target.
pub fn check(status: i32, error: &types::nc_error) -> bool {
    let text: Vec<u8> = error.message.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect();
    assert!((0..=15).contains(&status) && status != 1, "status {status}: {}", String::from_utf8_lossy(&text));
    assert_eq!(error.code, status);
    assert!(status == 0 || !text.is_empty(), "status {status} without a message");
    std::str::from_utf8(&text).expect("the message is UTF-8");
    status == 0
}

/// A codec.
pub struct Codec(pub *mut codec::nc_codec);

/// A layout.
pub struct Layout(pub *mut layout::nc_layout);

/// Zarr metadata.
pub struct Zarr(pub *mut zarr::nc_zarr);

/// A result in memory of the library.
pub struct Decoded(pub *mut buffer::nc_buffer);

impl Codec {
    /// From its configuration; `None` = refused.
    pub fn new(config: &str) -> Option<Codec> {
        let json = CString::new(config).ok()?;
        let (mut made, mut error) = (ptr::null_mut(), no_error());
        let status = unsafe { codec::nc_codec_from_config(json.as_ptr(), ptr::null(), &mut made, &mut error) };
        check(status, &error).then_some(Codec(made))
    }

    /// Its id, out of its configuration.
    pub fn id(&self) -> String {
        let config = unsafe { CStr::from_ptr(codec::nc_codec_config(self.0)) }.to_string_lossy();
        config.split('"').nth(3).unwrap_or_default().to_owned()
    }

    /// Decodes into memory of the library.
    pub fn decode(&self, src: &[u8], chunk: Option<&Layout>, want: Option<&Layout>, strict: bool) -> Option<Decoded> {
        let (mut out, mut error) = (ptr::null_mut(), no_error());
        let options = options(strict);
        let status =
            unsafe { decode::nc_decode(self.0, src.as_ptr().cast(), src.len(), raw(chunk), raw(want), &options, &mut out, &mut error) };
        let decoded = check(status, &error).then_some(Decoded(out))?;
        assert!(decoded.bytes().len() <= MAX_OUTPUT);
        Some(decoded)
    }

    /// Decodes into exactly `room` bytes; what lies behind them must stay.
    pub fn decode_into(&self, src: &[u8], chunk: Option<&Layout>, want: Option<&Layout>, room: usize) -> Option<Vec<u8>> {
        let (mut dst, mut error, mut written) = (vec![0xa5; room + 64], no_error(), 0);
        let options = options(false);
        let to = dst.as_mut_ptr().cast::<c_void>();
        let status = unsafe {
            decode::nc_decode_into(
                self.0,
                src.as_ptr().cast(),
                src.len(),
                raw(chunk),
                raw(want),
                to,
                room,
                &options,
                &mut written,
                &mut error,
            )
        };
        assert!(dst[room..].iter().all(|byte| *byte == 0xa5), "written behind the destination");
        check(status, &error).then(|| dst[..written].to_vec())
    }

    /// Decodes a box into memory of its size.
    pub fn decode_box(&self, src: &[u8], chunk: &Layout, start: &[i64], want: &Layout) -> Option<Vec<u8>> {
        let (mut dst, mut error, options) = (vec![0xa5; want.nbytes()], no_error(), options(false));
        let to = dst.as_mut_ptr().cast::<c_void>();
        let (data, n) = (src.as_ptr().cast(), src.len());
        let status =
            unsafe { decode::nc_decode_box(self.0, data, n, chunk.0, start.as_ptr(), want.0, to, dst.len(), &options, &mut error) };
        check(status, &error).then_some(dst)
    }

    /// What the bytes claim to hold.
    pub fn decode_info(&self, src: &[u8]) -> Option<u64> {
        let (mut nbytes, mut layout, mut error) = (0, ptr::null_mut(), no_error());
        let status = unsafe { decode::nc_decode_info(self.0, src.as_ptr().cast(), src.len(), &mut nbytes, &mut layout, &mut error) };
        drop(Layout(layout));
        check(status, &error).then_some(nbytes)
    }

    /// Encodes into memory of the library.
    pub fn encode(&self, src: &[u8], layout: Option<&Layout>, offsets: Option<&[i64]>) -> Option<Decoded> {
        let (mut out, mut error) = (ptr::null_mut(), no_error());
        let offsets = offsets.map_or(ptr::null(), <[i64]>::as_ptr);
        let options = options(false);
        let status =
            unsafe { encode::nc_encode(self.0, raw(layout), src.as_ptr().cast(), src.len(), offsets, &options, &mut out, &mut error) };
        check(status, &error).then_some(Decoded(out))
    }

    /// Whether decoding may give other values than were encoded.
    pub fn is_lossy(&self) -> bool {
        unsafe { codec::nc_codec_query(self.0, types::nc_question::NUMCODECS_Q_LOSSY as i32) != 0 }
    }
}

impl Layout {
    /// A layout; `None` = refused.
    pub fn new(dtype: &str, kind: i32, shape: &[i64], order: i32) -> Option<Layout> {
        let dtype = CString::new(dtype).ok()?;
        let (mut made, mut error) = (ptr::null_mut(), no_error());
        let dtype = if kind == 0 { dtype.as_ptr() } else { ptr::null() };
        let ndim = shape.len() as i32;
        let status = unsafe { layout::nc_layout_new(dtype, kind, ndim, shape.as_ptr(), ptr::null(), order, &mut made, &mut error) };
        check(status, &error).then_some(Layout(made))
    }

    /// Its dtype, and its extents.
    pub fn dtype_and_shape(&self) -> (&str, Vec<i64>) {
        let dtype = unsafe { CStr::from_ptr(layout::nc_layout_dtype(self.0)) }.to_str().expect("a dtype is ASCII");
        let mut shape = vec![0; self.query(types::nc_question::NUMCODECS_Q_NDIM) as usize];
        let mut error = no_error();
        let status = unsafe { layout::nc_layout_shape(self.0, shape.as_mut_ptr(), shape.len() as i32, &mut error) };
        assert!(check(status, &error), "there is room for all extents");
        (dtype, shape)
    }

    /// The answer to a question about it.
    pub fn query(&self, what: types::nc_question) -> i64 {
        unsafe { layout::nc_layout_query(self.0, what as i32) }
    }

    /// Bytes of all its items.
    pub fn nbytes(&self) -> usize {
        self.query(types::nc_question::NUMCODECS_Q_NBYTES) as usize
    }
}

impl Decoded {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        let (data, n) = unsafe { (buffer::nc_buffer_data(self.0), buffer::nc_buffer_nbytes(self.0)) };
        if n == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data.cast(), n) } }
    }

    /// Offsets of `n` items of variable length; `None` for items of fixed size.
    pub fn offsets(&self, n: usize) -> Option<&[i64]> {
        let offsets = unsafe { buffer::nc_buffer_offsets(self.0) };
        (!offsets.is_null()).then(|| unsafe { std::slice::from_raw_parts(offsets, n + 1) })
    }
}

/// The pointer behind an optional layout.
pub fn raw(layout: Option<&Layout>) -> *const layout::nc_layout {
    layout.map_or(ptr::null(), |layout| layout.0)
}

macro_rules! freed_by {
    ($($handle:ident: $free:path),*) => {
        $(impl Drop for $handle {
            fn drop(&mut self) {
                unsafe { $free(self.0) }
            }
        })*
    };
}

freed_by!(Codec: codec::nc_codec_free, Layout: layout::nc_layout_free, Zarr: zarr::nc_zarr_free, Decoded: buffer::nc_buffer_free);
