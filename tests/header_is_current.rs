//! `include/numcodecs.h` is what cbindgen makes of `src/capi`. `BLESS=1 cargo test --test header_is_current` writes it anew.

#![allow(clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// The files of the header, in its order.
const FILES: [&str; 15] = [
    "types", "library", "codec", "layout", "encode", "decode", "buffer", "registry", "zarr", "shard", "batch", "blosc", "lz4", "zstd",
    "checksum",
];

const PREFACE: &str = "/* libnumcodecs: every codec of the Python package numcodecs, from C. MIT licence.
 *
 * Made from src/capi by cbindgen: edit there, not here.
 *
 * Words used in the comments
 *   borrowed   read during the call only
 *   filled     memory of the caller, written during the call
 *   gives      yours: free it with the function named
 *   lends      stays valid until the handle it came from is freed; not to be freed
 *   takes      not to be used any more
 *
 * Rules that hold everywhere
 *   Handles are immutable once made (a registry: once it is shared): any number of threads may use one at the same time.
 *   Functions return a status; err is the caller's record of what went wrong and may be NULL. Any required pointer that is NULL gives
 *   NUMCODECS_ERR_NULL. After a failure every out-pointer is NULL or 0.
 *   Sizes, offsets and strides are bytes; shapes, starts and counts are elements. A comment that says otherwise says so.
 *   NULL with 0 bytes is an empty input. An empty result has data NULL and 0 bytes.
 *   Every callback runs on the thread that made the call and must return normally: no longjmp, no C++ exception.
 *   The library keeps no state between calls but what handles hold (and nc_blosc_set_nthreads, on which no result depends), obeys no
 *   environment variables, prints nothing, leaves no thread running, and may be used after fork.
 *   Constants are enumerators, not macros, so that tools that read preprocessed text see them.
 */";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn generate() -> String {
    let root = root();
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = cbindgen::Builder::new().with_config(config).with_header(PREFACE).with_after_include(version());
    for file in FILES {
        builder = builder.with_src(root.join(format!("src/capi/{file}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().expect("cbindgen reads src/capi").write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

fn version() -> String {
    let numbers: Vec<&str> = env!("CARGO_PKG_VERSION").split('.').collect();
    let [major, minor, patch] = numbers[..] else { panic!("three numbers") };
    format!(
        "\n/* Version of this header; nc_codec_library_version() tells that of the library. */\n\
         #define NUMCODECS_VERSION \"{major}.{minor}.{patch}\"\n\
         #define NUMCODECS_VERSION_MAJOR {major}\n#define NUMCODECS_VERSION_MINOR {minor}\n#define NUMCODECS_VERSION_PATCH {patch}"
    )
}

#[test]
fn the_committed_header_is_what_cbindgen_makes() {
    let path = root().join("include/numcodecs.h");
    let fresh = generate();
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("include/");
        std::fs::write(&path, &fresh).expect("written");
    }
    let committed = std::fs::read_to_string(&path).expect("include/numcodecs.h");
    assert!(committed == fresh, "include/numcodecs.h is out of date: run BLESS=1 cargo test --test header_is_current");
}

#[test]
fn every_export_stands_in_the_header() {
    let header = generate();
    for entry in std::fs::read_dir(root().join("src/capi")).expect("src/capi") {
        let path = entry.expect("an entry").path();
        if show(&path) == "test_hooks.rs" {
            continue; // in no release: tools/test-symbols.sh sees that the libraries have no such name
        }
        let source = std::fs::read_to_string(&path).expect("source");
        for name in exports(&source) {
            assert!(header.contains(&format!("{name}(")), "{name} of {} is not in the header: add the file to FILES", show(&path));
        }
    }
}

fn exports(source: &str) -> impl Iterator<Item = &str> {
    let after = source.split("#[unsafe(no_mangle)]").skip(1);
    after.filter_map(|text| text.split("fn ").nth(1)?.split('(').next())
}

fn show(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
