#!/bin/sh
# NCZarr: netCDF4-python's netCDF and Debian's MPI build of netCDF with our plug-ins, both ways with zarr-python; and what goes wrong
# without them.
# needs: gcc netcdf-bin libnetcdf-mpi-dev
set -eu
cd "$(dirname "$0")/../.."
export PATH="$DIST/bin:$PATH" HDF5_PLUGIN_PATH="$DIST/plugins"

fail() {
    echo "nczarr: $*" >&2
    exit 1
}

files() { "$PYTHON" tests/consumers/nczarr_files.py "$@" || fail "nczarr_files.py $*"; }
values() { numcodecs-cdvalues "$1" || fail "numcodecs-cdvalues $1"; }
url() { echo "file://$WORK/$1#mode=zarr,file"; }

# Debian's ncdump and nccopy, over netCDF's MPI build: its ordinary build is made without filters for NCZarr.
mkdir "$WORK/lib"
ln -s "$(gcc -print-file-name=libnetcdf_mpi.so.19)" "$WORK/lib/libnetcdf.so.19"
[ -e "$WORK/lib/libnetcdf.so.19" ] || fail "no libnetcdf_mpi.so.19"
with_mpi_build() { LD_LIBRARY_PATH=$WORK/lib "$@"; }

# numbers FILE-OR-URL VARIABLE: as ncdump prints them.
numbers() { ncdump -p 9,17 -v "$2" "$1" | sed '1,/^data:/d'; }

# Every codec, both ways.
files zarr-writes "$WORK/zarr.zarr"
files netcdf-reads "$WORK/zarr.zarr"
files netcdf-writes "$WORK/netcdf.zarr"
files zarr-reads "$WORK/netcdf.zarr"
files netcdf-reads "$WORK/netcdf.zarr"

# ncdump agrees with itself on stores of both hands.
with_mpi_build numbers "$(url zarr.zarr)" differences >"$WORK/differences.txt"
with_mpi_build numbers "$(url netcdf.zarr)" differences | cmp - "$WORK/differences.txt" || fail "ncdump: other numbers"
[ "$(wc -l <"$WORK/differences.txt")" -gt 2000 ] || fail "ncdump prints too little"

# nccopy: netCDF-4 to NCZarr and back, and to netCDF-4 with a filter by its packed configuration.
files source "$WORK/source.nc"
with_mpi_build nccopy -F "sst,$(values '{"id": "zfpy"}')" -F "sst10,$(values '{"id": "delta", "dtype": "<i4"}')" \
    "$WORK/source.nc" "$(url nccopy.zarr)" || fail "nccopy to NCZarr"
grep -q '"zfpy"' "$WORK/nccopy.zarr/sst/.zarray" && grep -q '"delta"' "$WORK/nccopy.zarr/sst10/.zarray" || fail "nccopy has applied no filter"
files same "$WORK/nccopy.zarr" "$WORK/source.nc"
with_mpi_build nccopy "$(url nccopy.zarr)" "$WORK/back.nc" || fail "nccopy from NCZarr"
files same "$WORK/nccopy.zarr" "$WORK/back.nc"
for config in '{"id": "zfpy"}' '{"id": "blosc", "cname": "zstd"}' '{"id": "lz4", "acceleration": 5}' '{"id": "pcodec"}'; do
    # from netCDF-4, where filters keep their own parameters, into NCZarr
    rm -rf "$WORK/filtered.nc" "$WORK/filtered.zarr"
    nccopy -F "sst,$(values "$config")" "$WORK/source.nc" "$WORK/filtered.nc" || fail "nccopy: $config"
    with_mpi_build nccopy "$WORK/filtered.nc" "$(url filtered.zarr)" || fail "nccopy to NCZarr: $config"
    files same "$WORK/filtered.zarr" "$WORK/source.nc"
    grep -q "$(echo "$config" | cut -c 9-13)" "$WORK/filtered.zarr/sst/.zarray" || fail "nccopy has lost $config"
done
nccopy -F "sst,$(values '{"id": "pcodec", "level": 3}')" "$WORK/source.nc" "$WORK/pcodec.nc" || fail "nccopy to netCDF-4"
ncdump -hs "$WORK/pcodec.nc" | grep -q 'sst:_Filter = "33014,' || fail "nccopy has applied no filter to netCDF-4"
files same "$WORK/nccopy.zarr" "$WORK/pcodec.nc"

# netCDF's own shuffle is written as one of 0 bytes, which numcodecs takes for none: wrong numbers, no error. Ours says 4.
[ "$(files shuffle "$WORK/shuffle.zarr")" = "4 right" ] || fail "shuffle: zarr-python reads it wrong"
own=$("$PYTHON" -c 'import os, netCDF4; print(os.path.join(os.path.dirname(netCDF4.__file__), "plugins"))')
said=$(HDF5_PLUGIN_PATH=$own files shuffle "$WORK/own.zarr")
[ "$said" = "0 wrong" ] || fail "netCDF writes shuffle otherwise now ($said): docs/hdf5.md names the versions"

# Debian's ordinary netCDF hands out encoded bytes as numbers, without an error and whatever the plug-ins.
numbers "$(url zarr.zarr)" differences >"$WORK/wrong.txt" || fail "Debian's netCDF now refuses filters in NCZarr: docs/hdf5.md says it does not"
! cmp -s "$WORK/wrong.txt" "$WORK/differences.txt" || fail "Debian's netCDF now knows filters in NCZarr: docs/hdf5.md says it does not"
echo "nczarr: ok"
