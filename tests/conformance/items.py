"""Object items: from vectors and NumPy objects to the kinds of the C API and back. No codec code."""
import json
import struct

import msgpack
import numpy as np

from numcodecs_c import ARRAYS, BYTES, JSON, MSGPACK, OBJECT_DTYPE, UTF8, Array

NO_LABEL = "\ufffc not a string"  # what stands for None and numbers where UTF-8 items are looked up: any text that is no label
KINDS = {"vlen-utf8": UTF8, "vlen-bytes": BYTES, "vlen-array": ARRAYS, "json2": JSON, "msgpack2": MSGPACK, "pickle": MSGPACK,
         "categorize": UTF8, "json": JSON, "msgpack": MSGPACK}


def from_vector(item):
    """The Python value of an item as FORMAT.md describes it."""
    if item is None:
        return None
    tags = dict(item)
    if "a" in tags:
        return np.frombuffer(bytes.fromhex(tags["a"]), tags["dtype"]).reshape(tags.get("shape", -1))
    (tag, value), = tags.items()
    return {
        "s": lambda: value,
        "sr": lambda: value[0] * value[1],
        "b": lambda: bytes.fromhex(value),
        "br": lambda: bytes.fromhex(value[0]) * value[1],
        "i": lambda: int(value),
        "f": lambda: struct.unpack("<d", bytes.fromhex(value))[0],
        "t": lambda: value,
        "l": lambda: [from_vector(v) for v in value],
        "m": lambda: {from_vector(k): from_vector(v) for k, v in value},
    }[tag]()


def is_nothing(value):
    """What the vlen codecs write as an empty item: None, and anything equal to 0."""
    return value is None or (isinstance(value, (int, float)) and value == 0)


def kind_for(codec_id, values):
    """The kind these values really have, which for an invalid case is not the one the codec takes."""
    natural = KINDS.get(codec_id, UTF8)
    if codec_id == "categorize":
        return natural
    if natural in (UTF8, BYTES, ARRAYS):
        values = [v for v in values if not is_nothing(v)]
    fits = {
        UTF8: lambda v: isinstance(v, str),
        BYTES: lambda v: isinstance(v, bytes),
        ARRAYS: lambda v: isinstance(v, np.ndarray) and v.ndim == 1,
        JSON: is_json,
        MSGPACK: is_msgpack,
    }
    order = [natural, UTF8, BYTES, MSGPACK, JSON]
    return next(kind for kind in order if all(fits[kind](v) for v in values))


def is_json(value):
    try:
        json.dumps(value)
        return True
    except TypeError:
        return False


def is_msgpack(value):
    try:
        pack(value)
        return True
    except (OverflowError, TypeError):
        return False


def pack(value):
    return msgpack.packb(value, use_bin_type=True, default=np.ndarray.tolist)


def labels(values):
    """Strings for categorize, which gives the code 0 to anything that is no label."""
    return [v if isinstance(v, str) else NO_LABEL for v in values]


def objects(values, kind, shape, order="C", dtype=None):
    """An Array of object items. None becomes an empty item where the kind has no other form for it."""
    if kind == ARRAYS:
        dtype = array_dtype(values, dtype)
    empty = {UTF8: b"", BYTES: b"", ARRAYS: b""}
    write = {
        UTF8: lambda v: v.encode("utf-8", "surrogatepass"),
        BYTES: bytes,
        ARRAYS: lambda v: np.ascontiguousarray(v).astype(dtype).tobytes(),
        JSON: lambda v: json.dumps(v, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        MSGPACK: pack,
    }[kind]
    blocks = [empty[kind] if kind in empty and is_nothing(v) else write(v) for v in values]
    offsets = np.concatenate([[0], np.cumsum([len(b) for b in blocks], dtype=np.int64)]).astype(np.int64).tolist()
    item_dtype = np.dtype(dtype).str if kind == ARRAYS else OBJECT_DTYPE
    return Array(b"".join(blocks), item_dtype, tuple(shape), order, kind, tuple(int(o) for o in offsets))


def array_dtype(values, default):
    """One dtype for all items, since the C form has one: that of the items, which the codec may then have to cast."""
    dtypes = {v.dtype for v in values if not is_nothing(v)}
    return np.result_type(*dtypes) if len(dtypes) > 1 else next(iter(dtypes), np.dtype(default))


def values_of(array):
    """The Python values of an Array of object items."""
    read = {
        UTF8: lambda b: b.decode("utf-8"),
        BYTES: bytes,
        ARRAYS: lambda b: np.frombuffer(b, array.dtype),
        JSON: lambda b: json.loads(b.decode("utf-8", "surrogatepass")),
        MSGPACK: lambda b: msgpack.unpackb(b, raw=False, strict_map_key=False),
    }[array.kind]
    return [read(array.data[a:b]) for a, b in zip(array.offsets, array.offsets[1:])]


def in_index_order(array):
    """The values of an Array of object items, last dimension fastest."""
    values = values_of(array)
    return [values[i] for i in np.arange(len(values)).reshape(array.shape, order=array.order).ravel()]


def same(a, b):
    """Equal in value, type, bits and order of keys; NaN equals NaN."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b) or (a != a and b != b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return a == b
