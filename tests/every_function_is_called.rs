//! Every function of the header is called in a C test, and every status can be met there.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;

fn read(folder: &str, endings: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let wanted = paths.filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)));
    wanted.map(|path| std::fs::read_to_string(path).expect("source")).collect()
}

/// The words of a text that begin with `prefix`; with `called`, those in front of a bracket.
fn words(text: &str, prefix: &str, called: bool) -> BTreeSet<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts = text.match_indices(prefix).filter(|(at, _)| !text[..*at].ends_with(is_word));
    let word = |(at, _)| {
        let rest: &str = &text[at..];
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        (!called || after.starts_with('(')).then(|| word.to_owned())
    };
    starts.filter_map(word).collect()
}

#[test]
fn every_function_of_the_header_is_called_in_a_c_test() {
    let declared = words(&read("include", &["numcodecs.h"]), "nc_", true);
    let called = words(&read("c_tests", &[".c", ".cpp", ".h"]), "nc_", true);
    assert!(declared.len() > 60, "the header was not read");
    let missing: Vec<_> = declared.difference(&called).collect();
    assert!(missing.is_empty(), "no C test calls {missing:?}");
}

#[test]
fn every_status_is_met_in_a_c_test() {
    let declared = words(&read("include", &["numcodecs.h"]), "NUMCODECS_ERR_", false);
    let met = words(&read("c_tests", &[".c", ".cpp"]), "NUMCODECS_ERR_", false);
    let bugs_of_ours = BTreeSet::from(["NUMCODECS_ERR_PANIC".to_owned(), "NUMCODECS_ERR_".to_owned()]);
    let missing: Vec<_> = declared.difference(&met).filter(|name| !bugs_of_ours.contains(*name)).collect();
    assert!(missing.is_empty(), "no C test meets {missing:?}");
}
