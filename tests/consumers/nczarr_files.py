"""Every filter in NCZarr stores, through netCDF4-python's netCDF, both ways with zarr-python.

nczarr_files.py zarr-writes STORE      one array for each filter, and pipelines of two
nczarr_files.py netcdf-reads STORE     the same numbers through netCDF
nczarr_files.py netcdf-writes STORE    the same arrays through netCDF
nczarr_files.py zarr-reads STORE       what netCDF wrote, by zarr-python with numcodecs' own codecs
nczarr_files.py shuffle STORE          writes a variable with netCDF's shuffle; prints what zarr-python makes of it
nczarr_files.py source FILE            a plain netCDF-4 file, for nccopy
nczarr_files.py same STORE FILE        the numbers of a store by zarr-python, those of a netCDF-4 file by netCDF
"""
import ctypes
import pathlib
import sys

import netCDF4
import numcodecs
import numpy as np
import zarr
from filter_cases import CASES, CHUNK, data, field, name, values

FILTERS = {"astype", "bitround", "delta", "fixedscaleoffset", "quantize", "shuffle"}
SHAPE = (8, 60, 90)

# netCDF has no bool, no half precision and no UCS-4 text.
ARRAYS = [("v" + name(n, config), [config], dtype) for n, (config, dtype) in enumerate(CASES) if dtype not in ("|b1", "<f2", "|V16")] + [
    ("packed", [{"id": "fixedscaleoffset", "offset": 0, "scale": 10, "dtype": "<f8", "astype": "<i4"}, {"id": "zstd", "level": 3}], "<f8"),
    ("differences", [{"id": "delta", "dtype": "<i4"}, {"id": "lz4"}], "<i4"),
    ("rounded", [{"id": "bitround", "keepbits": 7}, {"id": "gzip"}], "<f4"),
    ("shuffled", [{"id": "shuffle", "elementsize": 2}, {"id": "zlib", "level": 2}], "<i2"),
]


def array_of(configs, dtype):
    if configs[0]["id"] == "fixedscaleoffset" and dtype == "<f8":
        return field("<i4")[: SHAPE[0], : SHAPE[1], : SHAPE[2]] * 0.1
    return data(configs[0], dtype)[:, : SHAPE[1], : SHAPE[2]]


def url(store):
    return f"{pathlib.Path(store).absolute().as_uri()}#mode=zarr,file"


def flat(array):
    return np.ascontiguousarray(array).reshape(-1).view("u1")


def left_by(configs, array):
    """What numcodecs leaves of the numbers."""
    codecs = [numcodecs.get_codec(dict(config)) for config in configs]
    chunks = []
    for start in range(0, SHAPE[0], CHUNK[0]):
        chunk = np.ascontiguousarray(array[start : start + CHUNK[0]])
        for codec in codecs:
            chunk = codec.encode(chunk)
        for codec in reversed(codecs):
            chunk = codec.decode(chunk)
        chunks.append(flat(np.asarray(chunk)))
    return np.concatenate(chunks)


def check(key, got, expected, dtype):
    got = np.asarray(got).astype(dtype, copy=False)
    assert np.array_equal(flat(got), expected), f"{key}: other numbers"


def zarr_writes(store):
    group = zarr.open_group(store, mode="w", zarr_format=2)
    for key, configs, dtype in ARRAYS:
        codecs = [numcodecs.get_codec(dict(config)) for config in configs]
        filters = [codec for codec in codecs if codec.codec_id in FILTERS]
        compressor = next((codec for codec in codecs if codec.codec_id not in FILTERS), None)
        array = group.create_array(key, shape=SHAPE, chunks=CHUNK, dtype=dtype, filters=filters or None, compressors=compressor)
        array[...] = array_of(configs, dtype)


def netcdf_reads(store):
    with netCDF4.Dataset(url(store)) as file:
        file.set_auto_maskandscale(False)
        for key, configs, dtype in ARRAYS:
            check(key, file[key][...], left_by(configs, array_of(configs, dtype)), dtype)


def define_filter(file, variable, config):
    """netCDF4-python names few filters; its library takes any."""
    path = next(line.split()[-1] for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if "libnetcdf" in line)
    filter_id, *parameters = values(config)
    array = (ctypes.c_uint * len(parameters))(*parameters)
    count = ctypes.c_size_t(len(parameters))
    status = ctypes.CDLL(path).nc_def_var_filter(file._grpid, variable._varid, ctypes.c_uint(filter_id), count, array)
    assert status == 0, f"{config}: nc_def_var_filter gives {status}"


def netcdf_writes(store):
    with netCDF4.Dataset(url(store), "w") as file:
        for dimension, extent in zip("tyx", SHAPE):
            file.createDimension(dimension, extent)
        for key, configs, dtype in ARRAYS:
            endian = {">": "big", "<": "little"}[dtype[0]]
            variable = file.createVariable(key, dtype, tuple("tyx"), chunksizes=CHUNK, endian=endian)
            for config in configs:
                define_filter(file, variable, config)
            variable[...] = array_of(configs, dtype)


def zarr_reads(store):
    group = zarr.open_group(store, mode="r")
    for key, configs, dtype in ARRAYS:
        array = group[key]
        written = [*(array.metadata.filters or []), array.metadata.compressor]
        written = [codec.get_config() for codec in written if codec is not None]
        expected = [numcodecs.get_codec(dict(config)).get_config() for config in configs]
        assert written == expected, f"{key}: the metadata says {written}"
        check(key, array[...], left_by(configs, array_of(configs, dtype)), dtype)


def shuffle(store):
    array = field()[:, : SHAPE[1], : SHAPE[2]][: SHAPE[0]]
    with netCDF4.Dataset(url(store), "w") as file:
        for dimension, extent in zip("tyx", SHAPE):
            file.createDimension(dimension, extent)
        file.createVariable("sst", "f4", tuple("tyx"), chunksizes=CHUNK, compression="zlib", complevel=1, shuffle=True)[...] = array
    got = zarr.open_group(store, mode="r")["sst"]
    print(got.metadata.filters[0].elementsize, "right" if np.array_equal(got[...], array) else "wrong")


def source(path):
    with netCDF4.Dataset(path, "w") as file:
        for dimension, extent in zip("tyx", SHAPE):
            file.createDimension(dimension, extent)
        file.createVariable("sst", "f4", tuple("tyx"), chunksizes=CHUNK)[...] = field()[:8, :60, :90]
        file.createVariable("sst10", "i4", tuple("tyx"), chunksizes=CHUNK)[...] = field("<i4")[:8, :60, :90]


def same(store, path):
    group = zarr.open_group(store, mode="r")
    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        for key in ("sst", "sst10"):
            assert np.array_equal(group[key][...], file[key][...]), f"{key}: other numbers"


def main():
    actions = {f.__name__.replace("_", "-"): f for f in (zarr_writes, netcdf_reads, netcdf_writes, zarr_reads, shuffle, source, same)}
    actions[sys.argv[1]](*sys.argv[2:])


main()
