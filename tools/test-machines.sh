#!/bin/sh
# tools/test-machines.sh MACHINE [STAGE...]: the library on a processor that is not this one, under qemu. MACHINE is
#
#   aarch64   64-bit ARM, with its NEON kernels
#   s390x     big-endian
#
#   units     the unit tests
#   vectors   tests/vectors, and ../shared/vectors where it is, by tests/conformance/check_vectors.py in that machine's own Python;
#             a codec that is absent is a failure
#   sample    tests/vectors alone, with a library without zfpy, whose C library takes the most to build
#
# The first two are done where no STAGE is given. Each closes with the number of tests that passed and failed.
#
# What it needs is installed, or unpacked into TARGET/machines where this machine shall not have it: Debian's rustc-web, which has the
# sources of the standard library (rustup's need not have one for other machines), and a root folder with Python, NumPy and cffi of
# that machine. RUSTC_BOOTSTRAP allows Cargo to build the standard library, which is an unstable flag.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "test-machines: $*" >&2
    exit 1
}

machine=${1:-}
case $machine in
aarch64) debian=arm64 ;;
s390x) debian=s390x ;;
*) fail "usage: tools/test-machines.sh aarch64|s390x [units|vectors|sample]..." ;;
esac
shift
[ $# -gt 0 ] || set -- units vectors

mkdir -p "${CARGO_TARGET_DIR:=target}/machines"
machines=$(cd "$CARGO_TARGET_DIR/machines" && pwd)
rust=$machines/rust root=$machines/$machine
gnu=$machine-linux-gnu target=$machine-unknown-linux-gnu

# apt ARCHITECTURE COMMAND...: apt-get or apt-cache with lists and archives of its own, so that no foreign architecture is added here.
apt() {
    architecture=$1 command=$2 state=$machines/apt-$1
    shift 2
    mkdir -p "$state/lists/partial" "$state/archives/partial"
    touch "$state/status"
    "$command" -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state" -o APT::Architecture="$architecture" \
        -o APT::Architectures="$architecture" -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" "$@"
}

# The compiler, what it needs of its own, and of its sources those of the standard library.
unpack_rust() {
    [ ! -e "$rust/ready" ] || return 0
    echo "unpacking rustc-web and the sources of its library into $CARGO_TARGET_DIR/machines"
    host=$(dpkg --print-architecture)
    rm -rf "$rust"
    mkdir -p "$rust/debs"
    apt "$host" apt-get update >"$machines/log" 2>&1 || fail "$(cat "$machines/log")"
    packages=$(apt "$host" apt-cache depends --recurse -i rustc-web | grep -xE 'rustc-web|lib(std-rust-web|llvm|z3|xml2|icu|edit|bsd|md).*' || true)
    [ -n "$packages" ] || fail "no package rustc-web: this needs Debian"
    # shellcheck disable=SC2086
    (cd "$rust/debs" && apt "$host" apt-get download $packages rust-web-src) >"$machines/log" 2>&1 || fail "$(cat "$machines/log")"
    for deb in "$rust"/debs/*.deb; do
        case $deb in
        */rust-web-src_*) dpkg --fsys-tarfile "$deb" | tar -x -C "$rust" --wildcards './usr/src/*/library' ./usr/lib/rustlib ;;
        *) dpkg -x "$deb" "$rust" ;;
        esac
    done
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s/usr/lib/%s exec %s/usr/bin/rustc "$@"\n' "$rust" "$(gcc -print-multiarch)" "$rust" >"$rust/rustc"
    chmod +x "$rust/rustc"
    rm -r "$rust/debs"
    touch "$rust/ready"
}

# Python and what the conformance runner imports, for the machine: never installed, only unpacked.
unpack_root() {
    [ ! -e "$root/ready" ] || return 0
    echo "unpacking Python and NumPy of $machine into $CARGO_TARGET_DIR/machines"
    rm -rf "$root" "$machines/apt-$debian/archives"
    {
        apt "$debian" apt-get update &&
            apt "$debian" apt-get install -y -d --no-install-recommends python3-numpy python3-cffi python3-msgpack libgcc-s1
    } >"$machines/log" 2>&1 || fail "$(cat "$machines/log")"
    for deb in "$machines/apt-$debian"/archives/*.deb; do dpkg -x "$deb" "$root"; done
    touch "$root/ready"
}

build() {
    upper=$(echo "$target" | tr 'a-z-' 'A-Z_')
    # shellcheck disable=SC2086
    env "CARGO_TARGET_${upper}_LINKER=$gnu-gcc" "CARGO_TARGET_${upper}_RUNNER=qemu-$machine -L /usr/$gnu" \
        BINDGEN_EXTRA_CLANG_ARGS="--sysroot=/usr/$gnu" RUSTC="$rust/rustc" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$machines/target" \
        CARGO_PROFILE_DEV_DEBUG=0 ${CARGO:-cargo} "$@" -Zbuild-std --target "$target" --lib ${CARGOFLAGS:-}
}

needs() {
    tools/install-deps.sh packages gcc qemu-user "libc6-dev-$debian-cross" "$@"
    unpack_rust
}

units() {
    needs cmake libclang-dev g++ "g++-$gnu"
    build test
}

# check FOLDER [OPTION]: with the Python of the machine, which finds these two libraries nowhere else.
check() {
    unpack_root
    libraries=$root/usr/lib/$gnu
    qemu-$machine -L "$root" -E LD_LIBRARY_PATH="$libraries/blas:$libraries/lapack" "$root/usr/bin/python3" -B \
        tests/conformance/check_vectors.py --lib "$machines/target/$target/debug/libnumcodecs.so" "$@"
}

vectors() {
    needs cmake libclang-dev g++ "g++-$gnu"
    build rustc --crate-type cdylib
    check tests/vectors --all-ids
    [ ! -d ../shared/vectors ] || check ../shared/vectors --all-ids
}

sample() {
    needs "gcc-$gnu"
    build rustc --crate-type cdylib --no-default-features
    check tests/vectors
}

for stage in "$@"; do
    case $stage in
    units | vectors | sample) "$stage" ;;
    *) fail "no stage $stage" ;;
    esac
done
