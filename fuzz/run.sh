#!/bin/sh
# fuzz/run.sh TARGET CODEC|all SECONDS: fuzzes one target, for decode and round_trip with one codec, and adds a row to fuzz/log.md.
# fuzz/run.sh everything SECONDS: every target and codec in turn, one after the other on each core.
#
# Starts from the vectors, and from fuzz/corpus where that is; what it finds new stays in target/fuzz, a crash in
# target/fuzz/crashes. Needs cargo-fuzz (cargo install cargo-fuzz) and clang-19 with libclang-rt-19-dev, for the C libraries inside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}/fuzz"

build() {
    CC=${CC:-clang-19} CFLAGS='-fsanitize=address,fuzzer-no-link -g1' RUSTC_BOOTSTRAP=1 \
        cargo fuzz build --fuzz-dir "$here" >"$CARGO_TARGET_DIR.log" 2>&1 || { tail -n 30 "$CARGO_TARGET_DIR.log"; exit 1; }
}

# CPU seconds of the programs this shell has run, from its own account: `times` in a subshell would show that one's.
cpu_seconds() {
    times >"$CARGO_TARGET_DIR/times-$$"
    cpu=$(tail -n 1 "$CARGO_TARGET_DIR/times-$$" | tr 'ms' '  ' | awk '{ printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }')
    rm "$CARGO_TARGET_DIR/times-$$"
}

fuzz() {
    target=$1 codec=$2 seconds=$3
    own=$CARGO_TARGET_DIR/corpus/$target/$codec committed=$here/corpus/$target/$codec seeds=$CARGO_TARGET_DIR/seeds/$target/$codec
    log=$CARGO_TARGET_DIR/$target-$codec.log
    mkdir -p "$own" "$CARGO_TARGET_DIR/crashes"
    # A working folder, those that exist of the others, and nothing of the machine's environment but the codec.
    set -- "$own"
    [ -d "$committed" ] && set -- "$@" "$committed"
    [ -d "$seeds" ] && set -- "$@" "$seeds"
    [ "$codec" = all ] && choice= || choice=CODEC=$codec
    status=0
    cpu_seconds
    before=$cpu
    # shellcheck disable=SC2086
    env $choice "$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/$target" "$@" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$CARGO_TARGET_DIR/crashes/$target-$codec-" >"$log" 2>&1 || status=$?
    cpu_seconds
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ $status -eq 0 ] && found=none || found="see $(basename "$log")"
    printf '| %s | %s | %s | %s | %s | %s |\n' "$(git -C "$root" rev-parse --short HEAD)" "$target" "$codec" "$((cpu - before))" "${runs:-0}" "$found" >>"$here/log.md"
    echo "$target $codec: ${runs:-0} executions, findings: $found"
    return $status
}

mkdir -p "$CARGO_TARGET_DIR"
build
vectors=$root/../shared/vectors
[ -d "$vectors" ] || vectors=$root/tests/vectors
[ -d "$CARGO_TARGET_DIR/seeds" ] || python3 "$here/seeds.py" "$vectors" "$CARGO_TARGET_DIR/seeds"

if [ "$1" = everything ]; then
    codecs=$(sed -n 's/^{"id": "\([^"]*\)".*/\1/p' "$here/configs.txt" | uniq)
    {
        for target in config zarr shard batch blosc_helpers registry; do echo "$target all"; done
        for codec in $codecs; do printf 'decode %s\nround_trip %s\n' "$codec" "$codec"; done
    } | xargs -P "$(nproc)" -L 1 sh -c '"$0" "$2" "$3" "$1" || echo "FOUND in $2 $3"' "$here/run.sh" "$2"
else
    fuzz "$@"
fi
