"""Filters and a compressor as one codec: ours at once, ours one stage after another in kept memory, numcodecs one after another."""

from dataclasses import asdict, dataclass

import numcodecs
import numpy as np

import measure
from ours import Ours

SIZES = 1 << 20, 4 << 20


@dataclass
class Pipeline:
    codecs: str
    data: str
    nbytes: int
    direction: str
    ours: float  # MB/s of decoded bytes, all stages in one call
    apart: float  # one call for each stage
    theirs: float
    gain: float  # of one call over one for each stage
    ratio: float

    def json(self):
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def pipelines():
    lz4 = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}
    scale = {"id": "fixedscaleoffset", "scale": 100, "offset": 0, "dtype": "<f4", "astype": "<i2"}
    yield "etopo", [{"id": "delta", "dtype": "<i2"}, lz4]
    yield "relief_i4", [{"id": "delta", "dtype": "<i4"}, lz4]
    yield "times", [{"id": "delta", "dtype": "<i8"}, lz4]
    yield "times", [{"id": "delta", "dtype": "<i8"}, {**lz4, "cname": "zstd", "clevel": 1}]
    yield "navy", [scale, lz4]
    yield "navy", [scale, {"id": "delta", "dtype": "<i2"}, lz4]
    yield "navy", [scale, {"id": "zlib", "level": 1}]
    yield "navy", [{"id": "quantize", "digits": 2, "dtype": "<f4"}, lz4]
    yield "ocean", [{"id": "bitround", "keepbits": 10}, lz4]
    yield "ocean", [{"id": "shuffle", "elementsize": 4}, {**lz4, "shuffle": 0}]
    yield "ocean", [{"id": "shuffle", "elementsize": 4}, {"id": "zlib", "level": 1}]
    yield (
        "navy_f8",
        [{"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"}, {"id": "quantize", "digits": 2, "dtype": "<f4"}, {"id": "crc32c"}],
    )
    yield "navy", [scale, {"id": "delta", "dtype": "<i2"}, {"id": "crc32c"}]


def name(config):
    unsaid = ("astype", "clevel", "offset", "encode_dtype", "decode_dtype", "" if config["id"] == "delta" else "dtype")
    return " ".join(str(value) for key, value in config.items() if key not in unsaid)


def one_after_another(calls):
    def call():
        for each in calls:
            each()

    return call


def theirs_of(configs, array):
    """What numcodecs does with filters and a compressor: the stages of both directions, and the encoded bytes."""
    codecs, arrays = [numcodecs.get_codec(config) for config in configs], [array]
    for codec in codecs:
        arrays.append(codec.encode(arrays[-1]))
    out = np.empty_like(array)

    def encode():
        held = array
        for codec in codecs:
            held = codec.encode(held)

    def decode():
        held = arrays[-1]
        for codec in codecs[:0:-1]:
            held = codec.decode(held)
        codecs[0].decode(held, out)

    return encode, decode, arrays


def ours_of(library, configs, arrays):
    """The same with ours: one codec of all stages, and one for each; all write into kept memory."""
    whole = Ours(library, configs, arrays[0])
    encode, result = whole.encoder()
    encode()
    encoded = result().copy()
    stages = [Ours(library, config, as_array(array)) for config, array in zip(configs, arrays)]
    pairs = [stage.encoder() for stage in stages]
    [call() for call, _ in pairs]
    if not np.array_equal(pairs[-1][1](), encoded):
        raise AssertionError(f"{configs}: the bytes are not those of one stage after another")
    decoders, held = [], encoded
    for stage in reversed(stages):
        decoders.append(stage.decoder(held, stage.nbytes))
        decoders[-1][0]()
        held = decoders[-1][1]()
    decode, decoded = whole.decoder(encoded, arrays[0].nbytes)
    decode()
    if not np.array_equal(decoded(), held):
        raise AssertionError(f"{configs}: decoding does not give what one stage after another does")
    return (encode, one_after_another([call for call, _ in pairs])), (decode, one_after_another([call for call, _ in decoders]))


def as_array(held):
    return held if isinstance(held, np.ndarray) else np.frombuffer(held, "u1")


def rows(library, arrays, rounds, least):
    for data, configs in pipelines():
        for nbytes in SIZES:
            array = arrays[data].reshape(-1)
            array = array[: nbytes // array.itemsize].copy()
            their_encode, their_decode, held = theirs_of(configs, array)
            for direction, (ours, apart), theirs in zip(
                ("encode", "decode"), ours_of(library, configs, held), (their_encode, their_decode)
            ):
                times = measure.interleaved({"ours": ours, "apart": apart, "theirs": theirs}, rounds, least)
                rate = {each: array.nbytes / time.median / 1e6 for each, time in times.items()}
                yield Pipeline(
                    ", ".join(map(name, configs)),
                    data,
                    array.nbytes,
                    direction,
                    **rate,
                    gain=measure.ratio(times["apart"], times["ours"]),
                    ratio=measure.ratio(times["theirs"], times["ours"]),
                )
