"""Arrays both ways with zarr-python: what it writes we read, what we write beside its metadata it reads."""
import argparse
import itertools
import math
import pathlib
import sys
import tempfile
import warnings

import numcodecs
import numpy as np
import zarr
from zarr.codecs import (BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, VLenBytesCodec, VLenUTF8Codec,
                         ZstdCodec)
from zarr.codecs import numcodecs as named
from zarr.dtype import VariableLengthBytes, VariableLengthUTF8

from checks import Failure, require
from items import objects
from numcodecs_c import FIXED, Array, Library, NcError, default_library
from stores import METADATA, Zarr, read, read_through_index

SHAPE, CHUNKS = (7, 10, 5), (3, 4, 5)  # edge chunks in two dimensions
NUMBERS = "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
TEXTS = ["", "a", "żółw", "nineteen characters", "東京"]


# ---- arrays ----

def values(dtype, shape=SHAPE):
    """Different values of any dtype."""
    dtype, items = np.dtype(dtype), math.prod(shape)
    steps = np.arange(items) * 37 % 101
    if dtype.kind in "US":
        return np.array([("x" * (i % 4) + str(i)) for i in steps], dtype).reshape(shape)
    if dtype.kind == "V":
        return np.frombuffer(bytes(i % 251 for i in range(items * dtype.itemsize)), dtype).reshape(shape)
    if dtype.kind == "b":
        return (steps % 3 == 0).reshape(shape)
    if dtype.kind in "mM":
        return steps.astype("i8").view(dtype.newbyteorder("=")).reshape(shape).astype(dtype)
    return (steps + 0.25 if dtype.kind in "fc" else steps).astype(dtype).reshape(shape)


def strings(kind, shape=SHAPE):
    texts = [TEXTS[i % len(TEXTS)] * (i % 3) for i in range(math.prod(shape))]
    result = np.empty(len(texts), object)
    result[:] = texts if kind == "text" else [text.encode() for text in texts]
    return result.reshape(shape)


def case(name, data, chunks=CHUNKS, dtype=None, **how):
    return {"name": name, "data": data, "how": {"shape": data.shape, "chunks": chunks[: data.ndim], "dtype": dtype or data.dtype, **how}}


# ---- Zarr v3 ----

def v3(name, data, **how):
    return case(f"v3 {name}", data, **{"compressors": None, "filters": None, "zarr_format": 3, **how})


def v3_codecs():
    f4, f8, i4 = values("f4"), values("f8"), values("i4")
    yield v3("bytes little", f4, serializer=BytesCodec(endian="little"))
    yield v3("bytes big", f4, serializer=BytesCodec(endian="big"))
    yield v3("default of zarr-python", f4, compressors="auto", filters="auto")
    for cname, shuffle in itertools.product(("blosclz", "lz4", "lz4hc", "zlib", "zstd"), ("noshuffle", "shuffle", "bitshuffle")):
        yield v3(f"blosc {cname} {shuffle}", f4, compressors=BloscCodec(cname=cname, clevel=5, shuffle=shuffle))
    yield v3("gzip", f4, compressors=GzipCodec(level=6))
    yield v3("zstd", f4, compressors=ZstdCodec(level=3))
    yield v3("zstd with checksum", f4, compressors=ZstdCodec(level=3, checksum=True))
    yield v3("crc32c", f4, compressors=Crc32cCodec())
    yield v3("gzip crc32c", f4, compressors=[GzipCodec(level=1), Crc32cCodec()])
    for order in itertools.permutations(range(3)):
        yield v3(f"transpose {order}", i4, filters=TransposeCodec(order=order), compressors=ZstdCodec())
    yield v3("two transposes, big", i4, filters=[TransposeCodec(order=(1, 2, 0)), TransposeCodec(order=(0, 2, 1))],
             serializer=BytesCodec(endian="big"))
    for codec in (named.Blosc(cname="lz4", clevel=5, shuffle=1), named.LZ4(), named.Zstd(level=3), named.Zlib(level=6), named.GZip(level=6),
                  named.BZ2(level=9), named.LZMA(preset=1), named.Shuffle(elementsize=4), named.CRC32(), named.CRC32C(), named.Adler32(),
                  named.Fletcher32(), named.JenkinsLookup3(initval=7)):
        yield v3(codec.codec_name, f4, compressors=codec)
    for data, codec in ((i4, named.Delta(dtype="<i4")), (f4, named.BitRound(keepbits=8)), (f8, named.Quantize(digits=2, dtype="<f8")),
                        (f8, named.FixedScaleOffset(offset=0, scale=4, dtype="<f8", astype="<i4")),
                        (f8, named.AsType(encode_dtype="<f4", decode_dtype="<f8")), (values("?"), named.PackBits())):
        yield v3(codec.codec_name, data, filters=codec)
    yield v3("numcodecs.delta, transposed", i4, filters=[TransposeCodec(order=(2, 0, 1)), named.Delta(dtype="<i4")])
    yield v3("numcodecs.pcodec", f4, serializer=named.PCodec(level=8, mode_spec="auto"))
    yield v3("numcodecs.zfpy", f4, serializer=named.ZFPY(mode=4, tolerance=1e-3))
    yield v3("shuffle zlib crc32", f4, compressors=[named.Shuffle(elementsize=4), named.Zlib(level=1), named.CRC32()])


def v3_types():
    for dtype in NUMBERS + ["?", "U5", "S5", "V3", "M8[s]", "m8[ms]"]:
        for endian in ("little", "big"):
            yield v3(f"{dtype} {endian}", values(dtype), serializer=BytesCodec(endian=endian), compressors=ZstdCodec())
    yield v3("string", strings("text"), dtype=VariableLengthUTF8(), serializer=VLenUTF8Codec(), fill_value="?")
    yield v3("string under zstd", strings("text"), dtype=VariableLengthUTF8(), serializer=VLenUTF8Codec(), compressors=ZstdCodec())
    yield v3("bytes of any length", strings("bytes"), dtype=VariableLengthBytes(), serializer=VLenBytesCodec(), compressors=GzipCodec())


def v3_shards():
    some = values("i4")
    some[:2, :4] = 0  # inner chunks that are not there
    for location, index in itertools.product(("start", "end"), ([BytesCodec()], [BytesCodec(), Crc32cCodec()])):
        for codecs in ([BytesCodec()], [TransposeCodec(order=(2, 0, 1)), BytesCodec(endian="big"), ZstdCodec(), Crc32cCodec()]):
            shard = ShardingCodec(chunk_shape=(2, 4, 5), codecs=codecs, index_codecs=index, index_location=location)
            yield v3(f"shard, {len(index)} codecs of index at {location}, {len(codecs)} of chunks", some, chunks=(4, 8, 5), serializer=shard)
    within = ShardingCodec(chunk_shape=(1, 4, 5), codecs=[BytesCodec(endian="big"), GzipCodec()], index_location="start")
    yield v3("shards inside of shards", some, chunks=(4, 8, 5), serializer=ShardingCodec(chunk_shape=(2, 4, 5), codecs=[within]))
    yield v3("shard, compressed whole", some, chunks=(4, 8, 5), serializer=ShardingCodec(chunk_shape=(2, 4, 5)), compressors=ZstdCodec())
    blosc = ShardingCodec(chunk_shape=(2, 4, 5), codecs=[BytesCodec(), BloscCodec(cname="lz4")])
    yield v3("shard of blosc", some, chunks=(4, 8, 5), serializer=blosc)


def shards_of_strings():
    for kind, dtype, serializer in (("text", VariableLengthUTF8(), VLenUTF8Codec()), ("bytes", VariableLengthBytes(), VLenBytesCodec())):
        some = strings(kind)
        some[:2, :4] = fill = "none" if kind == "text" else b"none"
        how = {"chunks": (4, 8, 5), "dtype": dtype, "fill_value": fill}
        inner = ShardingCodec(chunk_shape=(2, 4, 5), codecs=[serializer, ZstdCodec()])
        yield v3(f"shard of {kind}", some, serializer=inner, **how)
        yield v3(f"shard of {kind}, index at start", some, serializer=ShardingCodec(chunk_shape=(2, 4, 5), codecs=[serializer], index_location="start"), **how)
        yield v3(f"shards of {kind} inside of shards", some, serializer=ShardingCodec(chunk_shape=(4, 4, 5), codecs=[inner]), **how)
        turned = TransposeCodec(order=(2, 0, 1))
        yield v3(f"{kind}, transposed", some, filters=turned, serializer=serializer, **how)
        yield v3(f"{kind}, reversed", some, filters=TransposeCodec(order=(2, 1, 0)), serializer=serializer, **how)
        shard = ShardingCodec(chunk_shape=(1, 4, 1), codecs=[turned, serializer])
        yield v3(f"shard of {kind}, transposed outside and inside", some, filters=turned, serializer=shard, **how)


def filters_before_shards():
    i4, f4, f8 = values("i4"), values("f4"), values("f8")
    def before(data, fill, *filters, chunks=((4, 8, 5), (160,))):
        data = data.copy()
        data[:4, :8] = fill
        names = ", ".join(getattr(codec, "codec_name", "transpose") for codec in filters)
        if "delta" in names or "fixedscaleoffset" in names:  # their arrays are flat
            data = data.reshape(-1)
        inner = (1, 4, 1) if data.ndim > 1 else (10,)  # zarr-python wants it to divide the chunk transposed or not
        shard = ShardingCodec(chunk_shape=inner, codecs=[BytesCodec(), ZstdCodec()])
        chunks = chunks[data.ndim == 1]
        return v3(f"{names} before a shard, fill value {fill}", data, filters=list(filters), serializer=shard, fill_value=fill, chunks=chunks)

    yield before(i4, 7, TransposeCodec(order=(2, 0, 1)))
    yield before(i4, 7, TransposeCodec(order=(2, 1, 0)))
    yield before(i4, 0, named.Delta(dtype="<i4"))
    yield before(i4, 7, named.Delta(dtype="<i4", astype="<i2"))
    yield before(f4, 1.5, named.BitRound(keepbits=8))
    yield before(f8, 0.5, named.Quantize(digits=2, dtype="<f8"))
    yield before(f8, 2.5, named.AsType(encode_dtype="<f4", decode_dtype="<f8"))
    yield before(f8, 2.0, named.FixedScaleOffset(offset=0, scale=4, dtype="<f8", astype="<i4"))
    one = {"chunks": ((8, 12, 5), (350,))}  # a chunk that is not there would be a value that these filters cannot hold
    yield before(f8, 0.1, named.AsType(encode_dtype="<f4", decode_dtype="<f8"), **one)
    yield before(f8, 0.1, named.FixedScaleOffset(offset=0, scale=4, dtype="<f8", astype="<i4"), **one)


# ---- Zarr v2 ----

def v2(name, data, **how):
    return case(f"v2 {name}", data, **{"compressors": None, "filters": None, "zarr_format": 2, **how})


def v2_codecs():
    f4, f8, i4 = values("f4"), values("f8"), values("i4")
    yield v2("no codec", f4)
    for cname, shuffle in itertools.product(("blosclz", "lz4", "lz4hc", "zlib", "zstd"), (-1, 0, 1, 2)):
        yield v2(f"blosc {cname} {shuffle}", f4, compressors=numcodecs.Blosc(cname, 5, shuffle))
    for codec in (numcodecs.LZ4(), numcodecs.Zstd(3), numcodecs.Zstd(3, True), numcodecs.Zlib(6), numcodecs.GZip(6), numcodecs.BZ2(9),
                  numcodecs.LZMA(preset=1)):
        yield v2(codec.codec_id, f4, compressors=codec)
    for data, codec in ((i4, numcodecs.Delta("<i4")), (i4, numcodecs.Delta("<i4", "<i2")), (f4, numcodecs.BitRound(8)),
                        (f8, numcodecs.Quantize(2, "<f8")), (f8, numcodecs.FixedScaleOffset(0, 4, "<f8", "<i4")),
                        (f8, numcodecs.AsType("<f4", "<f8")), (values("?"), numcodecs.PackBits()), (f4, numcodecs.Shuffle(4)),
                        (f4, numcodecs.CRC32()), (f4, numcodecs.Adler32()), (f4, numcodecs.Fletcher32()), (f4, numcodecs.JenkinsLookup3(3))):
        for order in "CF":
            yield v2(f"{codec.codec_id} {order}", data, filters=[codec], compressors=numcodecs.Zlib(1), order=order)
    yield v2("delta shuffle blosc", i4, filters=[numcodecs.Delta("<i4"), numcodecs.Shuffle(4)], compressors=numcodecs.Blosc("zstd", 3, 0))


def v2_types():
    for dtype in NUMBERS + ["?", "U5", "S5", "V3", "M8[s]", "m8[ms]"]:
        for endian, order in itertools.product("<>", "CF"):
            typed = np.dtype(dtype).newbyteorder(endian)
            yield v2(f"{typed.str} {order}", values(typed), order=order, compressors=numcodecs.Zstd(1))
    for order in "CF":
        yield v2(f"vlen-utf8 {order}", strings("text"), dtype=VariableLengthUTF8(), filters=[numcodecs.VLenUTF8()], order=order, fill_value="?")
    yield v2("vlen-bytes", strings("bytes"), dtype=VariableLengthBytes(), filters=[numcodecs.VLenBytes()], compressors=numcodecs.Zlib(1))


# ---- grids, keys and fill values of both ----

def grids():
    for make in (v2, v3):
        for shape, chunks in (((), ()), ((1,), (1,)), ((13,), (5,)), ((5,), (8,)), ((0, 4), (2, 2)), ((3, 4, 2, 5), (2, 3, 2, 2))):
            yield make(f"shape {shape} in {chunks}", values("f4", shape), chunks=chunks)
        for separator in "./":
            yield make(f"keys with {separator}", values("i2"), chunk_key_encoding={"name": "v2" if make is v2 else "default", "separator": separator})
        for dtype, fill in (("f4", np.nan), ("f4", -np.inf), ("f8", -1e34), ("i4", -7), ("u8", 2**64 - 1), ("?", True), ("c16", 1 - 2j),
                            ("U5", "ż"), ("S5", b"none"), ("M8[s]", np.datetime64("NaT")), ("f2", 0.1)):
            yield make(f"fill value {fill!r} of {dtype}", values(dtype), fill_value=fill)
    yield v3("keys as in v2", values("i2"), chunk_key_encoding={"name": "v2", "separator": "."})


CASES = (v3_codecs, v3_types, v3_shards, shards_of_strings, filters_before_shards, v2_codecs, v2_types, grids)


# ---- both ways ----

class Chunks:
    """The chunks of an array in memory, as nc_batch wants them."""

    def __init__(self, ours, array):
        self.ours, self.ffi, self.lib = ours, ours.ffi, ours.lib
        self.shape, self.chunk = array.shape, ours.chunk["shape"]
        self.places = list(itertools.product(*(range(-(-n // c)) for n, c in zip(self.shape, self.chunk))))
        self.array, self.base = array, self.ffi.from_buffer(array) if array.size else self.ffi.NULL
        self.each = ours.library.layout(Array(b"", array.dtype.str, self.chunk, strides=array.strides or None))

    def box(self, place):
        return tuple(slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(place, self.chunk, self.shape))

    def offset(self, place):
        return sum(i * c * s for i, c, s in zip(place, self.chunk, self.array.strides))

    def run(self, call, here, there, *layouts, nthreads=2):
        """`here` are the parts of the array and `there` (pointers, sizes) the encoded chunks."""
        ffi, batch = self.ffi, self.ffi.new("nc_batch *")
        n = len(self.places)
        offsets = [self.offset(place) for place in self.places]
        memory = ffi.new("void *[]", [self.base + at for at in offsets] or 1), ffi.new("size_t[]", [self.array.nbytes - at for at in offsets] or 1)
        encoded = ffi.new("void *[]", there[0] or 1), ffi.new("size_t[]", there[1] or 1)
        counts = ffi.new("int64_t[]", [s.stop - s.start for place in self.places for s in self.box(place)] or 1)
        written, status, err = ffi.new("size_t[]", n or 1), ffi.new("nc_status[]", n or 1), ffi.new("nc_error *")
        sides = {here: memory, "dst" if here == "src" else "src": encoded}
        batch.struct_size, batch.n, batch.written, batch.status, batch.fill = ffi.sizeof("nc_batch"), n, written, status, self.ours.handle
        batch.counts = counts if self.shape else ffi.NULL
        (batch.src, batch.src_nbytes), (batch.dst, batch.dst_nbytes) = sides["src"], sides["dst"]
        self.ours.library.check(call(self.ours.codec.handle, *layouts, batch, self.ours.library.options({"nthreads": nthreads}), err), err)
        return list(written)[:n]


def read_ours(ours, folder, dtype):
    """The whole array: strings one chunk at a time, all else as one batch into one array."""
    if ours.chunk["kind"] != FIXED:
        return read(ours, folder)
    shape = ours.shape()
    result = np.ndarray(shape, dtype, bytearray(b"\xa5" * max(math.prod(shape) * dtype.itemsize, 1)))
    chunks = Chunks(ours, result)
    files = [folder / ours.key(place) for place in chunks.places]
    blocks = [file.read_bytes() if file.is_file() else None for file in files]
    pointers = [ours.ffi.NULL if block is None else ours.ffi.from_buffer(block) for block in blocks]
    chunks.run(ours.lib.nc_decode_batch, "dst", (pointers, [len(block or b"") for block in blocks]), ours.ffi.NULL, chunks.each)
    return result


def write_ours(ours, folder, array):
    if ours.chunk["kind"] != FIXED:
        return write_items(ours, folder, array)
    chunks = Chunks(ours, array)
    bound = ours.codec.encode_info(Array(b"\0" * (math.prod(chunks.chunk) * array.dtype.itemsize), array.dtype.str, chunks.chunk))[0]
    rooms = [ours.ffi.new("char[]", max(bound, 1)) for _ in chunks.places]
    written = chunks.run(ours.lib.nc_encode_batch, "src", (rooms, [bound] * len(rooms)), chunks.each)
    for place, room, nbytes in zip(chunks.places, rooms, written):
        save(folder / ours.key(place), bytes(ours.ffi.buffer(room, nbytes)))


def write_items(ours, folder, array):
    fill, chunk = ours.fill(), ours.chunk["shape"]
    item = fill.data[: fill.offsets[1]]
    for place in itertools.product(*(range(-(-n // c)) for n, c in zip(array.shape, chunk))):
        block = np.full(chunk, item.decode() if isinstance(array.flat[0], str) else item, object)
        box = tuple(slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(place, chunk, array.shape))
        block[tuple(slice(s.stop - s.start) for s in box)] = array[box]
        order = ours.chunk["order"]
        save(folder / ours.key(place), ours.codec.encode(objects(block.ravel(order).tolist(), ours.chunk["kind"], chunk, order)).data)


def save(file, data):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def chunk_files(folder):
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".z") and file.name != "zarr.json")


def contents(path):
    array = zarr.open_array(path, mode="r")[...]
    array = np.asarray(array)
    return array.astype(object) if array.dtype.kind == "T" else np.ascontiguousarray(array).reshape(array.shape)


def require_same(result, expected, what):
    require(result.shape == expected.shape, f"{what}: shape {result.shape} instead of {expected.shape}")
    same = result.tolist() == expected.tolist() if expected.dtype == object else result.tobytes() == expected.tobytes()
    require(same, f"{what}: the values differ")


def both_ways(library, case, folder):
    array = zarr.create_array(str(folder), **case["how"])
    array[...] = case["data"]
    files = chunk_files(folder)
    if len(files) > 1:
        files[1].unlink()  # a chunk that is not there
    expected = contents(folder)

    ours = Zarr(library, next(folder / name for name in METADATA if (folder / name).is_file()).read_text("utf-8"))
    require_same(read_ours(ours, folder, expected.dtype), expected, "zarr-python wrote, we read")
    if ours.inner():
        require_same(read(ours, folder, read_through_index).astype(expected.dtype), expected, "zarr-python wrote, we read by the index")

    written = {file.relative_to(folder) for file in files}
    for file in chunk_files(folder):
        file.unlink()
    write_ours(ours, folder, expected)
    require({file.relative_to(folder) for file in chunk_files(folder)} >= written, "our keys are not those of zarr-python")
    require_same(contents(folder), expected, "we wrote, zarr-python read")


def outcome(library, case):
    with tempfile.TemporaryDirectory() as folder:
        try:
            both_ways(library, case, pathlib.Path(folder, "array"))
        except (Failure, NcError) as problem:
            return str(problem)
        except Exception as error:  # a mistake of the runner must not pass for a result
            return f"runner: {type(error).__name__}: {error}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--only", default="", help="the cases whose name contains this text")
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # zarr-python's, about names that v3 has not yet fixed
    library, passed, failed = Library(args.lib), 0, 0
    for one in itertools.chain.from_iterable(make() for make in CASES):
        if args.only not in one["name"]:
            continue
        problem = outcome(library, one)
        passed, failed = passed + (problem is None), failed + (problem is not None)
        if problem is not None:
            print(f"FAILED {one['name']}: {problem}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed) or not passed)


if __name__ == "__main__":
    main()
