//! From dtypes to the number types of the kernels: casts, and arithmetic between casts.

use half::f16;

use super::dtype::{Class, Dtype};
use super::error::{Error, Result};
use super::layout::{Items, Layout, Order};
use super::pieces::{Running, Then, copying};
use crate::kernels::blocks::{self, Lane, Step};
use crate::kernels::cast::{CastFn, CheckFn, Range, cast, copy, first_lost};
use crate::kernels::complex::Complex;
use crate::kernels::number::{Bool, Number, Time, Wide};

/// Something generic over the number type.
pub trait Visit {
    /// What it gives.
    type Out;
    /// Does it for one type.
    fn visit<T: Number>(self) -> Self::Out;
}

/// Does `work` for the type of `dtype`, which must be one of numbers or times.
pub fn visit<V: Visit>(dtype: Dtype, work: V) -> Result<V::Out> {
    Ok(match (dtype.class, dtype.itemsize) {
        (Class::Bool, _) => work.visit::<Bool>(),
        (Class::Int, 1) => work.visit::<i8>(),
        (Class::Int, 2) => work.visit::<i16>(),
        (Class::Int, 4) => work.visit::<i32>(),
        (Class::Int, 8) => work.visit::<i64>(),
        (Class::Uint, 1) => work.visit::<u8>(),
        (Class::Uint, 2) => work.visit::<u16>(),
        (Class::Uint, 4) => work.visit::<u32>(),
        (Class::Uint, 8) => work.visit::<u64>(),
        (Class::Float, 2) => work.visit::<f16>(),
        (Class::Float, 4) => work.visit::<f32>(),
        (Class::Float, 8) => work.visit::<f64>(),
        (Class::Complex, 8) => work.visit::<Complex<f32>>(),
        (Class::Complex, 16) => work.visit::<Complex<f64>>(),
        (Class::Datetime(_) | Class::Timedelta(_), 8) => work.visit::<Time>(),
        _ => return Err(Error::dtype(format!("numbers are needed, {dtype} has none"))),
    })
}

/// Whether `dtype` is a truth value, an integer, a float or a complex number.
pub fn is_numeric(dtype: Dtype) -> bool {
    matches!(dtype.class, Class::Bool | Class::Int | Class::Uint | Class::Float | Class::Complex)
}

/// Whether `dtype` is a truth value, an integer or a count of time units.
pub fn is_whole(dtype: Dtype) -> bool {
    matches!(dtype.class, Class::Bool | Class::Int | Class::Uint | Class::Datetime(_) | Class::Timedelta(_))
}

/// NumPy's common type of two types of numbers of which at least one is a float or complex.
pub fn promoted(a: Dtype, b: Dtype) -> Dtype {
    let needed = |dtype: Dtype| match dtype.class {
        Class::Complex => dtype.itemsize / 2,
        Class::Float => dtype.itemsize,
        Class::Bool => 2,
        _ => (2 * dtype.itemsize).min(8), // an integer of 1 byte fits a float of 2, one of 2 bytes a float of 4
    };
    let float = needed(a).max(needed(b));
    if a.class == Class::Complex || b.class == Class::Complex {
        return Dtype::native(Class::Complex, 2 * float.max(4));
    }
    Dtype::native(Class::Float, float)
}

/// The cast between two types, whatever their byte order.
pub fn cast_fn(from: Dtype, to: Dtype) -> Result<CastFn> {
    struct Same;
    impl Visit for Same {
        type Out = CastFn;
        fn visit<T: Number>(self) -> CastFn {
            copy::<T>
        }
    }
    struct To(Dtype);
    impl Visit for To {
        type Out = Result<CastFn>;
        fn visit<A: Number>(self) -> Self::Out {
            visit(self.0, From::<A>(std::marker::PhantomData))
        }
    }
    struct From<A>(std::marker::PhantomData<A>);
    impl<A: Number> Visit for From<A> {
        type Out = CastFn;
        fn visit<B: Number>(self) -> CastFn {
            cast::<A, B>
        }
    }
    if from.ordered(false) == to.ordered(false) { visit(from, Same) } else { visit(from, To(to))? }
}

/// The search for the first number of type `dtype` that is lost.
pub fn check_fn(dtype: Dtype) -> Result<CheckFn> {
    struct Check;
    impl Visit for Check {
        type Out = CheckFn;
        fn visit<T: Number>(self) -> CheckFn {
            first_lost::<T>
        }
    }
    visit(dtype, Check)
}

/// What numbers of type `dtype` can hold.
pub fn range(dtype: Dtype) -> Range {
    let bits = 8 * dtype.itemsize as u32;
    let limit = |size| match size {
        2 => 65520.0,
        4 => 2f64.powi(128) - 2f64.powi(103),
        _ => f64::INFINITY,
    };
    match dtype.class {
        Class::Bool => Range::Whole(0, 1),
        Class::Uint => Range::Whole(0, (1 << bits) - 1),
        Class::Float => Range::Finite(limit(dtype.itemsize)),
        Class::Complex => Range::Complex(limit(dtype.itemsize / 2)),
        _ => Range::Whole(-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
    }
}

/// The first of `bytes`, which hold numbers of type `dtype`.
pub fn first(dtype: Dtype, bytes: &[u8]) -> Result<Option<Wide>> {
    struct First<'a>(&'a [u8], bool);
    impl Visit for First<'_> {
        type Out = Option<Wide>;
        fn visit<T: Number>(self) -> Self::Out {
            self.0.get(..T::SIZE).map(|item| T::read(item, self.1).wide())
        }
    }
    visit(dtype, First(bytes, !dtype.is_native()))
}

/// The layout of an array of any dtype seen as items of `from` and cast to `to`: shape and order stay.
pub fn converted(src: &Layout, from: Dtype, to: Dtype) -> Result<Layout> {
    let seen = viewed(src, from)?.dense();
    Layout::contiguous(to, seen.shape(), seen.order())
}

/// As [`converted`], but in one dimension.
pub fn flattened(src: &Layout, from: Dtype, to: Dtype) -> Result<Layout> {
    Layout::contiguous(to, &[viewed(src, from)?.count()], Order::C)
}

fn viewed(src: &Layout, dtype: Dtype) -> Result<Layout> {
    if src.items != Items::Fixed || dtype.itemsize == 0 || !src.nbytes().is_multiple_of(dtype.itemsize) {
        return Err(Error::shape(format!("{} bytes are not a whole number of {dtype} items", src.nbytes())));
    }
    Ok(src.with_dtype(dtype))
}

/// The error for a number that `dtype` cannot hold.
pub fn lost(index: usize, dtype: Dtype) -> Error {
    Error::data(format!("item {index} does not survive as {dtype}"))
}

/// NumPy's cast of every number, into an array of that layout. In strict mode a number that does not survive is an error.
pub fn converting(layout: Layout, from: Dtype, to: Dtype, strict: bool, then: &mut Then<'_>) -> Result<Layout> {
    if from == to {
        return copying(layout, then);
    }
    let (cast, check) = (cast_fn(from, to)?, check_fn(from)?);
    let step = &mut |first, src: &[u8], dst: &mut [u8]| {
        if strict && let Some(index) = check(src, !from.is_native(), range(to)) {
            return Err(lost(first + index, to));
        }
        cast(src, !from.is_native(), dst, !to.is_native());
        Ok(())
    };
    then(Running { sizes: (from.itemsize, to.itemsize), layout, step })
}

/// Arithmetic between two casts.
pub struct Pass {
    from: Lane,
    sizes: (usize, usize),
    to: Lane,
}

impl Pass {
    /// Numbers of type `from` are computed with as `input`, the results are `output`, stored as `to`.
    pub fn new(from: Dtype, input: Dtype, output: Dtype, to: Dtype) -> Result<Self> {
        let lane = |stored: Dtype, used: Dtype, cast: CastFn| Lane {
            size: stored.itemsize,
            swap: !stored.is_native(),
            cast,
            direct: stored.is_native() && stored.ordered(false) == used.ordered(false),
        };
        Ok(Pass {
            from: lane(from, input, cast_fn(from, input)?),
            sizes: (input.itemsize, output.itemsize),
            to: lane(to, output, cast_fn(output, to)?),
        })
    }

    /// Computes over all of `src`.
    pub fn run(&self, src: &[u8], dst: &mut [u8], step: &mut Step<'_, Error>) -> Result<()> {
        blocks::run(self.from, src, self.sizes, self.to, dst, step)
    }
}
