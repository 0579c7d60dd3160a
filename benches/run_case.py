"""Measures one case: encode and decode, ours beside each peer, and checks what was timed."""

import json
from dataclasses import asdict, dataclass

import msgpack
import numpy as np

import measure
from ours import Ours, flat_items
from peers import OTHERS, Numcodecs


@dataclass
class Row:
    """One line of the tables; the field names are those of docs/benchmarks.json."""

    codec: str
    config: str
    data: str
    direction: str
    threads: int
    peer: str
    ours: float  # MB/s of decoded bytes
    theirs: float
    ratio: float
    spread: float
    target: float
    compression: float  # ours: decoded to encoded bytes
    compression_theirs: float
    memcpy: float
    filter: bool  # is compared with memcpy
    missed: bool

    def json(self):
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


class Wrong(Exception):
    """What was timed is not what it should be."""


def nbytes_of(array):
    return int(flat_items(array)[3][-1]) if array.dtype == object else array.nbytes


def check_encoded(case, theirs, ours, expected):
    if case.exact and not np.array_equal(ours, expected):
        raise Wrong(f"{case.codec} {case.label}: encoded bytes differ")
    if not case.exact and case.codec != "pickle":
        back = np.frombuffer(np.ascontiguousarray(theirs.decode(ours)), "u1")
        if not np.array_equal(back, np.frombuffer(np.ascontiguousarray(theirs.decode(theirs.encoded)), "u1")):
            raise Wrong(f"{case.codec} {case.label}: numcodecs decodes our bytes to something else")


def check_decoded(case, ours, theirs):
    if isinstance(ours, tuple):
        same = item_values(case, *ours) == [getattr(item, "tolist", lambda item=item: item)() for item in theirs]
    else:
        same = np.array_equal(ours, np.frombuffer(np.ascontiguousarray(theirs), "u1"))
    if not same:
        raise Wrong(f"{case.codec} {case.label}: decoded values differ")


READ_ITEM = {
    "json2": json.loads,
    "msgpack2": msgpack.unpackb,
    "vlen-bytes": bytes,
    "vlen-array": lambda item: np.frombuffer(item, "<f4").tolist(),
}


def item_values(case, data, offsets):
    read = READ_ITEM.get(case.codec, lambda item: item.decode())
    return [read(data[a:b]) for a, b in zip(offsets, offsets[1:])]


def copier(nbytes):
    source, target = np.ones(nbytes, "u1"), np.empty(nbytes, "u1")
    return lambda: np.copyto(target, source)


def run(library, case, array, rounds, least):
    """The rows of a case."""
    nbytes, theirs = nbytes_of(array), Numcodecs(case.config, array)
    ours = Ours(library, case.config, array)
    others = {name: OTHERS[name](case.config, array) for name in case.peers}
    (our_encode, our_result), (their_encode, their_result) = ours.encoder(), theirs.encoder()
    calls = {"ours": our_encode, "numcodecs": their_encode, "memcpy": copier(nbytes)} | {name: other[0] for name, other in others.items()}
    times = measure.interleaved(calls, rounds, least)
    check_encoded(case, theirs, our_result(), their_result())
    sizes = len(our_result()), len(their_result())
    yield from rows(case, "encode", case.encode, times, nbytes, sizes, others)
    # Both decode the same bytes: those of numcodecs. Pickles of ours are not those of Python.
    source = our_result().copy() if case.codec == "pickle" else their_result()
    (our_decode, our_result), (their_decode, their_result) = ours.decoder(source, nbytes), theirs.decoder()
    calls = {"ours": our_decode, "numcodecs": their_decode, "memcpy": copier(nbytes)} | {name: other[1] for name, other in others.items()}
    times = measure.interleaved(calls, rounds, least)
    check_decoded(case, our_result(), their_result())
    yield from rows(case, "decode", case.decode, times, nbytes, sizes, others)


def rows(case, direction, target, times, nbytes, sizes, others):
    rate = {name: nbytes / time.median / 1e6 for name, time in times.items()}
    for peer in times:
        if peer in ("ours", "memcpy"):
            continue
        ratio, main = measure.ratio(times[peer], times["ours"]), peer == "numcodecs"
        size = sizes[1] if main else others[peer][2]
        short = main and target is not None and ratio < target
        weak = main and case.ratio is not None and direction == "encode" and sizes[0] * case.ratio > sizes[1]
        yield Row(
            case.codec,
            case.label,
            case.data,
            direction,
            1,
            peer,
            rate["ours"],
            rate[peer],
            ratio,
            times["ours"].spread,
            target if main else None,
            nbytes / sizes[0],
            nbytes / size,
            rate["memcpy"],
            case.filter,
            bool(short or weak),
        )
