"""What is measured: every codec, with the targets of encode and decode against numcodecs."""

from dataclasses import dataclass, field

from datasets import LABELS


@dataclass(frozen=True)
class Case:
    config: dict
    data: str
    encode: float = None  # target: times numcodecs
    decode: float = None
    exact: bool = True  # encoded bytes must equal those of numcodecs
    ratio: float = None  # least compression ratio, as a part of numcodecs'
    filter: bool = False  # is compared with memcpy
    peers: tuple = field(default=())

    @property
    def codec(self):
        return self.config["id"]

    @property
    def label(self):
        return ", ".join(f"{k} {v}" for k, v in self.config.items() if k not in ("id", "labels")) or "-"


def case(id, data, encode=None, decode=None, exact=True, ratio=None, filter=False, peers=(), **config):
    return Case({"id": id, **config}, data, encode, decode, exact, ratio, filter, tuple(peers))


def filters():
    for size, data in ((2, "etopo"), (4, "ocean"), (8, "times"), (16, "pairs")):
        yield case("shuffle", data, 2.9, 5, filter=True, elementsize=size)
    yield case("delta", "etopo", 2.5, 10, filter=True, dtype="<i2")
    yield case("delta", "relief_i4", 2.5, 2.5, filter=True, dtype="<i4")
    yield case("delta", "times", 2.5, 2.5, filter=True, dtype="<i8")
    yield case("delta", "navy_f8", 1, 1, filter=True, dtype="<f8")
    yield case("fixedscaleoffset", "navy", 3, 3, filter=True, scale=100, offset=0, dtype="<f4", astype="<i2")
    yield case("fixedscaleoffset", "navy_f8", 3, 3, filter=True, scale=1000, offset=0, dtype="<f8", astype="<i4")
    yield case("quantize", "navy", 3, 1, filter=True, digits=2, dtype="<f4")
    yield case("quantize", "navy_f8", 3, 1, filter=True, digits=3, dtype="<f8")
    yield case("bitround", "navy", 6, 1, filter=True, keepbits=10)
    yield case("bitround", "navy_f8", 6, 1, filter=True, keepbits=12)
    yield case("packbits", "mask", 1, 1, filter=True)
    yield case("astype", "navy_f8", 1, 1, filter=True, encode_dtype="<f4", decode_dtype="<f8")
    yield case("astype", "etopo", 1, 1, filter=True, encode_dtype="<i4", decode_dtype="<i2")


def checksums():
    yield case("crc32", "ocean", 4, 8, filter=True)
    yield case("crc32c", "ocean", 2, 3, filter=True)
    yield case("adler32", "ocean", 4, 8, filter=True)
    yield case("fletcher32", "ocean", 4, 8, filter=True)
    yield case("jenkins_lookup3", "ocean", 1.2, 1.1)
    yield case("base64", "ocean", 10, 20)


def items():
    yield case("vlen-utf8", "words", 10, 20)
    yield case("vlen-bytes", "byte_words", 10, 20)
    yield case("vlen-array", "series", 10, 20, dtype="<f4")
    yield case("json2", "words", 5, 5)
    yield case("msgpack2", "words", 5, 5)
    yield case("categorize", "labels", 5, 5, labels=LABELS, dtype="<U8")
    yield case("categorize", "label_objects", 5, 5, labels=LABELS, dtype="|O")
    yield case("pickle", "navy", exact=False)


def compressors():
    for data in ("etopo", "ocean", "levitus", "navy", "coads", "times"):
        yield case("zlib", data, 1.5, 2, exact=False, ratio=0.99, peers=["isal"], level=1)
    yield case("zlib", "ocean", 1.5, 2, exact=False, ratio=0.99, level=6)
    for data in ("etopo", "ocean", "levitus"):
        yield case("gzip", data, 1.5, 2, exact=False, ratio=0.99, peers=["isal"], level=1)
    for data in ("etopo", "ocean", "navy_f8"):
        yield case("blosc", data, 1.1, 1.1, exact=False, peers=["blosc2"], cname="lz4", clevel=5, shuffle=1)
        yield case("blosc", data, 1.1, 1.3, exact=False, peers=["blosc2"], cname="lz4", clevel=5, shuffle=2)
    yield case("blosc", "ocean", 1.1, 1.1, exact=False, peers=["blosc2"], cname="blosclz", clevel=5, shuffle=1)
    yield case("blosc", "ocean", 1.1, 1.3, exact=False, peers=["blosc2"], cname="blosclz", clevel=5, shuffle=2)
    yield case("blosc", "ocean", 0.98, 0.98, exact=False, peers=["blosc2"], cname="lz4hc", clevel=5, shuffle=1)
    yield case("blosc", "ocean", 1.5, 2, exact=False, ratio=0.99, peers=["blosc2"], cname="zlib", clevel=1, shuffle=1)
    yield case("blosc", "ocean", 0.98, 0.98, exact=False, peers=["blosc2"], cname="zstd", clevel=1, shuffle=1)
    yield case("blosc", "etopo", 0.98, 0.98, exact=False, peers=["blosc2"], cname="zstd", clevel=5, shuffle=2)
    for data in ("etopo", "ocean"):
        yield case("lz4", data, 0.98, 0.98, exact=False, acceleration=1)
        yield case("zstd", data, 0.98, 0.98, exact=False, level=1)
    yield case("bz2", "levitus", 1.1, 1.1, exact=False, level=1)
    yield case("lzma", "levitus", 0.98, 1.15, exact=False, preset=1)
    yield case("zfpy", "navy", 0.98, 0.98, peers=["zfpy"], mode=2, rate=16)
    yield case("zfpy", "navy3d", 0.98, 0.98, peers=["zfpy"], mode=4, tolerance=0.01)
    yield case("pcodec", "navy", 0.98, 0.98, exact=False, peers=["pcodec"], level=8)
    yield case("pcodec", "times", 0.98, 0.98, exact=False, peers=["pcodec"], level=8)


def all_cases():
    return [*filters(), *checksums(), *items(), *compressors()]
