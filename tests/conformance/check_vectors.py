"""Runs every case and store of DIR/manifest.json through the C ABI of the shared library.

    check_vectors.py DIR [--lib PATH] [--only TEXT] [--all-ids]

Closes with "N passed, N failed". What needs a codec or a layer that does not exist yet is counted apart and named, as are cases that
only Python can express and cases whose result depends on the platform.
"""
import argparse
import collections
import sys

import isolate
import machine
from checks import Failure
from kinds import KINDS, Context
from numcodecs_c import ContractError, Library, NcError, default_library
from pipelines import pipeline, stages_of
from stores import check_store
from vectors import VectorSet

KINDS = KINDS | {"pipeline": pipeline}
REAL_IDS = """adler32 astype base64 bitround blosc bz2 categorize crc32 crc32c delta fixedscaleoffset fletcher32 gzip jenkins_lookup3 json2
lz4 lzma msgpack2 packbits pcodec pickle quantize shuffle vlen-array vlen-bytes vlen-utf8 zfpy zlib zstd""".split()


def absent_codec(library, case):
    """The first id a case needs that numcodecs has and the library lacks."""
    configs = stages_of(case) if case["kind"] == "pipeline" else [case["config"]]
    return next((c["id"] for c in configs if c.get("id") in REAL_IDS and c["id"] not in library.ids()), None)


def run_case(context, case):
    """(outcome, text): passed, failed, or apart with the reason."""
    if case.get("python_only"):
        return "apart", "only Python can express it"
    absent = absent_codec(context.library, case)
    if absent:
        return "apart", f"no codec {absent} yet"
    dependent = machine.dependent(case)
    try:
        word = KINDS[case["kind"]](context, case)
    except (Failure, ContractError) as problem:
        return ("apart", dependent) if dependent else ("failed", str(problem))
    except NcError as error:
        return ("apart", dependent) if dependent else ("failed", f"unexpected error {error} ({error.codec} {error.path})")
    except Exception as error:  # a mistake of the runner must not pass for a result
        return "failed", f"runner: {type(error).__name__}: {error}"
    return ("apart", dependent) if dependent else ("passed", word or "")


def table(results):
    """Counts for every codec id and kind."""
    counts = collections.defaultdict(collections.Counter)
    for case, outcome, _ in results:
        counts[case.get("group", "stores")][case.get("kind", "store"), outcome] += 1
    for group in sorted(counts):
        kinds = sorted({kind for kind, _ in counts[group]})
        parts = [", ".join(f"{counts[group][kind, o]} {kind} {o}" for o in ("passed", "failed", "apart") if counts[group][kind, o]) for kind in kinds]
        print(f"{group:18} {'; '.join(parts)}")


def report(results):
    table(results)
    apart = collections.defaultdict(list)
    for case, outcome, text in results:
        if outcome == "apart":
            apart[text].append(case["name"])
    for reason, names in apart.items():
        print(f"apart, {reason} ({len(names)}): {' '.join(names)}")
    for case, outcome, text in results:
        if outcome == "failed":
            print(f"FAILED {case['name']} ({case.get('kind', 'store')}): {' '.join(text.split())}")
    outcomes = collections.Counter(outcome for _, outcome, _ in results)
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed")
    return outcomes


def run(folder, lib, only="", prepare=lambda library: None, extra=""):
    """All results for a folder; `prepare` sees the library of each child process before its cases."""
    vectors = VectorSet(folder)

    def make_runner():
        library = Library(lib, extra=extra)
        prepare(library)
        context = Context(library, vectors)
        return lambda case: run_case(context, case)

    cases = [case for case in vectors.cases if only in case["name"]]
    library = Library(lib, extra=extra)
    prepare(library)
    stores = [store for store in vectors.stores if only in store["name"]]
    return list(isolate.run(cases, make_runner)) + [(store, *check_store(library, vectors, store)) for store in stores]


def require_all_ids(library, wanted):
    absent = sorted(set(REAL_IDS) - set(library.ids()))
    if wanted and absent:
        sys.exit(f"FAILED no codec: {' '.join(absent)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--only", default="", help="run the cases whose name contains this text")
    parser.add_argument("--all-ids", action="store_true", help="a codec that is absent is a failure")
    args = parser.parse_args()
    require_all_ids(Library(args.lib), args.all_ids)
    outcomes = report(run(args.folder, args.lib, args.only))
    sys.exit(bool(outcomes["failed"]) or not outcomes["passed"])


if __name__ == "__main__":
    main()
