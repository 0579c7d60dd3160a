//! `lzma`: .xz, .lzma or raw LZMA with any filter chain. Any run of streams of the format is read; other bytes behind it are refused.
#![forbid(unsafe_code)]

use serde_json::{Map, Value};

use crate::core::call::{Call, Charge};
use crate::core::config::{as_integer, wrong_type};
use crate::core::pool::Pool;
use crate::core::stream::{self, Step, Stream};
use crate::core::{ArrayRef, Codec, CodecDef, Config, Error, Layout, Result, Sink};
use crate::sys::lzma::{self, Coder, Filter, Memory, Options};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "lzma", make };

/// Memory for decoding where the caller sets no limit, four times that of preset 9: a stream can name a dictionary of 4 GiB.
const BELIEVED_MEMORY: u64 = 256 << 20;
/// What a decoder takes beside the filters.
const CONTAINER_MEMORY: u64 = 1 << 20;

const DEFAULT_PRESET: u32 = 6;
/// Ids of integrity checks: none, CRC32, CRC64, SHA-256.
const CHECKS: [i64; 4] = [0, 1, 4, 10];
const CRC64: u32 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// .xz or .lzma; only for decoding.
    Auto,
    Xz,
    Alone,
    Raw,
}

struct Lzma {
    format: Format,
    check: u32,
    /// Those of the configuration, or what the preset stands for.
    filters: Vec<Filter>,
    memory: Pool<Memory>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let format = match config.integer("format", 1, 0..=3)? {
        0 => Format::Auto,
        1 => Format::Xz,
        2 => Format::Alone,
        _ => Format::Raw,
    };
    let check = read_check(config, format)?;
    let preset = config.optional_integer("preset", 0..=i64::from(u32::MAX))?;
    let filters = match (config.value("filters", Value::Null), preset) {
        (Value::Null, _) if format == Format::Raw => return Err(Error::config("filters", "raw LZMA needs \"filters\"")),
        (Value::Null, preset) => vec![preset_filter(preset, format)?],
        (_, Some(_)) => return Err(Error::config("filters", "\"preset\" and \"filters\" exclude each other")),
        (Value::Array(filters), None) => read_filters(&filters, format)?,
        (other, None) => return Err(wrong_type("filters", "a list or null", &other)),
    };
    Ok(Box::new(Lzma { format, check, filters, memory: Pool::default() }))
}

fn read_check(config: &mut Config<'_>, format: Format) -> Result<u32> {
    let check = config.integer("check", -1, -1..=10)?;
    if check == -1 {
        return Ok(CRC64);
    }
    if !CHECKS.contains(&check) {
        return Err(Error::config("check", format!("there is no integrity check {check}: -1, 0, 1, 4 and 10 are known")));
    }
    if check != 0 && matches!(format, Format::Alone | Format::Raw) {
        return Err(Error::config("check", "only .xz (\"format\" 1) has integrity checks"));
    }
    Ok(check as u32)
}

fn preset_filter(preset: Option<i64>, format: Format) -> Result<Filter> {
    let preset = preset.map_or(DEFAULT_PRESET, |preset| preset as u32);
    let id = if format == Format::Alone { lzma::LZMA1 } else { lzma::LZMA2 };
    Options::preset(preset).map(|options| Filter::Lzma(id, options)).ok_or_else(|| no_preset("preset", preset))
}

fn no_preset(path: &str, preset: u32) -> Error {
    Error::config(path, format!("there is no preset {preset}: 0 to 9 and the same plus 2147483648 are known"))
}

fn read_filters(specs: &[Value], format: Format) -> Result<Vec<Filter>> {
    if specs.len() > lzma::MAX_FILTERS {
        return Err(Error::config("filters", format!("{} filters are given, a chain has {} at the most", specs.len(), lzma::MAX_FILTERS)));
    }
    let read = |(i, spec): (usize, &Value)| read_filter(spec).map_err(|e| e.under(&format!("filters[{i}]")));
    let filters: Vec<Filter> = specs.iter().enumerate().map(read).collect::<Result<_>>()?;
    let lzma1 = filters.iter().filter(|filter| matches!(filter, Filter::Lzma(lzma::LZMA1, _))).count();
    let fits = match format {
        Format::Alone => lzma1 == 1 && filters.len() == 1,
        Format::Xz => lzma1 == 0,
        Format::Auto | Format::Raw => true,
    };
    if !fits || lzma::encoder_memory(&filters).is_none() {
        return Err(Error::config("filters", "liblzma refuses this chain of filters for this format, or an option in it"));
    }
    Ok(filters)
}

fn read_filter(spec: &Value) -> Result<Filter> {
    let Value::Object(keys) = spec else {
        return Err(wrong_type("", "an object", spec));
    };
    let id = keys.get("id").ok_or_else(|| Error::config(".id", "a filter needs an \"id\""))?;
    let number = as_integer(id).ok_or_else(|| wrong_type(".id", "an integer", id))?;
    match u64::try_from(number).unwrap_or_default() {
        id @ (lzma::LZMA1 | lzma::LZMA2) => read_options(keys).map(|options| Filter::Lzma(id, options)),
        lzma::DELTA => {
            let mut distance = 1;
            read_keys(keys, &mut [("dist", &mut distance)])?;
            Ok(Filter::Delta(distance))
        }
        id if lzma::BRANCH.contains(&id) => {
            let mut start_offset = 0;
            read_keys(keys, &mut [("start_offset", &mut start_offset)])?;
            Ok(Filter::Branch(id, start_offset))
        }
        _ => Err(Error::config(".id", format!("there is no filter {number}"))),
    }
}

fn read_options(keys: &Map<String, Value>) -> Result<Options> {
    let mut preset = DEFAULT_PRESET;
    if let Some(value) = keys.get("preset") {
        preset = unsigned("preset", value)?;
    }
    let mut options = Options::preset(preset).ok_or_else(|| no_preset(".preset", preset))?;
    let Options { dict_size, lc, lp, pb, mode, nice_len, mf, depth } = &mut options;
    let known = &mut [
        ("preset", &mut preset),
        ("dict_size", dict_size),
        ("lc", lc),
        ("lp", lp),
        ("pb", pb),
        ("mode", mode),
        ("nice_len", nice_len),
        ("mf", mf),
        ("depth", depth),
    ];
    read_keys(keys, known)?;
    Ok(options)
}

/// Reads the numbers of a filter over their defaults; refuses keys that it does not have.
fn read_keys(keys: &Map<String, Value>, known: &mut [(&str, &mut u32)]) -> Result<()> {
    for (key, value) in keys.iter().filter(|(key, _)| *key != "id") {
        match known.iter_mut().find(|(name, _)| name == key) {
            Some((name, number)) => **number = unsigned(name, value)?,
            None => return Err(Error::config(format!(".{key}"), format!("the filter has no key \"{}\"", key.escape_default()))),
        }
    }
    Ok(())
}

fn unsigned(key: &str, value: &Value) -> Result<u32> {
    let number = as_integer(value).and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| Error::config(format!(".{key}"), format!("\"{key}\" must be an integer from 0 to {}", u32::MAX)))
}

/// A decoder whose memory, which it takes once it has read a header, is counted.
struct Counted<'a, 'm> {
    coder: Coder<'m>,
    call: Call<'a>,
    nbytes: u64,
    charge: Option<Charge<'a>>,
}

impl Stream for Counted<'_, '_> {
    fn step(&mut self, src: &[u8], dst: &mut [u8], last: bool) -> Result<Step> {
        let step = self.coder.step(src, dst, last)?;
        let nbytes = self.coder.nbytes();
        if nbytes > self.nbytes {
            self.charge = None;
            self.charge = Some(self.call.charge(saturated(nbytes))?);
            self.nbytes = nbytes;
        }
        Ok(step)
    }
}

/// A number of bytes, as far as this machine can count them.
fn saturated(nbytes: u64) -> usize {
    usize::try_from(nbytes).unwrap_or(usize::MAX)
}

impl Lzma {
    fn encoder<'m>(&self, memory: &'m mut Memory) -> Result<Coder<'m>> {
        match (self.format, self.filters.as_slice()) {
            (Format::Auto, _) => Err(Error::config("format", "\"format\" 0 (either of two) is only for decoding")),
            (Format::Xz, filters) => Coder::xz_encoder(filters, self.check, memory),
            (Format::Alone, [Filter::Lzma(_, options)]) => Coder::alone_encoder(*options, memory),
            (_, filters) => Coder::raw_encoder(filters, memory),
        }
    }

    /// Most memory for a stream. One with the filters of the configuration can always be read, unless the caller says otherwise.
    fn most_memory(&self, call: &Call<'_>) -> u64 {
        let own = || lzma::decoder_memory(&self.filters).unwrap_or_default() + CONTAINER_MEMORY;
        call.limits().max_memory.map_or_else(|| BELIEVED_MEMORY.max(own()), |_| call.memory_left())
    }

    /// A decoder for one stream. Only raw streams need the filters: the others name theirs.
    fn decoder<'a, 'm>(&self, call: Call<'a>, memory: &'m mut Memory) -> Result<Counted<'a, 'm>> {
        let limit = self.most_memory(&call);
        let (mut nbytes, mut charge) = (0, None);
        let coder = match self.format {
            Format::Auto => Coder::auto_decoder(limit, memory),
            Format::Xz => Coder::xz_decoder(limit, memory),
            Format::Alone => Coder::alone_decoder(limit, memory),
            Format::Raw => {
                nbytes = lzma::decoder_memory(&self.filters).unwrap_or_default();
                charge = Some(call.charge(saturated(nbytes))?);
                Coder::raw_decoder(&self.filters, memory)
            }
        }?;
        Ok(Counted { coder, call, nbytes, charge })
    }
}

impl Codec for Lzma {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let _charge = out.call().charge(saturated(lzma::encoder_memory(&self.filters).unwrap_or_default()))?;
        out.prepare(src.len() / 2 + 256);
        let mut memory = self.memory.get(Memory::new)?;
        stream::run(&mut self.encoder(&mut memory)?, src, out)?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        out.prepare(src.len().saturating_mul(4));
        let mut memory = self.memory.get(Memory::new)?;
        let mut at = stream::run_from(&mut self.decoder(out.call(), &mut memory)?, src, 0, out)?;
        while at < src.len() {
            at = stream::run_from(&mut self.decoder(out.call(), &mut memory)?, src, at, out)?;
        }
        Ok(Layout::bytes(out.len()))
    }

    /// LZMA2 stores what does not shrink, in pieces of 10 KiB or more with 6 bytes before each; headers and index take the rest.
    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        let nbytes = src.nbytes() as u64;
        let lzma2 = matches!(self.filters.last(), Some(Filter::Lzma(lzma::LZMA2, _)));
        lzma2.then(|| nbytes + nbytes / 1024 + 256)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compressor_tests::{decode, decode_with, encode, encode_with, kind, printed, refused, sample};
    use crate::core::Kind;
    use crate::core::call::Limits;

    const XZ: &str = r#"{"id":"lzma"}"#;
    const ALONE: &str = r#"{"id":"lzma","format":2}"#;
    const RAW: &str = r#"{"id":"lzma","format":3,"filters":[{"id":33,"preset":6}]}"#;
    const AUTO: &str = r#"{"id":"lzma","format":0}"#;
    const ALONE_HELLO: &[u8] = b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x34\x19\x49\xee\x8e\x68\x21\xff\xff\xff\xb9\xe0\0\0";

    #[test]
    fn bytes_are_those_of_numcodecs() {
        let xz = encode(XZ, b"hello");
        assert_eq!(xz[..12], *b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46");
        assert_eq!((xz.len(), &xz[24..33]), (64, &b"\x01\0\x04hello\0"[..]));
        assert_eq!(encode(ALONE, b"hello"), ALONE_HELLO);
        assert_eq!(encode(RAW, b"hello"), b"\x01\0\x04hello\0");
    }

    #[test]
    fn the_configuration_prints_as_given() {
        assert_eq!(printed(XZ), r#"{"id":"lzma","format":1,"check":-1,"preset":null,"filters":null}"#);
        let json = r#"{"id":"lzma","format":3,"check":0,"preset":null,"filters":[{"dist":4,"id":3},{"id":4611686018427387905,"lc":0}]}"#;
        assert_eq!(printed(json), json);
    }

    #[test]
    fn every_format_preset_check_and_filter_comes_back() {
        let data = sample(40_000);
        for keys in [
            r#""preset":0"#,
            r#""preset":2147483657"#,
            r#""check":0"#,
            r#""check":1"#,
            r#""check":10"#,
            r#""format":2,"preset":1"#,
            r#""format":2,"filters":[{"id":4611686018427387905,"lc":0,"lp":2,"pb":0}]"#,
            r#""filters":[{"id":3,"dist":256},{"id":33,"preset":1,"dict_size":4096,"mode":1,"nice_len":20,"mf":3,"depth":5}]"#,
            r#""filters":[{"id":4},{"id":5,"start_offset":16},{"id":7},{"id":33}]"#,
            r#""filters":[{"id":6},{"id":8},{"id":9},{"id":33}]"#,
            r#""format":3,"filters":[{"id":3},{"id":4611686018427387905}]"#,
        ] {
            let json = format!(r#"{{"id":"lzma",{keys}}}"#);
            assert_eq!(decode(&json, &encode(&json, &data)).expect(&json), data, "{json}");
        }
    }

    #[test]
    fn a_bad_key_is_refused_by_its_path() {
        for (keys, path) in [
            (r#""format":4"#, "format"),
            (r#""format":1.0"#, "format"),
            (r#""format":3"#, "filters"),
            (r#""check":2"#, "check"),
            (r#""format":2,"check":1"#, "check"),
            (r#""preset":10"#, "preset"),
            (r#""preset":-1"#, "preset"),
            (r#""preset":1,"filters":[{"id":33}]"#, "filters"),
            (r#""filters":[]"#, "filters"),
            (r#""filters":{}"#, "filters"),
            (r#""filters":[{"id":3},{"id":3},{"id":3},{"id":3},{"id":33}]"#, "filters"),
            (r#""filters":[{"id":3,"dist":4}]"#, "filters"),
            (r#""filters":[{"id":3,"dist":0},{"id":33}]"#, "filters"),
            (r#""filters":[{"id":33,"lc":4,"lp":1}]"#, "filters"),
            (r#""filters":[{"id":4611686018427387905}]"#, "filters"),
            (r#""format":2,"filters":[{"id":33}]"#, "filters"),
            (r#""filters":[null]"#, "filters[0]"),
            (r#""filters":[{}]"#, "filters[0].id"),
            (r#""filters":[{"id":10},{"id":33}]"#, "filters[0].id"),
            (r#""filters":[{"id":3},{"id":33,"bogus":1}]"#, "filters[1].bogus"),
            (r#""filters":[{"id":33,"preset":11}]"#, "filters[0].preset"),
            (r#""filters":[{"id":33,"dict_size":null}]"#, "filters[0].dict_size"),
            (r#""filters":[{"id":33,"depth":4294967296}]"#, "filters[0].depth"),
        ] {
            assert_eq!(refused(&format!(r#"{{"id":"lzma",{keys}}}"#)).as_deref(), Some(path), "{keys}");
        }
        let unaligned = r#"{"id":"lzma","filters":[{"id":7,"start_offset":3},{"id":33}]}"#;
        assert_eq!(kind(encode_with(unaligned, b"x", &Limits::default())), Some(Kind::Config));
    }

    #[test]
    fn either_format_is_found_but_not_written() {
        assert_eq!(decode(AUTO, &encode(XZ, b"hello")).expect("xz"), b"hello");
        assert_eq!(decode(AUTO, ALONE_HELLO).expect("lzma"), b"hello");
        assert_eq!(kind(encode_with(AUTO, b"hello", &Limits::default())), Some(Kind::Config));
    }

    #[test]
    fn streams_follow_each_other_and_nothing_else() {
        for json in [XZ, ALONE, RAW] {
            let stream = encode(json, b"hello");
            assert_eq!(decode(json, &[&stream[..], &stream].concat()).expect(json), b"hellohello");
            for junk in [&b"junk"[..], b"\x05", b"junk junk junk junk", &stream[..stream.len() - 1]] {
                let error = decode(json, &[&stream[..], junk].concat()).expect_err(json);
                assert_eq!(
                    (error.kind(), error.details().offset.is_some_and(|at| at >= stream.len() as u64)),
                    (Kind::Data, true),
                    "{json}"
                );
            }
            assert_eq!(kind(decode(json, b"")), Some(Kind::Data));
        }
    }

    #[test]
    fn the_memory_of_a_dictionary_is_counted() {
        let large = r#"{"id":"lzma","filters":[{"id":33,"preset":0,"dict_size":67108864}]}"#;
        let small = Limits::new(None, Some(32 << 20));
        assert_eq!(kind(encode_with(large, b"hello", &small)), Some(Kind::Limit));
        let stream = encode(large, b"hello");
        assert_eq!(kind(decode_with(XZ, &stream, &small)), Some(Kind::Limit));
        let tight = Limits::new(None, Some((64 << 20) + (200 << 10)));
        assert_eq!(decode_with(XZ, &stream, &tight).expect("just enough"), b"hello");
    }

    #[test]
    fn a_large_dictionary_needs_a_limit_or_the_configuration_it_was_written_with() {
        let large = r#"{"id":"lzma","format":2,"filters":[{"id":4611686018427387905,"preset":0,"dict_size":402653184}]}"#;
        let mut stream = ALONE_HELLO.to_vec();
        stream[1..5].copy_from_slice(&(384u32 << 20).to_le_bytes());
        let error = decode(ALONE, &stream).expect_err("no limit");
        assert_eq!((error.kind(), error.to_string().contains("max_memory")), (Kind::Limit, true), "{error}");
        assert_eq!(decode(large, &stream).expect("its own"), b"hello");
        assert_eq!(decode_with(ALONE, &stream, &Limits::new(None, Some(512 << 20))).expect("a limit"), b"hello");
        stream[1..5].copy_from_slice(&[0xff; 4]);
        assert_eq!(kind(decode(large, &stream)), Some(Kind::Limit));
    }
}
