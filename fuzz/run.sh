#!/bin/sh
# fuzz/run.sh build                       builds the targets; the other commands do that only where they are missing.
# fuzz/run.sh TARGET CODEC|all SECONDS    fuzzes one target, for decode and round_trip with one codec, and adds a row to fuzz/log.md.
# fuzz/run.sh everything SECONDS          every target and codec in turn, one after the other on each core.
# fuzz/run.sh sum                         adds up the rows of fuzz/log.md, into the table at its end.
# fuzz/run.sh minimise TARGET CODEC|all   writes fuzz/corpus/TARGET/CODEC: few inputs that reach what all so far have reached.
# fuzz/run.sh minimise-all                all of them.
#
# Starts from the vectors, and from fuzz/corpus where that is; what it finds new stays in target/fuzz, a crash or an input that takes
# more than a second in target/fuzz/crashes. Needs cargo-fuzz (cargo install cargo-fuzz) and clang-19 with libclang-rt-19-dev, for the
# C libraries inside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
out=${CARGO_TARGET_DIR:-$root/target}/fuzz
programs=$out/x86_64-unknown-linux-gnu/release

build() {
    mkdir -p "$out"
    CC=${CC:-clang-19} CFLAGS='-fsanitize=address,fuzzer-no-link -g1' RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$out \
        cargo fuzz build --fuzz-dir "$here" >"$out.log" 2>&1 || { tail -n 30 "$out.log"; exit 1; }
    git -C "$root" rev-parse --short HEAD >"$out/commit"
    vectors=$root/../shared/vectors
    [ -d "$vectors" ] || vectors=$root/tests/vectors
    rm -rf "$out/seeds"
    python3 "$here/seeds.py" "$vectors" "$out/seeds"
}

# CPU seconds of the programs this shell has run, from its own account: `times` in a subshell would show that one's.
cpu_seconds() {
    times >"$out/times-$$"
    cpu=$(tail -n 1 "$out/times-$$" | tr 'ms' '  ' | awk '{ printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }')
    rm "$out/times-$$"
}

# The folders of inputs of one target and codec that exist: the working one first.
folders() {
    own=$out/corpus/$1/$2
    mkdir -p "$own"
    inputs=$own
    for folder in "$here/corpus/$1/$2" "$out/seeds/$1/$2"; do
        [ ! -d "$folder" ] || inputs="$inputs $folder"
    done
    [ "$2" = all ] && choice= || choice=CODEC=$2
}

fuzz() {
    log=$out/$1-$2.log
    folders "$1" "$2"
    mkdir -p "$out/crashes"
    status=0
    cpu_seconds
    before=$cpu
    # shellcheck disable=SC2086
    env $choice "$programs/$1" $inputs -max_total_time="$3" -max_len=4096 -timeout=10 -report_slow_units=1 -rss_limit_mb=2048 \
        -malloc_limit_mb=256 -print_final_stats=1 -artifact_prefix="$out/crashes/$1-$2-" >"$log" 2>&1 || status=$?
    cpu_seconds
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ $status -eq 0 ] && found=none || found="see $(basename "$log")"
    printf '| %s | run.sh %s %s %s | %s | %s | %s |\n' "$(cat "$out/commit")" "$1" "$2" "$3" "$((cpu - before))" "${runs:-0}" "$found" >>"$here/log.md"
    echo "$1 $2: ${runs:-0} executions, findings: $found"
    return $status
}

each_target() {
    for target in zarr shard config batch blosc_helpers registry; do echo "$target all"; done
    sed -n -e 's/^{"id": "\([^"]*\)".*/\1/p' -e 's/^\[.*/pipeline/p' "$here/configs.txt" | uniq | while read -r codec; do
        printf 'decode %s\nround_trip %s\n' "$codec" "$codec"
    done
}

sum() {
    {
        grep -v '^|' "$here/log.md" | sed '/^## Sums/,$d' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
        printf '\n| commit | command | CPU seconds | executions | findings |\n|---|---|---|---|---|\n'
        grep '^| [0-9a-f]\{7\} ' "$here/log.md"
        printf '\n## Sums\n\nCPU minutes so far, by `fuzz/run.sh sum`. Asked are 30 for what reads the richest formats (the three vlen codecs\ntogether), 5 for each other.\n\n'
        each_target | awk -f "$here/sum.awk" "$here/log.md" -
    } >"$here/log.md.new"
    mv "$here/log.md.new" "$here/log.md"
}

# merge FLAG TO FROM...: the inputs that reach what all do.
merge() {
    flag=$1
    shift
    rm -rf "$1"
    mkdir -p "$1"
    env $choice "$programs/$target" "$flag" -use_counters=0 -max_len=2048 -rss_limit_mb=2048 "$@" >"$out/minimise.log" 2>&1 </dev/null || {
        tail "$out/minimise.log"
        exit 1
    }
}

# Of the inputs so far those that reach a branch of their own: first small ones, then as few of these as do; and what was a finding once.
minimise() {
    target=$1 new=$out/minimised/$1/$2 committed=$here/corpus/$1/$2
    folders "$1" "$2"
    # shellcheck disable=SC2086
    merge -merge=1 "$new-small" $inputs
    merge -set_cover_merge=1 "$new" "$new-small"
    for found in "$committed"/found-*; do [ ! -e "$found" ] || cp "$found" "$new"; done
    rm -rf "$committed"
    mkdir -p "$here/corpus/$1"
    cp -R "$new" "$committed"
}

[ "$1" = sum ] || [ "$1" != build ] && [ -d "$out/seeds" ] || build
case $1 in
    build) ;;
    sum) sum ;;
    minimise) minimise "$2" "$3" ;;
    minimise-all) each_target | xargs -L 1 "$0" minimise ;;
    everything) each_target | xargs -P "$(nproc)" -L 1 sh -c '"$0" "$2" "$3" "$1" || echo "FOUND in $2 $3"' "$here/run.sh" "$2" ;;
    *) fuzz "$@" ;;
esac
