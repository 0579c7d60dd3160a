"""Our shared library as the benchmark calls it: all arguments made ready, one C call timed."""

import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "conformance"))
from numcodecs_c import ARRAYS, BYTES, FIXED, UTF8, Array, Codec, Library, default_library  # noqa: E402

__all__ = ["Library", "Ours", "default_library", "flat_items", "overhead"]


def flat_items(array):
    """(kind, dtype, one block of bytes, offsets) of an object array."""
    first = array[0]
    if isinstance(first, str):
        blocks, kind, dtype = [item.encode() for item in array], UTF8, "|O"
    elif isinstance(first, bytes):
        blocks, kind, dtype = list(array), BYTES, "|O"
    else:
        blocks, kind, dtype = [item.tobytes() for item in array], ARRAYS, first.dtype.str
    offsets = np.zeros(len(blocks) + 1, "i8")
    np.cumsum([len(block) for block in blocks], out=offsets[1:])
    return kind, dtype, b"".join(blocks), offsets


class Ours:
    """One codec of ours on one array."""

    def __init__(self, library, config, array):
        self.library, self.ffi, self.lib = library, library.ffi, library.lib
        self.codec = Codec(library, json.dumps(config), self.ffi.NULL)
        self.handle = self.codec.handle
        self.written, self.out = self.ffi.new("size_t *"), self.ffi.new("nc_buffer **")
        self.err = self.ffi.new("nc_error *")
        if array.dtype == object:
            self.kind, dtype, self.data, self.offset_array = flat_items(array)
            self.offsets = self.ffi.cast("const int64_t *", self.ffi.from_buffer(self.offset_array))
        else:
            self.kind, dtype, self.data, self.offsets = FIXED, array.dtype.str, array.reshape(-1).view("u1"), self.ffi.NULL
        self.layout = library.layout(Array(b"", dtype, array.shape, kind=self.kind))
        self.source, self.nbytes = self.ffi.from_buffer(self.data), len(self.data)

    def check(self, status):
        self.library.check(status, self.err)

    def encoder(self):
        """(call, result): the call encodes into given memory, the result is what it wrote."""
        room = np.zeros(self.bound(), "u1")
        args = (
            self.handle,
            self.layout,
            self.source,
            self.nbytes,
            self.offsets,
            self.ffi.from_buffer(room),
            len(room),
            self.ffi.NULL,
            self.written,
            self.err,
        )
        encode = self.lib.nc_encode_into

        def call():
            if encode(*args):
                self.check(self.err.code)

        return call, lambda: room[: self.written[0]]

    def bound(self):
        bound, encoded = self.ffi.new("uint64_t *"), self.ffi.new("nc_layout **")
        status = self.lib.nc_encode_info(self.handle, self.layout, self.nbytes, bound, encoded, self.err)
        self.lib.nc_layout_free(encoded[0])
        if status == self.lib.NUMCODECS_ERR_UNKNOWN_SIZE:
            return 16 * self.nbytes + 4096
        self.check(status)
        return max(bound[0], 1)

    def decoder(self, encoded, nbytes, touched=False):
        """As encoder, for encoded bytes that hold `nbytes`. Items of variable length come in memory of the library."""
        source = self.ffi.from_buffer(encoded)
        if self.kind != FIXED:
            return self.item_decoder(source, len(encoded))
        room = np.ones(nbytes, "u1") if touched else np.zeros(nbytes, "u1")
        args = (
            self.handle,
            source,
            len(encoded),
            self.ffi.NULL,
            self.ffi.NULL,
            self.ffi.from_buffer(room),
            nbytes,
            self.ffi.NULL,
            self.written,
            self.err,
        )
        decode = self.lib.nc_decode_into

        def call():
            if decode(*args):
                self.check(self.err.code)

        return call, lambda: room[: self.written[0]]

    def item_decoder(self, source, n):
        """Each call frees what the one before gave."""
        decode, free, out = self.lib.nc_decode, self.lib.nc_buffer_free, self.out
        args = (self.handle, source, n, self.ffi.NULL, self.ffi.NULL, self.ffi.NULL, out, self.err)

        def call():
            free(out[0])
            if decode(*args):
                self.check(self.err.code)

        def result():
            buffer = out[0]
            data = self.ffi.buffer(self.lib.nc_buffer_data(buffer), self.lib.nc_buffer_nbytes(buffer))[:]
            return data, list(self.lib.nc_buffer_offsets(buffer)[0 : len(self.offset_array)])

        return call, result


def overhead(library):
    """A call with the arguments of nc_encode_into to a function that does nothing: what the binding alone costs."""
    ffi, null = library.ffi, library.ffi.NULL
    nothing = ffi.cast(ffi.typeof(library.lib.nc_encode_into), library.lib.nc_blosc_init)
    args = (null, null, null, 0, null, null, 0, null, null, null)
    return lambda: nothing(*args)
