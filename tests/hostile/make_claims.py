#!/usr/bin/env python3
"""Writes tests/hostile/claims.tsv: small inputs that claim sizes, counts or depths far beyond what they hold, some for every codec.

    python3 tests/hostile/make_claims.py
"""
import base64
import json
import pathlib
import pickle
import struct

HUGE = 2**33
lines = []


def claim(name, config, data, layout="-"):
    lines.append("\t".join([config["id"], name, layout, json.dumps(config), bytes(data).hex() or "-"]))


def u32(n):
    return struct.pack("<I", n)


def u64(n):
    return struct.pack("<Q", n)


def layouts():
    """A layout of 32 GiB, of which 16 bytes are there."""
    flat = f"<i4;{HUGE}"
    for config in [
        {"id": "shuffle", "elementsize": 4}, {"id": "delta", "dtype": "<i4"}, {"id": "astype", "encode_dtype": "<i4", "decode_dtype": "<i4"},
        {"id": "fixedscaleoffset", "scale": 1, "offset": 0, "dtype": "<i4", "astype": "<i4"}, {"id": "base64"},
    ]:
        claim(f"{config['id']}-layout", config, base64.b64encode(bytes(16)) if config["id"] == "base64" else bytes(16), flat)
    claim("quantize-layout", {"id": "quantize", "digits": 1, "dtype": "<f4"}, bytes(16), f"<f4;{HUGE}")
    claim("bitround-layout", {"id": "bitround", "keepbits": 3}, bytes(16), f"<f4;{HUGE}")
    claim("packbits-layout", {"id": "packbits"}, bytes(16), f"|b1;{HUGE}")
    claim("categorize-layout", {"id": "categorize", "labels": ["a"], "dtype": "<U1", "astype": "|u1"}, b"\1" * 16, f"<U1;{HUGE}")
    for checksum in ("crc32", "crc32c", "adler32", "fletcher32", "jenkins_lookup3"):
        claim(f"{checksum}-layout", {"id": checksum}, bytes(16), flat)
        claim(f"{checksum}-short", {"id": checksum}, bytes(3), flat)
    claim("packbits-padding", {"id": "packbits"}, b"\xff\0")


def compressors():
    blosc = {"id": "blosc"}
    size = u32(2**31 - 17)
    for format in range(5):
        claim(f"blosc-block-{format}", blosc, bytes([2, 1, 0x10 | format << 5, 1]) + size + size + u32(28) + u32(20) + u32(4) + b"abcd")
        claim(f"blosc-stored-{format}", blosc, bytes([2, 1, 2 | format << 5, 1]) + size + size + u32(2**31 - 1) + b"abcd")
    claim("blosc-blocks", blosc, bytes([2, 1, 0x10, 1]) + size + u32(1) + u32(2**31 - 1) + bytes(64))
    claim("lz4-size", {"id": "lz4"}, u32(2**31 - 1) + b"\x1fa\x01\0\xff\xff\xff\0")
    claim("zstd-content", {"id": "zstd"}, b"\x28\xb5\x2f\xfd\xe0" + u64(2**40) + b"\x09\0\0a")
    claim("zstd-window", {"id": "zstd"}, b"\x28\xb5\x2f\xfd\x00\x88" + b"\x0a\0")
    claim("zstd-skip", {"id": "zstd"}, b"\x50\x2a\x4d\x18" + u32(2**32 - 1) + b"ab")
    claim("zlib-nothing", {"id": "zlib"}, b"\x78\x9c", f"<i4;{HUGE}")
    claim("gzip-nothing", {"id": "gzip"}, b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff", f"<i4;{HUGE}")
    claim("bz2-nothing", {"id": "bz2"}, b"BZh9\x31\x41\x59\x26\x53\x59" + bytes(4), f"<i4;{HUGE}")
    alone = {"id": "lzma", "format": 2}
    claim("lzma-dictionary", alone, b"\x5d" + u32(2**32 - 1) + u64(2**62) + bytes(6))
    claim("lzma-size", alone, b"\x5d" + u32(1 << 16) + u64(2**62) + bytes(6))


def numbers():
    for dims, bits in ((1, 48), (2, 24), (3, 16), (4, 12)):
        for scalar in range(4):
            header = int.from_bytes(b"zfp\5", "little") | scalar << 32 | (dims - 1) << 34 | (2**48 - 1) << 36 | (1 - 1) << 84
            claim(f"zfpy-extents-{dims}-{scalar}-{bits}", {"id": "zfpy", "mode": 2, "rate": 1}, header.to_bytes(12, "little") + bytes(20))
    whole = bytes.fromhex("70636f21") + bytes([3, 0x36]) + b"\xff" * 8
    claim("pcodec-hint", {"id": "pcodec"}, whole + bytes(8))
    for kind in range(1, 8):
        claim(f"pcodec-count-{kind}", {"id": "pcodec"}, bytes.fromhex("70636f21") + bytes([3, 0, 4, 0, kind]) + b"\xff\xff\xff" + b"\xff" * 24)


def objects():
    for codec in ("vlen-utf8", "vlen-bytes", "vlen-array"):
        config = {"id": codec, "dtype": "<i4"} if codec == "vlen-array" else {"id": codec}
        claim(f"{codec}-count", config, u32(2**32 - 1) + u32(1) + b"a")
        claim(f"{codec}-count-empty", config, u32(2**32 - 1))
        claim(f"{codec}-length", config, u32(1) + u32(2**32 - 1) + b"abcd")
    json2, msgpack2 = {"id": "json2"}, {"id": "msgpack2"}
    claim("json2-deep", json2, b"[" * 20000)
    claim("json2-deep-object", json2, b'{"a":' * 5000)
    claim("json2-shape", json2, b'[1,"|O",[%d]]' % 2**60)
    claim("msgpack2-deep", msgpack2, b"\x91" * 20000)
    claim("msgpack2-array", msgpack2, b"\xdd\xff\xff\xff\xff\x01")
    claim("msgpack2-map", msgpack2, b"\xdf\xff\xff\xff\xff\x01")
    claim("msgpack2-text", msgpack2, b"\x93\xdb\xff\xff\xff\xffa")
    claim("msgpack2-shape", msgpack2, b"\x93\x01\xa2|O\x91\xcf" + struct.pack(">Q", 2**60))
    pickles()


def pickles():
    config = {"id": "pickle"}
    for name, data in {
        "deep-list": b"\x80\x04" + b"]" * 20000 + b"a" * 19999 + b".", "deep-mark": b"(" * 20000 + b".",
        "deep-tuple": b"\x80\x04)" + b"\x85" * 20000 + b".",
        "text": b"\x80\x04\x8d" + u64(2**60) + b"a.", "bytes": b"\x80\x04\x8e" + u64(2**60) + b"a.", "bytearray": b"\x80\x05\x96" + u64(2**60) + b"a.",
        "long": b"\x80\x04\x8b" + u32(2**31 - 1) + b"\1.", "frame": b"\x80\x04\x95" + u64(2**60) + b"N.",
        "memo": b"\x80\x04Nr" + u32(2**32 - 1) + b".", "number": b"I" + b"9" * 20000 + b"\n.",
    }.items():
        claim(f"pickle-{name}", config, data)
    # l = [l, l], forty times: 2**40 items in 200 bytes.
    claim("pickle-laughs", config, b"\x80\x02]q\0" + b"".join(b"](h%ch%ceq%c" % (i, i, i + 1) for i in range(40)) + b".")
    array = pickle.dumps(__import__("numpy").zeros(3, "<f8"), 2)
    at = array.index(b"K\x03\x85")
    claim("pickle-shape", config, array[:at] + b"\x8a\x08" + u64(2**60) + array[at + 2:])
    claim("pickle-dimensions", config, array[:at] + b"(" + b"K\x01" * 65 + b"t" + array[at + 3:])
    for dtype, old, new, name in [
        ("<f8", b"NNNJ", b"K\x01NNJ", "dtype-of-arrays"), ("<f8", b"(K\x03X", b"(K\x02X", "dtype-of-old"),
        ("<U3", b"NNNK\x0c", b"NNNK\x0d", "text-in-parts"), ("<U3", b"NNNK\x0c", b"NNNJ\xff\xff\xff\xff", "text-of-less-than-nothing"),
        ("|V4", b"K\x00t", b"K\x01t", "objects-inside"), ("|V4", b"NNNK\x04", b"NNN\x8a\x05\x00\x00\x00\x00\x01", "item-size"),
        ("<M8[s]", b"K\x01K\x01K\x01", b"K\x01K\x02K\x01", "time-in-fractions"), ("<M8[s]", b"X\x01\x00\x00\x00s", b"X\x01\x00\x00\x00z", "time-unit"),
        ("<M8[s]", b"K\x01K\x01K\x01", b"K\x01K\x01", "time-in-less"),
    ]:
        data = pickle.dumps(__import__("numpy").zeros(3, dtype), 2)
        if old not in data:
            raise SystemExit(f"{name}: NumPy writes another pickle of {dtype}: {data}")
        claim(f"pickle-{name}", config, data.replace(old, new))


for part in (layouts, compressors, numbers, objects):
    part()
(pathlib.Path(__file__).resolve().parent / "claims.tsv").write_text("\n".join(lines) + "\n")
print(len(lines), "claims")
