//! `THIRD-PARTY.md` and the library agree on the C sources inside: who reports a flaw in one of them must know which are affected.

#![allow(unsafe_code)]

use std::ffi::CStr;

use numcodecs::capi::library::nc_engine_at;

fn engines() -> Vec<String> {
    (0usize..)
        .map(|i| nc_engine_at(i))
        .take_while(|text| !text.is_null())
        // SAFETY: static text of the library.
        .map(|text| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn lists_the_versions_that_are_linked() {
    let table = include_str!("../THIRD-PARTY.md").to_lowercase();
    let engines = engines();
    assert_eq!(engines.len(), if cfg!(feature = "zfp") { 8 } else { 7 });
    for engine in engines {
        let (name, version) = engine.split_once(' ').unwrap_or_default();
        let row = table.lines().find(|row| row.starts_with(&format!("| {name} "))).unwrap_or_default();
        assert!(row.contains(&format!("| {version} |")), "THIRD-PARTY.md has no row for {engine}: {row}");
    }
}
