//! liblzma: coders for .xz, .lzma and raw streams with any filter chain.

use std::array;
use std::ffi::{CStr, c_uint, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use liblzma_sys as z;

use crate::core::error::{Error, Result};
use crate::core::stream::{Step, Stream};
use crate::kernels::arena::{Arena, KEPT};

/// As the library itself tells it.
pub fn version() -> &'static CStr {
    // SAFETY: takes and touches nothing; the text is static.
    unsafe { CStr::from_ptr(z::lzma_version_string()) }
}

/// Filter ids.
pub const LZMA1: u64 = z::LZMA_FILTER_LZMA1;
/// The terminal filter of .xz.
pub const LZMA2: u64 = z::LZMA_FILTER_LZMA2;
/// Difference to the byte `distance` before.
pub const DELTA: u64 = z::LZMA_FILTER_DELTA;
/// Branch converters: x86, PowerPC, IA-64, ARM, ARM Thumb, SPARC.
pub const BRANCH: std::ops::RangeInclusive<u64> = z::LZMA_FILTER_X86..=z::LZMA_FILTER_SPARC;

/// Most filters in a chain.
pub const MAX_FILTERS: usize = 4;

/// One filter of a chain.
#[derive(Clone, Copy, Debug)]
pub enum Filter {
    /// LZMA1 or LZMA2, by id.
    Lzma(u64, Options),
    /// Delta with its distance.
    Delta(u32),
    /// A branch converter with its start offset.
    Branch(u64, u32),
}

/// Options of LZMA1 and LZMA2, with the names and numbers of liblzma.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Options {
    pub dict_size: u32,
    pub lc: u32,
    pub lp: u32,
    pub pb: u32,
    pub mode: u32,
    pub nice_len: u32,
    pub mf: u32,
    pub depth: u32,
}

impl Options {
    /// Those of a preset, which is a level 0..=9 and perhaps the "extreme" bit 31; `None` for any other number.
    pub fn preset(preset: u32) -> Option<Self> {
        let mut c = MaybeUninit::zeroed();
        // SAFETY: liblzma fills the zeroed struct, or returns true and does not.
        let c: z::lzma_options_lzma =
            unsafe { if z::lzma_lzma_preset(c.as_mut_ptr(), preset) != 0 { return None } else { c.assume_init() } };
        let (dict_size, lc, lp, pb) = (c.dict_size, c.lc, c.lp, c.pb);
        Some(Options { dict_size, lc, lp, pb, mode: c.mode as u32, nice_len: c.nice_len, mf: c.mf as u32, depth: c.depth })
    }

    fn to_c(self) -> z::lzma_options_lzma {
        // SAFETY: numbers and pointers, all of which may be zero.
        let mut c: z::lzma_options_lzma = unsafe { MaybeUninit::zeroed().assume_init() };
        (c.dict_size, c.lc, c.lp, c.pb) = (self.dict_size, self.lc, self.lp, self.pb);
        (c.mode, c.nice_len, c.mf, c.depth) = (self.mode as z::lzma_mode, self.nice_len, self.mf as z::lzma_match_finder, self.depth);
        c
    }
}

/// `lzma_options_delta`, which the binding leaves out.
#[repr(C)]
struct DeltaOptions {
    kind: c_uint,
    distance: u32,
    reserved: [u32; 4],
    reserved_pointers: [*mut c_void; 2],
}

enum COptions {
    Lzma(z::lzma_options_lzma),
    Delta(DeltaOptions),
    Branch(z::lzma_options_bcj),
}

/// Calls `f` with the chain as liblzma wants it: an array that ends with an unknown id.
fn with_chain<R>(filters: &[Filter], f: impl FnOnce(*const z::lzma_filter) -> R) -> R {
    let to_c = |filter: &Filter| match *filter {
        Filter::Lzma(id, options) => (id, COptions::Lzma(options.to_c())),
        Filter::Delta(distance) => {
            (DELTA, COptions::Delta(DeltaOptions { kind: 0, distance, reserved: [0; 4], reserved_pointers: [ptr::null_mut(); 2] }))
        }
        Filter::Branch(id, start_offset) => (id, COptions::Branch(z::lzma_options_bcj { start_offset })),
    };
    let options: [_; MAX_FILTERS] = array::from_fn(|i| filters.get(i).map(to_c));
    let entry = |(id, options): &(u64, COptions)| {
        let options: *const c_void = match options {
            COptions::Lzma(options) => ptr::from_ref(options).cast(),
            COptions::Delta(options) => ptr::from_ref(options).cast(),
            COptions::Branch(options) => ptr::from_ref(options).cast(),
        };
        z::lzma_filter { id: *id, options: options.cast_mut() }
    };
    let end = || z::lzma_filter { id: z::LZMA_VLI_UNKNOWN, options: ptr::null_mut() };
    let chain: [_; MAX_FILTERS + 1] = array::from_fn(|i| options.get(i).and_then(Option::as_ref).map_or_else(end, entry));
    f(chain.as_ptr())
}

/// Memory that encoding with a chain takes; `None` for a chain that liblzma refuses.
pub fn encoder_memory(filters: &[Filter]) -> Option<u64> {
    // SAFETY: a terminated chain whose options live during the call.
    let nbytes = with_chain(filters, |chain| unsafe { z::lzma_raw_encoder_memusage(chain) });
    (nbytes != u64::MAX).then_some(nbytes)
}

/// The same for decoding.
pub fn decoder_memory(filters: &[Filter]) -> Option<u64> {
    // SAFETY: as in encoder_memory.
    let nbytes = with_chain(filters, |chain| unsafe { z::lzma_raw_decoder_memusage(chain) });
    (nbytes != u64::MAX).then_some(nbytes)
}

/// What a stream works in, kept for the next one.
pub struct Memory {
    /// Without a coder between two streams.
    stream: z::lzma_stream,
    hooks: z::lzma_allocator,
    arena: Arena,
}

// SAFETY: between two streams there are no pointers in it but those to its own parts; it has no tie to a thread.
unsafe impl Send for Memory {}

impl Memory {
    /// Empty.
    pub fn new() -> Result<Self> {
        let arena = Arena::new().ok_or_else(|| Error::memory(size_of::<Memory>() as u64))?;
        let hooks = z::lzma_allocator { alloc: Some(allocate), free: Some(release), opaque: ptr::null_mut() };
        Ok(Memory { stream: empty_stream(), hooks, arena })
    }

    /// A stream without a coder, over the arena.
    fn begin(&mut self) -> &mut z::lzma_stream {
        self.hooks.opaque = self.arena.handle().cast();
        self.stream = empty_stream();
        self.stream.allocator = &raw mut self.hooks;
        &mut self.stream
    }
}

fn empty_stream() -> z::lzma_stream {
    // SAFETY: zero in every field is LZMA_STREAM_INIT.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

extern "C" fn allocate(arena: *mut c_void, items: usize, size: usize) -> *mut c_void {
    // SAFETY: liblzma passes on the arena of its stream, on the thread that called it.
    items.checked_mul(size).map_or(ptr::null_mut(), |nbytes| unsafe { Arena::take(arena.cast(), nbytes).cast() })
}

extern "C" fn release(arena: *mut c_void, block: *mut c_void) {
    // SAFETY: as above; liblzma gives back once what `allocate` gave, or nothing.
    unsafe { Arena::give(arena.cast(), block.cast()) }
}

/// An encoder or decoder for one stream.
pub struct Coder<'a> {
    stream: &'a mut z::lzma_stream,
    encodes: bool,
}

impl<'a> Coder<'a> {
    /// Writes .xz with the integrity check of that id.
    pub fn xz_encoder(filters: &[Filter], check: u32, memory: &'a mut Memory) -> Result<Self> {
        let init = |stream: &mut z::lzma_stream| {
            // SAFETY: an empty stream, a terminated chain whose options live during the call; liblzma copies them.
            with_chain(filters, |chain| unsafe { z::lzma_stream_encoder(stream, chain, check as z::lzma_check) })
        };
        Self::encoder(filters, memory, init)
    }

    /// Writes .lzma.
    pub fn alone_encoder(options: Options, memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: an empty stream; liblzma reads the options during the call only.
        Self::encoder(&[Filter::Lzma(LZMA1, options)], memory, |stream| unsafe { z::lzma_alone_encoder(stream, &options.to_c()) })
    }

    /// Writes what the chain gives and nothing else.
    pub fn raw_encoder(filters: &[Filter], memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: as in xz_encoder.
        Self::encoder(filters, memory, |stream| with_chain(filters, |chain| unsafe { z::lzma_raw_encoder(stream, chain) }))
    }

    /// Reads .xz with at most `limit` bytes of memory.
    pub fn xz_decoder(limit: u64, memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: an empty stream.
        Self::new(false, memory.begin(), |stream| unsafe { z::lzma_stream_decoder(stream, limit, 0) })
    }

    /// Reads .lzma.
    pub fn alone_decoder(limit: u64, memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: an empty stream.
        Self::new(false, memory.begin(), |stream| unsafe { z::lzma_alone_decoder(stream, limit) })
    }

    /// Reads whichever of the formats it finds.
    pub fn auto_decoder(limit: u64, memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: an empty stream.
        Self::new(false, memory.begin(), |stream| unsafe { z::lzma_auto_decoder(stream, limit, 0) })
    }

    /// Reads what [`Coder::raw_encoder`] wrote with the same chain.
    pub fn raw_decoder(filters: &[Filter], memory: &'a mut Memory) -> Result<Self> {
        // SAFETY: as in xz_encoder.
        Self::new(false, memory.begin(), |stream| with_chain(filters, |chain| unsafe { z::lzma_raw_decoder(stream, chain) }))
    }

    /// A table of hashes that is not kept comes as zero pages from the system; through the hooks liblzma would clear all of it.
    fn encoder(filters: &[Filter], memory: &'a mut Memory, init: impl FnOnce(&mut z::lzma_stream) -> z::lzma_ret) -> Result<Self> {
        let stream = memory.begin();
        if encoder_memory(filters).is_none_or(|nbytes| nbytes > KEPT as u64) {
            stream.allocator = ptr::null_mut();
        }
        Self::new(true, stream, init)
    }

    fn new(encodes: bool, stream: &'a mut z::lzma_stream, init: impl FnOnce(&mut z::lzma_stream) -> z::lzma_ret) -> Result<Self> {
        let coder = Coder { stream, encodes };
        let code = init(coder.stream);
        if code == z::LZMA_OK { Ok(coder) } else { Err(coder.failure(code)) }
    }

    /// Memory that a decoder of .xz or .lzma takes, as far as it has read.
    pub fn nbytes(&self) -> u64 {
        // SAFETY: initialised stream.
        unsafe { z::lzma_memusage(self.stream) }
    }

    fn failure(&self, code: z::lzma_ret) -> Error {
        match code {
            z::LZMA_MEM_ERROR => Error::memory(self.nbytes()),
            z::LZMA_MEMLIMIT_ERROR => {
                // SAFETY: initialised stream.
                let limit = unsafe { z::lzma_memlimit_get(self.stream) };
                Error::limit("the memory for liblzma (max_memory, else 256 MiB)", limit, self.nbytes())
            }
            z::LZMA_OPTIONS_ERROR if self.encodes => Error::config("filters", "liblzma refuses these options"),
            z::LZMA_OPTIONS_ERROR => Error::unsupported("options of the stream that liblzma does not know"),
            z::LZMA_FORMAT_ERROR => Error::data("the stream does not start like one of its format"),
            z::LZMA_DATA_ERROR => Error::data("the LZMA stream is corrupt, or its integrity check fails"),
            _ => Error::data(format!("liblzma failed with code {code}")),
        }
    }
}

impl Stream for Coder<'_> {
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step> {
        let action = if last && self.encodes { z::LZMA_FINISH } else { z::LZMA_RUN };
        (self.stream.next_in, self.stream.avail_in) = (src.as_ptr(), src.len());
        (self.stream.next_out, self.stream.avail_out) = (dst.as_mut_ptr(), dst.len());
        // SAFETY: initialised stream that points at live slices.
        let code = unsafe { z::lzma_code(self.stream, action) };
        let (consumed, written) = (src.len() - self.stream.avail_in, dst.len() - self.stream.avail_out);
        (self.stream.next_in, self.stream.next_out) = (ptr::null(), ptr::null_mut());
        match code {
            z::LZMA_OK | z::LZMA_BUF_ERROR | z::LZMA_STREAM_END => Ok(Step { consumed, written, end: code == z::LZMA_STREAM_END }),
            _ => Err(self.failure(code)),
        }
    }
}

impl Drop for Coder<'_> {
    fn drop(&mut self) {
        // SAFETY: a stream that is zeroed or initialised, ended once.
        unsafe { z::lzma_end(self.stream) };
    }
}
