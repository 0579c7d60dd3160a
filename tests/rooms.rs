//! The rooms of `src`: every import points down, and `unsafe` stays where it is allowed.

#![allow(clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// Every room with the rooms it may import, from the ground up.
const ROOMS: [(&str, &[&str]); 10] = [
    ("kernels", &[]),
    ("core", &["kernels"]),
    ("sys", &["core", "kernels"]),
    ("codecs", &["core", "kernels", "sys"]),
    ("registry", &["core", "codecs"]),
    ("pipeline", &["core", "registry"]),
    ("zarr", &["core", "registry", "pipeline"]),
    ("operation", &["core", "registry"]),
    ("batch", &["core"]),
    ("capi", &["core", "kernels", "codecs", "registry", "pipeline", "zarr", "operation", "batch"]),
];

const MAY_BE_UNSAFE: [&str; 3] = ["kernels", "sys", "capi"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path != root.join("lib.rs") && !is_test(&path) {
                let inside = path.strip_prefix(&root).expect("below src");
                let room = inside.components().next().expect("a room").as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                found.push((room, inside.to_owned(), std::fs::read_to_string(&path).expect("source")));
            }
        }
    }
    assert!(found.len() > 40, "src was not found whole");
    found
}

/// Files compiled for tests only.
fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "testing" || stem.to_string_lossy().ends_with("_tests"))
}

/// The code of a file, without comments and without the tests at its end.
fn code(source: &str) -> impl Iterator<Item = &str> {
    let shipped = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    shipped.lines().map(|line| line.split("//").next().unwrap_or_default())
}

#[test]
fn every_import_points_down() {
    for (room, path, source) in sources() {
        let (_, allowed) = ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("{room} is not a known room"));
        for line in code(&source) {
            for used in line.split("crate::").skip(1) {
                let target: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(target == room || allowed.contains(&target.as_str()), "{} imports {target}: {line}", path.display());
            }
        }
    }
}

#[test]
fn unsafe_stays_in_its_rooms() {
    for (room, path, source) in sources() {
        let words = code(&source).flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
        let uses = words.filter(|word| *word == "unsafe").count();
        assert!(uses == 0 || MAY_BE_UNSAFE.contains(&room.as_str()), "{} says unsafe", path.display());
    }
}

#[test]
fn every_codec_forbids_unsafe() {
    for (room, path, source) in sources() {
        if room == "codecs" && path != Path::new("codecs/mod.rs") {
            assert!(source.contains("#![forbid(unsafe_code)]"), "{} does not forbid unsafe code", path.display());
        }
    }
}

#[test]
fn c_types_stay_above_core_and_codecs() {
    for (room, path, source) in sources() {
        let knows_c = code(&source).any(|line| line.contains("std::ffi") || line.contains("libc::") || line.contains("extern \"C\""));
        assert!(!knows_c || ["sys", "capi"].contains(&room.as_str()), "{} knows C types", path.display());
    }
}
