#!/bin/sh
# tests/consumers/run.sh [NAME...]: runs the tests of the consumers of this folder, all or those named; each is one stage.
#
# A consumer's test is an executable here, NAME.sh. Its lines `# needs: PACKAGE...` name Debian packages; those of all tests are installed
# first, in one go. It finds the built library and plug-ins in $DIST, a folder of its own in $WORK, and Python with requirements.txt in
# $PYTHON. A test whose packages are missing fails; the others run all the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
DIST=$target/dist PYTHON=$target/consumers-venv/bin/python
export DIST PYTHON

[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.sh | sed 's|^\./||; s|\.sh$||; /^run$/d')
for name in "$@"; do
    [ -x "$here/$name.sh" ] || {
        echo "consumers: $name.sh is not an executable of tests/consumers" >&2
        exit 2
    }
done

needs() { sed -n 's/^# needs: *//p' "$here/$1.sh"; }

# one NAME: the test, in a folder of its own.
one() {
    WORK=$target/consumers/$1
    export WORK
    rm -rf "$WORK"
    mkdir -p "$WORK"
    # shellcheck disable=SC2046
    tools/stage.sh "consumer $1" sh -c 'test=$1; shift; tools/install-deps.sh packages "$@" && "$test"' - "$here/$1.sh" $(needs "$1") </dev/null
}

# shellcheck disable=SC2046
tools/stage.sh "consumers: packages" tools/install-deps.sh packages $(for name in "$@"; do needs "$name"; done | tr ' ' '\n' | sort -u) || true
tools/stage.sh "consumers: Python" tools/make-venv.sh "$here/requirements.txt" "$target/consumers-venv" || true

failed=
for name in "$@"; do
    one "$name" || failed="$failed $name"
done
echo "consumers: $(($# - $(echo "$failed" | wc -w))) of $# passed${failed:+; FAILED:$failed}"
[ -z "$failed" ]
