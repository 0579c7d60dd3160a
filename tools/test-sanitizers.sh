#!/bin/sh
# tools/test-sanitizers.sh [STAGE...]: tests with a library that a sanitizer of clang watches, the C libraries in it too.
#
#   address   AddressSanitizer with its search for leaks, in C UndefinedBehaviorSanitizer too: all of c_tests, the unit tests, and of
#             tests/hostile all claims, damaged chunks in every 499th case, failing allocators and threads on one golden in 12
#   sample    of that, for make test: one of c_tests, all claims, and damaged chunks in every 4999th case; of thread, below, 64 threads
#             on one golden in 12
#   thread    ThreadSanitizer: those of c_tests and of the unit tests that have to do with threads, and 64 threads on the handle of every
#             golden
#   plugins   UndefinedBehaviorSanitizer, by a trap instruction: the plug-ins for HDF5, NCZarr and GDAL in the tests of these consumers;
#             the shared library must have been built
#
# Each has to find planted faults before, in Rust's code and in C's. RUSTC_BOOTSTRAP allows the unstable flag of the compiler.
# Closes with "N passed, N failed", N being programs, and one for the plug-ins.
set -eu
cd "$(dirname "$0")/.."
tools/install-deps.sh packages clang-19 libclang-rt-19-dev llvm-19 libnetcdf-dev
mkdir -p "${CARGO_TARGET_DIR:=target}/sanitizers"
sanitizers=$(cd "$CARGO_TARGET_DIR/sanitizers" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
goldens=$PWD/tests/hostile/goldens

fail() {
    echo "test-sanitizers: $*" >&2
    exit 1
}

# instrument NAME SANITIZERS RUSTFLAGS: what follows is watched by these.
instrument() {
    out=$sanitizers/$1 flags="-fsanitize=$2 -g -fno-omit-frame-pointer" rustflags=$3 link=
    library=$out/$host/debug/libnumcodecs.a
    mkdir -p "$out"
}

# cargo_for_target COMMAND...: only what is made for the target is instrumented, not what runs during the build.
cargo_for_target() {
    command=$1 for_target=$(echo "$host" | tr - _)
    shift
    # The runtime of Rust's compiler has no part for C++ classes, which snappy in the unit tests is made of.
    # shellcheck disable=SC2086
    env "CC_$for_target=clang-19" "CXX_$for_target=clang++-19" "CFLAGS_$for_target=$flags" "CXXFLAGS_$for_target=$flags -fno-sanitize=vptr" \
        RUSTC_BOOTSTRAP=1 RUSTFLAGS="$rustflags" CARGO_TARGET_DIR="$out" \
        ${CARGO:-cargo} "$command" --lib --target "$host" ${CARGOFLAGS:-} "$@"
}

build() { cargo_for_target rustc --crate-type staticlib; }

# compile SOURCE FLAGS...
compile() {
    source=$1
    shift
    # shellcheck disable=SC2086
    clang-19 -O1 -std=gnu11 $flags -Iinclude -Ic_tests "$source" "$@" -o "$out/$(basename "$source" .c)" \
        $link "$library" -lm -ldl -pthread || fail "$source does not compile"
}

# finds REPORT FRAME FAULT CONFIG: the fault ends the program, with this report that names this place.
finds() {
    ! "$out/faults" "$3" "$4" >"$out/report" 2>&1 || fail "nothing is said about $3 in $4"
    grep -q "$1" "$out/report" && grep -q "$2" "$out/report" || fail "$3 in $4: $(head -n 20 "$out/report")"
}

# run PROGRAM ARGUMENTS...: it succeeds, and nothing is reported.
run() {
    name=$1
    shift
    rm -f "$out"/report.*
    if (cd "$out" && "./$name" "$@" >"$out/stdout" 2>"$out/stderr") && ! cat "$out/stderr" "$out"/report.* 2>/dev/null | grep -q .; then
        passed=$((passed + 1))
        tail -n 1 "$out/stdout"
    else
        failed=$((failed + 1))
        tail -n 5 "$out/stdout"
        cat "$out/stderr" "$out"/report.* 2>/dev/null | head -n 60
        echo "test-sanitizers: $name FAILED"
    fi
}

# rust_tests [FILTER...]: unit tests, whose C libraries are watched as well.
rust_tests() {
    rm -f "$out"/report.*
    if cargo_for_target test -- "$@" >"$out/stdout" 2>"$out/stderr" && ! grep -q Sanitizer "$out/stderr"; then
        passed=$((passed + 1))
        grep '^test result' "$out/stdout"
    else
        failed=$((failed + 1))
        grep -E '^test result|FAILED' "$out/stdout" || true
        cat "$out/stderr" "$out"/report.* 2>/dev/null | grep -A 60 -m 1 -E 'Sanitizer|^error' || tail -n 30 "$out/stderr"
        echo "test-sanitizers: unit tests FAILED"
    fi
}

# The allocator of tests/hostile/memory.h before that of the sanitizer.
hostile() {
    name=$1
    shift
    wrapped=
    for function in malloc calloc realloc free memalign aligned_alloc posix_memalign; do
        wrapped="$wrapped -Wl,--wrap=$function"
    done
    # shellcheck disable=SC2086
    compile "tests/hostile/$name.c" -DSANITIZED $wrapped
    run "$name" "$goldens" "$@"
}

# The library, which has to show the faults of a caller.
build_address() {
    instrument address address,undefined -Zsanitizer=address
    build
    compile tests/sanitizers/faults.c
    export UBSAN_OPTIONS="halt_on_error=1 print_stacktrace=1 suppressions=$PWD/tests/sanitizers/ubsan.supp"
    finds heap-buffer-overflow numcodecs::kernels::packbits read '{"id": "packbits"}'
    finds heap-buffer-overflow BZ2_bzCompress read '{"id": "bz2"}'
    finds 'signed integer overflow' tests/sanitizers/faults.c overflow '{"id": "zstd"}'
    finds LeakSanitizer nc_buffer leak '{"id": "zstd"}'
    export ASAN_OPTIONS="log_path=$out/report:quarantine_size_mb=16:allocator_may_return_null=1" # tests/hostile keeps the error stream for itself
}

sample() {
    build_address
    compile c_tests/corrupt.c
    run corrupt
    hostile claims
    hostile mutate -s 4999
    build_thread
    many_threads -s 12
}

address() {
    build_address
    for source in c_tests/*.c; do
        case $source in
        *allocations.c) continue ;; # counts with a malloc of its own, where the sanitizer has its own
        *netcdf*) compile "$source" -lnetcdf ;;
        *) compile "$source" ;;
        esac
        run "$(basename "$source" .c)"
    done
    many_threads -s 12
    hostile claims
    hostile mutate -s 499
    hostile refuse -s 12
    rust_tests
}

# The function of Rust's standard library that waits for a mutex, see tests/sanitizers/mutex.c.
lock() { nm "$library" 2>/dev/null | sed -n 's/^ *U \(.*5futex.*5Mutex14lock_contended.*\)/\1/p' | sort -u; }

build_thread() {
    instrument thread thread '-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer'
    build
    lock=$(lock)
    [ "$(echo "$lock" | wc -w)" -eq 1 ] || fail "which of these waits for a mutex: $lock"
    link="-DLOCK=\"$lock\" tests/sanitizers/mutex.c -Wl,--wrap=$lock"
    compile tests/sanitizers/faults.c
    finds 'data race' numcodecs::kernels::packbits race '{"id": "packbits"}'
    finds 'data race' LZ4_decompress_safe race '{"id": "lz4"}'
    export TSAN_OPTIONS="die_after_fork=0"
}

# many_threads OPTION...: 64 threads on the handle of each golden that the options choose.
many_threads() {
    compile tests/hostile/threads.c
    run threads "$goldens" "$@"
}

thread() {
    build_thread
    for source in c_tests/registry.c $(grep -lE 'pthread_create|nthreads' c_tests/*.c); do
        compile "$source"
        run "$(basename "$source" .c)"
    done
    many_threads
    export TSAN_OPTIONS="suppressions=$PWD/tests/sanitizers/tsan.supp print_suppressions=0"
    rust_tests batch:: thread pool libdeflate
}

# Valgrind, which these tests use, reads no later DWARF.
plugins() {
    out=$sanitizers/plugins
    mkdir -p "$out/dist"
    cp -P "$sanitizers"/../dist/libnumcodecs.so* "$out/dist"
    tools/make-venv.sh tests/consumers/requirements.txt "$sanitizers/../consumers-venv"
    ln -sfn ../../consumers-venv "$out/consumers-venv"
    flags='-gdwarf-4 -fsanitize=undefined -fsanitize-trap=undefined'
    link="-Wl,-rpath,$out/dist" library=$out/dist/libnumcodecs.so
    compile tests/sanitizers/faults.c
    "$out/faults" overflow '{"id": "zstd"}' && status=0 || status=$?
    [ $status -eq 132 ] || fail "an overflow does not trap: exit status $status"
    export CC="clang-19 $flags"
    CARGO_TARGET_DIR="$out" tools/build-plugins.sh lib hdf5/plugins
    if CARGO_TARGET_DIR="$out" tests/consumers/run.sh hdf5 nczarr gdal; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

passed=0 failed=0
[ $# -gt 0 ] || set -- address thread plugins
for stage in "$@"; do
    case $stage in
    sample | address | thread | plugins) "$stage" ;;
    *) fail "no stage $stage" ;;
    esac
done
echo "sanitizers: $passed passed, $failed failed"
[ $failed -eq 0 ]
