//! The inputs that fuzzing found worth keeping, each run once through the fuzz target it is for, without a fuzzer.

#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

/// Runs a target over the inputs of one of its folders.
fn replay(folder: &str, target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
    let paths = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut inputs = 0;
    for path in paths.map(|entry| entry.expect("an entry").path()) {
        let data = fs::read(&path).expect("an input");
        catch_unwind(|| target(&data)).unwrap_or_else(|_| panic!("it was {}", path.display()));
        inputs += 1;
    }
    assert!(inputs > 0, "nothing in {}", folder.display());
}

#[test]
fn chunks_of_each_codec() {
    fuzz::ids().for_each(|id| replay(&format!("decode/{id}"), |data| fuzz::decode(data, id)));
}

#[test]
fn arrays_of_each_codec() {
    fuzz::ids().for_each(|id| replay(&format!("round_trip/{id}"), |data| fuzz::round_trip(data, id)));
}

#[test]
fn configurations() {
    replay("config/all", fuzz::config);
}

#[test]
fn metadata_of_zarr() {
    replay("zarr/all", fuzz::zarr);
}

#[test]
fn shards() {
    replay("shard/all", fuzz::shard);
}

#[test]
fn batches() {
    replay("batch/all", fuzz::batch);
}

#[test]
fn helpers_of_blosc() {
    replay("blosc_helpers/all", fuzz::blosc_helpers);
}

#[test]
fn codecs_of_the_caller() {
    replay("registry/all", fuzz::registry);
}
