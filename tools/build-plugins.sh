#!/bin/sh
# The plug-ins for HDF5 and NCZarr into TARGET/dist/plugins and their tools into TARGET/dist/bin, for Makefile and CMakeLists.txt alike;
# the shared library must have been built.
#
#   tools/build-plugins.sh LIBDIR PLUGINDIR
#
# LIBDIR is the folder of the installed library below the prefix, PLUGINDIR that of the plug-ins below LIBDIR: plug-ins and tools find
# the library by these ways, wherever the whole is moved. CC and CFLAGS may be set.
set -eu
libdir=$1 plugindir=$2
from_plugins=$(echo "$plugindir" | sed 's,[^/][^/]*,..,g')
cd "$(dirname "$0")/.."
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
dist=$target/dist
out=$target/plugins
mkdir -p "$dist/plugins" "$dist/bin" "$out"
origin='$ORIGIN'
[ "$(uname -s)" = Darwin ] && origin=@loader_path

compile() {
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c99 -O2 -Wall -Wextra -pedantic -fPIC -fvisibility=hidden -Iinclude ${CFLAGS:-} "$@"
}

# link OUTPUT WAY_TO_DIST WAY_TO_INSTALLED ARGUMENTS...
link() {
    output=$1 to_dist=$origin/$2 to_installed=$origin/$3
    shift 3
    compile "$@" -L"$dist" -lnumcodecs -lm -ldl -Wl,-rpath,"$to_dist" -Wl,-rpath,"$to_installed" -o "$output.new"
    mv -f "$output.new" "$output"
}

common= configuration=
for source in plugins/hdf5/*.c; do
    name=$(basename "$source" .c)
    case $name in entry | doctor) continue ;; esac
    compile -c "$source" -o "$out/$name.o"
    case $name in
    cdvalues) ;;
    caller | complain | dataset | hdf5 | nczarr | variable) common="$common $out/$name.o" ;;
    *) configuration="$configuration $out/$name.o" ;;
    esac
done

rm -f "$dist/plugins"/*
sed -n 's/^    {\([0-9]*\), "\([a-z0-9_]*\)".*/\1 \2/p' plugins/hdf5/filters.c >"$out/table"
while read -r id codec; do
    compile "-DFILTER_ID=$id" "-DFILTER_CODEC=\"$codec\"" -c plugins/hdf5/entry.c -o "$out/entry.o"
    # shellcheck disable=SC2086
    link "$dist/plugins/libh5numcodecs_$codec.so" .. "$from_plugins" -shared "$out/entry.o" $common $configuration
done <"$out/table"

# shellcheck disable=SC2086
link "$dist/bin/numcodecs-cdvalues" .. "../$libdir" "$out/cdvalues.o" $configuration
compile "-DFROM_BIN=\"../$libdir/$plugindir\"" plugins/hdf5/doctor.c "$out/filters.o" -ldl -o "$dist/bin/numcodecs-doctor"
