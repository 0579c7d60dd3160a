#!/bin/sh
# dask with two worker processes stores into a zarr-python array and reads it back, all chunks through bindings/python.
# needs: pkg-config
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/tools/python-module.sh" "$PYTHON" "$WORK"
export PYTHONPATH="$WORK/site" LD_LIBRARY_PATH="$WORK/prefix/lib"

cd "$WORK"
"$PYTHON" "$root/tests/consumers/dask_store.py" "$WORK/store.zarr"
