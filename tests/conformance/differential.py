"""Both ways against the live numcodecs: what it writes we read, what we write it reads.

    differential.py [--lib PATH] [--cases N] [--total N] [--seed N] [--only ID]

Prints the number of cases of each codec id, Blosc compressor and Blosc shuffle; too few fails. Closes with "N passed, N failed".
"""
import argparse
import collections
import json
import os
import sys
import warnings
import zlib

os.environ["NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE"] = "1"  # the oracle's switch; what it unpickles was made here
import numcodecs
import numpy as np

import isolate
import items
from check_vectors import REAL_IDS
from checks import Failure, require
from numcodecs_c import FIXED, Array, ContractError, Library, NcError, default_library
from specs import SPECS

# The format fixes the bytes: ours must be numcodecs'.
EXACT = {"base64", "crc32", "crc32c", "adler32", "fletcher32", "jenkins_lookup3", "shuffle", "packbits", "delta", "fixedscaleoffset", "quantize",
         "bitround", "astype", "categorize", "zfpy", "json2", "msgpack2", "vlen-utf8", "vlen-bytes", "vlen-array"}
# numcodecs cannot encode or decode nothing here; we give nothing back.
NO_EMPTY = {"blosc", "lz4", "zstd", "delta", "fletcher32"}
# NaN has many bit patterns, and which one arithmetic gives depends on the order of operands in the machine code.
ARITHMETIC = {"delta", "fixedscaleoffset", "quantize", "astype"}
SHAPED = {"json2", "msgpack2", "pickle"}


def order_of(array):
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def to_c(array, config):
    """A NumPy array as the C API takes it."""
    if array.dtype == object:
        values = list(array.ravel(order="K"))
        return items.objects(values, items.kind_for(config["id"], values), array.shape, order_of(array), config.get("dtype"))
    return Array(array.tobytes(order="A"), array.dtype.str, array.shape, order_of(array))


def equal_bytes(ours, theirs, kind):
    """Equal, or different only in the bits of NaN."""
    if ours == theirs or kind is None or len(ours) != len(theirs):
        return ours == theirs
    part = np.dtype(kind)
    part = np.dtype(f"{part.byteorder}f{part.itemsize // 2}") if part.kind == "c" else part
    if part.kind != "f":
        return False
    a, b = np.frombuffer(ours, part), np.frombuffer(theirs, part)
    bits = f"u{part.itemsize}"
    return bool(np.all((a.view(bits) == b.view(bits)) | (np.isnan(a) & np.isnan(b))))


def compare_decoded(result, theirs, config, what):
    """What we decoded against what numcodecs decoded from the same bytes."""
    if isinstance(theirs, np.ndarray) and theirs.dtype == object:
        wanted = list(theirs.ravel(order="C"))
        got = items.in_index_order(result)
        require(len(got) == len(wanted), f"{what}: {len(got)} items instead of {len(wanted)}")
        bad = next((i for i, (a, b) in enumerate(zip(got, wanted)) if not items.same(a, b)), None)
        require(bad is None, f"{what}: item {bad} differs")
        return
    theirs = numcodecs.compat.ensure_ndarray(theirs)
    order = "C" if config["id"] in SHAPED else "A"
    kind = theirs.dtype if config["id"] in ARITHMETIC else None
    ours = result.data
    if config["id"] in SHAPED:
        ours = np.frombuffer(ours, result.dtype).reshape(result.shape, order=result.order).tobytes()
        require(result.shape == theirs.shape, f"{what}: shape {result.shape} instead of {theirs.shape}")
    require(result.kind == FIXED and equal_bytes(ours, theirs.tobytes(order=order), kind), f"{what}: the bytes differ")


def check(codec, config, array):
    """One case, both ways."""
    oracle, source, codec_id = numcodecs.get_codec(config), to_c(array, config), config["id"]
    ours = codec.encode(source)
    if array.size == 0 and codec_id in NO_EMPTY:
        return require(codec.decode(ours.data).data == b"", "empty input does not come back empty")
    encoded = oracle.encode(array)
    theirs = numcodecs.compat.ensure_bytes(encoded)
    expected = oracle.decode(theirs)
    compare_decoded(codec.decode(theirs), expected, config, "ours from theirs")
    if codec_id in EXACT:
        kind = encoded.dtype if codec_id in ARITHMETIC else None
        return require(equal_bytes(ours.data, theirs, kind), "the encoded bytes differ")
    compare_decoded(codec.decode(ours.data), expected, config, "ours from ours")
    if codec_id == "pickle":
        return compare_pickled(oracle.decode(ours.data), expected)
    back = numcodecs.compat.ensure_bytes(oracle.decode(ours.data))
    return require(back == numcodecs.compat.ensure_bytes(expected), "theirs from ours: the bytes differ")


def compare_pickled(ours, theirs):
    require(type(ours) is np.ndarray and (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), "theirs from ours: another dtype or shape")
    same = items.same(ours.ravel().tolist(), theirs.ravel().tolist()) if theirs.dtype == object else ours.tobytes() == theirs.tobytes()
    require(same, "theirs from ours: the values differ")


def make(case):
    """Configuration and array of a case: the same ones for the same seed."""
    rng = np.random.default_rng([case["seed"], zlib.crc32(case["group"].encode()), case["index"]])
    config, array = SPECS[case["group"]](rng, case["index"])
    codec_id, _, cname = case["group"].partition("/")
    return {"id": codec_id} | config, array


def make_runner(lib):
    def prepare():
        library = Library(lib)
        numcodecs.blosc.use_threads = False
        warnings.simplefilter("ignore")
        np.seterr(all="ignore")
        return lambda case: run_case(library, case)
    return prepare


def run_case(library, case):
    config, array = make(case)
    tag = f"{json.dumps(config):.300} {array.dtype}{list(array.shape)}{order_of(array)}"
    try:
        check(library.codec(json.dumps(config)), config, array)
    except (Failure, ContractError, NcError) as problem:
        return "failed", f"{problem} [{tag}]"
    except Exception as error:
        return "failed", f"runner or oracle: {type(error).__name__}: {error} [{tag}]"
    return "passed", str(config.get("shuffle")) if config["id"] == "blosc" else ""


def cases_for(args, library):
    groups = [group for group in SPECS if group.split("/")[0] in library.ids() and args.only in group]
    each = max(args.cases, -(-args.total // max(len(groups), 1)))
    return [{"name": f"{group} {index}", "group": group, "index": index, "seed": args.seed} for group in groups for index in range(each)], each


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--cases", type=int, default=100, help="cases for each codec id and each Blosc compressor")
    parser.add_argument("--total", type=int, default=0, help="at least that many cases in all")
    parser.add_argument("--seed", type=int, default=20240229)
    parser.add_argument("--only", default="", help="the groups whose name contains this text")
    args = parser.parse_args()
    library = Library(args.lib)
    cases, each = cases_for(args, library)
    ran, outcomes = collections.Counter(), collections.Counter()
    for case, outcome, text in isolate.run(cases, make_runner(args.lib)):
        outcomes[outcome] += 1
        if outcome == "failed":
            print(f"FAILED {case['name']}: {text}")
        else:
            ran[case["group"]] += 1
            if text:
                ran[f"blosc shuffle {text}"] += 1
    sys.exit(report(ran, outcomes, each, [i for i in REAL_IDS if i not in library.ids()]))


def report(ran, outcomes, each, absent):
    for group, number in sorted(ran.items()):
        print(f"{group:18} {number} both ways")
        if number < min(each, 100):
            print(f"FAILED {group}: fewer than {min(each, 100)} cases")
            outcomes["failed"] += 1
    if absent:
        print(f"apart, no codec yet: {' '.join(absent)}")
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed")
    return bool(outcomes["failed"]) or not outcomes["passed"]


if __name__ == "__main__":
    main()
