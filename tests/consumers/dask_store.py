"""dask_store.py STORE: two worker processes write and read a Zarr array with our codecs; numcodecs itself must agree with both."""
import os
import sys

import dask.array as da
import numcodecs
import numpy as np
import zarr
from distributed import Client, LocalCluster

import libnumcodecs

FILTERS = [{"id": "fixedscaleoffset", "offset": 280, "scale": 100, "dtype": "<f8", "astype": "<i2"}, {"id": "shuffle", "elementsize": 2}]
COMPRESSOR = {"id": "zstd", "level": 5}
CHUNKS = (250, 200)


def count_calls(dask_worker):
    """In a worker: counts the calls of our codecs from here on."""
    dask_worker.our_calls = {"encode": 0, "decode": 0}

    def counted(name, call):
        def wrapper(self, *arguments, **keywords):
            dask_worker.our_calls[name] += 1
            return call(self, *arguments, **keywords)
        return wrapper

    for name in ("encode", "decode"):
        setattr(libnumcodecs.Codec, name, counted(name, getattr(libnumcodecs.Codec, name)))


def calls_of(dask_worker):
    return os.getpid(), dask_worker.our_calls


def run(client, path, values):
    client.run(count_calls)
    target = zarr.create_array(path, shape=values.shape, chunks=CHUNKS, dtype=values.dtype, zarr_format=2,
                               filters=[libnumcodecs.get_codec(c) for c in FILTERS], compressors=libnumcodecs.get_codec(COMPRESSOR))
    da.store(da.from_array(values, chunks=CHUNKS), target, lock=False)
    libnumcodecs.register()  # for what is opened from here on: the array travels to the workers with its codecs
    back = da.from_zarr(path).compute()
    return back, dict(client.run(calls_of).values())


def check_workers(calls, chunks):
    """Both processes worked, and every codec of every chunk went through our library."""
    print("dask_store: calls by process:", calls)
    assert len(calls) == 2 and os.getpid() not in calls
    for name in ("encode", "decode"):
        assert all(c[name] > 0 for c in calls.values()), f"a worker never called {name}"
        assert sum(c[name] for c in calls.values()) == chunks * (len(FILTERS) + 1), name


def check_chunks(path, codecs, expected):
    """Each chunk as numcodecs itself decodes it."""
    assert not any(isinstance(codec, libnumcodecs.Codec) for codec in codecs)
    for i in range(0, expected.shape[0], CHUNKS[0]):
        for j in range(0, expected.shape[1], CHUNKS[1]):
            with open(f"{path}/{i // CHUNKS[0]}.{j // CHUNKS[1]}", "rb") as file:
                chunk = file.read()
            for codec in reversed(codecs):
                chunk = codec.decode(chunk)
            np.testing.assert_array_equal(np.asarray(chunk).view("<f8").reshape(CHUNKS), expected[i : i + CHUNKS[0], j : j + CHUNKS[1]])


def main(path):
    values = 280 + 20 * np.random.default_rng(5).normal(size=(1000, 800))
    codecs = [numcodecs.get_codec(c) for c in (*FILTERS, COMPRESSOR)]  # those of numcodecs: nothing is registered yet
    expected = codecs[0].decode(codecs[0].encode(values)).reshape(values.shape)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, Client(cluster) as client:
        back, calls = run(client, path, values)
    check_workers(calls, (1000 // CHUNKS[0]) * (800 // CHUNKS[1]))
    np.testing.assert_array_equal(back, expected)
    check_chunks(path, codecs, expected)
    print("dask_store: ok")


if __name__ == "__main__":
    main(sys.argv[1])
