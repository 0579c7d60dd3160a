//! Our decoder beside libbz2: whole streams, damaged ones, and ones that no encoder writes.

use crc_fast::{CrcAlgorithm, Digest, checksum};

use super::super::compressor_tests::{encode, sample};
use crate::kernels::bunzip2::{Fault, Memory, Stream};
use crate::sys::bzip2;

/// More than the bytes of any stream here.
const ROOM: usize = 1 << 20;
const END_OF_STREAM: i32 = 4;

/// What ours writes before it ends, fails or fills the room, and where it stopped.
fn ours(src: &[u8], memory: &mut Memory) -> (Vec<u8>, Result<usize, Fault>) {
    let mut dst = Vec::new();
    let result = Stream::new(src, 0).and_then(|mut stream| {
        while let Some(mut block) = stream.next(memory)? {
            let mut sum = Digest::new(CrcAlgorithm::Crc32Bzip2);
            while !block.is_done() && dst.len() < ROOM {
                let mut piece = [0; 1000];
                let room = piece.len().min(ROOM - dst.len());
                let n = block.write(&mut piece[..room]);
                sum.update(&piece[..n]);
                dst.extend_from_slice(&piece[..n]);
            }
            if dst.len() == ROOM {
                return Err(Fault::Cut);
            }
            stream.check(&block, sum.finalize() as u32)?;
        }
        Ok(stream.at())
    });
    (dst, result)
}

/// Both write the same and end in the same place, or both fail. Only what stands in a block without an end is not compared.
fn same(src: &[u8], memory: &mut Memory) -> Result<usize, Fault> {
    let ((dst, result), (expected, code, used)) = (ours(src, memory), bzip2::decompress(src, ROOM));
    let what = format!("{result:?}, libbz2 has {code}: {:02x?}", &src[..src.len().min(400)]);
    assert_eq!(result.ok(), Some(used).filter(|_| code == END_OF_STREAM), "{what}");
    if result != Err(Fault::Corrupt("a block ends within a run")) {
        assert!(dst == expected, "{what}");
    }
    result
}

/// Runs, text, noise and steps.
fn shapes(n: usize) -> [Vec<u8>; 6] {
    let numbers = 0..n as u32;
    [
        vec![7; n],
        numbers.clone().map(|i| (i / 300) as u8).collect(),
        numbers.clone().map(|i| (i.wrapping_mul(i).wrapping_mul(2_654_435_761) >> 19) as u8).collect(),
        numbers.clone().flat_map(|i| (i as f32).sqrt().to_le_bytes()).take(n).collect(),
        numbers.map(|i| b"abracadabra "[i as usize * 7 % 12 * (i as usize % 5 / 4)]).collect(),
        sample(n),
    ]
}

#[test]
fn every_shape_size_and_level_comes_back() {
    let mut memory = Memory::default();
    for n in [0, 1, 3, 4, 5, 50, 255, 256, 259, 260, 4000, 150_000] {
        for (shape, data) in shapes(n).iter().enumerate() {
            for level in if n > 4000 { 1..=2 } else { 9..=9 } {
                let encoded = encode(&format!(r#"{{"id":"bz2","level":{level}}}"#), data);
                assert_eq!(same(&encoded, &mut memory), Ok(encoded.len()), "{n} {shape} {level}");
                assert!(ours(&encoded, &mut memory).0 == *data, "{n} {shape} {level}");
            }
        }
    }
}

#[test]
fn what_is_flipped_is_taken_or_refused_as_libbz2_does() {
    let (mut memory, mut faults) = (Memory::default(), Vec::new());
    for data in [shapes(300), shapes(1500)].iter().flatten() {
        let encoded = encode(r#"{"id":"bz2"}"#, data);
        let bits = (0..8 * encoded.len()).filter(|bit| *bit < 1000 || bit % 7 == 0);
        for bit in bits {
            let mut flipped = encoded.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            faults.extend(same(&flipped, &mut memory).err());
        }
    }
    let texts = faults.iter().filter_map(|fault| if let Fault::Corrupt(text) = fault { Some(*text) } else { None });
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    texts.dedup();
    assert!(texts.len() >= 9, "few ways to fail were seen: {texts:?}");
    assert!(faults.iter().any(|fault| matches!(fault, Fault::Sum { .. })) && faults.contains(&Fault::Cut));
}

#[test]
fn a_stump_is_cut_off_wherever_it_ends() {
    let mut memory = Memory::default();
    let data = [sample(500), vec![1; 3000]].concat();
    let encoded = encode(r#"{"id":"bz2"}"#, &data);
    for end in 0..encoded.len() {
        assert_eq!(same(&encoded[..end], &mut memory), Err(Fault::Cut), "{end}");
    }
}

#[test]
fn a_block_is_no_larger_than_its_level() {
    let mut encoded = encode(r#"{"id":"bz2","level":9}"#, &shapes(150_000)[2]);
    encoded[3] = b'2';
    assert_eq!(same(&encoded, &mut Memory::default()), Ok(encoded.len()));
    encoded[3] = b'1';
    assert_eq!(same(&encoded, &mut Memory::default()), Err(Fault::Corrupt("a block has more bytes than the level allows")));
}

/// The parts of a block of the one byte `a`, as bits.
struct Parts {
    randomised_and_origin: u32,
    alphabet: &'static str,
    tables: u32,
    selectors: String,
    count: u32,
    lengths: &'static str,
    symbols: &'static str,
}

/// Row 6 of 16, in it column 1; three codes of 2 bits.
fn parts() -> Parts {
    Parts {
        randomised_and_origin: 0,
        alphabet: "0000001000000000 0100000000000000",
        tables: 2,
        selectors: "0".into(),
        count: 1,
        lengths: "00010 0 0 0",
        symbols: "00 10",
    }
}

fn stream(parts: &Parts) -> Vec<u8> {
    let sum = checksum(CrcAlgorithm::Crc32Bzip2, b"a");
    let block = format!("{:048b}{sum:032b}{:025b}{}", 0x3141_5926_5359u64, parts.randomised_and_origin, parts.alphabet);
    let codes = format!("{:03b}{:015b}{}{}{}", parts.tables, parts.count, parts.selectors, parts.lengths, parts.lengths);
    let text = format!("{block}{codes}{}{:048b}{sum:032b}", parts.symbols, 0x1772_4538_5090u64);
    let bits: Vec<u8> = text.bytes().filter(|bit| *bit != b' ').map(|bit| bit - b'0').collect();
    let byte = |eight: &[u8]| (0..8).fold(0, |byte, at| byte << 1 | eight.get(at).unwrap_or(&0));
    b"BZh1".iter().copied().chain(bits.chunks(8).map(byte)).collect()
}

#[test]
fn streams_that_no_encoder_writes_are_taken_as_by_libbz2() {
    let mut memory = Memory::default();
    let taken = [
        parts(),
        Parts { lengths: "00001 0 100 110", symbols: "0 1", ..parts() }, // no code is left for the second symbol
        Parts { lengths: "00001 0 10 0 0", symbols: "0 11", ..parts() },
        Parts { lengths: "10100 0 0 0", symbols: "00000000000000000000 00000000000000000010", ..parts() },
        Parts { selectors: "0".repeat(32767), count: 32767, ..parts() },
        Parts { selectors: "10".into(), ..parts() },
        Parts { tables: 6, selectors: "111110".into(), lengths: "00010 0 0 0 00010 0 0 0 00010 0 0 0", ..parts() },
    ];
    for (number, parts) in taken.iter().enumerate() {
        let src = stream(parts);
        assert_eq!(same(&src, &mut memory), Ok(src.len()), "{number}");
        assert_eq!(ours(&src, &mut memory).0, b"a", "{number}");
    }
}

#[test]
fn each_refusal_has_its_words() {
    let mut memory = Memory::default();
    let selected = "a block selects a coding table that it does not have";
    let refused = [
        (Parts { randomised_and_origin: 1, ..parts() }, "the origin of a block lies outside it"),
        (Parts { symbols: "10", ..parts() }, "the origin of a block lies outside it"),
        (Parts { alphabet: "0000000000000000", ..parts() }, "a block has no bytes"),
        (Parts { tables: 1, ..parts() }, "a block has too few or too many coding tables"),
        (Parts { tables: 7, ..parts() }, "a block has too few or too many coding tables"),
        (Parts { count: 0, selectors: String::new(), ..parts() }, "a block has no selectors"),
        (Parts { selectors: "110".into(), ..parts() }, selected),
        (Parts { selectors: "1".repeat(9), ..parts() }, selected),
        (Parts { lengths: "00000 0 0 0", ..parts() }, "a code is shorter than 1 or longer than 20 bits"),
        (Parts { lengths: "10101 0 0 0", ..parts() }, "a code is shorter than 1 or longer than 20 bits"),
        (Parts { lengths: "00001 11 0 0 0", ..parts() }, "a code is shorter than 1 or longer than 20 bits"),
        (Parts { lengths: "10100 10 0 0 0", ..parts() }, "a code is shorter than 1 or longer than 20 bits"),
        (Parts { symbols: "00 11 10", ..parts() }, "bits of a block are no code"),
        (
            Parts { lengths: "00001 0 0 0", symbols: "01010101010101010101010101010101010101010101010101", ..parts() },
            "a block has more bytes than the level allows",
        ),
        (
            Parts { symbols: "00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 10", ..parts() },
            "a block has more bytes than the level allows",
        ),
    ];
    for (parts, text) in refused {
        assert_eq!(same(&stream(&parts), &mut memory), Err(Fault::Corrupt(text)), "{}", parts.symbols);
    }
}
