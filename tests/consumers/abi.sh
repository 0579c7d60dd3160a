#!/bin/sh
# needs: abigail-tools binutils gcc
# The ABI is that of the committed baseline, and the check sees each way of breaking it.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
check="$root/tools/abi.sh check"

fail() {
    echo "abi: $*" >&2
    exit 1
}

# The committed baseline is that of the header and the library.
$check

# broken WHAT SAYS SED: a header changed by the sed script is refused, with these words.
broken() {
    rm -rf "$WORK/include"
    cp -R "$root/include" "$WORK/include"
    sed "$3" "$root/include/numcodecs.h" >"$WORK/include/numcodecs.h"
    ! cmp -s "$root/include/numcodecs.h" "$WORK/include/numcodecs.h" || fail "$1: the header was not changed"
    ! $check "$WORK/include" "$DIST/libnumcodecs.so" >"$WORK/report" 2>&1 || fail "$1: not seen"
    grep -q "$2" "$WORK/report" || fail "$1: $(cat "$WORK/report")"
}

breaks="the ABI has changed"
broken "a removed function" "$breaks" '/^int32_t nc_zstd_max_level(void);/d'
broken "another type of a field" "$breaks" 's/^  int64_t offset;/  int32_t offset;/'
broken "fields that change places" "$breaks" 's/^  int32_t code;/  int32_t swap;/; s/^  int32_t stage;/  int32_t code;/; s/^  int32_t swap;/  int32_t stage;/'
broken "another type of a parameter" "$breaks" 's/int32_t level,/int64_t level,/'
broken "another type of a result" "$breaks" 's/^size_t nc_buffer_nbytes/uint32_t nc_buffer_nbytes/'
broken "a callback with one argument more" "$breaks" 's/nc_grow_fn)(void \*user,/nc_grow_fn)(void *user, int again,/'
broken "another number of a status" "$breaks" 's/NUMCODECS_ERR_DATA = 4/NUMCODECS_ERR_DATA = 44/'
broken "a new status" "$breaks" 's/NUMCODECS_ERR_DATA = 4,/NUMCODECS_ERR_DATA = 4, NUMCODECS_ERR_NEW = 50,/'
broken "a new field" "$breaks" 's/^  void \*progress_user;/  void *progress_user; void *more;/'
broken "a function that the library lacks" "not in $DIST" 's/^int32_t nc_zstd_max_level(void);/&\nint32_t nc_zstd_new(void);/'

# A new function in header and library is reported as an addition, with the command that accepts it.
{ nm -D --defined-only "$DIST/libnumcodecs.so" | sed -n 's/.* T \(nc_.*\)/void \1(void) {}/p' && echo 'void nc_zstd_new(void) {}'; } |
    gcc -shared -fPIC -x c - -o "$WORK/larger.so"
! $check "$WORK/include" "$WORK/larger.so" >"$WORK/report" 2>&1 || fail "a new function: not seen"
grep -q 'nc_zstd_new' "$WORK/report" && grep -q "functions were added: run 'make abi-baseline'" "$WORK/report" || fail "$(cat "$WORK/report")"
! grep -q "$breaks" "$WORK/report" || fail "a new function is taken for a break"

echo "abi: $(grep -c '<function-decl name=.nc_' "$root/tests/abi/libnumcodecs.so.0.abi") functions as in the baseline; ten changes seen"
