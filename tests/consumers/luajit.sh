#!/bin/sh
# LuaJIT over the header itself: a vector of numcodecs, real chunks, an error.
# needs: luajit
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"$PYTHON" "$root/tests/consumers/vector_case.py" "$root/tests/vectors" 'p.fixedscaleoffset.<f4_to_<u2' "$WORK/vector"
LUA_PATH="$root/bindings/luajit/?.lua" luajit "$root/bindings/luajit/roundtrip.lua" \
    "$root/include/numcodecs.h" "$DIST/libnumcodecs.so" "$WORK/vector" "$root/examples/data"

# A program that ends with an error closes the library before its finalizers run: no crash.
cat >"$WORK/fails.lua" <<'END'
local nc = require("numcodecs")(arg[1], arg[2])
kept = nc.layout("<f4", { 2, 3 })
error("on purpose")
END
status=0
LUA_PATH="$root/bindings/luajit/?.lua" luajit "$WORK/fails.lua" "$root/include/numcodecs.h" "$DIST/libnumcodecs.so" 2>"$WORK/log" || status=$?
[ $status -eq 1 ] && grep -q 'on purpose' "$WORK/log" || { echo "luajit: a failing program ends with $status" >&2; exit 1; }
