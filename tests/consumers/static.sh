#!/bin/sh
# needs: gcc g++ binutils pkg-config libzstd-dev zlib1g-dev liblz4-dev libbz2-dev liblzma-dev
# The static library shows its own names and no others: a program links its own zstd and zlib beside it, in any order, and gets those.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ours=$DIST/libnumcodecs.a
native=$(cat "$DIST/native-static-libs.txt")
want="zstd $(pkg-config --modversion libzstd) zlib $(pkg-config --modversion zlib)"
cd "$WORK"

fail() {
    echo "static: $*" >&2
    exit 1
}

archive() {
    file=$(gcc -print-file-name="lib$1.a")
    [ -f "$file" ] || fail "no lib$1.a"
    echo "$file"
}

names=$(nm -g --defined-only "$ours" 2>/dev/null | awk 'NF == 3 { print $3 }' | grep -v '^nc_' || true)
[ -z "$names" ] || fail "it shows $names"
undefined=$(nm -g --undefined-only "$ours" | grep -E ' U (ZSTD|LZ4|BZ2|lzma|deflate|inflate|blosc|zfp)' || true)
[ -z "$undefined" ] || fail "it would take another library's $undefined"

# links NAME LINKER_ARGUMENTS...: the program runs, with the system's versions of its own libraries.
links() {
    name=$1
    shift
    gcc -I"$root/include" "$here/static/own_zstd.c" -o "$name" "$@" || fail "$name: does not link"
    said=$("./$name") || fail "$name: exit status $?"
    [ "$said" = "$want" ] || fail "$name: the program has $said, not $want"
}

zstd=$(archive zstd) zlib=$(archive z)
# shellcheck disable=SC2086
{
    links ours_first "$ours" "$zstd" "$zlib" $native
    links ours_last "$zstd" "$zlib" "$ours" $native
    links with_shared "$ours" -lzstd -lz $native
    links wholly_static -static "$ours" "$zstd" "$zlib" $(echo "$native" | sed 's/-lgcc_s/-lgcc_eh/')
}
! readelf -d wholly_static | grep -q NEEDED || fail "wholly_static needs a shared library"

# Everything of every archive at once: a name that two of them show would be a multiple definition.
all="$zstd $zlib $(archive lz4) $(archive bz2) $(archive lzma)"
# shellcheck disable=SC2086
links all_at_once -Wl,--whole-archive "$ours" $all -Wl,--no-whole-archive $native

# The archive as Cargo leaves it has that fault, so the link above would have seen it.
raw=$DIST/../release/libnumcodecs.a
# shellcheck disable=SC2086
! gcc -I"$root/include" "$here/static/own_zstd.c" -o raw -Wl,--whole-archive "$raw" $all -Wl,--no-whole-archive $native 2>raw.log ||
    fail "Cargo's own archive links as well: the test above sees nothing"
grep -q 'multiple definition of .ZSTD_' raw.log || fail "$(head -n 5 raw.log)"

# And from C++, with the exceptions and the unwinder of another language in the same program.
g++ -I"$root/include" -x c++ - -x none "$ours" $native -o plus_plus <<'C'
#include <numcodecs.h>
#include <stdexcept>
int main() {
  nc_codec *codec;
  nc_error err = {};
  try {
    if (nc_codec_from_config("{\"id\": \"none\"}", nullptr, &codec, &err)) throw std::runtime_error(err.message);
  } catch (const std::runtime_error &) {
    return err.code == NUMCODECS_ERR_UNKNOWN_CODEC ? 0 : 1;
  }
  return 2;
}
C
./plus_plus || fail "C++: exit status $?"
echo "static: $(nm -g --defined-only "$ours" | grep -c ' T nc_') names, $want of the program itself"
