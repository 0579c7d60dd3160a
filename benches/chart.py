"""Draws docs/benchmarks.svg: for each codec how many times faster than numcodecs, encode and decode."""

import math
import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"
WIDTH, LEFT, ROW, TOP = 760, 170, 26, 54
LEAST, MOST = 0.5, 100  # times, on a logarithmic axis
COLOURS = {"encode": "#2a6f97", "decode": "#e09f3e"}


def x(times):
    share = math.log(min(max(times, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + share * (WIDTH - LEFT - 50)


def means(rows):
    """Geometric means by codec and direction, against numcodecs."""
    logs = {}
    for row in rows:
        if row.peer == "numcodecs":
            logs.setdefault(row.codec, {}).setdefault(row.direction, []).append(math.log(row.ratio))
    return {codec: {way: math.exp(sum(v) / len(v)) for way, v in ways.items()} for codec, ways in logs.items()}


def elements(codecs):
    bottom = TOP + ROW * len(codecs)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 16}" font-family="sans-serif" font-size="12">'
    yield f'<rect width="{WIDTH}" height="{bottom + 16}" fill="white"/>'
    yield f'<text x="{LEFT}" y="18" font-size="14">Times as fast as numcodecs, one thread</text>'
    for times in (1, 2, 5, 10, 20, 50, 100):
        yield f'<line x1="{x(times):.1f}" x2="{x(times):.1f}" y1="{TOP - 6}" y2="{bottom}" stroke="{"#333" if times == 1 else "#ddd"}"/>'
        yield f'<text x="{x(times):.1f}" y="{TOP - 12}" text-anchor="middle" fill="#555">{times}</text>'
    for i, (way, colour) in enumerate(COLOURS.items()):
        yield f'<rect x="{WIDTH - 160 + 75 * i}" y="9" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{WIDTH - 146 + 75 * i}" y="18">{way}</text>'
    for i, (codec, ways) in enumerate(codecs.items()):
        y = TOP + ROW * i
        yield f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{codec}</text>'
        for k, way in enumerate(COLOURS):
            start, end = sorted((x(1), x(ways[way])))
            yield f'<rect x="{start:.1f}" y="{y + 1 + 11 * k}" width="{max(end - start, 1):.1f}" height="10" fill="{COLOURS[way]}"/>'
            yield f'<text x="{end + 4:.1f}" y="{y + 10 + 11 * k}" font-size="10" fill="#333">{ways[way]:.1f}</text>'
    yield "</svg>"


def write(rows):
    (DOCS / "benchmarks.svg").write_text("\n".join(elements(means(rows))) + "\n")
