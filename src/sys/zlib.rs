//! zlib: deflate and inflate as streams that can be used again.

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::ptr;

use libz_sys as z;

use crate::core::error::{Error, Kind, Result};
use crate::core::stream::{Step, Stream};

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(z::zlibVersion()) }
}

/// How the deflate data is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// Header and Adler-32 (RFC 1950).
    Zlib,
    /// Nothing (RFC 1951).
    Raw,
}

impl Wrap {
    fn window_bits(self) -> c_int {
        match self {
            Wrap::Zlib => 15,
            Wrap::Raw => -15,
        }
    }
}

/// What zlib allocates for one deflate state (15-bit window, memLevel 8), from its documentation.
pub const DEFLATE_MEMORY: usize = 268 << 10;
/// The same for inflate.
pub const INFLATE_MEMORY: usize = 40 << 10;

/// A compressor at one level.
pub struct Deflater(Box<z::z_stream>);

/// A decompressor.
pub struct Inflater(Box<z::z_stream>);

// SAFETY: a z_stream with its heap state belongs to one owner and has no tie to a thread.
unsafe impl Send for Deflater {}
// SAFETY: as above.
unsafe impl Send for Inflater {}

impl Deflater {
    /// `level` -1..=9.
    pub fn new(level: i32, wrap: Wrap) -> Result<Self> {
        let mut stream = empty_stream();
        // SAFETY: the stream is zeroed with zlib's own allocator, as deflateInit2_ asks; version and size are those it was built with.
        let code = unsafe {
            z::deflateInit2_(
                &mut *stream,
                level,
                z::Z_DEFLATED,
                wrap.window_bits(),
                8,
                z::Z_DEFAULT_STRATEGY,
                z::zlibVersion(),
                stream_size(),
            )
        };
        if code == z::Z_OK { Ok(Deflater(stream)) } else { Err(failure(code, &stream)) }
    }

    /// Makes it as new.
    pub fn reset(&mut self) {
        // SAFETY: the stream was initialised by deflateInit2_.
        unsafe { z::deflateReset(&mut *self.0) };
    }
}

impl Inflater {
    /// Ready for the first stream.
    pub fn new(wrap: Wrap) -> Result<Self> {
        let mut stream = empty_stream();
        // SAFETY: as in Deflater::new.
        let code = unsafe { z::inflateInit2_(&mut *stream, wrap.window_bits(), z::zlibVersion(), stream_size()) };
        if code == z::Z_OK { Ok(Inflater(stream)) } else { Err(failure(code, &stream)) }
    }

    /// Makes it as new.
    pub fn reset(&mut self) {
        // SAFETY: the stream was initialised by inflateInit2_.
        unsafe { z::inflateReset(&mut *self.0) };
    }
}

impl Stream for Deflater {
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step> {
        let flush = if last { z::Z_FINISH } else { z::Z_NO_FLUSH };
        step(&mut self.0, src, dst, |stream| {
            // SAFETY: initialised stream; `step` pointed it at live slices.
            unsafe { z::deflate(stream, flush) }
        })
    }
}

impl Stream for Inflater {
    fn step(&mut self, src: &[u8], dst: &mut [u8], _last: bool) -> Result<Step> {
        step(&mut self.0, src, dst, |stream| {
            // SAFETY: initialised stream; `step` pointed it at live slices.
            unsafe { z::inflate(stream, z::Z_NO_FLUSH) }
        })
    }
}

impl Drop for Deflater {
    fn drop(&mut self) {
        // SAFETY: initialised by deflateInit2_, ended once.
        unsafe { z::deflateEnd(&mut *self.0) };
    }
}

impl Drop for Inflater {
    fn drop(&mut self) {
        // SAFETY: initialised by inflateInit2_, ended once.
        unsafe { z::inflateEnd(&mut *self.0) };
    }
}

/// Most bytes zlib can make of `nbytes`; the formula of its `compressBound`, wide enough for every level.
pub fn bound(nbytes: u64) -> u64 {
    nbytes + (nbytes >> 12) + (nbytes >> 14) + (nbytes >> 25) + 13 + 5 * (nbytes / 16383 + 1)
}

fn empty_stream() -> Box<z::z_stream> {
    let mut stream: Box<MaybeUninit<z::z_stream>> = Box::new(MaybeUninit::zeroed());
    // SAFETY: the block is zeroed; allocation functions are set below before anyone reads them, the other fields may be zero.
    unsafe {
        let raw = stream.as_mut_ptr();
        (&raw mut (*raw).zalloc).write(allocate);
        (&raw mut (*raw).zfree).write(release);
        stream.assume_init()
    }
}

/// zlib's own allocation, spelled out because the binding has no way to leave the field NULL.
extern "C" fn allocate(_: *mut std::ffi::c_void, items: std::ffi::c_uint, size: std::ffi::c_uint) -> *mut std::ffi::c_void {
    // SAFETY: plain calloc; zlib checks for NULL.
    unsafe { libc::calloc(items as usize, size as usize) }
}

extern "C" fn release(_: *mut std::ffi::c_void, block: *mut std::ffi::c_void) {
    // SAFETY: zlib gives back what `allocate` gave.
    unsafe { libc::free(block) }
}

fn stream_size() -> c_int {
    size_of::<z::z_stream>() as c_int
}

fn step(stream: &mut z::z_stream, src: &[u8], dst: &mut [u8], code: impl FnOnce(&mut z::z_stream) -> c_int) -> Result<Step> {
    let (given, room) = (src.len().min(u32::MAX as usize), dst.len().min(u32::MAX as usize));
    stream.next_in = src.as_ptr().cast_mut();
    stream.avail_in = given as u32;
    stream.next_out = dst.as_mut_ptr();
    stream.avail_out = room as u32;
    let code = code(stream);
    let step = Step { consumed: given - stream.avail_in as usize, written: room - stream.avail_out as usize, end: code == z::Z_STREAM_END };
    stream.next_in = ptr::null_mut();
    stream.next_out = ptr::null_mut();
    match code {
        z::Z_OK | z::Z_STREAM_END | z::Z_BUF_ERROR => Ok(step),
        _ => Err(failure(code, stream)),
    }
}

fn failure(code: c_int, stream: &z::z_stream) -> Error {
    // SAFETY: zlib's messages are static C strings.
    let text = (!stream.msg.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(stream.msg) }.to_string_lossy());
    let text = text.as_deref().unwrap_or("no detail");
    match code {
        z::Z_MEM_ERROR => Error::memory(DEFLATE_MEMORY as u64),
        z::Z_NEED_DICT => Error::data("the zlib stream needs a preset dictionary"),
        _ if text == "incorrect data check" => Error::new(Kind::Checksum, "Adler-32 of the decoded data differs from the stored one"),
        _ => Error::data(format!("zlib: {text}")),
    }
}
