//! Data types of Zarr v2: NumPy strings, and lists of fields.

use serde_json::Value;

use super::json::shown;
use crate::core::config::wrong_type;
use crate::core::dtype::{Class, Dtype};
use crate::core::{Error, Result};

/// The dtype of a `.zarray`. Structured types are raw bytes to every codec, so only their size is kept.
pub fn parse(value: &Value, path: &str) -> Result<Dtype> {
    match value {
        Value::String(text) => Dtype::parse(text).map_err(|e| Error::config(path, e.to_string())),
        Value::Array(fields) => {
            let size = fields.iter().enumerate().try_fold(0_usize, |sum, (i, field)| {
                let path = format!("{path}[{i}]");
                sum.checked_add(field_size(field, &path)?).ok_or_else(|| too_large(&path))
            })?;
            raw(size, path)
        }
        other => Err(wrong_type(path, "a string or a list of fields", other)),
    }
}

/// Raw items of `size` bytes.
pub fn raw(size: usize, path: &str) -> Result<Dtype> {
    if size > i32::MAX as usize {
        return Err(too_large(path));
    }
    Ok(Dtype { class: Class::Raw, itemsize: size, big_endian: false })
}

/// `[name, type]` or `[name, type, shape]`.
fn field_size(field: &Value, path: &str) -> Result<usize> {
    let wrong = || Error::config(path, format!("a field is [name, type] or [name, type, shape], not {}", shown(field)));
    let (kind, shape) = match field.as_array().map(Vec::as_slice) {
        Some([Value::String(_), kind]) => (kind, &[][..]),
        Some([Value::String(_), kind, Value::Array(shape)]) => (kind, shape.as_slice()),
        _ => return Err(wrong()),
    };
    let dtype = parse(kind, &format!("{path}[1]"))?;
    if dtype.class == Class::Object {
        return Err(Error::config(format!("{path}[1]"), "objects cannot be fields").with_kind(crate::core::Kind::Unsupported));
    }
    shape.iter().try_fold(dtype.itemsize, |size, extent| {
        let extent = extent.as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(wrong)?;
        size.checked_mul(extent).ok_or_else(|| too_large(path))
    })
}

fn too_large(path: &str) -> Error {
    Error::config(path, format!("items of more than {} bytes are not possible", i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dtype(json: &str) -> Result<String> {
        parse(&serde_json::from_str(json).expect("test JSON"), "dtype").map(|d| d.to_string())
    }

    #[test]
    fn structured_types_add_up() {
        assert_eq!(dtype(r#"">f8""#).ok().as_deref(), Some(">f8"));
        assert_eq!(dtype(r#"[["a", "<i4"], ["b", ">f8"], ["c", "<i2", [2, 3]], ["d", [["x", "|S2"]]]]"#).ok().as_deref(), Some("|V26"));
    }

    #[test]
    fn errors_name_the_field() {
        for (json, path) in [
            ("7", "dtype"),
            (r#"[["a", "<i4"], ["b"]]"#, "dtype[1]"),
            (r#"[["a", "<q9"]]"#, "dtype[0][1]"),
            (r#"[["a", "|O"]]"#, "dtype[0][1]"),
            (r#"[["a", "<i4", [9223372036854775807, 9]]]"#, "dtype[0]"),
            (r#"[["a", "<i4", [-1]]]"#, "dtype[0]"),
        ] {
            assert_eq!(dtype(json).expect_err(json).details().path, path);
        }
    }
}
