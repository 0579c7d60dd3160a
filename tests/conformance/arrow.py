"""include/numcodecs_arrow.h: what the codecs decode, handed to pyarrow without a copy, equals what Python decodes."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import cffi
import numcodecs
import numpy as np
import pyarrow as pa

from numcodecs_c import ROOT, default_library

SHIM = """
#include "numcodecs_arrow.h"
nc_status export_array(nc_buffer *buffer, struct ArrowArray *array, struct ArrowSchema *schema);
nc_status export_array(nc_buffer *buffer, struct ArrowArray *array, struct ArrowSchema *schema) {
  return nc_arrow_export(buffer, array, schema);
}
"""

DECLARATIONS = """
int nc_codec_from_config(const char *, void *, void **, void *);
int nc_decode(void *, const void *, size_t, void *, void *, void *, void **, void *);
void *nc_buffer_data(void *);
void nc_buffer_free(void *);
int export_array(void *, void *, void *);
"""


def object_array(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def cases():
    """Configuration, encoded chunk, Arrow type, values."""
    text = ["foo", "", "bär", "x" * 1000]
    blobs = [b"a", b"", b"\xff\x00"]
    arrays = [np.array([1, 2], "<i2"), np.array([], "<i2"), np.array([-3], "<i2")]
    times = np.array(["2020-01-01T00:00:00", "1969-12-31T23:59:59"], "<M8[s]")
    yield {"id": "vlen-utf8"}, numcodecs.VLenUTF8().encode(object_array(text)), pa.large_string(), text
    yield {"id": "vlen-utf8"}, numcodecs.VLenUTF8().encode(object_array([])), pa.large_string(), []
    yield {"id": "vlen-utf8"}, numcodecs.VLenUTF8().encode(object_array(["", ""])), pa.large_string(), ["", ""]
    yield {"id": "vlen-bytes"}, numcodecs.VLenBytes().encode(object_array(blobs)), pa.large_binary(), blobs
    codec = numcodecs.VLenArray("<i2")
    yield codec.get_config(), codec.encode(object_array(arrays)), pa.large_list(pa.int16()), [a.tolist() for a in arrays]
    yield {"id": "json2"}, numcodecs.JSON().encode(object_array([{"a": 1}, None])), pa.large_string(), ['{"a":1}', "null"]
    floats = np.linspace(0, 1, 5)
    codec = numcodecs.Delta("<f8")
    yield codec.get_config(), codec.encode(floats).tobytes(), pa.float64(), codec.decode(codec.encode(floats)).tolist()
    codec = numcodecs.AsType(encode_dtype="<i8", decode_dtype="<M8[s]")
    yield codec.get_config(), codec.encode(times).tobytes(), pa.timestamp("s"), times.astype(object).tolist()


class Bridge:
    def __init__(self, library, folder):
        source = pathlib.Path(folder, "shim.c")
        source.write_text(SHIM)
        shim = source.with_suffix(".so")
        command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{ROOT / 'include'}"]
        subprocess.run([*command, str(source), str(library), "-o", str(shim)], check=True)
        self.ffi = cffi.FFI()
        self.ffi.cdef(DECLARATIONS)
        self.lib = self.ffi.dlopen(str(library), self.ffi.RTLD_GLOBAL | self.ffi.RTLD_NOW)
        self.shim = self.ffi.dlopen(str(shim))

    def decode(self, config, encoded):
        codec, buffer = self.ffi.new("void **"), self.ffi.new("void **")
        null = self.ffi.NULL
        assert self.lib.nc_codec_from_config(json.dumps(config).encode(), null, codec, null) == 0, config
        assert self.lib.nc_decode(codec[0], bytes(encoded), len(encoded), null, null, null, buffer, null) == 0, config
        return buffer[0]

    def to_arrow(self, buffer):
        array, schema = self.ffi.new("char[]", 80), self.ffi.new("char[]", 72)
        status = self.shim.export_array(buffer, array, schema)
        assert status == 0, f"export gives status {status}"
        return pa.Array._import_from_c(int(self.ffi.cast("uintptr_t", array)), int(self.ffi.cast("uintptr_t", schema)))


def check(bridge, config, encoded, kind, values):
    buffer = bridge.decode(config, encoded)
    address = int(bridge.ffi.cast("uintptr_t", bridge.lib.nc_buffer_data(buffer)))
    array = bridge.to_arrow(buffer)
    array.validate(full=True)
    assert array.type == kind, f"{array.type} instead of {kind}"
    assert array.to_pylist() == values, f"{array.to_pylist()} instead of {values}"
    data = [b.address for b in array.buffers() if b is not None]
    assert address == 0 or address in data, "the bytes were copied"


def refused(bridge):
    """Half of a complex number is nothing Arrow knows; the buffer stays the caller's."""
    codec = numcodecs.Delta("<c8")
    buffer = bridge.decode(codec.get_config(), codec.encode(np.array([1 + 2j], "<c8")).tobytes())
    array, schema = bridge.ffi.new("char[]", 80), bridge.ffi.new("char[]", 72)
    status = bridge.shim.export_array(buffer, array, schema)
    bridge.lib.nc_buffer_free(buffer)
    assert status == 6, f"status {status} instead of NUMCODECS_ERR_DTYPE"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lib", default=default_library())
    library = pathlib.Path(parser.parse_args().lib).resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        bridge = Bridge(library, folder)
        runs = [(str(c[0]), lambda c=c: check(bridge, *c)) for c in cases()] + [("refused", lambda: refused(bridge))]
        for name, run in runs:
            try:
                run()
                passed += 1
            except AssertionError as error:
                failed += 1
                print(f"FAILED {name}: {error}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
