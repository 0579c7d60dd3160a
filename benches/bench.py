"""make bench: our shared library beside its peers, in one process and interleaved.

    target/bench-venv/bin/python benches/bench.py --lib target/dist/libnumcodecs.so [--only CODEC ...] [--quick]

Writes docs/benchmarks.md, .json and .svg unless --only or --quick is given. Rows below their target are printed as MISSED.
"""
import argparse
import math
import sys
import time

import measure
from arrays import Arrays
from cases import all_cases
from ours import Library, default_library, overhead
from run_case import run


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lib", default=default_library())
    parser.add_argument("--only", nargs="*", default=[], metavar="CODEC")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for development")
    return parser.parse_args()


def line(row):
    target = "" if row.target is None else f"  target {row.target:g}" + ("  MISSED" if row.missed else "")
    size = f"  size {row.compression:.3f}:{row.compression_theirs:.3f}" if row.direction == "encode" else ""
    what = f"{row.codec} {row.config} {row.data} {row.direction}"
    return f"{what:78.78} {row.peer:9} {row.ours:9.0f} {row.theirs:9.0f} {row.memcpy:9.0f} MB/s {row.ratio:7.2f} ±{100 * row.spread:3.0f}%{size}{target}"


def main():
    args, started = arguments(), time.monotonic()
    library, arrays = Library(args.lib), Arrays()
    rounds, least = (7, 0.002) if args.quick else (9, 0.01)
    binding = measure.interleaved({"binding": overhead(library)}, rounds, least)["binding"].median
    print(f"{library.text(library.lib.nc_codec_library_version()) if hasattr(library.lib, 'nc_codec_library_version') else ''} "
          f"binding overhead {1e6 * binding:.2f} microseconds a call")
    rows = []
    for case in all_cases():
        if args.only and case.codec not in args.only:
            continue
        for row in run(library, case, arrays[case.data], rounds, least):
            rows.append(row)
            print(line(row), flush=True)
    judged = [row for row in rows if row.peer == "numcodecs"]
    mean = math.exp(sum(math.log(row.ratio) for row in judged) / len(judged))
    print(f"geometric mean {mean:.2f}, {sum(row.missed for row in judged)} of {len(judged)} rows MISSED, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
