#!/bin/sh
# Installs into a staging folder, moves it, and builds a small C program outside the tree against it through pkg-config, shared and
# static. Then uninstalls. tests/consumers/cmake.sh does the same with CMake.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
prefix=$work/moved

fail() {
    echo "test-install: $*" >&2
    exit 1
}

# Staged under DESTDIR and then moved: nothing may remember where it was built or configured to live.
make --no-print-directory install DESTDIR="$work/stage" PREFIX=/opt/numcodecs LIBDIR=lib/multi >"$work/log" || fail "$(cat "$work/log")"
mv "$work/stage/opt/numcodecs" "$prefix"
lib=$prefix/lib/multi
for file in "$prefix/include/numcodecs.h" "$lib/libnumcodecs.so.$version" "$lib/libnumcodecs.a" \
    "$prefix/share/doc/libnumcodecs/LICENSE" "$prefix/share/doc/libnumcodecs/THIRD-PARTY.md"; do
    [ -f "$file" ] || fail "$file is not installed"
done
[ "$(readlink "$lib/libnumcodecs.so.0")" = "libnumcodecs.so.$version" ] || fail "link libnumcodecs.so.0"
[ "$(readlink "$lib/libnumcodecs.so")" = libnumcodecs.so.0 ] || fail "link libnumcodecs.so"
readelf -d "$lib/libnumcodecs.so" | grep -q 'SONAME.*\[libnumcodecs.so.0\]' || fail "SONAME"
! grep -rlq "$work\|$PWD" "$lib/pkgconfig" "$lib/cmake" || fail "a path of this machine is installed"

# Every crate that brings C sources is named in THIRD-PARTY.md with its version.
${CARGO:-cargo} tree -e normal --prefix none | sed -n 's/^\([a-z0-9]*-\(sys\|src\)\) v\([0-9.]*\).*/\1 \3/p' | sort -u >"$work/c-crates.txt"
[ -s "$work/c-crates.txt" ] || fail "found no crate with C sources"
while read -r crate; do
    grep -q "| $crate |" THIRD-PARTY.md || fail "THIRD-PARTY.md does not name $crate"
done <"$work/c-crates.txt"

# And so is every other crate that is linked.
${CARGO:-cargo} tree -e normal,no-proc-macro --prefix none | sed 1d | cut -d ' ' -f 1 | sort -u >"$work/crates.txt"
while read -r crate; do
    grep -qw -e "$crate" THIRD-PARTY.md || fail "THIRD-PARTY.md does not name $crate"
done <"$work/crates.txt"

# check_app PROGRAM shared|static LIBRARY_PATH: it runs, and needs the shared library only if it should.
check_app() {
    said=$(LD_LIBRARY_PATH=$3 "$1") || fail "$1 does not run"
    [ "$said" = "$version" ] || fail "$1 says $said, not $version"
    if readelf -d "$1" | grep -q 'NEEDED.*libnumcodecs'; then linked=shared; else linked=static; fi
    [ "$linked" = "$2" ] || fail "$1 is linked $linked"
}

export PKG_CONFIG_PATH="$lib/pkgconfig"
[ "$(pkg-config --modversion numcodecs)" = "$version" ] || fail "pkg-config says another version"
# shellcheck disable=SC2046
gcc tests/consumers/app/app.c $(pkg-config --cflags --libs numcodecs) -o "$work/app_shared"
# shellcheck disable=SC2046
gcc tests/consumers/app/app.c $(pkg-config --cflags --libs --static numcodecs | sed 's/-lnumcodecs/-l:libnumcodecs.a/') -o "$work/app_static"
check_app "$work/app_shared" shared "$lib"
check_app "$work/app_static" static /nowhere

# Nothing is left after uninstalling, and what others have put into the same folders is.
touch "$lib/other" "$lib/pkgconfig/other.pc"
make -s uninstall PREFIX="$prefix" LIBDIR=lib/multi
left=$(cd "$prefix" && find . ! -type d | sort | tr '\n' ' ')
[ "$left" = "./lib/multi/other ./lib/multi/pkgconfig/other.pc " ] || fail "uninstall leaves $left"
for folder in "$lib/cmake/numcodecs" "$prefix/share/doc/libnumcodecs"; do
    [ ! -e "$folder" ] || fail "uninstall leaves $folder"
done

# What is built can be installed by a user who has no Cargo, as root under sudo.
make -s install CARGO=/nowhere/cargo DESTDIR="$work/no-cargo" >"$work/log" 2>&1 || fail "needs Cargo to install: $(cat "$work/log")"
[ -f "$work/no-cargo/usr/local/include/numcodecs.h" ] || fail "DESTDIR, without Cargo"
echo "test-install: ok"
