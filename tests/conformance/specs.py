"""What the differential run tries for each codec: a random configuration and an array that suits it.

Inputs on which numcodecs itself is wrong, crashes or depends on the platform (docs/differences.md) are not made here, with a word why.
"""
import numpy as np

import arrays
from arrays import array, pick
from object_specs import OBJECT_SPECS

MANTISSA = {2: 10, 4: 23, 8: 52}


def any_bytes(config, most=arrays.LARGE):
    """A spec for codecs that see bytes only: a configuration, and any array."""
    return lambda rng, index: (config(rng, index), array(rng, index, most=most))


def level(low, high):
    return lambda rng, index: {"level": int(rng.integers(low, high + 1))}


def zstd(rng, index):
    return {"level": int(pick(rng, [-131072, -5, -1, 0, 1, 2, 3, 5, 9, 23 if index > 1 else 3])), "checksum": bool(rng.integers(2))}


def lz4(rng, index):
    return {"acceleration": int(pick(rng, [-1, 0, 1, 1, 2, 10, 100, 70000]))}


def lzma(rng, index):
    """Filters with XZ or ALONE are left out: numcodecs cannot decode its own output then."""
    preset = int(rng.integers(0, 2 if index == 1 else 7))
    lzma1 = {"id": 4611686018427387905, "preset": preset}
    lzma2 = {"id": 33, "preset": preset}
    delta = {"id": 3, "dist": int(rng.integers(1, 257))}
    return pick(rng, [
        {}, {"preset": preset}, {"format": 1, "check": int(pick(rng, [0, 1, 4, 10])), "preset": preset}, {"format": 2, "preset": preset},
        {"format": 3, "filters": [lzma2]}, {"format": 3, "filters": [delta, lzma2]}, {"format": 3, "filters": [lzma1]},
        {"format": 3, "filters": [delta, {"id": 33, "dict_size": 65536, "lc": 2, "lp": 1, "pb": 1, "nice_len": 40}]},
    ])


def location(rng, index):
    return pick(rng, [{}, {"location": "start"}, {"location": "end"}])


def blosc(cname):
    def spec(rng, index):
        config = {"cname": cname, "clevel": int(rng.integers(0, 10 if index != 1 else 6)), "shuffle": index % 4 - 1,
                  "blocksize": int(pick(rng, [0, 0, 0, 1, 128, 4096, 70001]))}
        if rng.integers(4) == 0:
            config["typesize"] = int(pick(rng, [1, 2, 3, 8, 17, 255, 256]))
        return config, array(rng, index)
    return spec


def shuffle(rng, index):
    values = array(rng, index)
    sizes = [n for n in (0, 1, 2, 3, 4, 5, 7, 8, 16, values.itemsize) if n < 2 or values.nbytes % n == 0]
    return {"elementsize": int(pick(rng, sizes))}, values


def jenkins(rng, index):
    return {"initval": int(pick(rng, [0, 1, 2**32 - 1, rng.integers(2**32)]))}


def packbits(rng, index):
    values = array(rng, index, ["b1", "b1", "u1", "i4"])
    return {}, values if values.itemsize == 1 else values.reshape(-1)


def delta(rng, index):
    """Left out: bool, u8 with a signed type, M8 (numcodecs corrupts or refuses), m8 differences beyond 64 bits (NumPy refuses) and casts
    whose result is undefined in C."""
    kind = arrays.dtype(rng, [*arrays.NUMBERS, "c8", "c16", "m8[s]"])
    astype = kind
    if kind.kind in "iuf" and rng.integers(2):
        astype = arrays.dtype(rng, arrays.NUMBERS)
    flat = arrays.values(rng, kind, arrays.count(rng, index, kind.itemsize))
    if kind.kind == "m":
        flat = rng.integers(-(2**62), 2**62, len(flat)).astype(kind)
    if astype != kind:
        flat = np.sort(rng.integers(0, 100, len(flat))).astype(kind)
        if {kind.kind, astype.kind} == {"i", "u"} and 8 in (kind.itemsize, astype.itemsize):
            astype = kind
    config = {"dtype": kind.str, "astype": astype.str}
    if kind.str == "<i8" and rng.integers(4) == 0:
        flat = flat.view("M8[s]")
    return config, arrays.place(rng, flat)


def fixedscaleoffset(rng, index):
    """Values stay inside both types: out of range, NaN and infinity become platform-dependent integers in numcodecs."""
    kind = arrays.dtype(rng, arrays.NUMBERS)
    scale, offset = pick(rng, [1, 2, 3, 10, 0.5, 2.5, 10.0]), pick(rng, [0, 1, 5, 2.0, 1.5])
    small = 4 if kind.itemsize == 1 or scale == 10 else 10
    values = offset + rng.integers(0, small, arrays.count(rng, index, kind.itemsize))
    if kind.kind == "f":
        values = values + rng.uniform(0, 1, len(values))
    else:
        values = np.ceil(values)
    astype = arrays.dtype(rng, arrays.NUMBERS)
    return {"scale": scale, "offset": offset, "dtype": kind.str, "astype": astype.str}, arrays.place(rng, values.astype(kind))


def quantize(rng, index):
    """Digits stay below the point where the scale overflows the dtype and numcodecs gives NaN for everything. No scalars in big-endian
    types: NumPy makes a native scalar of them, and numcodecs reads that back swapped."""
    kind = arrays.dtype(rng, ["f2", "f4", "f8"])
    astype = kind if rng.integers(2) else arrays.dtype(rng, ["f2", "f4", "f8"])
    digits = pick(rng, [-2, -1, 0, 1, 1.5, 2, 3] + {2: [], 4: [7], 8: [7, 15]}[kind.itemsize])
    flat = arrays.values(rng, kind, arrays.count(rng, index, kind.itemsize))
    values = arrays.place(rng, flat)
    return {"digits": digits, "dtype": kind.str, "astype": astype.str}, values if astype.isnative else values.reshape(values.shape or 1)


def bitround(rng, index):
    """C order and native byte order only; NaN only where numcodecs keeps it (it has no guard when no mantissa bit is kept)."""
    kind = np.dtype(pick(rng, ["<f2", "<f4", "<f8"]))
    keepbits = int(rng.integers(0, MANTISSA[kind.itemsize] + 1))
    return {"keepbits": keepbits}, array(rng, index, [kind.str[1:]], orders="C", native=True, special=keepbits > 0)


def astype(rng, index):
    """Float to integer stays in range, times convert without overflow."""
    family = pick(rng, ["integer", "float", "narrow", "complex", "time", "bool", "text"])
    items = arrays.count(rng, index, 8)
    if family == "time":
        units = ["s", "ms", "us", "ns"]
        kind, target = (np.dtype(f"{order}{letter}8[{pick(rng, units)}]") for letter in [pick(rng, "mM")] for order in ("<", pick(rng, "<>")))
        flat = rng.integers(-(10**9), 10**9, items).view("i8").view(kind)
    elif family == "text":
        kind, target = np.dtype("<i4"), np.dtype("S11")
        flat = rng.integers(-(2**31), 2**31, min(items, 2000)).astype(kind)
    elif family == "narrow":
        kind, target = arrays.dtype(rng, ["f2", "f4", "f8"]), arrays.dtype(rng, ["i1", "i2", "u1", "u4", "i8"])
        flat = rng.uniform(0, 100, items).astype(kind)
    else:
        sources, targets = {"integer": (["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"],) * 2, "float": (["f2", "f4", "f8"],) * 2,
                            "complex": (["c8", "c16"],) * 2, "bool": (arrays.NUMBERS, ["b1"])}[family]
        kind, target = arrays.dtype(rng, sources), arrays.dtype(rng, targets)
        flat = arrays.values(rng, kind, items)
    return {"encode_dtype": target.str, "decode_dtype": kind.str}, arrays.place(rng, flat)


def zfpy(rng, index):
    """No empty arrays (they kill numcodecs), finite values (NaN is only safe in the reversible mode), no rate below the bits of an exponent
    (numcodecs writes past its buffer), and extents that the header of four dimensions can hold."""
    config = pick(rng, [{}, {"mode": 4, "tolerance": float(10.0 ** rng.integers(-8, 2))}, {"mode": 4, "tolerance": 0},
                        {"mode": 2, "rate": float(rng.uniform(4, 40))}, {"mode": 2, "rate": -1}, {"mode": 3, "precision": int(rng.integers(1, 65))}])
    kind = np.dtype(pick(rng, ["<f4", "<f8", "<i4", "<i8"]))
    items = max(arrays.count(rng, index, kind.itemsize), 1)
    flat = arrays.values(rng, kind, items, special=False)
    values = arrays.place(rng, flat, orders="C", most_dims=4)
    return config, values.reshape(-1) if values.ndim == 0 or values.ndim == 4 and max(values.shape) > 4096 else values


def pcodec(rng, index):
    """At least one number: numcodecs decodes none to None."""
    config = {"level": int(rng.integers(0, 13 if index > 1 else 9))}
    config |= pick(rng, [{}, {"mode_spec": "classic"}, {"delta_spec": "no_op"}, {"delta_encoding_order": int(rng.integers(0, 8))},
                         {"delta_spec": "try_consecutive", "delta_encoding_order": 1}, {"delta_spec": "try_lookback"},
                         {"equal_pages_up_to": int(rng.integers(1, 5000))}])
    return config, array(rng, max(index, 1), ["u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8"], most=1 << 20, native=True)


SPECS = {f"blosc/{cname}": blosc(cname) for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")} | {
    "lz4": any_bytes(lz4), "zstd": any_bytes(zstd), "zlib": any_bytes(level(-1, 9)), "gzip": any_bytes(level(-1, 9)),
    "bz2": any_bytes(level(1, 9)), "lzma": any_bytes(lzma, 1 << 20), "base64": any_bytes(lambda rng, index: {}),
    "crc32": any_bytes(location), "crc32c": any_bytes(location), "adler32": any_bytes(location),
    "fletcher32": any_bytes(lambda rng, index: {}), "jenkins_lookup3": any_bytes(jenkins), "shuffle": shuffle, "packbits": packbits,
    "delta": delta, "fixedscaleoffset": fixedscaleoffset, "quantize": quantize, "bitround": bitround, "astype": astype, "zfpy": zfpy,
    "pcodec": pcodec,
} | OBJECT_SPECS
