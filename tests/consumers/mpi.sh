#!/bin/sh
# Parallel HDF5 and parallel netCDF-4: 2 and 4 processes write and read one filtered variable together; serial readers see the same.
# needs: gcc hdf5-tools netcdf-bin libhdf5-openmpi-dev libnetcdf-mpi-dev libopenmpi-dev openmpi-bin pkg-config
set -eu
cd "$(dirname "$0")/../.."
export PATH="$DIST/bin:$PATH" HDF5_PLUGIN_PATH="$DIST/plugins"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

fail() {
    echo "mpi: $*" >&2
    exit 1
}

# Debian's package does not say where its header for parallel use is: below its prefix.
build() {
    # shellcheck disable=SC2046
    mpicc -std=c99 -O2 -Wall -Wextra "-I$(pkg-config --variable=prefix "$2")/include" "examples/$1.c" $(pkg-config --cflags --libs "$2") -lm -o "$WORK/$1" || fail "$1 does not build"
}

build parallel_hdf5 hdf5-openmpi
build parallel_netcdf netcdf-mpi

# run PROCESSES PROGRAM FILE CONFIGURATION
run() {
    mpirun --oversubscribe -n "$1" "$WORK/$2" "$WORK/$3" "$(numcodecs-cdvalues "$4")" 2>"$WORK/stderr" ||
        fail "$2 with $1 processes and $4: $(cat "$WORK/stderr")"
}

number=0 # of the configuration
for config in '{"id": "zstd", "level": 5}' '{"id": "blosc", "cname": "lz4"}' '{"id": "lz4"}' '{"id": "zfpy"}' \
    '{"id": "pcodec"}' '{"id": "lzma", "preset": 1}'; do
    number=$((number + 1))
    for processes in 2 4; do
        run "$processes" parallel_hdf5 "$number-$processes.h5" "$config"
        run "$processes" parallel_netcdf "$number-$processes.nc" "$config"
    done
    # serial readers: Debian's HDF5 and netCDF, h5py's HDF5
    for files in h5 nc; do
        h5diff "$WORK/$number-2.$files" "$WORK/1-4.$files" /temperature /temperature || fail "h5diff: $config in $files"
    done
done
ncdump -v temperature "$WORK/5-4.nc" | sed '1,/^data:/d' >"$WORK/dump"
[ "$(wc -w <"$WORK/dump")" -gt 90000 ] || fail "ncdump prints too little"
"$PYTHON" - "$WORK" <<'END' || fail "h5py reads other numbers"
import sys
import h5py
import numpy as np
row, column = np.ogrid[:250, :360]
expected = (15 + 12 * np.sin(row * 0.02) + np.cos(column * 0.05)).astype("f4")
for name in ("4-4.h5", "6-2.nc"):
    with h5py.File(f"{sys.argv[1]}/{name}") as file:
        assert np.allclose(file["temperature"][...], expected, rtol=0, atol=2e-6), name
END
# A bad set-up is refused on every process; nobody hangs.
! mpirun --oversubscribe -n 2 "$WORK/parallel_hdf5" "$WORK/bad.h5" 307,77 2>"$WORK/stderr" || fail "bzip2 level 77 was accepted"
grep -q '"level" must be from 1 to 9, not 77' "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
echo "mpi: ok"
