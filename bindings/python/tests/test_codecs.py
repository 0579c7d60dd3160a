"""The codecs of the library beside those of numcodecs. `python -m unittest discover tests`, with the package installed."""
import json
import pickle
import unittest

import numcodecs
import numpy as np

import libnumcodecs

RAMP = np.arange(240, dtype="<f4").reshape(4, 60) / 4
FLAGS = RAMP.ravel() % 2 == 0
TEXT = np.array(["a", "", "zwei", "\u65e5\u672c"] * 5, object)
LISTS = np.empty(3, object)
LISTS[:] = [[1, 2.5], {"k": None}, "text"]
PARTS = np.empty(2, object)
PARTS[:] = [np.arange(3, dtype="<i4"), np.arange(0, dtype="<i4")]

# Every codec with what it takes; exact says that the bytes are fixed by the format or by one engine.
CASES = [
    ({"id": "adler32"}, RAMP, True),
    ({"id": "astype", "encode_dtype": "<f8", "decode_dtype": "<f4"}, RAMP, True),
    ({"id": "base64"}, RAMP, True),
    ({"id": "bitround", "keepbits": 5}, RAMP, True),
    ({"id": "blosc", "cname": "zstd", "shuffle": 2}, RAMP, False),
    ({"id": "bz2", "level": 9}, RAMP, True),
    ({"id": "categorize", "labels": ["a", "zwei"], "dtype": "O", "astype": "u1"}, TEXT, True),
    ({"id": "crc32"}, RAMP, True),
    ({"id": "crc32c"}, RAMP, True),
    ({"id": "delta", "dtype": np.dtype("<f4")}, RAMP, True),
    ({"id": "fixedscaleoffset", "offset": 0, "scale": 4, "dtype": "<f4", "astype": "<i2"}, RAMP, True),
    ({"id": "fletcher32"}, RAMP, True),
    ({"id": "gzip", "level": 1}, RAMP, False),
    ({"id": "jenkins_lookup3"}, RAMP, True),
    ({"id": "json2"}, LISTS, True),
    ({"id": "lz4"}, RAMP, False),
    ({"id": "lzma", "preset": 1}, RAMP, False),
    ({"id": "msgpack2"}, LISTS, True),
    ({"id": "packbits"}, FLAGS, True),
    ({"id": "quantize", "digits": 1, "dtype": "<f4"}, RAMP, True),
    ({"id": "shuffle", "elementsize": 4}, RAMP, True),
    ({"id": "vlen-array", "dtype": "<i4"}, PARTS, True),
    ({"id": "vlen-bytes"}, np.array([b"", b"bytes", b"\0\1"], object), True),
    ({"id": "vlen-utf8"}, TEXT, True),
    ({"id": "zfpy", "mode": 4, "tolerance": 0.001}, RAMP, True),
    ({"id": "zlib", "level": 6}, RAMP, False),
    ({"id": "zstd", "level": 5}, RAMP, False),
]


def plain(value):
    """Something to compare: items, or bytes in memory order with nothing about their type."""
    array = np.asarray(value) if isinstance(value, np.ndarray) else np.frombuffer(value, "u1")
    if array.dtype == object:
        return [item.tolist() if isinstance(item, np.ndarray) else item for item in array.ravel()]
    return array.tobytes("A")


class EveryCodec(unittest.TestCase):
    def test_both_ways_with_numcodecs(self):
        for config, values, exact in CASES:
            with self.subTest(config["id"]):
                ours, theirs = libnumcodecs.get_codec(config), numcodecs.get_codec(config)
                here, there = ours.encode(values), theirs.encode(values)
                if exact:
                    self.assertEqual(plain(here), plain(there))
                self.assertEqual(plain(theirs.decode(here)), plain(theirs.decode(there)))
                self.assertEqual(plain(ours.decode(there)), plain(theirs.decode(there)))
                self.assertEqual(json.dumps(ours.get_config()), json.dumps(theirs.get_config()))

    def test_every_codec_has_a_case(self):
        elsewhere = {"pcodec", "pickle"}  # numcodecs wants another package for the one, and an opt-in for the other
        self.assertEqual({config["id"] for config, _, _ in CASES} | elsewhere, set(libnumcodecs.classes))

    def test_decoded_types_are_those_of_numcodecs(self):
        for codec_id in ("zstd", "zlib", "bz2", "lz4", "blosc", "base64"):
            codec = libnumcodecs.get_codec({"id": codec_id})
            self.assertEqual(codec.decode(codec.encode(b"plain bytes")), b"plain bytes")
        delta = libnumcodecs.get_codec({"id": "delta", "dtype": "<i2"})
        back = delta.decode(delta.encode(np.arange(5, dtype="<i2")))
        self.assertEqual((back.dtype, back.tolist()), (np.dtype("<i2"), [0, 1, 2, 3, 4]))


class Arrays(unittest.TestCase):
    def setUp(self):
        self.codec = libnumcodecs.get_codec({"id": "lzma"})

    def test_any_memory_order(self):
        for values in (np.asfortranarray(RAMP), RAMP[:, ::2], RAMP[::-1], np.zeros((0, 3)), np.array("2026-11-23", "M8[s]")):
            back = np.frombuffer(self.codec.decode(self.codec.encode(values)), values.dtype)
            fortran = values.flags.f_contiguous and not values.flags.c_contiguous
            self.assertEqual(back.tolist(), values.ravel("F" if fortran else "C").tolist())

    def test_out(self):
        encoded, out = self.codec.encode(RAMP), np.empty_like(RAMP)
        self.assertIs(self.codec.decode(encoded, out=out), out)
        self.assertEqual(out.tobytes(), RAMP.tobytes())
        with self.assertRaises(libnumcodecs.NumcodecsError):
            self.codec.decode(encoded, out=np.empty(239, "<f4"))
        with self.assertRaises(libnumcodecs.NumcodecsError):
            self.codec.decode(encoded, out=np.empty(241, "<f4"))
        text = libnumcodecs.get_codec({"id": "vlen-utf8"})
        words = np.empty(len(TEXT), object)
        self.assertIs(text.decode(text.encode(TEXT), out=words), words)
        self.assertEqual(words.tolist(), TEXT.tolist())

    def test_results_outlive_their_codec(self):
        delta = libnumcodecs.get_codec({"id": "delta", "dtype": "<i4"})
        encoded = delta.encode(np.arange(100000, dtype="<i4"))
        del delta
        junk = [bytearray(400000) for _ in range(50)]
        self.assertEqual((int(encoded[0]), int(encoded[1:].min()), int(encoded[1:].max()), len(junk)), (0, 1, 1, 50))


class Errors(unittest.TestCase):
    def test_fields(self):
        with self.assertRaises(libnumcodecs.NumcodecsError) as caught:
            libnumcodecs.get_codec({"id": "zstd", "level": "high"})
        self.assertEqual((caught.exception.status, caught.exception.codec, caught.exception.path), ("CONFIG", "zstd", "level"))
        with self.assertRaises(libnumcodecs.NumcodecsError) as caught:
            libnumcodecs.get_codec({"id": "zlib"}).decode(b"not zlib at all")
        self.assertEqual(caught.exception.status, "DATA")
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((again.args, str(again)), (caught.exception.args, str(caught.exception)))
        with self.assertRaises(libnumcodecs.NumcodecsError) as caught:
            libnumcodecs.get_codec({"id": "no such codec"})
        self.assertEqual(caught.exception.status, "UNKNOWN_CODEC")


class Registry(unittest.TestCase):
    def test_register(self):
        before = dict(numcodecs.registry.codec_registry)
        try:
            libnumcodecs.register("zstd")
            self.assertIsInstance(numcodecs.get_codec({"id": "zstd"}), libnumcodecs.Codec)
            self.assertNotIsInstance(numcodecs.get_codec({"id": "zlib"}), libnumcodecs.Codec)
            libnumcodecs.register()
            self.assertIsInstance(numcodecs.get_codec({"id": "zlib"}), libnumcodecs.Codec)
        finally:
            numcodecs.registry.codec_registry.clear()
            numcodecs.registry.codec_registry.update(before)

    def test_codecs_travel(self):
        codec = libnumcodecs.get_codec({"id": "delta", "dtype": "<f4", "astype": "<f8"})
        again = pickle.loads(pickle.dumps(codec))
        self.assertEqual(again, codec)
        self.assertEqual(again.encode(RAMP).tobytes(), codec.encode(RAMP).tobytes())
        self.assertEqual(libnumcodecs.get_codec({"id": "zstd", "level": np.int64(5)}).get_config()["level"], 5)
        self.assertEqual(repr(codec), "Delta(dtype='<f4', astype='<f8')")


if __name__ == "__main__":
    unittest.main()
