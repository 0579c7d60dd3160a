#!/bin/sh
# tests/hostile/run.sh sample|full: what bytes, allocators, panics, threads and the loader can do to the shared library in target/dist.
#
#   mutate    every truncation and flipped bit of every golden chunk; in the sample one case in 101
#   refuse    the n-th large allocation fails; in the sample for one golden in 12
#   claims    inputs that claim far more than they hold
#   threads   64 threads on a handle, 128 KiB of stack, the stack each codec takes; in the sample for one golden in 12
#   unload    dlopen and dlclose in a loop
#   panics    every function panics once, in a library of its own with the feature test-hooks
#
# NAMES="refuse unload" runs these alone. Closes with "N passed, N failed", N being programs.
set -eu
cd "$(dirname "$0")/../.."
case ${1:-} in
sample) cases='-s 101' goldens='-s 12' ;;
full) cases='' goldens='' ;;
*)
    echo "usage: tests/hostile/run.sh sample|full" >&2
    exit 2
    ;;
esac
mkdir -p "${CARGO_TARGET_DIR:=target}/hostile"
out=$(cd "$CARGO_TARGET_DIR/hostile" && pwd)
dist=$(cd "$CARGO_TARGET_DIR/dist" && pwd)
folder=tests/hostile/goldens

compile() {
    name=$1
    shift
    gcc -g -O2 -std=gnu11 -Wall -Wextra -Werror -Iinclude "tests/hostile/$name.c" -o "$out/$name" -pthread "$@"
}

program() {
    case $1 in
    panics)
        # shellcheck disable=SC2086
        ${CARGO:-cargo} rustc --lib --crate-type cdylib ${CARGOFLAGS:-} --features test-hooks
        cp "$CARGO_TARGET_DIR/debug/libnumcodecs.so" "$out/with-hooks.so"
        python3 tests/hostile/panics.py "$out/with-hooks.so"
        ;;
    unload)
        compile unload -ldl
        "$out/unload" "$dist/libnumcodecs.so"
        ;;
    *)
        compile "$1" -L"$dist" -lnumcodecs -Wl,-rpath,"$dist"
        [ "$1" = mutate ] && sample=$cases || sample=$goldens
        # shellcheck disable=SC2086
        "$out/$1" $folder $sample
        ;;
    esac
}

passed=0 failed=0
for name in ${NAMES:-mutate refuse claims threads unload panics}; do
    if (program "$name"); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "hostile: $name FAILED" >&2
    fi
done
echo "hostile: $passed passed, $failed failed"
[ $failed -eq 0 ]
