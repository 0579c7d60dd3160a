"""What encode and decode must do for one input or one encoded block, through every call that does it."""
import numpy as np

from items import same, values_of
from machine import swap
from numcodecs_c import FIXED, NcError
from statuses import check_fields

FILL = 0xA5


class Failure(Exception):
    """The library's answer is wrong."""


def require(condition, text):
    if not condition:
        raise Failure(text)


def refuse(statuses, call, *args, what, codec_id=None, **kwargs):
    """The call must fail with one of the statuses."""
    try:
        call(*args, **kwargs)
    except NcError as error:
        require(error.name in statuses, f"{what}: {error.name} instead of {' or '.join(sorted(statuses))}: {error.message}")
        check_fields(error, codec_id)
        return error
    raise Failure(f"{what}: accepted instead of {' or '.join(sorted(statuses))}")


def first_difference(a, b):
    if len(a) != len(b):
        return f"{len(a)} bytes instead of {len(b)}"
    at = next(i for i, (x, y) in enumerate(zip(a, b)) if x != y)
    return f"byte {at} is {a[at]:#04x} instead of {b[at]:#04x}"


def require_same(result, expected, what, layout=True):
    """The same values; with `layout` also dtype, shape, order and kind."""
    if expected.kind == FIXED:
        require(result.kind == FIXED, f"{what}: items of kind {result.kind} instead of fixed size")
        if result.data != expected.data:
            raise Failure(f"{what}: {first_difference(result.data, expected.data)}")
    else:
        require(result.kind == expected.kind, f"{what}: items of kind {result.kind} instead of {expected.kind}")
        got, wanted = values_of(result), values_of(expected)
        require(len(got) == len(wanted), f"{what}: {len(got)} items instead of {len(wanted)}")
        for at, (a, b) in enumerate(zip(got, wanted)):
            require(same(a, b), f"{what}: item {at} is {a!r:.60} instead of {b!r:.60}")
    if layout:
        require(result.layout == expected.layout, f"{what}: layout {result.layout} instead of {expected.layout}")


def check_encode(codec, codec_id, source, encoded):
    """Every way to encode gives the bytes of `encoded`, which nc_encode gave, and respects room and limits."""
    size = len(encoded.data)
    for room in (size, size + 9):
        into = codec.encode_into(source, room)
        if into != encoded.data:
            raise Failure(f"encode_into with {room} bytes of room: {first_difference(into, encoded.data)}")
    require_same(codec.encode(source, max_output=size), encoded, "encode with max_output equal to the size")
    if size:
        error = refuse({"SPACE"}, codec.encode_into, source, size - 1, what="encode_into one byte short", codec_id=codec_id)
        require(error.needed == 0 or error.needed >= size, f"encode_into one byte short: needed is {error.needed}, the size is {size}")
        if size > 1:
            refuse({"LIMIT"}, codec.encode, source, max_output=size - 1, what="encode with max_output one short", codec_id=codec_id)
    bound, layout = codec.encode_info(source)
    require(bound is None or bound >= size, f"encode_info promises at most {bound} bytes, there are {size}")
    if layout is not None:
        require_same(encoded.with_(**layout), encoded, "encode_info")
    if source.offsets is not None:
        require_same(codec.encode_items(source), encoded, "encode_items")
    elif source.data and source.shape:
        spread = source.with_(strides=gapped_strides(source))
        spread = spread.with_(data=spread_items(source, spread.strides, 0).tobytes())
        require_same(codec.encode(spread), codec.encode(source.with_(data=logical(source), order="C")), "encode of items with gaps")


def check_decode(codec, codec_id, data, expected, strict=False):
    """Every way to decode gives `expected`. Without a chunk layout a codec may know no more than bytes or a flat array."""
    plain = codec.decode(data)
    require_same(plain, expected, "decode", layout=False)
    if expected.kind == FIXED:
        require(plain.dtype in (expected.dtype, "|u1"), f"decode: dtype {plain.dtype} instead of {expected.dtype}")
    require_same(codec.decode(data, chunk=expected), expected, "decode with the chunk's layout")
    if strict:
        require_same(codec.decode(data, flags=codec.lib.NUMCODECS_STRICT), expected, "decode with STRICT", layout=False)
    check_decode_info(codec, data, plain)
    check_limits(codec, codec_id, data, plain)
    if expected.kind == FIXED:
        check_decode_into(codec, codec_id, data, expected)
        check_destinations(codec, codec_id, data, expected)
    else:
        refuse({"UNSUPPORTED", "DTYPE", "SHAPE"}, codec.decode_into, data, len(expected.data) + 64, codec_id=codec_id,
               what="decode_into of object items")


def check_decode_info(codec, data, plain):
    size, layout = codec.decode_info(data)
    require(size is None or size == len(plain.data), f"decode_info claims {size} bytes, there are {len(plain.data)}")
    if layout is not None:
        require(plain.with_(**layout).layout == plain.layout, f"decode_info claims {layout}, decode gives {plain.layout}")


def check_limits(codec, codec_id, data, plain):
    size = len(plain.data)
    offsets = 0 if plain.offsets is None else 8 * len(plain.offsets)
    codec.decode(data, max_output=max(size + offsets, 1))
    if size > 1:
        refuse({"LIMIT"}, codec.decode, data, max_output=size - 1, what="decode with max_output one short", codec_id=codec_id)


def check_decode_into(codec, codec_id, data, expected):
    size = len(expected.data)
    for layouts in ({}, {"chunk": expected}, {"chunk": expected, "want": expected}):
        for room in (size, size + 9):
            written, held = codec.decode_into(data, room, **layouts)
            what = f"decode_into with {room} bytes of room and {'+'.join(layouts) or 'no layouts'}"
            require(written == size, f"{what}: {written} bytes written instead of {size}")
            if held[:size] != expected.data:
                raise Failure(f"{what}: {first_difference(held[:size], expected.data)}")
            require(held[size:] == bytes([FILL]) * (room - size), f"{what}: the room behind the result was touched")
        if size:
            error = refuse({"SPACE"}, codec.decode_into, data, size - 1, what="decode_into one byte short", codec_id=codec_id, **layouts)
            require(error.needed == 0 or error.needed >= size, f"decode_into one byte short: needed is {error.needed}")


def check_destinations(codec, codec_id, data, expected):
    """Destinations with gaps and in the other byte order; other shapes and dtypes are refused."""
    itemsize = np.dtype(expected.dtype).itemsize
    if not expected.data or not itemsize:
        return
    if expected.shape:
        check_strided(codec, codec_id, data, expected)
        check_box(codec, codec_id, data, expected)
        wider = expected.with_(shape=(expected.shape[0] + 1, *expected.shape[1:]))
        refuse({"SHAPE"}, codec.decode_into, data, 2 * len(expected.data) + itemsize, chunk=expected, want=wider, codec_id=codec_id,
               what="decode_into a larger shape")
    swapped = swap(expected)
    if swapped is not None:
        require_same(codec.decode(data, chunk=expected, want=swapped), swapped, "decode into the other byte order")
        _, held = codec.decode_into(data, len(swapped.data), chunk=expected, want=swapped)
        require(held == swapped.data, "decode_into the other byte order: wrong bytes")
    other = expected.with_(dtype="<i8" if np.dtype(expected.dtype).kind == "f" else "<f8")
    refuse({"DTYPE", "SHAPE"}, codec.decode_into, data, 8 * len(expected.data), chunk=expected, want=other, codec_id=codec_id,
           what="decode_into another dtype")


def check_strided(codec, codec_id, data, expected):
    """The other order with a gap after every item: each item in its place, the gaps untouched."""
    want = expected.with_(strides=gapped_strides(expected))
    block = spread_items(expected, want.strides, FILL).tobytes()
    _, held = codec.decode_into(data, len(block), chunk=expected, want=want)
    if held != block:
        raise Failure(f"decode_into a strided destination: {first_difference(held, block)}")
    refuse({"SPACE", "SHAPE"}, codec.decode_into, data, len(block) - 1, chunk=expected, want=want, codec_id=codec_id,
           what="decode_into a strided destination one byte short")


def check_box(codec, codec_id, data, expected):
    """A part from the middle, and a refusal of one that reaches over the edge."""
    start, stop = [n // 3 for n in expected.shape], [n - n // 4 for n in expected.shape]
    part = items_of(expected)[tuple(map(slice, start, stop))]
    want = expected.with_(data=part.tobytes(), shape=part.shape, order="C")
    held = codec.decode_box(data, expected, start, want)
    if held != want.data:
        raise Failure(f"decode_box: {first_difference(held, want.data)}")
    refuse({"SHAPE"}, codec.decode_box, data, expected, [n + 1 for n in start], expected, what="decode_box over the edge", codec_id=codec_id)


def items_of(array):
    """The items as a NumPy array of raw bytes, without a meaning."""
    return np.frombuffer(array.data, f"V{np.dtype(array.dtype).itemsize}").reshape(array.shape, order=array.order)


def logical(array):
    """The bytes in index order, whatever order they lie in."""
    return items_of(array).tobytes()


def gapped_strides(array):
    """Strides of the other order, with a gap after every item and every line."""
    itemsize = np.dtype(array.dtype).itemsize
    dims = range(len(array.shape)) if array.order == "C" else reversed(range(len(array.shape)))
    strides, step = [0] * len(array.shape), 2 * itemsize
    for dim in dims:
        strides[dim] = step
        step = step * array.shape[dim] + itemsize
    return tuple(strides)


def spread_items(array, strides, fill):
    """The memory that the items take with these strides; gaps hold `fill`."""
    items = items_of(array)
    block = np.full(sum((n - 1) * s for n, s in zip(array.shape, strides)) + items.itemsize, fill, np.uint8)
    np.ndarray(array.shape, items.dtype, block, strides=strides)[...] = items
    return block
