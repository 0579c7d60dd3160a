#!/bin/sh
# What `make demo` prints is what NumPy says, and zarr-python reads the stores that it wrote.
set -eu
cd "$(dirname "$0")/.."
demo=${CARGO_TARGET_DIR:-target}/demo

fail() {
    echo "test-demo: $*" >&2
    exit 1
}

for compiler in gcc clang; do
    $compiler -std=c99 -Wall -Wextra -pedantic -Wundef -Werror -fsyntax-only -Iinclude examples/read_zarr.c examples/files.c || fail "$compiler"
done

for store in sst_blosc.zarr sst_zlib.zarr; do
    tools/memcheck.sh "$demo/read_zarr" "examples/data/$store" >"$demo/said.txt" || fail "$store"
    sed '$d' "$demo/said.txt" | diff - examples/data/expected.txt || fail "$store: not what NumPy says"
done

target/conformance-venv/bin/python - "$demo" <<'END' || fail "zarr-python does not read what was written"
import sys
import numpy as np
import zarr

read = lambda path: zarr.open_array(path, mode="r")
for original, copy, codec in (("sst_blosc.zarr", "sst_zstd.zarr", "zstd"), ("sst_zlib.zarr", "sst_bz2.zarr", "bz2")):
    before, after = read(f"examples/data/{original}"), read(f"{sys.argv[1]}/{copy}")
    assert after.metadata.compressor.codec_id == codec, after.metadata
    assert after.shape == (12, 90, 180) and np.array_equal(before[:], after[:]), copy

# The committed table is NumPy's: made again from the store.
table = ["month  valid        min        max       mean"]
for number, month in enumerate(before[:], 1):
    valid = month[month != before.fill_value].astype("f8")
    table.append(f"{number:5} {valid.size:6} {valid.min():10.6f} {valid.max():10.6f} {valid.mean():10.6f}")
assert "\n".join(table) + "\n" == open("examples/data/expected.txt").read()
END
echo "test-demo: ok"
