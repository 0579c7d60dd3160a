#!/bin/sh
# tools/python-module.sh PYTHON FOLDER: the library into FOLDER/prefix and, built against that, bindings/python into FOLDER/site.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$2"
folder=$(cd "$2" && pwd)
make -s install PREFIX="$folder/prefix" >"$folder/install.log" 2>&1 || { cat "$folder/install.log" >&2; exit 1; }
cp -R bindings/python "$folder/source"
PKG_CONFIG_PATH=$folder/prefix/lib/pkgconfig "$1" -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder/site" "$folder/source"
