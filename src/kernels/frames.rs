//! Items behind their 32-bit lengths, as the `vlen-*` codecs store them. Short items are moved as one word of 16 bytes where there is
//! room for it: what comes next overwrites the rest.

/// Bytes of a length.
pub const HEADER: usize = 4;
/// Bytes of a short item at the most.
const SHORT: usize = 16;
/// Of a short item and its length.
const FRAME: usize = HEADER + SHORT;

/// Writes the items that lie between `offsets` of `data` from byte `at` of `dst` on; returns the byte after them. Items are shorter
/// than 2^32 bytes, offsets rise inside `data`, and `dst` has room for all.
pub fn frame(data: &[u8], offsets: &[i64], dst: &mut [u8], mut at: usize) -> usize {
    for pair in offsets.windows(2) {
        let &[from, end] = pair else { break };
        let (from, n) = (from as usize, (end - from) as usize);
        let length = (n as u32).to_le_bytes();
        if n <= SHORT
            && let Some(item) = data.get(from..).and_then(<[u8]>::first_chunk::<SHORT>)
            && let Some(room) = dst.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<FRAME>)
        {
            let (head, body) = room.split_at_mut(HEADER);
            head.copy_from_slice(&length);
            body.copy_from_slice(item);
        } else {
            copy(&length, dst, at);
            copy(data.get(from..from + n).unwrap_or_default(), dst, at + HEADER);
        }
        at += HEADER + n;
    }
    at
}

fn copy(bytes: &[u8], dst: &mut [u8], at: usize) {
    if let Some(room) = dst.get_mut(at..at + bytes.len()) {
        room.copy_from_slice(bytes);
    }
}

/// How far [`unframe`] got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The next byte of the input.
    pub from: usize,
    /// The next byte of the output.
    pub to: usize,
}

/// Takes `count` items from `src`, puts them behind each other into `dst` and their ends, counted from `base`, into `ends`. `None`: an
/// item reaches beyond the input or the room.
pub fn unframe(src: &[u8], dst: &mut [u8], mut at: Place, count: usize, base: usize, ends: &mut Vec<i64>) -> Option<Place> {
    for _ in 0..count {
        let length = src.get(at.from..)?.first_chunk::<HEADER>()?;
        let n = u32::from_le_bytes(*length) as usize;
        let from = at.from + HEADER;
        if n <= SHORT
            && let Some(item) = src.get(from..).and_then(<[u8]>::first_chunk::<SHORT>)
            && let Some(room) = dst.get_mut(at.to..).and_then(<[u8]>::first_chunk_mut::<SHORT>)
        {
            *room = *item;
        } else {
            dst.get_mut(at.to..)?.get_mut(..n)?.copy_from_slice(src.get(from..from.checked_add(n)?)?);
        }
        at = Place { from: from + n, to: at.to + n };
        ends.push((base + at.to) as i64);
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_every_length_come_back_from_every_place() {
        let data: Vec<u8> = (0..4000u32).map(|i| ((i * i) >> 4) as u8).collect();
        for step in 1..60i64 {
            let offsets: Vec<i64> = (0..40).map(|i| 5 + (i * step * i) / 40).collect();
            let (first, last) = (offsets[0] as usize, offsets[39] as usize);
            for spare in [0, 7, 40] {
                let mut framed = vec![0; last - first + 39 * HEADER + spare];
                let end = frame(&data[..last + spare], &offsets, &mut framed, 0);
                assert_eq!(end + spare, framed.len());
                let (mut back, mut ends) = (vec![0; last - first], vec![first as i64]);
                let start = Place { from: 0, to: 0 };
                let done = unframe(&framed, &mut back, start, 39, first, &mut ends);
                assert_eq!(done, Some(Place { from: end, to: last - first }));
                assert_eq!((&back[..], ends), (&data[first..last], offsets.clone()));
                assert_eq!(unframe(&framed[..end - 1], &mut back, start, 39, 0, &mut Vec::new()), None, "cut off");
            }
        }
    }
}
