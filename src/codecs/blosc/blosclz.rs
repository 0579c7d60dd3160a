//! Decoder of BloscLZ, the LZ77 format of c-blosc that descends from FastLZ.
//!
//! A control byte below 32 starts that many literals plus one. Others start a match: three bits of length, thirteen bits of
//! distance; length 7 goes on in bytes up to one below 255, distance 8191 in two more bytes.
#![forbid(unsafe_code)]

/// Distances from here on are written in 16 bits of their own.
const FAR: usize = 8191;
/// Bytes copied at a time; copies may run over the end of what they copy, never over the end of `dst`.
const STEP: usize = 16;

/// Fills the whole of `dst`, or gives `None`.
pub fn decompress(src: &[u8], dst: &mut [u8]) -> Option<()> {
    let (mut at, mut done) = (0, 0);
    let mut control = next(src, &mut at)? & 31;
    loop {
        if control < 32 {
            let len = usize::from(control) + 1;
            literals(src, at, dst, done, len)?;
            (at, done) = (at + len, done + len);
            if at == src.len() {
                return (done == dst.len()).then_some(());
            }
            control = next(src, &mut at)?;
        } else {
            let (len, distance) = read_match(control, src, &mut at)?;
            // A match is never the last instruction.
            control = next(src, &mut at)?;
            if distance > done || len > dst.len() - done {
                return None;
            }
            copy_match(dst, done, len, distance)?;
            done += len;
        }
    }
}

fn next(src: &[u8], at: &mut usize) -> Option<u8> {
    let byte = *src.get(*at)?;
    *at += 1;
    Some(byte)
}

/// Length and distance of a match.
fn read_match(control: u8, src: &[u8], at: &mut usize) -> Option<(usize, usize)> {
    let mut len = usize::from(control >> 5) + 2;
    if len == 9 {
        loop {
            let more = next(src, at)?;
            len += usize::from(more);
            if more != 255 {
                break;
            }
        }
    }
    let distance = usize::from(control & 31) << 8 | usize::from(next(src, at)?);
    if distance < FAR {
        return Some((len, distance + 1));
    }
    let far = usize::from(next(src, at)?) << 8 | usize::from(next(src, at)?);
    Some((len, far + FAR + 1))
}

/// Copies 1 to 32 bytes from `src`.
#[inline]
fn literals(src: &[u8], at: usize, dst: &mut [u8], done: usize, len: usize) -> Option<()> {
    match (src.get(at..at + 2 * STEP), dst.get_mut(done..done + 2 * STEP)) {
        (Some(from), Some(to)) => to.copy_from_slice(from), // all 32 at once: no length to look at
        _ => dst.get_mut(done..done + len)?.copy_from_slice(src.get(at..at + len)?),
    }
    Some(())
}

/// Copies `len` bytes from `distance` bytes before `done` to `done`; both ranges are inside `dst` and may overlap.
#[inline]
fn copy_match(dst: &mut [u8], done: usize, len: usize, distance: usize) -> Option<()> {
    if distance >= STEP && done + len + STEP <= dst.len() {
        let window = dst.get_mut(done - distance..done + len + STEP)?;
        let mut copied = 0;
        while copied < len {
            let step: [u8; STEP] = *window.get(copied..)?.first_chunk()?;
            *window.get_mut(copied + distance..)?.first_chunk_mut()? = step;
            copied += STEP;
        }
        return Some(());
    }
    let window = dst.get_mut(done - distance..done + len)?;
    if distance == 1 {
        let byte = *window.first()?;
        window.fill(byte);
        return Some(());
    }
    let mut have = distance; // the pattern, which doubles with every copy
    while have < window.len() {
        let n = have.min(window.len() - have);
        let (from, to) = window.split_at_mut(have);
        to.get_mut(..n)?.copy_from_slice(from.get(..n)?);
        have += n;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::decompress;

    fn decoded(src: &[u8], n: usize) -> Option<Vec<u8>> {
        let mut dst = vec![0; n];
        decompress(src, &mut dst).map(|()| dst)
    }

    #[test]
    fn literals_runs_and_overlaps() {
        assert_eq!(decoded(b"\x02abc", 3), Some(b"abc".to_vec()));
        // "a", a run of 9 from distance 1, one literal.
        assert_eq!(decoded(b"\x00a\xe0\x00\x00\x00b", 11), Some(b"aaaaaaaaaab".to_vec()));
        // "abc", 4 bytes from distance 3, "!".
        assert_eq!(decoded(b"\x02abc\x40\x02\x00!", 8), Some(b"abcabca!".to_vec()));
        let long: Vec<u8> = b"abc".iter().copied().cycle().take(3 + 9 + 255 + 7).chain(*b"!").collect();
        assert_eq!(decoded(b"\x02abc\xe0\xff\x07\x02\x00!", long.len()), Some(long));
    }

    #[test]
    fn far_distances_have_sixteen_bits() {
        let mut src = Vec::new();
        let data: Vec<u8> = (0..9600u32).map(|i| (i * 7 + i / 256) as u8).collect();
        for piece in data.chunks(32) {
            src.push(31);
            src.extend(piece);
        }
        src.extend(b"\x3f\xff\x01\x00\x00!"); // 3 bytes from distance 256 + 8192
        let mut expected = data.clone();
        expected.extend(&data[9600 - 8448..][..3]);
        expected.push(b'!');
        assert_eq!(decoded(&src, expected.len()), Some(expected));
    }

    #[test]
    fn what_is_not_backed_is_refused() {
        for bad in [&b""[..], b"\x02ab", b"\x00a\xe0", b"\x00a\xe0\xff", b"\x00a\x20\x01\x00b", b"\x00a\x20\x00", b"\x00a\x3f\xff\x00"] {
            for n in 0..20 {
                assert_eq!(decoded(bad, n), None, "{bad:?} as {n} bytes");
            }
        }
        assert_eq!(decoded(b"\x02abc", 2), None);
        assert_eq!(decoded(b"\x02abc", 4), None);
    }
}
