use super::settings::{Compressor, Settings};
use super::*;
use crate::codecs::testing::{Random, build, encode_fixed};
use crate::core::Kind;
use crate::core::call::{Call, Limits};
use crate::core::sink::Fixed;
use crate::sys::blosc::{self as c_blosc, Shuffle};

fn run(limits: &Limits, work: impl FnOnce(&mut Sink<'_>) -> Result<Layout>) -> Result<Vec<u8>> {
    let mut out = Sink::owned(Call::new(limits, None));
    work(&mut out)?;
    Ok(out.into_parts().0)
}

fn decode_under(limits: &Limits, src: &[u8]) -> Result<Vec<u8>> {
    run(limits, |out| Decoder::default().decode(src, out).map(Layout::bytes))
}

fn decode(src: &[u8]) -> Result<Vec<u8>> {
    decode_under(&Limits::default(), src)
}

fn range(nthreads: usize, src: &[u8], start: usize, nbytes: usize) -> Result<Vec<u8>> {
    run(&threads(nthreads), |out| Decoder::default().decode_range(src, start, nbytes, out).map(|()| Layout::bytes(nbytes)))
}

fn encode(config: &str, src: &[u8]) -> Vec<u8> {
    encode_fixed(config, "|u1", &[src.len()], src).expect(config)
}

fn threads(nthreads: usize) -> Limits {
    let mut limits = Limits::default();
    limits.nthreads = nthreads;
    limits
}

impl Random {
    /// Data with some structure, so that every compressor finds something and not everything.
    fn data(&mut self, n: usize) -> Vec<u8> {
        let (kind, step, period) = (self.below(5), self.below(9), 1 + self.below(300));
        let byte = |i: usize| match kind {
            0 => self.below(256),
            1 => i / period,
            2 => (i * step / 8) ^ usize::from(self.below(60) == 0),
            3 => (i % period) * 7,
            _ => (i / 4 * step) >> (8 * (i % 4)),
        };
        (0..n).map(byte).map(|value| value as u8).collect()
    }

    fn settings(&mut self) -> Settings {
        let compressor = Compressor::ALL[self.below(6)];
        let typesize = [1 + self.below(64), 1 << self.below(5), 250 + self.below(20)][self.below(3)];
        let blocksize = [0, 0, self.below(5000), self.below(100_000)][self.below(4)];
        let (clevel, shuffle) = (self.below(10) as u8, [Shuffle::None, Shuffle::Byte, Shuffle::Bit][self.below(3)]);
        Settings { compressor, clevel, shuffle, typesize, blocksize: blocksize as i32 }
    }
}

fn config(of: &Settings) -> String {
    let Settings { compressor, clevel, shuffle, typesize, blocksize } = *of;
    let (cname, shuffle) = (compressor.name(), shuffle as i32);
    format!(r#"{{"id":"blosc","cname":"{cname}","clevel":{clevel},"shuffle":{shuffle},"blocksize":{blocksize},"typesize":{typesize}}}"#)
}

fn by_c_blosc(of: &Settings, src: &[u8]) -> Option<Vec<u8>> {
    let cname = std::ffi::CString::new(of.compressor.name()).ok()?;
    let Settings { clevel, shuffle, typesize, blocksize, .. } = *of;
    c_blosc::compress(&c_blosc::Asked { cname: &cname, clevel, shuffle, typesize, blocksize }, src)
}

/// Encodes random data with random settings: the bytes are those of c-blosc; our decoder, whole and in part, and that of c-blosc give
/// the data back. Snappy's bytes, and zlib's behind a shuffle, are those of other implementations; the snappy that c-blosc's crate brings
/// takes every machine for a little-endian one, and aborts on others.
fn compare(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut random = Random(seed * 0x9e37_79b9 + 1);
        let settings = random.settings();
        if cfg!(target_endian = "big") && settings.compressor == Compressor::Snappy {
            continue;
        }
        let config = config(&settings);
        let most = [200, 3000, 40_000, 300 << 10][random.below(4)];
        let n = random.below(most);
        let src = random.data(n);
        let chunk = encode(&config, &src);
        let context = format!("seed {seed}: {n} bytes, {config}");
        let theirs = by_c_blosc(&settings, &src).expect(&context);
        let other = match settings.compressor {
            Compressor::Snappy => true,
            Compressor::Zlib => settings.shuffle != Shuffle::None,
            _ => false,
        };
        assert!(chunk == theirs || other, "{context}");
        assert!(decode(&chunk).expect(&context) == src && decode(&theirs).expect(&context) == src, "{context}");
        assert!(n == 0 || c_blosc::decompress(&chunk, n).as_ref() == Some(&src), "c-blosc, {context}");
        let start = random.below(n + 1);
        let count = random.below(n + 1 - start);
        let part = range(1 + random.below(3), &chunk, start, count).expect(&context);
        assert!(part == src[start..start + count], "{count} from {start}, {context}");
    }
}

#[test]
fn chunks_are_those_of_c_blosc() {
    compare(0..3000);
}

/// The same, at length.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_chunks_are_those_of_c_blosc() {
    compare(0..100_000);
}

/// Chunks of every format, split (600) and not, filtered and not, of one block and of several; small, for tests byte by byte.
fn samples() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut samples = Vec::new();
    for (i, compressor) in Compressor::ALL.into_iter().enumerate() {
        for (shuffle, typesize, blocksize) in [(0, 1, 600), (1, 4, 600), (1, 4, 500), (2, 4, 500), (2, 300, 600)] {
            let mut random = Random(i as u64 + 1);
            let src: Vec<u8> = (0..1500u32).flat_map(|v| (v / 9 * 3 + u32::from(random.below(20) == 0)).to_le_bytes()).take(1403).collect();
            let cname = compressor.name();
            let config = format!(
                r#"{{"id":"blosc","cname":"{cname}","clevel":5,"shuffle":{shuffle},"blocksize":{blocksize},"typesize":{typesize}}}"#
            );
            let chunk = encode(&config, &src);
            if Header::parse(&chunk).unwrap().is_stored() {
                assert_eq!(compressor, Compressor::Snappy, "{config}"); // which makes nothing of some of this data
                continue;
            }
            samples.push((chunk, src));
        }
    }
    samples
}

#[test]
fn every_truncation_is_an_error() {
    for (chunk, _) in samples() {
        for n in 0..chunk.len() {
            assert_eq!(decode(&chunk[..n]).map_err(|e| e.kind()), Err(Kind::Data), "{n} of {}", chunk.len());
        }
    }
}

#[test]
fn flipped_bits_give_bytes_or_an_error() {
    let limits = Limits::new(Some(1 << 20), Some(1 << 24));
    for (chunk, src) in samples() {
        for bit in 0..chunk.len() * 8 {
            let mut flipped = chunk.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(bytes) = decode_under(&limits, &flipped) {
                let header = Header::parse(&flipped).unwrap();
                assert_eq!(bytes.len(), header.nbytes);
                assert!(bit / 8 >= 16 || bit / 8 < 4 || bytes.len() <= src.len() + 1200, "bit {bit}");
            }
        }
    }
}

#[test]
fn bytes_are_those_of_numcodecs() {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let f8 = |config| hex(&encode_fixed(config, "<f8", &[0], &[]).unwrap());
    assert_eq!(f8(r#"{"id":"blosc"}"#), "02013308000000000100000010000000");
    assert_eq!(f8(r#"{"id":"blosc","cname":"zstd","clevel":0,"shuffle":2}"#), "02019608000000000100000010000000");
    assert_eq!(f8(r#"{"id":"blosc","cname":"blosclz","shuffle":0,"typesize":300}"#), "02011201000000000100000010000000");
    assert_eq!(hex(&encode(r#"{"id":"blosc","clevel":0}"#, b"hello")), "0201330105000000050000001500000068656c6c6f");
    let text = "02012101c8000000c800000023000000140000000b0000001f610100af506161616161";
    assert_eq!(hex(&encode(r#"{"id":"blosc"}"#, &[b'a'; 200])), text);
}

#[test]
fn the_item_size_is_that_of_the_array_unless_configured() {
    let typesize = |config, dtype, n| encode_fixed(config, dtype, &[1], &vec![0; n]).map(|chunk| (chunk[2] & 7, chunk[3])).unwrap();
    assert_eq!(typesize(r#"{"id":"blosc"}"#, "<f8", 8), (3, 8));
    assert_eq!(typesize(r#"{"id":"blosc"}"#, "<U5", 20), (3, 20));
    assert_eq!(typesize(r#"{"id":"blosc","shuffle":-1}"#, "|V300", 300), (1, 1));
    assert_eq!(typesize(r#"{"id":"blosc","shuffle":-1}"#, "|u1", 1), (6, 1));
    assert_eq!(typesize(r#"{"id":"blosc","typesize":4}"#, "<f8", 8), (3, 4));
    assert_eq!(typesize(r#"{"id":"blosc","typesize":true,"shuffle":-1}"#, "<f8", 8), (6, 1));
    assert_eq!(typesize(r#"{"id":"blosc","typesize":"4"}"#, "<f8", 8), (3, 8));
}

#[test]
fn empty_input_comes_back() {
    for compressor in Compressor::ALL {
        let chunk = encode(&format!(r#"{{"id":"blosc","cname":"{}"}}"#, compressor.name()), b"");
        assert_eq!((chunk.len(), decode(&chunk).ok()), (16, Some(Vec::new())));
    }
}

#[test]
fn values_are_checked_at_construction_and_printed_as_given() {
    for (value, key) in [
        (r#""cname":"LZ4""#, "cname"),
        (r#""cname":null"#, "cname"),
        (r#""clevel":10"#, "clevel"),
        (r#""clevel":"5""#, "clevel"),
        (r#""shuffle":3"#, "shuffle"),
        (r#""blocksize":2147483648"#, "blocksize"),
        (r#""typesize":0"#, "typesize"),
        (r#""typesize":false"#, "typesize"),
        (r#""typesize":1e999999999999"#, ""),
        (r#""typesize":99999999999999999999"#, "typesize"),
    ] {
        let error = build(&format!(r#"{{"id":"blosc",{value}}}"#)).err();
        assert_eq!(
            error.map(|e| (e.kind(), e.details().path.clone())),
            (!key.is_empty()).then(|| (Kind::Config, key.to_owned())),
            "{value}"
        );
    }
    let codec = crate::registry::from_json(r#"{"typesize":8,"blocksize":-5,"clevel":9.9,"id":"blosc"}"#, None).unwrap();
    let printed = codec.config().to_string();
    assert_eq!(printed, r#"{"id":"blosc","cname":"lz4","clevel":9.9,"shuffle":1,"blocksize":-5}"#);
}

#[test]
fn bytes_do_not_depend_on_the_room() {
    let src = Random(5).data(5000);
    let config = r#"{"id":"blosc","cname":"zlib","clevel":9}"#;
    let (codec, chunk, layout) = (build(config).unwrap(), encode(config, &src), Layout::bytes(src.len()));
    let array = ArrayRef::fixed(&layout, &src).unwrap();
    let limits = Limits::new(Some(chunk.len() as u64), None);
    assert_eq!(run(&limits, |out| codec.encode(&array, out)).ok().as_ref(), Some(&chunk));
    for (room, needed) in [(chunk.len(), None), (chunk.len() - 1, Some(chunk.len() as u64))] {
        let mut memory = vec![0; room];
        let mut fixed = Fixed(&mut memory);
        let limits = Limits::default();
        let mut out = Sink::caller(Call::new(&limits, None), &mut fixed);
        assert_eq!(codec.encode(&array, &mut out).err().and_then(|e| e.details().needed), needed);
        drop(out);
        assert!(needed.is_some() || memory == chunk);
    }
}

/// A chunk of 40 blocks.
fn blocks(config: &str) -> (Vec<u8>, Vec<u8>) {
    let src: Vec<u8> = (0..655_360u32).map(|i| (i / 50) as u8).collect();
    let chunk = encode(config, &src);
    assert_eq!(Header::parse(&chunk).unwrap().nblocks(), 40);
    (chunk, src)
}

#[test]
fn threads_change_neither_the_bytes_nor_the_error() {
    let (chunk, src) = blocks(r#"{"id":"blosc","cname":"zstd","blocksize":16384,"typesize":4}"#);
    let start = |block: usize| u32::from_le_bytes(chunk[16 + 4 * block..][..4].try_into().unwrap()) as usize;
    for nthreads in [1, 2, 3, 8] {
        assert!(range(nthreads, &chunk, 0, src.len()).unwrap() == src);
        let mut broken = chunk.clone();
        for block in [35, 17, 23] {
            broken[start(block) + 4] ^= 0xff; // the magic number of a zstd frame
        }
        let error = range(nthreads, &broken, 0, src.len()).expect_err("three bad blocks");
        assert_eq!(error.details().offset, Some(start(17) as u64 + 4), "{nthreads} threads");
    }
}

#[test]
fn a_part_is_decoded_without_the_other_blocks() {
    let (chunk, src) = blocks(r#"{"id":"blosc","cname":"zstd","blocksize":16384,"typesize":4}"#);
    let mut holes = vec![0xff; chunk.len()];
    let start = |block: usize| u32::from_le_bytes(chunk[16 + 4 * block..][..4].try_into().unwrap()) as usize;
    holes[..16].copy_from_slice(&chunk[..16]);
    for block in [7, 8] {
        let size = 4 + u32::from_le_bytes(chunk[start(block)..][..4].try_into().unwrap()) as usize;
        holes[16 + 4 * block..][..4].copy_from_slice(&chunk[16 + 4 * block..][..4]);
        holes[start(block)..][..size].copy_from_slice(&chunk[start(block)..][..size]);
    }
    for (from, to) in [(7 * 16384, 9 * 16384), (7 * 16384 + 5, 8 * 16384 + 7), (8 * 16384, 8 * 16384 + 1)] {
        assert!(range(2, &holes, from, to - from).unwrap() == src[from..to]);
    }
    assert!(range(1, &holes, 7 * 16384 - 1, 2).is_err());
    let items = run(&Limits::default(), |out| decode_items(&holes, 7 * 4096 + 1, 100, out)).unwrap();
    assert!(items == src[7 * 16384 + 4..][..400]);
    for (from, n) in [(0, src.len() + 1), (src.len(), 1), (usize::MAX, 2)] {
        assert_eq!(range(1, &chunk, from, n).map_err(|e| e.kind()), Err(Kind::Shape));
    }
}

#[test]
fn what_follows_the_chunk_is_ignored_or_refused_in_strict_mode() {
    let (mut chunk, src) = samples().remove(0);
    let end = chunk.len();
    chunk.extend(b"junk");
    assert_eq!(decode(&chunk).ok(), Some(src));
    let mut strict = Limits::default();
    strict.strict = true;
    assert_eq!(decode_under(&strict, &chunk).map_err(|e| (e.kind(), e.details().offset)), Err((Kind::Data, Some(end as u64))));
}

#[test]
fn a_claim_that_nothing_backs_takes_no_memory() {
    let limits = Limits::new(None, Some(1 << 20));
    for format in [0, 1, 3, 4] {
        // One block of 2 GiB - 1 from a stream of four bytes.
        let mut chunk = vec![2, 1, 0x10 | format << 5, 1, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f, 28, 0, 0, 0];
        chunk.extend([20, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]);
        assert_eq!(decode_under(&limits, &chunk).map_err(|e| e.kind()), Err(Kind::Data));
    }
}

#[test]
fn where_both_shuffles_are_named_the_first_that_applies_is_undone() {
    let src: Vec<u8> = (0..1000u32).map(|i| (i / 7) as u8).collect();
    let mut chunk = encode(r#"{"id":"blosc","shuffle":2,"typesize":1}"#, &src);
    chunk[2] |= 1;
    assert_eq!(decode(&chunk).ok().as_ref(), Some(&src));
    assert_eq!(c_blosc::decompress(&chunk, src.len()), Some(src));
}

#[test]
fn reads_snappy_which_older_releases_wrote() {
    let data: Vec<u8> = (0..300u32).map(|i| (i / 50) as u8).collect();
    let block = snap::raw::Encoder::new().compress_vec(&data).expect("compresses");
    let ints = [300, 300, (16 + 4 + 4 + block.len()) as u32, 20, block.len() as u32];
    let mut chunk = vec![2, 1, 0x10 | 2 << 5, 1];
    chunk.extend(ints.iter().flat_map(|n| n.to_le_bytes()));
    chunk.extend(&block);
    assert_eq!(decode(&chunk).ok(), Some(data));
    for n in 0..chunk.len() {
        assert!(decode(&chunk[..n]).is_err(), "{n} bytes");
    }
}

#[test]
fn an_unknown_format_is_an_error() {
    let (mut chunk, _) = samples().remove(0);
    chunk[2] = chunk[2] & 0x1f | 5 << 5;
    assert_eq!(decode(&chunk).map_err(|e| e.kind()), Err(Kind::Data));
}
