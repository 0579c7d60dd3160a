"""Write the Zarr stores that the parallel and the point example read, of several hundred chunks each.

    target/conformance-venv/bin/python tools/make_ocean_data.py target/examples

The data are monthly ocean temperatures (World Ocean Atlas, in Debian's package ferret-datasets: 12 months x 19 depths x
90 latitudes x 180 longitudes) if ../shared/data has them, else the sea surface temperatures of examples/data.
"""

import sys
from pathlib import Path

import numcodecs
import numpy as np
import zarr
from zarr.codecs import BloscCodec

ROOT = Path(__file__).resolve().parents[1]
OCEAN = ROOT.parent / "shared" / "data" / "ocean_temp_f4.npy"
MISSING = -1e34


def ocean():
    """(values, chunks): the chunks do not divide the shape, so that the edges stick out."""
    if OCEAN.is_file():
        return np.load(OCEAN), (5, 8, 13, 20)
    return zarr.open_array(ROOT / "examples" / "data" / "sst_blosc.zarr", mode="r")[:], (5, 10, 16)


def main(target):
    values, chunks = ocean()
    # Small blocks, so that a box needs few of them.
    blosc = BloscCodec(cname="zstd", clevel=5, shuffle="shuffle", blocksize=4096)
    how = {"shape": values.shape, "chunks": chunks, "dtype": values.dtype, "fill_value": MISSING, "overwrite": True}
    v3 = zarr.create_array(target / "ocean_v3.zarr", compressors=blosc, **how)
    v2 = zarr.create_array(target / "ocean_v2.zarr", zarr_format=2, order="F", compressors=numcodecs.Zlib(1), **how)
    v3[...] = v2[...] = values  # chunks that are all land are not written


main(Path(sys.argv[1]))
