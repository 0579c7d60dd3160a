#!/bin/sh
# tools/coverage.sh [FILE...]: which lines and branches of src are reached by the unit tests, c_tests, conformance tests and a sample of
# tests/hostile, all with one instrumented library. Prints the share of each folder and of the whole, which must be at least 90 of 100;
# with FILEs, what is not reached in these.
#
# Tests' own lines do not count, nor what this processor does not compile, which is NEON. Branches are the conditions that Rust's
# compiler counts (`if`, `&&`, `||`, `while`), an unstable option that RUSTC_BOOTSTRAP allows. LLVM's tools may be older than the
# compiler's LLVM, as long as they read its profiles.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
tools/install-deps.sh packages llvm-19 libnetcdf-dev
tools/make-venv.sh tests/conformance/requirements.txt target/conformance-venv
mkdir -p "${CARGO_TARGET_DIR:=target}/coverage/c"
out=$(cd "$CARGO_TARGET_DIR/coverage" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
library=$out/$host/debug
export CARGO_TARGET_DIR="$out" RUSTC_BOOTSTRAP=1 RUSTFLAGS='-Cinstrument-coverage -Zcoverage-options=branch'
export LLVM_PROFILE_FILE="$out/profiles/%4m.profraw"
rm -rf "$out/profiles"

# cargo COMMAND ARGUMENTS...: for the target, so that what only runs during the build is not instrumented.
cargo_for_target() {
    command=$1
    shift
    # shellcheck disable=SC2086
    ${CARGO:-cargo} "$command" --target "$host" ${CARGOFLAGS:-} "$@"
}

# compile SOURCE FLAGS...: processes of the tests that end with _exit have to leave a profile too.
compile() {
    source=$1
    shift
    gcc -g -O1 -std=gnu11 -D_exit=exit -Iinclude -Ic_tests "$source" "$@" -o "$out/c/$(basename "$source" .c)" \
        -L"$library" -lnumcodecs -Wl,-rpath,"$library" -lm -ldl -pthread
}

# reach NAME COMMAND...: whether it passes is told elsewhere: instrumented code is slow, and the hostile tests look at the clock.
reach() {
    echo "coverage: $1"
    name=$1
    shift
    (cd "$out" && "$@" >"$out/c/$name.log" 2>&1) || echo "coverage: $name: $(tail -n 1 "$out/c/$name.log")"
}

cargo_for_target rustc --lib --crate-type cdylib
ln -sf libnumcodecs.so "$library/libnumcodecs.so.0"
cargo_for_target test --lib
for source in c_tests/*.c; do
    case $source in *netcdf*) compile "$source" -lnetcdf ;; *) compile "$source" ;; esac
    reach "$(basename "$source" .c)" "$out/c/$(basename "$source" .c)"
done
goldens=$root/tests/hostile/goldens
for name in mutate refuse claims; do
    compile "tests/hostile/$name.c"
done
reach mutate "$out/c/mutate" "$goldens" -s 997
reach refuse "$out/c/refuse" "$goldens" -s 12
reach claims "$out/c/claims" "$goldens"

# conformance NAME ARGUMENTS...
conformance() {
    script=$1
    shift
    reach "$script" "$root/target/conformance-venv/bin/python" "$root/tests/conformance/$script.py" "$@" --lib "$library/libnumcodecs.so"
}
mkdir -p "$out/python"
echo 'import ctypes, os; os._exit = ctypes.CDLL(None).exit' >"$out/python/sitecustomize.py"
export PYTHONPATH="$out/python"
for vectors in "$root/tests/vectors" "$root"/../shared/vectors; do
    [ ! -d "$vectors" ] || conformance check_vectors "$vectors"
done
conformance differential --cases 100
conformance arrow
unset PYTHONPATH

llvm-profdata-19 merge -sparse "$out"/profiles/*.profraw -o "$out/all.profdata"
unit=$library/deps/$(ls -t "$library/deps" | grep '^numcodecs-[0-9a-f]*$' | head -n 1)
export_as() { llvm-cov-19 export "$@" -instr-profile="$out/all.profdata" "$library/libnumcodecs.so" -object "$unit" -sources src; }
export_as -format=lcov >"$out/all.lcov"
export_as -skip-functions >"$out/all.json"
python3 tools/coverage.py "$out/all.lcov" "$out/all.json" "$@"
