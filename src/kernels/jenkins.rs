//! Bob Jenkins' hash function "lookup3" with a 32-bit result.

/// The hash of `data`, started from `initval`.
pub fn lookup3(data: &[u8], initval: u32) -> u32 {
    let mut hash = Lookup3::new(data.len(), initval);
    hash.update(data);
    hash.value()
}

/// A hash that grows with the data, whose size it must know.
#[derive(Clone, Copy, Debug)]
pub struct Lookup3 {
    state: [u32; 3],
    left: usize,
}

impl Lookup3 {
    /// The hash of `nbytes` bytes, none of them seen yet.
    pub fn new(nbytes: usize, initval: u32) -> Self {
        Lookup3 { state: [0xdead_beef_u32.wrapping_add(nbytes as u32).wrapping_add(initval); 3], left: nbytes }
    }

    /// Appends `data`: multiples of 12 bytes until the last piece.
    pub fn update(&mut self, data: &[u8]) {
        self.left = self.left.saturating_sub(data.len());
        let last = if self.left == 0 { data.len().saturating_sub(1) / 12 * 12 } else { data.len() };
        let (head, tail) = data.split_at(last);
        let mut state = self.state;
        for block in head.as_chunks().0 {
            add(&mut state, block);
            mix(&mut state);
        }
        self.state = if tail.is_empty() { state } else { finish_with(state, tail) };
    }

    /// The hash, once all data was appended.
    pub fn value(&self) -> u32 {
        self.state[2]
    }
}

/// The last 1 to 12 bytes are mixed another way.
fn finish_with(mut state: [u32; 3], tail: &[u8]) -> [u32; 3] {
    let mut last = [0; 12];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    add(&mut state, &last);
    [0, 0, finish(state)]
}

fn add(state: &mut [u32; 3], block: &[u8; 12]) {
    for (word, bytes) in state.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = word.wrapping_add(u32::from_le_bytes(*bytes));
    }
}

fn mix(state: &mut [u32; 3]) {
    let [mut a, mut b, mut c] = *state;
    for (r1, r2, r3) in [(4, 6, 8), (16, 19, 4)] {
        a = a.wrapping_sub(c) ^ c.rotate_left(r1);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(r2);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(r3);
        b = b.wrapping_add(a);
    }
    *state = [a, b, c];
}

fn finish([mut a, mut b, mut c]: [u32; 3]) -> u32 {
    let step = |x: u32, y: u32, r| (x ^ y).wrapping_sub(y.rotate_left(r));
    c = step(c, b, 14);
    a = step(a, c, 11);
    b = step(b, a, 25);
    c = step(c, b, 16);
    a = step(a, c, 4);
    b = step(b, a, 14);
    step(c, b, 24)
}

#[cfg(test)]
mod tests {
    use super::{Lookup3, lookup3};

    #[test]
    fn pieces_give_the_hash_of_the_whole() {
        let data: Vec<u8> = (0..301u32).map(|i| (i * i) as u8).collect();
        for n in 0..=data.len() {
            let mut hash = Lookup3::new(n, 5);
            data[..n].chunks(24).for_each(|piece| hash.update(piece));
            assert_eq!(hash.value(), lookup3(&data[..n], 5), "{n} bytes");
        }
    }

    #[test]
    fn gives_the_published_values() {
        let text = b"Four score and seven years ago";
        assert_eq!(lookup3(text, 0), 0x1777_0551);
        assert_eq!(lookup3(text, 1), 0xcd62_8161);
        assert_eq!(lookup3(b"", 0), 0xdead_beef);
        assert_eq!(lookup3(b"hello", 0), 0x34cb_bc6e);
    }
}
