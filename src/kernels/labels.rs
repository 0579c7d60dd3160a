//! Which of some labels an item is, whatever their number: a table of hashes with open addresses.

use super::copy;

/// Bytes of a short label at the most; with its length it fills a word.
const SHORT: usize = 15;

/// Labels and their codes.
pub struct Labels {
    keys: Vec<u8>,
    /// Place of a key in `keys`, and its code.
    entries: Vec<(usize, usize, u32)>,
    /// Number of an entry plus one; at most an eighth of them is taken, half where there are many labels.
    slots: Vec<u32>,
    shift: u32,
    /// What the hash starts with, and how many labels do not stand in their own slot then.
    seed: u64,
    displaced: usize,
}

/// So many labels are worth a search for a seed that gives each a slot of its own, so that every look ends after one step.
const FEW: usize = 256;
const SEEDS: u64 = 50;

impl Labels {
    /// Of equal labels the last one counts. No code is 0.
    pub fn new(labels: &[(Vec<u8>, u32)]) -> Self {
        let seeds = if labels.len() <= FEW { 1..SEEDS } else { 1..1 };
        seeds.fold(Self::with_seed(labels, 0), |best, seed| {
            if best.displaced == 0 {
                return best;
            }
            let table = Self::with_seed(labels, seed);
            if table.displaced < best.displaced { table } else { best }
        })
    }

    fn with_seed(labels: &[(Vec<u8>, u32)], seed: u64) -> Self {
        let spare = if labels.len() <= FEW { 3 } else { 1 };
        let bits = labels.len().max(4).next_power_of_two().trailing_zeros() + spare;
        let slots = vec![0; 1 << bits];
        let mut table = Labels { keys: Vec::new(), entries: Vec::new(), slots, shift: 64 - bits, seed, displaced: 0 };
        labels.iter().for_each(|(label, code)| table.add(label, *code));
        table
    }

    fn add(&mut self, label: &[u8], code: u32) {
        let hash = hash(label, self.seed);
        let (slot, entry) = self.place(hash, |key| key == label);
        self.displaced += usize::from(slot != (hash >> self.shift) as usize);
        if let Some((.., old)) = self.entries.get_mut(entry) {
            *old = code;
            return;
        }
        let start = self.keys.len();
        self.keys.extend_from_slice(label);
        self.entries.push((start, self.keys.len(), code));
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = self.entries.len() as u32;
        }
    }

    /// The slot of an item and the number of its entry; that is beyond all where there is none.
    #[inline(always)]
    fn place(&self, hash: u64, is_item: impl Fn(&[u8]) -> bool) -> (usize, usize) {
        let mut slot = (hash >> self.shift) as usize;
        loop {
            let entry = (self.slots.get(slot).copied().unwrap_or_default() as usize).wrapping_sub(1);
            match self.entries.get(entry) {
                Some((start, end, _)) if !self.keys.get(*start..*end).is_some_and(&is_item) => {
                    slot = (slot + 1) & (self.slots.len() - 1);
                }
                _ => return (slot, entry),
            }
        }
    }

    /// Code of the label that `item` is; 0 where it is none.
    #[inline(always)]
    pub fn find(&self, item: &[u8]) -> u32 {
        if let Ok(item) = item.try_into() {
            return self.find_sized::<32>(item);
        }
        self.find_any(item)
    }

    fn find_any(&self, item: &[u8]) -> u32 {
        self.code(self.place(hash(item, self.seed), |key| key == item).1)
    }

    /// The same for a size that the compiler knows, which is several times as fast.
    #[inline(always)]
    pub fn find_sized<const N: usize>(&self, item: &[u8; N]) -> u32 {
        self.code(self.place(hash(item, self.seed), |key| key.try_into().is_ok_and(|key: &[u8; N]| key == item)).1)
    }

    #[inline(always)]
    fn code(&self, entry: usize) -> u32 {
        self.entries.get(entry).map_or(0, |(.., code)| *code)
    }
}

/// A label or item of variable length as one word, if it is short: `n` bytes of `data` from `from` on.
#[inline(always)]
pub fn short(data: &[u8], from: usize, n: usize) -> Option<[u8; 16]> {
    if n > SHORT {
        return None;
    }
    let rest = data.get(from..)?;
    let window = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut window = [0; 16];
        rest.iter().zip(&mut window).for_each(|(from, to)| *to = *from);
        window
    });
    let bytes = u128::from_le_bytes(window) & ((1 << (8 * n)) - 1);
    Some((bytes | (n as u128) << 120).to_le_bytes())
}

#[inline(always)]
fn hash(item: &[u8], seed: u64) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = item.as_chunks();
    let step = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let whole = words.iter().fold(item.len() as u64 ^ seed << 32, |hash, word| step(hash, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    copy::short(rest, last.get_mut(..rest.len()).unwrap_or_default());
    // The upper bits choose the slot: those of the last product come from all words.
    let all = if rest.is_empty() { whole } else { step(whole, u64::from_le_bytes(last)) };
    (all ^ all >> 32).wrapping_mul(FACTOR)
}

/// Items of variable length of at most 16 bytes, which stand for codes.
pub struct Words(Vec<([u8; 16], usize)>);

impl Words {
    /// The item of code `i` is `items[i]`; `None` where one is too long.
    pub fn new<'a>(items: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let word = |item: &[u8]| {
            let mut word = [0; 16];
            word.get_mut(..item.len())?.copy_from_slice(item);
            Some((word, item.len()))
        };
        items.map(word).collect::<Option<_>>().map(Words)
    }

    /// Bytes of the item of a code; 0 for a code that is none.
    #[inline(always)]
    pub fn len(&self, code: usize) -> usize {
        self.0.get(code).map_or(0, |word| word.1)
    }

    /// Writes the item of a code to byte `at` of `dst`, where it has room; returns its end.
    #[inline(always)]
    pub fn put(&self, code: usize, dst: &mut [u8], at: usize) -> usize {
        let Some((word, n)) = self.0.get(code) else { return at };
        let rest = dst.get_mut(at..).unwrap_or_default();
        match rest.first_chunk_mut() {
            Some(room) => *room = *word,
            None => rest.iter_mut().zip(word).take(*n).for_each(|(to, from)| *to = *from),
        }
        at + n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_labels_of_any_length_are_found_and_nothing_else() {
        let labels: Vec<(Vec<u8>, u32)> =
            (0..1000u32).map(|i| (format!("{:>width$}", i, width = i as usize % 40).into_bytes(), i + 1)).collect();
        let table = Labels::new(&labels);
        for (label, code) in &labels {
            let last = labels.iter().rev().find(|other| other.0 == *label).map(|other| other.1);
            assert_eq!(Some(table.find(label)), last, "{code}");
            let mut other = label.clone();
            other.push(0);
            assert_eq!(table.find(&other), 0);
        }
        assert_eq!((table.find(b"none"), Labels::new(&[]).find(b""), Labels::new(&[(vec![], 7)]).find(b"")), (0, 0, 7));
    }

    #[test]
    fn short_items_are_words_that_know_their_length() {
        let data = b"abcdefghijklmnopqrst";
        for from in 0..=data.len() {
            for n in 0..=data.len() - from {
                let word = short(data, from, n);
                assert_eq!(word.is_some(), n <= SHORT);
                if let Some(word) = word {
                    assert_eq!((&word[..n], word[15] as usize), (&data[from..from + n], n));
                    assert!(word[n..15].iter().all(|byte| *byte == 0));
                }
            }
        }
    }

    #[test]
    fn words_keep_to_their_room() {
        let words = Words::new([&b""[..], b"sixteen bytes it", b"ab"].into_iter()).expect("short");
        assert!(Words::new([&[0; 17][..]].into_iter()).is_none());
        for room in 0..40 {
            let mut dst = vec![9; room];
            let end = words.put(2, &mut dst, room.saturating_sub(2));
            assert_eq!(end, room.saturating_sub(2) + 2);
            assert!(room < 2 || dst[room - 2..] == *b"ab");
        }
        assert_eq!((words.len(1), words.len(3), words.put(3, &mut [0; 20], 5)), (16, 0, 5));
    }
}
