#!/usr/bin/env python3
"""Writes tests/hostile/goldens: chunks of 1 to 4 KiB that cover every inner format, and index.tsv, what the harness has to know of each.

The Python packages of tests/conformance/requirements.txt make them, and every one is decoded again before it is kept. What those
packages cannot write comes from elsewhere: snappy inside Blosc from --lib, the built library; zfp's expert mode is a stream of theirs
with another header. The files are committed, because other versions of the packages may write other bytes.

    target/conformance-venv/bin/python tests/hostile/make_goldens.py --lib target/dist/libnumcodecs.so
"""
import argparse
import bz2
import gzip
import io
import json
import lzma
import pathlib
import sys
import zlib

import numcodecs
import numpy as np
import pcodec
import pyzstd
import zfpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "conformance"))
LEAST, MOST = 1024, 4096
rng = np.random.default_rng(6)
kept = {}


def keep(name, config, encoded, expected, layout="-"):
    """Checks one chunk and keeps it. `expected`: the decoded bytes, or None for items of variable length. `layout`: dtype;shape."""
    encoded = bytes(encoded)
    assert LEAST <= len(encoded) <= MOST, f"{name}: {len(encoded)} bytes"
    assert name not in kept, name
    kept[name] = (config, layout, -1 if expected is None else len(expected), encoded)


def text_layout(array):
    return f"{array.dtype.str};{','.join(map(str, array.shape))}"


def made(name, config, array):
    """A chunk that numcodecs makes of an array of fixed-size items, or of the first part of it that fits."""
    codec = numcodecs.get_codec(config)
    encoded = np.asarray(codec.encode(array)).tobytes()
    while len(encoded) > MOST:
        array = array[:len(array) * 3 // 4]
        encoded = np.asarray(codec.encode(array)).tobytes()
    decoded = np.asarray(codec.decode(codec.encode(array)))
    keep(name, config, encoded, decoded.tobytes(), text_layout(array))


def objects(name, config, items):
    codec = numcodecs.get_codec(config)
    array = np.empty(len(items), dtype=object)
    array[:] = items
    encoded = codec.encode(array)
    assert len(codec.decode(encoded)) == len(items)
    keep(name, config, encoded, None)


def smooth(dtype, n):
    """Numbers that compress, but not to nothing."""
    dtype = np.dtype(dtype)
    steps = rng.integers(-20, 21, n).cumsum()
    if dtype.kind == "f":
        return (steps / 8 + rng.normal(size=n)).astype(dtype)
    if dtype.kind == "u":
        return (steps - steps.min()).astype(dtype)
    return steps.astype(dtype)


def words(n):
    """Text of about n bytes."""
    parts = np.array("wind wave tide salt Grüße ebb flow 北 depth 0.25 NaN".split())
    return " ".join(rng.choice(parts, n // 4)).encode()[:n].decode(errors="ignore").encode()


def noise(n):
    return rng.integers(0, 256, n, dtype=np.uint8)


# ---- compressors ----

def blosc():
    split, whole = smooth("<i4", 1300), smooth("<i8", 900).view("V24")
    wide = np.repeat(rng.integers(0, 9, 1400), 1).astype("<i4")
    for cname in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
        for shuffle in (0, 1, 2):
            config = {"id": "blosc", "cname": cname, "clevel": 5, "shuffle": shuffle, "blocksize": 2048}
            made(f"blosc-{cname}-{shuffle}-split", config, split if shuffle == 1 else wide if shuffle == 0 else smooth("<i4", 1300))
            made(f"blosc-{cname}-{shuffle}-whole", config, whole)
    made("blosc-stored", {"id": "blosc", "clevel": 0}, smooth("<i4", 300))
    made("blosc-noise", {"id": "blosc"}, noise(1500))
    made("blosc-one-block", {"id": "blosc", "cname": "zstd", "shuffle": 2}, smooth("<i2", 1800))


def snappy(lib):
    from numcodecs_c import Array, Library
    library = Library(lib)
    for shuffle in (0, 1, 2):
        for kind, array in (("split", smooth("<i4", 1000)), ("whole", smooth("<i8", 600).view("V24"))):
            config = {"id": "blosc", "cname": "snappy", "clevel": 5, "shuffle": shuffle, "blocksize": 2048}
            whole = Array(array.tobytes(), array.dtype.str, array.shape)
            keep(f"blosc-snappy-{shuffle}-{kind}", config, library.codec(json.dumps(config)).encode(whole).data, whole.data, text_layout(array))


def general():
    data = np.frombuffer(words(9000), "u1")
    numbers = smooth("<f4", 500)
    for name, config in {
        "lz4": {"id": "lz4"}, "lz4-fast": {"id": "lz4", "acceleration": 50},
        "zstd": {"id": "zstd", "level": 3}, "zstd-checksum": {"id": "zstd", "level": 19, "checksum": True},
        "zlib": {"id": "zlib", "level": 6}, "gzip": {"id": "gzip", "level": 6}, "bz2": {"id": "bz2", "level": 9},
        "lzma-xz": {"id": "lzma", "preset": 1}, "lzma-alone": {"id": "lzma", "format": 2, "preset": 1},
        "lzma-raw": {"id": "lzma", "format": 3, "filters": [{"id": 33, "preset": 1}]},
        "base64": {"id": "base64"},
    }.items():
        made(f"{name}-text", config, data[:1500] if name in ("base64",) else data)
        made(f"{name}-numbers", config, numbers)
    made("lz4-noise", {"id": "lz4"}, noise(1300))
    made("lz4-runs", {"id": "lz4"}, np.repeat(noise(400), rng.integers(1, 40, 400)))
    made("base64-noise", {"id": "base64"}, noise(900))
    made("base64-long", {"id": "base64"}, noise(1501))
    made("zlib-stored", {"id": "zlib", "level": 0}, noise(1100))
    made("zlib-best", {"id": "zlib", "level": 9}, np.repeat(noise(700), 5))
    made("bz2-runs", {"id": "bz2", "level": 1}, np.repeat(noise(900), rng.integers(1, 9, 900)))
    for check in (0, 1, 10):
        made(f"lzma-xz-check{check}", {"id": "lzma", "format": 1, "check": check, "preset": 0}, data)
    delta = {"id": "lzma", "format": 3, "filters": [{"id": 3, "dist": 4}, {"id": 33, "preset": 0}]}
    made("lzma-raw-delta", delta, numbers)
    made("lzma-raw-lzma1", {"id": "lzma", "format": 3, "filters": [{"id": 0x4000000000000001, "preset": 0}]}, data)
    made("lzma-alone-best", {"id": "lzma", "format": 2, "preset": 6}, numbers)
    streams(data.tobytes())


def streams(data):
    """What other writers make: several members, optional header fields, no content size."""
    fixed = zlib.compressobj(6, zlib.DEFLATED, 15, 8, zlib.Z_FIXED)
    keep("zlib-fixed", {"id": "zlib"}, fixed.compress(data) + fixed.flush(), data)
    named = io.BytesIO()
    with gzip.GzipFile("chunk.dat", "wb", 6, named) as file:
        file.write(data)
    keep("gzip-named", {"id": "gzip"}, named.getvalue(), data)
    keep("gzip-members", {"id": "gzip"}, b"".join(gzip.compress(data[i:i + 1200]) for i in range(0, len(data), 1200)), data)
    keep("bz2-streams", {"id": "bz2"}, bz2.compress(data[:1800]) + bz2.compress(data[1800:]), data)
    keep("lzma-xz-streams", {"id": "lzma"}, lzma.compress(data[:1800]) + lzma.compress(data[1800:]), data)
    x86 = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 0}]
    keep("lzma-xz-x86", {"id": "lzma"}, lzma.compress(data, lzma.FORMAT_XZ, filters=x86), data)
    plain = pyzstd.ZstdCompressor()
    keep("zstd-unsized", {"id": "zstd"}, plain.compress(data) + plain.flush(), data)
    skip = b"\x50\x2a\x4d\x18\x04\0\0\0skip"
    keep("zstd-frames", {"id": "zstd"}, pyzstd.compress(data[:2000]) + skip + pyzstd.compress(data[2000:]), data)


# ---- numbers ----

def cells(dtype, dims):
    shape = {1: (1400,), 2: (36, 39), 3: (11, 11, 12), 4: (6, 6, 6, 7)}[dims]
    grid = sum(np.sin(axis / 3.0 + i) for i, axis in enumerate(np.indices(shape))) * 1000
    scale = {"<i4": 2.0**18, "<i8": 2.0**50}.get(dtype, 1)  # zfp counts bit planes of integers from the highest
    return np.ascontiguousarray(((grid + rng.normal(size=shape)) * scale).astype(dtype))


def expert(stream):
    """A stream whose short mode field is replaced by the long one with a lower limit of bits for each cell."""
    bits = int.from_bytes(stream, "little")
    precision = (bits >> 84 & 0xfff) - 2047
    mode = 0xfff | 0 << 12 | (16658 - 1) << 27 | (precision - 1) << 42 | (-1074 + 16495) << 49
    moved = bits & (1 << 84) - 1 | mode << 84 | bits >> 96 << 148
    return moved.to_bytes(len(stream) + 16, "little")


def zfp():
    modes = {
        "rate": ({"mode": 2, "rate": 6.0}, {"rate": 6.0}), "precision": ({"mode": 3, "precision": 18}, {"precision": 18}),
        "accuracy": ({"mode": 4, "tolerance": 4.0}, {"tolerance": 4.0}), "reversible": (None, {}), "expert": (None, {"precision": 18}),
    }
    for dtype in ("<i4", "<i8", "<f4", "<f8"):
        for dims in (1, 2, 3, 4):
            for mode, (config, kwargs) in modes.items():
                if mode == "accuracy" and dtype[1] == "i":
                    continue  # zfp has no such mode for integers
                array = cells(dtype, dims)
                if mode == "reversible":
                    half = {1: (256,), 2: (16, 16), 3: (4, 8, 8), 4: (4, 4, 4, 4)}[dims]
                    array = np.resize(array, half if dtype[2] == "8" else (2 * half[0], *half[1:]))
                stream = zfpy.compress_numpy(array, **kwargs)
                stream = expert(stream) if mode == "expert" else stream
                decoded = zfpy.decompress_numpy(stream)
                config = dict({"id": "zfpy"}, **(config or {}))
                keep(f"zfpy-{mode}-{dims}d-{dtype[1:]}", config, stream, decoded.tobytes(), text_layout(array))


def pco():
    config = {"id": "pcodec"}
    n = 900
    ints = np.arange(n) + rng.integers(0, 500, n)
    data = {
        "classic": (pcodec.ModeSpec.classic(), smooth("<i8", n) * 977 + ints),
        "int-mult": (pcodec.ModeSpec.try_int_mult(100), (rng.integers(0, 10**6, n) * 100 + rng.integers(0, 3, n)).astype("<u8")),
        "float-mult": (pcodec.ModeSpec.try_float_mult(0.01), rng.integers(0, 10**6, n) * 0.01),
        "float-quant": (pcodec.ModeSpec.try_float_quant(29), rng.normal(size=n).astype("<f4").astype("<f8")),
        "dict": (pcodec.ModeSpec.try_dict(), rng.choice(noise(4000).view("<i8")[:40], 3000)),
    }
    deltas = {"no-op": pcodec.DeltaSpec.no_op(), "consecutive": pcodec.DeltaSpec.try_consecutive(2),
              "lookback": pcodec.DeltaSpec.try_lookback(), "conv1": pcodec.DeltaSpec.try_conv1(3)}
    for mode, (spec, array) in data.items():
        for delta, delta_spec in deltas.items():
            try:
                chunk = pcodec.standalone.simple_compress(array, pcodec.ChunkConfig(mode_spec=spec, delta_spec=delta_spec))
            except RuntimeError:
                continue  # not every delta goes with every mode
            chunk = chunk if len(chunk) <= MOST else pcodec.standalone.simple_compress(
                array[:len(array) // 2], pcodec.ChunkConfig(mode_spec=spec, delta_spec=delta_spec))
            decoded = pcodec.standalone.simple_decompress(chunk)
            keep(f"pcodec-{mode}-{delta}", config, chunk, decoded.tobytes(), text_layout(decoded))
    for dtype in ("<i2", "<u2", "<i4", "<u4", "<f2", "<f4"):
        array = smooth(dtype, 1700)
        made(f"pcodec-{dtype[1:]}", config, array)
    made("pcodec-pages", {"id": "pcodec", "equal_pages_up_to": 100}, smooth("<i4", 1300))


def filters():
    for dtype in ("<i2", "<i4", "<f8", "<c16"):
        size = np.dtype(dtype).itemsize
        made(f"shuffle-{dtype[1:]}", {"id": "shuffle", "elementsize": size}, np.resize(smooth("<f8", 200), 200).astype(dtype).repeat(9 - min(size, 8)))
    for dtype, astype in (("<i4", "<i4"), ("<i8", "<i2"), ("<f8", "<f4"), (">u2", ">u2")):
        made(f"delta-{dtype[1:]}-{astype[1:]}", {"id": "delta", "dtype": dtype, "astype": astype}, smooth(dtype, 600))
    for dtype, astype in (("<f8", "<i4"), ("<f4", "<u2"), (">f8", "<f4"), ("<i4", "|u1")):
        config = {"id": "fixedscaleoffset", "scale": 2, "offset": 0, "dtype": dtype, "astype": astype}
        made(f"fixedscaleoffset-{dtype[1:]}-{astype[1:]}", config, (np.arange(1100) % 100).astype(dtype))
    for dtype, astype in (("<f8", "<f8"), ("<f8", "<f4"), ("<f4", "<f4"), ("<f4", "<f2")):
        made(f"quantize-{dtype[1:]}-{astype[1:]}", {"id": "quantize", "digits": 2, "dtype": dtype, "astype": astype}, smooth(dtype, 600))
    for dtype in ("<f2", "<f4", "<f8"):
        for keepbits in (3, 8):
            made(f"bitround-{dtype[1:]}-{keepbits}", {"id": "bitround", "keepbits": keepbits}, smooth(dtype, 600))
    for encode, decode in (("<i4", "<f8"), ("<f8", "<i4"), ("<U4", "<i2"), ("<i8", "|S8")):
        source = smooth("<i4", 400) % 99
        config = {"id": "astype", "encode_dtype": encode, "decode_dtype": decode}
        made(f"astype-{encode[1:]}-{decode[1:]}", config, source.astype(decode))
    for n in (8200, 8201, 8207, 9000):
        made(f"packbits-{n}", {"id": "packbits"}, rng.integers(0, 2, n).astype(bool))
    labels = ["north", "south", "Ost", "ouest"]
    for dtype, astype in (("<U5", "|u1"), ("<U5", "<u2"), ("<U5", "<i4"), (">U5", "|i1")):
        array = rng.choice(labels + [""], 1100).astype(dtype)
        made(f"categorize-{dtype.replace('<', 'little-').replace('>', 'big-')}-{astype[1:]}",
             {"id": "categorize", "labels": labels, "dtype": dtype, "astype": astype}, array)


def checksums():
    for codec in ("crc32", "adler32", "jenkins_lookup3", "fletcher32", "crc32c"):
        places = ("start", "end") if codec in ("crc32", "adler32", "crc32c") else (None,)
        for place in places:
            config = {"id": codec} if place is None else {"id": codec, "location": place}
            for kind, data in (("noise", noise(1200)), ("numbers", smooth("<f8", 150)), ("odd", noise(1031)), ("zeros", np.zeros(1025, "u1"))):
                made(f"{codec}-{place or 'only'}-{kind}", config, data)


# ---- objects ----

def values():
    return [{"tide": float(x), "name": f"buoy {i}", "at": [i, -i, None, True, {"é": "ü"}]} for i, x in enumerate(rng.normal(size=25))]


def vlen():
    texts = words(3000).decode().split(" ")
    objects("vlen-utf8-words", {"id": "vlen-utf8"}, texts[:250])
    objects("vlen-utf8-long", {"id": "vlen-utf8"}, [" ".join(texts[i:i + 100]) for i in range(0, 400, 100)])
    objects("vlen-utf8-empty", {"id": "vlen-utf8"}, [""] * 300)
    objects("vlen-utf8-wide", {"id": "vlen-utf8"}, ["北海道", "😀" * 9, "é"] * 20)
    for name, items in (("short", [noise(n % 9).tobytes() for n in range(200)]), ("long", [noise(700).tobytes()] * 3),
                        ("empty", [b""] * 300), ("one", [noise(1100).tobytes()])):
        objects(f"vlen-bytes-{name}", {"id": "vlen-bytes"}, items)
    for dtype in ("<i4", "<f8", "|u1", ">i2"):
        arrays = [smooth(dtype, 1 + n % 22) for n in range(72)]
        objects(f"vlen-array-{dtype[1:]}", {"id": "vlen-array", "dtype": dtype}, arrays[:36] if dtype == "<f8" else arrays)


def documents():
    deep = [1]
    for _ in range(60):
        deep = [deep, "x" * 12]
    items = {"values": values(), "texts": words(1200).decode().split(" "), "deep": [deep, deep], "numbers": list(range(400))}
    for name, list_ in items.items():
        objects(f"json2-{name}", {"id": "json2"}, list_)
        objects(f"msgpack2-{name}", {"id": "msgpack2"}, list_ if name != "numbers" else [2**40 + i for i in range(200)])
    plain = smooth("<f4", 150)
    made("json2-array", {"id": "json2"}, plain)
    objects("msgpack2-bytes", {"id": "msgpack2"}, [noise(n).tobytes() for n in range(60)])


def pickle():
    shared = words(60).decode()
    for protocol in range(6):
        config = {"id": "pickle", "protocol": protocol}
        codec = numcodecs.Pickle(protocol=protocol)
        array = smooth("<i2", 330 if protocol < 3 else 700)
        keep(f"pickle-{protocol}-array", config, codec.encode(array), array.tobytes(), text_layout(array))
        items = np.empty(60, dtype=object)
        items[:] = [thing for i in range(5) for thing in (
            shared, f"item {protocol} {words(70).decode()}", noise(40).tobytes(), None, 2.5 + i, 2**62 + i, -3 - i, True, [i, [2]],
            {"k": [1, f"at {i}"]}, "é" * i, 2**31 + i)]
        encoded = codec.encode(items)
        if protocol == 0 and len(encoded) > MOST:
            encoded = codec.encode(items[:24])
        keep(f"pickle-{protocol}-items", config, encoded, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lib", help="the built library")
    lib = parser.parse_args().lib
    for part in (blosc, general, zfp, pco, filters, checksums, vlen, documents, pickle):
        part()
    if lib:
        snappy(lib)
    goldens = HERE / "goldens"
    goldens.mkdir(exist_ok=True)
    for old in goldens.iterdir():
        old.unlink()
    lines = []
    for name, (config, layout, nbytes, encoded) in sorted(kept.items()):
        (goldens / f"{name}.bin").write_bytes(encoded)
        lines.append("\t".join([config["id"], name, layout, str(nbytes), json.dumps(config)]))
    (goldens / "index.tsv").write_text("\n".join(lines) + "\n")
    per = {}
    for config, *_ in kept.values():
        per[config["id"]] = per.get(config["id"], 0) + 1
    assert all(n >= 4 for n in per.values()), per
    print(len(kept), "chunks,", sum(len(e) for *_, e in kept.values()), "bytes,", len(per), "codecs", per)


main()
