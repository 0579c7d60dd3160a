#!/bin/sh
# HDF5: Debian's tools and h5py's own HDF5 with our plug-ins, hdf5plugin's files both ways, hostile chunks, numcodecs-doctor.
# needs: gcc hdf5-tools libhdf5-dev pkg-config valgrind
set -eu
cd "$(dirname "$0")/../.."
here=tests/consumers
export PATH="$DIST/bin:$PATH" HDF5_PLUGIN_PATH="$DIST/plugins"

fail() {
    echo "hdf5: $*" >&2
    exit 1
}

files() { "$PYTHON" "$here/hdf5_files.py" "$@" || fail "hdf5_files.py $*"; }
values() { numcodecs-cdvalues "$@" || fail "numcodecs-cdvalues $*"; }

# Each plug-in exports the entry points and nothing else, and needs no HDF5 or netCDF.
for plugin in "$DIST"/plugins/*.so; do
    exported=$(nm -D --defined-only "$plugin" | awk '{ print $3 }' | sort | tr '\n' ' ')
    [ "$exported" = "H5PLget_plugin_info H5PLget_plugin_type NCZ_get_codec_info " ] || fail "$plugin exports $exported"
    needed=$(readelf -d "$plugin" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | tr '\n' ' ')
    [ "$needed" = "libnumcodecs.so.0 libm.so.6 libc.so.6 " ] || fail "$plugin needs $needed"
done

# Every filter is in the table of docs/hdf5.md and has a case here.
sed -n 's/^    {\([0-9]*\), "\([a-z0-9_]*\)".*/| \1 | `\2` |/p' plugins/hdf5/filters.c >"$WORK/table"
while read -r row; do
    grep -qF "$row" docs/hdf5.md || fail "docs/hdf5.md lacks $row"
    grep -q "\"id\": \"$(echo "$row" | cut -d '`' -f 2)\"" "$here/filter_cases.py" || fail "filter_cases.py lacks $row"
done <"$WORK/table"
[ "$(wc -l <"$WORK/table")" -eq "$(find "$DIST/plugins" -name '*.so' | wc -l)" ] || fail "as many plug-ins as rows in filters.c"

# The doctor: content with ours, not with one that does not load, one that is no plug-in, or one that is missing.
numcodecs-doctor >"$WORK/doctor" || fail "$(cat "$WORK/doctor")"
mkdir "$WORK/broken"
cp "$DIST"/plugins/*.so "$WORK/broken"
! numcodecs-doctor "$WORK/broken" >"$WORK/doctor" || fail "numcodecs-doctor is content with plug-ins that do not find the library"
grep -q 'FAILED.*libh5numcodecs_delta.so: libnumcodecs.so.0: cannot open shared object file' "$WORK/doctor" || fail "$(cat "$WORK/doctor")"
! HDF5_PLUGIN_PATH=$WORK/none numcodecs-doctor >"$WORK/doctor" || fail "numcodecs-doctor is content with no folder"
grep -q 'MISSING *33008 delta' "$WORK/doctor" || fail "$(cat "$WORK/doctor")"
rm -r "$WORK/broken"

# h5py, and hdf5plugin both ways: it takes filters that are there before its own, so its runs must not find ours.
files ours write "$WORK/ours.h5"
files ours read "$WORK/ours.h5"
(HDF5_PLUGIN_PATH=$WORK/none && files peer write "$WORK/peer.h5" && files peer read "$WORK/ours.h5")
files ours read "$WORK/peer.h5"
files compare "$WORK/ours.h5" "$WORK/peer.h5"
files refused "$WORK/refused.h5"

# Debian's tools read what h5py wrote with us and with hdf5plugin.
h5dump -pH "$WORK/ours.h5" | grep -q 'COMMENT numcodecs.fixedscaleoffset' || fail "h5dump names no filter of ours"
h5diff "$WORK/ours.h5" "$WORK/peer.h5" /registered/lz4 /registered/lz4 || fail "h5diff: lz4"
h5diff "$WORK/ours.h5" "$WORK/peer.h5" /registered/zfp_accuracy /registered/zfp_accuracy || fail "h5diff: zfp"
h5dump "$WORK/ours.h5" >"$WORK/dump" || fail "h5dump"

# h5repack with the values of numcodecs-cdvalues, and back to plain.
h5repack -f NONE "$WORK/ours.h5" "$WORK/plain.h5"
h5repack -f "/registered/zstd:$(values --h5repack '{"id": "delta", "dtype": "<f4"}')" \
    -f "/registered/lz4:$(values --h5repack '{"id": "lzma", "preset": 1}')" \
    -f "/registered/bzip2:$(values --h5repack '{"id": "zfpy"}')" "$WORK/plain.h5" "$WORK/repacked.h5"
h5dump -pH "$WORK/repacked.h5" >"$WORK/dump"
for filter in 33008 33012 32013; do
    grep -q "FILTER_ID $filter" "$WORK/dump" || fail "h5repack has not applied $filter"
done
h5diff "$WORK/plain.h5" "$WORK/repacked.h5" /registered/lz4 /registered/lz4 || fail "h5diff: lzma"
h5diff "$WORK/plain.h5" "$WORK/repacked.h5" /registered/bzip2 /registered/bzip2 || fail "h5diff: zfpy"
[ "$(values --json 33008,28,1684611707,1679964706,1635019877,1679961122,1701869940,1008876066,2099393129)" = \
    '{"id":"delta","dtype":"<i2","astype":"<i2"}' ] || fail "numcodecs-cdvalues --json"
! numcodecs-cdvalues '{"id": "vlen-utf8"}' 2>"$WORK/said" || fail "vlen-utf8 is no filter"
grep -q 'no filter stands for this codec' "$WORK/said" || fail "$(cat "$WORK/said")"

# Making and writing datasets leaks nothing and reads nothing it should not.
tools/memcheck.sh h5repack -f "/registered/zfp_rate:$(values --h5repack '{"id": "zfpy", "mode": 2, "rate": 8}')" \
    -f "/registered/lz4:$(values --h5repack '{"id": "bitround", "keepbits": 9}')" "$WORK/plain.h5" "$WORK/memcheck.h5" ||
    fail "valgrind: h5repack"

# Without the plug-ins the tools say so.
! HDF5_PLUGIN_PATH=$WORK/none h5dump -d /each/00_zlib -d /each/21_delta "$WORK/ours.h5" >"$WORK/dump" 2>&1 || fail "h5dump reads without a plug-in"

# HDF5 inside the program: plug-ins find its functions if they are exported, else what needs them is refused.
for export in -rdynamic -O0; do
    # shellcheck disable=SC2046
    gcc -std=c99 -Wall -Wextra $export $(pkg-config --cflags hdf5-serial) "$here/static_hdf5.c" \
        $(pkg-config --libs-only-L hdf5-serial) -l:libhdf5.a -lcrypto -lcurl -lsz -lz -lm -ldl -lpthread -o "$WORK/static$export" || fail "static_hdf5.c does not build"
done
[ "$("$WORK/static-rdynamic" "$WORK/static.h5")" = 4 ] || fail "a program with static HDF5 and -rdynamic"
! "$WORK/static-O0" "$WORK/static.h5" 2>"$WORK/said" || fail "static HDF5 without -rdynamic was accepted"

# Chunks and parameters of an attacker.
mkdir "$WORK/chunks"
files chunks "$DIST/plugins" "$WORK/chunks"
gcc -std=c99 -g -O1 -Wall -Wextra -Werror "$here/hostile_chunks.c" -ldl -pthread -o "$WORK/hostile_chunks"
"$WORK/hostile_chunks" "$WORK/chunks/list" 3000
tools/memcheck.sh "$WORK/hostile_chunks" "$WORK/chunks/list" 30
echo "hdf5: ok"
