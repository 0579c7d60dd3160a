"""What one call costs: 4 KiB chunks, and inputs so small that only the call is left."""

from dataclasses import dataclass

import measure
from ours import Ours, overhead
from peers import Numcodecs

CHUNK, TINY = 4096, 64
TARGET = 0.5  # microseconds, of a call beside its kernel


@dataclass
class Overhead:
    codec: str
    config: str
    direction: str
    ours: float  # microseconds of a call on 4 KiB, without the binding
    theirs: float
    tiny: float  # of one on 64 bytes
    judged: bool

    @property
    def missed(self):
        return self.judged and self.tiny > TARGET


# Codecs whose kernel takes no time to speak of on 64 bytes: what is left is the call.
KERNELS = {
    "shuffle",
    "delta",
    "fixedscaleoffset",
    "quantize",
    "bitround",
    "packbits",
    "astype",
    "crc32",
    "crc32c",
    "adler32",
    "fletcher32",
    "jenkins_lookup3",
    "base64",
}


def rows(library, arrays, cases, rounds, least):
    binding, seen = overhead(library), set()
    for case in cases:
        array = arrays[case.data].reshape(-1)
        if case.codec in seen or array.dtype == object or case.codec in ("zfpy", "pickle"):
            continue
        seen.add(case.codec)
        parts = {"4k": array[: CHUNK // array.itemsize].copy(), "tiny": array[: max(TINY // array.itemsize, 1)].copy()}
        codecs = {name: Ours(library, case.config, part) for name, part in parts.items()}
        theirs = Numcodecs(case.config, parts["4k"])
        pairs = {name: codec.encoder() for name, codec in codecs.items()}
        [pair[0]() for pair in pairs.values()]
        decoders = {name: codec.decoder(pairs[name][1]().copy(), parts[name].nbytes) for name, codec in codecs.items()}
        for direction, both, their in (("encode", pairs, theirs.encoder()), ("decode", decoders, theirs.decoder())):
            calls = {"4k": both["4k"][0], "tiny": both["tiny"][0], "theirs": their[0], "binding": binding}
            micro = {name: 1e6 * time.median for name, time in measure.interleaved(calls, rounds, least).items()}
            ours = {name: micro[name] - micro["binding"] for name in parts}
            yield Overhead(case.codec, case.label, direction, ours["4k"], micro["theirs"], ours["tiny"], case.codec in KERNELS)
