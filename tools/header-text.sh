#!/bin/sh
# Prints the header as plain C declarations, for cffi, LuaJIT and others that have no preprocessor: `gcc -E -P` with empty
# standard headers, so that size_t and int32_t stay as they are.
set -eu
cd "$(dirname "$0")/.."
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
for header in stddef.h stdint.h stdbool.h stdarg.h stdlib.h; do
    : >"$empty/$header"
done
${CC:-gcc} -E -P -nostdinc -I"$empty" include/numcodecs.h
