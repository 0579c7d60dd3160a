"""gdal.py PLUGIN_FOLDER: Zarr arrays that GDAL's driver refuses are read with gdal_numcodecs.so, with the values of zarr-python.

Twice with the same plug-in: by the system's command line tools, and by the newer GDAL inside the rasterio wheel. Writes into the
current folder."""

import ctypes
import ctypes.util
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numcodecs
import numpy as np
import zarr
from numcodecs import zfpy
from numcodecs.pcodec import PCodec

SST = Path(__file__).resolve().parents[2] / "examples" / "data" / "sst_zlib.zarr"
ZLIB = numcodecs.Zlib(level=1)
PLUGINS = sys.argv[1]


def sea_surface() -> np.ndarray:
    """July of the COADS climatology in degrees Celsius, land at 0."""
    month = zarr.open_array(SST, mode="r")[6].astype("<f4")
    return np.where(month < -100, np.float32(0), month)


sst = sea_surface()
sign = np.where(sst > 15, "warm", "cold").astype("<U4")

# Name of the store, which is the id and perhaps a word more: array, filters, compressor. Every id that the plug-in adds.
FILTERS = {
    "astype": (np.round(sst * 100).astype("<i4"), numcodecs.AsType("<i2", "<i4")),
    "bitround": (sst, numcodecs.BitRound(keepbits=10)),
    "categorize": (sign, numcodecs.Categorize(["warm", "cold"], dtype="<U4")),
    "fixedscaleoffset": (sst, numcodecs.FixedScaleOffset(offset=-10, scale=100, dtype="<f4", astype="<u2")),
    "fixedscaleoffset signed": (sst, numcodecs.FixedScaleOffset(offset=10, scale=100, dtype="<f4", astype="<i2")),
    "packbits": (sst > 0, numcodecs.PackBits()),
    "quantize": (sst, numcodecs.Quantize(digits=1, dtype="<f4")),
    "shuffle": (sst, numcodecs.Shuffle(4)),
    "shuffle double": (sst.astype("<f8"), numcodecs.Shuffle(8)),
}
COMPRESSORS = {
    "adler32": numcodecs.Adler32(),
    "base64": numcodecs.Base64(),
    "bz2": numcodecs.BZ2(level=9),
    "crc32": numcodecs.CRC32(),
    "crc32c": numcodecs.CRC32C(),
    "fletcher32": numcodecs.Fletcher32(),
    "jenkins_lookup3": numcodecs.JenkinsLookup3(),
    "pcodec": PCodec(),
    "zfpy": zfpy.ZFPY(tolerance=0.01),
}
# GDAL reads these by itself: they are not the plug-in's.
BUILT_IN = ["blosc", "delta", "gzip", "lz4", "lzma", "zlib", "zstd"]
FOR_OBJECTS = ["json2", "msgpack2", "pickle", "vlen-array", "vlen-bytes", "vlen-utf8"]
# Not possible: between the stages GDAL has room for the decoded chunk and no more, and it does not tell a compressor its options.
IMPOSSIBLE = {
    "too large between": (sst, [numcodecs.CRC32()], ZLIB),
    "shuffle without options": (sst, None, numcodecs.Shuffle(8)),
}
ADDED = {name: (array, [codec], ZLIB) for name, (array, codec) in FILTERS.items()} | {
    name: (sst, None, codec) for name, codec in COMPRESSORS.items()
}


def write(name: str, array: np.ndarray, filters, compressor) -> np.ndarray:
    """A store of 3 by 3 chunks; gives what zarr-python reads from it."""
    store = zarr.create_array(
        f"{name}.zarr", shape=array.shape, chunks=(40, 70), dtype=array.dtype, zarr_format=2, filters=filters, compressors=compressor
    )
    store[...] = array
    return zarr.open_array(f"{name}.zarr", mode="r")[...]


def gdal(*command: str, plugins: str = PLUGINS) -> subprocess.CompletedProcess:
    return subprocess.run(command, env=dict(os.environ, GDAL_DRIVER_PATH=plugins), capture_output=True, text=True)


def translated(name: str, dtype: np.dtype) -> np.ndarray:
    """The numbers of the plain file that gdal_translate makes of a store."""
    done = gdal("gdal_translate", "-q", "-of", "ENVI", f"{name}.zarr", "numbers.img")
    assert done.returncode == 0 and not done.stderr, f"{name}: {done.stderr}"
    return np.fromfile("numbers.img", dtype=dtype).reshape(sst.shape)


def check_text(name: str, want: np.ndarray) -> None:
    """gdal_translate knows no text; gdalmdiminfo prints it."""
    done = gdal("gdalmdiminfo", "-detailed", f"{name}.zarr")
    words = [word for word in done.stdout.split('"') if word in ("warm", "cold")]
    assert words == list(want.ravel()), f"{name}: {done.stderr}"


def check_refused(name: str, id_: str) -> None:
    done = gdal("gdalmdiminfo", f"{name}.zarr", plugins="/nowhere")
    assert done.returncode != 0 and f"{id_} not handled" in done.stderr, f"{name}: read without the plug-in"


def check_all_ids(library: str) -> None:
    """Every codec of the library is accounted for."""
    lib = ctypes.CDLL(library)
    lib.nc_codec_id_at.restype = ctypes.c_char_p
    ids = {id_.decode() for id_ in iter(lambda at=itertools.count(): lib.nc_codec_id_at(ctypes.c_size_t(next(at))), None)}
    assert ids == {name.split()[0] for name in ADDED} | set(BUILT_IN) | set(FOR_OBJECTS), ids


def check_system_gdal() -> None:
    for name, case in ADDED.items():
        want = write(name, *case)
        check_refused(name, name.split()[0])
        if want.dtype.kind == "U":
            check_text(name, want)
        else:
            assert np.array_equal(translated(name, want.dtype), want), f"{name}: other values than zarr-python's"
    for name, case in IMPOSSIBLE.items():
        write(name, *case)
        done = gdal("gdal_translate", "-q", "-of", "ENVI", f"{name}.zarr", "numbers.img")
        assert done.returncode != 0 and "ERROR 1" in done.stderr, f"{name}: read, but what?"


def check_written() -> None:
    """GDAL writes through the plug-in what its metadata can name, and nothing else."""
    done = gdal("gdal_translate", "-q", "-of", "Zarr", "-co", "FILTER=shuffle", "-co", "COMPRESS=bz2", "-co", "BZ2_LEVEL=9", "pcodec.zarr", "written.zarr")
    array = zarr.open_group("written.zarr", mode="r")["written"]
    assert done.returncode == 0 and np.array_equal(array[...], sst), done.stderr
    assert [codec.codec_id for codec in (*array.filters, *array.compressors)] == ["shuffle", "bz2"]
    done = gdal("gdal_translate", "-q", "-of", "Zarr", "-co", "COMPRESS=crc32", "pcodec.zarr", "unnamed.zarr")
    assert "not written" in done.stderr, "an array without a word of its compressor in the metadata"


class Compressor(ctypes.Structure):
    """CPLCompressor of cpl_compressor.h."""

    RUN = ctypes.CFUNCTYPE(
        ctypes.c_bool,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_size_t),
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_void_p,
    )
    _fields_ = [
        ("version", ctypes.c_int),
        ("id", ctypes.c_char_p),
        ("type", ctypes.c_int),
        ("metadata", ctypes.c_void_p),
        ("run", RUN),
        ("user", ctypes.c_void_p),
    ]


def check_modes() -> None:
    """The three ways of GDAL's C interface: memory of the caller, memory for the caller, the size alone. And bad input."""
    os.environ["GDAL_DRIVER_PATH"] = PLUGINS
    gdal = ctypes.CDLL(ctypes.util.find_library("gdal"))
    gdal.GDALAllRegister()
    gdal.CPLGetDecompressor.restype = ctypes.POINTER(Compressor)
    gdal.CPLPushErrorHandler(ctypes.cast(gdal.CPLQuietErrorHandler, ctypes.c_void_p))
    bz2 = gdal.CPLGetDecompressor(b"bz2").contents
    text = b"a chunk of bytes " * 100
    packed = bytes(numcodecs.BZ2().encode(text))
    size = ctypes.c_size_t(5000)

    room = ctypes.create_string_buffer(5000)
    address = ctypes.c_void_p(ctypes.addressof(room))
    assert bz2.run(packed, len(packed), address, size, None, bz2.user) and room.raw[: size.value] == text
    size.value = 10
    assert not bz2.run(packed, len(packed), address, size, None, bz2.user) and size.value in (0, len(text))

    address = ctypes.c_void_p()
    assert bz2.run(packed, len(packed), address, size, None, bz2.user) and ctypes.string_at(address.value, size.value) == text
    gdal.VSIFree(address)
    assert bz2.run(packed, len(packed), None, size, None, bz2.user) and size.value in (0, len(text))

    for cut in range(len(packed)):
        address = ctypes.c_void_p()
        assert not bz2.run(packed[:cut], cut, address, size, None, bz2.user) or cut == 0, cut
    gdal.CPLPopErrorHandler()


def check_rasterio() -> None:
    """A second GDAL, newer and loaded without showing its names to others; it has a few of the codecs itself."""
    done = gdal(sys.executable, __file__, PLUGINS, "--inside-rasterio")
    assert done.returncode == 0, done.stderr
    print(done.stdout, end="")


def inside_rasterio() -> None:
    import rasterio

    for name in ADDED:
        want = zarr.open_array(f"{name}.zarr", mode="r")[...]
        if want.dtype.kind == "U" or name == "fixedscaleoffset signed":  # its own fixedscaleoffset knows only some types
            continue
        with rasterio.open(f'ZARR:"{name}.zarr"') as dataset:
            assert np.array_equal(dataset.read(1), want), f"{name}: other values than zarr-python's"
    print(f"gdal: also GDAL {rasterio.__gdal_version__} of rasterio {rasterio.__version__}")


if sys.argv[-1] == "--inside-rasterio":
    inside_rasterio()
else:
    check_all_ids(f"{PLUGINS}/../libnumcodecs.so")
    check_system_gdal()
    check_written()
    check_modes()
    check_rasterio()
    version = gdal("gdalinfo", "--version").stdout.split(",")[0]
    print(f"gdal: {version}: {len(ADDED)} stores refused before, read as zarr-python reads them")
