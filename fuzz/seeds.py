"""Writes the first inputs of the fuzzer from a folder of vectors: seeds.py VECTORS OUT."""

import collections
import gzip
import json
import pathlib
import sys

MOST = 4096
HEAD = bytes([0, 0, 0, 0])  # configuration, mode, dtype, shape: see src/input.rs


def config_numbers():
    """How many configurations fuzz/configs.txt has of each codec."""
    lines = (pathlib.Path(__file__).parent / "configs.txt").read_text().splitlines()
    return collections.Counter(json.loads(line)["id"] for line in lines)


def write(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{len(list(folder.iterdir())):04}").write_bytes(data)


def seed_case(case, vectors, out, count):
    config = case.get("config")
    if not isinstance(config, dict) or config.get("id") not in count:
        return
    write(out / "config" / "all", json.dumps(config).encode())
    for key, target in (("encoded", "decode"), ("input", "round_trip")):
        name = (case.get(key) or {}).get("file")
        data = (vectors / name).read_bytes() if name else b""
        if not data or len(data) > MOST:
            continue
        for number in range(count[config["id"]]):
            head = bytes([number, 6 * number, *HEAD[2:]]) if target == "decode" else bytes([number, *HEAD[2:]])
            write(out / target / config["id"], head + data)
        if target == "decode":
            write(out / "batch" / "all", HEAD + data)
            if config["id"] in ("blosc", "lz4", "zstd"):
                write(out / "blosc_helpers" / "all", HEAD + data)
            write(out / "registry" / "all", HEAD + data)


def seed_stores(vectors, out):
    for path in sorted([*vectors.rglob(".zarray"), *vectors.rglob("zarr.json"), *vectors.parent.parent.rglob("examples/data/*/.zarray")]):
        chunks = [file for file in sorted(path.parent.rglob("*")) if file.is_file() and file.name[0] not in ".z"]
        chunk = chunks[0].read_bytes() if chunks else b""
        write(out / "zarr" / "all", path.read_bytes() + b"\0" + chunk[:MOST])


def seed_shards(out):
    first = (0).to_bytes(8, "little") + (26).to_bytes(8, "little")
    chunk = gzip.compress(bytes(range(8)), mtime=0)[:26].ljust(26, b"\0")
    write(out / "shard" / "all", b"\0" + b"\xff" * 64)
    write(out / "shard" / "all", b"\0" + chunk + first + b"\xff" * 48)
    write(out / "shard" / "all", b"\1" + (64).to_bytes(8, "little") + first[8:] + b"\xff" * 48 + chunk)


def main():
    vectors, out = map(pathlib.Path, sys.argv[1:])
    count = config_numbers()
    for case in json.loads((vectors / "manifest.json").read_text())["cases"]:
        seed_case(case, vectors, out, count)
    seed_stores(vectors, out)
    seed_shards(out)


main()
