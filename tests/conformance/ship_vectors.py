"""Copies the part of a vector set that the project ships: every codec, kind and configuration, small data first.

    ship_vectors.py FROM [TO]

Configurations that only large cases have (Blosc with several blocks) are represented by the one case named here.

Run by hand when the set changes; the result is committed under tests/vectors.
"""
import argparse
import json
import pathlib
import shutil

from numcodecs_c import ROOT

MOST_FILES = 690
MOST_BYTES = 900_000
LARGE = 100_000  # bytes of one case
LARGE_TOO = {"p.blosc.multiblock.zstd.bs4096"}


def blobs(value):
    """{path: bytes} of every blob that a case names."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return {}
    found = {value["file"]: value["nbytes"]} if "file" in value else {}
    for part in value.values():
        found |= blobs(part)
    return found


def cost(case, have):
    """How many files and bytes the case adds to those already chosen."""
    new = {path: size for path, size in blobs(case).items() if path not in have}
    return len(new), sum(new.values())


def features(case):
    """What must be represented: the codec with the kind, and each configuration."""
    configs = [case.get("config"), case.get("compressor"), *case.get("filters", [])]
    return {(case["group"], case["kind"])} | {json.dumps(config, sort_keys=True) for config in configs if config}


def choose(cases):
    """Names of the cases to ship: first what represents something new, then whatever still fits, cheapest first."""
    chosen, have, seen = set(), {}, set()

    def add(case):
        chosen.add(case["name"])
        have.update(blobs(case))
        seen.update(features(case))

    by_size = sorted(cases, key=lambda case: sum(blobs(case).values()))
    for case in by_size:
        small = sum(blobs(case).values()) < LARGE or case["name"] in LARGE_TOO
        if small and features(case) - seen:
            add(case)
    for case in by_size:
        files, nbytes = cost(case, have)
        if len(have) + files <= MOST_FILES and sum(have.values()) + nbytes <= MOST_BYTES:
            add(case)
    return chosen, have


def write(manifest, source, target):
    names, files = choose(manifest["cases"])
    shutil.rmtree(target / "data", ignore_errors=True)
    (target / "data").mkdir(parents=True)
    for path in files:
        shutil.copyfile(source / path, target / path)
    cases = [case for case in manifest["cases"] if case["name"] in names]
    head = {key: manifest[key] for key in ("format", "set", "oracle")} | {"total_cases": len(cases), "total_stores": 0, "stores": []}
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n]}\n"
    (target / "manifest.json").write_text(text, "utf-8")
    print(f"{len(cases)} of {len(manifest['cases'])} cases, {len(files)} files, {sum(files.values()) + len(text)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path, nargs="?", default=ROOT / "tests" / "vectors")
    args = parser.parse_args()
    write(json.loads((args.source / "manifest.json").read_text("utf-8")), args.source, args.target)


if __name__ == "__main__":
    main()
