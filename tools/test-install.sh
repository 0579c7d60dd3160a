#!/bin/sh
# Installs into a staging folder, moves it, and builds a small C project outside the tree against it: through pkg-config
# and through find_package, shared and static. Then the CMake way: add_subdirectory, and `cmake --install`.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
prefix=$work/moved
project=$work/project

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

mkdir "$project"
cat >"$project/app.c" <<'END'
#include <numcodecs.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    nc_codec *codec;
    nc_buffer *encoded, *decoded;
    if (nc_codec_from_config("{\"id\": \"blosc\", \"cname\": \"zstd\"}", NULL, &codec, NULL) != NUMCODECS_OK
        || nc_encode(codec, NULL, "outside the tree", 16, NULL, NULL, &encoded, NULL) != NUMCODECS_OK
        || nc_decode(codec, nc_buffer_data(encoded), nc_buffer_nbytes(encoded), NULL, NULL, NULL, &decoded, NULL) != NUMCODECS_OK)
        return 1;
    int same = nc_buffer_nbytes(decoded) == 16 && memcmp(nc_buffer_data(decoded), "outside the tree", 16) == 0;
    nc_buffer_free(decoded);
    nc_buffer_free(encoded);
    nc_codec_free(codec);
    printf("%s\n", nc_codec_library_version());
    return same ? 0 : 1;
}
END
cat >"$project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(app C)
if(NUMCODECS_SOURCE)
  add_subdirectory(${NUMCODECS_SOURCE} numcodecs)
else()
  find_package(numcodecs ${NUMCODECS_VERSION} CONFIG REQUIRED)
endif()
add_executable(app_shared app.c)
target_link_libraries(app_shared numcodecs::numcodecs)
add_executable(app_static app.c)
target_link_libraries(app_static numcodecs::numcodecs_static)
END

# check_app PROGRAM shared|static LIBRARY_PATH: it runs, and needs the shared library only if it should.
check_app() {
    said=$(LD_LIBRARY_PATH=$3 "$1") || fail "$1 does not run"
    [ "$said" = "$version" ] || fail "$1 says $said, not $version"
    if readelf -d "$1" | grep -q 'NEEDED.*libnumcodecs'; then linked=shared; else linked=static; fi
    [ "$linked" = "$2" ] || fail "$1 is linked $linked"
    echo "test-install: $(basename "$(dirname "$1")")/$(basename "$1"): ok"
}

export PKG_CONFIG_PATH="$lib/pkgconfig"
[ "$(pkg-config --modversion numcodecs)" = "$version" ] || fail "pkg-config says another version"
mkdir "$work/pkg-config"
# shellcheck disable=SC2046
gcc "$project/app.c" $(pkg-config --cflags --libs numcodecs) -o "$work/pkg-config/app_shared"
# shellcheck disable=SC2046
gcc "$project/app.c" $(pkg-config --cflags --libs --static numcodecs | sed 's/-lnumcodecs/-l:libnumcodecs.a/') -o "$work/pkg-config/app_static"
check_app "$work/pkg-config/app_shared" shared "$lib"
check_app "$work/pkg-config/app_static" static /nowhere

# with_cmake NAME ARGUMENTS...: configures and builds the project, quietly unless it fails.
with_cmake() {
    build=$work/$1
    shift
    { cmake -S "$project" -B "$build" "$@" && cmake --build "$build"; } >"$work/log" 2>&1 || fail "$(cat "$work/log")"
}

with_cmake find_package -DCMAKE_PREFIX_PATH="$prefix" -Dnumcodecs_DIR="$lib/cmake/numcodecs" -DNUMCODECS_VERSION="${version%.*}"
check_app "$work/find_package/app_shared" shared /nowhere
check_app "$work/find_package/app_static" static /nowhere
! cmake -S "$project" -B "$work/newer" -Dnumcodecs_DIR="$lib/cmake/numcodecs" -DNUMCODECS_VERSION=99.0 >/dev/null 2>&1 || fail "version 99.0 was found"

with_cmake add_subdirectory -DNUMCODECS_SOURCE="$PWD" -DNUMCODECS_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}" -DCMAKE_INSTALL_PREFIX="$work/by-cmake"
check_app "$work/add_subdirectory/app_shared" shared /nowhere
check_app "$work/add_subdirectory/app_static" static /nowhere
cmake --install "$work/add_subdirectory" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
(cd "$prefix" && find . ! -type d | sed s,/multi,,) | sort >"$work/by-make.txt"
(cd "$work/by-cmake" && find . ! -type d) | sort >"$work/by-cmake.txt"
diff "$work/by-make.txt" "$work/by-cmake.txt" || fail "make and cmake install different files"

make -s uninstall PREFIX="$work/by-cmake"
[ -z "$(find "$work/by-cmake" ! -type d)" ] || fail "uninstall leaves files behind"
echo "test-install: ok"
