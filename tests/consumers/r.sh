#!/bin/sh
# The R package: built, checked ("Status: OK") and installed against an installed library; its own tests, the vectors, the real stores.
# needs: r-base-core r-cran-tinytest r-cran-knitr r-cran-jsonlite pkg-config
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
make -s -C "$root" install PREFIX="$WORK/prefix" >"$WORK/log" 2>&1 || { cat "$WORK/log" >&2; exit 1; }
export PKG_CONFIG_PATH="$WORK/prefix/lib/pkgconfig"

# The check asks no network: none of its questions is about the package itself.
export _R_CHECK_CRAN_INCOMING_=false _R_CHECK_FORCE_SUGGESTS_=true _R_CHECK_SYSTEM_CLOCK_=false R_LIBS="$WORK/lib"
mkdir "$WORK/lib"
cd "$WORK"
R CMD build "$root/bindings/r" >log 2>&1 || { cat log >&2; exit 1; }
R CMD check --no-manual numcodecs_*.tar.gz >log 2>&1 || { cat log numcodecs.Rcheck/*.out numcodecs.Rcheck/*.fail 2>/dev/null >&2; exit 1; }
grep '^Status: OK$' log || { cat log >&2; exit 1; }
R CMD INSTALL --library=lib numcodecs_*.tar.gz >log 2>&1 || { cat log >&2; exit 1; }

Rscript -e 'tinytest::test_package("numcodecs", verbose = 0)'
Rscript "$root/tests/consumers/r_vectors.R" "$root/tests/vectors" "$root/examples/data"

# What R writes, zarr-python reads.
Rscript -e 'library(numcodecs)
m <- matrix(as.double(1:35), 7)
for (format in 2:3) zarr_write(paste0("new", format, ".zarr"), m, c(4, 3), codec("zstd"), dtype = "<f4", format = format)'
"$PYTHON" -c 'import numpy as np, zarr
for format in (2, 3):
    np.testing.assert_array_equal(zarr.open_array(f"new{format}.zarr")[:], np.arange(1, 36, dtype="f4").reshape(5, 7).T)'
