"""Runs the conformance cases over a library with a fault; every case that the fault touches must then fail.

    selftest.py [DIR] [--lib PATH]

Closes with "N passed, N failed", where a case that failed as it must counts as passed.
"""
import argparse
import os
import pathlib
import subprocess
import sys

import check_vectors
from numcodecs_c import ROOT, default_library

SETTER = "void faulty_set(int);"
SPOIL_DECODED, SPOIL_ENCODED, SHORT_LENGTH, ACCEPT = 1, 2, 3, 4


def build(lib, folder):
    """The faulty library, linked to the real one."""
    folder.mkdir(parents=True, exist_ok=True)
    faulty = folder / "libfaulty.so"
    lib = pathlib.Path(lib).resolve()
    command = [os.environ.get("CC", "gcc"), "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-I", str(ROOT / "include"),
               str(pathlib.Path(__file__).with_name("faulty.c")), "-o", str(faulty), "-Wl,--no-as-needed", str(lib),
               f"-Wl,-rpath,{lib.parent}", "-ldl"]
    subprocess.run(command, check=True)
    return faulty


def is_store(case):
    return "kind" not in case


def refuses(case):
    """Whether an error is the only right answer."""
    if is_store(case):
        return False
    if case["kind"] == "decode_into":
        return case["expect"] == "error"
    if case["kind"] == "must_error":
        return True
    return case["kind"].startswith("invalid_") and case.get("recommend") not in ("accept", "either")


def has_bytes(descriptor):
    """Whether a result of this description has bytes that the runner must compare."""
    if not descriptor or "nbytes" in descriptor:
        return bool(descriptor and descriptor["nbytes"])
    return "items" not in descriptor or any(item and any(item.values()) for item in descriptor["items"])


def decodes(case):
    """Whether the runner must compare something decoded."""
    if is_store(case):
        return has_bytes(case["expected"])
    if case["kind"] == "pipeline" and not check_vectors.stages_of(case) or case.get("recommend") == "reject":
        return False
    return has_bytes(case.get("out_after" if case["kind"] == "decode_into" else "decoded")) and 0 not in case.get("decoded", {}).get("shape", [])


def encodes(case):
    """Whether the runner must compare something encoded. Stores are only read."""
    if not case.get("encode_deterministic"):
        return False
    return has_bytes(case["encoded"]) if case["kind"] == "roundtrip" else bool(check_vectors.stages_of(case))


FAULTS = [
    ("one wrong byte in what is decoded", SPOIL_DECODED, decodes),
    ("one wrong byte in what is encoded", SPOIL_ENCODED, encodes),
    ("a length that is one byte short", SHORT_LENGTH, lambda case: decodes(case) or encodes(case)),
    ("bad input accepted", ACCEPT, refuses),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=str(ROOT / "tests" / "vectors"))
    parser.add_argument("--lib", default=default_library())
    args = parser.parse_args()
    faulty = build(args.lib, ROOT / "target" / "selftest")
    sound = {case["name"] for case, outcome, word in check_vectors.run(args.folder, args.lib) if outcome == "passed" and word != "accepted"}
    missed, caught = 0, 0
    for text, kind, affects in FAULTS:
        results = check_vectors.run(args.folder, faulty, prepare=lambda library: library.lib.faulty_set(kind), extra=SETTER)
        affected = [(case, outcome) for case, outcome, _ in results if case["name"] in sound and affects(case)]
        overlooked = [case["name"] for case, outcome in affected if outcome == "passed"]
        print(f"{text}: {len(affected)} cases are affected, {len(affected) - len(overlooked)} fail")
        for name in overlooked:
            print(f"FAILED to notice: {name}")
        caught, missed = caught + len(affected) - len(overlooked), missed + len(overlooked) + (not affected)
    print(f"{caught} passed, {missed} failed")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
