//! Bits in words of 64, the lowest first.

use super::MAX_RATE;
use crate::kernels::plain;

/// Words of a writer: those a cell may begin in, its planes, and what may be asked for it.
const WORDS: usize = SOON + CELL + MAX_RATE as usize / 64 + 2;
/// Words after which a writer wants to be emptied.
const SOON: usize = 128;
/// Words of all bits of 64 numbers, of the tests between them and of the exponent, and of a plane beyond.
const CELL: usize = 70;

/// Bits on their way out.
pub struct Writer {
    words: [u64; WORDS],
    cursor: Cursor,
}

/// Where the next bit goes.
#[derive(Clone, Copy, Default)]
pub struct Cursor {
    /// Whole words so far.
    whole: usize,
    /// The word that is not.
    last: u64,
    /// Bits in it, fewer than 64.
    count: u32,
}

impl Cursor {
    /// Appends the low `count` bits of `value`, which has no others; at most 64.
    #[inline(always)]
    pub fn put(&mut self, words: &mut [u64], value: u64, count: u32) {
        self.last |= value << self.count;
        if let Some(word) = words.get_mut(self.whole) {
            *word = self.last.to_le();
        }
        let (end, rest) = (self.count + count, (value >> 1) >> (63 - self.count));
        self.last = if end < 64 { self.last } else { rest };
        self.whole += end as usize / 64;
        self.count = end % 64;
    }

    /// Bits so far.
    #[inline(always)]
    pub fn position(self) -> u64 {
        self.whole as u64 * 64 + u64::from(self.count)
    }
}

impl Default for Writer {
    fn default() -> Self {
        Writer { words: [0; WORDS], cursor: Cursor::default() }
    }
}

impl Writer {
    /// Appends the low `count` bits of `value`, which has no others; at most 64.
    #[inline(always)]
    pub fn put(&mut self, value: u64, count: u32) {
        self.with(|cursor, words| cursor.put(words, value, count));
    }

    /// Writes with a cursor that stays in registers.
    #[inline(always)]
    pub fn with(&mut self, write: impl FnOnce(&mut Cursor, &mut [u64])) {
        let mut cursor = self.cursor;
        write(&mut cursor, &mut self.words);
        self.cursor = cursor;
    }

    /// Bits since the last [`Writer::take`].
    #[inline(always)]
    pub fn position(&self) -> u64 {
        self.cursor.position()
    }

    /// Takes back what lies behind bit `most`, and appends zeros up to bit `least`.
    #[inline(always)]
    pub fn end_at(&mut self, least: u64, most: u64) {
        if self.position() > most {
            self.cut(most);
        }
        while self.position() < least {
            self.put(0, (least - self.position()).min(64) as u32);
        }
    }

    fn cut(&mut self, at: u64) {
        self.put(0, 0); // the last word lies with the others now
        let (whole, count) = ((at / 64) as usize, (at % 64) as u32);
        let last = self.words.get(whole).map_or(0, |word| u64::from_le(*word));
        self.cursor = Cursor { whole, last: last & !(u64::MAX << count), count };
    }

    /// Whether there may be too little room for another cell.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.cursor.whole >= SOON
    }

    /// The bytes of all whole words: they go, what follows begins anew.
    pub fn take(&mut self) -> &[u8] {
        let words = self.words.get(..self.cursor.whole).unwrap_or_default();
        self.cursor.whole = 0;
        plain::bytes(words)
    }

    /// The bytes of all words, the last one padded with zeros.
    pub fn finish(&mut self) -> &[u8] {
        self.put(0, (64 - self.cursor.count) % 64);
        self.take()
    }
}
