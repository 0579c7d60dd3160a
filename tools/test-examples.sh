#!/bin/sh
# The Zarr examples give what NumPy has, for an ocean of several hundred chunks, and touch no memory that is not theirs.
set -eu
cd "$(dirname "$0")/.."
out=${CARGO_TARGET_DIR:-target}/examples
python=target/conformance-venv/bin/python

for program in read_parallel point_through_time write_store; do
    for compiler in gcc clang; do
        $compiler -std=c99 -Wall -Wextra -pedantic -Wundef -Werror -fsyntax-only -Iinclude "examples/$program.c" examples/store.c examples/files.c
    done
done

"$python" tools/make_ocean_data.py "$out"
"$python" tools/test_examples.py "$out"
tools/memcheck.sh "$out/read_parallel" "$out/ocean_v3.zarr" >"$out/said.txt"
"$out/read_parallel" "$out/ocean_v3.zarr" | diff - "$out/said.txt"
