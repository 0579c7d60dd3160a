"""Writes the first inputs of the fuzzer, from a folder of vectors and from the goldens of tests/hostile: seeds.py VECTORS OUT."""

import collections
import gzip
import json
import pathlib
import sys

MOST = 4096
HEAD = bytes([0, 0, 0, 0])  # configuration, mode, dtype, shape: see src/input.rs


HERE = pathlib.Path(__file__).resolve().parent


def config_numbers():
    """How many configurations fuzz/configs.txt has of each codec, and of pipelines, which are lists."""
    configs = map(json.loads, (HERE / "configs.txt").read_text().splitlines())
    return collections.Counter("pipeline" if isinstance(config, list) else config["id"] for config in configs)


def write(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{len(list(folder.iterdir())):04}").write_bytes(data)


def seed_case(case, vectors, out, count):
    config = case.get("config")
    codec = config.get("id") if isinstance(config, dict) else case["kind"]
    if codec not in count:
        return
    if config:
        write(out / "config" / "all", json.dumps(config).encode())
    for key, target in (("encoded", "decode"), ("stored", "decode"), ("input", "round_trip")):
        name = (case.get(key) or {}).get("file")
        data = (vectors / name).read_bytes() if name else b""
        if not data or len(data) > MOST:
            continue
        if target == "decode":
            seed_chunk(codec, data, out, count)
        else:
            for number in range(count[codec]):
                write(out / target / codec, bytes([number, *HEAD[2:]]) + data)


def seed_chunk(codec, data, out, count):
    for number in range(count[codec]):
        write(out / "decode" / codec, bytes([number, 6 * number, *HEAD[2:]]) + data)
    write(out / "batch" / "all", HEAD + data)
    write(out / "registry" / "all", HEAD + data)
    if codec in ("blosc", "lz4", "zstd"):
        write(out / "blosc_helpers" / "all", HEAD + data)


def seed_goldens(out, count):
    goldens = HERE.parent / "tests" / "hostile" / "goldens"
    for line in (goldens / "index.tsv").read_text().splitlines():
        codec, name = line.split("\t")[:2]
        seed_chunk(codec, (goldens / f"{name}.bin").read_bytes(), out, count)


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
    seed_goldens(out, count)
    seed_stores(vectors, out)
    seed_shards(out)


main()
