#!/bin/sh
# The header compiles alone and twice, in C and C++ of several standards, and parses in cffi and LuaJIT.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
header=${1:-include/numcodecs.h}
flags="-Wall -Wextra -pedantic -Wundef -Werror -fsyntax-only -I$(dirname "$header")"

fail() {
    echo "test-header: $*" >&2
    exit 1
}

echo '#include <numcodecs.h>' >"$work/once.c"
printf '#include <numcodecs.h>\n#include <numcodecs.h>\n' >"$work/twice.c"
for file in once twice; do
    for standard in c99 c11; do
        for compiler in gcc clang; do
            # shellcheck disable=SC2086
            $compiler -std=$standard $flags "$work/$file.c" || fail "$compiler -std=$standard, included $file"
        done
    done
    for standard in c++11 c++17; do
        for compiler in g++ clang++; do
            # shellcheck disable=SC2086
            $compiler -std=$standard $flags -x c++ "$work/$file.c" || fail "$compiler -std=$standard, included $file"
        done
    done
done

tools/header-text.sh "$header" >"$work/header.txt"
! grep -n '#' "$work/header.txt" || fail "directives are left in the text"
# Both read all of it: a struct, a constant and a function from the top to the end are there. The last function is where a parser
# that gives up early would fail.
last=$(grep -oE '\bnc_[a-z0-9_]+\(' "$work/header.txt" | tail -n 1 | tr -d '(')
target/conformance-venv/bin/python - "$work/header.txt" "$last" <<'END' || fail "cffi"
import sys
import cffi

ffi = cffi.FFI()
ffi.cdef(open(sys.argv[1]).read())
assert ffi.sizeof("nc_error") == 512
library = ffi.dlopen(None)
assert ffi.typeof("nc_options *").item.fields
assert library.NUMCODECS_ERR_PANIC == 99
assert any(sys.argv[2] in name for name in dir(library)), sys.argv[2]
END
cat >"$work/parse.lua" <<'END'
local ffi = require("ffi")
ffi.cdef(io.open(arg[1]):read("*a"))
assert(ffi.sizeof("nc_error") == 512)
assert(ffi.C.NUMCODECS_ERR_PANIC == 99)
local _, message = pcall(function() return ffi.C[arg[2]] end)
assert(not tostring(message):find("missing declaration"), arg[2])
END
luajit "$work/parse.lua" "$work/header.txt" "$last" || fail "LuaJIT"
echo "test-header: ok"
