#!/bin/sh
# Every header compiles alone and twice, in C and C++ of several standards; numcodecs.h parses in cffi and LuaJIT.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-Wall -Wextra -pedantic -Wundef -Werror -fsyntax-only -Iinclude"

fail() {
    echo "test-header: $*" >&2
    exit 1
}

# compiles FILE COMPILER LANGUAGE STANDARD
compiles() {
    # shellcheck disable=SC2086
    $2 -x "$3" -std="$4" $flags "$1" || fail "$2 -std=$4: $(cat "$1")"
}

for header in include/*.h; do
    echo "#include <${header#include/}>" >"$work/once"
    cat "$work/once" "$work/once" >"$work/twice"
    for file in once twice; do
        for standard in c99 c11; do
            compiles "$work/$file" gcc c $standard
            compiles "$work/$file" clang c $standard
        done
        for standard in c++11 c++17; do
            compiles "$work/$file" g++ c++ $standard
            compiles "$work/$file" clang++ c++ $standard
        done
    done
done

tools/header-text.sh >"$work/header.txt"
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
