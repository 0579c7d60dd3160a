//! JSON as Python's `json` module reads and writes it: `NaN` and `Infinity`, integers of any size, lone surrogates, the text of floats.
//!
//! [`read`] parses one value into a [`Tape`], [`write`] writes one from there, sorted or not, in any of Python's styles. Neither
//! recurses, so depth costs memory only; it ends at [`MAX_DEPTH`].

pub mod read;
pub mod write;

#[cfg(test)]
mod json_tests;

use super::call::{Call, Charge};
use super::error::{Error, Result};

pub use read::Reader;
pub use write::{Style, Writer};

/// Most lists and objects within each other. Python stops near this too.
pub const MAX_DEPTH: usize = 1000;

/// Bytes of the source, or of the tape's own text where the source has escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: usize,
    end: usize,
    own: bool,
}

/// A value, or the begin of one; children follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// The digits of an integer.
    Int(Span),
    /// Any other number.
    Float(f64),
    /// A string; UTF-8 in which a lone surrogate stands as three bytes.
    Text(Span),
    /// A list; the node after its last child.
    List(usize),
    /// An object, keys and values in turn; the node after its last child.
    Map(usize),
}

/// Parsed values, flat. Reused from one value to the next.
pub struct Tape<'c> {
    call: Call<'c>,
    nodes: Vec<Node>,
    own: Vec<u8>,
    /// Lists and objects that are not complete yet.
    open: Vec<usize>,
    charge: Option<Charge<'c>>,
}

impl<'c> Tape<'c> {
    /// An empty tape; its memory counts against the limits of `call`.
    pub fn new(call: Call<'c>) -> Self {
        Tape { call, nodes: Vec::new(), own: Vec::new(), open: Vec::new(), charge: None }
    }

    /// Forgets all values and keeps the memory.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.own.clear();
        self.open.clear();
    }

    /// A node.
    pub fn node(&self, at: usize) -> Option<Node> {
        self.nodes.get(at).copied()
    }

    /// The node after a value and all that is in it.
    pub fn after(&self, at: usize) -> usize {
        match self.node(at) {
            Some(Node::List(end) | Node::Map(end)) => end,
            _ => at + 1,
        }
    }

    /// The bytes of a string or number.
    pub fn bytes<'a>(&'a self, src: &'a [u8], span: Span) -> &'a [u8] {
        let from = if span.own { &self.own } else { src };
        from.get(span.start..span.end).unwrap_or_default()
    }

    fn push(&mut self, node: Node) -> Result<()> {
        if self.nodes.len() == self.nodes.capacity() {
            let more = self.nodes.capacity().max(32);
            self.account(more * size_of::<Node>())?;
            self.nodes.try_reserve_exact(more).map_err(|_| Error::memory((2 * more * size_of::<Node>()) as u64))?;
        }
        self.nodes.push(node);
        Ok(())
    }

    fn push_own(&mut self, bytes: &[u8]) -> Result<()> {
        if self.own.capacity() - self.own.len() < bytes.len() {
            let more = self.own.capacity().max(bytes.len()).max(64);
            self.account(more)?;
            self.own.try_reserve_exact(more).map_err(|_| Error::memory(more as u64))?;
        }
        self.own.extend_from_slice(bytes);
        Ok(())
    }

    /// Counts all memory of the tape once `more` bytes are added.
    fn account(&mut self, more: usize) -> Result<()> {
        self.charge = None;
        let held = self.nodes.capacity() * size_of::<Node>() + self.own.capacity();
        self.charge = Some(self.call.charge(held + more)?);
        Ok(())
    }
}
