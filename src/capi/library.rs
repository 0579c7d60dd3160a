//! The library itself.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::answer;
use super::types::nc_status;
use crate::codecs;

/// Texts that never change, with NUL, made by the first call that asks. One that comes at the same time makes them too and drops its own:
/// no thread waits for another, which a child of `fork` may not have.
struct Texts(AtomicPtr<Vec<CString>>);

impl Texts {
    const fn new() -> Self {
        Texts(AtomicPtr::new(ptr::null_mut()))
    }

    fn at(&self, i: usize, make: impl FnOnce() -> Vec<CString>) -> *const c_char {
        let mut texts = self.0.load(Ordering::Acquire);
        if texts.is_null() {
            let own = Box::into_raw(Box::new(make()));
            texts = self.0.compare_exchange(texts, own, Ordering::AcqRel, Ordering::Acquire).map_or_else(
                |first| {
                    // SAFETY: made above and shown to nobody.
                    drop(unsafe { Box::from_raw(own) });
                    first
                },
                |_| own,
            );
        }
        // SAFETY: what was put there once stays.
        unsafe { &*texts }.get(i).map_or(ptr::null(), |text| text.as_ptr())
    }
}

/// Version of the library, "major.minor.patch", as NUMCODECS_VERSION was when the header was made. Static text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_codec_library_version() -> *const c_char {
    answer(ptr::null(), || concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast())
}

/// Id of the i-th codec of this build, in alphabetical order; NULL past the end. Static text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_codec_id_at(i: usize) -> *const c_char {
    static IDS: Texts = Texts::new(); // the table once more, with NUL
    answer(ptr::null(), || IDS.at(i, || codecs::ALL.iter().filter_map(|def| CString::new(def.id).ok()).collect()))
}

/// Name and version of the i-th C library inside this one, such as "zstd 1.5.7", as that library tells it; NULL past the end. Static
/// text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_engine_at(i: usize) -> *const c_char {
    static ENGINES: Texts = Texts::new();
    answer(ptr::null(), || ENGINES.at(i, || codecs::ENGINES.iter().filter_map(|(name, version)| engine(name, version())).collect()))
}

fn engine(name: &str, version: &CStr) -> Option<CString> {
    let words = version.to_str().ok()?.split([' ', ',']);
    let number = words.into_iter().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    CString::new(format!("{name} {number}")).ok()
}

/// Short English name of a status, such as "corrupt or truncated input"; "unknown status" for other numbers. Static text. Any
/// thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_status_string(code: nc_status) -> *const c_char {
    answer(ptr::null(), || {
        let text = match code {
            0 => c"success",
            1 => c"required pointer is NULL",
            2 => c"bad configuration",
            3 => c"unknown codec",
            4 => c"corrupt or truncated input",
            5 => c"destination too small",
            6 => c"dtype does not fit",
            7 => c"not supported",
            8 => c"out of memory",
            9 => c"shape or size does not fit",
            10 => c"limit exceeded",
            11 => c"checksum mismatch",
            12 => c"cancelled",
            13 => c"callback failed",
            14 => c"size not known",
            15 => c"not done",
            99 => c"internal error",
            _ => c"unknown status",
        };
        text.as_ptr()
    })
}
