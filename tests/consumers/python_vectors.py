"""python_vectors.py VECTORS DATA: the shipped vectors of fixed-size arrays, and a chunk of both real stores, through libnumcodecs."""
import json
import pathlib
import sys

import numpy as np

import libnumcodecs

VECTORS, DATA = map(pathlib.Path, sys.argv[1:])


def array(descriptor):
    dtype = descriptor["dtype"] if isinstance(descriptor["dtype"], str) else f"V{descriptor['nbytes'] // max(np.prod(descriptor['shape']), 1)}"
    return np.frombuffer((VECTORS / descriptor["file"]).read_bytes(), dtype).reshape(descriptor["shape"], order=descriptor["order"])


def memory(value):
    return value.tobytes("A") if isinstance(value, np.ndarray) else bytes(value)


def check(case):
    codec, encoded = libnumcodecs.get_codec(case["config"]), array(case["encoded"])
    again = codec.encode(array(case["input"]))
    assert not case["encode_deterministic"] or memory(again) == memory(encoded)
    for chunk in (encoded, again):
        assert memory(codec.decode(chunk)) == memory(array(case["decoded"]))


def check_vectors():
    cases = json.loads((VECTORS / "manifest.json").read_text())["cases"]
    cases = [c for c in cases if c["kind"] == "roundtrip" and "oracle_bug" not in c and "|O" not in (c["input"]["dtype"], c["decoded"]["dtype"])]
    for case in cases:
        try:
            check(case)
        except Exception as error:
            raise SystemExit(f"python_vectors: {case['name']}: {error!r}")
    print(f"python_vectors: {len(cases)} vectors ok")
    assert len(cases) > 250


def check_chunks():
    chunks = []
    for store in ("sst_blosc.zarr", "sst_zlib.zarr"):
        meta = json.loads((DATA / store / ".zarray").read_text())
        codec = libnumcodecs.get_codec(meta["compressor"])
        decoded = codec.decode((DATA / store / "0.0.0").read_bytes())
        assert codec.decode(codec.encode(decoded)) == decoded
        chunks.append(np.frombuffer(decoded, meta["dtype"]).reshape(meta["chunks"], order=meta["order"]))
    np.testing.assert_array_equal(*chunks)
    assert chunks[0].max() > 20
    print("python_vectors: chunks of both stores ok")


check_vectors()
check_chunks()
