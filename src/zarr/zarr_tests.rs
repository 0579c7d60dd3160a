use super::*;
use crate::core::call::{Call, Limits};
use crate::core::{ArrayRef, Dtype, Items, Kind, Order, Sink};
use crate::operation::{self, Source};

fn zarr(json: &str) -> Zarr {
    open(json, None).expect(json)
}

/// A `.zarray` with some of its keys replaced or added.
fn v2(changes: &str) -> String {
    let mut map = serde_json::Map::new();
    let defaults = r#"{"zarr_format": 2, "shape": [5, 7], "chunks": [2, 3], "dtype": ">i4", "order": "F", "fill_value": 7,
        "filters": null, "compressor": {"id": "zlib", "level": 1}}"#;
    for json in [defaults, changes] {
        map.extend(serde_json::from_str::<serde_json::Map<String, Value>>(json).expect(json));
    }
    Value::Object(map).to_string()
}

/// A `zarr.json` of 2 x 3 x 4 chunks with some of its keys replaced or added.
fn v3(changes: &str) -> String {
    let mut map = serde_json::Map::new();
    let defaults = r#"{"zarr_format": 3, "node_type": "array", "shape": [4, 5, 6], "data_type": "uint16", "fill_value": 7,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3, 4]}}, "attributes": {"a": 1},
        "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}"#;
    for json in [defaults, changes] {
        map.extend(serde_json::from_str::<serde_json::Map<String, Value>>(json).expect(json));
    }
    Value::Object(map).to_string()
}

/// The items 0, 1, 2, ... of such a chunk.
fn ramp() -> Vec<u8> {
    (0..24_u16).flat_map(u16::to_le_bytes).collect()
}

fn stored(changes: &str) -> Vec<u8> {
    let zarr = zarr(&v3(changes));
    let native = layout("<u2", &[2, 3, 4], Order::C);
    let stored = encode(&zarr.codec, &native, &ramp()).expect(changes);
    assert_eq!(decode(&zarr.codec, &stored, Some(&native)).expect(changes).1, ramp(), "{changes}");
    stored
}

fn encode(codec: &Instance, layout: &Layout, src: &[u8]) -> Result<Vec<u8>> {
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    operation::encode(codec, &Source::Fixed(layout, src), &mut out)?;
    Ok(out.into_parts().0)
}

fn decode(codec: &Instance, src: &[u8], want: Option<&Layout>) -> Result<(Layout, Vec<u8>)> {
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    let layout = operation::decode(codec, src, None, want, &mut out)?;
    Ok((layout, out.into_parts().0))
}

fn layout(dtype: &str, shape: &[usize], order: Order) -> Layout {
    Layout::contiguous(Dtype::parse(dtype).expect(dtype), shape, order).expect("layout")
}

#[test]
fn a_chunk_is_converted_on_the_way_in_and_out() {
    let zarr = zarr(&v2(r#"{"compressor": null}"#));
    let native = layout("<i4", &[2, 3], Order::C);
    let src: Vec<u8> = (1..=6_i32).flat_map(i32::to_le_bytes).collect();
    let stored = encode(&zarr.codec, &native, &src).expect("encodes");
    assert_eq!(stored.chunks(4).map(|item| item[3]).collect::<Vec<_>>(), [1, 4, 2, 5, 3, 6], "big endian, columns");
    assert_eq!(decode(&zarr.codec, &stored, Some(&native)).expect("decodes").1, src);
    let (own, bytes) = decode(&zarr.codec, &stored, None).expect("decodes");
    assert_eq!((own, bytes), (zarr.layout.clone(), stored.clone()));
    assert_eq!(encode(&zarr.codec, &Layout::bytes(24), &stored).ok(), Some(stored));
    assert_eq!(encode(&zarr.codec, &layout("<i4", &[3, 2], Order::C), &src).map_err(|e| e.kind()), Err(Kind::Shape));
    assert_eq!(encode(&zarr.codec, &layout("<f4", &[2, 3], Order::C), &src).map_err(|e| e.kind()), Err(Kind::Dtype));
}

#[test]
fn a_chunk_of_the_wrong_size_is_refused() {
    let zarr = zarr(&v2("{}"));
    let short = operation_zlib(&[0; 20]);
    assert_eq!(decode(&zarr.codec, &short, None).map_err(|e| e.kind()), Err(Kind::Shape));
}

fn operation_zlib(bytes: &[u8]) -> Vec<u8> {
    let codec = crate::pipeline::from_json(r#"{"id": "zlib"}"#, None).expect("zlib");
    encode(&codec, &Layout::bytes(bytes.len()), bytes).expect("encodes")
}

#[test]
fn filters_see_the_dtype_of_the_array() {
    let zarr = zarr(&v2(r#"{"dtype": "<f4", "filters": [{"id": "bitround", "keepbits": 4}], "fill_value": "NaN"}"#));
    let src: Vec<u8> = (0..6).flat_map(|i| (1.0 + i as f32 / 32.0).to_le_bytes()).collect();
    let stored = encode(&zarr.codec, &layout("<f4", &[2, 3], Order::F), &src).expect("encodes");
    let (own, bytes) = decode(&zarr.codec, &stored, None).expect("decodes");
    let values: Vec<f32> = bytes.chunks(4).map(|b| f32::from_le_bytes(b.try_into().expect("4 bytes"))).collect();
    assert_eq!(values, [1.0, 1.0, 1.0625, 1.125, 1.125, 1.125], "ties to even");
    assert_eq!((own.order(), own.shape()), (Order::F, &[2, 3][..]));
    assert!(zarr.codec.lossy());
}

#[test]
fn objects_go_through_their_codec() {
    let zarr = zarr(&v2(r#"{"dtype": "|O", "filters": [{"id": "vlen-utf8"}], "fill_value": "?", "order": "C"}"#));
    assert_eq!((zarr.layout.items, zarr.fill.item.as_slice()), (Items::Utf8, &b"?"[..]));
    let items: [&[u8]; 6] = [b"a", b"", b"c", b"dd", b"e", b"f"];
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    let array = ArrayRef::apart(&zarr.layout, &items).expect("array");
    operation::encode(&zarr.codec, &Source::Array(array), &mut out).expect("encodes");
    let stored = out.into_parts().0;
    let mut out = Sink::owned(Call::new(&limits, None));
    let known = operation::decode(&zarr.codec, &stored, None, None, &mut out).expect("decodes");
    assert_eq!(known, zarr.layout);
    assert_eq!(out.into_parts(), (b"acddef".to_vec(), vec![0, 1, 1, 2, 4, 5, 6]));
    let error = open(&v2(r#"{"dtype": "|O"}"#), None).err().expect("no object codec");
    assert_eq!((error.kind(), error.details().path.as_str()), (Kind::Dtype, "filters"));
}

#[test]
fn keys_name_the_chunks_of_the_grid() {
    let dots = zarr(&v2("{}"));
    assert_eq!(dots.chunk_key(&[2, 1]).ok().as_deref(), Some("2.1"));
    assert!(dots.chunk_key(&[3, 0]).is_err() && dots.chunk_key(&[0]).is_err());
    assert_eq!(zarr(&v2(r#"{"dimension_separator": "/"}"#)).chunk_key(&[2, 2]).ok().as_deref(), Some("2/2"));
    assert_eq!(zarr(&v2(r#"{"shape": [], "chunks": []}"#)).chunk_key(&[]).ok().as_deref(), Some("0"));
}

#[test]
fn harmless_keys_are_ignored_and_listed() {
    let zarr = zarr(&v2(r#"{"note": 1, "compressor": {"id": "zlib", "nthreads": 4, "level": 2}}"#));
    assert_eq!(zarr.ignored, ["compressor.nthreads", "note"]);
    assert_eq!(zarr.codec.config().to_string(), r#"[{"id":"zlib","level":2}]"#);
}

#[test]
fn errors_name_the_path_in_the_metadata() {
    for (changes, path) in [
        (r#"{"zarr_format": 4}"#, "zarr_format"),
        (r#"{"shape": [5, -7]}"#, "shape[1]"),
        (r#"{"shape": 5}"#, "shape"),
        (r#"{"chunks": [2]}"#, "chunks"),
        (r#"{"chunks": [2, 1.5]}"#, "chunks[1]"),
        (r#"{"chunks": [4611686018427387904, 4]}"#, "chunks"),
        (r#"{"dtype": "<i3"}"#, "dtype"),
        (r#"{"dtype": [["a", "<i3"]]}"#, "dtype[0][1]"),
        (r#"{"order": "A"}"#, "order"),
        (r#"{"dimension_separator": "-"}"#, "dimension_separator"),
        (r#"{"fill_value": "x"}"#, "fill_value"),
        (r#"{"filters": {}}"#, "filters"),
        (r#"{"filters": [{"id": "crc32"}, {"id": "nope"}]}"#, "filters[1].id"),
        (r#"{"filters": [7]}"#, "filters[0]"),
        (r#"{"compressor": {"id": "zlib", "level": "x"}}"#, "compressor.level"),
    ] {
        let error = open(&v2(changes), None).err().expect(changes);
        assert_eq!(error.details().path, path, "{changes}");
    }
    for key in ["zarr_format", "shape", "chunks", "dtype", "order", "fill_value", "compressor"] {
        let mut map: serde_json::Map<String, Value> = serde_json::from_str(&v2("{}")).expect("test JSON");
        map.remove(key);
        let error = open(&Value::Object(map).to_string(), None).err().expect(key);
        assert_eq!((error.kind(), error.details().path.as_str()), (Kind::Config, key));
    }
}

#[test]
fn byte_order_and_permutations_are_those_of_the_list() {
    assert_eq!(stored("{}"), ramp());
    let first = |list: &str| stored(&format!(r#"{{"codecs": [{list}]}}"#))[..8].to_vec();
    assert_eq!(first(r#"{"name": "bytes", "configuration": {"endian": "big"}}"#), [0, 0, 0, 1, 0, 2, 0, 3]);
    let little = r#"{"name": "bytes", "configuration": {"endian": "little"}}"#;
    assert_eq!(
        first(&format!(r#"{{"name": "transpose", "configuration": {{"order": [2, 1, 0]}}}}, {little}"#)),
        [0, 0, 12, 0, 4, 0, 16, 0]
    );
    assert_eq!(first(&format!(r#"{{"name": "transpose", "configuration": {{"order": [2, 0, 1]}}}}, {little}"#)), [0, 0, 4, 0, 8, 0, 12, 0]);
    let twice =
        r#"{"name": "transpose", "configuration": {"order": [2, 1, 0]}}, {"name": "transpose", "configuration": {"order": [1, 2, 0]}}"#;
    assert_eq!(first(&format!("{twice}, {little}")), [0, 0, 1, 0, 2, 0, 3, 0], "dimensions 1, 0, 2: rows stay together");
    let filter = r#"{"name": "numcodecs.quantize", "configuration": {"digits": 0}}, {"name": "bytes", "configuration": {"endian": "big"}}"#;
    let floats = zarr(&v3(&format!(r#"{{"data_type": "float32", "codecs": [{filter}]}}"#)));
    let one = [1.2_f32.to_le_bytes(); 24].concat();
    let stored = encode(&floats.codec, &layout("<f4", &[2, 3, 4], Order::C), &one).expect("encodes");
    assert_eq!(stored[..4], 1.0_f32.to_be_bytes());
    assert_eq!(decode(&floats.codec, &stored, None).expect("decodes").1[..4], 1.0_f32.to_le_bytes());
}

#[test]
fn configurations_of_v3_become_those_of_the_codecs() {
    let printed = |list: &str| {
        let zarr = open(&v3(&format!(r#"{{"codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}, {list}]}}"#)), None);
        zarr.map(|zarr| zarr.codec.config().to_string()).map_err(|e| e.details().path.clone())
    };
    let blosc = |shuffle: &str| {
        format!(r#"{{"name": "blosc", "configuration": {{"cname": "lz4", "clevel": 3, "shuffle": {shuffle}, "typesize": 2}}}}"#)
    };
    for (word, number) in [("noshuffle", 0), ("shuffle", 1), ("bitshuffle", 2)] {
        let expected = format!(r#"[{{"id":"blosc","cname":"lz4","clevel":3,"shuffle":{number},"blocksize":0}}]"#);
        assert_eq!(printed(&blosc(&format!("\"{word}\""))), Ok(expected));
    }
    assert_eq!(printed(&blosc("1")), Err("codecs[1].configuration.shuffle".to_owned()));
    assert_eq!(printed(r#""gzip", "crc32c""#).as_deref(), Ok(r#"[{"id":"gzip","level":5},{"id":"crc32c"}]"#));
    assert_eq!(
        printed(r#"{"name": "numcodecs.zlib", "configuration": {"level": 4}}"#),
        printed(r#"{"name": "zlib", "configuration": {"level": 4}}"#)
    );
    assert_eq!(printed(r#""numcodecs.shuffle""#).as_deref(), Ok(r#"[{"id":"shuffle","elementsize":2}]"#));
}

#[test]
fn compressors_see_bytes_as_in_zarr_python() {
    let typesize = |name: &str| {
        let stored = stored(&format!(r#"{{"codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}, "{name}"]}}"#));
        stored[3]
    };
    assert_eq!((typesize("blosc"), typesize("numcodecs.blosc")), (2, 1));
}

#[test]
fn strings_keys_and_fill_values_of_v3() {
    let text = zarr(&v3(r#"{"data_type": "string", "codecs": ["vlen-utf8", "zstd"], "fill_value": "x"}"#));
    assert_eq!((text.layout.items, text.fill.item.as_slice(), text.format), (Items::Utf8, &b"x"[..], 3));
    assert_eq!(zarr(&v3("{}")).chunk_key(&[1, 0, 1]).ok().as_deref(), Some("c/1/0/1"));
    let v2_keys = r#"{"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "/"}}}"#;
    assert_eq!(zarr(&v3(v2_keys)).chunk_key(&[1, 0, 1]).ok().as_deref(), Some("1/0/1"));
    let scalar = r#"{"shape": [], "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": []}}}"#;
    assert_eq!(zarr(&v3(scalar)).chunk_key(&[]).ok().as_deref(), Some("c"));
    for (data_type, fill, dtype) in [
        ("\"bool\"", "true", "|b1"),
        ("\"complex64\"", "[1, \"NaN\"]", "<c8"),
        (r#"{"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 25}}"#, "\"NaT\"", "<M8[25s]"),
        (r#"{"name": "fixed_length_utf32", "configuration": {"length_bytes": 12}}"#, "\"abc\"", "<U3"),
        (r#"{"name": "null_terminated_bytes", "configuration": {"length_bytes": 3}}"#, "\"YWI=\"", "|S3"),
        (r#"{"name": "raw_bytes", "configuration": {"length_bytes": 2}}"#, "\"YWI=\"", "|V2"),
        ("\"r16\"", "[1, 2]", "|V2"),
        (r#"{"name": "struct", "configuration": {"fields": [["a", "int32"], ["b", "float64"]]}}"#, "0", "|V12"),
    ] {
        let zarr = zarr(&v3(&format!(r#"{{"data_type": {data_type}, "fill_value": {fill}}}"#)));
        assert_eq!(zarr.layout.dtype.to_string(), dtype);
    }
}

#[test]
fn errors_of_v3_name_their_path() {
    let bytes = r#"{"name": "bytes", "configuration": {"endian": "little"}}"#;
    for (changes, path) in [
        (r#"{"node_type": "group"}"#.to_owned(), "node_type"),
        (r#"{"data_type": "int24"}"#.to_owned(), "data_type"),
        (r#"{"chunk_grid": {"name": "rectangular"}}"#.to_owned(), "chunk_grid.name"),
        (
            r#"{"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 0, 1]}}}"#.to_owned(),
            "chunk_grid.configuration.chunk_shape[1]",
        ),
        (
            r#"{"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}}}"#.to_owned(),
            "chunk_grid.configuration.chunk_shape",
        ),
        (r#"{"chunk_key_encoding": {"name": "v4"}}"#.to_owned(), "chunk_key_encoding.name"),
        (r#"{"codecs": []}"#.to_owned(), "codecs"),
        (r#"{"codecs": ["bytes"]}"#.to_owned(), "codecs[0].configuration.endian"),
        (format!(r#"{{"codecs": [{bytes}, {bytes}]}}"#), "codecs[1]"),
        (r#"{"codecs": ["zstd"]}"#.to_owned(), "codecs[0]"),
        (format!(r#"{{"codecs": [{bytes}, "nope"]}}"#), "codecs[1].name"),
        (format!(r#"{{"codecs": [{bytes}, {{"name": "gzip", "configuration": {{"level": 77}}}}]}}"#), "codecs[1].configuration.level"),
        (
            format!(r#"{{"codecs": [{{"name": "transpose", "configuration": {{"order": [0, 0, 1]}}}}, {bytes}]}}"#),
            "codecs[0].configuration.order",
        ),
        (r#"{"storage_transformers": [{"name": "x"}]}"#.to_owned(), "storage_transformers"),
        (r#"{"novelty": {"must_understand": true}}"#.to_owned(), "novelty"),
        (r#"{"fill_value": -1}"#.to_owned(), "fill_value"),
    ] {
        let error = open(&v3(&changes), None).err().expect(&changes);
        assert_eq!(error.details().path, path, "{changes}");
    }
    let zarr = zarr(&v3(r#"{"novelty": {"must_understand": false}}"#));
    assert_eq!(zarr.ignored, ["novelty"]);
}

/// A shard of 2 x 3 x 4 with inner chunks of 1 x 3 x 2 and their codecs.
fn sharded(codecs: &str, more: &str) -> String {
    let codec = format!(r#"{{"name": "sharding_indexed", "configuration": {{"chunk_shape": [1, 3, 2], "codecs": [{codecs}] {more}}}}}"#);
    v3(&format!(r#"{{"codecs": [{codec}]}}"#))
}

const PLAIN: &str = r#"{"name": "bytes", "configuration": {"endian": "big"}}"#;

#[test]
fn a_shard_holds_its_inner_chunks_and_where_they_are() {
    let native = layout("<u2", &[2, 3, 4], Order::C);
    let mut src = ramp();
    src[24..].iter_mut().enumerate().for_each(|(i, byte)| *byte = if i % 2 == 0 { 7 } else { 0 }); // the second half is fill value
    let index = r#", "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]"#;
    for (more, first, length) in
        [(index.to_owned(), 0, 24 + 64), (format!(r#"{index}, "index_location": "start""#), 64, 24 + 64), (String::new(), 0, 24 + 68)]
    {
        let zarr = zarr(&sharded(PLAIN, &more));
        let stored = encode(&zarr.codec, &native, &src).expect("encodes");
        assert_eq!(stored.len(), length, "two inner chunks and an index of four");
        assert_eq!(stored[first..first + 12], [0, 0, 0, 1, 0, 4, 0, 5, 0, 8, 0, 9]);
        let entries = if first > 0 { &stored[..64] } else { &stored[24..88] };
        assert_eq!(entries[..16], [(first as u64).to_le_bytes(), 12_u64.to_le_bytes()].concat());
        assert_eq!(entries[32..], [0xff; 32]);
        assert_eq!(decode(&zarr.codec, &stored, Some(&native)).expect("decodes").1, src);
    }
    let zarr = zarr(&sharded(
        r#"{"name": "transpose", "configuration": {"order": [2, 0, 1]}}, {"name": "bytes", "configuration": {"endian": "big"}}, "gzip""#,
        "",
    ));
    let stored = encode(&zarr.codec, &native, &ramp()).expect("encodes");
    assert_eq!(decode(&zarr.codec, &stored, Some(&native)).expect("decodes").1, ramp());
}

#[test]
fn a_broken_index_is_refused() {
    let zarr = zarr(&sharded(PLAIN, r#", "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]"#));
    let native = layout("<u2", &[2, 3, 4], Order::C);
    let good = encode(&zarr.codec, &native, &ramp()).expect("encodes");
    let kind = |at: usize, value: u64| {
        let mut shard = good.clone();
        shard[at..at + 8].copy_from_slice(&value.to_le_bytes());
        decode(&zarr.codec, &shard, None).map_err(|e| e.kind()).err()
    };
    let index = good.len() - 64;
    assert_eq!(kind(index, u64::MAX), Some(Kind::Data), "an end beyond all numbers");
    assert_eq!(kind(index, good.len() as u64 - 11), Some(Kind::Data), "beyond the shard");
    assert_eq!(kind(index + 16, 6), Some(Kind::Data), "overlapping the first");
    assert_eq!(kind(index, index as u64 - 4), Some(Kind::Data), "overlapping the index");
    assert_eq!(kind(index + 24, 11), Some(Kind::Shape), "an inner chunk cut short");
    assert_eq!(decode(&zarr.codec, &good[index + 1..], None).map_err(|e| e.kind()).err(), Some(Kind::Data));
    let checked = super::open(&sharded(PLAIN, ""), None).expect("the default index has a checksum");
    let mut shard = encode(&checked.codec, &native, &ramp()).expect("encodes");
    let last = shard.len() - 10;
    shard[last] ^= 1;
    assert_eq!(decode(&checked.codec, &shard, None).map_err(|e| e.kind()).err(), Some(Kind::Checksum));
}

#[test]
fn errors_of_shards_name_their_path() {
    for (json, path) in [
        (sharded(r#""nope""#, ""), "codecs[0].configuration.codecs[0]"),
        (sharded(r#"{"name": "bytes", "configuration": {"endian": "big"}}, "nope""#, ""), "codecs[0].configuration.codecs[1].name"),
        (sharded("", ""), "codecs[0].configuration.codecs"),
        (sharded(PLAIN, r#", "index_location": "middle""#), "codecs[0].configuration.index_location"),
        (sharded(PLAIN, r#", "index_codecs": ["gzip"]"#), "codecs[0].configuration.index_codecs[0]"),
        (sharded(PLAIN, r#", "index_codecs": []"#), "codecs[0].configuration.index_codecs"),
        (sharded(PLAIN, "").replace("[1,3,2]", "[1,3,3]"), "codecs[0].configuration.chunk_shape"),
        (sharded(PLAIN, "").replace("[1,3,2]", "[1,3,0]"), "codecs[0].configuration.chunk_shape"),
    ] {
        let error = open(&json, None).err().expect(&json);
        assert_eq!(error.details().path, path, "{json}");
    }
}

#[test]
fn strings_lie_in_shards_and_come_back_in_order() {
    let inner = r#"{"name": "transpose", "configuration": {"order": [2, 1, 0]}}, "vlen-utf8""#;
    let json = sharded(inner, "").replace("\"uint16\"", "\"string\"").replace("\"fill_value\":7", "\"fill_value\":\"?\"");
    let zarr = zarr(&json);
    assert_eq!((zarr.layout.items, zarr.inner().map(|inner| inner.layout.shape().to_vec())), (Items::Utf8, Some(vec![1, 3, 2])));
    let texts: Vec<String> = (0..24).map(|i| if i < 12 { "?".to_owned() } else { format!("item {i}") }).collect();
    let items: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let limits = Limits::default();
    let mut out = Sink::owned(Call::new(&limits, None));
    operation::encode(&zarr.codec, &Source::Array(ArrayRef::apart(&zarr.layout, &items).expect("array")), &mut out).expect("encodes");
    let stored = out.into_parts().0;
    assert_eq!(stored[stored.len() - 68..][..32], [0xff; 32], "the first half is fill value");
    let mut out = Sink::owned(Call::new(&limits, None));
    assert_eq!(operation::decode(&zarr.codec, &stored, None, None, &mut out).expect("decodes"), zarr.layout);
    assert_eq!(String::from_utf8(out.into_parts().0).ok(), Some(texts.concat()));
}

#[test]
fn a_fill_value_behind_a_filter_is_exact_or_not_known() {
    let of = |json: &str, dtype: &str, filter: &str, after: &str| {
        let before = Dtype::parse(dtype).expect(dtype);
        let kind = DataType::plain(before, Items::Fixed);
        let fill = super::Fill::parse(&serde_json::from_str(json).expect("test JSON"), &kind, "").expect("fill");
        fill.behind(filter, before, Dtype::parse(after).expect(after)).map(|fill| fill.item)
    };
    assert_eq!(of("2.0", "<f8", "fixedscaleoffset", "<i4"), Some(vec![2, 0, 0, 0]));
    assert_eq!((of("0.1", "<f8", "fixedscaleoffset", "<i4"), of("\"NaN\"", "<f8", "astype", "<i4")), (None, None));
    assert_eq!((of("0.5", "<f8", "astype", "<f4"), of("0.1", "<f8", "astype", "<f4")), (Some(0.5_f32.to_le_bytes().to_vec()), None));
    assert_eq!(of("1.5", "<f4", "bitround", "<i4"), Some(1.5_f32.to_le_bytes().to_vec()));
}
