#!/bin/sh
# tools/make-venv.sh REQUIREMENTS VENV: a Python environment with the packages of a file. Does nothing when it is already there.
set -eu
requirements=$1
venv=$2
stamp=$venv/requirements.stamp
log=$venv.log
want=$(cksum < "$requirements")

[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0

fail() { echo "$(basename "$venv"): missing $1" >&2; exit 1; }
is_new_enough() { "$@" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

# Prints the path of a Python 3.12 or newer: on PATH first, then under pyenv, whose shims fail for versions not selected.
find_python() {
    for name in python3.13 python3.12 python3.14 python3; do
        if is_new_enough "$name"; then "$name" -c 'import sys; print(sys.executable)'; return; fi
    done
    for exe in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9].*/bin/python3; do
        if is_new_enough "$exe"; then echo "$exe"; return; fi
    done
    return 1
}

mkdir -p "$(dirname "$venv")"
python=$(find_python) || fail "Python 3.12 or newer (numcodecs 0.17.1 needs it)"
rm -rf "$venv"
"$python" -m venv "$venv" >"$log" 2>&1 || { tail -5 "$log" >&2; fail "venv (on Debian: package python3-venv)"; }
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >>"$log" 2>&1 || {
    tail -20 "$log" >&2
    fail "a package of $requirements"
}
printf '%s\n' "$want" > "$stamp"
