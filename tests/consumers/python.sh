#!/bin/sh
# The Python module: installed by pip against an installed library, its own tests beside numcodecs, every vector of arrays, real chunks.
# needs: pkg-config
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/tools/python-module.sh" "$PYTHON" "$WORK"
export PYTHONPATH="$WORK/site" LD_LIBRARY_PATH="$WORK/prefix/lib"

cd "$WORK"
"$PYTHON" -m unittest discover "$root/bindings/python/tests"
"$PYTHON" -c "import doctest, sys, libnumcodecs; sys.exit(doctest.testmod(libnumcodecs).failed)"
"$PYTHON" "$root/tests/consumers/python_vectors.py" "$root/tests/vectors" "$root/examples/data"
