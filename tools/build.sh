#!/bin/sh
# What is shipped, for Makefile and CMakeLists.txt alike, into TARGET/dist (TARGET is CARGO_TARGET_DIR or `target`):
#
#   tools/build.sh shared    libnumcodecs.so and the name its SONAME asks for at run time
#   tools/build.sh static    libnumcodecs.a, and native-static-libs.txt: what it has to be linked with
#
# One crate type at a time: with several beside each other Cargo leaves link-time optimisation out (rust-lang/cargo 9672).
# CARGO and CARGOFLAGS may be set.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "${CARGO_TARGET_DIR:=target}/dist"
target=$(cd "$CARGO_TARGET_DIR" && pwd)
release=$target/release
dist=$target/dist

build() {
    type=$1
    shift
    # shellcheck disable=SC2086
    ${CARGO:-cargo} rustc --release --lib --crate-type "$type" ${CARGOFLAGS:-} "$@"
}

# A new file, not new content: programs that have the old one mapped must not see it change.
replace() {
    cp "$1" "$2.new"
    mv -f "$2.new" "$2"
}

# The bundled C libraries define thousands of global names (ZSTD_compress, deflate, ...), which would meet those of the
# program. One object file in which only our names are global does not. The bitcode is for rustc alone and stops some linkers.
hide_symbols() {
    ld -r -o "$dist/all.o" --whole-archive "$1"
    objcopy --wildcard --keep-global-symbol='nc_*' --strip-debug \
        --remove-section=.llvmbc --remove-section=.llvmcmd "$dist/all.o" "$dist/numcodecs.o"
    rm -f "$2"
    ar crs "$2" "$dist/numcodecs.o"
    rm "$dist/all.o" "$dist/numcodecs.o"
}

case ${1:-} in
shared)
    build cdylib
    if [ "$(uname -s)" = Darwin ]; then
        replace "$release/libnumcodecs.dylib" "$dist/libnumcodecs.dylib"
        ln -sf libnumcodecs.dylib "$dist/libnumcodecs.0.dylib"
    else
        replace "$release/libnumcodecs.so" "$dist/libnumcodecs.so"
        ln -sf libnumcodecs.so "$dist/libnumcodecs.so.0"
    fi
    ;;
static)
    build staticlib -- --print "native-static-libs=$dist/native-static-libs.txt"
    if [ "$(uname -s)" = Linux ]; then
        hide_symbols "$release/libnumcodecs.a" "$dist/libnumcodecs.a"
    else
        replace "$release/libnumcodecs.a" "$dist/libnumcodecs.a"
    fi
    ;;
*)
    echo "usage: tools/build.sh shared|static" >&2
    exit 2
    ;;
esac
