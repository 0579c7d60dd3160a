//! What the items of an array are, and how Zarr v2 spells it: NumPy strings, and lists of fields.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::json::{shown, unsupported};
use crate::core::config::wrong_type;
use crate::core::dtype::{Class, Dtype};
use crate::core::{Error, Items, Result, convert};

/// Type of the items of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataType {
    /// As NumPy has it; structured types are raw bytes to every codec.
    pub dtype: Dtype,
    /// Fixed, or one of the kinds of variable length.
    pub items: Items,
    /// Of a structured type, one after the other.
    pub fields: Vec<Field>,
}

/// A field of a structured type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Type of an element.
    pub kind: DataType,
    /// Extents, where the field is an array.
    pub shape: Vec<usize>,
}

impl DataType {
    /// A type without fields.
    pub fn plain(dtype: Dtype, items: Items) -> Self {
        DataType { dtype, items, fields: Vec::new() }
    }

    /// Fields one after the other; `path` is where they stand.
    pub fn structured(fields: Vec<Field>, path: &str) -> Result<Self> {
        let mut names = BTreeSet::new();
        if let Some((i, field)) = fields.iter().enumerate().find(|(_, field)| !names.insert(&field.name)) {
            return Err(Error::config(format!("{path}[{i}]"), format!("there is a field \"{}\" already", field.name.escape_default())));
        }
        let size = fields.iter().try_fold(0_usize, |sum, field| sum.checked_add(field.nbytes()?));
        let dtype = raw(size.ok_or_else(|| too_large(path))?, path)?;
        Ok(DataType { dtype, items: Items::Fixed, fields })
    }

    /// The same in another byte order.
    #[must_use]
    pub fn ordered(&self, big_endian: bool) -> Self {
        let fields = self.fields.iter().map(|field| Field { kind: field.kind.ordered(big_endian), ..field.clone() });
        DataType { dtype: self.dtype.ordered(big_endian), items: self.items, fields: fields.collect() }
    }

    /// Whether it is big endian; `None` where no byte order matters. Fields of a structured type must agree.
    pub fn byte_order(&self, path: &str) -> Result<Option<bool>> {
        if self.fields.is_empty() {
            return Ok((self.dtype.swap_size() > 1 && self.items == Items::Fixed).then_some(self.dtype.big_endian));
        }
        let mut all = None;
        for (i, field) in self.fields.iter().enumerate() {
            let path = format!("{path}[{i}][1]");
            let own = field.kind.byte_order(&path)?;
            if own.is_some() && all.is_some() && own != all {
                return Err(unsupported(path, "fields of both byte orders have no form in Zarr v3"));
            }
            all = all.or(own);
        }
        Ok(all)
    }

    /// Whether Zarr v3 asks for a byte order.
    pub fn has_byte_order(&self) -> bool {
        let wide = |field: &Field| if field.kind.fields.is_empty() { field.kind.dtype.itemsize > 1 } else { field.kind.has_byte_order() };
        self.dtype.swap_size() > 1 || self.fields.iter().any(wide)
    }

    /// Turns around what has a byte order in every item.
    pub fn swap(&self, bytes: &mut [u8]) {
        if self.fields.is_empty() {
            return convert::swap_bytes(bytes, self.dtype);
        }
        for item in bytes.chunks_exact_mut(self.dtype.itemsize.max(1)) {
            let mut rest = item;
            for field in &self.fields {
                let Some((own, behind)) = rest.split_at_mut_checked(field.nbytes().unwrap_or(0)) else { return };
                field.kind.swap(own);
                rest = behind;
            }
        }
    }

    /// As Zarr v2 writes it.
    pub fn to_v2(&self) -> Value {
        if self.items != Items::Fixed {
            return Value::from("|O");
        }
        if self.fields.is_empty() {
            return Value::from(self.dtype.to_string());
        }
        let field = |field: &Field| match field.shape.as_slice() {
            [] => json!([field.name, field.kind.to_v2()]),
            shape => json!([field.name, field.kind.to_v2(), shape]),
        };
        self.fields.iter().map(field).collect()
    }
}

impl Field {
    /// Bytes in an item; `None` beyond all memory.
    pub fn nbytes(&self) -> Option<usize> {
        self.shape.iter().try_fold(self.kind.dtype.itemsize, |size, extent| size.checked_mul(*extent))
    }
}

/// Reads the dtype of a `.zarray`; objects have yet to be told apart.
pub fn parse(value: &Value, path: &str) -> Result<DataType> {
    match value {
        Value::String(text) => {
            let dtype = Dtype::parse(text).map_err(|e| Error::config(path, e.to_string()))?;
            Ok(DataType::plain(dtype, Items::Fixed))
        }
        Value::Array(fields) => {
            let fields = fields.iter().enumerate().map(|(i, field)| parse_field(field, &format!("{path}[{i}]")));
            DataType::structured(fields.collect::<Result<_>>()?, path)
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
fn parse_field(field: &Value, path: &str) -> Result<Field> {
    let wrong = || Error::config(path, format!("a field is [name, type] or [name, type, shape], not {}", shown(field)));
    let (name, kind, shape) = match field.as_array().map(Vec::as_slice) {
        Some([Value::String(name), kind]) => (name, kind, &[][..]),
        Some([Value::String(name), kind, Value::Array(shape)]) => (name, kind, shape.as_slice()),
        _ => return Err(wrong()),
    };
    let kind = parse(kind, &format!("{path}[1]"))?;
    if kind.dtype.class == Class::Object {
        return Err(unsupported(format!("{path}[1]"), "objects cannot be fields"));
    }
    let extent = |n: &Value| n.as_u64().and_then(|n| usize::try_from(n).ok());
    let shape = shape.iter().map(extent).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    let field = Field { name: name.clone(), kind, shape };
    if field.nbytes().is_none() {
        return Err(too_large(path));
    }
    Ok(field)
}

fn too_large(path: &str) -> Error {
    Error::config(path, format!("items of more than {} bytes are not possible", i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(json: &str) -> Result<DataType> {
        parse(&serde_json::from_str(json).expect("test JSON"), "dtype")
    }

    const NESTED: &str = r#"[["a","<i4"],["b",">f8"],["c","<i2",[2,3]],["d",[["x","|S2"]]]]"#;

    #[test]
    fn structured_types_add_up_and_are_written_as_they_came() {
        assert_eq!(kind(r#"">f8""#).map(|kind| kind.dtype.to_string()).ok().as_deref(), Some(">f8"));
        let nested = kind(NESTED).expect("a structured type");
        assert_eq!((nested.dtype.to_string().as_str(), nested.to_v2().to_string().as_str()), ("|V26", NESTED));
    }

    #[test]
    fn byte_order_is_that_of_the_fields() {
        let nested = kind(NESTED).expect("a structured type");
        let error = nested.byte_order("dtype").expect_err("both byte orders");
        assert_eq!(error.details().path, "dtype[1][1]");
        assert_eq!(nested.ordered(true).byte_order("dtype").ok(), Some(Some(true)));
        let mut item: Vec<u8> = (0..26).collect();
        nested.swap(&mut item);
        assert_eq!(item[..14], [3, 2, 1, 0, 11, 10, 9, 8, 7, 6, 5, 4, 13, 12]);
        assert_eq!(item[22..], [23, 22, 24, 25]);
    }

    #[test]
    fn errors_name_the_field() {
        for (json, path) in [
            ("7", "dtype"),
            (r#"[["a", "<i4"], ["b"]]"#, "dtype[1]"),
            (r#"[["a", "<q9"]]"#, "dtype[0][1]"),
            (r#"[["a", "|O"]]"#, "dtype[0][1]"),
            (r#"[["a", "<i4"], ["b", "<i4"], ["a", "<i2"]]"#, "dtype[2]"),
            (r#"[["a", "<i4", [9223372036854775807, 9]]]"#, "dtype[0]"),
            (r#"[["a", "<i4", [-1]]]"#, "dtype[0]"),
        ] {
            assert_eq!(kind(json).expect_err(json).details().path, path);
        }
    }
}
