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
RESOLUTION = 0.1  # microseconds: what is left of a call without the binding is a difference of two times


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def missed(yes):
    return "**MISSED**" if yes else ""


def table(header, rows):
    """header: the columns, between bars."""
    yield f"| {header} |"
    yield "|" + "---|" * (1 + header.count("|"))
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
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


def geometric_mean(numbers):
    return math.exp(sum(math.log(number) for number in numbers) / len(numbers))


def by_codec(rows):
    """Ratios in which each codec counts once, however many arrays it was given."""
    codecs = {row.codec: [] for row in rows}
    for row in rows:
        codecs[row.codec].append(row.ratio)
    return [geometric_mean(ratios) for ratios in codecs.values()]


def thread_rows(rows):
    for row in rows:
        yield (
            f"`{row.codec}`",
            row.config,
            row.direction,
            f"{row.one:.0f}",
            f"{row.two:.0f}",
            f"{row.gain:.2f}",
            f"{row.limit:.2f}",
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


def microseconds(time):
    return f"{time:.2f}" if time >= RESOLUTION else f"< {RESOLUTION}"


def overhead_rows(rows):
    for row in rows:
        target = "0.5" if row.judged else ""
        yield (
            f"`{row.codec}`",
            row.config,
            row.direction,
            microseconds(row.ours),
            f"{row.theirs:.2f}",
            f"{row.theirs / row.ours:.1f}" if row.ours >= RESOLUTION else "",
            microseconds(row.tiny),
            target,
            missed(row.missed),
        )


def memory_rows(rows):
    for row in rows:
        window = f"{row.window / 1024:.0f}" if row.window else ""
        yield f"`{row.codec}`", row.config, f"{row.peak / 1024:.0f}", window, missed(row.missed)


CODECS = (
    "codec | configuration | data | direction | peer | ours MB/s | theirs MB/s | ours : theirs | target |  | "
    "compression, ours : theirs | of memcpy"
)
PIPELINES = "codecs | data | chunk | direction | ours MB/s | ours, one by one | gain | theirs | ours : theirs"
THREADS = (
    "codec | configuration | direction | ours, 1 | ours, 2 | 2 : 1 | 2 processes : 1 | theirs, 1 | theirs, 2 | ours : theirs on 2 | "
    "of memcpy on 2 | target | "
)
OVERHEAD = "codec | configuration | direction | ours, 4 KiB | theirs, 4 KiB | theirs : ours | ours, 64 bytes | target | "
MEMORY = "codec | configuration | KiB | window | "


def summary(rows):
    judged = [row for row in rows if row.peer == "numcodecs"]
    filters = [row for row in judged if row.filter]
    slow = [row for row in filters if row.ours < 0.7 * row.memcpy]
    below = [row for row in judged if row.missed]
    mean, codecs = geometric_mean([row.ratio for row in judged]), by_codec(judged)
    asked = geometric_mean([row.target for row in judged if row.target])
    target = "target 4" if mean >= 4 else "target 4, MISSED"
    return f"""\
Geometric mean over the {len(judged)} rows against numcodecs: **{mean:.2f} times** ({target}). {len(below)} rows are below their target;
were each at its own, the mean would be {asked:.2f}. With each of the {len(codecs)} codecs counted once it is {geometric_mean(codecs):.2f}.
Of {len(filters)} filter rows {len(slow)} are below 0.7 of memcpy of the same bytes. [What bounds them](#below-the-target) is at the end.
"""


def text(results, binding, seconds):
    versions = ", ".join(f"{name} {version(name)}" for name in [*PEERS, "numpy"])
    machine = f"{processor()}, {os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f}"
    yield f"""\
# Benchmarks

Printed by `make bench`, which anyone can run. Our library, called through cffi, and each peer, as PyPI ships it, take turns in one
process, on the same arrays, with one thread, and into given memory where the peer can. MB/s are of decoded bytes. Every figure is the
median of nine rounds in rotated order, of processor time, so that other work on the machine counts little; ratios are medians over the
rounds, ± half the distance of the quartiles. The result that was timed is the one that was checked. All decode the same bytes, those of
numcodecs.

{machine}, {versions}.
A call through the binding that does nothing takes {1e6 * binding:.2f} microseconds, which the first tables include. The whole took
{seconds / 60:.0f} minutes.

![Ours against numcodecs](benchmarks.svg)
"""
    yield summary(results["rows"])
    yield "## Every codec\n"
    yield from table(CODECS, codec_rows(results["rows"]))
    yield """\
## Filters and a compressor as one codec

One call with all stages, beside one call for each stage into memory that is kept, and numcodecs one after another.
[conventions.md](conventions.md#how-a-call-runs) tells which stages work piece by piece.
"""
    yield from table(PIPELINES, pipeline_rows(results["pipelines"]))
    yield """\
## Many chunks, one and two threads

32 chunks of 1 MiB, wall time: `nc_encode_batch` and `nc_decode_batch`; numcodecs in a loop and in a pool of two threads.
"2 processes" are two copies of the one thread in processes that share nothing, their speeds added: what the second core gives here.
"""
    yield from table(THREADS, thread_rows(results["threads"]))
    yield """\
## Small chunks

Microseconds of a call on 4 KiB, and on 64 bytes, where filters have nothing to do but the call; ours without the binding.
"""
    yield from table(OVERHEAD, overhead_rows(results["overhead"]))
    yield """\
## Peak memory

KiB that a process grows by at the most in a decode into memory of the caller, beside that memory; target 1024 beside the window of the
format: what a stream may refer back to.
"""
    yield from table(MEMORY, memory_rows(results["memory"]))
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
