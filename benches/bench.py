"""make bench: our shared library beside its peers, in one process and interleaved.

    target/bench-venv/bin/python benches/bench.py --lib target/dist/libnumcodecs.so [--only CODEC ...] [--quick]

Writes docs/benchmarks.md, .json and .svg unless --only or --quick is given. Rows below their target are printed as MISSED.
"""

import argparse
import sys
import time

import chart
import fused
import measure
import memory
import overhead as call_cost
import report
import threads
from datasets import Arrays
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
    speeds = f"{row.ours:9.0f} {row.theirs:9.0f} {row.memcpy:9.0f} MB/s {row.ratio:7.2f} ±{100 * row.spread:3.0f}%"
    return f"{what:78.78} {row.peer:9} {speeds}{size}{target}"


def note(what, row):
    if what == "pipelines":
        speeds = f"{row.ours:8.0f} MB/s, gain {row.gain:.2f}, ours : theirs {row.ratio:.2f}"
        print(f"{row.codecs:60} {row.nbytes >> 20} MiB {row.direction} {speeds}", flush=True)
        return
    print(
        f"{what} {row.codec} {row.config} {row.direction if hasattr(row, 'direction') else ''}{'  MISSED' if row.missed else ''}",
        flush=True,
    )


def collect(what, rows):
    """All rows, each named as it comes."""
    found = []
    for row in rows:
        note(what, row)
        found.append(row)
    return found


def main():
    args, started = arguments(), time.monotonic()
    library, arrays = Library(args.lib), Arrays()
    rounds, least = (7, 0.002) if args.quick else (9, 0.008)
    binding = measure.interleaved({"binding": overhead(library)}, rounds, least)["binding"].median
    print(f"binding overhead {1e6 * binding:.2f} microseconds a call")
    cases = [case for case in all_cases() if not args.only or case.codec in args.only]
    rows = []
    for case in cases:
        for row in run(library, case, arrays[case.data], rounds, least):
            rows.append(row)
            print(line(row), flush=True)
    judged = [row for row in rows if row.peer == "numcodecs"]
    mean, missed = report.geometric_mean([row.ratio for row in judged]), sum(row.missed for row in judged)
    print(f"geometric mean {mean:.2f}, {missed} of {len(judged)} rows MISSED")
    if not args.only and not args.quick:
        results = {
            "rows": rows,
            "pipelines": collect("pipelines", fused.rows(library, arrays, rounds, least)),
            "threads": collect("threads", threads.rows(library, arrays, rounds, least)),
            "overhead": collect("overhead", call_cost.rows(library, arrays, cases, rounds, least)),
            "memory": collect("memory", memory.rows(args.lib, arrays, cases)),
        }
        report.write(results, binding, time.monotonic() - started)
        chart.write(rows)
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
