"""What nc_decode_box reads of a chunk: bytes of the encoded chunk, and their share of it.

    make shared conformance-venv
    target/conformance-venv/bin/python benches/zarr_partial.py target/bench-data/ocean_temp_f4.npy --lib target/dist/libnumcodecs.so

The whole array is one chunk. Every box is compared with NumPy.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, ShardingCodec, ZstdCodec
from zarr.codecs import numcodecs as named

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "conformance"))
from numcodecs_c import Array, Library, default_library  # noqa: E402
from stores import Zarr  # noqa: E402

LZ4 = BloscCodec(cname="lz4", clevel=5, shuffle="shuffle")
INNER = (1, 19, 30, 30)


def shard(*codecs):
    return {"serializer": ShardingCodec(chunk_shape=INNER, codecs=[BytesCodec(), *codecs])}


CODECS = {
    "blosc lz4, shuffle": {"compressors": LZ4},
    "blosc zstd, blocks of 4 KiB": {"compressors": BloscCodec(cname="zstd", clevel=5, shuffle="shuffle", blocksize=4096)},
    "numcodecs.quantize, blosc lz4": {"filters": named.Quantize(digits=2, dtype="<f4"), "compressors": LZ4},
    "shard of zstd": shard(ZstdCodec(level=3)),
    "shard of blosc lz4": shard(LZ4),
    "zstd": {"compressors": ZstdCodec(level=3)},
}
BOXES = {
    "one value": ((5, 3, 40, 100), (1, 1, 1, 1)),
    "one point through time": ((0, 3, 40, 100), (12, 1, 1, 1)),
    "a column of water": ((5, 0, 40, 100), (1, 19, 1, 1)),
    "a map": ((5, 3, 0, 0), (1, 1, 90, 180)),
}


class Chunk:
    """The one chunk of an array, encoded, and our codec of it."""

    def __init__(self, library, folder):
        self.ours, self.library = Zarr(library, (folder / "zarr.json").read_text()), library
        self.bytes = (folder / self.ours.key((0,) * len(self.ours.shape()))).read_bytes()

    def box(self, start, counts):
        """The box, and the bytes that were touched."""
        ffi, lib, result = self.library.ffi, self.library.lib, np.empty(counts, "f4")
        touched, err = ffi.new("uint64_t *"), ffi.new("nc_error *")
        want = self.library.layout(Array(b"", "<f4", counts))
        self.library.check(
            lib.nc_decode_box(
                self.ours.codec.handle,
                ffi.from_buffer(self.bytes),
                len(self.bytes),
                lib.nc_zarr_layout(self.ours.handle),
                ffi.new("int64_t[]", start),
                want,
                ffi.from_buffer(result),
                result.nbytes,
                self.library.options({"touched": touched}),
                err,
            ),
            err,
        )
        return result, touched[0]


def row(library, values, how):
    with tempfile.TemporaryDirectory() as folder:
        array = zarr.create_array(
            folder, shape=values.shape, chunks=values.shape, dtype="f4", **{"compressors": None, "filters": None, **how}
        )
        array[...] = values
        chunk, expected = Chunk(library, pathlib.Path(folder)), array[...]
    yield f"{len(chunk.bytes) / 1000:.0f}"
    for start, counts in BOXES.values():
        result, touched = chunk.box(start, counts)
        assert np.array_equal(result, expected[tuple(slice(s, s + n) for s, n in zip(start, counts))]), "the box differs"
        yield f"{touched / 1000:.1f} kB, {touched / len(chunk.bytes):.1%}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="12 x 19 x 90 x 180 floats, as .npy")
    parser.add_argument("--lib", default=default_library())
    args = parser.parse_args()
    library, values = Library(args.lib), np.load(args.data)
    print(f"| one chunk of {values.nbytes / 1000:.0f} kB | encoded kB | {' | '.join(BOXES)} |")
    print("|---" * (len(BOXES) + 2) + "|")
    for name, how in CODECS.items():
        print(f"| {name} | {' | '.join(row(library, values, how))} |", flush=True)


if __name__ == "__main__":
    main()
