//! Contexts (zstd, zlib, lz4 states) kept between calls on one codec, without a lock that a thread waits on.

use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

use super::error::Error;
use crate::kernels::alloc;

/// Idle contexts kept per codec; more threads than this make contexts of their own and drop them again. A codec with four pools stays
/// below 1 KiB: that much is allocated without asking whether it may fail.
const SLOTS: usize = 12;

/// A few idle contexts. Slots are only ever try-locked: a busy slot (or one whose owner vanished in a fork) is passed over.
pub struct Pool<T> {
    slots: [Mutex<Option<Box<T>>>; SLOTS],
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool { slots: std::array::from_fn(|_| Mutex::new(None)) }
    }
}

impl<T> Pool<T> {
    /// An idle context, or a new one from `make`. It goes back when dropped.
    pub fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<Pooled<'_, T>, E> {
        let idle = self.slots.iter().find_map(|slot| slot.try_lock().ok()?.take());
        let context = match idle {
            Some(context) => context,
            None => Box::new(make()?),
        };
        Ok(Pooled { pool: self, context: Some(context) })
    }

    fn put(&self, context: Box<T>) {
        for slot in &self.slots {
            if let Ok(mut slot) = slot.try_lock()
                && slot.is_none()
            {
                *slot = Some(context);
                return;
            }
        }
    }
}

/// A context in use.
pub struct Pooled<'a, T> {
    pool: &'a Pool<T>,
    context: Option<Box<T>>,
}

impl<T> Pooled<'_, T> {
    /// Drops the context instead of keeping it: after an error that leaves it undefined, or when it has grown large.
    pub fn discard(mut self) {
        self.context = None;
    }
}

impl<T> Deref for Pooled<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // Only `discard` and `drop` empty it, and both own it.
        self.context.as_ref().unwrap_or_else(|| unreachable!())
    }
}

impl<T> DerefMut for Pooled<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.context.as_mut().unwrap_or_else(|| unreachable!())
    }
}

impl<T> Drop for Pooled<'_, T> {
    fn drop(&mut self) {
        if let Some(context) = self.context.take() {
            self.pool.put(context);
        }
    }
}

/// `nbytes` of memory that is kept between calls; it grows where it is smaller. The content is undefined.
pub fn room(memory: &mut Vec<u8>, nbytes: usize) -> Result<&mut [u8], Error> {
    if memory.len() < nbytes {
        *memory = Vec::new();
        *memory = alloc::zeroed(nbytes).ok_or_else(|| Error::memory(nbytes as u64))?;
    }
    Ok(memory.get_mut(..nbytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reuses_what_came_back_and_forgets_what_was_discarded() {
        let pool: Pool<u32> = Pool::default();
        let made = std::cell::Cell::new(0);
        let make = || -> Result<u32, ()> {
            made.set(made.get() + 1);
            Ok(made.get())
        };
        drop(pool.get(make));
        assert_eq!(pool.get(make).map(|c| *c), Ok(1));
        pool.get(make).expect("made").discard();
        assert_eq!(pool.get(make).map(|c| *c), Ok(2));
    }

    #[test]
    fn a_held_slot_is_passed_over() {
        let pool: Pool<u32> = Pool::default();
        let _held: Vec<_> = pool.slots.iter().map(|s| s.try_lock()).collect();
        assert_eq!(pool.get(|| Ok::<_, ()>(7)).map(|c| *c), Ok(7));
    }
}
