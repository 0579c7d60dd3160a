//! What calling and building mean for the globals that arrays need.
#![forbid(unsafe_code)]

use super::value::{Array, Data, Form, Global, Heap, Lie, Raw, Value, add};
use crate::core::layout::MAX_NDIM;
use crate::core::{Class, Dtype, Error, Result};

/// What a call makes.
enum Made<'a> {
    /// An array that waits for its state.
    Waiting,
    Array(Array<'a>),
    Scalar(Array<'a>),
    Dtype(Dtype),
    Bytes(Raw<'a>),
}

/// Calls a global with a tuple of arguments.
pub fn call<'a>(heap: &mut Heap<'a>, global: Global, arguments: Value<'a>) -> Result<Value<'a>> {
    match make(heap, global, heap.tuple(arguments)?)? {
        Made::Waiting => add(&mut heap.arrays, None).map(Value::Array),
        Made::Array(array) => add(&mut heap.arrays, Some(array)).map(Value::Array),
        Made::Scalar(array) => add(&mut heap.arrays, Some(array)).map(Value::Scalar),
        Made::Dtype(dtype) => add(&mut heap.dtypes, dtype).map(Value::Dtype),
        Made::Bytes(raw) => Ok(Value::Bytes(raw)),
    }
}

fn make<'a>(heap: &Heap<'a>, global: Global, arguments: &[Value<'a>]) -> Result<Made<'a>> {
    Ok(match (global, arguments) {
        // The arguments of these two do not matter: the state tells all.
        (Global::Reconstruct, [Value::Global(Global::Ndarray), _, _]) | (Global::Ndarray, [Value::Tuple(_)]) => Made::Waiting,
        (Global::Ndarray, [shape, dtype, data, order @ ..]) => {
            let order = match order {
                [] => Lie::C,
                [Value::Int(0), Value::None, order] => order_of(heap, &[*order])?,
                _ => return Err(Error::unsupported("an array with an offset or strides is refused")),
            };
            let (dtype, shape) = (dtype_of(heap, *dtype)?, extents(heap, *shape)?);
            Made::Array(Array { dtype, native: false, shape, order, data: bytes(*data)? })
        }
        (Global::Dtype, [Value::Text(text), ..]) => {
            let text = text.to_text().ok_or_else(|| Error::dtype("a dtype with an overlong name"))?;
            Made::Dtype(Dtype::parse(&text)?)
        }
        (Global::Encode, [Value::Text(text), Value::Text(encoding)]) if is_latin1(*encoding) => Made::Bytes(*text),
        (Global::Bytes, []) => Made::Bytes(Raw::new(&[], Form::Plain)?),
        (Global::FromBuffer, [data, dtype, shape, order @ ..]) => {
            let (dtype, shape) = (dtype_of(heap, *dtype)?, extents(heap, *shape)?);
            Made::Array(Array { dtype, native: false, shape, order: order_of(heap, order)?, data: bytes(*data)? })
        }
        (Global::Scalar, [dtype, data]) => {
            Made::Scalar(Array { dtype: dtype_of(heap, *dtype)?, native: true, shape: Vec::new(), order: Lie::C, data: bytes(*data)? })
        }
        _ => return Err(Error::data(format!("{global:?} is called with other arguments than those of an array"))),
    })
}

/// Gives an array or a dtype its state.
pub fn build<'a>(heap: &mut Heap<'a>, target: Value<'a>, state: Value<'a>) -> Result<()> {
    match target {
        Value::Array(id) => {
            let array = array(heap, state)?;
            if let Some(slot) = heap.arrays.get_mut(id) {
                *slot = Some(array);
            }
        }
        Value::Dtype(id) => {
            let plain = heap.dtypes.get(id).copied().ok_or_else(|| Error::data("no dtype"))?;
            let dtype = dtype(heap, plain, state)?;
            if let Some(slot) = heap.dtypes.get_mut(id) {
                *slot = dtype;
            }
        }
        other => return Err(Error::unsupported(format!("state for {} is refused: no array needs it", other.name()))),
    }
    Ok(())
}

/// `(version, shape, dtype, is_fortran, data)`; the oldest files have no version.
fn array<'a>(heap: &Heap<'a>, state: Value<'a>) -> Result<Array<'a>> {
    let state = match heap.tuple(state)? {
        [Value::Int(_), rest @ ..] => rest,
        rest => rest,
    };
    let [shape, dtype, fortran, data] = state else {
        return Err(Error::data(format!("an array's state has {} elements", state.len())));
    };
    let order = match fortran {
        Value::Bool(true) | Value::Int(1) => Lie::F,
        _ => Lie::C,
    };
    let data = match *data {
        Value::List(id) => Data::List(id),
        other => bytes(other)?,
    };
    Ok(Array { dtype: dtype_of(heap, *dtype)?, native: true, shape: extents(heap, *shape)?, order, data })
}

/// `(version, byte order, subdtype, names, fields, itemsize, alignment, flags, metadata)`.
fn dtype<'a>(heap: &Heap<'a>, plain: Dtype, state: Value<'a>) -> Result<Dtype> {
    let state = heap.tuple(state)?;
    let [Value::Int(3 | 4), Value::Text(order), subdtype, _, _, itemsize, _, flags, metadata @ ..] = state else {
        return Err(Error::unsupported("the state of a dtype has another form than NumPy writes since 1.3"));
    };
    if !matches!(subdtype, Value::None) {
        return Err(Error::unsupported("a dtype of arrays is refused"));
    }
    let mut dtype = plain;
    if let (Class::Bytes | Class::Text | Class::Raw, Value::Int(size)) = (plain.class, itemsize) {
        let sized = usize::try_from(*size).ok().filter(|n| *n <= i32::MAX as usize && (plain.class != Class::Text || n.is_multiple_of(4)));
        dtype.itemsize = sized.ok_or_else(|| Error::data(format!("an item of {size} bytes")))?;
    }
    // Items with references inside, which only structured types have beside plain objects.
    if plain.class == Class::Raw && !matches!(flags, Value::Int(flags) if flags & 3 == 0) {
        return Err(Error::unsupported("a structured dtype with objects inside is refused"));
    }
    if matches!(plain.class, Class::Datetime(_) | Class::Timedelta(_)) {
        dtype.class = time_class(heap, plain, metadata)?;
    }
    let big_endian = match order.to_text().as_deref() {
        Some(">") => true,
        Some("=") => cfg!(target_endian = "big"),
        _ => false,
    };
    Ok(dtype.ordered(big_endian))
}

/// The unit of a time: `(_, (base, count, 1, 1))`.
fn time_class<'a>(heap: &Heap<'a>, plain: Dtype, metadata: &[Value<'a>]) -> Result<Class> {
    let refused = || Error::data("the unit of a time is none that NumPy writes");
    let [metadata] = metadata else { return Ok(plain.class) };
    let [_, unit] = heap.tuple(*metadata)? else { return Err(refused()) };
    let [Value::Text(base) | Value::Bytes(base), Value::Int(count), Value::Int(1), _] = heap.tuple(*unit)? else { return Err(refused()) };
    let base = base.to_text().ok_or_else(refused)?;
    let letter = if matches!(plain.class, Class::Datetime(_)) { 'M' } else { 'm' };
    let name = if base == "generic" { format!("{letter}8") } else { format!("{letter}8[{count}{base}]") };
    Dtype::parse(&name).map(|dtype| dtype.class)
}

fn dtype_of<'a>(heap: &Heap<'a>, value: Value<'a>) -> Result<Dtype> {
    match value {
        Value::Dtype(id) => heap.dtypes.get(id).copied().ok_or_else(|| Error::data("no dtype")),
        other => Err(Error::data(format!("{} where a dtype is needed", other.name()))),
    }
}

fn extents<'a>(heap: &Heap<'a>, shape: Value<'a>) -> Result<Vec<usize>> {
    let extent = |value: &Value<'_>| match value {
        Value::Int(n) => usize::try_from(*n).map_err(|_| Error::data(format!("an extent of {n}"))),
        other => Err(Error::data(format!("{} where an extent is needed", other.name()))),
    };
    let shape = heap.tuple(shape)?;
    if shape.len() > MAX_NDIM {
        return Err(Error::data(format!("{} dimensions, at most {MAX_NDIM} are possible", shape.len())));
    }
    shape.iter().map(extent).collect()
}

/// `"C"`, `"F"`, or `"K"` with the places of the dimensions.
fn order_of<'a>(heap: &Heap<'a>, arguments: &[Value<'a>]) -> Result<Lie> {
    let [Value::Text(order), axes @ ..] = arguments else { return Err(Error::data("the order of an array is none")) };
    match (order.to_text().as_deref(), axes) {
        (Some("C"), _) | (Some("K"), []) => Ok(Lie::C),
        (Some("F"), _) => Ok(Lie::F),
        (Some("K"), [Value::None]) => Ok(Lie::C),
        (Some("K"), [axes]) => extents(heap, *axes).map(Lie::Transposed),
        _ => Err(Error::data("the order of an array is none")),
    }
}

fn bytes(value: Value<'_>) -> Result<Data<'_>> {
    match value {
        Value::Bytes(raw) | Value::Text(raw) => Ok(Data::Bytes(raw)),
        Value::ByteArray(bytes) => Raw::new(bytes, Form::Plain).map(Data::Bytes),
        other => Err(Error::data(format!("{} where the items of an array are needed", other.name()))),
    }
}

fn is_latin1(encoding: Raw<'_>) -> bool {
    matches!(encoding.to_text().as_deref(), Some("latin1" | "latin-1"))
}
