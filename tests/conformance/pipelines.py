"""Cases of kind `pipeline`: filters and a compressor run one after the other through single codecs, and as one codec."""
from checks import logical, require, require_same
from kinds import is_oracle_bug, require_documented
from numcodecs_c import Array
from vectors import dtype_string


def stages_of(case):
    return case["filters"] + ([case["compressor"]] if case["compressor"] else [])


def encode(codecs, source):
    """The results of all stages; each has the layout its codec gave it."""
    results = [source]
    for codec in codecs:
        results.append(codec.encode(results[-1]))
    return results


def decode(codecs, data, chunk):
    """Backwards through the stages. Only the first filter's result has a layout the reader knows."""
    result = Array(data)
    for position in reversed(range(len(codecs))):
        result = codecs[position].decode(result.data, chunk=chunk if position == 0 else None)
    return result if codecs else chunk.with_(data=data)


def check_stages(results, case):
    for position, (result, stage) in enumerate(zip(results[1:], case["stages"])):
        wanted = dtype_string(stage["dtype"]), tuple(stage["shape"])
        ours = result.dtype, tuple(result.shape)
        sized_freely = result.dtype == wanted[0] == "|u1" and not case["encode_deterministic"]
        require(ours == wanted or sized_freely, f"stage {position}: {ours} instead of {wanted}")


def check_whole(context, case, results, chunk, decoded):
    """One codec made of the list of configurations does what the single codecs do."""
    whole = context.codec(stages_of(case))
    require(whole.encode(results[0]).data == results[-1].data, "the pipeline encodes other bytes than its codecs")
    require_same(whole.decode(results[-1].data, chunk=chunk), decoded, "decode of the pipeline")


def pipeline(context, case):
    codecs = [context.codec(config) for config in stages_of(case)]
    first_id = stages_of(case)[0]["id"] if codecs else None
    source = context.vectors.array(case["input"], first_id, stages_of(case)[0] if codecs else None)
    stored, decoded = context.vectors.blob(case["stored"]), context.decoded(case)
    results = encode(codecs, source)
    check_stages(results, case)
    check_whole(context, case, results, source, decode(codecs, results[-1].data, source))
    require_same(decode(codecs, stored, decoded), decoded, "decode")
    if case["encode_deterministic"]:
        return require(results[-1].data == stored, "encode: the stored bytes differ")
    if is_oracle_bug(case):
        require_documented(context, case)
        ours = decode(codecs, results[-1].data, source)
        shaped = source.with_(data=decoded.data, order="C")
        return require(logical(ours) == logical(shaped), "documented difference: the values are not those of numcodecs")
    return require_same(decode(codecs, results[-1].data, decoded), decoded, "decode of what we encoded")
