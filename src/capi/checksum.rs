//! The hash of the Python module numcodecs.jenkins.

use std::ffi::c_void;

use super::types::{nc_error, nc_status};
use super::{boundary, bytes, out};
use crate::kernels::jenkins::lookup3;

/// Bob Jenkins' lookup3 hash ("hashlittle") of n bytes, as numcodecs.jenkins.jenkins_lookup3(data, initval) gives it. src: borrowed, NULL
/// is fine for 0 bytes. hash: set to the result. Errors: _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_jenkins_lookup3(src: *const c_void, n: usize, initval: u32, hash: *mut u32, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (hash, src) = unsafe { (out(hash, 0, "hash")?, bytes(src.cast::<u8>(), n, "src")?) };
        *hash = lookup3(src, initval);
        Ok(())
    })
}
