"""One function per kind of case; each returns when the library is right and raises Failure, ContractError or NcError when it is not.

What is returned is a word for the report, "accepted" where a library may accept what numcodecs refuses.
"""
import json
import pathlib
import re

import numpy as np

import items
import machine
from checks import Failure, check_decode, check_encode, logical, refuse, require, require_same
from numcodecs_c import FIXED, ROOT, Array, NcError
from statuses import check_error, check_fields
from vectors import dtype_string

# Codecs that change values: what they refuse under STRICT depends on the values, not on the encoded form alone.
ARRAY_FILTERS = {"delta", "astype", "fixedscaleoffset", "quantize", "bitround", "categorize"}


def topic(name):
    """A case name without the letter of its set."""
    return re.sub(r"^[a-z]\.", "", name)


def topics(text):
    """The case names in a text, in backticks."""
    return {topic(name) for name in re.findall(r"`([\w.<>|-]+)`", text)}


class Context:
    """What a case needs to run: the library, the set it is from and what the project documents."""

    def __init__(self, library, vectors, differences=ROOT / "docs" / "differences.md"):
        self.library, self.vectors = library, vectors
        path = pathlib.Path(differences)
        self.documented = topics(path.read_text("utf-8")) if path.exists() else set()

    def codec(self, config):
        return self.library.codec(json.dumps(config))

    def documents(self, name):
        """Whether differences.md names the case, or the family it belongs to: `p.bitround.nan_payload` covers `p.bitround.nan_payload.f4`."""
        parts = topic(name).split(".")
        return any(".".join(parts[:n]) in self.documented for n in range(2, len(parts) + 1))

    def decoded(self, case, descriptor="decoded"):
        """The expected result of decoding, as the C API gives it."""
        wanted = case[descriptor]
        shape, order = tuple(wanted["shape"]), wanted["order"]
        config = case.get("config") or (case["filters"] or [case["compressor"] or {}])[0]
        if wanted["dtype"] != "|O":
            return machine.array(config.get("id"), Array(self.vectors.blob(wanted), dtype_string(wanted["dtype"]), shape, order))
        values = self.vectors.values(wanted, case.get("input"))
        return items.objects(values, items.KINDS[config["id"]], shape, order, config.get("dtype"))


def is_oracle_bug(case):
    return "oracle_bug" in case or case.get("note", "").startswith("oracle bug")


def require_documented(context, case):
    require(context.documents(case["name"]), "numcodecs is wrong here: docs/differences.md must name the case")


def check_config(context, codec, case):
    """nc_codec_config prints what get_config() prints: keys in order, integers and floats in their form."""
    printed = json.loads(codec.config())
    wanted = machine.config(case["config"], case.get("get_config", case["config"]))
    require(repr(printed) == repr(wanted), f"config: {codec.config()} instead of {json.dumps(wanted)}")
    require(context.codec(printed).config() == codec.config(), "config: not stable when read back")
    reordered = dict(reversed(case["config"].items()))
    require(codec.equals(context.codec(reordered)), "equality: key order matters")
    other = {"id": "base64"} if case["config"]["id"] != "base64" else {"id": "fletcher32"}
    try:
        require(not codec.equals(context.codec(other)), f"equality: equals {other}")
    except NcError as error:
        require(error.name == "UNKNOWN_CODEC", str(error))


def config(context, case):
    check_config(context, context.codec(case["config"]), case)


def roundtrip(context, case):
    if is_oracle_bug(case):
        return documented_difference(context, case)
    codec, codec_id = context.codec(case["config"]), case["config"]["id"]
    check_config(context, codec, case)
    source = context.vectors.array(case["input"], codec_id, case["config"])
    stored, decoded = context.decoded(case, "encoded"), context.decoded(case)
    encoded = codec.encode(source)
    strict = codec_id not in ARRAY_FILTERS
    check_encode(codec, codec_id, source, encoded)
    check_decode(codec, codec_id, stored.data, decoded, strict)
    if case["encode_deterministic"]:
        require_same(encoded, stored, "encode")
    else:
        prefix = case.get("encode_prefix", 0)
        require(encoded.data[:prefix] == stored.data[:prefix], f"encode: the first {prefix} bytes are {encoded.data[:prefix].hex()}")
        require_same(codec.decode(encoded.data, chunk=decoded), decoded, "decode of what we encoded")
    restores_layout = source.dtype == decoded.dtype or decoded.dtype == "|u1"
    if case.get("lossless") and source.kind == decoded.kind == FIXED and restores_layout and len(source.data) == len(decoded.data):
        require_same(codec.decode(stored.data, chunk=source), source, "decode with the input's layout")


def documented_difference(context, case):
    """numcodecs is wrong here and docs/differences.md says what we do: refuse, keep the values, or do as numcodecs does."""
    require_documented(context, case)
    try:
        codec = context.codec(case["config"])
        source = context.vectors.array(case["input"], case["config"]["id"], case["config"])
        encoded = codec.encode(source)
    except NcError as error:
        return check_fields(error, case["config"]["id"])
    result = codec.decode(encoded.data, chunk=source)  # what was encoded must decode
    if result.data != source.data:
        require(logical(result) == logical(context.decoded(case)), "documented difference: neither the input nor the values of numcodecs")


def decode_only(context, case):
    codec, codec_id = context.codec(case["config"]), case["config"]["id"]
    check_config(context, codec, case)
    data, decoded = context.vectors.blob(case["encoded"]), context.decoded(case)
    if case.get("recommend") == "reject":
        refuse({"DATA", "SHAPE"}, codec.decode, data, flags=codec.lib.NUMCODECS_STRICT, what="decode with STRICT", codec_id=codec_id)
        try:
            codec.decode(data)
        except NcError as error:
            return check_error(error, "corrupt", codec_id)
    return check_decode(codec, codec_id, data, decoded)


def decode_into(context, case):
    codec, out, codec_id = context.codec(case["config"]), case["out"], case["config"]["id"]
    data = context.vectors.blob(case["encoded"])
    want = Array(bytes(out["nbytes"]), dtype_string(out["dtype"]), (out["nbytes"] // np.dtype(out["dtype"]).itemsize,))
    if case["expect"] == "ok":
        written, held = codec.decode_into(data, out["nbytes"], fill=out["prefill"])
        require(held == context.vectors.blob(case["out_after"]), "decode_into: the destination differs")
        return require(set(held[written:]) <= {out["prefill"]}, f"decode_into: {written} bytes are said to be written")
    for layouts in ({}, {"want": want}) if case["category"] == "out_too_small" else ({"want": want},):
        try:
            codec.decode_into(data, out["nbytes"], fill=out["prefill"], **layouts)
        except NcError as error:
            check_error(error, case["category"], codec_id)
        else:
            raise Failure("decode_into: accepted")


def must_refuse(context, case, attempt):
    """The codec cannot be built, or `attempt` with it fails, for a plausible reason; returns what it gave where that is allowed."""
    codec_id = case["config"].get("id")
    try:
        result = attempt(context.codec(case["config"]))
    except NcError as error:
        return check_error(error, case["category"], None if case["category"] == "unknown_codec" else codec_id)
    if case.get("recommend") not in ("accept", "either") and not encodes_nothing(context, case):
        raise Failure("accepted")
    return result


def encodes_nothing(context, case):
    """Whether the encoded bytes are what empty input gives: that comes back empty in every codec here, though not in numcodecs'."""
    if case["kind"] != "invalid_decode" or not case["encoded"]["nbytes"]:
        return False
    codec, data = context.codec(case["config"]), context.vectors.blob(case["encoded"])
    return codec.encode(Array(b"")).data == data and codec.decode(data).data == b""


def invalid_config(context, case):
    must_refuse(context, case, lambda codec: None)


def invalid_encode(context, case):
    source = context.vectors.array(case["input"], case["config"]["id"], case["config"])
    result = must_refuse(context, case, lambda codec: codec.encode(source))
    must_refuse(context, case, lambda codec: codec.encode_into(source, 1 << 16))
    return "accepted" if result is not None else ""


def invalid_decode(context, case):
    data = context.vectors.blob(case["encoded"])
    result = must_refuse(context, case, lambda codec: codec.decode(data))
    if result is not None and "empty" in case["name"]:
        require(result.data == b"", f"decode of an empty encoding gives {len(result.data)} bytes")
    must_refuse(context, case, lambda codec: codec.decode_into(data, 1 << 16))
    must_refuse(context, case, lambda codec: codec.decode(data, max_output=1 << 20))
    return "accepted" if result is not None else ""


KINDS = {"config": config, "roundtrip": roundtrip, "decode_only": decode_only, "decode_into": decode_into, "invalid_config": invalid_config,
         "invalid_encode": invalid_encode, "invalid_decode": invalid_decode, "must_error": invalid_decode}
