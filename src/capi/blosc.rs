//! Helpers of the Python module numcodecs.blosc.

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use serde_json::json;

use super::buffer::nc_buffer;
use super::helper::helper;
use super::memory::Destination;
use super::types::{nc_error, nc_options, nc_status};
use super::{answer, boundary, bytes, options, out, string};
use crate::codecs::blosc::{self, Header};
use crate::core::error::{Error, Result};
use crate::core::sink::Sink;

/// Constants of numcodecs.blosc.
#[repr(C)]
pub enum nc_blosc_constants {
    /// Bit shuffle for items of 1 byte, byte shuffle for all others.
    NUMCODECS_BLOSC_AUTOSHUFFLE = -1,
    /// No shuffle.
    NUMCODECS_BLOSC_NOSHUFFLE = 0,
    /// Byte shuffle.
    NUMCODECS_BLOSC_SHUFFLE = 1,
    /// Bit shuffle.
    NUMCODECS_BLOSC_BITSHUFFLE = 2,
    /// Most bytes by which a result can be longer than its input.
    NUMCODECS_BLOSC_MAX_OVERHEAD = 16,
    /// Largest typesize that a chunk stores; larger ones are stored as 1.
    NUMCODECS_BLOSC_MAX_TYPESIZE = 255,
    /// Most threads.
    NUMCODECS_BLOSC_MAX_THREADS = 256,
    /// Most bytes of input.
    NUMCODECS_BLOSC_MAX_BUFFERSIZE = 2147483631,
}

/// Let Blosc choose the block size.
#[repr(C)]
pub enum nc_blosc_blocksize {
    /// Let Blosc choose the block size.
    NUMCODECS_BLOSC_AUTOBLOCKS = 0,
}

/// Threads of the nc_blosc_ helpers; 0 = not set yet. The one value of the process that the Python documentation asks for: it never
/// changes a result, and codecs do not read it.
static NTHREADS: AtomicI32 = AtomicI32::new(0);

/// Does nothing and returns 0: this library has no global Blosc state. Here because numcodecs.blosc.init() is documented. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_blosc_init() -> i32 {
    answer(-1, || 0)
}

/// Does nothing and returns 0, as nc_blosc_init. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_blosc_destroy() -> i32 {
    answer(-1, || 0)
}

/// Number of a compressor inside Blosc: 0 blosclz, 1 lz4, 2 lz4hc, 4 zlib, 5 zstd; -1 for other names and for NULL. Any thread. Since
/// 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_compname_to_compcode(cname: *const c_char) -> i32 {
    answer(-1, || {
        // SAFETY: NULL or a C string.
        match unsafe { string(cname, "cname") } {
            Ok("blosclz") => 0,
            Ok("lz4") => 1,
            Ok("lz4hc") => 2,
            Ok("zlib") => 4,
            Ok("zstd") => 5,
            _ => -1,
        }
    })
}

/// Names of the compressors inside Blosc that numcodecs has, separated by commas: "blosclz,lz4,lz4hc,zlib,zstd". Static text. Any
/// thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_blosc_list_compressors() -> *const c_char {
    answer(std::ptr::null(), || c"blosclz,lz4,lz4hc,zlib,zstd".as_ptr())
}

/// Threads that the nc_blosc_ helpers use where their options do not say: at first the number of cores, at most 8. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_blosc_get_nthreads() -> i32 {
    answer(1, || or_cores(NTHREADS.load(Relaxed)))
}

fn or_cores(nthreads: i32) -> i32 {
    match nthreads {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get().min(8) as i32),
        n => n,
    }
}

/// Sets the number of threads, 1 to 256, that the nc_blosc_ helpers use; codecs built with nc_codec_from_config do not look at it, and
/// no result depends on it. previous: set to the number before; may be NULL. Errors: _UNSUPPORTED (outside 1..256). Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_set_nthreads(nthreads: i32, previous: *mut i32, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        if !(1..=256).contains(&nthreads) {
            return Err(Error::unsupported(format!("{nthreads} threads: give 1 to 256")).in_codec("blosc"));
        }
        let before = NTHREADS.swap(nthreads, Relaxed);
        if !previous.is_null() {
            // SAFETY: not NULL, valid for writes for this call.
            unsafe { previous.write(or_cores(before)) };
        }
        Ok(())
    })
}

/// Sizes from the header of a Blosc chunk: decoded bytes, encoded bytes with the header, bytes of a block. src: borrowed, n bytes: all
/// of the chunk, or its first 16 bytes or more. Errors: _DATA (shorter than a header, or not one), _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_cbuffer_sizes(
    src: *const c_void,
    n: usize,
    nbytes: *mut usize,
    cbytes: *mut usize,
    blocksize: *mut usize,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (nbytes, cbytes, blocksize) =
            unsafe { (out(nbytes, 0, "nbytes")?, out(cbytes, 0, "cbytes")?, out(blocksize, 0, "blocksize")?) };
        // SAFETY: as above.
        let header = unsafe { header(src, n)? };
        (*nbytes, *cbytes, *blocksize) = (header.nbytes, header.cbytes, header.blocksize);
        Ok(())
    })
}

/// Name of the library that compressed a Blosc chunk: "BloscLZ", "LZ4" (for lz4hc too), "Snappy", "Zlib" or "Zstd". complib: set to
/// static text. The rest is as in nc_blosc_cbuffer_sizes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_cbuffer_complib(
    src: *const c_void,
    n: usize,
    complib: *mut *const c_char,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (complib, header) = unsafe { (out(complib, std::ptr::null(), "complib")?, header(src, n)?) };
        let name = match header.format() {
            0 => c"BloscLZ",
            1 => c"LZ4",
            2 => c"Snappy",
            3 => c"Zlib",
            4 => c"Zstd",
            other => return Err(Error::data(format!("compressor format {other} is not known")).at(2).in_codec("blosc")),
        };
        *complib = name.as_ptr();
        Ok(())
    })
}

/// Item size, shuffle (one of NUMCODECS_BLOSC_NOSHUFFLE, _SHUFFLE, _BITSHUFFLE) and whether the bytes are stored as they are (1) or
/// compressed (0), from the header of a Blosc chunk. The rest is as in nc_blosc_cbuffer_sizes. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_cbuffer_metainfo(
    src: *const c_void,
    n: usize,
    typesize: *mut usize,
    shuffle: *mut i32,
    memcpyed: *mut i32,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (typesize, shuffle, memcpyed) =
            unsafe { (out(typesize, 0, "typesize")?, out(shuffle, 0, "shuffle")?, out(memcpyed, 0, "memcpyed")?) };
        // SAFETY: as above.
        let header = unsafe { header(src, n)? };
        *typesize = header.typesize;
        *shuffle = header.shuffle() as i32;
        *memcpyed = i32::from(header.is_stored());
        Ok(())
    })
}

/// Compresses n bytes as the codec "blosc" does. src: borrowed, at most 2147483631 bytes. cname: "blosclz", "lz4", "lz4hc", "zlib",
/// "zstd" or "snappy". clevel: 0 to 9. shuffle: -1 to 2. blocksize: bytes, 0 = automatic. typesize: bytes of an item, 1 or more. opt: NULL
/// = defaults. buffer: gives the result, free it with nc_buffer_free. Errors: _CONFIG (a parameter; path names it), _SHAPE, _LIMIT,
/// _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_compress(
    src: *const c_void,
    n: usize,
    cname: *const c_char,
    clevel: i32,
    shuffle: i32,
    blocksize: usize,
    typesize: usize,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        let (helper, cname) = unsafe { (helper(src, n, opt, buffer)?, string(cname, "cname")?) };
        let config =
            json!({"id": "blosc", "cname": cname, "clevel": clevel, "shuffle": shuffle, "blocksize": blocksize, "typesize": typesize});
        helper.encode(config, nc_blosc_get_nthreads())
    })
}

/// Decompresses a Blosc chunk. src: borrowed, n bytes. opt: NULL = defaults; nthreads 0 = nc_blosc_get_nthreads(). buffer: gives the
/// result, free it with nc_buffer_free. Errors: _DATA, _LIMIT, _MEMORY, _CANCELLED, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_decompress(
    src: *const c_void,
    n: usize,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        unsafe { helper(src, n, opt, buffer) }?.decode(json!({"id": "blosc"}), nc_blosc_get_nthreads())
    })
}

/// Decompresses a part of a Blosc chunk; blocks outside it are not even read. start, nitems: in items of the typesize that the chunk
/// stores; nitems 1 or more. Errors: _SHAPE (0 items, or beyond the end), and those of nc_blosc_decompress, where the rest is as well.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_decompress_partial(
    src: *const c_void,
    n: usize,
    start: usize,
    nitems: usize,
    opt: *const nc_options,
    buffer: *mut *mut nc_buffer,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked there.
        let helper = unsafe { helper(src, n, opt, buffer)? };
        helper.run(nc_blosc_get_nthreads(), |src, out| blosc::decode_items(src, start, nitems, out).map_err(|e| e.in_codec("blosc")))
    })
}

/// As nc_blosc_decompress_partial, into memory of the caller. dst, cap: filled, at most cap bytes; must not share memory with src.
/// written: set to nitems times the typesize. Errors: _SPACE (cap is too small; needed tells how much it takes), and as above. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_blosc_decompress_partial_into(
    src: *const c_void,
    n: usize,
    start: usize,
    nitems: usize,
    dst: *mut c_void,
    cap: usize,
    opt: *const nc_options,
    written: *mut usize,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (written, src, options) = unsafe { (out(written, 0, "written")?, bytes(src.cast::<u8>(), n, "src")?, options::read(opt)?) };
        let options = options.or_threads(nc_blosc_get_nthreads());
        let mut memory = Destination::new(dst, cap, src, &options)?;
        *written = options.run(n, |call| {
            let layout = blosc::decode_items(src, start, nitems, &mut Sink::caller(call, &mut memory));
            layout.map(|layout| layout.nbytes()).map_err(|e| e.in_codec("blosc"))
        })?;
        Ok(())
    })
}

/// Safety: as [`bytes`].
unsafe fn header(src: *const c_void, n: usize) -> Result<Header> {
    // SAFETY: promised by the caller.
    let src = unsafe { bytes(src.cast::<u8>(), n, "src")? };
    blosc::header(src).map_err(|e| e.in_codec("blosc"))
}
