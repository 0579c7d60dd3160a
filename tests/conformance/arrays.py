"""Random arrays for the differential run."""
import math

import numpy as np

NUMBERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
ALL = ["b1", *NUMBERS, "c8", "c16", "M8[ns]", "M8[s]", "m8[us]", "S1", "S7", "U1", "U5", "V5", "V14"]
LARGE = 4 << 20  # bytes of the largest array


def pick(rng, choices):
    return choices[rng.integers(len(choices))]


def dtype(rng, names, native=False):
    """One of the dtypes, in either byte order."""
    return np.dtype(pick(rng, names)).newbyteorder("<" if native else pick(rng, "<>"))


def count(rng, index, itemsize, most=LARGE):
    """Number of items: the first case of an id is empty, the second as large as may be, the rest mostly small."""
    if index == 0:
        return 0
    if index == 1:
        return max(most // itemsize, 1)
    most = min(most, pick(rng, [64, 2048, 2048, 65536, 65536, 262144]))
    return int(math.exp(rng.uniform(0, math.log(max(most / itemsize, 2)))))


def shape(rng, items, most_dims=3):
    """A random shape of exactly that many items; a single item may be a scalar."""
    extents = []
    for _ in range(rng.integers(0, most_dims)):
        divisors = [d for d in range(1, min(items, 64) + 1) if items % d == 0] or [0]
        extents.append(int(pick(rng, divisors)))
        items = items // extents[-1] if extents[-1] else int(pick(rng, [0, 1, 3]))
    return (*extents, items) if extents or items != 1 or rng.integers(2) else ()


def integers(rng, kind, items):
    """Integers of a numeric dtype: a ramp, few values, a walk, or anything at all."""
    info = np.iinfo(kind)
    style = rng.integers(4)
    if style == 0:
        values = np.arange(items, dtype=np.int64) * int(rng.integers(1, 9))
    elif style == 1:
        values = rng.integers(0, 5, items)
    elif style == 2:
        values = np.cumsum(rng.integers(-3, 4, items))
    else:
        return rng.integers(info.min, info.max, items, dtype=kind, endpoint=True)
    return values.astype(kind)


def floats(rng, kind, items, special):
    style = rng.integers(4)
    if style == 0:
        values = np.linspace(0, 100, items)
    elif style == 1:
        values = np.round(rng.normal(280, 20, items), 2)
    elif style == 2:
        values = np.cumsum(rng.normal(0, 1, items))
    else:
        values = rng.normal(0, 1, items) * 10.0 ** rng.integers(-4, 5, items)
    values = values.astype(kind)
    if special and items and rng.integers(2):
        info = np.finfo(kind)
        extremes = np.array([np.nan, np.inf, -np.inf, -0.0, info.tiny, info.max, -info.max, info.smallest_subnormal]).astype(kind)
        values[rng.integers(0, items, 8)] = extremes
    return values


def values(rng, kind, items, special=True):
    """A flat array of any dtype."""
    native = kind.newbyteorder("=")
    if kind.kind == "b":
        return rng.integers(0, 2, items).astype(bool)
    if kind.kind in "iu":
        return integers(rng, native, items).astype(kind)
    if kind.kind == "f":
        return floats(rng, native, items, special).astype(kind)
    if kind.kind == "c":
        part = np.dtype(f"f{kind.itemsize // 2}")
        parts = [floats(rng, part, items, special) for _ in "ri"]
        return np.stack(parts, -1).reshape(-1).view(native).astype(kind)
    if kind.kind in "mM":
        return integers(rng, np.dtype("i8"), items).view(native).astype(kind)
    if kind.kind == "U":
        letters = np.array(list("abcxyz\u00e4\u65e5\U0001f4a9"))
        return np.array(["".join(rng.choice(letters, rng.integers(0, kind.itemsize // 4 + 1))) for _ in range(min(items, 999))], kind)
    return np.frombuffer(rng.bytes(items * kind.itemsize), kind)


def array(rng, index, kinds=ALL, most=LARGE, orders="CF", native=False, special=True, most_dims=3):
    """A random array in C or F order; strings are few because they are slow to make."""
    kind = dtype(rng, kinds, native)
    flat = values(rng, kind, count(rng, index, kind.itemsize, most), special)
    return place(rng, flat, orders, most_dims)


def place(rng, flat, orders="CF", most_dims=3):
    """The same items under a random shape, in memory as they were."""
    return flat.reshape(shape(rng, len(flat), most_dims), order=pick(rng, orders))
