"""Writes docs/benchmarks.md and docs/benchmarks.json."""

import json
import math
import os
import pathlib
import platform
from dataclasses import asdict
from importlib.metadata import version

HERE = pathlib.Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
PEERS = ["numcodecs", "blosc2", "isal", "zfpy", "pcodec"]


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def missed(yes):
    return "**MISSED**" if yes else ""


def table(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
    yield ""


def codec_rows(rows):
    for row in rows:
        target = "" if row.target is None else f"{row.target:g}"
        sizes = f"{row.compression:.2f} : {row.compression_theirs:.2f}" if row.direction == "encode" else ""
        yield (
            f"`{row.codec}`",
            row.config,
            row.data,
            row.direction,
            row.peer,
            f"{row.ours:.0f}",
            f"{row.theirs:.0f}",
            f"{row.ratio:.2f} ± {row.ratio * row.spread:.2f}",
            target,
            missed(row.missed),
            sizes,
            f"{row.ours / row.memcpy:.2f}",
        )


def geometric_mean(rows):
    return math.exp(sum(math.log(row.ratio) for row in rows) / len(rows))


def thread_rows(rows):
    for row in rows:
        yield (
            f"`{row.codec}`",
            row.config,
            row.direction,
            f"{row.one:.0f}",
            f"{row.two:.0f}",
            f"{row.gain:.2f}",
            f"{row.their_one:.0f}",
            f"{row.their_two:.0f}",
            f"{row.two / row.their_two:.1f}",
            f"{row.two / row.memcpy_two:.2f}",
            row.target,
            missed(row.missed),
        )


def pipeline_rows(rows):
    for row in rows:
        yield (
            row.codecs,
            row.data,
            f"{row.nbytes >> 20} MiB",
            row.direction,
            f"{row.ours:.0f}",
            f"{row.apart:.0f}",
            f"{row.gain:.2f}",
            f"{row.theirs:.0f}",
            f"{row.ratio:.2f}",
        )


def overhead_rows(rows):
    for row in rows:
        target = "0.5" if row.judged else ""
        yield (
            f"`{row.codec}`",
            row.config,
            row.direction,
            f"{row.ours:.2f}",
            f"{row.theirs:.2f}",
            f"{row.theirs / max(row.ours, 0.01):.1f}",
            f"{row.tiny:.2f}",
            target,
            missed(row.missed),
        )


def memory_rows(rows):
    for row in rows:
        yield f"`{row.codec}`", row.config, f"{row.peak / 1024:.0f}", f"{row.window / 1024:.0f}" if row.window else "", missed(row.missed)


def text(results, binding, seconds):
    judged = [row for row in results["rows"] if row.peer == "numcodecs"]
    filters = [row for row in judged if row.filter]
    slow = [row for row in filters if row.ours < 0.7 * row.memcpy]
    yield "# Benchmarks"
    yield ""
    yield "Printed by `make bench`, which anyone can run: ours, through cffi, and each peer as PyPI ships it, in one process and in turns, on the same"
    yield "arrays, encode and decode into given memory where the peer can, one thread. MB/s are of decoded bytes; every figure is the median of nine rounds"
    yield "in rotated order, of processor time, so that other work on the machine counts little; ratios are medians over the rounds, ± half the distance of"
    yield "the quartiles. The result that was timed is the one that was checked. Both decode the bytes of numcodecs."
    yield ""
    names = ", ".join(f"{name} {version(name)}" for name in [*PEERS, "numpy"])
    yield f"{processor()}, {os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f}, {names}. A call through the binding that does nothing takes {1e6 * binding:.2f} microseconds, which the"
    yield f"first tables include. The whole took {seconds / 60:.0f} minutes."
    yield ""
    yield "![Ours against numcodecs](benchmarks.svg)"
    yield ""
    below = [row for row in judged if row.missed]
    mean = geometric_mean(judged)
    yield f"Geometric mean over the {len(judged)} rows against numcodecs: **{mean:.2f} times** (target 4{'' if mean >= 4 else ', MISSED'}). {len(below)} rows are below their target; "
    yield f"{len(slow)} of {len(filters)} filter rows are below 0.7 of memcpy of the same bytes. [What bounds them](#below-the-target) is at the end."
    yield ""
    yield "## Every codec"
    yield ""
    yield from table(
        [
            "codec",
            "configuration",
            "data",
            "direction",
            "peer",
            "ours MB/s",
            "theirs MB/s",
            "ours : theirs",
            "target",
            "",
            "compression, ours : theirs",
            "of memcpy",
        ],
        codec_rows(results["rows"]),
    )
    yield "## Filters and a compressor as one codec"
    yield ""
    yield "One call with all stages, beside one call for each stage into memory that is kept, and numcodecs one after another. `docs/conventions.md` tells which"
    yield "stages work piece by piece."
    yield ""
    yield from table(
        ["codecs", "data", "chunk", "direction", "ours MB/s", "ours, one by one", "gain", "theirs", "ours : theirs"],
        pipeline_rows(results["pipelines"]),
    )
    yield "## Many chunks, one and two threads"
    yield ""
    yield "32 chunks of 1 MiB, wall time: `nc_encode_batch` and `nc_decode_batch`; numcodecs in a loop and in a pool of two threads."
    yield ""
    yield from table(
        [
            "codec",
            "configuration",
            "direction",
            "ours, 1",
            "ours, 2",
            "2 : 1",
            "theirs, 1",
            "theirs, 2",
            "ours : theirs on 2",
            "of memcpy on 2",
            "target",
            "",
        ],
        thread_rows(results["threads"]),
    )
    yield "## Small chunks"
    yield ""
    yield "Microseconds of a call on 4 KiB, and on 64 bytes, where filters have nothing to do but the call; ours without the binding."
    yield ""
    yield from table(
        ["codec", "configuration", "direction", "ours, 4 KiB", "theirs, 4 KiB", "theirs : ours", "ours, 64 bytes", "target", ""],
        overhead_rows(results["overhead"]),
    )
    yield "## Peak memory"
    yield ""
    yield "KiB that a process grows by at the most in a decode into memory of the caller, beside that memory; target 1024 beside the window of the"
    yield "format: what a stream may refer back to."
    yield ""
    yield from table(["codec", "configuration", "KiB", "window", ""], memory_rows(results["memory"]))
    yield (HERE / "notes.md").read_text().strip()


def write(results, binding, seconds):
    (DOCS / "benchmarks.md").write_text("\n".join(text(results, binding, seconds)) + "\n")
    data = {
        "rows": [row.json() for row in results["rows"]],
        "pipelines": [row.json() for row in results["pipelines"]],
        "threads": [asdict(row) for row in results["threads"]],
        "overhead": [asdict(row) for row in results["overhead"]],
        "memory": [asdict(row) for row in results["memory"]],
    }
    (DOCS / "benchmarks.json").write_text(json.dumps(data, indent=1) + "\n")
