#!/bin/sh
# Fortran: by hand without a warning, by CMake and installed, by fpm; the shipped vectors, the API under valgrind, real chunks; and in
# an HDF5 and a netCDF program, whose files are compressed by the plug-ins.
# needs: gfortran gcc cmake pkg-config valgrind libhdf5-dev hdf5-tools libnetcdff-dev
set -eu
cd "$(dirname "$0")/../.."
fortran=$PWD/bindings/fortran
link="-L$DIST -lnumcodecs -Wl,-rpath,$DIST"
warnings="-std=f2018 -Wall -pedantic -Werror"

fail() {
    echo "fortran: $*" >&2
    exit 1
}

# quietly COMMAND...: what it says is of interest only if it fails.
quietly() { "$@" >"$WORK/log" 2>&1 || fail "$* $(cat "$WORK/log")"; }

# run_all COMMAND...: the programs, each named behind the command.
run_all() {
    "$@" api || fail "$* api"
    "$@" vectors "$WORK/vectors.txt" "$PWD/tests/vectors/data" || fail "$* vectors"
    for store in sst_blosc sst_zlib; do
        "$@" read_parallel "$PWD/examples/data/$store.zarr" | diff examples/data/expected.txt - || fail "$* read_parallel $store"
    done
}

"$PYTHON" tests/consumers/vectors_as_lines.py "$WORK/vectors.txt"

# By hand, as README.md says.
mkdir "$WORK/hand"
gcc -O2 -std=c99 -Wall -Wextra -pedantic -Werror -c "$fortran/src/describe.c" -o "$WORK/hand/describe.o"
# shellcheck disable=SC2086
compile() { gfortran -O2 -g $warnings -J"$WORK/hand" -I"$WORK/hand" -c "$fortran/$1.f90" -o "$WORK/hand/$(basename "$1").o"; }
modules=
for module in numcodecs_c numcodecs_memory numcodecs_pieces numcodecs_codec numcodecs_zarr numcodecs_shard numcodecs_metadata \
    numcodecs; do
    compile "src/$module"
    modules="$modules $WORK/hand/$module.o"
done
modules="$modules $WORK/hand/describe.o"
compile example/zarr_store
for program in test/api test/vectors example/read_parallel; do
    compile $program
    # shellcheck disable=SC2086
    gfortran "$WORK/hand/$(basename $program).o" "$WORK/hand/zarr_store.o" $modules $link -o "$WORK/hand/$(basename $program)"
done
by_hand() { program=$1 && shift && "$WORK/hand/$program" "$@"; }
run_all by_hand
tools/memcheck.sh "$WORK/hand/api" || fail "api under valgrind"
! "$WORK/hand/api" fail 2>"$WORK/log" || fail "an unhandled failure does not stop the program"
grep -q 'ERROR STOP numcodecs: .*no such codec' "$WORK/log" || fail "$(cat "$WORK/log")"

# In HDF5 and netCDF programs.
# shellcheck disable=SC2046,SC2086
interop() {
    gfortran -g $warnings -I"$WORK/hand" -I/usr/include $(pkg-config --cflags hdf5-serial) "$fortran/interop/$1.f90" \
        "$WORK/hand/zarr_store.o" $modules $link $(pkg-config --libs-only-L hdf5-serial) $2 -o "$WORK/$1"
}
interop zarr_to_hdf5 "-lhdf5_fortran -lhdf5"
interop zarr_to_netcdf -lnetcdff
export HDF5_PLUGIN_PATH="$DIST/plugins" PATH="$DIST/bin:$PATH"
sst=examples/data/sst_blosc.zarr
# shellcheck disable=SC2046
[ "$("$WORK/zarr_to_hdf5" $sst "$WORK/sst.h5" $(numcodecs-cdvalues '{"id": "lzma", "preset": 1}' | tr , ' '))" = same ] || fail "HDF5"
# shellcheck disable=SC2046
[ "$("$WORK/zarr_to_netcdf" $sst "$WORK/sst.nc" $(numcodecs-cdvalues '{"id": "zstd", "level": 5}' | tr , ' '))" = same ] || fail "netCDF"
h5dump -pH "$WORK/sst.h5" | grep -q 'FILTER_ID 33012' || fail "the HDF5 file has another filter"
h5dump -pH -d sst "$WORK/sst.nc" | grep -q 'FILTER_ID 32015' || fail "the netCDF file has another filter"
for file in sst.h5 sst.nc; do
    quietly h5dump -d sst -b LE -o "$WORK/$file.raw" "$WORK/$file"
    ! HDF5_PLUGIN_PATH=$WORK/none h5dump -d sst "$WORK/$file" >"$WORK/log" 2>&1 || fail "$file is read without the plug-in"
done
cmp "$WORK/sst.h5.raw" "$WORK/sst.nc.raw" || fail "the files differ"

# By CMake, installed, and used from a project elsewhere.
quietly make --no-print-directory install PREFIX="$WORK/usr"
quietly cmake -S "$fortran" -B "$WORK/cmake" -DCMAKE_PREFIX_PATH="$WORK/usr" -DNUMCODECS_FORTRAN_TESTS=ON -DCMAKE_BUILD_TYPE=Debug
quietly cmake --build "$WORK/cmake"
quietly cmake --install "$WORK/cmake" --prefix "$WORK/usr"
by_cmake() { program=$1 && shift && "$WORK/cmake/$program" "$@"; }
run_all by_cmake
mkdir "$WORK/app"
cat >"$WORK/app/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(app Fortran)
find_package(numcodecs_fortran 0.1 CONFIG REQUIRED)
add_executable(app app.f90)
target_link_libraries(app numcodecs::fortran)
END
cat >"$WORK/app/app.f90" <<'END'
program app
    use, intrinsic :: iso_c_binding
    use numcodecs
    type(codec_t) :: zstd
    integer(c_int8_t), allocatable :: chunk(:)
    integer :: back(3)
    call zstd%create('{"id": "zstd"}')
    call zstd%encode([3, 1, 4], chunk)
    call zstd%decode(chunk, back)
    print '(3i1)', back
end program
END
quietly cmake -S "$WORK/app" -B "$WORK/app/build" -DCMAKE_PREFIX_PATH="$WORK/usr"
quietly cmake --build "$WORK/app/build"
[ "$("$WORK/app/build/app")" = 314 ] || fail "the CMake project"
diff -r -x '*.md' "$fortran/src" "$WORK/usr/share/numcodecs/fortran" || fail "the installed sources"

# By fpm, in a copy: it builds where its sources are.
cp -r "$fortran" "$WORK/fpm"
fpm() { "$(dirname "$PYTHON")/fpm" "$@"; }
export LIBRARY_PATH="$DIST" LD_LIBRARY_PATH="$DIST"
cd "$WORK/fpm"
fpm build >"$WORK/log" 2>&1 || fail "fpm build $(cat "$WORK/log")"
fpm test api >"$WORK/log" 2>&1 || fail "fpm test api $(cat "$WORK/log")"
grep -q 'api: .* 0 failed' "$WORK/log" || fail "fpm test api $(cat "$WORK/log")"
fpm test vectors -- "$WORK/vectors.txt" "$OLDPWD/tests/vectors/data" >"$WORK/log" 2>&1 || fail "fpm test vectors $(cat "$WORK/log")"
fpm run --example read_parallel -- "$OLDPWD/examples/data/sst_zlib.zarr" 2>"$WORK/log" | diff "$OLDPWD/examples/data/expected.txt" - ||
    fail "fpm run --example $(cat "$WORK/log")"
echo "fortran: ok"
