//! Bits of a slice, the highest of a byte first.

/// Where a reader is. Behind the end of the slice come zeros; [`Bits::is_beyond`] tells.
#[derive(Clone)]
pub struct Bits<'a> {
    src: &'a [u8],
    /// The byte that comes into the buffer next.
    next: usize,
    /// The bits to come, from the top on.
    buffer: u64,
    /// How many of them count.
    live: u32,
}

impl<'a> Bits<'a> {
    /// From byte `start` of `src` on.
    pub fn new(src: &'a [u8], start: usize) -> Self {
        Bits { src, next: start, buffer: 0, live: 0 }
    }

    /// Makes sure that 56 bits are in the buffer.
    #[inline(always)]
    pub fn fill(&mut self) {
        let Some(word) = self.src.get(self.next..).and_then(<[u8]>::first_chunk) else { return self.fill_at_end() };
        self.buffer |= u64::from_be_bytes(*word) >> self.live;
        self.next += (63 - self.live as usize) >> 3;
        self.live |= 56;
    }

    #[cold]
    fn fill_at_end(&mut self) {
        while self.live < 56 {
            let byte = self.src.get(self.next).copied().unwrap_or(0);
            self.buffer |= u64::from(byte) << (56 - self.live);
            (self.next, self.live) = (self.next + 1, self.live + 8);
        }
    }

    /// The next 32 bits of a full buffer.
    #[inline(always)]
    pub fn peek(&self) -> u32 {
        (self.buffer >> 32) as u32
    }

    /// Passes over `n` bits of those that [`Bits::fill`] put there.
    #[inline(always)]
    pub fn skip(&mut self, n: u32) {
        self.buffer <<= n & 63;
        self.live -= n;
    }

    /// Takes `n` bits, 1 to 32.
    pub fn take(&mut self, n: u32) -> u32 {
        self.fill();
        let bits = self.peek() >> (32 - n);
        self.skip(n);
        bits
    }

    /// Takes one bit.
    pub fn flag(&mut self) -> bool {
        self.take(1) == 1
    }

    /// The byte after the last one of which a bit was taken.
    pub fn at(&self) -> usize {
        self.next - (self.live / 8) as usize
    }

    /// Whether more was taken than there is.
    pub fn is_beyond(&self) -> bool {
        self.at() > self.src.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_every_size_come_from_every_place_and_zeros_behind_the_end() {
        let src: Vec<u8> = (0..40u32).map(|i| ((i * i * 37) >> 2) as u8).collect();
        let bit = |at: usize| src.get(at / 8).map_or(0, |byte| u32::from(byte >> (7 - at % 8) & 1));
        for start in [0, 1, 31, 39, 40] {
            for size in 1..=32 {
                let (mut bits, mut at) = (Bits::new(&src, start), 8 * start);
                while at < 8 * src.len() + 70 {
                    assert_eq!(bits.take(size), (at..at + size as usize).fold(0, |all, at| all << 1 | bit(at)), "{start} {size} {at}");
                    at += size as usize;
                    assert_eq!((bits.at(), bits.is_beyond()), (at.div_ceil(8), at > 8 * src.len()));
                }
            }
        }
    }
}
