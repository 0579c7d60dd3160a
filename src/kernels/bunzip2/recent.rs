//! The bytes of a block in the order in which they last came, and what symbols make of them.

/// Bytes written at once for each symbol: a run that is no longer needs no loop.
pub const SLACK: usize = 32;
/// Places in front, where most symbols point to.
const FRONT: usize = 16;

/// Bytes in the order in which they last came.
pub struct Recent {
    /// The first [`FRONT`], the very first lowest.
    front: u128,
    /// All, eight in a word; the two words of the front are not kept up.
    words: [u64; 32],
}

impl Recent {
    /// These bytes, in this order.
    pub fn new(bytes: &[u8; 256]) -> Self {
        let mut words = [0; 32];
        for (word, eight) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*eight);
        }
        Recent { front: bytes.first_chunk().map_or(0, |front| u128::from_le_bytes(*front)), words }
    }

    /// Moves the byte at `place` to the front and returns it.
    #[inline(always)]
    fn touch(&mut self, place: usize) -> u8 {
        if place >= FRONT {
            return self.touch_far(place);
        }
        let shift = 8 * place as u32;
        let byte = (self.front >> shift) as u8;
        let before = (1u128 << shift) - 1;
        self.front = (self.front & !(before | 0xff << shift)) | (self.front & before) << 8 | u128::from(byte);
        byte
    }

    #[inline(never)]
    fn touch_far(&mut self, place: usize) -> u8 {
        let (last, shift) = ((place >> 3) & 31, 8 * (place & 7) as u32);
        let Some((word, words)) = self.words.get_mut(2..=last).and_then(<[u64]>::split_last_mut) else { return 0 };
        let mut carry = (self.front >> 120) as u64;
        for word in words {
            (*word, carry) = (*word << 8 | carry, *word >> 56);
        }
        let byte = (*word >> shift) as u8;
        let before = (1u64 << shift) - 1;
        *word = (*word & !(before | 0xff << shift)) | (*word & before) << 8 | carry;
        self.front = self.front << 8 | u128::from(byte);
        byte
    }
}

/// Where symbols came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All were taken.
    Never,
    /// That one stands for no byte.
    Symbol(usize),
    /// The block is full.
    Full,
}

/// The bytes that symbols stand for, one behind the other.
pub struct Output<'a> {
    /// Room for a block and [`SLACK`] more.
    bytes: &'a mut [u8],
    len: usize,
    /// What the next digit of a run counts.
    weight: usize,
    counts: [u32; 256],
}

impl<'a> Output<'a> {
    /// Empty. A block may have [`SLACK`] bytes fewer than `bytes`.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Output { bytes, len: 0, weight: 1, counts: [0; 256] }
    }

    /// The block, and how often each byte comes.
    pub fn finish(self) -> (&'a mut [u8], [u32; 256]) {
        (self.bytes.get_mut(..self.len).unwrap_or_default(), self.counts)
    }

    /// Writes what `symbols` below `end` stand for. 0 and 1 are digits of how often the first byte comes again, the lowest first, worth 1
    /// and 2; any other is one more than the place of a byte. All take the same way: guessing which one comes would cost more.
    #[inline(always)]
    pub fn write(&mut self, recent: &mut Recent, symbols: &[u16], end: u16) -> Stop {
        for (at, symbol) in symbols.iter().enumerate() {
            if *symbol >= end {
                return Stop::Symbol(at);
            }
            let (symbol, is_digit) = (usize::from(*symbol), *symbol < 2);
            let byte = recent.touch(if is_digit { 0 } else { symbol - 1 });
            let times = if is_digit { self.weight << symbol } else { 1 };
            self.weight = if is_digit { self.weight << 1 } else { 1 };
            if !self.put(byte, times) {
                return Stop::Full;
            }
        }
        Stop::Never
    }

    /// Appends `byte` so many times; says whether the block has room for them.
    #[inline(always)]
    fn put(&mut self, byte: u8, times: usize) -> bool {
        let Some(room) = self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut::<SLACK>) else { return false };
        *room = [byte; SLACK];
        if times > SLACK && !self.put_many(byte, times) {
            return false;
        }
        self.len += times;
        if let Some(count) = self.counts.get_mut(usize::from(byte)) {
            *count += times as u32;
        }
        self.len + SLACK <= self.bytes.len()
    }

    #[inline(never)]
    fn put_many(&mut self, byte: u8, times: usize) -> bool {
        let room = self.bytes.get_mut(self.len..).and_then(|room| room.get_mut(..times));
        room.map(|room| room.fill(byte)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: u32) -> impl Iterator<Item = u16> {
        (0..n).map(|i| (i.wrapping_mul(i).wrapping_mul(2_654_435_761) >> 16) as u16)
    }

    #[test]
    fn every_place_moves_to_the_front() {
        let mut model: Vec<u8> = (0..=255).map(|i: u8| i.wrapping_mul(77)).collect();
        let mut recent = Recent::new(model.as_slice().try_into().expect("256"));
        for place in (0..256).chain(noise(5000).map(|place| usize::from(place) % 256)) {
            let byte = model.remove(place);
            model.insert(0, byte);
            assert_eq!(recent.touch(place), byte, "{place}");
        }
    }

    #[test]
    fn runs_of_every_length_are_written_and_counted() {
        let order: [u8; 256] = std::array::from_fn(|i| i as u8);
        let (mut expected, mut symbols) = (Vec::new(), Vec::new());
        for n in (0..100).chain([1000, 4095, 4096]) {
            let mut digits = n;
            while digits > 0 {
                symbols.push(if digits % 2 == 1 { 0 } else { 1 });
                digits = (digits - 1) / 2;
            }
            expected.extend(vec![if n % 2 == 1 { 1 } else { 0 }; n]);
            symbols.push(2); // the byte at place 1
            expected.push(if n % 2 == 1 { 0 } else { 1 });
        }
        for spare in [0, 1] {
            let mut bytes = vec![0; expected.len() + SLACK + spare];
            let mut output = Output::new(&mut bytes);
            assert_eq!(output.write(&mut Recent::new(&order), &symbols, 3), Stop::Never);
            let (block, counts) = output.finish();
            assert_eq!(block, expected);
            assert_eq!(counts[..2].iter().sum::<u32>(), expected.len() as u32);
            assert_eq!(counts[1] as usize, expected.iter().filter(|byte| **byte == 1).count());
        }
        let mut bytes = vec![0; expected.len() + SLACK - 1];
        assert_eq!(Output::new(&mut bytes).write(&mut Recent::new(&order), &symbols, 3), Stop::Full);
        assert_eq!(Output::new(&mut bytes).write(&mut Recent::new(&order), &[1; 100], 3), Stop::Full);
        assert_eq!(Output::new(&mut bytes).write(&mut Recent::new(&order), &[0, 3, 0], 3), Stop::Symbol(1));
    }
}
