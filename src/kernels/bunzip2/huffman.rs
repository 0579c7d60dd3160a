//! The codes of one table of a block. Short ones are looked up, longer ones compared with where the codes of each length end.

use super::bits::Bits;

/// Longest code.
pub const LONGEST: u32 = 20;
/// Stands for bits that are no code; larger than any symbol.
pub const NONE: u16 = u16::MAX;

/// Bits of a code that is looked up.
const SHORT: u32 = 10;
/// Bits of an entry that hold the length.
const LENGTH: u32 = 5;

/// The codes of a table.
#[derive(Clone)]
pub struct Table {
    /// For the next [`SHORT`] bits: symbol and length, or 0.
    short: [u16; 1 << SHORT],
    lengths: [Length; 1 << LENGTH],
    /// In the order of their codes.
    symbols: [u16; 512],
}

/// What is known of the codes of one length.
#[derive(Clone, Copy, Default)]
struct Length {
    count: u32,
    /// The end of these codes and of all shorter ones, in units of the longest code; beyond all codes where there are too many.
    end: u32,
    /// Where in `symbols` the next of them goes; later where a code of zeros would lie, counted modulo 2^32.
    place: u32,
}

impl Default for Table {
    fn default() -> Self {
        Table { short: [0; 1 << SHORT], lengths: [Length::default(); 1 << LENGTH], symbols: [0; 512] }
    }
}

impl Table {
    /// Gives codes to symbols of these lengths, each 1 to [`LONGEST`]. As in libbz2 they need not fit together: a symbol for which no code
    /// is left never comes, and bits that are no code are wrong only where they come.
    pub fn set(&mut self, lengths: &[u8]) {
        self.count(lengths);
        for (symbol, length) in lengths.iter().enumerate() {
            if let Some(length) = self.lengths.get_mut(usize::from(*length))
                && let Some(room) = self.symbols.get_mut(length.place as usize)
            {
                (*room, length.place) = (symbol as u16, length.place + 1);
            }
        }
        self.finish();
    }

    /// Finds where the codes of each length end and where their symbols go.
    fn count(&mut self, lengths: &[u8]) {
        self.lengths.fill(Length::default());
        for length in lengths {
            if let Some(length) = self.lengths.get_mut(usize::from(*length)) {
                length.count += 1;
            }
        }
        let (mut end, mut place) = (0, 0);
        for (bits, length) in (0..=LONGEST).zip(&mut self.lengths) {
            end += length.count << (LONGEST - bits);
            (length.end, length.place) = (end, place);
            place += length.count;
        }
    }

    /// Fills in what is looked up, and moves the places to where they are counted from.
    fn finish(&mut self) {
        let (mut symbols, mut begin) = (self.symbols.iter(), 0);
        self.short.fill(0);
        for (bits, length) in (0..=LONGEST).zip(&mut self.lengths) {
            for (code, symbol) in symbols.by_ref().take(length.count as usize).enumerate().take_while(|_| bits <= SHORT) {
                let (from, span) = ((begin >> (LONGEST - SHORT)) as usize + (code << (SHORT - bits)), 1 << (SHORT - bits));
                let room = self.short.get_mut(from..from + span).unwrap_or_default();
                room.fill(symbol << LENGTH | bits as u16);
            }
            length.place = length.place.wrapping_sub(length.count).wrapping_sub(begin >> (LONGEST - bits));
            begin = length.end;
        }
    }

    /// Takes the next symbol, at most [`LONGEST`] bits of a buffer that has them. [`NONE`] takes no bits.
    #[inline(always)]
    pub fn take(&self, bits: &mut Bits<'_>) -> u16 {
        let next = bits.peek();
        let entry = self.short.get((next >> (32 - SHORT)) as usize).copied().unwrap_or_default();
        if entry == 0 {
            return self.take_long(bits, next);
        }
        bits.skip(u32::from(entry) & ((1 << LENGTH) - 1));
        entry >> LENGTH
    }

    /// As [`Table::take`], whatever is in the buffer.
    pub fn next(&self, bits: &mut Bits<'_>) -> u16 {
        bits.fill();
        self.take(bits)
    }

    fn take_long(&self, bits: &mut Bits<'_>, next: u32) -> u16 {
        let code = next >> (32 - LONGEST);
        let longer = (SHORT + 1..=LONGEST).zip(self.lengths.iter().skip(SHORT as usize + 1));
        for (n, length) in longer {
            if code < length.end {
                bits.skip(n);
                let place = length.place.wrapping_add(code >> (LONGEST - n));
                return self.symbols.get(place as usize).copied().unwrap_or(NONE);
            }
        }
        NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the format says, bit by bit: the codes of a length come behind those of the one before, with a zero appended.
    fn model(lengths: &[u8], bits: &mut Bits<'_>) -> u16 {
        let (mut code, mut first) = (0, 0);
        for length in 1..=LONGEST as u8 {
            let (symbols, bit) = (lengths.iter().enumerate().filter(|(_, given)| **given == length), bits.take(1));
            (code, first) = (code << 1 | bit, first << 1);
            for (symbol, _) in symbols {
                if first == code {
                    return symbol as u16;
                }
                first += 1;
            }
        }
        NONE
    }

    #[test]
    fn complete_incomplete_and_crowded_codes_are_read() {
        let (mut table, mut seen) = (Table::default(), [0; 2]);
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(i).wrapping_mul(2_654_435_761) >> 21) as u8).collect();
        for (from, to, n) in
            [(1, 1, 3), (1, 20, 20), (3, 3, 8), (8, 8, 258), (9, 13, 258), (10, 11, 40), (12, 20, 258), (20, 20, 5), (1, 9, 258)]
        {
            let lengths: Vec<u8> = (0..n).map(|i: u32| from + (i * i * 7 % 31 * u32::from(to - from) / 30) as u8).collect();
            table.set(&lengths);
            let mut bits = Bits::new(&noise, 0);
            while bits.at() < noise.len() {
                let (mut other, expected) = (bits.clone(), model(&lengths, &mut bits));
                assert_eq!(table.next(&mut other), expected, "{from} {to} {n}");
                assert!(expected == NONE || other.take(20) == bits.clone().take(20));
                seen[usize::from(expected == NONE)] += 1;
            }
        }
        assert!(seen.iter().all(|n| *n > 1000), "{seen:?}");
    }
}
