#!/bin/sh
# The Julia package without Julia, which cannot be had here: syntax, and every ccall, struct and constant against the header.
# needs: gcc
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/tools/header-text.sh" >"$WORK/header.txt"
"$PYTHON" "$root/tests/consumers/check_julia.py" "$WORK/header.txt" "$root/bindings/julia/NumCodecs.jl"
