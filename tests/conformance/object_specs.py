"""Random configurations and arrays for the codecs of objects and text."""
import numpy as np

import arrays
from arrays import pick

MOST = 4000  # items
WORDS = ["", "a", "foo", "b\u00e4r", "\u65e5\u672c\u8a9e", "\U0001f4a9", 'a"b\\c', "tab\there\n", "nul\0in", "\x7f\x1f", "\u2028", "x" * 300]


def items_count(rng, index):
    if index < 2:
        return (0, MOST)[index]
    return int(pick(rng, [1, 2, 5, 30, 200]))


def objects(rng, values, orders="CF", most_dims=2):
    """The values as an object array of a random shape; filled one by one, since NumPy would look inside lists."""
    flat = np.empty(len(values), object)
    for position, value in enumerate(values):
        flat[position] = value
    return arrays.place(rng, flat, orders, most_dims)


def text(rng):
    return "".join(pick(rng, WORDS) for _ in range(rng.integers(0, 4)))


def number(rng, single=False):
    if single:
        return float(np.float32(rng.normal()))
    return pick(rng, [0.1, 1e16, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, 2.0, 123456789.125,
                      float(rng.normal()), float(np.frombuffer(rng.bytes(8), "<f8")[0])])


def plain(rng, depth=2, **sorts):
    """A value of the sorts JSON and MessagePack hold; `binary` adds bytes, `single` keeps floats to those of 4 bytes."""
    choices = {
        "text": lambda: text(rng),
        "large": lambda: int(rng.integers(-(2**63), 2**63)),
        "small": lambda: int(rng.integers(-200, 300)),
        "float": lambda: number(rng, sorts.get("single")),
        "none": lambda: None,
        "bool": lambda: bool(rng.integers(2)),
    }
    if sorts.get("binary"):
        choices["bytes"] = lambda: rng.bytes(int(rng.integers(0, 40)))
    if depth:
        choices["list"] = lambda: [plain(rng, depth - 1, **sorts) for _ in range(rng.integers(0, 4))]
        choices["map"] = lambda: {text(rng): plain(rng, depth - 1, **sorts) for _ in range(rng.integers(0, 4))}
    return choices[pick(rng, list(choices))]()


def mixed(rng, index, **sorts):
    """Values of many sorts. A string comes first: of items that are all lists NumPy makes an array of more dimensions."""
    items = items_count(rng, index)
    return ["first"][:items] + [plain(rng, **sorts) for _ in range(items - 1)]


def json2(rng, index):
    """Fixed-size arrays without bytes, complex and coarse times, which JSON has no form for; (0, k) cannot be decoded by numcodecs."""
    config = pick(rng, [{}, {"ensure_ascii": False}, {"sort_keys": False}, {"indent": int(rng.integers(0, 4))}, {"separators": [", ", ": "]},
                        {"indent": 1, "separators": [",", ":"]}, {"strict": False}])
    if rng.integers(3):
        return config, decodable(objects(rng, mixed(rng, index)))
    return config, fixed(rng, index, ["b1", *arrays.NUMBERS, "U5", "M8[ns]", "m8[ns]"])


def decodable(values, scalars=True):
    """The same values flat where numcodecs could not decode what it encoded: extents of 0, and scalars for msgpack2."""
    return values.reshape(-1) if values.size == 0 or not (scalars or values.ndim) else values


def fixed(rng, index, kinds):
    kind = arrays.dtype(rng, kinds)
    flat = arrays.values(rng, kind, max(items_count(rng, index), 1), special=kind.kind != "f")
    return arrays.place(rng, flat, most_dims=2) if rng.integers(4) else flat.reshape(-1)


def msgpack2(rng, index):
    """Not raw: it reads text back as bytes. Without the bytes form there are no bytes: they would be read back as text."""
    config = pick(rng, [{}, {"use_single_float": True}, {"use_bin_type": False}])
    if rng.integers(3):
        binary = config.get("use_bin_type", True)
        return config, decodable(objects(rng, mixed(rng, index, binary=binary, single="use_single_float" in config)), scalars=False)
    kinds = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "U5", "M8[ns]"] + ["f8"] * ("use_single_float" not in config)
    return config, decodable(fixed(rng, index, kinds), scalars=False)


def pickle(rng, index):
    config = {"protocol": int(rng.integers(0, 6))}
    if rng.integers(2):
        return config, objects(rng, mixed(rng, index, binary=True))
    array = arrays.array(rng, index, most=1 << 16)
    if array.dtype.itemsize == 8 and rng.integers(2):
        array = array.view(pick(rng, ["<M8[s]", "<m8[25us]", "<M8[ns]", "<m8", "|V8", "|S8"]))
    return config, array


def vlen_utf8(rng, index):
    values = [pick(rng, [text(rng), text(rng), None]) for _ in range(items_count(rng, index))]
    return {}, objects(rng, values)


def vlen_bytes(rng, index):
    values = [pick(rng, [rng.bytes(int(rng.integers(0, 50))), None, b""]) for _ in range(items_count(rng, index))]
    return {}, objects(rng, values)


def vlen_array(rng, index):
    """Every dtype but times, which numcodecs refuses."""
    kind = arrays.dtype(rng, ["b1", *arrays.NUMBERS, "c8", "c16", "S3", "U4"])
    values = [arrays.values(rng, kind, int(rng.integers(0, 12))) for _ in range(items_count(rng, index))]
    return {"dtype": kind.str}, objects(rng, values)


def categorize(rng, index):
    """Labels are distinct and hold no NUL, at whose end NumPy's comparison goes wrong."""
    letters = ["", "x", "y", "male", "female", "\u017c", "\u65e5\u672c", "\U0001f4a9"]
    labels = [str(label) for label in rng.permutation([w for w in letters if w])[: rng.integers(0, 8)]]
    kind = pick(rng, [np.dtype("O"), np.dtype(pick(rng, ["<U6", ">U6", "<U10"]))])
    config = {"labels": labels, "dtype": kind.str, "astype": pick(rng, ["|u1", "<i2", ">u4", "<f4", "<i8"])}
    words = [pick(rng, letters) for _ in range(items_count(rng, index))]
    values = objects(rng, words)
    return config, values if kind == np.dtype("O") else values.astype(kind, order="K")


OBJECT_SPECS = {"json2": json2, "msgpack2": msgpack2, "pickle": pickle, "vlen-utf8": vlen_utf8, "vlen-bytes": vlen_bytes,
                "vlen-array": vlen_array, "categorize": categorize}
