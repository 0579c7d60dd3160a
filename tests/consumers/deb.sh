#!/bin/sh
# needs: debhelper dpkg-dev lintian gcc pkg-config cmake gdal-bin hdf5-tools
# The Debian packages: built, clean for lintian, installed with apt-get as root, used by programs that are told no path, removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
packages=$(sed -n 's/^Package: //p' "$root/debian/control" | tr '\n' ' ')
cd "$WORK"

fail() {
    echo "deb: $*" >&2
    exit 1
}

quietly() { "$@" >"$WORK/log" 2>&1 || fail "$*: $(tail -n 20 "$WORK/log")"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null; }

! dpkg-query -W -f '${Status}\n' $packages 2>/dev/null | grep -q ' installed$' || fail "the packages are installed on this machine already: left alone"

quietly make -C "$root" deb
cp "$DIST"/../deb/*.deb .
for package in $packages; do
    file=$(echo "${package}_${version}"-*.deb)
    [ -f "$file" ] || fail "no ${package}_$version-*.deb"
done
# Whoever publishes packages enters an address and a number of Debian's.
quietly lintian --allow-root --fail-on error,warning --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog,initial-upload-closes-no-bugs ./*.deb

trap 'apt remove $packages >/dev/null 2>&1' EXIT
quietly apt install ./*.deb
[ -z "$(dpkg --verify $packages)" ] || fail "$(dpkg --verify $packages)"

# check_app PROGRAM: it runs, with no path told, and the library has this version.
check_app() { [ "$("$1")" = "$version" ] || fail "$1 does not say $version"; }

unset PKG_CONFIG_PATH LD_LIBRARY_PATH GDAL_DRIVER_PATH HDF5_PLUGIN_PATH
# shellcheck disable=SC2046
quietly gcc "$here/app/app.c" $(pkg-config --cflags --libs numcodecs) -o by_pkg_config
check_app ./by_pkg_config
ldd by_pkg_config | grep -q "/usr/lib/$(gcc -print-multiarch)/libnumcodecs.so.0\|/lib/$(gcc -print-multiarch)/libnumcodecs.so.0" || fail "not in the folder of this architecture: $(ldd by_pkg_config)"
quietly cmake -S "$here/app" -B cmake
quietly cmake --build cmake
check_app cmake/app_shared
check_app cmake/app_static

# HDF5 finds its plug-ins by itself: serial and parallel.
quietly numcodecs-doctor
quietly numcodecs-doctor "/usr/lib/$(gcc -print-multiarch)/hdf5/openmpi/plugins"
"$PYTHON" -c 'import h5py, numpy; h5py.File("plain.h5", "w").create_dataset("x", data=numpy.arange(2000), chunks=(500,))'
quietly h5repack -f "x:$(numcodecs-cdvalues --h5repack '{"id": "delta", "dtype": "<i8"}')" -f "x:$(numcodecs-cdvalues --h5repack '{"id": "zstd"}')" plain.h5 packed.h5
quietly h5diff plain.h5 packed.h5
h5dump -pH packed.h5 | grep -q 'FILTER_ID 32015' || fail "h5repack has not used the plug-ins"

# And so does GDAL.
"$PYTHON" -W ignore - <<'PY'
import numcodecs, numpy, zarr
store = zarr.create_array("bz2.zarr", shape=(40, 50), chunks=(20, 30), dtype="<i4", zarr_format=2, compressors=numcodecs.BZ2(level=9))
store[...] = numpy.arange(2000).reshape(40, 50)
PY
quietly gdal_translate -q -of ENVI bz2.zarr numbers.img
[ "$(od -An -v -t d4 -w4 numbers.img | tr -d ' ' | tr '\n' ' ')" = "$(seq 0 1999 | tr '\n' ' ')" ] || fail "GDAL reads other numbers"

# shellcheck disable=SC2086
dpkg -L $packages | sort -u >installed
quietly apt remove $packages
while read -r path; do
    [ -d "$path" ] || [ ! -e "$path" ] || fail "$path is left after removing"
done <installed
! ldconfig -p | grep -q libnumcodecs || fail "ldconfig still knows the library"
trap - EXIT
echo "deb: $packages$version: installed, used, removed"
