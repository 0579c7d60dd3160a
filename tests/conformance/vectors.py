"""Reads a vector set (see FORMAT.md): manifest, blobs, array descriptors."""
import json
import pathlib

import numpy as np

import items
import machine
from numcodecs_c import Array


def dtype_string(dtype):
    """A descriptor's dtype as the C API takes it: structured types are raw bytes there."""
    if isinstance(dtype, str):
        return dtype
    fields = [tuple(tuple(part) if isinstance(part, list) else part for part in field) for field in dtype]
    return np.dtype(fields).str


class VectorSet:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        if manifest["format"] != 1:
            raise SystemExit(f"unknown vector format {manifest['format']}")
        self.cases, self.stores = manifest["cases"], manifest["stores"]

    def blob(self, descriptor):
        data = (self.folder / descriptor["file"]).read_bytes()
        if len(data) != descriptor["nbytes"]:
            raise ValueError(f"{descriptor['file']} has {len(data)} bytes, the manifest says {descriptor['nbytes']}")
        return data

    def values(self, descriptor, source=None):
        """Python values of a `|O` descriptor."""
        if descriptor.get("items_same_as_input"):
            descriptor = source
        if "items_repeat" in descriptor:
            repeat = descriptor["items_repeat"]
            return [items.from_vector(repeat["item"])] * repeat["count"]
        return [items.from_vector(item) for item in descriptor["items"]]

    def array(self, descriptor, codec_id=None, config=None):
        """An input as the C API takes it."""
        shape, order = tuple(descriptor["shape"]), descriptor["order"]
        if descriptor["dtype"] == "|O":
            values = self.values(descriptor)
            values = items.labels(values) if codec_id == "categorize" else values
            return items.objects(values, items.kind_for(codec_id, values), shape, order, (config or {}).get("dtype"))
        return machine.array(codec_id, Array(self.blob(descriptor), dtype_string(descriptor["dtype"]), shape, order))
