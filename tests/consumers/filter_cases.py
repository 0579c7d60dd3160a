"""What the tests of the plug-ins share: a field of real numbers, and for every filter a configuration, its id and its data."""
import json
import pathlib
import subprocess

import numpy as np
import zarr

ROOT = pathlib.Path(__file__).parents[2]
CHUNK = (2, 60, 90)


def field(dtype="<f4"):
    """COADS sea surface temperature, 12 months; its missing values are -1e34."""
    sst = zarr.open_array(str(ROOT / "examples/data/sst_zlib.zarr"), mode="r")[...]
    if np.dtype(dtype).kind == "f":
        return np.where(sst < -1e3, -999, sst).astype(dtype) if dtype == "<f2" else sst.astype(dtype)
    return np.where(sst < -1e3, -999, sst * 10).astype(dtype)


# Configuration and dtype; each id of filters.c is here.
CASES = [
    ({"id": "zlib", "level": 4}, "<f4"),
    ({"id": "shuffle", "elementsize": 4}, "<f4"),
    ({"id": "fletcher32"}, "<f4"),
    ({"id": "bz2", "level": 3}, "<f4"),
    ({"id": "blosc", "cname": "zstd", "clevel": 4, "shuffle": 2}, "<f4"),
    ({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}, "<i2"),
    ({"id": "lz4", "acceleration": 3}, "<f4"),
    ({"id": "zfpy", "mode": 4, "tolerance": 0.01}, "<f4"),
    ({"id": "zfpy", "mode": 2, "rate": 12.5}, "<f8"),
    ({"id": "zfpy", "mode": 2, "rate": 40}, "<f8"),
    ({"id": "zfpy", "mode": 3, "precision": 17}, "<f4"),
    ({"id": "zfpy"}, "<i4"),
    ({"id": "zstd", "level": 7, "checksum": True}, "<f4"),
    ({"id": "adler32"}, "<f4"),
    ({"id": "astype", "encode_dtype": "<i2", "decode_dtype": "<i4"}, "<i4"),
    ({"id": "base64"}, "<f4"),
    ({"id": "bitround", "keepbits": 9}, "<f4"),
    ({"id": "categorize", "labels": ["sea", "land"], "dtype": "<U4"}, "|V16"),
    ({"id": "crc32"}, "<f4"),
    ({"id": "crc32", "location": "end"}, ">i4"),
    ({"id": "crc32c"}, "<f4"),
    ({"id": "delta", "dtype": "<i4"}, "<i4"),
    ({"id": "delta", "dtype": ">i2"}, ">i2"),
    ({"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<i4", "astype": "<i2"}, "<i4"),
    ({"id": "gzip", "level": 6}, "<f4"),
    ({"id": "jenkins_lookup3", "initval": 7}, "<f4"),
    ({"id": "lzma", "preset": 1}, "<f4"),
    ({"id": "packbits"}, "|b1"),
    ({"id": "pcodec", "level": 6}, "<f4"),
    ({"id": "quantize", "digits": 2, "dtype": "<f8"}, "<f8"),
    ({"id": "bitround", "keepbits": 4}, "<f2"),
]


def data(config, dtype):
    """Nine whole months: no chunk is cut off at an edge."""
    if config["id"] == "packbits":
        return field()[:8] < -1e3
    if config["id"] == "categorize":
        return np.where(field()[:8] < -1e3, "land", "sea").astype("<U4").view(dtype)
    return field(dtype)[:8]


def tool(*args):
    """Values that numcodecs-cdvalues prints, the id first."""
    out = subprocess.run(["numcodecs-cdvalues", *args], check=True, capture_output=True, text=True).stdout
    return tuple(map(int, out.split(",")))


def values(config):
    return tool(json.dumps(config))


def name(number, config):
    return f"{number:02}_{config['id']}"
