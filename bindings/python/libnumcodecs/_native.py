"""The C library behind its header: loading, errors, layouts and results."""
import os
import sys

import numpy as np

from ._header import ffi

NAME = "libnumcodecs.0.dylib" if sys.platform == "darwin" else "libnumcodecs.so.0"
lib = ffi.dlopen(os.environ.get("LIBNUMCODECS") or NAME)

STATUSES = {getattr(lib, name): name.removeprefix("NUMCODECS_ERR_") for name in dir(lib) if name.startswith("NUMCODECS_ERR_")}


class NumcodecsError(ValueError):
    """A call failed. `status` is its name, such as "DATA"; the other fields are those of nc_error, None where not known."""

    def __init__(self, status, message, codec=None, path=None, offset=None, needed=None):
        super().__init__(status, message, codec, path, offset, needed)
        self.status, self.message, self.codec, self.path, self.offset, self.needed = self.args

    def __str__(self):
        return f"{self.codec}: {self.message}" if self.codec else self.message


def text(pointer):
    return None if pointer == ffi.NULL else ffi.string(pointer).decode("utf-8")


def library_version():
    return text(lib.nc_codec_library_version())


def ids():
    """Ids of the codecs of the library."""
    found = []
    while (name := text(lib.nc_codec_id_at(len(found)))) is not None:
        found.append(name)
    return found


def call(function, *arguments):
    """Calls a function whose last argument is the error record; raises unless it succeeds."""
    err = ffi.new("nc_error *")
    status = function(*arguments, err)
    if status != lib.NUMCODECS_OK:
        known = {name: text(getattr(err, name)) or None for name in ("codec", "path")}
        raise NumcodecsError(STATUSES.get(status, str(status)), text(err.message), **known,
                             offset=err.offset if err.offset >= 0 else None, needed=err.needed or None)


def new_codec(json):
    out = ffi.new("nc_codec **")
    call(lib.nc_codec_from_config, json.encode(), ffi.NULL, out)
    return ffi.gc(out[0], lib.nc_codec_free)


def new_layout(dtype, kind, shape, order):
    out = ffi.new("nc_layout **")
    call(lib.nc_layout_new, dtype.encode(), kind, len(shape), ffi.new("int64_t[]", list(shape)), ffi.NULL, order, out)
    return ffi.gc(out[0], lib.nc_layout_free)


def pointer(data):
    """A pointer to plain bytes, which it keeps alive; NULL for none, which the header allows."""
    return ffi.from_buffer(data) if len(data) else ffi.NULL


class Result:
    """What an nc_buffer holds: `data` as a view that keeps it alive, `offsets` for items of variable length, and the layout."""

    def __init__(self, buffer):
        owner = ffi.gc(buffer, lib.nc_buffer_free)
        nbytes = lib.nc_buffer_nbytes(owner)
        self.data = ffi.buffer(ffi.gc(lib.nc_buffer_data(owner), lambda _, owner=owner: None), nbytes) if nbytes else b""
        layout = lib.nc_buffer_layout(owner)
        self.is_array = layout != ffi.NULL
        if self.is_array:
            self._read_layout(layout)
        offsets = lib.nc_buffer_offsets(owner)
        self.offsets = None if offsets == ffi.NULL else list(offsets[0 : lib.nc_layout_query(layout, lib.NUMCODECS_Q_ITEMS) + 1])

    def _read_layout(self, layout):
        ndim = lib.nc_layout_query(layout, lib.NUMCODECS_Q_NDIM)
        shape = ffi.new("int64_t[]", max(ndim, 1))
        call(lib.nc_layout_shape, layout, shape, ndim)
        self.shape = tuple(shape[0:ndim])
        self.order = "F" if lib.nc_layout_query(layout, lib.NUMCODECS_Q_ORDER) == lib.NUMCODECS_ORDER_F else "C"
        self.kind = lib.nc_layout_query(layout, lib.NUMCODECS_Q_KIND)
        self.dtype = text(lib.nc_layout_dtype(layout))

    def value(self, items):
        """Bytes, or an array; `items` turns the bytes of one item of variable length into its value."""
        if not self.is_array:
            return bytes(self.data)
        if self.offsets is None:
            return np.frombuffer(self.data, self.dtype).reshape(self.shape, order=self.order)
        values = np.empty(len(self.offsets) - 1, object)
        for i, (start, end) in enumerate(zip(self.offsets, self.offsets[1:])):
            values[i] = items(bytes(self.data[start:end]), self)
        return values.reshape(self.shape, order=self.order)


def encode(codec, layout, data, nbytes, offsets):
    out = ffi.new("nc_buffer **")
    offsets = ffi.NULL if offsets is None else ffi.new("int64_t[]", offsets)
    call(lib.nc_encode, codec, layout, pointer(data), nbytes, offsets, ffi.NULL, out)
    return Result(out[0])


def decode(codec, data, nbytes):
    out = ffi.new("nc_buffer **")
    call(lib.nc_decode, codec, pointer(data), nbytes, ffi.NULL, ffi.NULL, ffi.NULL, out)
    return Result(out[0])


def decode_into(codec, data, nbytes, destination):
    """Decodes into writable memory; returns the bytes written."""
    written = ffi.new("size_t *")
    into = ffi.from_buffer(destination, require_writable=True)
    call(lib.nc_decode_into, codec, pointer(data), nbytes, ffi.NULL, ffi.NULL, into, destination.nbytes, ffi.NULL, written)
    return written[0]
