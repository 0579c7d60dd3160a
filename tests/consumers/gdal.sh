#!/bin/sh
# needs: gdal-bin
# GDAL's Zarr driver with gdal_numcodecs.so: what gdal.py says.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
make -s -C "$here/../.." gdal-plugin
cd "$WORK"
"$PYTHON" -W ignore "$here/gdal.py" "$DIST/gdalplugins"
