//! What the helpers of the Python modules share: bytes in, a buffer out, a codec made for the one call.

use std::ffi::c_void;
use std::ptr::null_mut;

use serde_json::Value;

use super::buffer::nc_buffer;
use super::options::{self, Options};
use super::types::nc_options;
use super::{bytes, give, out};
use crate::core::error::{Error, Result};
use crate::core::layout::Layout;
use crate::core::sink::Sink;
use crate::operation::{self, Source};
use crate::registry::{self, Instance};

/// The arguments of a helper, read and checked.
pub struct Helper<'a> {
    src: &'a [u8],
    options: Options,
    buffer: &'a mut *mut nc_buffer,
}

/// Reads the arguments.
///
/// Safety: the pointers are NULL or valid as long as `'a`.
pub unsafe fn helper<'a>(src: *const c_void, n: usize, opt: *const nc_options, buffer: *mut *mut nc_buffer) -> Result<Helper<'a>> {
    // SAFETY: promised by the caller.
    unsafe {
        Ok(Helper { buffer: out(buffer, null_mut(), "buffer")?, src: bytes(src.cast::<u8>(), n, "src")?, options: options::read(opt)? })
    }
}

impl Helper<'_> {
    /// Runs `body` from the bytes into a buffer, with `nthreads` where the options do not say how many.
    pub fn run(self, nthreads: i32, body: impl FnOnce(&[u8], &mut Sink<'_>) -> Result<Layout>) -> Result<()> {
        let src = self.src;
        let result = self.options.or_threads(nthreads).run(src.len(), |call| {
            let mut sink = Sink::owned(call);
            let layout = body(src, &mut sink)?;
            Ok(nc_buffer::new(sink, layout))
        })?;
        *self.buffer = give(result);
        Ok(())
    }

    /// Encodes plain bytes.
    pub fn encode(self, config: Value, nthreads: i32) -> Result<()> {
        let codec = instance(&config)?;
        self.run(nthreads, |src, out| operation::encode(&codec, &Source::Fixed(&Layout::bytes(src.len()), src), out))
    }

    /// Decodes to plain bytes.
    pub fn decode(self, config: Value, nthreads: i32) -> Result<()> {
        let codec = instance(&config)?;
        self.run(nthreads, |src, out| operation::decode(&codec, src, None, None, out))
    }
}

fn instance(config: &Value) -> Result<Instance> {
    config.as_object().map_or_else(|| Err(Error::config("", "not an object")), |map| registry::from_map(map, None))
}
