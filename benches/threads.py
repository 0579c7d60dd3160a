"""Many chunks on one thread, on two, and in two processes that share nothing: our batches beside numcodecs in a thread pool, and memcpy."""

import concurrent.futures
import contextlib
import os
import signal
from dataclasses import dataclass

import numpy as np

import measure
from cases import case
from ours import Ours
from peers import Numcodecs

CHUNKS, NBYTES = 32, 1 << 20  # of each chunk


@dataclass
class Threads:
    codec: str
    config: str
    kind: str  # compressor or filter
    direction: str
    one: float  # MB/s of ours
    two: float
    apart: float  # two processes, together
    their_one: float
    their_two: float
    memcpy_two: float

    @property
    def gain(self):
        return self.two / self.one

    @property
    def limit(self):
        """What a second core gives here to a process that shares nothing with the first."""
        return self.apart / self.one

    @property
    def target(self):
        return "1.9 times one thread" if self.kind == "compressor" else "0.7 of memcpy on two"

    @property
    def missed(self):
        return self.gain < 1.9 if self.kind == "compressor" else self.two < 0.7 * self.memcpy_two


def cases():
    yield "filter", case("shuffle", "ocean", elementsize=4)
    yield "filter", case("delta", "relief_i4", dtype="<i4")
    yield "filter", case("crc32c", "ocean")
    yield "filter", case("bitround", "navy", keepbits=10)
    yield "compressor", case("blosc", "ocean", cname="lz4", clevel=5, shuffle=1)
    yield "compressor", case("lz4", "ocean", acceleration=1)
    yield "compressor", case("zstd", "ocean", level=1)
    yield "compressor", case("zlib", "levitus", level=1)
    yield "compressor", case("pcodec", "navy", level=8)


class Batch:
    """Our nc_encode_batch and nc_decode_batch over equal chunks."""

    def __init__(self, library, config, array):
        self.ours, self.ffi, self.lib, self.array = Ours(library, config, array), library.ffi, library.lib, array
        self.library, self.bound = library, self.ours.bound()
        self.encoded = np.zeros((CHUNKS, self.bound), "u1")
        self.sources = [array.copy() for _ in range(CHUNKS)]
        self.decoded = np.zeros((CHUNKS, array.nbytes), "u1")
        self.sizes = self.ffi.new("size_t[]", CHUNKS)

    def call(self, function, layouts, sources, sizes, rooms, room, nthreads):
        ffi, batch = self.ffi, self.ffi.new("nc_batch *")
        pointers = [ffi.from_buffer(item) for item in sources], [ffi.from_buffer(item) for item in rooms]
        src, dst = ffi.new("void *[]", pointers[0]), ffi.new("void *[]", pointers[1])
        status, err = ffi.new("nc_status[]", CHUNKS), ffi.new("nc_error *")
        batch.struct_size, batch.n, batch.written, batch.status = ffi.sizeof("nc_batch"), CHUNKS, self.sizes, status
        given, rooms_given = ffi.new("size_t[]", sizes), ffi.new("size_t[]", [room] * CHUNKS)
        batch.src, batch.src_nbytes, batch.dst, batch.dst_nbytes = src, given, dst, rooms_given
        options = self.library.options({"nthreads": nthreads})
        kept = pointers, src, dst, given, rooms_given, status
        args = (self.ours.handle, *layouts, batch, options, err)

        def run(kept=kept):
            self.library.check(function(*args), err)

        return run

    def encode(self, nthreads):
        return self.call(
            self.lib.nc_encode_batch, [self.ours.layout], self.sources, [self.array.nbytes] * CHUNKS, self.encoded, self.bound, nthreads
        )

    def decode(self, nthreads):
        self.encode(1)()
        sizes = list(self.sizes)
        layouts = self.ours.layout, self.ours.layout
        return self.call(self.lib.nc_decode_batch, layouts, self.encoded, sizes, self.decoded, self.array.nbytes, nthreads)


def pooled(pool, call):
    """`call` of each chunk number, in a pool of threads or without one."""
    if pool is None:
        return lambda: [call(i) for i in range(CHUNKS)]
    return lambda: list(pool.map(call, range(CHUNKS)))


@contextlib.contextmanager
def beside_a_twin(call, sources):
    """`call`, while a copy of this process does the same on the other core, from sources of its own; between calls the copy sleeps."""
    twin = os.fork()
    if twin == 0:
        try:
            for source in sources:
                source[:] = source.copy()  # written to, so no longer shared
            while True:
                call()
        finally:
            os._exit(1)

    def together():
        os.kill(twin, signal.SIGCONT)
        call()
        os.kill(twin, signal.SIGSTOP)

    os.kill(twin, signal.SIGSTOP)
    try:
        yield together
    finally:
        os.kill(twin, signal.SIGKILL)
        os.waitpid(twin, 0)


def rows(library, arrays, rounds, least):
    pool = concurrent.futures.ThreadPoolExecutor(2)
    for kind, one in cases():
        array = arrays[one.data].reshape(-1)[: NBYTES // arrays[one.data].itemsize]
        batch, theirs = Batch(library, one.config, array), Numcodecs(one.config, array)
        copies = np.empty((CHUNKS, array.nbytes), "u1")
        outs = [np.empty_like(array) for _ in range(CHUNKS)]
        work = {
            "encode": (batch.encode, lambda i, b=batch, t=theirs: t.codec.encode(b.sources[i])),
            "decode": (batch.decode, lambda i, t=theirs, o=outs: t.codec.decode(t.encoded, o[i])),
        }
        for direction, (ours, their) in work.items():
            calls = {
                "one": ours(1),
                "two": ours(2),
                "their_one": pooled(None, their),
                "their_two": pooled(pool, their),
                "memcpy_two": pooled(pool, lambda i, b=batch: np.copyto(copies[i], b.sources[i].view("u1"))),
            }
            with beside_a_twin(calls["one"], [*batch.sources, batch.encoded]) as calls["apart"]:
                times = measure.interleaved(calls, rounds, least, measure.WALL)
            if not np.array_equal(batch.decoded[-1], array.view("u1")) and direction == "decode" and not theirs_lossy(one):
                raise AssertionError(f"{one.codec}: a batch decodes to something else")
            rate = {name: CHUNKS * array.nbytes / time.median / 1e6 for name, time in times.items()}
            rate["apart"] *= 2
            yield Threads(one.codec, one.label, kind, direction, **rate)


def theirs_lossy(one):
    return one.codec == "bitround"
