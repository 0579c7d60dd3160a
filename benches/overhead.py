"""What one call costs: 4 KiB chunks, and inputs so small that only the call is left."""

from dataclasses import dataclass

import measure
from ours import Ours
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


def rows(library, arrays, cases, binding, rounds, least):
    seen = set()
    for case in cases:
        array = arrays[case.data].reshape(-1)
        if case.codec in seen or array.dtype == object or case.codec in ("zfpy", "pickle"):
            continue
        seen.add(case.codec)
        parts = {"4k": array[: CHUNK // array.itemsize].copy(), "tiny": array[: max(TINY // array.itemsize, 1)].copy()}
        ours = {name: Ours(library, case.config, part) for name, part in parts.items()}
        theirs = Numcodecs(case.config, parts["4k"])
        pairs = {name: one.encoder() for name, one in ours.items()}
        [pair[0]() for pair in pairs.values()]
        decoders = {name: ours[name].decoder(pairs[name][1]().copy(), parts[name].nbytes) for name in ours}
        for direction, both, their in (("encode", pairs, theirs.encoder()), ("decode", decoders, theirs.decoder())):
            times = measure.interleaved({"4k": both["4k"][0], "tiny": both["tiny"][0], "theirs": their[0]}, rounds, least)
            micro = {name: 1e6 * time.median for name, time in times.items()}
            yield Overhead(
                case.codec, case.label, direction, micro["4k"] - binding, micro["theirs"], micro["tiny"] - binding, case.codec in KERNELS
            )
