"""Peak memory of a decode into memory of the caller, beside that memory. Runs in a process of its own, without the peers.

memory.py LIBRARY ENCODED.npz    prints one JSON line: codec, and bytes beside the output
"""

import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass

TARGET = 1 << 20
# The part of a decoder that its format asks for: what a stream may refer back to.
WINDOWS = {"zlib": 32 << 10, "gzip": 32 << 10, "lzma": 1 << 20}  # of lzma: the dictionary of preset 1


@dataclass
class Memory:
    codec: str
    config: str
    peak: int

    @property
    def window(self):
        return WINDOWS.get(self.codec, 0)

    @property
    def missed(self):
        return self.peak - self.window > TARGET


def status(field):
    text = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(text.split(field + ":")[1].split()[0])


def child(path, folder):
    """Decodes each chunk of the folder with a fresh codec, and looks at the peak of the process."""
    import numpy as np

    from ours import Library, Ours

    library, result = Library(path), []
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        case = json.loads(file.read_text())
        array, encoded = np.load(file.with_suffix(".array.npy")), np.load(file.with_suffix(".encoded.npy"))
        Ours(library, case["config"], array).decoder(encoded, array.nbytes)[0]()  # code pages
        call, room = Ours(library, case["config"], array).decoder(encoded, array.nbytes, touched=True)
        ctypes.CDLL(None).malloc_trim(0)
        result.append({"codec": case["config"]["id"], "config": case["label"], "peak": peak_of(call)})
        del room
    print(json.dumps(result))


def peak_of(call):
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    call()
    return max(status("VmHWM") - before, 0)


def rows(path, arrays, cases):
    import numpy as np

    from peers import Numcodecs

    seen = set()
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            array = arrays[case.data]
            if case.codec in seen or array.dtype == object or case.codec == "pickle":
                continue
            seen.add(case.codec)
            file = pathlib.Path(folder, f"{len(seen):02}.json")
            file.write_text(json.dumps({"config": case.config, "label": case.label}))
            encoded = np.frombuffer(np.ascontiguousarray(Numcodecs(case.config, array).encoded).tobytes(), "u1")
            np.save(file.with_suffix(".array.npy"), array)
            np.save(file.with_suffix(".encoded.npy"), encoded)
        # NumPy marks its arrays for huge pages: what a decoder takes where one was would count as 2 MiB at its first byte.
        plain = os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"}
        run = subprocess.run([sys.executable, __file__, path, folder], check=True, capture_output=True, text=True, env=plain)
    return [Memory(**row) for row in json.loads(run.stdout)]


if __name__ == "__main__":
    child(*sys.argv[1:])
