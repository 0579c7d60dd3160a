"""Zarr stores written by zarr-python: every chunk through nc_zarr_open, compared with the whole array."""
import itertools
import math

import numpy as np

from checks import Failure, require
from items import from_vector, same, values_of
from numcodecs_c import FIXED, Array, Codec, ContractError, NcError
from vectors import dtype_string

METADATA = (".zarray", "zarr.json")


class Zarr:
    """Metadata of an array, as the library reads it."""

    def __init__(self, library, text):
        self.open(library, lambda out, err: library.lib.nc_zarr_open(text.encode(), library.ffi.NULL, out, err))

    @classmethod
    def new(cls, library, codecs, chunk, shape, fill, zarr_format):
        """Metadata of a new array; `chunk` is a layout of the library, `fill` bytes or None."""
        self, ffi = cls.__new__(cls), library.ffi
        extents, item = ffi.new("int64_t[]", list(shape) or 1), ffi.NULL if fill is None else ffi.from_buffer(fill)
        make = library.lib.nc_zarr_new
        self.open(library, lambda out, err: make(codecs.encode(), ffi.NULL, chunk, extents, item, len(fill or b""), zarr_format, out, err))
        return self

    def open(self, library, call):
        err, out = library.ffi.new("nc_error *"), library.ffi.new("nc_zarr **")
        library.check(call(out, err), err, out)
        self._read(library, library.ffi.gc(out[0], library.lib.nc_zarr_free))

    def _read(self, library, handle):
        self.library, self.ffi, self.lib, self.handle = library, library.ffi, library.lib, handle
        self.chunk = library.describe(self.lib.nc_zarr_layout(self.handle), 0)
        self.codec = Codec.__new__(Codec)
        self.codec.library, self.codec.ffi, self.codec.lib = library, self.ffi, self.lib
        self.codec.handle = self.lib.nc_zarr_codec(self.handle)

    def inner(self):
        """The chunks inside a shard as an array of their own, or None."""
        handle = self.lib.nc_zarr_inner(self.handle)
        if not handle:
            return None
        inner = Zarr.__new__(Zarr)
        inner._read(self.library, handle)
        inner.outer = self  # lends
        return inner

    def index(self, data):
        """The index of a shard, of which only the range of the index is read: entry(place) gives (offset, size), or None."""
        err, offset, nbytes, out = (self.ffi.new(kind) for kind in ("nc_error *", "int64_t *", "size_t *", "nc_shard **"))
        self.library.check(self.lib.nc_zarr_index_range(self.handle, offset, nbytes, err), err)
        start = offset[0] % len(data)
        index = data[start : start + nbytes[0]]
        self.library.check(self.lib.nc_shard_open(self.handle, index, len(index), len(data), out, err), err, out)
        shard = self.ffi.gc(out[0], self.lib.nc_shard_free)

        def entry(place):
            at, n = self.ffi.new("uint64_t *"), self.ffi.new("uint64_t *")
            self.library.check(self.lib.nc_shard_entry(shard, self.ffi.new("int64_t[]", list(place) or 1), at, n, err), err)
            return (at[0], n[0]) if (at[0], n[0]) != (0, 0) else None

        return entry

    def metadata(self, zarr_format):
        """The text of a .zarray or a zarr.json."""
        err, out = self.ffi.new("nc_error *"), self.ffi.new("nc_buffer **")
        self.library.check(self.lib.nc_zarr_metadata(self.handle, zarr_format, self.ffi.NULL, out, err), err, out)
        buffer = self.ffi.gc(out[0], self.lib.nc_buffer_free)
        return bytes(self.ffi.buffer(self.lib.nc_buffer_data(buffer), self.lib.nc_buffer_nbytes(buffer))).decode()

    def shape(self):
        ndim, err = self.lib.nc_zarr_query(self.handle, self.lib.NUMCODECS_Q_NDIM), self.ffi.new("nc_error *")
        shape = self.ffi.new("int64_t[]", max(ndim, 1))
        self.library.check(self.lib.nc_zarr_shape(self.handle, shape, ndim, err), err)
        return tuple(shape[0:ndim])

    def key(self, index):
        err, text = self.ffi.new("nc_error *"), self.ffi.new("char[]", 256)
        self.library.check(self.lib.nc_zarr_chunk_key(self.handle, self.ffi.new("int64_t[]", list(index) or 1), text, 256, err), err)
        return self.library.text(text)

    def fill(self):
        """A chunk of fill values."""
        nbytes, items = self.ffi.new("size_t *"), math.prod(self.chunk["shape"])
        item = self.lib.nc_zarr_fill_item(self.handle, nbytes)
        data = (bytes(self.ffi.buffer(item, nbytes[0])) if nbytes[0] else b"") * items
        if self.chunk["kind"] == FIXED:
            return Array(data, **self.chunk)
        return Array(data, offsets=tuple(range(0, len(data) + 1, nbytes[0] or 1))[: items + 1] if nbytes[0] else (0,) * (items + 1), **self.chunk)


def to_numpy(array):
    if array.kind == FIXED:
        return np.frombuffer(array.data, array.dtype).reshape(array.shape, order=array.order)
    flat = np.empty(math.prod(array.shape), object)
    flat[:] = values_of(array)
    return flat.reshape(array.shape, order=array.order)


def whole_chunk(zarr, data):
    return to_numpy(zarr.codec.decode(data))


def read(zarr, folder, decode=whole_chunk):
    """The whole array, chunk by chunk."""
    shape, chunk = zarr.shape(), zarr.chunk["shape"]
    result = np.empty(shape, object if zarr.chunk["kind"] != FIXED else zarr.chunk["dtype"])
    for index, box, inside in boxes(shape, chunk):
        path = folder / zarr.key(index)
        block = decode(zarr, path.read_bytes()) if path.is_file() else to_numpy(zarr.fill())
        result[box] = block[inside]
    return result


def boxes(shape, chunk):
    """The grid of chunks over an array: place, the part of the array, the part of the chunk."""
    for place in itertools.product(*(range(-(-n // c)) for n, c in zip(shape, chunk))):
        box = tuple(slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(place, chunk, shape))
        yield place, box, tuple(slice(s.stop - s.start) for s in box)


def read_through_index(zarr, data):
    """A whole shard by its index: inner chunks one by one, shards inside of shards too."""
    inner = zarr.inner()
    if inner is None:
        return to_numpy(zarr.codec.decode(data))
    entry, result = zarr.index(data), np.empty(inner.shape(), to_numpy(zarr.fill()).dtype)
    for place, box, _ in boxes(inner.shape(), inner.chunk["shape"]):
        found = entry(place)
        result[box] = to_numpy(inner.fill()) if found is None else read_through_index(inner, data[found[0] : sum(found)])
    return result


def compare(result, expected, vectors):
    require(result.shape == tuple(expected["shape"]), f"shape {result.shape} instead of {expected['shape']}")
    if expected["dtype"] == "|O":
        wanted = [from_vector(item) for item in expected["items"]]
        for at, (a, b) in enumerate(zip(result.ravel(), wanted, strict=True)):
            require(same(a, b), f"item {at} is {a!r:.60} instead of {b!r:.60}")
        return
    dtype = np.dtype(dtype_string(expected["dtype"]))
    require(result.dtype.newbyteorder("=") == dtype.newbyteorder("="), f"dtype {result.dtype} instead of {dtype}")
    require(np.ascontiguousarray(result.astype(dtype)).tobytes() == vectors.blob(expected), "the values differ")


def check_store(library, vectors, store):
    """(outcome, text), as for a case."""
    folder = vectors.folder / store["path"] / store["array_path"]
    metadata = next(folder / name for name in METADATA if (folder / name).is_file())
    try:
        zarr = Zarr(library, metadata.read_text("utf-8"))
        compare(read(zarr, folder), store["expected"], vectors)
        again = Zarr(library, zarr.metadata(3 if metadata.name == "zarr.json" else 2))
        compare(read(again, folder), store["expected"], vectors)
    except NcError as error:
        if error.name == "UNKNOWN_CODEC":
            return "apart", error.message
        if error.path == "zarr_format":
            return "apart", "no layer for this Zarr format yet"
        return "failed", f"unexpected error {error} ({error.codec} {error.path})"
    except (Failure, ContractError) as problem:
        return "failed", str(problem)
    except Exception as error:  # a mistake of the runner must not pass for a result
        return "failed", f"runner: {type(error).__name__}: {error}"
    return "passed", ""
