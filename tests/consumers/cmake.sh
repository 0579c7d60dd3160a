#!/bin/sh
# needs: cmake ninja-build gcc make
# CMake, as people use it: configure, build, install, move the installed folder, find_package from another project; and add_subdirectory.
# The projects are tests/consumers/app, run by CTest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
target=$(cd "$DIST/.." && pwd)
flags="-DNUMCODECS_TARGET_DIR=$target -DNUMCODECS_CARGOFLAGS=${CARGOFLAGS:-}"

fail() {
    echo "cmake: $*" >&2
    exit 1
}

# quietly COMMAND...: shows what it printed only if it fails.
quietly() { "$@" >"$WORK/log" 2>&1 || fail "$*: $(cat "$WORK/log")"; }

# project NAME ARGUMENTS...: builds tests/consumers/app with these arguments, runs its two programs, and looks what they need.
project() {
    build=$WORK/$1
    shift
    quietly cmake -S "$here/app" -B "$build" "$@"
    quietly cmake --build "$build"
    quietly ctest --test-dir "$build" --output-on-failure
    grep -q '100% tests passed, 0 tests failed out of 2' "$WORK/log" || fail "$(cat "$WORK/log")"
    readelf -d "$build/app_shared" | grep -q 'NEEDED.*\[libnumcodecs.so.0\]' || fail "$build: app_shared needs no libnumcodecs.so.0"
    ! readelf -d "$build/app_static" | grep -q 'NEEDED.*numcodecs' || fail "$build: app_static is not static"
}

files() { (cd "$1" && find . ! -type d | sort); }

# On its own, with Debian's kind of LIBDIR; --prefix is told at the end only, and the folder moved after that.
quietly cmake -S "$root" -B "$WORK/build" -DCMAKE_INSTALL_LIBDIR=lib/multi $flags
quietly cmake --build "$WORK/build"
quietly cmake --install "$WORK/build" --prefix "$WORK/first"
rm -rf "$WORK/build"
mkdir "$WORK/moved"
mv "$WORK/first" "$WORK/moved/here"
quietly make -C "$root" install PREFIX="$WORK/by-make" LIBDIR=lib/multi
files "$WORK/by-make" >"$WORK/by-make.txt"
files "$WORK/moved/here" | diff "$WORK/by-make.txt" - >&2 || fail "make (<) and cmake (>) install different files"

# find_package knows lib/<architecture> and lib below CMAKE_PREFIX_PATH, not lib/multi; numcodecs_DIR names any place.
config=$WORK/moved/here/lib/multi/cmake/numcodecs
project found -Dnumcodecs_DIR="$config" -DNUMCODECS_VERSION="${version%.*}"
! cmake -S "$here/app" -B "$WORK/newer" -Dnumcodecs_DIR="$config" -DNUMCODECS_VERSION=99.0 >/dev/null 2>&1 || fail "version 99.0 was found"

# Inside another project, whose installation brings the library along, under DESTDIR.
project inside -G Ninja -DNUMCODECS_SOURCE="$root" -DCMAKE_INSTALL_PREFIX=/opt/app $flags
DESTDIR=$WORK/stage quietly cmake --install "$WORK/inside"
project staged -DCMAKE_PREFIX_PATH="$WORK/stage/opt/app"
! grep -rq "$WORK\|$root" "$WORK/stage/opt/app/lib/cmake" || fail "a path of this machine is installed"

# The other project's own programs find the library by themselves in the build folder: no LD_LIBRARY_PATH was set anywhere above.
[ -z "${LD_LIBRARY_PATH:-}" ] || fail "LD_LIBRARY_PATH is set"
echo "cmake: $(cmake --version | sed -n 's/cmake version //p'): built, installed, moved, found; as a part of another project"
