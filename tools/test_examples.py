"""What the Zarr examples printed and wrote against NumPy: FOLDER has the stores and the programs."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import zarr

OUT = Path(sys.argv[1])


def run(*command):
    return subprocess.run([OUT / command[0], *map(str, command[1:])], check=True, capture_output=True, text=True)


def on_a_terminal(*command):
    """What a program writes to stderr when that is a terminal."""
    reader, writer = pty.openpty()
    with subprocess.Popen([OUT / command[0], *map(str, command[1:])], stdout=subprocess.DEVNULL, stderr=writer) as program:
        os.close(writer)
        said = b""
        try:
            while block := os.read(reader, 4096):
                said += block
        except OSError:  # the other end is gone
            pass
    os.close(reader)
    assert program.returncode == 0
    return said.decode()


def chunks_of(array):
    return int(np.prod([-(-n // c) for n, c in zip(array.shape, array.chunks)]))


def check_all(path, array, values):
    valid = values[values != array.fill_value].astype("f8")
    said = run("read_parallel", path, OUT / "values.raw")
    assert said.stdout.startswith(f"{chunks_of(array)} chunks, {values.size} values, {valid.size} valid, "), said.stdout
    words = dict(word.split(" ") for word in said.stdout.strip().split(", ")[3:])
    assert (words["min"], words["max"]) == (f"{valid.min():.6f}", f"{valid.max():.6f}"), said.stdout
    assert abs(float(words["mean"]) - valid.mean()) < 1e-6, said.stdout
    assert said.stderr == "", "a progress bar without a terminal"
    assert (OUT / "values.raw").read_bytes() == values.tobytes(), "other values"
    bar = on_a_terminal("read_parallel", path)
    assert f"[{'#' * 40}] {chunks_of(array)} of {chunks_of(array)} chunks" in bar, bar


def check_point(path, values, point, how):
    said = run("point_through_time", path, *point)
    lines = [line.split() for line in said.stdout.splitlines()]
    assert [int(time) for time, _ in lines] == list(range(len(values)))
    got = np.array([value for _, value in lines], "f8").astype("f4")
    assert np.array_equal(got, values[(slice(None), *point)]), (point, lines)
    assert how in said.stderr, said.stderr
    touched, stored = (int(word) for word in said.stderr.split(": ")[1].split() if word.isdigit())
    assert touched == stored if how == "decoded whole" else touched <= stored, said.stderr


def check_written(source, values):
    """Arrays that were written chunk by chunk from C, in both formats."""
    for zarr_format, codecs in ((2, '[{"id": "shuffle", "elementsize": 4}, {"id": "zlib", "level": 1}]'), (3, '{"id": "blosc", "cname": "zstd"}')):
        path = OUT / f"written_v{zarr_format}.zarr"
        shutil.rmtree(path, ignore_errors=True)
        run("write_store", source, path, zarr_format, codecs)
        array = zarr.open_array(path, mode="r")
        assert array.metadata.zarr_format == zarr_format
        assert array[...].tobytes() == values.tobytes(), f"other values in {path}"


for name, how in (("ocean_v3.zarr", "decoded where needed"), ("ocean_v2.zarr", "decoded whole")):
    array = zarr.open_array(OUT / name, mode="r")
    values = array[...]
    assert 200 <= chunks_of(array) and array.nchunks_initialized < chunks_of(array), "several hundred chunks, some of them absent"
    check_all(OUT / name, array, values)
    check_written(OUT / name, values)
    land = tuple(np.argwhere((values == array.fill_value).all(axis=0))[0])
    warm = np.unravel_index(values.max(axis=0).argmax(), values.shape[1:])
    for point in (land, warm, (0,) * (values.ndim - 1), tuple(n - 1 for n in values.shape[1:])):
        check_point(OUT / name, values, tuple(map(int, point)), how)
    refused = subprocess.run([OUT / "point_through_time", OUT / name, *map(str, values.shape[1:])], capture_output=True, text=True)
    assert refused.returncode == 1 and "no such index" in refused.stderr
print("test-examples: ok")
