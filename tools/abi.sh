#!/bin/sh
# The C ABI of the header against the one that programs were compiled with, tests/abi/libnumcodecs.so.0.abi.
#
#   tools/abi.sh baseline                takes the present header as that (make abi-baseline)
#   tools/abi.sh check [INCLUDE LIB]     fails if anything differs, or if a function of it is not in the shared library
#
# The types are those of the header, which tests/header_is_current.rs holds equal to the Rust code: debug information of the library
# itself would show what handles hold as well, which is nobody's business.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
baseline=$root/tests/abi/libnumcodecs.so.0.abi
include=${2:-$root/include}
library=${3:-${CARGO_TARGET_DIR:-$root/target}/dist/libnumcodecs.so}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The header with a body for every function, and a function for every enum, so that its numbers belong to the interface.
stubs() {
    echo '#include <numcodecs.h>' | gcc -E -P -I"$include" - | awk '
        { depth += gsub(/{/, "{") - gsub(/}/, "}") }
        depth == 0 && /^typedef/ { type = 1 }
        depth == 0 && !type && /\);$/ { sub(/;$/, " { __builtin_trap(); }") }
        /^typedef enum/ { enums = enums "void enum_" $3 "(" $3 " value) { __builtin_trap(); }\n" }
        { print }
        depth == 0 && /;$/ { type = 0 }
        END { printf "%s", enums }'
}

# The ABI of the header as XML. Relative names: no path of this machine gets into it.
describe() {
    stubs >"$work/numcodecs.c"
    (cd "$work" && gcc -g -w -fPIC -shared numcodecs.c -o numcodecs.so)
    abidw --no-show-locs --no-corpus-path --no-comp-dir-path --short-locs --out-file "$1" "$work/numcodecs.so"
}

functions() { nm -D --defined-only "$1" | sed -n 's/.* T \(nc_\)/\1/p' | sort; }

check() {
    describe "$work/now.abi"
    functions "$work/numcodecs.so" >"$work/header"
    functions "$library" >"$work/library"
    missing=$(comm -23 "$work/header" "$work/library")
    [ -z "$missing" ] || fail "in the header, not in $library: $missing"
    abidiff --harmless "$baseline" "$work/now.abi" >"$work/report" && exit 0
    cat "$work/report" >&2
    abidiff --harmless --no-added-syms "$baseline" "$work/now.abi" >/dev/null &&
        fail "functions were added: run 'make abi-baseline' and commit it"
    fail "the ABI has changed. A struct that grew at its end (struct_size) and a new enumerator are allowed: run 'make abi-baseline' and
commit it. Anything else breaks programs that are installed: undo it, or give the library a new SONAME."
}

fail() {
    echo "abi: $*" >&2
    exit 1
}

case ${1:-} in
baseline) mkdir -p "$(dirname "$baseline")" && describe "$baseline" && echo "abi: wrote $(basename "$baseline")" ;;
check) check ;;
*)
    echo "usage: tools/abi.sh baseline|check [INCLUDE LIBRARY]" >&2
    exit 2
    ;;
esac
