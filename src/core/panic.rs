//! Keeps panics, which are bugs of ours, inside the library.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::error::{Error, Kind, Result};

thread_local! {
    /// Whether a panic on this thread would be caught by [`contained`].
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `body`; a panic becomes an error and is not printed.
///
/// Codecs hold no state that a panic could leave half changed: contexts that were in use are dropped while unwinding.
pub fn contained<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    silence();
    let outer = CONTAINED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "test-hooks")]
        countdown::step();
        body()
    }));
    CONTAINED.set(outer);
    outcome.unwrap_or_else(|_| Err(Error::new(Kind::Panic, "a bug in libnumcodecs was caught; please report it")))
}

/// Rust prints panics, also those that are caught, unless a hook of the process says otherwise. The shared and the static library carry
/// a Rust runtime of their own, so no other Rust code in the process sees this one.
fn silence() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.swap(true, Relaxed) {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                before(info);
            }
        }));
    }
}

/// Panics on demand, for tests.
#[cfg(feature = "test-hooks")]
pub mod countdown {
    use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

    /// Bodies still to be entered until one panics; 0 = none will.
    static LEFT: AtomicI32 = AtomicI32::new(0);

    /// Lets the `n`-th body from now on panic, in whatever thread; returns what was left of the last time.
    pub fn set(n: i32) -> i32 {
        LEFT.swap(n, Relaxed)
    }

    #[allow(clippy::panic)]
    pub(super) fn step() {
        if LEFT.load(Relaxed) > 0 && LEFT.fetch_sub(1, Relaxed) == 1 {
            panic!("asked for by a test");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(contained(|| Ok(1)).ok(), Some(1));
        assert_eq!(contained(|| Err::<(), _>(Error::data("bad"))).map_err(|e| e.kind()), Err(Kind::Data));
        let inner = contained(|| contained(|| -> Result<()> { panic!("inner") }));
        assert_eq!(inner.map_err(|e| e.kind()), Err(Kind::Panic));
        assert!(!CONTAINED.get());
    }
}
