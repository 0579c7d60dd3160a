//! The outermost layer of a block: behind four equal bytes stands how many more of them follow.

/// Equal bytes that have a count behind them.
const RUN: usize = 4;
/// Bytes that are looked at together.
const STRIDE: usize = 32;

/// A block on its way out, as far as there is room for it.
pub struct Runs<'a> {
    block: &'a [u8],
    at: usize,
    /// The end of the bytes that are copied as they are.
    stop: usize,
    /// Whether a count stands there.
    counted: bool,
    /// What is still to be repeated, and how often.
    last: u8,
    owed: usize,
    broken: bool,
}

impl<'a> Runs<'a> {
    /// At the beginning of `block`.
    pub fn new(block: &'a [u8]) -> Self {
        Runs { block, at: 0, stop: 0, counted: false, last: 0, owed: 0, broken: false }
    }

    /// Whether all is written.
    pub fn is_done(&self) -> bool {
        self.at == self.block.len() && self.owed == 0
    }

    /// Whether the block ended where a count should be.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Fills `dst` as far as the block goes; returns how many bytes that were.
    pub fn expand(&mut self, dst: &mut [u8]) -> usize {
        let room = dst.len();
        let mut dst = dst;
        loop {
            dst = self.repeat(dst);
            if self.owed > 0 {
                return room;
            }
            dst = self.copy(dst);
            if self.at < self.stop {
                return room;
            }
            if self.counted {
                self.count();
            } else if self.at == self.block.len() {
                return room - dst.len();
            } else {
                self.seek();
            }
        }
    }

    fn repeat<'d>(&mut self, dst: &'d mut [u8]) -> &'d mut [u8] {
        let (now, later) = dst.split_at_mut(self.owed.min(dst.len()));
        now.fill(self.last);
        self.owed -= now.len();
        later
    }

    fn copy<'d>(&mut self, dst: &'d mut [u8]) -> &'d mut [u8] {
        let (now, later) = dst.split_at_mut((self.stop - self.at).min(dst.len()));
        if let Some(plain) = self.block.get(self.at..self.at + now.len()) {
            now.copy_from_slice(plain);
        }
        self.at += now.len();
        later
    }

    fn count(&mut self) {
        self.counted = false;
        let Some([last, count]) = self.block.get(self.at - 1..).and_then(<[u8]>::first_chunk) else {
            self.broken = true;
            return;
        };
        (self.last, self.owed) = (*last, usize::from(*count));
        (self.at, self.stop) = (self.at + 1, self.at + 1);
    }

    fn seek(&mut self) {
        let found = run(self.block.get(self.at..).unwrap_or_default());
        (self.stop, self.counted) = found.map_or((self.block.len(), false), |place| (self.at + place + RUN, true));
    }
}

/// Where the first equal bytes begin.
fn run(bytes: &[u8]) -> Option<usize> {
    let mut skipped = 0;
    while let Some(stretch) = bytes.get(skipped..).and_then(<[u8]>::first_chunk::<{ STRIDE + RUN - 1 }>)
        && !has_run(stretch)
    {
        skipped += STRIDE;
    }
    let rest = bytes.get(skipped..).unwrap_or_default();
    rest.windows(RUN).position(|four| four.iter().all(|byte| four.first() == Some(byte))).map(|place| skipped + place)
}

/// Whether one begins in the first [`STRIDE`] bytes.
fn has_run(bytes: &[u8; STRIDE + RUN - 1]) -> bool {
    let [_, second @ ..] = bytes;
    let [_, third @ ..] = second;
    let [_, fourth @ ..] = third;
    let pairs = bytes.iter().zip(second).zip(third.iter().zip(fourth));
    pairs.fold(false, |any, ((a, b), (c, d))| any | ((a == b) & (b == c) & (c == d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(block: &[u8], room: usize) -> (Vec<u8>, bool) {
        let (mut runs, mut all, mut piece) = (Runs::new(block), Vec::new(), vec![0; room]);
        while !runs.is_done() {
            let n = runs.expand(&mut piece);
            all.extend_from_slice(&piece[..n]);
        }
        (all, runs.is_broken())
    }

    #[test]
    fn counts_are_read_wherever_they_stand_and_however_little_room_there_is() {
        let plain: Vec<u8> = (0..100).collect();
        for before in (0..70).chain([100]) {
            for count in [0, 1, 2, 40, 255] {
                let front = &plain[..before];
                let block = [front, b"\xaa\xaa\xaa\xaa", &[count], b"\xaa\xaa\xaa\xbb\xbb\xbb\xbb\0"].concat();
                let many = vec![0xaa; 7 + usize::from(count)];
                let expected = [front, &many, &[0xbb; 4]].concat();
                for room in [1, 2, 5, 64, 1000] {
                    assert_eq!(expand(&block, room), (expected.clone(), false), "{before} {count} {room}");
                }
            }
        }
    }

    #[test]
    fn counts_may_be_bytes_like_any_and_must_not_be_missing() {
        assert_eq!(expand(&[4; 10], 64), (vec![4; 16], false));
        assert_eq!(expand(b"xaaaa", 64), (b"xaaaa".to_vec(), true));
        assert_eq!(expand(b"xaaa", 64), (b"xaaa".to_vec(), false));
        assert_eq!(expand(b"", 64), (Vec::new(), false));
    }
}
