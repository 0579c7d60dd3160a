//! Reading and writing together: what Python takes, in the form in which it writes it.

use super::super::call::{Call, Limits};
use super::super::error::Result;
use super::super::sink::Sink;
use super::read::{Options, Reader, last_elements};
use super::{MAX_DEPTH, Style, Tape, Writer};

/// The compact form of a text, read with `strict`.
fn compact(text: &[u8], strict: bool) -> Result<String> {
    let limits = Limits::new(None, Some(1 << 20));
    let call = Call::new(&limits, None);
    let mut tape = Tape::new(call);
    let mut reader = Reader::new(text, 0, Options { strict, exact: true }, call);
    reader.value(&mut tape)?;
    reader.end()?;
    let (style, mut out) = (Style::compact(), Sink::owned(call));
    Writer::new(&style, &mut out).value(text, &tape, 0)?;
    Ok(String::from_utf8(out.into_parts().0).expect("UTF-8"))
}

#[test]
fn values_keep_their_form() {
    for (text, form) in [
        (" [ 1 , -0 , 1.0 , 1E+2 , -0.0 ] ", "[1,0,1.0,100.0,-0.0]"),
        ("[NaN,Infinity,-Infinity,1e999]", "[NaN,Infinity,-Infinity,Infinity]"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        (r#"{"b":1,"a":[{}, []],"b":{"c":null}}"#, r#"{"b":{"c":null},"a":[{},[]]}"#),
        (r#""\u0041\/\ud83d\ude00\n\u007f""#, "\"A/😀\\n\u{7f}\""),
        (r#""\ude00\ud83d""#, r#""\ude00\ud83d""#),
        (r#"{"\u0061":1,"a":2}"#, r#"{"a":2}"#),
    ] {
        assert_eq!(compact(text.as_bytes(), true).ok().as_deref(), Some(form), "{text}");
    }
}

#[test]
fn what_python_refuses_is_refused() {
    for text in [
        "",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{1:2}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1]",
        "[1}",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "0x1",
        "nan",
        "infinity",
        "True",
        "nul",
        "'a'",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\u+123\"",
        "\"a\nb\"",
        "1 2",
        "[1]]",
        "\u{feff}1",
        "//",
        "-NaN",
        "--1",
        "1.e5",
    ] {
        assert!(compact(text.as_bytes(), true).is_err(), "{text}");
    }
    assert_eq!(compact(b"\"a\nb\"", false).ok().as_deref(), Some("\"a\\nb\""));
}

#[test]
fn depth_and_memory_end_in_errors() {
    let nested = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
    assert!(compact(&nested(MAX_DEPTH), true).is_ok());
    assert!(compact(&nested(MAX_DEPTH + 1), true).is_err());
    assert!(compact(&vec![b'['; 1 << 20], true).is_err());
    let long = [b"[".as_slice(), &b"0,".repeat(1 << 19), b"0]"].concat();
    assert_eq!(compact(&long, true).map_err(|e| e.kind()), Err(crate::core::Kind::Limit));
}

#[test]
fn every_cut_is_an_error() {
    let text = r#"[{"a":[1.5e3,"\ud83d\ude00",null]},-12]"#.as_bytes();
    for cut in 0..text.len() {
        assert!(compact(&text[..cut], true).is_err(), "cut to {cut}");
    }
}

#[test]
fn the_last_elements_are_found() {
    let text = br#" [["a,]\"",[1,2]] , "|O" ,[1, 1]]"#;
    let [dtype, shape] = last_elements::<2>(text).expect("two elements");
    assert!(text[dtype..].starts_with(b" \"|O\"") && text[shape..].starts_with(b"[1, 1]]"));
    for none in [&b""[..], b"[1]", b"[1,\"", b"]", b"[]],1"] {
        assert_eq!(last_elements::<2>(none), None);
    }
}
