//! A sink that starts over, and memory that goes from one call to the next.

use super::{Sink, Target};

impl Sink<'_> {
    /// Takes `memory` of an earlier call to write to, unless memory is limited: then every byte counts.
    #[must_use]
    pub fn reusing(mut self, memory: Vec<u8>) -> Self {
        if let (Target::Owned(bytes), None) = (&mut self.target, self.call.limits().max_memory) {
            *bytes = memory;
        }
        self
    }

    /// All memory of ours, for [`Sink::reusing`].
    pub fn take_memory(&mut self) -> Vec<u8> {
        match &mut self.target {
            Target::Owned(bytes) => std::mem::take(bytes),
            Target::Caller(_) => Vec::new(),
        }
    }

    /// Takes back all but the first `len` bytes, and with nothing left the memory of ours too: as if nothing had been written.
    pub fn start_over(&mut self, len: usize) {
        self.len = self.len.min(len);
        if let (0, Target::Owned(bytes)) = (len, &mut self.target) {
            (*bytes, self.offsets) = (Vec::new(), Vec::new());
            self.call.limits().refund(std::mem::take(&mut self.charged));
        }
    }
}
