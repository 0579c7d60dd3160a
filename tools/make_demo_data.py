"""Write the two Zarr stores of examples/data and what NumPy says about them.

Run once, by hand, with Python 3.11 and the package versions of the day when
Zarr v2 was what everybody wrote:

    python3.11 -m venv /tmp/demo-venv
    /tmp/demo-venv/bin/pip install numpy==1.26.4 numcodecs==0.12.1 zarr==2.18.3
    /tmp/demo-venv/bin/python tools/make_demo_data.py coads_sst_f4.npy examples/data

coads_sst_f4.npy is the variable SST of coads_climatology.cdf in Debian's
package ferret-datasets: float32, 12 months x 90 latitudes x 180 longitudes.
"""

import sys
from pathlib import Path

import numpy as np
import zarr
from numcodecs import Blosc, Zlib

MISSING = np.float32(-1e34)
ATTRIBUTES = {
    "long_name": "sea surface temperature",
    "units": "deg C",
    "source": "COADS climatology (NOAA), variable SST, from ferret-datasets",
    "_ARRAY_DIMENSIONS": ["month", "lat", "lon"],
}
# Chunks that do not divide the shape, so that the edges are cut off; and once
# the byte order and the order of dimensions that are not those of the reader.
STORES = {
    "sst_blosc.zarr": dict(dtype="<f4", order="C", compressor=Blosc("zstd", clevel=5, shuffle=Blosc.BITSHUFFLE)),
    "sst_zlib.zarr": dict(dtype=">f4", order="F", compressor=Zlib(level=6)),
}


def main(source, target):
    sst = np.load(source)
    for name, how in STORES.items():
        array = zarr.open_array(
            zarr.DirectoryStore(target / name), mode="w", shape=sst.shape, chunks=(5, 40, 70), fill_value=MISSING, **how
        )
        array[:] = sst
        array.attrs.update(ATTRIBUTES)

    with open(target / "expected.txt", "w") as out:
        print("month  valid        min        max       mean", file=out)
        for number, month in enumerate(sst, 1):
            valid = month[month != MISSING].astype("f8")
            print(f"{number:5} {valid.size:6} {valid.min():10.6f} {valid.max():10.6f} {valid.mean():10.6f}", file=out)


main(sys.argv[1], Path(sys.argv[2]))
