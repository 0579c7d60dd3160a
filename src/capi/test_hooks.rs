//! In builds with the feature `test-hooks` only, which no release has: lets the library panic.

use crate::core::panic::countdown;

/// Lets the n-th step from now on panic, the next entry into the library being the first; 0 = none. Returns what is left of the number
/// given before: 0 if that panic has happened.
#[unsafe(no_mangle)]
pub extern "C" fn nc_test_panic_after(n: i32) -> i32 {
    countdown::set(n)
}
