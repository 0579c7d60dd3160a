#!/bin/sh
# The built libraries define the functions of the header and nothing else, meet no name of netCDF or HDF5, and need no
# library beyond those of C and Rust.
set -eu
cd "$(dirname "$0")/.."
dist=${CARGO_TARGET_DIR:-target}/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "test-symbols: $*" >&2
    exit 1
}

# disjoint A B WHAT: two sorted lists share no line.
disjoint() {
    [ -s "$1" ] && [ -s "$2" ] || fail "$3: a list is empty"
    shared=$(comm -12 "$1" "$2")
    [ -z "$shared" ] || fail "$3: $shared"
}

functions() { nm "$@" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort; }

# The header after the preprocessor: every name followed by "(" at the top is a function.
echo '#include "numcodecs.h"' | gcc -E -P -Iinclude - | tr '\n' ' ' | grep -oE '\bnc_[a-z0-9_]+ *\([^*]' | sed 's, *(.*,,' | sort -u >"$work/header"
functions -D --defined-only "$dist/libnumcodecs.so" >"$work/shared"
functions -g --defined-only "$dist/libnumcodecs.a" >"$work/static"
diff "$work/header" "$work/shared" >&2 || fail "header (<) and shared library (>) differ"
diff "$work/header" "$work/static" >&2 || fail "header (<) and static library (>) differ"

netcdf=$(gcc -print-file-name=libnetcdf.so)
[ -e "$netcdf" ] || fail "libnetcdf-dev is missing"
functions -D --defined-only "$netcdf" >"$work/netcdf"
grep -q '^nc_strerror$' "$work/netcdf" || fail "$netcdf has no nc_strerror: is it netCDF?"
disjoint "$work/shared" "$work/netcdf" "also in libnetcdf"
for hdf5 in $(ldd "$netcdf" | awk '/libhdf5/ { print $3 }'); do
    functions -D --defined-only "$hdf5" >"$work/hdf5"
    disjoint "$work/shared" "$work/hdf5" "also in $hdf5"
done

# Macros and the names of types and constants: all words of our header after the preprocessor, and all it defines.
macros() { echo "#include <$1>" | gcc -E -dM -Iinclude - | awk '{ print $2 }' | sed 's/(.*//' | sort -u; }
words() { echo "#include <$1>" | gcc -E -P -Iinclude - | grep -oE '\b(nc_|NC_|NUMCODECS_)[A-Za-z0-9_]*' | sort -u; }
macros numcodecs.h >"$work/our-macros"
macros netcdf.h >"$work/their-macros"
echo | gcc -E -dM - | awk '{ print $2 }' | sed 's/(.*//' | sort -u >"$work/compiler"
macros stdint.h >"$work/standard"
macros stddef.h >>"$work/standard"
sort -u "$work/standard" "$work/compiler" >"$work/not-ours"
comm -23 "$work/our-macros" "$work/not-ours" >"$work/ours"
! grep -v '^NUMCODECS_' "$work/ours" || fail "a macro of ours without NUMCODECS_"
disjoint "$work/ours" "$work/their-macros" "macros also in netcdf.h"
words numcodecs.h >"$work/our-words"
words netcdf.h >"$work/their-words"
disjoint "$work/our-words" "$work/their-words" "names also in netcdf.h"
disjoint "$work/our-words" "$work/their-macros" "names that netcdf.h has as macros"

needed=$(readelf -d "$dist/libnumcodecs.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')
for library in $needed; do
    case $library in
    libc.so.* | libm.so.* | libgcc_s.so.* | ld-linux*.so.*) ;;
    *) fail "the shared library needs $library" ;;
    esac
done
[ "$(readelf -d "$dist/libnumcodecs.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" = libnumcodecs.so.0 ] || fail "SONAME"
echo "test-symbols: $(wc -l <"$work/header") functions, needs $(echo "$needed" | tr '\n' ' ')- ok"
