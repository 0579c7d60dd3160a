#!/bin/sh
# Compiles every C test with gcc and clang against target/dist, runs it, and runs the gcc ones under valgrind.
# `c_tests/run.sh null empty` does so for these tests alone.
set -eu
cd "$(dirname "$0")/.."
: "${CARGO_TARGET_DIR:=target}"
dist=$(cd "$CARGO_TARGET_DIR/dist" && pwd)
out=$(dirname "$dist")/c_tests
mkdir -p "$out/gcc" "$out/clang"
warnings="-Wall -Wextra -pedantic -Wundef -Werror"
memcheck=$PWD/tools/memcheck.sh

fail() {
    echo "c_tests: $*" >&2
    exit 1
}

# The first C block of the README is a program of its own.
readme_example() {
    awk '/^```/ { inside = /^```c$/ && !done; done = done || inside; next } inside' README.md >"$out/readme.c"
    grep -q 'int main' "$out/readme.c" || fail "README.md has no C program"
}

# compile NAME SOURCE FLAGS...: with both compilers; C++ if the source is.
compile() {
    name=$1 source=$2
    shift 2
    gcc=gcc clang=clang
    case $source in *.cpp) gcc=g++ clang=clang++ ;; esac
    for compiler in gcc clang; do
        eval "command=\$$compiler"
        # shellcheck disable=SC2086,SC2154
        $command -g -O1 $warnings -Iinclude -Ic_tests "$source" -o "$out/$compiler/$name" -L"$dist" -lnumcodecs "$@" \
            -pthread -Wl,-rpath,"$dist" || fail "$command does not compile $source"
    done
}

# run TITLE COMMAND...: it succeeds, and the library says nothing on the error stream.
run() {
    title=$1
    shift
    (cd "$out" && "$@" >"$out/stdout" 2>"$out/stderr") && status=0 || status=$?
    if [ $status -ne 0 ] || [ -s "$out/stderr" ]; then
        cat "$out/stdout" "$out/stderr" >&2
        fail "$title: exit status $status"
    fi
}

names=$*
if [ -z "$names" ]; then
    names=$(ls c_tests/*.c | sed 's,.*/\(.*\)\.c,\1,')
    names="$names readme cpp11 cpp17"
fi
for name in $names; do
    case $name in
    cpp*) compile "$name" c_tests/cpp_include.cpp -std=c++"${name#cpp}" ;;
    with_netcdf) compile "$name" c_tests/with_netcdf.c -std=c99 -lnetcdf ;;
    readme)
        readme_example
        compile readme "$out/readme.c" -std=c99
        ;;
    *) compile "$name" "c_tests/$name.c" -std=c99 ;;
    esac
    run "$name (clang)" "$out/clang/$name"
    run "$name (valgrind)" "$memcheck" "$out/gcc/$name"
    run "$name (gcc)" "$out/gcc/$name"
    tail -n 1 "$out/stdout"
done
echo "c_tests: $(echo $names | wc -w) programs passed, built with gcc and clang, run under valgrind"
