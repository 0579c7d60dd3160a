"""Thin binding of include/numcodecs.h for the tests: calls, memory and errors, no codec code.

The signatures come from the header itself, read by the C preprocessor with empty standard headers, so nothing is mirrored here.
Not shared with bindings/python, which offers codecs: this one loads any library file, passes every argument, and watches memory and
out-pointers for breaches of the header's rules.
"""
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass, replace

import cffi

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUARD = 64  # bytes watched on each side of every destination
FIXED, UTF8, BYTES, ARRAYS, JSON, MSGPACK = range(6)
OBJECT_DTYPE = "|O"


class NcError(Exception):
    """A status other than OK, with every field of nc_error."""

    def __init__(self, status, name, fields):
        super().__init__(f"{name}: {fields['message']}")
        self.status, self.name = status, name
        self.__dict__.update(fields)


class ContractError(Exception):
    """The library broke a rule of its header, whatever the codec."""


@dataclass(frozen=True)
class Array:
    """Values with their layout: what goes into a codec and what comes out."""

    data: bytes
    dtype: str = "|u1"
    shape: tuple = None
    order: str = "C"
    kind: int = FIXED
    offsets: tuple = None
    strides: tuple = None

    def __post_init__(self):
        if self.shape is None:
            object.__setattr__(self, "shape", (len(self.data),))

    @property
    def layout(self):
        """The parts that two equal layouts share. Order is left out where both orders mean the same bytes."""
        ambiguous = sum(extent != 1 for extent in self.shape) < 2 or 0 in self.shape
        return self.dtype, tuple(self.shape), "C" if ambiguous else self.order, self.kind

    def with_(self, **changes):
        return replace(self, **changes)


def header_text(header):
    """The declarations of the header as cffi wants them."""
    with tempfile.TemporaryDirectory() as empty:
        for name in ("stddef.h", "stdint.h", "stdbool.h"):
            pathlib.Path(empty, name).touch()
        command = [os.environ.get("CC", "gcc"), "-E", "-P", "-nostdinc", "-I", empty, str(header)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def default_library():
    return os.environ.get("NUMCODECS_LIB") or str(ROOT / "target" / "release" / "libnumcodecs.so")


class Library:
    def __init__(self, path=None, header=None, extra=""):
        self.path = str(path or default_library())
        self.ffi = cffi.FFI()
        text = header_text(header or ROOT / "include" / "numcodecs.h")
        self.ffi.cdef(text + extra)
        self.lib = self.ffi.dlopen(self.path)
        prefix = "NUMCODECS_ERR_"
        self.names = {getattr(self.lib, n): n.removeprefix(prefix) for n in dir(self.lib) if n.startswith(prefix)}
        self.names[self.lib.NUMCODECS_OK] = "OK"

    def text(self, pointer):
        return None if pointer == self.ffi.NULL else self.ffi.string(pointer).decode("utf-8")

    def ids(self):
        found = []
        while (name := self.text(self.lib.nc_codec_id_at(len(found)))) is not None:
            found.append(name)
        return found

    def check(self, status, err, *outs):
        """Raises NcError unless status is OK; then every out-pointer must be NULL or 0 and err must tell the same status."""
        if status == self.lib.NUMCODECS_OK:
            return
        fields = {n: getattr(err, n) for n in ("code", "stage", "index", "offset", "needed")}
        try:
            fields |= {n: self.ffi.string(getattr(err, n)).decode("utf-8") for n in ("codec", "path", "message")}
        except UnicodeDecodeError as bad:
            raise ContractError(f"error text is not UTF-8: {bad}") from None
        if fields["code"] != status:
            raise ContractError(f"returned {status} but err.code is {fields['code']}")
        for out in outs:
            if out[0] != (self.ffi.NULL if self.ffi.typeof(out).item.kind == "pointer" else 0):
                raise ContractError("an out-pointer is set after a failure")
        raise NcError(status, self.names.get(status, str(status)), fields)

    def options(self, opts):
        if not opts:
            return self.ffi.NULL
        struct = self.ffi.new("nc_options *")
        struct.struct_size = self.ffi.sizeof("nc_options")
        for name, value in opts.items():
            setattr(struct, name, value)
        return struct

    def source(self, data):
        """A pointer to the bytes; NULL for none, which the header allows."""
        return self.ffi.from_buffer(data) if len(data) else self.ffi.NULL

    def layout(self, array):
        """An nc_layout for the array, or NULL for None."""
        if array is None:
            return self.ffi.NULL
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_layout **")
        dtype = array.dtype.encode()
        shape = self.ffi.new("int64_t[]", list(array.shape))
        strides = self.ffi.NULL if array.strides is None else self.ffi.new("int64_t[]", list(array.strides))
        order = {"C": self.lib.NUMCODECS_ORDER_C, "F": self.lib.NUMCODECS_ORDER_F}[array.order]
        if array.strides is not None:
            order = self.lib.NUMCODECS_ORDER_STRIDED
        dtype = self.ffi.new("char[]", dtype)
        self.check(self.lib.nc_layout_new(dtype, array.kind, len(array.shape), shape, strides, order, out, err), err, out)
        return self.ffi.gc(out[0], self.lib.nc_layout_free)

    def describe(self, layout, nbytes):
        """Keyword arguments of Array that a layout stands for; NULL stands for plain bytes."""
        if layout == self.ffi.NULL:
            return {"dtype": "|u1", "shape": (nbytes,)}
        err, query = self.ffi.new("nc_error *"), self.lib.nc_layout_query
        ndim = query(layout, self.lib.NUMCODECS_Q_NDIM)
        shape = self.ffi.new("int64_t[]", max(ndim, 1))
        self.check(self.lib.nc_layout_shape(layout, shape, ndim, err), err)
        order = "F" if query(layout, self.lib.NUMCODECS_Q_ORDER) == self.lib.NUMCODECS_ORDER_F else "C"
        kind = query(layout, self.lib.NUMCODECS_Q_KIND)
        dtype = self.text(self.lib.nc_layout_dtype(layout))
        return {"dtype": dtype, "shape": tuple(shape[0:ndim]), "order": order, "kind": kind}

    def take(self, buffer):
        """Copies what an nc_buffer holds and frees it."""
        try:
            nbytes = self.lib.nc_buffer_nbytes(buffer)
            data = self.lib.nc_buffer_data(buffer)
            if data == self.ffi.NULL and nbytes:
                raise ContractError("a buffer with bytes has no data")
            fields = self.describe(self.lib.nc_buffer_layout(buffer), nbytes)
            offsets = self.lib.nc_buffer_offsets(buffer)
            if (offsets == self.ffi.NULL) != (fields.get("kind", FIXED) == FIXED):
                raise ContractError("offsets are given for object items only, and always for them")
            if offsets != self.ffi.NULL:
                items = self.lib.nc_layout_query(self.lib.nc_buffer_layout(buffer), self.lib.NUMCODECS_Q_ITEMS)
                fields["offsets"] = tuple(offsets[0 : items + 1])
                check_offsets(fields["offsets"], nbytes)
            return Array(bytes(self.ffi.buffer(data, nbytes)) if nbytes else b"", **fields)
        finally:
            self.lib.nc_buffer_free(buffer)

    def codec(self, config, allow=None):
        return Codec(self, config, self.registry(allow) if allow else self.ffi.NULL)

    def registry(self, ids):
        """A registry of these ids alone; they may be ones that the built-in table leaves out."""
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_registry **")
        names = [self.ffi.new("char[]", name.encode()) for name in ids]
        self.check(self.lib.nc_registry_new(self.ffi.new("const char *[]", names), len(names), out, err), err, out)
        return self.ffi.gc(out[0], self.lib.nc_registry_free)


def check_offsets(offsets, nbytes):
    if offsets[0] != 0 or offsets[-1] != nbytes or any(a > b for a, b in zip(offsets, offsets[1:])):
        raise ContractError("offsets do not run from 0 to the number of bytes")


class Destination:
    """Caller's memory with watched bytes on both sides."""

    def __init__(self, ffi, cap, fill=0xA5):
        self.cap, self.fill = cap, fill
        self.block = bytearray([fill ^ 0xFF]) * GUARD + bytearray([fill]) * cap + bytearray([fill ^ 0xFF]) * GUARD
        self.pointer = ffi.from_buffer(self.block) + GUARD

    def bytes(self):
        """What the destination holds, after making sure that nothing around it was touched."""
        guard = bytes([self.fill ^ 0xFF]) * GUARD
        if self.block[:GUARD] != guard or self.block[GUARD + self.cap :] != guard:
            raise ContractError("bytes outside the destination were written")
        return bytes(self.block[GUARD : GUARD + self.cap])


class Codec:
    def __init__(self, library, config, registry):
        self.library, self.ffi, self.lib = library, library.ffi, library.lib
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_codec **")
        library.check(self.lib.nc_codec_from_config(config.encode(), registry, out, err), err, out)
        self.handle = self.ffi.gc(out[0], self.lib.nc_codec_free)

    def config(self):
        return self.library.text(self.lib.nc_codec_config(self.handle))

    def equals(self, other):
        return bool(self.lib.nc_codec_equal(self.handle, other.handle))

    def _offsets(self, array):
        return self.ffi.NULL if array.offsets is None else self.ffi.new("int64_t[]", list(array.offsets))

    def encode(self, array, **opts):
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_buffer **")
        status = self.lib.nc_encode(self.handle, self.library.layout(array), self.library.source(array.data), len(array.data),
                                    self._offsets(array), self.library.options(opts), out, err)
        self.library.check(status, err, out)
        return self.library.take(out[0])

    def encode_items(self, array, **opts):
        """As encode, for object items that lie apart in memory."""
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_buffer **")
        spans = list(zip(array.offsets, array.offsets[1:]))
        blocks = [self.ffi.from_buffer(array.data[a:b]) for a, b in spans]
        items = self.ffi.new("const void *[]", blocks or 1)
        lengths = self.ffi.new("int64_t[]", [b - a for a, b in spans] or 1)
        status = self.lib.nc_encode_items(self.handle, self.library.layout(array), items, lengths, self.library.options(opts), out, err)
        self.library.check(status, err, out)
        return self.library.take(out[0])

    def encode_into(self, array, cap, **opts):
        err, written, dst = self.ffi.new("nc_error *"), self.ffi.new("size_t *"), Destination(self.ffi, cap)
        status = self.lib.nc_encode_into(self.handle, self.library.layout(array), self.library.source(array.data), len(array.data),
                                         self._offsets(array), dst.pointer, cap, self.library.options(opts), written, err)
        held = dst.bytes()
        self.library.check(status, err, written)
        return held[: written[0]]

    def encode_info(self, array):
        """(bound, layout of the result) or (None, layout) where the size is unknown."""
        err, bound, out = self.ffi.new("nc_error *"), self.ffi.new("uint64_t *"), self.ffi.new("nc_layout **")
        status = self.lib.nc_encode_info(self.handle, self.library.layout(array), len(array.data), bound, out, err)
        return self._info(status, bound, out, err)

    def decode_info(self, data):
        err, nbytes, out = self.ffi.new("nc_error *"), self.ffi.new("uint64_t *"), self.ffi.new("nc_layout **")
        status = self.lib.nc_decode_info(self.handle, self.library.source(data), len(data), nbytes, out, err)
        return self._info(status, nbytes, out, err)

    def _info(self, status, size, out, err):
        unknown = status == self.lib.NUMCODECS_ERR_UNKNOWN_SIZE
        if not unknown:
            self.library.check(status, err, size, out)
        layout = None
        if out[0] != self.ffi.NULL:
            layout = self.library.describe(out[0], 0)
            self.lib.nc_layout_free(out[0])
        return (None if unknown else size[0]), layout

    def decode(self, data, chunk=None, want=None, **opts):
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_buffer **")
        layouts = self.library.layout(chunk), self.library.layout(want)
        status = self.lib.nc_decode(self.handle, self.library.source(data), len(data), *layouts, self.library.options(opts), out, err)
        self.library.check(status, err, out)
        return self.library.take(out[0])

    def decode_into(self, data, cap, chunk=None, want=None, fill=0xA5, **opts):
        """(bytes written, the whole destination afterwards)."""
        err, written, dst = self.ffi.new("nc_error *"), self.ffi.new("size_t *"), Destination(self.ffi, cap, fill)
        layouts = self.library.layout(chunk), self.library.layout(want)
        status = self.lib.nc_decode_into(self.handle, self.library.source(data), len(data), *layouts, dst.pointer, cap,
                                         self.library.options(opts), written, err)
        held = dst.bytes()
        self.library.check(status, err, written)
        return written[0], held

    def decode_box(self, data, chunk, start, want):
        """The box of want's shape at `start` of the chunk."""
        err, dst = self.ffi.new("nc_error *"), Destination(self.ffi, len(want.data))
        layouts = self.library.layout(chunk), self.ffi.new("int64_t[]", list(start)), self.library.layout(want)
        status = self.lib.nc_decode_box(self.handle, self.library.source(data), len(data), *layouts, dst.pointer, dst.cap, self.ffi.NULL, err)
        held = dst.bytes()
        self.library.check(status, err)
        return held
