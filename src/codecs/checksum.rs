//! What `crc32`, `crc32c`, `adler32`, `fletcher32` and `jenkins_lookup3` share: four bytes in front of the data or behind it.
#![forbid(unsafe_code)]

use serde_json::Value;

use crate::core::call::{Call, Pace};
use crate::core::codec::Info;
use crate::core::config::wrong_type;
use crate::core::{ArrayRef, Codec, Config, Error, Layout, Result, Sink};

/// Bytes of a checksum.
const SIZE: usize = 4;
/// Bytes summed up and copied at a time: whole words and vectors of every checksum.
const PIECE: usize = 12 << 14;

/// Where the checksum stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In front of the data.
    Start,
    /// Behind the data.
    End,
}

impl Location {
    /// Key `location`: `default` where missing or null, and printed only when given, as numcodecs does.
    pub fn from_config(config: &mut Config<'_>, default: Location) -> Result<Self> {
        let location = match config.raw("location") {
            None | Some(Value::Null) => return Ok(default),
            Some(Value::String(text)) if text == "start" => Location::Start,
            Some(Value::String(text)) if text == "end" => Location::End,
            Some(Value::String(_)) => return Err(Error::config("location", "\"location\" must be \"start\" or \"end\"")),
            Some(other) => return Err(wrong_type("location", "a string", other)),
        };
        config.print("location", if location == Location::Start { "start" } else { "end" });
        Ok(location)
    }

    /// Where the checksum and where the data starts, for `nbytes` of data.
    fn offsets(self, nbytes: usize) -> (usize, usize) {
        match self {
            Location::Start => (0, SIZE),
            Location::End => (nbytes, 0),
        }
    }
}

/// A checksum that grows with the data.
pub trait Sum {
    /// Appends `src`, [`PIECE`] bytes, and fewer at the end, and copies them to `dst`.
    fn copy(&mut self, src: &[u8], dst: &mut [u8]);
    /// The checksum of all that was appended.
    fn value(&self) -> u32;
}

/// A codec that keeps a checksum of the data beside it, little endian.
pub struct Checksum<F> {
    /// Where it stands.
    pub location: Location,
    /// The checksum of nothing, on the way to that of so many bytes.
    pub start: F,
}

impl<S: Sum, F: Fn(usize) -> S + Send + Sync> Checksum<F> {
    /// Copies, so that all is read from memory only once, and returns the checksum.
    fn copy(&self, src: &[u8], dst: &mut [u8], call: &Call<'_>) -> Result<u32> {
        let (mut sum, mut pace) = ((self.start)(src.len()), Pace::default());
        call.checkpoint(0, src.len() as u64)?;
        for (i, (from, to)) in src.chunks(PIECE).zip(dst.chunks_mut(PIECE)).enumerate() {
            pace.step(call, i * PIECE, src.len())?;
            sum.copy(from, to);
        }
        Ok(sum.value())
    }
}

impl<S: Sum, F: Fn(usize) -> S + Send + Sync> Codec for Checksum<F> {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (src, call) = (src.bytes()?, out.call());
        let total = src.len().saturating_add(SIZE);
        let dst = out.take(total)?;
        let (front, back) = dst.split_at_mut(if self.location == Location::Start { SIZE } else { src.len() });
        let (data, sum) = if self.location == Location::Start { (back, front) } else { (front, back) };
        sum.copy_from_slice(&self.copy(src, data, &call)?.to_le_bytes());
        Ok(Layout::bytes(total))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let (nbytes, call) = (payload(src)?, out.call());
        let (sum_at, data_at) = self.location.offsets(nbytes);
        let data = src.get(data_at..data_at + nbytes).unwrap_or_default();
        let stored = src.get(sum_at..).and_then(<[u8]>::first_chunk).copied().map_or(0, u32::from_le_bytes);
        let computed = self.copy(data, out.take(nbytes)?, &call)?;
        if stored != computed {
            return Err(Error::checksum(stored, computed, sum_at));
        }
        Ok(Layout::bytes(nbytes))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(src.nbytes() as u64 + SIZE as u64)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        Ok(Info::nbytes(payload(src)? as u64))
    }
}

/// Bytes of data in an encoded chunk.
fn payload(src: &[u8]) -> Result<usize> {
    src.len().checked_sub(SIZE).ok_or_else(|| Error::data(format!("{} bytes are too few for a checksum of {SIZE}", src.len())))
}

#[cfg(test)]
mod tests {
    use crate::core::call::{Call, Limits};
    use crate::core::{Kind, Sink};
    use crate::operation::{Source, decode, encode};
    use crate::registry::{Instance, from_json};

    fn run(codec: &Instance, src: &[u8], encoding: bool) -> Result<Vec<u8>, Kind> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        let layout = crate::core::Layout::bytes(src.len());
        let done = if encoding { encode(codec, &Source::Fixed(&layout, src), &mut out) } else { decode(codec, src, None, None, &mut out) };
        done.map_err(|e| e.kind()).map(|_| out.into_parts().0)
    }

    /// Footers and headers that numcodecs 0.17.1 gives for "hello" and for nothing.
    const KNOWN: [(&str, &[u8], &[u8]); 9] = [
        (r#"{"id":"crc32"}"#, b"\x86\xa6\x10\x36hello", &[0; 4]),
        (r#"{"id":"crc32","location":"end"}"#, b"hello\x86\xa6\x10\x36", &[0; 4]),
        (r#"{"id":"crc32c"}"#, b"hello\x4c\xbb\x71\x9a", &[0; 4]),
        (r#"{"id":"crc32c","location":"start"}"#, b"\x4c\xbb\x71\x9ahello", &[0; 4]),
        (r#"{"id":"adler32","location":"start"}"#, b"\x15\x02\x2c\x06hello", &[1, 0, 0, 0]),
        (r#"{"id":"adler32","location":"end"}"#, b"hello\x15\x02\x2c\x06", &[1, 0, 0, 0]),
        (r#"{"id":"fletcher32"}"#, b"hello\xd2\x43\x09\x81", &[0; 4]),
        (r#"{"id":"jenkins_lookup3","initval":0,"prefix":null}"#, b"hello\x6e\xbc\xcb\x34", b"\xef\xbe\xad\xde"),
        (r#"{"id":"jenkins_lookup3","initval":7,"prefix":null}"#, b"hello\xd9\x9a\x12\xb5", b"\xf6\xbe\xad\xde"),
    ];

    #[test]
    fn bytes_are_those_of_numcodecs() {
        for (config, hello, empty) in KNOWN {
            let codec = from_json(config, None).expect(config);
            assert_eq!(run(&codec, b"hello", true).as_deref(), Ok(hello), "{config}");
            assert_eq!(run(&codec, hello, false).as_deref(), Ok(&b"hello"[..]), "{config}");
            assert_eq!(run(&codec, b"", true).as_deref(), Ok(empty), "{config}");
            assert_eq!(run(&codec, empty, false).as_deref(), Ok(&b""[..]), "{config}");
        }
    }

    #[test]
    fn a_flipped_bit_is_a_checksum_error_and_a_stump_is_corrupt() {
        for (config, hello, _) in KNOWN {
            let codec = from_json(config, None).expect(config);
            for bit in 0..hello.len() * 8 {
                let mut flipped = hello.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(run(&codec, &flipped, false), Err(Kind::Checksum), "{config} bit {bit}");
            }
            assert_eq!(run(&codec, &hello[..3], false), Err(Kind::Data), "{config}");
        }
    }

    #[test]
    fn location_is_printed_only_when_given() {
        let printed = |json| from_json(json, None).map(|c| c.config().to_string()).ok();
        assert_eq!(printed(r#"{"id":"crc32"}"#).as_deref(), Some(r#"{"id":"crc32"}"#));
        assert_eq!(printed(r#"{"id":"crc32c","location":null}"#).as_deref(), Some(r#"{"id":"crc32c"}"#));
        let given = r#"{"id":"adler32","location":"start"}"#;
        assert_eq!(printed(given).as_deref(), Some(given));
        assert_eq!(printed(r#"{"id":"jenkins_lookup3"}"#).as_deref(), Some(r#"{"id":"jenkins_lookup3","initval":0,"prefix":null}"#));
    }

    #[test]
    fn bad_values_are_refused_by_key() {
        for (json, key) in [
            (r#"{"id":"crc32","location":"middle"}"#, "location"),
            (r#"{"id":"crc32c","location":1}"#, "location"),
            (r#"{"id":"fletcher32","location":"end"}"#, "location"),
            (r#"{"id":"jenkins_lookup3","initval":4294967296}"#, "initval"),
            (r#"{"id":"jenkins_lookup3","initval":-1}"#, "initval"),
            (r#"{"id":"jenkins_lookup3","prefix":"abc"}"#, "prefix"),
        ] {
            let error = from_json(json, None).err().expect(json);
            assert_eq!((error.kind(), error.details().path.as_str()), (Kind::Config, key), "{json}");
        }
    }
}
