"""The arrays that are measured: real climate and terrain data, and times, masks and strings made from them.

The five real arrays come from ../shared/data, or else from Debian's package ferret-datasets, downloaded once into target/bench-data.
"""

import pathlib
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
CACHE = ROOT / "target" / "bench-data"
NBYTES = 4 << 20  # of each array at the most: a large chunk
WORDS = 200_000

# Name of our file: (netCDF file of the package, its variable)
SOURCES = {
    "coads_sst_f4": ("coads_climatology", "SST"),
    "levitus_temp_f4": ("levitus_climatology", "TEMP"),
    "ocean_temp_f4": ("ocean_atlas_subset", "TEMP"),
    "navy_uwnd_f4": ("monthly_navy_winds", "UWND"),
    "etopo5_i2": ("etopo5", "ROSE"),
}


def from_debian(target):
    """Takes the arrays out of the netCDF files of ferret-datasets."""
    from scipy.io import netcdf_file  # only needed here

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "ferret-datasets"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["dpkg-deb", "-x", *map(str, pathlib.Path(folder).glob("*.deb")), folder], check=True)
        target.mkdir(parents=True, exist_ok=True)
        for name, (file, variable) in SOURCES.items():
            path = next(pathlib.Path(folder).rglob(f"{file}.*"))
            with netcdf_file(path, mmap=False) as data:
                np.save(target / f"{name}.npy", data.variables[variable][:].astype("<" + name[-2:]))


def load(name):
    for folder in (SHARED, CACHE):
        if (folder / f"{name}.npy").is_file():
            return np.load(folder / f"{name}.npy")
    from_debian(CACHE)
    return np.load(CACHE / f"{name}.npy")


def words(rng):
    """Words of one to twelve letters, a few of them with accents, the short ones often."""
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxzéü"))
    lengths = np.minimum(1 + rng.poisson(3.7, WORDS), 12)
    return ["".join(rng.choice(letters[: 10 + n % 18], n)) for n in lengths]


def head(array):
    """The first NBYTES of a flat array."""
    return np.ascontiguousarray(array.reshape(-1)[: NBYTES // array.itemsize])


class Arrays:
    """All arrays by name, made when first asked for."""

    def __init__(self):
        self.made = {}

    def __getitem__(self, name):
        if name not in self.made:
            self.made[name] = getattr(self, name)()
        return self.made[name]

    def etopo(self):
        return head(load("etopo5_i2"))

    def ocean(self):
        return head(load("ocean_temp_f4"))

    def levitus(self):
        return head(load("levitus_temp_f4"))

    def navy(self):
        return head(load("navy_uwnd_f4"))

    def coads(self):
        return head(load("coads_sst_f4"))

    def navy3d(self):
        return load("navy_uwnd_f4")[:96].copy()

    def navy_f8(self):
        return self["navy"].astype("f8")[: NBYTES // 8]

    def relief_i4(self):
        return self["etopo"].astype("i4")[: NBYTES // 4] * 100

    def pairs(self):
        return self["ocean"].view("c16")

    def times(self):
        """Hourly observations in nanoseconds, some of them a little late."""
        rng = np.random.default_rng(1)
        hours = 1_000_000_000 * (3600 * np.arange(NBYTES // 8) + rng.integers(0, 5, NBYTES // 8) * (rng.random(NBYTES // 8) < 0.1))
        return (hours + np.datetime64("2000-01-01", "ns").astype("i8")).astype("i8")

    def mask(self):
        """Where there is land."""
        land = load("ocean_temp_f4").reshape(-1) < -100
        return np.resize(land, NBYTES)

    def words(self):
        array = np.empty(WORDS, object)
        array[:] = words(np.random.default_rng(2))
        return array

    def byte_words(self):
        array = np.empty(WORDS, object)
        array[:] = [word.encode() for word in self["words"]]
        return array

    def series(self):
        """Wind series of one to forty values each."""
        rng, winds = np.random.default_rng(3), load("navy_uwnd_f4").reshape(-1)
        ends = np.cumsum(rng.integers(1, 40, 50_000))
        array = np.empty(len(ends) - 1, object)
        array[:] = [winds[a:b].copy() for a, b in zip(ends, ends[1:])]
        return array

    def labels(self):
        """Ten names, as fixed-width text."""
        return np.random.default_rng(4).choice(LABELS, 200_000).astype("U8")

    def label_objects(self):
        return self["labels"].astype(object)


LABELS = ["calm", "light", "gentle", "moderate", "fresh", "strong", "gale", "storm", "violent", "unknown"]
