//! Codec handles.

use std::ffi::{CString, c_char};
use std::sync::Arc;

use super::registry::nc_registry;
use super::types::{nc_error, nc_question, nc_status};
use super::{answer, boundary, free, give, out, required, string};
use crate::core::config::equal;
use crate::core::error::{Error, Result};
use crate::pipeline::from_json;
use crate::registry::Instance;

/// A codec or a whole pipeline, built from a configuration. Immutable: any number of threads may use one at the same time. Free with
/// nc_codec_free.
pub struct nc_codec {
    instance: Arc<Instance>,
    config: CString,
}

/// Builds a codec from its configuration, the JSON object that stands in Zarr metadata, such as
/// {"id": "blosc", "cname": "zstd", "clevel": 5, "shuffle": 1}. Keys, defaults and values are those of the Python package numcodecs.
/// A list of such objects, filters in their order and the compressor last, makes one codec that runs them all: encoding hands the
/// result of each, with its dtype and shape, to the next; decoding goes backwards. An empty list keeps bytes as they are.
///
/// json: NUL-terminated UTF-8, borrowed. registry: where to look, NULL = the built-in codecs. codec: gives a codec, free it with
/// nc_codec_free; NULL after a failure. Errors: _CONFIG (path names the key, in a list as "[1].level"), _UNKNOWN_CODEC,
/// _UNSUPPORTED (more than 64 codecs in a list), _NULL, _MEMORY. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_codec_from_config(
    json: *const c_char,
    registry: *const nc_registry,
    codec: *mut *mut nc_codec,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL.
        let (codec, json) = unsafe { (out(codec, std::ptr::null_mut(), "codec")?, string(json, "json")?) };
        // SAFETY: NULL or a registry of ours.
        let registry = unsafe { registry.as_ref() }.map(|r| &r.registry);
        *codec = give(nc_codec::new(Arc::new(from_json(json, registry)?))?);
        Ok(())
    })
}

impl nc_codec {
    pub(super) fn new(instance: Arc<Instance>) -> Result<Self> {
        let text = serde_json::to_string(instance.config()).map_err(|e| Error::config("", e.to_string()))?;
        let config = CString::new(text).map_err(|_| Error::config("", "the configuration holds a NUL"))?;
        Ok(nc_codec { instance, config })
    }
}

/// The full configuration of a codec as JSON: what Python's get_config() returns, with every default spelled out, in its order;
/// for a pipeline the list of that. Lends: valid until the codec is freed. NULL for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_codec_config(codec: *const nc_codec) -> *const c_char {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or a codec of ours.
        unsafe { codec.as_ref() }.map_or(std::ptr::null(), |codec| codec.config.as_ptr())
    })
}

/// Whether two codecs have equal configurations, as == tells in Python; the order of keys does not matter. 1 = equal, 0 = not, also
/// when either is NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_codec_equal(a: *const nc_codec, b: *const nc_codec) -> i32 {
    answer(0, || {
        // SAFETY: NULL or codecs of ours.
        match unsafe { (a.as_ref(), b.as_ref()) } {
            (Some(a), Some(b)) => i32::from(equal(a.instance.config(), b.instance.config())),
            _ => 0,
        }
    })
}

/// Answers NUMCODECS_Q_PARTIAL and NUMCODECS_Q_LOSSY about a codec; -1 for other questions and for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_codec_query(codec: *const nc_codec, what: i32) -> i64 {
    answer(-1, || {
        // SAFETY: NULL or a codec of ours.
        let Some(codec) = (unsafe { codec.as_ref() }) else { return -1 };
        match nc_question::of(what) {
            Some(nc_question::NUMCODECS_Q_PARTIAL) => i64::from(codec.instance.partial()),
            Some(nc_question::NUMCODECS_Q_LOSSY) => i64::from(codec.instance.lossy()),
            _ => -1,
        }
    })
}

/// Frees a codec; NULL is fine. Takes: do not use it afterwards, and not while another thread still does. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_codec_free(codec: *mut nc_codec) {
    // SAFETY: NULL or a codec of ours that was not freed.
    unsafe { free(codec) }
}

/// The codec behind a handle.
///
/// Safety: `codec` is NULL or a codec of ours, valid as long as `'a`.
pub(super) unsafe fn instance<'a>(codec: *const nc_codec) -> Result<&'a Instance> {
    // SAFETY: promised by the caller.
    Ok(&unsafe { required(codec, "codec") }?.instance)
}
