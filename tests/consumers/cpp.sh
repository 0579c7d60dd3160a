#!/bin/sh
# The C++ header: the API with gcc and clang as C++17 and C++20, once under valgrind; the shipped vectors and the example on real
# chunks, once under ASan and UBSan; and installed, through pkg-config and CMake, in two translation units.
# needs: g++ clang cmake pkg-config valgrind
set -eu
cd "$(dirname "$0")/../.."
cpp=bindings/cpp
warnings="-Wall -Wextra -Wpedantic -Wconversion -Werror"
link="-L$DIST -lnumcodecs -Wl,-rpath,$DIST"

fail() {
    echo "cpp: $*" >&2
    exit 1
}

# build COMPILER STANDARD FLAGS...: $programs into $WORK/COMPILER-STANDARD.
build() {
    out=$WORK/$1-$2
    mkdir -p "$out"
    compiler="$1 -std=c++$2 -g"
    shift 2
    for source in $programs; do
        # shellcheck disable=SC2086
        $compiler $warnings "$@" -Iinclude -I$cpp -Ic_tests "$source" -o "$out/$(basename "$source" .cpp)" $link
    done
}

# run_all FOLDER: the API, the vectors, and what the example says about the real chunks.
run_all() {
    "$1/api" || fail "$1/api"
    "$1/vectors" "$WORK/vectors.txt" tests/vectors/data || fail "$1/vectors"
    for store in sst_blosc sst_zlib; do
        "$1/read_parallel" "examples/data/$store.zarr" | diff examples/data/expected.txt - || fail "$1/read_parallel $store"
    done
}

"$PYTHON" tests/consumers/vectors_as_lines.py "$WORK/vectors.txt"
programs=$cpp/tests/api.cpp
build clang++ 17
build g++ 20 -O1
programs="$programs $cpp/tests/vectors.cpp $cpp/examples/read_parallel.cpp"
build g++ 17 -fsanitize=address,undefined -fno-sanitize-recover=all
build clang++ 20 -O1
"$WORK/clang++-17/api" || fail "clang++-17/api"
tools/memcheck.sh "$WORK/g++-20/api" || fail "g++-20/api"
run_all "$WORK/g++-17"
run_all "$WORK/clang++-20"

# Installed: the header beside numcodecs.h, and usable from several files of one program.
make --no-print-directory install PREFIX="$WORK/usr" >"$WORK/install.log" 2>&1 || fail "$(tail -n 5 "$WORK/install.log")"
mkdir "$WORK/app"
cat >"$WORK/app/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(app CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(numcodecs CONFIG REQUIRED)
add_executable(app main.cpp other.cpp)
target_link_libraries(app numcodecs::numcodecs)
END
cat >"$WORK/app/main.cpp" <<'END'
#include <numcodecs.hpp>
#include <cstdio>
numcodecs::buffer other(const std::vector<double> &values);
int main()
{
    const std::vector<double> values(1000, 1.5);
    const numcodecs::buffer chunk = other(values);
    std::vector<double> back(1000);
    numcodecs::codec(R"({"id": "zstd"})").decode_into(chunk, back);
    std::puts(back == values ? "same" : "different");
}
END
cat >"$WORK/app/other.cpp" <<'END'
#include <numcodecs.hpp>
numcodecs::buffer other(const std::vector<double> &values) { return numcodecs::codec(R"({"id": "zstd"})").encode(values); }
END
{ cmake -S "$WORK/app" -B "$WORK/app/build" -DCMAKE_PREFIX_PATH="$WORK/usr" && cmake --build "$WORK/app/build"; } >"$WORK/cmake.log" 2>&1 ||
    fail "$(cat "$WORK/cmake.log")"
[ "$("$WORK/app/build/app")" = same ] || fail "the CMake project"
# shellcheck disable=SC2046
g++ -std=c++20 "$WORK"/app/*.cpp $(PKG_CONFIG_PATH="$WORK/usr/lib/pkgconfig" pkg-config --cflags --libs numcodecs) \
    -Wl,-rpath,"$WORK/usr/lib" -o "$WORK/app/app20"
[ "$("$WORK/app/app20")" = same ] || fail "the pkg-config program"
echo "cpp: ok"
