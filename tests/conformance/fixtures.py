"""numcodecs' own fixture files (folder `fixture` of its source distribution): every sample must decode exactly.

    fixtures.py [--lib PATH] [--all-ids]

Fetches the source distribution into target/fixtures once. Closes with "N passed, N failed".
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import warnings

os.environ["NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE"] = "1"  # the oracle's switch; the samples come from numcodecs itself
import numcodecs
import numpy as np

import items
from check_vectors import REAL_IDS
from checks import Failure, require, require_same
from numcodecs_c import ARRAYS, OBJECT_DTYPE, ROOT, Array, ContractError, Library, NcError, default_library

VERSION = "0.17.1"
COUNTS = {"adler32": 13, "astype": 4, "base64": 13, "blosc": 169, "bz2": 52, "categorize": 8, "crc32": 13, "crc32c": 13, "delta": 5,
          "fixedscaleoffset": 25, "gzip": 78, "json": 16, "json2": 18, "lz4": 91, "lzma": 65, "msgpack2": 11, "packbits": 4, "pcodec": 110,
          "pickle": 40, "quantize": 25, "shuffle": 52, "vlen-array": 16, "vlen-bytes": 4, "vlen-utf8": 4, "zfpy": 32, "zlib": 78, "zstd": 130}
LOSSY = {"astype", "fixedscaleoffset", "quantize", "zfpy"}


def fetch(folder):
    """The fixture folder, from the source distribution."""
    samples = folder / f"numcodecs-{VERSION}" / "fixture"
    if not samples.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary",
                        "numcodecs", f"numcodecs=={VERSION}"], cwd=folder, check=True)
        with tarfile.open(folder / f"numcodecs-{VERSION}.tar.gz") as archive:
            wanted = [m for m in archive.getmembers() if "/fixture/" in m.name]
            archive.extractall(folder, wanted, filter="data")
    return samples


def samples_in(folder):
    """(config, encoded bytes, the array that was encoded, name) of every sample."""
    for path in sorted(folder.rglob("encoded.*.dat")):
        config = json.loads((path.parent / "config.json").read_text("utf-8"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old .npy files spell align as an integer
            array = np.load(path.parent.parent / f"array.{path.suffixes[0][1:]}.npy", allow_pickle=True)
        yield config, path.read_bytes(), array, str(path.relative_to(folder))


def oracle(config, encoded):
    """What numcodecs decodes, or None where it cannot: Blosc with snappy inside, the legacy ids."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return numcodecs.compat.ensure_ndarray(numcodecs.get_codec(config).decode(encoded))
    except (RuntimeError, ValueError):
        return None


def order_of(array):
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def sorted_maps(array):
    """The array as JSON text with sorted keys gives it back, for the legacy samples that numcodecs no longer reads."""
    result = np.empty(array.shape, object)
    for index, value in np.ndenumerate(array):
        result[index] = json.loads(json.dumps(value, sort_keys=True))
    return result


def check_objects(codec, config, encoded, array):
    """The items, and with the array's layout also its shape."""
    values = list(array.reshape(-1, order="A"))
    kind = items.KINDS[config["id"]]
    result = codec.decode(encoded)
    got = items.values_of(result)
    while len(got) < len(values) and all(isinstance(v, list) for v in got):
        got = [part for value in got for part in value]
    require(result.kind == kind, f"items of kind {result.kind} instead of {kind}")
    require(len(got) == len(values) and all(map(items.same, got, values)), "the items differ")
    dtype = np.dtype(config["dtype"]).str if kind == ARRAYS else OBJECT_DTYPE
    chunk = Array(b"", dtype, array.shape, order_of(array), kind)
    shaped = codec.decode(encoded, chunk=chunk)
    require(shaped.layout == chunk.layout and items.same(items.values_of(shaped), values), f"with the array's layout: {shaped.layout}")


def check_fixed(codec, config, encoded, array, decoded):
    result = codec.decode(encoded)
    require(decoded is None or result.data == decoded.tobytes(order="A"), "the bytes differ from numcodecs'")
    if config["id"] in LOSSY:
        return
    require(result.data == array.tobytes(order="A"), "the bytes differ from the array's")
    chunk = Array(array.tobytes(order="A"), array.dtype.str, array.shape, order_of(array))
    require_same(codec.decode(encoded, chunk=chunk), chunk, "decode with the array's layout")


def check(library, config, encoded, array):
    codec = library.codec(json.dumps(config), allow=None if config["id"] in REAL_IDS else [config["id"]])
    decoded = oracle(config, encoded)
    if array.dtype == object:
        # vlen-array casts its items when it encodes, so what numcodecs decodes counts, in the array's shape.
        check_objects(codec, config, encoded, sorted_maps(array) if decoded is None else decoded.reshape(array.shape, order=order_of(array)))
    else:
        check_fixed(codec, config, encoded, array, decoded)


def run(library, samples):
    """Counters of outcomes by id; failures are printed as they come."""
    outcomes = collections.defaultdict(collections.Counter)
    for config, encoded, array, name in samples:
        codec_id = config["id"]
        try:
            check(library, config, encoded, array)
            outcome, text = "passed", ""
        except (Failure, ContractError, NcError) as problem:
            outcome, text = "apart" if getattr(problem, "name", "") == "UNKNOWN_CODEC" else "failed", problem
        outcomes[codec_id][outcome] += 1
        if outcome == "failed":
            print(f"FAILED {name} {json.dumps(config)}: {text}")
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--all-ids", action="store_true", help="a codec that is absent is a failure")
    args = parser.parse_args()
    outcomes = run(Library(args.lib), samples_in(fetch(ROOT / "target" / "fixtures")))
    total = collections.Counter()
    for codec_id, wanted in sorted(COUNTS.items()):
        counter = outcomes[codec_id]
        if sum(counter.values()) != wanted:
            print(f"FAILED {codec_id}: {sum(counter.values())} samples instead of {wanted}")
            counter["failed"] += 1
        total += counter
        print(f"{codec_id:18} " + ", ".join(f"{n} {outcome}" for outcome, n in counter.items()))
    absent = [codec_id for codec_id, counter in outcomes.items() if counter["apart"]]
    if absent:
        print(f"apart, no codec yet ({total['apart']} samples): {' '.join(absent)}")
        total["failed"] += total["apart"] if args.all_ids else 0
    print(f"{total['passed']} passed, {total['failed']} failed")
    sys.exit(bool(total["failed"]) or not total["passed"])


if __name__ == "__main__":
    main()
