//! Decodes bzip2 streams: Huffman codes, bytes by how recently they came, sorted blocks, runs.
//!
//! It takes and refuses what libbz2 1.0.8 does.

use bits::Bits;
use block::{SELECTORS, TABLES};
use huffman::Table;
use runs::Runs;
use unsort::Unsort;

mod bits;
mod block;
mod huffman;
mod randomised;
mod recent;
mod runs;
mod unsort;

/// What begins a block, and what begins the end of a stream.
const BLOCK: [u32; 2] = [0x31_4159, 0x26_5359];
const END: [u32; 2] = [0x17_7245, 0x38_5090];

/// Why a stream cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It ends too early.
    Cut,
    /// It is none, or damaged.
    Corrupt(&'static str),
    /// A checksum differs.
    Sum {
        /// As the stream says.
        stored: u32,
        /// As the bytes are.
        computed: u32,
    },
    /// The allocator refused.
    Memory,
}

/// What blocks are decoded in, kept for the next one.
#[derive(Default)]
pub struct Memory {
    bytes: Vec<u8>,
    selectors: Vec<u8>,
    tables: Vec<Table>,
    unsort: Unsort,
}

/// One stream.
pub struct Stream<'a> {
    bits: Bits<'a>,
    level: u8,
    /// Of the checksums of its blocks.
    sum: u32,
}

/// A decoded block on its way out.
pub struct Block<'m> {
    runs: Runs<'m>,
    sum: u32,
}

/// Most bytes that decoding a stream of `level` takes: a block, the parts of its walks, a row of four bytes for each byte.
pub fn memory(level: u8) -> usize {
    6 * 100_000 * usize::from(level) + SELECTORS + TABLES * size_of::<Table>() + unsort::NODES
}

impl<'a> Stream<'a> {
    /// The stream that starts at byte `start` of `src`.
    pub fn new(src: &'a [u8], start: usize) -> Result<Self, Fault> {
        let head = src.get(start..).unwrap_or_default();
        let magic = head.iter().zip(b"BZh").all(|(byte, magic)| byte == magic);
        let digit = head.get(3).copied().unwrap_or(b'1');
        if !magic || !(b'1'..=b'9').contains(&digit) {
            return Err(Fault::Corrupt("not a bzip2 stream"));
        }
        if head.len() < 4 {
            return Err(Fault::Cut);
        }
        Ok(Stream { bits: Bits::new(src, start + 4), level: digit - b'0', sum: 0 })
    }

    /// 1 to 9.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// The byte after the last one that was used.
    pub fn at(&self) -> usize {
        self.bits.at()
    }

    /// Decodes the next block; `None` after the last one.
    pub fn next<'m>(&mut self, memory: &'m mut Memory) -> Result<Option<Block<'m>>, Fault> {
        let found = self.read(memory);
        if self.bits.is_beyond() {
            return Err(Fault::Cut);
        }
        let block = found?.map(|(len, sum)| Block { runs: Runs::new(memory.bytes.get(..len).unwrap_or_default()), sum });
        Ok(block)
    }

    fn read(&mut self, memory: &mut Memory) -> Result<Option<(usize, u32)>, Fault> {
        match [self.bits.take(24), self.bits.take(24)] {
            BLOCK => block::read(&mut self.bits, usize::from(self.level), memory).map(Some),
            END => same(self.bits.take(32), self.sum).map(|()| None),
            _ => Err(Fault::Corrupt("neither a block nor the end of the stream")),
        }
    }

    /// Checks that `block`, of which `sum` is the checksum, is whole.
    pub fn check(&mut self, block: &Block<'_>, sum: u32) -> Result<(), Fault> {
        if block.runs.is_broken() {
            return Err(Fault::Corrupt("a block ends within a run"));
        }
        same(block.sum, sum)?;
        self.sum = self.sum.rotate_left(1) ^ sum;
        Ok(())
    }
}

impl Block<'_> {
    /// Whether all of it was written.
    pub fn is_done(&self) -> bool {
        self.runs.is_done()
    }

    /// Writes as much as `dst` has room for; returns how much that is.
    pub fn write(&mut self, dst: &mut [u8]) -> usize {
        self.runs.expand(dst)
    }
}

fn same(stored: u32, computed: u32) -> Result<(), Fault> {
    if stored == computed { Ok(()) } else { Err(Fault::Sum { stored, computed }) }
}

/// `n` items of memory that is kept; their content is undefined.
fn room<T: Copy + Default>(memory: &mut Vec<T>, n: usize) -> Option<&mut [T]> {
    if memory.len() < n {
        memory.clear();
        memory.try_reserve_exact(n).ok()?;
        memory.resize(n, T::default());
    }
    memory.get_mut(..n)
}
