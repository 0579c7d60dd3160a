"""One class per codec id, with the methods that numcodecs' own classes have."""
import json

import numcodecs.abc
import numcodecs.registry
import numpy as np
from numcodecs.compat import ensure_contiguous_ndarray, ensure_ndarray_like

from . import _items, _native
from ._native import lib

BYTES = frozenset(["base64", "blosc", "bz2", "gzip", "lz4", "lzma", "zlib", "zstd"])  # what they decode is bytes, as in numcodecs


class Codec(numcodecs.abc.Codec):
    """A codec of the library. Immutable: threads may share one, and calls run without Python's global lock."""

    def __init__(self, **config):
        self._handle = _native.new_codec(json.dumps({"id": self.codec_id, **config}, default=_plain))

    def get_config(self):
        return json.loads(_native.text(lib.nc_codec_config(self._handle)))

    def __repr__(self):
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items() if key != "id")
        return f"{type(self).__name__}({arguments})"

    def __reduce__(self):
        return get_codec, (self.get_config(),)

    def encode(self, buf):
        """Bytes, or an array where the codec is a filter that gives one."""
        array = ensure_ndarray_like(buf)
        if array.dtype.kind in "OT":
            layout, data, nbytes, offsets = self._objects(array)
        else:
            layout, data, nbytes, offsets = _fixed(array)
        return _native.encode(self._handle, layout, data, nbytes, offsets).value(_items.split)

    def _objects(self, array):
        order, flat = _flat(array)
        kind, dtype, data, offsets = _items.join(flat, self.codec_id, self.get_config().get("dtype"))
        return _native.new_layout(dtype, kind, array.shape, order), data, len(data), offsets

    def decode(self, buf, out=None):
        """Bytes from a compressor, an array from any other codec. `out` receives the values and is returned."""
        data = ensure_contiguous_ndarray(buf).view("u1")
        if out is None:
            result = _native.decode(self._handle, data, data.nbytes)
            return bytes(result.data) if self.codec_id in BYTES else result.value(_items.split)
        if getattr(out, "dtype", None) == object:
            out[...] = self.decode(buf).reshape(out.shape)
        else:
            self._decode_into(data, ensure_contiguous_ndarray(out).view("u1"))
        return out

    def _decode_into(self, data, destination):
        written = _native.decode_into(self._handle, data, data.nbytes, destination)
        if written != destination.nbytes:
            raise _native.NumcodecsError("SHAPE", f"out has {destination.nbytes} bytes, the chunk {written}", self.codec_id)


def _plain(value):
    """Values of a configuration that JSON does not know: dtypes and NumPy scalars."""
    return value.item() if isinstance(value, np.generic) else np.dtype(value).str


def _flat(array):
    """The order of an array and its items in that order; an array with gaps is gathered."""
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        return lib.NUMCODECS_ORDER_F, array.reshape(-1, order="F")
    return lib.NUMCODECS_ORDER_C, np.ascontiguousarray(array).reshape(-1)


def _fixed(array):
    order, flat = _flat(array)
    return _native.new_layout(array.dtype.str, lib.NUMCODECS_FIXED, array.shape, order), _bytes(flat), array.nbytes, None


def _bytes(flat):
    """Memory of a flat array as plain bytes: the buffer protocol does not know datetimes, and 0 bytes have no other view."""
    return flat.view(f"V{flat.itemsize}").view("u1") if flat.nbytes else b""


def _class_of(codec_id):
    name = "".join(part.capitalize() for part in codec_id.split("-"))
    doc = f"The codec {codec_id!r} of libnumcodecs; keyword arguments are the keys of its configuration."
    return type(name, (Codec,), {"codec_id": codec_id, "__doc__": doc, "__module__": __name__})


classes = {codec_id: _class_of(codec_id) for codec_id in _native.ids()}


def get_codec(config):
    """A codec from its configuration, such as {"id": "zstd", "level": 5}, whatever numcodecs has registered."""
    keys = dict(config)
    codec_id = keys.pop("id", None)
    if codec_id not in classes:
        raise _native.NumcodecsError("UNKNOWN_CODEC", f"no codec has the id {codec_id!r}")
    return classes[codec_id](**keys)


def register(*codec_ids):
    """Makes numcodecs, and with it zarr-python, use these codecs, or all: in this process and from now on."""
    for codec_id in codec_ids or classes:
        numcodecs.registry.register_codec(classes[codec_id])
