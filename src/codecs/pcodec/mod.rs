//! `pcodec`: standalone pco files. Shape and order are not stored: the result has one dimension.
#![forbid(unsafe_code)]

mod file;

use std::io;

use pco::data_types::{Number, NumberType};
use pco::errors::{ErrorKind, PcoError, PcoResult};
use pco::standalone::{FileCompressor, guarantee};
use pco::{ChunkConfig, DeltaSpec, ModeSpec, match_number_enum};

use self::file::File;
use crate::core::call::ask;
use crate::core::codec::Info;
use crate::core::{ArrayRef, Class, Codec, CodecDef, Config, Dtype, Error, Kind, Layout, Order, Result, Sink};
use crate::kernels::plain::{self, Plain};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "pcodec", make };

/// What pco takes to compress, in multiples of the numbers of one page; measured, 6 to 10.
const ENCODE_FACTOR: usize = 10;

struct Pcodec {
    config: ChunkConfig,
    page: usize,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let level = config.integer("level", 8, 0..=12)? as usize;
    let mode = match config.text("mode_spec", "auto")?.as_str() {
        "auto" => ModeSpec::Auto,
        "classic" => ModeSpec::Classic,
        other => return Err(unknown("mode_spec", other)),
    };
    let delta = config.text("delta_spec", "auto")?;
    let paging = config.text("paging_spec", "equal_pages_up_to")?;
    if paging != "equal_pages_up_to" {
        return Err(unknown("paging_spec", &paging));
    }
    let order = config.optional_integer("delta_encoding_order", 0..=7)?.map(|order| order as usize);
    let page = config.integer("equal_pages_up_to", pco::DEFAULT_MAX_PAGE_N as i64, 1..=i64::MAX)? as usize;
    let config = ChunkConfig::default().with_compression_level(level).with_mode_spec(mode).with_delta_spec(delta_spec(&delta, order)?);
    Ok(Box::new(Pcodec { config, page }))
}

fn delta_spec(name: &str, order: Option<usize>) -> Result<DeltaSpec> {
    match (name, order) {
        ("auto" | "try_consecutive", Some(order)) => Ok(DeltaSpec::TryConsecutive(order)),
        ("auto", None) => Ok(DeltaSpec::Auto),
        ("no_op" | "none", None) => Ok(DeltaSpec::NoOp),
        ("try_lookback", None) => Ok(DeltaSpec::TryLookback),
        ("try_consecutive", None) => Err(Error::config("delta_encoding_order", "\"try_consecutive\" needs \"delta_encoding_order\"")),
        ("no_op" | "none" | "try_lookback", Some(_)) => {
            Err(Error::config("delta_encoding_order", format!("\"delta_encoding_order\" does not go with \"delta_spec\" \"{name}\"")))
        }
        (other, _) => Err(unknown("delta_spec", other)),
    }
}

fn unknown(key: &str, value: &str) -> Error {
    Error::config(key, format!("\"{key}\" cannot be \"{}\"", value.escape_default()))
}

impl Codec for Pcodec {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let bytes = src.bytes()?;
        match_number_enum!(number_type(src.layout().dtype)?, NumberType<T> => { self.compress::<T>(bytes, out) })?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let mut file = File::open(src.bytes()?)?;
        let Some(kind) = file.kind()? else {
            file.finish(out)?;
            return Ok(Layout::bytes(0));
        };
        match_number_enum!(kind, NumberType<T> => { file.decompress::<T>(kind, out) })?;
        file.finish(out)?;
        let dtype = dtype_of(kind)?;
        Ok(Layout::flat(dtype, out.len() / dtype.itemsize))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        let kind = number_type(src.dtype).ok()?;
        let pages = self.pages(src.count());
        let size = |count| match_number_enum!(kind, NumberType<T> => { chunk_size::<T>(count) }) as u64;
        Some(
            guarantee::header_size() as u64
                + 1
                + pages.larger as u64 * size(pages.low + 1)
                + (pages.count - pages.larger) as u64 * size(pages.low),
        )
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        let file = File::open(src)?;
        let Some(kind) = file.kind()? else { return Ok(Info::nbytes(0)) };
        let (dtype, count) = (dtype_of(kind)?, file.head.n_hint());
        if count == 0 {
            return Err(Error::new(Kind::UnknownSize, "the file does not tell how many numbers it holds"));
        }
        let layout = Layout::contiguous(dtype, &[count], Order::C)?;
        Ok(Info { nbytes: layout.nbytes() as u64, layout: Some(layout) })
    }
}

fn chunk_size<T: Number>(count: usize) -> usize {
    guarantee::chunk_size::<T::L>(count)
}

/// How numbers are spread over pages.
struct Pages {
    count: usize,
    low: usize,
    /// So many pages hold one number more than the others.
    larger: usize,
}

impl Pcodec {
    /// pco's rule: as few pages as possible, as equal as possible.
    fn pages(&self, numbers: usize) -> Pages {
        let count = numbers.div_ceil(self.page);
        Pages { count, low: numbers.checked_div(count).unwrap_or(0), larger: numbers.checked_rem(count).unwrap_or(0) }
    }

    /// One chunk of one page for each page of the configuration.
    fn compress<T: Number + Plain>(&self, src: &[u8], out: &mut Sink<'_>) -> Result<()> {
        let numbers = src.len() / size_of::<T>();
        let pages = self.pages(numbers);
        let (call, mut writer) = (out.call(), Writer { out, failure: None });
        let file = FileCompressor::default().with_n_hint(numbers);
        writer.run(|w| file.write_header(w).map(|_| ()))?;
        let mut rest = src;
        for i in 0..pages.count {
            call.checkpoint((src.len() - rest.len()) as u64, src.len() as u64)?;
            let nbytes = (pages.low + usize::from(i < pages.larger)) * size_of::<T>();
            let (page, later) = rest.split_at_checked(nbytes).unwrap_or((rest, &[]));
            rest = later;
            let memory = page.len().saturating_mul(ENCODE_FACTOR);
            ask(memory)?; // pco aborts where the allocator refuses
            let _memory = call.charge(memory)?;
            let chunk = with_numbers(page, |numbers: &[T]| file.chunk_compressor(numbers, &self.config))?;
            writer.run(|w| chunk.and_then(|mut chunk| chunk.write(w).map(|_| ())))?;
        }
        writer.run(|w| file.write_footer(w).map(|_| ()))
    }
}

/// Lends bytes as numbers, from a copy where they are not aligned.
fn with_numbers<T: Plain, R>(src: &[u8], take: impl FnOnce(&[T]) -> R) -> Result<R> {
    if let Some(numbers) = plain::numbers(src) {
        return Ok(take(numbers));
    }
    let mut copy = Vec::new();
    copy.try_reserve_exact(src.len() / size_of::<T>()).map_err(|_| Error::memory(src.len() as u64))?;
    copy.resize(src.len() / size_of::<T>(), T::default());
    plain::bytes_mut(&mut copy).copy_from_slice(src);
    Ok(take(&copy))
}

/// Lets pco write into a sink, and keeps the sink's error.
struct Writer<'s, 'a> {
    out: &'s mut Sink<'a>,
    failure: Option<Error>,
}

impl Writer<'_, '_> {
    fn run(&mut self, write: impl FnOnce(&mut Self) -> PcoResult<()>) -> Result<()> {
        write(self).map_err(|error| self.failure.take().unwrap_or_else(|| refused(error)))
    }
}

impl io::Write for Writer<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.out.write(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.failure = Some(self.out.unknown_size(error));
                Err(io::ErrorKind::Other.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn refused(error: PcoError) -> Error {
    match error.kind {
        ErrorKind::InvalidArgument => Error::shape(error.message),
        _ => Error::data(error.message),
    }
}

const KINDS: [(NumberType, Class, usize); 11] = [
    (NumberType::U8, Class::Uint, 1),
    (NumberType::U16, Class::Uint, 2),
    (NumberType::U32, Class::Uint, 4),
    (NumberType::U64, Class::Uint, 8),
    (NumberType::I8, Class::Int, 1),
    (NumberType::I16, Class::Int, 2),
    (NumberType::I32, Class::Int, 4),
    (NumberType::I64, Class::Int, 8),
    (NumberType::F16, Class::Float, 2),
    (NumberType::F32, Class::Float, 4),
    (NumberType::F64, Class::Float, 8),
];

/// What pco calls the items of an array that is to be encoded; as in Python, numbers of one byte are refused.
fn number_type(dtype: Dtype) -> Result<NumberType> {
    let class = if matches!(dtype.class, Class::Datetime(_) | Class::Timedelta(_)) { Class::Int } else { dtype.class };
    let kind = KINDS.iter().find(|kind| (kind.1, kind.2) == (class, dtype.itemsize) && kind.2 > 1 && dtype.is_native());
    let refused = || Error::dtype(format!("{dtype} is not taken: native integers and floats of 2, 4 and 8 bytes are"));
    kind.map(|kind| kind.0).ok_or_else(refused)
}

fn dtype_of(number_type: NumberType) -> Result<Dtype> {
    let kind = KINDS.iter().find(|kind| kind.0 == number_type);
    let refused = || Error::unsupported(format!("numbers of type {number_type:?}"));
    kind.map(|kind| Dtype::native(kind.1, kind.2)).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{build, decode, encode_fixed};
    use super::*;
    use crate::core::Call;
    use crate::core::call::Limits;
    use crate::core::sink::Fixed;

    const CODEC: &str = r#"{"id":"pcodec"}"#;
    /// numcodecs 0.17.1: `PCodec().encode(np.arange(3, dtype="i4"))`.
    const EXAMPLE: [u8; 24] = *b"pco!\x03\0\xc1\x04\x01\x03\x02\0\0\0\x10\0\0\0\0\0\x14\0$\0";
    /// The same of no numbers.
    const EMPTY: [u8; 10] = *b"pco!\x03\0\0\x04\x01\0";
    const HEADER: usize = EMPTY.len() - 1;

    fn kind<T>(result: Result<T>) -> Option<Kind> {
        result.err().map(|e| e.kind())
    }

    #[test]
    fn the_worked_example_goes_both_ways() {
        let numbers = plain::bytes(&[0i32, 1, 2]).to_vec();
        assert_eq!(encode_fixed(CODEC, "i4", &[3], &numbers).expect("encodes"), EXAMPLE);
        let (layout, bytes, _) = decode(CODEC, &EXAMPLE).expect("decodes");
        assert_eq!((layout, bytes), (Layout::flat(Dtype::native(Class::Int, 4), 3), numbers));
        let info = build(CODEC).and_then(|codec| codec.decoded_info(&EXAMPLE)).expect("tells");
        assert_eq!((info.nbytes, info.layout.map(|l| l.shape().to_vec())), (12, Some(vec![3])));
    }

    #[test]
    fn no_numbers_come_back_as_none() {
        assert_eq!(encode_fixed(CODEC, "f8", &[0], &[]).expect("encodes"), EMPTY);
        assert_eq!(decode(CODEC, &EMPTY).expect("decodes").0, Layout::bytes(0));
    }

    #[test]
    fn every_type_comes_back_from_unequal_pages_within_the_bound() {
        let config = r#"{"id":"pcodec","equal_pages_up_to":300,"level":3}"#;
        for dtype in ["u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8", "M8[s]", "m8"] {
            let dtype = Dtype::parse(dtype).expect("dtype");
            let src: Vec<u8> = (0..1001 * dtype.itemsize).map(|i| ((i * i) >> 7) as u8).collect();
            let layout = Layout::flat(dtype, 1001);
            let encoded = encode_fixed(config, &dtype.to_string(), &[1001], &src).expect("encodes");
            let bound = build(config).ok().and_then(|codec| codec.encoded_bound(&layout));
            assert!(bound.is_some_and(|bound| encoded.len() as u64 <= bound), "{dtype}");
            let (found, bytes, _) = decode(config, &encoded).expect("decodes");
            assert_eq!((found.dtype.itemsize, found.count()), (dtype.itemsize, 1001));
            assert!(bytes == src, "{dtype}");
        }
    }

    #[test]
    fn unaligned_memory_gives_the_same() {
        let words = [1.5f64; 700];
        let mut memory = [0u8; 700 * 8 + 1];
        memory[1..].copy_from_slice(plain::bytes(&words));
        let encoded = encode_fixed(CODEC, "f8", &[700], &memory[1..]).expect("encodes");
        assert_eq!(encoded, encode_fixed(CODEC, "f8", &[700], plain::bytes(&words)).expect("encodes"));
        let (limits, layout) = (Limits::default(), Layout::bytes(encoded.len()));
        let mut back = [0u8; 700 * 8 + 1];
        let mut room = Fixed(&mut back[1..]);
        let array = ArrayRef::fixed(&layout, &encoded).expect("bytes");
        build(CODEC).and_then(|codec| codec.decode(&array, &mut Sink::caller(Call::new(&limits, None), &mut room))).expect("decodes");
        assert_eq!(back, memory);
    }

    #[test]
    fn bytes_after_the_file_are_refused_in_strict_mode_only() {
        let src = [&EXAMPLE[..], &EXAMPLE].concat();
        assert_eq!(decode(CODEC, &src).map(|d| d.1.len()).ok(), Some(12));
        let (mut limits, layout) = (Limits::default(), Layout::bytes(src.len()));
        limits.strict = true;
        let array = ArrayRef::fixed(&layout, &src).expect("bytes");
        let refused = build(CODEC).and_then(|codec| codec.decode(&array, &mut Sink::owned(Call::new(&limits, None))));
        assert_eq!(refused.expect_err("strict").details().offset, Some(24));
    }

    #[test]
    fn cut_off_and_foreign_bytes_are_data_errors() {
        for n in 0..EXAMPLE.len() {
            assert_eq!(kind(decode(CODEC, &EXAMPLE[..n])), Some(Kind::Data), "{n}");
        }
        assert_eq!(kind(decode(CODEC, b"pcx!\x03\0\0\x04\x01\0")), Some(Kind::Data));
    }

    #[test]
    fn claims_that_the_file_cannot_back_take_no_memory() {
        let file = |chunk: &[u8]| [&EMPTY[..HEADER], chunk, &[0; 60]].concat();
        let dictionary = 4u32 | ((1 << 25) - 1) << 4;
        let chunk = [&[1, 9, 0, 0][..], &dictionary.to_le_bytes()].concat();
        let error = decode(CODEC, &file(&chunk)).expect_err("no dictionary there");
        assert!(error.to_string().contains("dictionary"), "{error}");
        let error = decode(CODEC, &file(&[1, 9, 0, 0, 0x20, 0x17])).expect_err("a window of 2^24");
        assert_eq!(error.kind(), Kind::Unsupported, "{error}");
        assert_eq!(kind(decode(CODEC, &file(&[1, 255, 255, 255]))), Some(Kind::Data));
    }

    #[test]
    fn refuses_dtypes_and_configurations_that_python_refuses() {
        let foreign = Dtype::native(Class::Float, 8).ordered(cfg!(target_endian = "little")).to_string();
        for dtype in ["|u1", "|i1", "|b1", &foreign, "c8", "|S4", "|V2"] {
            let size = Dtype::parse(dtype).expect("dtype").itemsize;
            assert_eq!(kind(encode_fixed(CODEC, dtype, &[2], &vec![0; 2 * size])), Some(Kind::Dtype), "{dtype}");
        }
        for (key, config) in [
            ("level", r#"{"id":"pcodec","level":13}"#),
            ("mode_spec", r#"{"id":"pcodec","mode_spec":"try_dict"}"#),
            ("delta_spec", r#"{"id":"pcodec","delta_spec":"x"}"#),
            ("paging_spec", r#"{"id":"pcodec","paging_spec":"x"}"#),
            ("delta_encoding_order", r#"{"id":"pcodec","delta_encoding_order":8}"#),
            ("delta_encoding_order", r#"{"id":"pcodec","delta_spec":"try_consecutive"}"#),
            ("delta_encoding_order", r#"{"id":"pcodec","delta_spec":"none","delta_encoding_order":1}"#),
            ("equal_pages_up_to", r#"{"id":"pcodec","equal_pages_up_to":0}"#),
        ] {
            assert_eq!(build(config).err().map(|e| e.details().path.clone()).as_deref(), Some(key), "{config}");
        }
    }
}
