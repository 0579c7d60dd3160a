//! `docs/mapping.md` names nothing that does not exist, and leaves out nothing of the Python documentation.

#![allow(clippy::expect_used)]

use std::path::Path;

/// The functions and classes of the numcodecs documentation (0.12.1).
const DOCUMENTED: [&str; 46] = [
    "abc.Codec",
    "codec_id",
    "encode(",
    "decode(",
    "get_config(",
    "from_config(",
    "get_codec(",
    "register_codec(",
    "decode_partial(",
    "blosc.Blosc",
    "lz4.LZ4",
    "zfpy.ZFPY",
    "zstd.Zstd",
    "zlib.Zlib",
    "gzip.GZip",
    "bz2.BZ2",
    "lzma.LZMA",
    "delta.Delta",
    "fixedscaleoffset.FixedScaleOffset",
    "quantize.Quantize",
    "bitround.BitRound",
    "packbits.PackBits",
    "categorize.Categorize",
    "CRC32()",
    "Adler32()",
    "Fletcher32()",
    "JenkinsLookup3(",
    "astype.AsType",
    "json.JSON",
    "pickles.Pickle",
    "msgpacks.MsgPack",
    "VLenUTF8",
    "VLenBytes",
    "VLenArray",
    "shuffle.Shuffle",
    "blosc.init()",
    "blosc.destroy()",
    "compname_to_compcode(",
    "list_compressors()",
    "get_nthreads()",
    "set_nthreads(",
    "cbuffer_sizes(",
    "cbuffer_complib(",
    "cbuffer_metainfo(",
    "blosc.decompress_partial(",
    "zstd.decompress(",
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the project")
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_c_name_is_in_the_header() {
    let (mapping, header) = (read("docs/mapping.md"), read("include/numcodecs.h"));
    let words: Vec<&str> = header.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let names: Vec<&str> = quoted(&mapping).filter(|name| name.starts_with("nc_") || name.starts_with("NUMCODECS_")).collect();
    assert!(names.len() > 40, "{} names", names.len());
    for name in names {
        assert!(words.contains(&name), "{name} is not in the header");
    }
}

#[test]
fn every_configuration_names_a_codec() {
    let mapping = read("docs/mapping.md");
    let ids: Vec<&str> = quoted(&mapping).filter_map(|text| text.strip_prefix("{\"id\": \"")?.strip_suffix("\"}")).collect();
    assert_eq!(ids.len(), 26);
    for id in ids.into_iter().filter(|id| cfg!(feature = "zfp") || *id != "zfpy") {
        assert!(numcodecs::codecs::find(id).is_some(), "no codec {id}");
    }
}

#[test]
fn nothing_of_the_documentation_is_missing() {
    let mapping = read("docs/mapping.md");
    for name in DOCUMENTED {
        assert!(quoted(&mapping).any(|text| text.contains(name)), "{name} has no line");
    }
}
