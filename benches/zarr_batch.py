"""How fast a Zarr array is read: a loop over its chunks, batches on 1 and 2 threads, and zarr-python.

    make shared conformance-venv
    target/conformance-venv/bin/python benches/zarr_batch.py target/bench-data/ocean_temp_f4.npy --lib target/dist/libnumcodecs.so

The encoded chunks are in memory; each figure is the best of some rounds, in MB of decoded bytes per second, and every
round fills a new array. All four readers must give the same values.
"""

import argparse
import concurrent.futures
import math
import os
import pathlib
import sys
import tempfile
import time

import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, GzipCodec, ZstdCodec
from zarr.codecs import numcodecs as named

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "conformance"))
from numcodecs_c import Array, Library, default_library  # noqa: E402
from stores import Zarr  # noqa: E402
from zarr_both_ways import Chunks  # noqa: E402

CHUNKS = (16, 1, 90, 180)  # 1 037 kB
CODECS = {
    "blosc lz4, shuffle": {"compressors": BloscCodec(cname="lz4", clevel=5, shuffle="shuffle")},
    "blosc zstd, bitshuffle": {"compressors": BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle")},
    "zstd": {"compressors": ZstdCodec(level=3)},
    "gzip": {"compressors": GzipCodec(level=6)},
    "numcodecs.lz4": {"compressors": named.LZ4()},
    "numcodecs.shuffle": {"compressors": named.Shuffle(elementsize=4)},
    "bytes, big-endian": {"serializer": BytesCodec(endian="big")},
}


def best(rounds, works, values):
    """The least seconds of each, taken in turns so that other work on the machine meets all of them."""
    least = [math.inf] * len(works)
    for _ in range(rounds):
        for i, work in enumerate(works):
            start = time.perf_counter()
            result = work()
            least[i] = min(least[i], time.perf_counter() - start)
            assert np.array_equal(result, values), "the readers differ"
    return least


class Reader:
    """An array whose encoded chunks are in memory, read by our library."""

    def __init__(self, library, folder):
        self.ours = Zarr(library, (folder / "zarr.json").read_text())
        self.grid = Chunks(self.ours, np.empty(self.ours.shape(), "f4"))
        self.blocks = [(folder / self.ours.key(place)).read_bytes() for place in self.grid.places]
        ffi = library.ffi
        self.encoded = [ffi.from_buffer(block) for block in self.blocks], [len(block) for block in self.blocks]

    def batch(self, nthreads):
        result = np.empty(self.ours.shape(), "f4")
        Chunks(self.ours, result).run(
            self.ours.lib.nc_decode_batch, "dst", self.encoded, self.ours.ffi.NULL, self.grid.each, nthreads=nthreads
        )
        return result

    def loop(self):
        """One nc_decode_into for each chunk."""
        ours, ffi, result = self.ours, self.ours.ffi, np.empty(self.ours.shape(), "f4")
        base, err, written = ffi.from_buffer(result), ffi.new("nc_error *"), ffi.new("size_t *")
        for place, block, nbytes in zip(self.grid.places, *self.encoded):
            at = self.grid.offset(place)
            ours.library.check(
                ours.lib.nc_decode_into(
                    ours.codec.handle, block, nbytes, ffi.NULL, self.grid.each, base + at, result.nbytes - at, ffi.NULL, written, err
                ),
                err,
            )
        return result


def copies(source, nthreads):
    """The bytes of the array copied into a new one by so many threads."""
    result, edges = np.empty_like(source), np.linspace(0, len(source), nthreads + 1, dtype=int)
    with concurrent.futures.ThreadPoolExecutor(nthreads) as pool:
        list(pool.map(lambda part: np.copyto(result[part], source[part]), map(slice, edges, edges[1:])))
    return result


def measure(library, values, how, rounds):
    with tempfile.TemporaryDirectory() as folder:
        array = zarr.create_array(folder, shape=values.shape, chunks=CHUNKS, dtype="f4", **{"compressors": None, "filters": None, **how})
        array[...] = values
        reader, store = Reader(library, pathlib.Path(folder)), {}
        memory = zarr.create_array(store, shape=values.shape, chunks=CHUNKS, dtype="f4", **{"compressors": None, "filters": None, **how})
        memory[...] = values
        works = reader.loop, lambda: reader.batch(1), lambda: reader.batch(2), lambda: memory[...]
        return best(rounds, works, values), sum(map(len, reader.blocks))


def tiny_batch(library, nthreads, rounds=5000):
    """The least microseconds of a batch of two chunks of 64 bytes under no codec: on 2 threads, what a thread costs."""
    ffi, lib = library.ffi, library.lib
    codec, err, batch = library.codec("[]"), ffi.new("nc_error *"), ffi.new("nc_batch *")
    src, dst, sizes, status = ffi.new("char[128]"), ffi.new("char[128]"), ffi.new("size_t[2]", [64, 64]), ffi.new("nc_status[2]")
    pointers = ffi.new("void *[2]", [src, src + 64]), ffi.new("void *[2]", [dst, dst + 64])
    batch.struct_size, batch.n, batch.status = ffi.sizeof("nc_batch"), 2, status
    (batch.src, batch.dst), batch.src_nbytes, batch.dst_nbytes = pointers, sizes, sizes
    options, least = library.options({"nthreads": nthreads}), math.inf
    for _ in range(rounds):
        start = time.perf_counter()
        lib.nc_decode_batch(codec.handle, ffi.NULL, ffi.NULL, batch, options, err)
        least = min(least, time.perf_counter() - start)
    return least * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="12 x 19 x 90 x 180 floats, as .npy")
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="the codecs whose name contains this text")
    args = parser.parse_args()
    library, values = Library(args.lib), np.concatenate([np.load(args.data)] * 8)
    print(
        f"{math.prod(-(-n // c) for n, c in zip(values.shape, CHUNKS))} chunks, {values.nbytes / 1e6:.0f} MB, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, zarr-python {zarr.__version__}\n"
    )
    print("| codec | ratio | loop | batch, 1 thread | batch, 2 threads | 2 threads : loop | zarr-python | 2 threads : zarr-python |")
    print("|---|---|---|---|---|---|---|---|")
    for name, how in ((name, how) for name, how in CODECS.items() if args.only in name):
        (loop, one, two, python), nbytes = measure(library, values, how, args.rounds)
        rates = [f"{values.nbytes / 1e6 / seconds:.0f}" for seconds in (loop, one, two, python)]
        cells = [name, f"{values.nbytes / nbytes:.1f}", *rates[:3], f"{loop / two:.2f}", rates[3], f"{python / two:.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)
    one, two = best(args.rounds, [lambda: copies(values, 1), lambda: copies(values, 2)], values)
    print(f"\nmemcpy: {values.nbytes / 1e6 / one:.0f} on 1 thread, {values.nbytes / 1e6 / two:.0f} on 2, {one / two:.2f} times")
    print(f"two chunks of 64 bytes: {tiny_batch(library, 1):.0f} us on 1 thread, {tiny_batch(library, 2):.0f} us on 2")


if __name__ == "__main__":
    main()
