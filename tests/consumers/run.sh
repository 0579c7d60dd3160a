#!/bin/sh
# tests/consumers/run.sh [NAME...]: runs the tests of the consumers of this folder, all or those named; each is one stage.
#
# A consumer's test is an executable here, NAME.sh. Its lines `# needs: PACKAGE...` name Debian packages; they are installed first, in one go.
# It finds the built library and plug-ins in $DIST, a folder of its own in $WORK, and Python with requirements.txt in $PYTHON.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
DIST=$target/dist PYTHON=$target/consumers-venv/bin/python
export DIST PYTHON

[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.sh | sed 's|^\./||; s|\.sh$||; /^run$/d')

# shellcheck disable=SC2046
"$root/tools/install-deps.sh" packages $(for name in "$@"; do sed -n 's/^# needs: *//p' "$here/$name.sh"; done | tr ' ' '\n' | sort -u)
"$root/tools/make-venv.sh" "$here/requirements.txt" "$target/consumers-venv"

failed=0
for name in "$@"; do
    WORK=$target/consumers/$name
    export WORK
    rm -rf "$WORK"
    mkdir -p "$WORK"
    "$root/tools/stage.sh" "consumer $name" "$here/$name.sh" || failed=$((failed + 1))
done
echo "consumers: $(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
