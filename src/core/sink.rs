//! Where a codec writes: memory of ours that grows, or memory of the caller. The one place that decides "too small" and "over the limit".

use super::array::ArrayRef;
use super::call::Call;
use super::error::{Error, Kind, Result};
use super::layout::{Items, Layout};
use crate::kernels::{alloc, copy};

mod again;
mod items;
#[cfg(test)]
mod sink_tests;

/// Smallest block taken when the size is unknown.
const FIRST_BLOCK: usize = 16 << 10;

/// Memory of the caller; may be able to grow through a callback.
pub trait CallerMemory {
    /// All of it.
    fn bytes(&mut self) -> &mut [u8];
    /// Makes room for at least `nbytes`, keeping the content, or says `Space`.
    fn grow(&mut self, nbytes: usize) -> Result<()>;
}

enum Target<'a> {
    Owned(Vec<u8>),
    Caller(&'a mut dyn CallerMemory),
}

/// The output of one encode or decode. Bytes are appended; what was reserved and not written stays outside the result.
pub struct Sink<'a> {
    call: Call<'a>,
    target: Target<'a>,
    len: usize,
    max: u64,
    charged: u64,
    offsets: Vec<i64>,
}

impl<'a> Sink<'a> {
    /// Grows as needed, up to the limits of the call.
    pub fn owned(call: Call<'a>) -> Self {
        Self::new(call, Target::Owned(Vec::new()), call.limits().max_output.unwrap_or(u64::MAX))
    }

    /// Grows as needed; only `max_memory` bounds it. For results between the stages of a call.
    pub fn scratch(call: Call<'a>) -> Self {
        Self::new(call, Target::Owned(Vec::new()), u64::MAX)
    }

    /// As [`Sink::scratch`] for what goes on to the next stage while decoding, at most [`Limits::max_between`](super::call::Limits).
    pub fn between(call: Call<'a>) -> Self {
        Self::new(call, Target::Owned(Vec::new()), call.limits().max_between())
    }

    /// Writes into memory of the caller.
    pub fn caller(call: Call<'a>, memory: &'a mut dyn CallerMemory) -> Self {
        Self::new(call, Target::Caller(memory), call.limits().max_output.unwrap_or(u64::MAX))
    }

    /// As [`Sink::caller`], without `max_output`: for scratch memory that cannot grow.
    pub fn within(call: Call<'a>, memory: &'a mut dyn CallerMemory) -> Self {
        Self::new(call, Target::Caller(memory), u64::MAX)
    }

    fn new(call: Call<'a>, target: Target<'a>, max: u64) -> Self {
        Sink { call, target, len: 0, max, charged: 0, offsets: Vec::new() }
    }

    /// The call this output belongs to.
    pub fn call(&self) -> Call<'a> {
        self.call
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Room for exactly `n` more bytes, counted as written: the caller fills all of it. The content is undefined before.
    pub fn take(&mut self, n: usize) -> Result<&mut [u8]> {
        let end = self.make_room(n, n)?;
        let start = std::mem::replace(&mut self.len, end);
        Ok(self.memory().get_mut(start..end).unwrap_or_default())
    }

    /// As [`Sink::take`] for `nbytes` of items that lie `span` bytes apart: `max_output` does not count the gaps.
    pub fn take_span(&mut self, nbytes: usize, span: usize) -> Result<&mut [u8]> {
        self.check(nbytes)?;
        let (start, room) = (self.len, self.memory().len());
        let end = start.checked_add(span).ok_or_else(|| Error::memory(u64::MAX))?;
        if end > room {
            self.grow(end, end, room)?;
        }
        self.len = end;
        Ok(self.memory().get_mut(start..end).unwrap_or_default())
    }

    /// All room there is, `at_least` bytes of it; [`Sink::advance`] then says how much was filled.
    pub fn spare(&mut self, at_least: usize) -> Result<&mut [u8]> {
        let comfortable = at_least.max(self.len).max(FIRST_BLOCK);
        self.make_room(at_least, comfortable).map_err(|error| self.unknown_size(error))?;
        let (start, most) = (self.len, usize::try_from(self.max).unwrap_or(usize::MAX));
        let memory = self.memory();
        let end = memory.len().min(most);
        Ok(memory.get_mut(start..end).unwrap_or_default())
    }

    /// As [`Sink::spare`] for whoever can do without: `None` where there is too little to be of use.
    pub fn ready(&mut self) -> Option<&mut [u8]> {
        if self.is_caller() && self.room() < FIRST_BLOCK {
            return None;
        }
        self.spare(64).ok()
    }

    /// Counts `n` bytes of [`Sink::spare`] as written.
    pub fn advance(&mut self, n: usize) {
        let room = self.memory().len();
        self.len = self.len.saturating_add(n).min(room);
    }

    /// Takes back the last `n` bytes.
    pub fn retract(&mut self, n: usize) {
        self.len = self.len.saturating_sub(n);
    }

    /// Room for `n` more bytes, where it is there already.
    #[inline]
    fn free(&mut self, n: usize) -> Option<&mut [u8]> {
        let (start, end) = (self.len, self.len.checked_add(n)?);
        if end as u64 > self.max {
            return None;
        }
        self.memory().get_mut(start..end)
    }

    /// Appends `bytes`.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self.free(bytes.len()) {
            Some(room) => {
                copy::short(bytes, room);
                self.len += bytes.len();
                Ok(())
            }
            None => self.write_growing(bytes),
        }
    }

    /// Appends `bytes` between two others.
    #[inline]
    pub fn write_between(&mut self, first: u8, bytes: &[u8], last: u8) -> Result<()> {
        if let Some([head, body @ .., tail]) = self.free(bytes.len().saturating_add(2)) {
            (*head, *tail) = (first, last);
            copy::short(bytes, body);
            self.len += bytes.len() + 2;
            return Ok(());
        }
        self.write(&[first])?;
        self.write(bytes)?;
        self.write(&[last])
    }

    fn write_growing(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.make_room(bytes.len(), bytes.len().max(self.len).max(64))?;
        let start = std::mem::replace(&mut self.len, end);
        if let Some(room) = self.memory().get_mut(start..end) {
            room.copy_from_slice(bytes);
        }
        Ok(())
    }

    /// What was written so far.
    pub fn written(&mut self) -> &mut [u8] {
        let len = self.len;
        self.memory().get_mut(..len).unwrap_or_default()
    }

    /// What was written so far, as an array.
    pub fn array<'s>(&'s mut self, layout: &'s Layout) -> Result<ArrayRef<'s>> {
        if layout.items == Items::Fixed {
            return ArrayRef::fixed(layout, self.written());
        }
        let (bytes, offsets) = self.items();
        ArrayRef::objects(layout, bytes, offsets)
    }

    /// The error of a coder that ran out of room without knowing how much it takes.
    pub fn unknown_size(&mut self, error: Error) -> Error {
        if error.kind() == Kind::Space { Error::space(self.memory().len(), None) } else { error }
    }

    /// Bytes that can still be written without growing or failing.
    pub fn room(&mut self) -> usize {
        let most = usize::try_from(self.max).unwrap_or(usize::MAX);
        self.memory().len().min(most).saturating_sub(self.len)
    }

    /// Bytes that may still be written, however little memory there is.
    pub fn allowed(&self) -> u64 {
        self.max.saturating_sub(self.len as u64)
    }

    /// Makes room for a result of known size, if `seen` bytes of input make it plausible; one that is far larger than the input
    /// which claims it grows with what is really decoded.
    pub fn reserve_claim(&mut self, nbytes: usize, seen: usize) -> Result<()> {
        if self.is_caller() || nbytes <= seen.saturating_mul(64) {
            self.take(nbytes)?;
            self.retract(nbytes);
        }
        Ok(())
    }

    /// Makes room ahead where the final size can be guessed; never fails and never passes a limit.
    pub fn prepare(&mut self, nbytes: usize) {
        let most = usize::try_from(self.max).unwrap_or(usize::MAX);
        if !self.is_caller() && nbytes > self.memory().len() && nbytes <= most && (nbytes as u64) < self.call.memory_left() {
            let room = self.memory().len();
            let _ = self.grow(nbytes, nbytes, room);
        }
    }

    /// Memory for a coder that needs `bound` bytes at the most and mostly fewer: all of that where limits and the caller's memory
    /// allow it, else what there is. [`Sink::advance`] then says how much was filled.
    pub fn up_to(&mut self, bound: usize) -> &mut [u8] {
        let allowed = usize::try_from(self.max).unwrap_or(usize::MAX).saturating_sub(self.len).min(bound);
        let own = self.room().saturating_add(usize::try_from(self.call.memory_left()).unwrap_or(usize::MAX));
        let n = if self.is_caller() { allowed } else { allowed.min(own) };
        let _ = self.make_room(n, n); // where that fails, the room there is has to do
        let start = self.len;
        let end = self.memory().len().min(start.saturating_add(n));
        self.memory().get_mut(start..end).unwrap_or_default()
    }

    /// The error of a coder for which [`Sink::up_to`] had too little.
    pub fn too_little(&mut self, bound: usize) -> Error {
        match self.make_room(bound, bound) {
            Err(error) => self.unknown_size(error),
            Ok(_) => Error::memory(bound as u64),
        }
    }

    /// The next `n` bytes as memory for an inner sink; [`Sink::advance`] then counts what it wrote.
    pub fn window(&mut self, n: usize) -> Fixed<'_> {
        let start = self.len;
        let room = self.memory().get_mut(start..).unwrap_or_default();
        let n = n.min(room.len());
        Fixed(room.get_mut(..n).unwrap_or_default())
    }

    /// Whether the memory is the caller's, so that a result may have to fit.
    pub fn is_caller(&self) -> bool {
        matches!(self.target, Target::Caller(_))
    }

    /// The result: bytes, and the offsets of items of variable length. Empty for memory of the caller.
    pub fn into_parts(mut self) -> (Vec<u8>, Vec<i64>) {
        let offsets = std::mem::take(&mut self.offsets);
        let bytes = match &mut self.target {
            Target::Owned(bytes) => {
                bytes.truncate(self.len);
                std::mem::take(bytes)
            }
            Target::Caller(_) => Vec::new(),
        };
        (bytes, offsets)
    }

    #[inline]
    fn memory(&mut self) -> &mut [u8] {
        match &mut self.target {
            Target::Owned(bytes) => bytes,
            Target::Caller(memory) => memory.bytes(),
        }
    }

    /// Makes sure that `n` more bytes fit; takes `comfortable` bytes where it has to grow. Returns the end of the `n` bytes.
    fn make_room(&mut self, n: usize, comfortable: usize) -> Result<usize> {
        let end = self.check(n)?;
        let room = self.memory().len();
        if end > room {
            let wanted = self.len.saturating_add(comfortable).min(usize::try_from(self.max).unwrap_or(usize::MAX));
            self.grow(end, wanted, room)?;
        }
        Ok(end)
    }

    /// Whether `n` more bytes are allowed; returns their end.
    fn check(&self, n: usize) -> Result<usize> {
        let end = self.len.checked_add(n).ok_or_else(|| Error::memory(u64::MAX))?;
        if end as u64 > self.max {
            let between = self.max == self.call.limits().max_between();
            let name = if between { "what may go from one stage to the next (16 times max_output and 64 KiB)" } else { "max_output" };
            return Err(Error::limit(name, self.max, end as u64));
        }
        Ok(end)
    }

    fn grow(&mut self, end: usize, wanted: usize, room: usize) -> Result<()> {
        let wanted = match self.call.memory_left() {
            left if left < (wanted - room) as u64 => end,
            _ => wanted,
        };
        let more = if self.is_caller() { 0 } else { wanted - room };
        let charge = self.call.charge(more)?;
        match &mut self.target {
            Target::Owned(bytes) if self.len == 0 => {
                *bytes = Vec::new();
                *bytes = alloc::zeroed(wanted).ok_or_else(|| Error::memory(wanted as u64))?;
            }
            Target::Owned(bytes) => {
                bytes.try_reserve_exact(more).map_err(|_| Error::memory(wanted as u64))?;
                bytes.resize(wanted, 0);
            }
            Target::Caller(memory) => {
                memory.grow(wanted).or_else(|error| if error.kind() == Kind::Space { memory.grow(end) } else { Err(error) })?;
            }
        }
        self.charged += charge.keep();
        Ok(())
    }
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        self.call.limits().refund(self.charged);
    }
}

/// Memory of the caller that cannot grow.
pub struct Fixed<'a>(pub &'a mut [u8]);

impl CallerMemory for Fixed<'_> {
    fn bytes(&mut self) -> &mut [u8] {
        self.0
    }

    fn grow(&mut self, nbytes: usize) -> Result<()> {
        Err(Error::space(self.0.len(), Some(nbytes as u64)))
    }
}
