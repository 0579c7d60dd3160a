//! Bob Jenkins' hash function "lookup3" with a 32-bit result.

/// The hash of `data`, started from `initval`.
pub fn lookup3(data: &[u8], initval: u32) -> u32 {
    let mut state = [0xdead_beef_u32.wrapping_add(data.len() as u32).wrapping_add(initval); 3];
    if data.is_empty() {
        return state[2];
    }
    let head = (data.len() - 1) / 12 * 12; // the last 1 to 12 bytes are mixed another way
    let (head, tail) = data.split_at(head);
    for block in head.as_chunks().0 {
        add(&mut state, block);
        mix(&mut state);
    }
    let mut last = [0; 12];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    add(&mut state, &last);
    finish(state)
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
    use super::lookup3;

    #[test]
    fn gives_the_published_values() {
        let text = b"Four score and seven years ago";
        assert_eq!(lookup3(text, 0), 0x1777_0551);
        assert_eq!(lookup3(text, 1), 0xcd62_8161);
        assert_eq!(lookup3(b"", 0), 0xdead_beef);
        assert_eq!(lookup3(b"hello", 0), 0x34cb_bc6e);
    }
}
