//! The library itself.

use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use super::answer;
use super::types::nc_status;
use crate::codecs;

/// Version of the library, "major.minor.patch", as NUMCODECS_VERSION was when the header was made. Static text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_codec_library_version() -> *const c_char {
    answer(std::ptr::null(), || concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast())
}

/// Id of the i-th codec of this build, in alphabetical order; NULL past the end. Static text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_codec_id_at(i: usize) -> *const c_char {
    answer(std::ptr::null(), || {
        static IDS: OnceLock<Vec<CString>> = OnceLock::new(); // the table once more, with NUL
        let ids = IDS.get_or_init(|| codecs::ALL.iter().filter_map(|def| CString::new(def.id).ok()).collect());
        ids.get(i).map_or(std::ptr::null(), |id| id.as_ptr())
    })
}

/// Name and version of the i-th C library inside this one, such as "zstd 1.5.7", as that library tells it; NULL past the end. Static
/// text. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn nc_engine_at(i: usize) -> *const c_char {
    answer(std::ptr::null(), || {
        static ENGINES: OnceLock<Vec<CString>> = OnceLock::new(); // what never changes, with NUL
        let engines = ENGINES.get_or_init(|| codecs::ENGINES.iter().filter_map(|(name, version)| engine(name, version())).collect());
        engines.get(i).map_or(std::ptr::null(), |text| text.as_ptr())
    })
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
    answer(std::ptr::null(), || {
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
