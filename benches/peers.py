"""The peers: numcodecs and others, each as PyPI ships it, on one thread."""

import blosc2
import numcodecs
import numcodecs.blosc
import numcodecs.pickles
import numpy as np
import pcodec.standalone
import zfpy
from isal import igzip, isal_zlib

numcodecs.blosc.use_threads = False
numcodecs.pickles.ALLOW_UNSAFE_PICKLE_DECODE = True  # our own bytes
blosc2.set_nthreads(1)


class Numcodecs:
    def __init__(self, config, array):
        self.codec, self.array = numcodecs.get_codec(config), array
        self.encoded = self.codec.encode(array)

    def encoder(self):
        encode, array, held = self.codec.encode, self.array, [None]

        def call():
            held[0] = encode(array)

        return call, lambda: raw(held[0])

    def decoder(self):
        out = np.empty_like(self.array)
        decode, encoded = self.codec.decode, self.encoded
        held = [None]

        def call():
            held[0] = decode(encoded, out)

        try:
            call()
        except (TypeError, ValueError):  # a codec that cannot fill given memory

            def call():
                held[0] = decode(encoded)

            call()
        return call, lambda: held[0]

    def decode(self, data):
        return self.codec.decode(data)


def raw(result):
    """The bytes of what an encoder gave."""
    return np.ascontiguousarray(result).reshape(-1).view("u1") if isinstance(result, np.ndarray) else np.frombuffer(result, "u1")


def isal(config, array):
    module = isal_zlib if config["id"] == "zlib" else igzip
    data = array.tobytes()
    encoded = module.compress(data, 1)
    return lambda: module.compress(data, 1), lambda: module.decompress(encoded), len(encoded)


def blosc_two(config, array):
    filters = [blosc2.Filter.NOFILTER, blosc2.Filter.SHUFFLE, blosc2.Filter.BITSHUFFLE][config["shuffle"]]
    codec = blosc2.Codec[config["cname"].upper()]
    how = {"codec": codec, "clevel": config["clevel"], "filters": [filters], "filters_meta": [0], "typesize": array.itemsize, "nthreads": 1}
    encoded = blosc2.compress2(array, **how)
    out = np.empty_like(array)
    return lambda: blosc2.compress2(array, **how), lambda: blosc2.decompress2(encoded, dst=out, nthreads=1), len(encoded)


def zfp(config, array):
    how = {name: config[name] for name in ("rate", "tolerance", "precision") if name in config}
    encoded = zfpy.compress_numpy(array, **how)
    return lambda: zfpy.compress_numpy(array, **how), lambda: zfpy.decompress_numpy(encoded), len(encoded)


def pco(config, array):
    how, out = pcodec.ChunkConfig(compression_level=config["level"]), np.empty_like(array)
    encoded = pcodec.standalone.simple_compress(array, how)
    return (
        lambda: pcodec.standalone.simple_compress(array, how),
        lambda: pcodec.standalone.simple_decompress_into(encoded, out),
        len(encoded),
    )


OTHERS = {"isal": isal, "blosc2": blosc_two, "zfpy": zfp, "pcodec": pco}
