use super::run::Way;
use super::*;
use crate::codecs::testing::Random;
use crate::core::call::Limits;
use crate::core::sink::Fixed;
use crate::core::{Dtype, Layout};

impl Random {
    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

/// Smooth, noisy or wild bytes.
fn bytes(random: &mut Random, n: usize) -> Vec<u8> {
    let (kind, step) = (random.below(3), 1 + random.below(9));
    let byte = |i: usize| match kind {
        0 => ((i / 4 * step) >> (8 * (i % 4))) as u8,
        1 => (i * step / 8) as u8 ^ u8::from(random.below(60) == 0),
        _ => random.below(256) as u8,
    };
    (0..n).map(byte).collect()
}

const NUMBERS: [&str; 11] = ["<i2", ">i2", "<i4", "|u1", "<i8", ">u8", "<f4", ">f4", "<f8", "<c16", "|b1"];
const FLOATS: [&str; 4] = ["<f2", "<f4", ">f4", "<f8"];

/// A codec that mostly takes items of `dtype`, and the dtype of what it gives.
fn stage(random: &mut Random, dtype: &str) -> (String, String) {
    let dtype = if random.below(20) == 0 { random.of(&NUMBERS) } else { dtype };
    let (to, bytes) = (random.of(&NUMBERS), "|u1".to_owned());
    match random.below(12) {
        0 | 1 => (format!(r#"{{"id":"delta","dtype":"{dtype}","astype":"{to}"}}"#), to.into()),
        2 => (format!(r#"{{"id":"delta","dtype":"{dtype}"}}"#), dtype.into()),
        3 => (format!(r#"{{"id":"fixedscaleoffset","scale":10,"offset":3,"dtype":"{dtype}","astype":"{to}"}}"#), to.into()),
        4 => (format!(r#"{{"id":"astype","encode_dtype":"{to}","decode_dtype":"{dtype}"}}"#), to.into()),
        5 => {
            let (from, to) = (random.of(&FLOATS), random.of(&FLOATS));
            (format!(r#"{{"id":"quantize","digits":2,"dtype":"{from}","astype":"{to}"}}"#), to.into())
        }
        6 => (r#"{"id":"bitround","keepbits":5}"#.into(), dtype.replace('f', "i")),
        7 => (format!(r#"{{"id":"shuffle","elementsize":{}}}"#, 1 + random.below(9)), bytes),
        8 => (format!(r#"{{"id":"{}"}}"#, random.of(&["crc32", "crc32c", "adler32", "fletcher32", "jenkins_lookup3"])), bytes),
        9 => (format!(r#"{{"id":"{}"}}"#, random.of(&["zlib", "lz4", "zstd", "gzip"])), bytes),
        _ => {
            let (cname, level) = (random.of(&["lz4", "zstd", "zlib", "blosclz"]), random.below(7));
            let (shuffle, blocksize) = (random.below(3), [0, 0, 4096, 1000, 20_000][random.below(5)]);
            (format!(r#"{{"id":"blosc","cname":"{cname}","clevel":{level},"shuffle":{shuffle},"blocksize":{blocksize}}}"#), bytes)
        }
    }
}

type Outcome = std::result::Result<(Layout, Vec<u8>), String>;

struct Case {
    text: String,
    pipeline: Pipeline,
    layout: Layout,
    src: Vec<u8>,
}

fn case(seed: u64) -> Option<Case> {
    let mut random = Random(seed * 0x9e37_79b9 + 1);
    let mut dtype = random.of(&NUMBERS).to_owned();
    let most = [0, 40, 3000, 70_000, 200_000][random.below(5)];
    let itemsize = Dtype::parse(&dtype).expect("dtype").itemsize;
    let count = random.below(most + 1) / itemsize;
    let layout = Layout::flat(Dtype::parse(&dtype).expect("dtype"), count);
    let src = bytes(&mut random, count * itemsize);
    let (mut stages, mut texts) = (Vec::new(), Vec::new());
    for _ in 0..1 + random.below(6) {
        let (config, after) = stage(&mut random, &dtype);
        let codec = registry::from_json(&config, None).ok()?; // some dtypes make no sense
        stages.push(Stage { codec, chunk: None });
        texts.push(config);
        dtype = after;
    }
    Some(Case { text: format!("seed {seed}, {count} items: {}", texts.join(", ")), pipeline: Pipeline::new(stages), layout, src })
}

/// Everything that a caller sees of a run.
fn outcome(case: &Case, way: Way, fuse: bool, src: &ArrayRef<'_>, limits: &Limits, room: Option<usize>) -> Outcome {
    let call = Call::new(limits, None);
    let run = |out: &mut Sink<'_>| {
        (if fuse { case.pipeline.run(way, src, out) } else { case.pipeline.pass(way, false, src, out) })
            .map_err(|error| format!("{:?}", error.details()))
    };
    match room {
        None => {
            let mut out = Sink::owned(call);
            let layout = run(&mut out)?;
            Ok((layout, out.into_parts().0))
        }
        Some(room) => {
            let mut memory = vec![0; room];
            let mut fixed = Fixed(&mut memory);
            let mut out = Sink::caller(call, &mut fixed);
            let layout = run(&mut out)?;
            let len = out.len();
            drop(out);
            memory.truncate(len);
            Ok((layout, memory))
        }
    }
}

/// Runs the case both ways under `limits` and wants the same to come of it.
fn same(case: &Case, way: Way, src: &ArrayRef<'_>, limits: &Limits, room: Option<usize>) -> Option<(Layout, Vec<u8>)> {
    let fused = outcome(case, way, true, src, limits, room);
    let apart = outcome(case, way, false, src, limits, room);
    // Less memory is taken: what does not fit one after another may fit at once.
    let saved = fused.is_ok() && apart.as_ref().is_err_and(|error| error.contains("max_memory"));
    assert!(
        fused == apart || saved,
        "{way:?}, {limits:?}, room {room:?}, {}\n{:?}\n{:?}",
        case.text,
        fused.as_ref().err(),
        apart.as_ref().err()
    );
    fused.ok()
}

fn compare(seeds: std::ops::Range<u64>) {
    let mut fused = 0;
    for case in seeds.clone().filter_map(case) {
        let mut random = Random(case.src.len() as u64 + 77);
        let (src, limits) = (ArrayRef::fixed(&case.layout, &case.src).expect("array"), Limits::default());
        let call = Call::new(&limits, None);
        fused += u64::from([Way::Encode, Way::Decode].iter().any(|way| (0..6).any(|i| case.pipeline.together(*way, i, &call) > 1)));
        let mut strict = Limits::default();
        strict.strict = true;
        same(&case, Way::Encode, &src, &strict, None);
        let Some((_, encoded)) = same(&case, Way::Encode, &src, &limits, None) else { continue };
        let memory = Limits::new(Some(encoded.len() as u64), Some(random.below(400_000) as u64));
        same(&case, Way::Encode, &src, &memory, None);
        same(&case, Way::Encode, &src, &limits, Some(random.below(encoded.len() + 2)));
        let plain = Layout::bytes(encoded.len());
        let whole = ArrayRef::fixed(&plain, &encoded).expect("array");
        let Some((_, decoded)) = same(&case, Way::Decode, &whole, &limits, None) else { continue };
        same(&case, Way::Decode, &whole, &strict, None);
        same(&case, Way::Decode, &whole, &limits, Some(random.below(decoded.len() + 2)));
        same(
            &case,
            Way::Decode,
            &whole,
            &Limits::new(Some(random.below(decoded.len() + 2) as u64), Some(random.below(400_000) as u64)),
            None,
        );
        let mut broken = encoded.clone();
        for _ in 0..random.below(3) {
            if let Some(byte) = (!encoded.is_empty()).then(|| random.below(encoded.len())).and_then(|at| broken.get_mut(at)) {
                *byte ^= 1 << random.below(8);
            }
        }
        broken.truncate(encoded.len() - if random.below(3) == 0 { random.below(encoded.len() + 1) } else { 0 });
        let plain = Layout::bytes(broken.len());
        let bounded = Limits::new(Some(1 << 20), Some(1 << 24));
        same(&case, Way::Decode, &ArrayRef::fixed(&plain, &broken).expect("array"), &bounded, None);
    }
    assert!(fused * 4 > seeds.end - seeds.start, "{fused} pipelines worked at once");
}

#[test]
fn at_once_gives_what_one_after_another_does() {
    compare(0..400);
}

/// The same, at length.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_pipelines_give_the_same() {
    compare(0..100_000);
}

/// A damaged chunk that claims more than may go from one stage to the next, in front of filters that make little of it.
#[test]
fn what_lies_between_stages_is_bounded_as_if_it_were_held() {
    compare(63_851..63_852);
}
