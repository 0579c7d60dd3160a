//! Layout handles.

use std::ffi::{CString, c_char};

use super::types::{nc_error, nc_question, nc_status};
use super::{answer, boundary, bytes, free, give, out, required, string};
use crate::core::dtype::Dtype;
use crate::core::error::{Error, Result};
use crate::core::layout::{Items, Layout, MAX_NDIM, Order};

/// Dtype, kind of items, shape, and order or byte strides of an array: parsed and checked once. Immutable: any number of threads may
/// use one at the same time. Free with nc_layout_free, unless it was lent.
pub struct nc_layout {
    pub(super) layout: Layout,
    dtype: CString,
}

impl nc_layout {
    pub(super) fn new(layout: Layout) -> Self {
        let dtype = CString::new(layout.dtype.to_string()).unwrap_or_default();
        nc_layout { layout, dtype }
    }
}

/// Makes a layout. Everything is copied.
///
/// dtype: NumPy string such as "<f8", ">i2", "|S5", "<M8[ns]" or any other spelling that NumPy takes; NULL = plain bytes for
/// NUMCODECS_FIXED, objects for the other kinds; for NUMCODECS_ARRAYS the dtype inside the items. kind: NUMCODECS_FIXED or the kind of
/// items of variable length. ndim, shape: 0 to 64 dimensions, extents in elements, 0 or more; shape may be NULL when ndim is 0.
/// strides: one for each dimension, in bytes, 0 or more; NULL = no gaps, in the given order. order: NUMCODECS_ORDER_C or
/// NUMCODECS_ORDER_F; with strides it does not matter. layout: gives a layout, free it with nc_layout_free; NULL after a failure.
/// Errors: _DTYPE, _SHAPE, _UNSUPPORTED (numbers that are no kind or order), _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_layout_new(
    dtype: *const c_char,
    kind: i32,
    ndim: i32,
    shape: *const i64,
    strides: *const i64,
    order: i32,
    layout: *mut *mut nc_layout,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL; shape and strides have ndim elements.
        let (layout, shape, strides, dtype) = unsafe {
            let layout = out(layout, std::ptr::null_mut(), "layout")?;
            let ndim = usize::try_from(ndim).ok().filter(|n| *n <= MAX_NDIM);
            let ndim = ndim.ok_or_else(|| Error::shape(format!("ndim must be from 0 to {MAX_NDIM}")))?;
            let strides = if strides.is_null() { None } else { Some(bytes(strides, ndim, "strides")?) };
            let dtype = if dtype.is_null() { None } else { Some(string(dtype, "dtype")?) };
            (layout, bytes(shape, ndim, "shape")?, strides, dtype)
        };
        let items = items_from(kind)?;
        let dtype = match dtype {
            Some(text) => Dtype::parse(text)?,
            None if items == Items::Fixed => Dtype::U1,
            None => Dtype::OBJECT,
        };
        check_items(items, dtype)?;
        let shape = extents(shape, "shape")?;
        let strides = strides.map(|strides| extents(strides, "strides")).transpose()?;
        let made = Layout::new(dtype, items, &shape, strides.as_deref(), order_from(order)?)?;
        *layout = give(nc_layout::new(made));
        Ok(())
    })
}

/// The dtype in NumPy's canonical form, byte order always spelled out: "<f8", "|u1", "|O". Lends: valid as long as the layout. NULL
/// for NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_layout_dtype(layout: *const nc_layout) -> *const c_char {
    answer(std::ptr::null(), || {
        // SAFETY: NULL or a layout of ours.
        unsafe { layout.as_ref() }.map_or(std::ptr::null(), |layout| layout.dtype.as_ptr())
    })
}

/// Answers NUMCODECS_Q_NBYTES, _ITEMS, _ITEMSIZE, _NDIM, _ORDER and _KIND about a layout; -1 for other questions and for NULL. Any
/// thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_layout_query(layout: *const nc_layout, what: i32) -> i64 {
    answer(-1, || {
        // SAFETY: NULL or a layout of ours.
        let Some(layout) = (unsafe { layout.as_ref() }).map(|l| &l.layout) else { return -1 };
        match nc_question::of(what) {
            Some(nc_question::NUMCODECS_Q_NBYTES) => layout.nbytes() as i64,
            Some(nc_question::NUMCODECS_Q_ITEMS) => layout.count() as i64,
            Some(nc_question::NUMCODECS_Q_ITEMSIZE) => layout.dtype.itemsize as i64,
            Some(nc_question::NUMCODECS_Q_NDIM) => layout.shape().len() as i64,
            Some(nc_question::NUMCODECS_Q_ORDER) => layout.order() as i64,
            Some(nc_question::NUMCODECS_Q_KIND) => layout.items as i64,
            _ => -1,
        }
    })
}

/// Fills shape with the extents, in elements; cap is its room, in elements. Errors: _SPACE (needed = bytes for all extents), _NULL.
/// Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_layout_shape(layout: *const nc_layout, shape: *mut i64, cap: i32, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        // SAFETY: NULL or a layout of ours.
        let extents = unsafe { required(layout, "layout")? }.layout.shape();
        // SAFETY: the caller's array has `cap` elements.
        unsafe { fill_extents(extents.iter().map(|n| *n as i64), shape, cap) }
    })
}

/// Writes extents into the caller's array.
///
/// Safety: `shape` is NULL or valid for writes of `cap` elements.
pub(super) unsafe fn fill_extents(extents: impl ExactSizeIterator<Item = i64>, shape: *mut i64, cap: i32) -> Result<()> {
    if extents.len() == 0 {
        return Ok(());
    }
    // SAFETY: only checked for NULL here.
    unsafe { required(shape.cast_const(), "shape")? };
    if usize::try_from(cap).is_ok_and(|cap| cap < extents.len()) || cap < 0 {
        let item = size_of::<i64>();
        return Err(Error::space(usize::try_from(cap).unwrap_or(0) * item, Some((extents.len() * item) as u64)));
    }
    for (i, extent) in extents.enumerate() {
        // SAFETY: the array has `cap` elements, checked above; a plain write.
        unsafe { shape.add(i).write(extent) };
    }
    Ok(())
}

/// Frees a layout that was given; NULL is fine. Takes: do not use it afterwards. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_layout_free(layout: *mut nc_layout) {
    // SAFETY: NULL or a layout of ours that was not freed.
    unsafe { free(layout) }
}

/// The layout behind an optional handle.
///
/// Safety: `layout` is NULL or a layout of ours, valid as long as `'a`.
pub(super) unsafe fn optional<'a>(layout: *const nc_layout) -> Option<&'a Layout> {
    // SAFETY: promised by the caller.
    unsafe { layout.as_ref() }.map(|layout| &layout.layout)
}

fn items_from(kind: i32) -> Result<Items> {
    Ok(match kind {
        0 => Items::Fixed,
        1 => Items::Utf8,
        2 => Items::Bytes,
        3 => Items::Arrays,
        4 => Items::Json,
        5 => Items::Msgpack,
        other => return Err(Error::unsupported(format!("{other} is not a kind of items"))),
    })
}

fn order_from(order: i32) -> Result<Order> {
    Ok(match order {
        0 => Order::C,
        1 => Order::F,
        2 => Order::Strided,
        other => return Err(Error::unsupported(format!("{other} is not an order"))),
    })
}

fn check_items(items: Items, dtype: Dtype) -> Result<()> {
    let object = dtype == Dtype::OBJECT;
    match items {
        Items::Fixed if object => Err(Error::dtype("objects are not items of fixed size: say of which kind they are")),
        Items::Arrays if object || dtype.itemsize == 0 => Err(Error::dtype("arrays need the dtype inside the items")),
        Items::Fixed | Items::Arrays => Ok(()),
        _ if object => Ok(()),
        _ => Err(Error::dtype(format!("items of kind {items:?} have no dtype but |O: give NULL"))),
    }
}

/// Extents, strides or places of the caller, none of them negative.
pub(super) fn extents<T: TryFrom<i64>>(values: &[i64], argument: &str) -> Result<Vec<T>> {
    let checked = values.iter().map(|v| T::try_from(*v).map_err(|_| Error::shape(format!("{argument} has a negative value, {v}"))));
    checked.collect()
}
