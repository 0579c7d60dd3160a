//! What every byte compressor must hold, and what the tests of each share.

use crate::core::call::{Call, Limits};
use crate::core::sink::Fixed;
use crate::core::{Error, Kind, Layout, Result, Sink};
use crate::operation::{self, Source};
use crate::registry::{Instance, from_json};

const CONFIGS: &[&str] = &[
    r#"{"id":"bz2"}"#,
    r#"{"id":"gzip"}"#,
    r#"{"id":"lz4"}"#,
    r#"{"id":"lzma"}"#,
    r#"{"id":"lzma","format":2,"preset":0}"#,
    r#"{"id":"lzma","format":3,"filters":[{"id":3,"dist":2},{"id":33,"preset":1}]}"#,
    r#"{"id":"zlib"}"#,
    r#"{"id":"zlib","level":0}"#,
    r#"{"id":"zstd"}"#,
    r#"{"id":"zstd","level":-5,"checksum":true}"#,
];

/// A codec from its configuration.
pub fn build(json: &str) -> Instance {
    from_json(json, None).expect(json)
}

/// Encodes without limits.
pub fn encode(json: &str, src: &[u8]) -> Vec<u8> {
    encode_with(json, src, &Limits::default()).expect(json)
}

/// Encodes under `limits`.
pub fn encode_with(json: &str, src: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    encode_by(&build(json), src, Call::new(limits, None))
}

fn encode_by(codec: &Instance, src: &[u8], call: Call<'_>) -> Result<Vec<u8>> {
    let mut out = Sink::owned(call);
    operation::encode(codec, &Source::Fixed(&Layout::bytes(src.len()), src), &mut out)?;
    Ok(out.into_parts().0)
}

/// Decodes without limits.
pub fn decode(json: &str, src: &[u8]) -> Result<Vec<u8>> {
    decode_with(json, src, &Limits::default())
}

/// Decodes under `limits`.
pub fn decode_with(json: &str, src: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    decode_by(&build(json), src, Call::new(limits, None))
}

fn decode_by(codec: &Instance, src: &[u8], call: Call<'_>) -> Result<Vec<u8>> {
    let mut out = Sink::owned(call);
    operation::decode(codec, src, None, None, &mut out)?;
    Ok(out.into_parts().0)
}

/// Decodes in strict mode.
pub fn decode_strict(json: &str, src: &[u8]) -> Result<Vec<u8>> {
    let mut limits = Limits::new(None, None);
    limits.strict = true;
    decode_with(json, src, &limits)
}

/// Decodes into memory of exactly `room` bytes.
pub fn decode_into(json: &str, src: &[u8], room: usize) -> Result<Vec<u8>> {
    let mut memory = vec![0xee; room];
    let (mut fixed, limits) = (Fixed(&mut memory), Limits::default());
    let mut out = Sink::caller(Call::new(&limits, None), &mut fixed);
    let written = operation::decode_into(&build(json), src, None, None, &mut out)?;
    drop(out);
    memory.truncate(written);
    Ok(memory)
}

/// Kind of an error.
pub fn kind<T>(result: Result<T>) -> Option<Kind> {
    result.err().map(|e: Error| e.kind())
}

/// The JSON that a codec prints.
pub fn printed(json: &str) -> String {
    build(json).config().to_string()
}

/// The key that construction refuses.
pub fn refused(json: &str) -> Option<String> {
    from_json(json, None).err().filter(|e| e.kind() == Kind::Config).map(|e| e.details().path.clone())
}

/// Bytes that compress somewhat: a walk with a few jumps.
pub fn sample(nbytes: usize) -> Vec<u8> {
    let mut state = 1u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 30 == 0 { (state >> 16) as u8 } else { (state >> 29) as u8 }
    };
    (0..nbytes).map(step).collect()
}

#[test]
fn every_size_comes_back() {
    for json in CONFIGS {
        for nbytes in [0, 1, 2, 15, 255, 4096, 70_000, (1 << 20) + 5] {
            let data = sample(nbytes);
            let encoded = encode(json, &data);
            assert!(decode(json, &encoded).expect(json) == data, "{json} {nbytes}");
            assert!(decode_strict(json, &encoded).expect(json) == data, "{json} {nbytes}");
            let bound = build(json).encoded_bound(&Layout::bytes(nbytes));
            assert!(bound.is_none_or(|bound| encoded.len() as u64 <= bound), "{json} {nbytes}");
        }
    }
}

#[test]
fn memory_of_the_caller_is_filled_exactly_or_is_too_small() {
    for json in CONFIGS {
        let data = sample(5000);
        let encoded = encode(json, &data);
        assert_eq!(decode_into(json, &encoded, 5000).expect(json), data, "{json}");
        assert_eq!(decode_into(json, &encoded, 6000).expect(json), data, "{json}");
        assert_eq!(kind(decode_into(json, &encoded, 4999)), Some(Kind::Space), "{json}");
        let (mut memory, limits) = (vec![0; encoded.len()], Limits::default());
        let mut tight = |room: usize| {
            let mut fixed = Fixed(&mut memory[..room]);
            let mut out = Sink::caller(Call::new(&limits, None), &mut fixed);
            kind(operation::encode(&build(json), &Source::Fixed(&Layout::bytes(5000), &data), &mut out))
        };
        assert_eq!(tight(encoded.len()), None, "{json}");
        assert_eq!(tight(encoded.len() - 1), Some(Kind::Space), "{json}");
    }
}

#[test]
fn limits_are_kept_in_both_directions() {
    for json in CONFIGS {
        let data = sample(5000);
        let encoded = encode(json, &data);
        let output = |max: usize| Limits::new(Some(max as u64), None);
        assert_eq!(decode_with(json, &encoded, &output(5000)).expect(json), data, "{json}");
        assert_eq!(kind(decode_with(json, &encoded, &output(4999))), Some(Kind::Limit), "{json}");
        assert_eq!(encode_with(json, &data, &output(encoded.len())).expect(json), encoded, "{json}");
        assert_eq!(kind(encode_with(json, &data, &output(encoded.len() - 1))), Some(Kind::Limit), "{json}");
        let memory = Limits::new(None, Some(1000));
        assert_eq!(kind(decode_with(json, &encoded, &memory)), Some(Kind::Limit), "{json}");
        assert_eq!(kind(encode_with(json, &data, &memory)), Some(Kind::Limit), "{json}");
    }
}

#[test]
fn a_stump_is_an_error_and_a_flipped_bit_never_harms() {
    let limits = Limits::new(Some(1 << 20), Some(64 << 20));
    for json in CONFIGS {
        let encoded = encode(json, &sample(300));
        for end in 1..encoded.len() {
            let error = decode(json, &encoded[..end]).expect_err(json);
            assert_eq!(error.kind(), Kind::Data, "{json} cut to {end}: {error}");
            assert!(error.details().offset.is_some_and(|at| at <= end as u64), "{json} cut to {end}: {error}");
        }
        for bit in 0..encoded.len() * 8 {
            let mut flipped = encoded.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = decode_with(json, &flipped, &limits);
        }
    }
}

#[test]
fn a_callback_can_stop_the_work() {
    let (data, limits) = (sample((1 << 20) + 5), Limits::default());
    let go_on = |done: u64, _: u64| done == 0;
    let whole_chunks = |json: &str| json.contains("lz4") || json.contains("zstd");
    for json in CONFIGS.iter().filter(|json| !whole_chunks(json)) {
        let mut out = Sink::owned(Call::new(&limits, Some(&go_on)));
        let encoded = operation::encode(&build(json), &Source::Fixed(&Layout::bytes(data.len()), &data), &mut out);
        assert_eq!(kind(encoded), Some(Kind::Cancelled), "{json}");
    }
}

/// Streams of other levels, windows and forms.
const OTHERS: &[&str] = &[
    r#"{"id":"bz2","level":9}"#,
    r#"{"id":"gzip","level":9}"#,
    r#"{"id":"lzma","preset":0}"#,
    r#"{"id":"lzma","filters":[{"id":3,"dist":2},{"id":33,"preset":0,"dict_size":33554432}]}"#,
    r#"{"id":"lzma","format":2,"filters":[{"id":4611686018427387905,"preset":0,"dict_size":5000}]}"#,
    r#"{"id":"zlib","level":9}"#,
    r#"{"id":"zstd","level":19}"#,
];

#[test]
fn a_codec_in_use_works_as_a_new_one_whatever_came_before() {
    let (limits, tight, sizes) = (Limits::default(), Limits::new(Some(100), Some(3000)), [300, 70_000, 0, 5000, 70_001]);
    let (stop, plain) = (|_: u64, _: u64| false, Call::new(&limits, None));
    let foreign: Vec<_> = OTHERS.iter().map(|json| encode(json, &sample(2000))).collect();
    for json in CONFIGS {
        let codec = build(json);
        for data in sizes.map(sample) {
            let encoded = encode(json, &data);
            assert!(encode_by(&codec, &data, plain).expect(json) == encoded, "{json} {}", data.len());
            assert!(decode_by(&codec, &encoded, plain).expect(json) == data, "{json} {}", data.len());
            assert!(decode_by(&codec, &encoded[..encoded.len() - 1], plain).is_err(), "{json} {}", data.len());
            for call in [Call::new(&tight, None), Call::new(&limits, Some(&stop))] {
                let _ = (encode_by(&codec, &data, call), decode_by(&codec, &encoded, call));
            }
            for stream in &foreign {
                assert_eq!(decode_by(&codec, stream, plain).ok(), decode(json, stream).ok(), "{json}");
            }
        }
    }
}
