"""Items of variable length: from Python objects to bytes and offsets, and back."""
import json
from itertools import accumulate

import numpy as np

from ._native import lib

OBJECTS = "|O"
KINDS = {"vlen-bytes": lib.NUMCODECS_BYTES, "vlen-array": lib.NUMCODECS_ARRAYS, "json2": lib.NUMCODECS_JSON,
         "msgpack2": lib.NUMCODECS_MSGPACK, "pickle": lib.NUMCODECS_MSGPACK}  # all others take text


def _msgpack():
    try:
        import msgpack
    except ImportError:
        raise ImportError("objects of the codecs msgpack2 and pickle need the package msgpack") from None
    return msgpack


def _write_text(value):
    return value.encode()


def _write_json(value):
    return json.dumps(value, ensure_ascii=False).encode()


def _write_msgpack(value):
    return _msgpack().packb(value, use_bin_type=True, default=np.ndarray.tolist)


def _write_array(dtype):
    return lambda value: np.ascontiguousarray(value, dtype).tobytes()


def join(values, codec_id, dtype):
    """(kind, dtype of the layout, bytes, offsets) of objects as that codec takes them. `dtype` is that of the items of vlen-array.

    Where an item must be text, bytes or an array, None is an empty one, as in numcodecs.
    """
    kind = KINDS.get(codec_id, lib.NUMCODECS_UTF8)
    write = {lib.NUMCODECS_UTF8: _write_text, lib.NUMCODECS_BYTES: bytes, lib.NUMCODECS_ARRAYS: _write_array(dtype),
             lib.NUMCODECS_JSON: _write_json, lib.NUMCODECS_MSGPACK: _write_msgpack}[kind]
    is_empty = kind not in (lib.NUMCODECS_JSON, lib.NUMCODECS_MSGPACK)
    blocks = [b"" if value is None and is_empty else write(value) for value in values]
    item_dtype = np.dtype(dtype).str if kind == lib.NUMCODECS_ARRAYS else OBJECTS
    return kind, item_dtype, b"".join(blocks), [0, *accumulate(map(len, blocks))]


def split(item, result):
    """The value of the bytes of one item of a result."""
    return {
        lib.NUMCODECS_UTF8: lambda: item.decode(),
        lib.NUMCODECS_BYTES: lambda: item,
        lib.NUMCODECS_ARRAYS: lambda: np.frombuffer(item, result.dtype),
        lib.NUMCODECS_JSON: lambda: json.loads(item),
        lib.NUMCODECS_MSGPACK: lambda: _msgpack().unpackb(item, raw=False, strict_map_key=False),
    }[result.kind]()
