#!/bin/sh
# Installs what tests and the codec zfpy need beyond cargo, gcc and make, where that is possible; else names what is missing.
#
#   tools/install-deps.sh [zfp]           all, or only what zfpy's library needs to be built
#   tools/install-deps.sh packages NAME.. these Debian packages
#   tools/install-deps.sh --check [zfp]   says what is missing and installs nothing
set -u

mode=install
if [ "${1:-}" = --check ]; then
    mode=check
    shift
fi

# What bindgen needs: the library, about where it looks for it, and clang's own headers.
has_libclang() {
    find -L /usr/lib /usr/lib64 /usr/local/lib "${LIBCLANG_PATH:-/usr/lib}" -maxdepth 3 \
        \( -name 'libclang.so*' -o -name 'libclang-[0-9]*.so*' \) 2>/dev/null | grep -q . &&
        find -L /usr/lib /usr/lib64 /usr/local/lib -maxdepth 7 -path '*/clang/*/include/stddef.h' 2>/dev/null | grep -q .
}

# Debian package behind each thing that is missing.
missing_packages() {
    if [ "${1:-}" = packages ]; then
        shift
        for package in "$@"; do dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"; done
        return
    fi
    command -v cmake >/dev/null || echo cmake
    has_libclang || echo libclang-dev
    [ "${1:-}" = zfp ] && return
    command -v gcc >/dev/null || echo gcc
    command -v g++ >/dev/null || echo g++
    command -v clang >/dev/null || echo clang
    command -v valgrind >/dev/null || echo valgrind
    command -v pkg-config >/dev/null || echo pkg-config
    command -v luajit >/dev/null || echo luajit
    command -v objcopy >/dev/null || echo binutils
    [ -e /usr/include/netcdf.h ] || echo libnetcdf-dev
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

missing=$(missing_packages "$@" | tr '\n' ' ')
[ -z "$missing" ] && exit 0
if [ "$mode" = install ] && command -v apt-get >/dev/null; then
    echo "installing: $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086
    { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >"$log" 2>&1 </dev/null || tail -n 5 "$log"
    rm -f "$log"
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -z "$missing" ] && exit 0
fi
echo "missing (Debian names): $missing" >&2
exit 1
