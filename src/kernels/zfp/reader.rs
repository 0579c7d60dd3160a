//! Bits out of bytes, the lowest first.

/// Bits of a source that is believed only as far as it goes: zeros follow its end.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    src: &'a [u8],
    /// The next bit; may lie behind the end.
    pub at: u64,
    /// Bit that may not be read.
    pub end: u64,
}

impl<'a> Reader<'a> {
    /// From bit `at` on.
    pub fn new(src: &'a [u8], at: u64) -> Self {
        Reader { src, at, end: u64::MAX }
    }

    /// The next 64 bits.
    #[inline(always)]
    pub fn peek(&self) -> u64 {
        let (byte, bit) = (usize::try_from(self.at / 8).unwrap_or(usize::MAX), (self.at % 8) as u32);
        let [low @ .., high] = match self.src.get(byte..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => *bytes,
            None => self.last(byte),
        };
        u64::from_le_bytes(low) >> bit | u64::from(high) << 1 << (63 - bit)
    }

    #[cold]
    fn last(&self, byte: usize) -> [u8; 9] {
        let mut bytes = [0; 9];
        bytes.iter_mut().zip(self.src.get(byte..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The next 64 bits, with a one at the end of what may be read if that is nearer.
    #[inline(always)]
    pub fn peek_to_end(&self) -> u64 {
        let left = self.end - self.at;
        self.peek() | if left < 64 { 1 << left } else { 0 }
    }

    /// Takes at most 64 bits.
    #[inline(always)]
    pub fn take(&mut self, count: u32) -> u64 {
        let bits = self.peek() & !u64::MAX.checked_shl(count).unwrap_or(0);
        self.at += u64::from(count);
        bits
    }

    /// Whether the last bit taken lies behind the end of the source.
    #[inline(always)]
    pub fn is_past_end(&self) -> bool {
        self.at > self.src.len() as u64 * 8
    }
}
