"""Every filter in an HDF5 file, through h5py's own HDF5, and with hdf5plugin both ways.

hdf5_files.py ours write|read FILE     all filters with our plug-ins; chunks are compared with what numcodecs makes of them
hdf5_files.py peer write|read FILE     the registered ones with hdf5plugin's filters instead
hdf5_files.py compare OURS PEER        the chunks of the same data by both
hdf5_files.py refused FILE             what must not be accepted for a dataset, and what the user is then told
hdf5_files.py chunks PLUGINS FOLDER    a small chunk of every filter for hostile_chunks.c
"""
import gzip
import struct
import sys

import h5py
import numcodecs
import numpy as np
from filter_cases import CASES, CHUNK, data, field, name, values

LZ4_BLOCK = 1 << 12

# The registered filters, by the values that their documentation gives.
REGISTERED = {
    "bzip2": (307, (5,)),
    "blosc_blosclz": (32001, (0, 0, 0, 0, 5, 1, 0)),
    "blosc_lz4": (32001, (0, 0, 0, 0, 5, 1, 1)),
    "blosc_lz4hc": (32001, (0, 0, 0, 0, 7, 0, 2)),
    "blosc_zlib": (32001, (0, 0, 0, 0, 3, 2, 4)),
    "blosc_zstd": (32001, (0, 0, 0, 0, 3, 2, 5)),
    "lz4": (32004, (0,)),
    "lz4_blocks": (32004, (LZ4_BLOCK,)),
    "zfp_rate": (32013, (1, 0, *struct.unpack("<2I", struct.pack("<d", 6.5)), 0, 0)),
    "zfp_precision": (32013, (2, 0, 14, 0, 0, 0)),
    "zfp_accuracy": (32013, (3, 0, *struct.unpack("<2I", struct.pack("<d", 1e-3)), 0, 0)),
    "zfp_reversible": (32013, (5, 0, 0, 0, 0, 0)),
    "zstd": (32015, (4,)),
}
LINKS = h5py.h5p.create(h5py.h5p.LINK_CREATE)
LINKS.set_create_intermediate_group(1)
EXPERT = (32013, (4, 0, 1, 400, 24, 2**32 - 100))


def registered_data():
    """Real numbers, and a corner that nothing compresses."""
    sst = field()[:8].copy()
    sst[0] = np.random.default_rng(1).integers(0, 2**30, sst[0].shape, "u4").view("f4")
    return sst


def create(file, key, array, filter_id, parameters, chunks=CHUNK):
    """A mandatory filter; h5py's own create_dataset makes it optional, and does not take the ids of HDF5's filters."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(chunks)
    plist.set_filter(filter_id, 0, parameters)
    space = h5py.h5s.create_simple(array.shape)
    dataset = h5py.h5d.create(file.id, key.encode(), h5py.h5t.py_create(array.dtype, logical=True), space, dcpl=plist, lcpl=LINKS)
    h5py.Dataset(dataset)[...] = array


def write(path, private, peer):
    with h5py.File(path, "w") as file:
        array = registered_data()
        for key, (filter_id, parameters) in REGISTERED.items():
            create(file, "registered/" + key, array, filter_id, parameters)
        if peer:
            create(file, "registered/zfp_expert", array, *EXPERT)
        for number, (config, dtype) in enumerate(CASES if private else []):
            array = data(config, dtype)
            filter_id, *parameters = values(config)
            create(file, "each/" + name(number, config), array, filter_id, tuple(parameters))


def chunk(dataset, start=(0, 0, 0)):
    return dataset.id.read_direct_chunk(start)[1]


def through_numcodecs(config, array):
    """What is left of the numbers of one chunk."""
    codec = numcodecs.get_codec(dict(config))
    text = array.view("<U4") if config["id"] == "categorize" else array
    decoded = codec.decode(codec.encode(np.ascontiguousarray(text)))
    return np.asarray(decoded).reshape(-1).view("u1").view(array.dtype).reshape(array.shape)


def check_each(file):
    for number, (config, dtype) in enumerate(CASES):
        dataset = file["each/" + name(number, config)]
        array = data(config, dtype)[: CHUNK[0], : CHUNK[1], : CHUNK[2]]
        got = dataset[: CHUNK[0], : CHUNK[1], : CHUNK[2]]
        expected = through_numcodecs(config, array)
        assert got.dtype == expected.dtype and got.tobytes() == expected.tobytes(), f"{dataset.name}: other numbers than numcodecs"
        if config["id"] in ("lz4", "zfpy"):
            continue  # chunks of another form
        codec = numcodecs.get_codec(dict(config))
        decoded = np.asarray(codec.decode(np.frombuffer(chunk(dataset), "u1")))
        assert decoded.tobytes() == expected.tobytes(), f"{dataset.name}: numcodecs reads the chunk otherwise"


def check_registered(file):
    array = registered_data()
    for key, dataset in file["registered"].items():
        got = dataset[...]
        if not key.startswith("zfp"):
            assert got.tobytes() == array.tobytes(), key
        elif key == "zfp_reversible":
            assert got.tobytes() == array.tobytes(), key
        else:
            assert got.shape == array.shape and np.isfinite(got[2:]).all(), key


def same_bytes(key, ours, peer):
    """lz4 and Zstandard may choose other matches in another version; all else is fixed."""
    if key.startswith("zfp"):
        n = min(len(ours), len(peer))
        return ours[:n] == peer[:n] and not any(ours[n:]) and not any(peer[n:]) and abs(len(ours) - len(peer)) < 8
    return ours == peer


def compare(ours_path, peer_path):
    differ = []
    with h5py.File(ours_path) as ours, h5py.File(peer_path) as peer:
        for key in REGISTERED:
            a, b = ours["registered"][key], peer["registered"][key]
            assert np.array_equal(a[...].view("u1"), b[...].view("u1")), f"{key}: other numbers"
            filters = [d.id.get_create_plist().get_filter(0) for d in (a, b)]
            assert filters[0][2] == filters[1][2], f"{key}: stored parameters {filters[0][2]} and {filters[1][2]}"
            for info in range(a.id.get_num_chunks()):
                start = a.id.get_chunk_info(info).chunk_offset
                if not same_bytes(key, chunk(a, start), chunk(b, start)):
                    differ.append(key)
                    break
    print("chunks of the same bytes:", ", ".join(k for k in REGISTERED if k not in differ))
    print("other bytes, same numbers:", ", ".join(differ) or "none")
    return differ


# Configuration or values, dtype, and words of the message.
REFUSED = [
    ({"id": "delta", "dtype": "<f4", "astype": "<i2"}, "<f4", "does not survive as <i2"),
    ({"id": "delta", "dtype": "<f8"}, "<f4", "not a whole number of <f8 items"),
    ({"id": "bitround", "keepbits": 3}, "<i4", "floats are needed"),
    ({"id": "bitround", "keepbits": 30}, "<f4", "<f4 has 23 bits"),
    ({"id": "pcodec"}, "|u1", "|u1 is not taken"),
    ({"id": "lzma", "format": 0}, "<f4", "only for decoding"),
    ({"id": "zfpy"}, "<i2", "do not fit this dataset"),
    ({"id": "zfpy"}, ">f4", "do not fit this dataset"),
    (EXPERT, "<f4", "do not fit this dataset"),
    ((307, (77,)), "<f4", "from 1 to 9, not 77"),
    ((32001, (0, 0, 0, 0, 5, 1, 6)), "<f4", "do not fit this dataset"),
    ((32001, (0, 0, 0, 0, 55, 1, 1)), "<f4", "from 0 to 9, not 55"),
    ((32004, (0x7E000001,)), "<f4", "do not fit this dataset"),
    ((33008, ()), "<f4", "do not fit this dataset"),
    ((33008, (3, 4, 5)), "<f4", "do not fit this dataset"),
]


def refused(path):
    with h5py.File(path, "w") as file:
        for config, dtype, words in REFUSED:
            if isinstance(config, dict):
                filter_id, *parameters = values(config)
            else:
                filter_id, parameters = config
            try:
                create(file, "x", np.zeros((3, 3, 3), dtype), filter_id, tuple(parameters), (3, 3, 3))
            except ValueError as error:
                assert words in str(error), f"{config}: {error}"
            else:
                raise AssertionError(f"{config} is accepted for {dtype}")
        # an optional filter may fail: the chunk is then stored as it is
        filter_id, *parameters = values({"id": "delta", "dtype": "<i4", "astype": "<i2"})
        array = np.array([2**30, 1, 2], "<i4")
        dataset = file.create_dataset("optional", data=array, chunks=(3,), compression=filter_id, compression_opts=tuple(parameters))
        file.flush()
        assert dataset.id.read_direct_chunk((0,)) == (1, array.tobytes())
        # HDF5 itself takes a decoded chunk of any size, and then reads past its end
        filter_id, *parameters = values({"id": "gzip"})
        create(file, "short", np.zeros(100, "<f4"), filter_id, tuple(parameters), (100,))
        for wrong in (b"abc", bytes(396), bytes(404), bytes(1 << 24)):
            file["short"].id.write_direct_chunk((0,), gzip.compress(wrong))
            file["short"].id.refresh()
            try:
                file["short"][...]
            except OSError:
                continue
            raise AssertionError(f"a chunk of {len(wrong)} bytes instead of 400 is read")


def write_chunks(plugins, folder):
    chunks = (1, 9, 20)
    with h5py.File(f"{folder}/chunks.h5", "w") as file, open(f"{folder}/list", "w") as listing:
        jobs = [(config["id"], data(config, dtype)[:1, 30:39, :20], values(config)) for config, dtype in CASES]
        native = [("lz4", (32004, (100,)))]
        native += [(codec, REGISTERED[key]) for codec, key in (("blosc", "blosc_zstd"), ("zfpy", "zfp_rate"), ("zstd", "zstd"))]
        jobs += [(codec, field()[:1, 30:39, :20], (filter_id, *parameters)) for codec, (filter_id, parameters) in native]
        for number, (codec, array, (filter_id, *parameters)) in enumerate(jobs):
            create(file, str(number), array, filter_id, tuple(parameters), chunks)
            dataset = file[str(number)]
            with open(f"{folder}/{number}.chunk", "wb") as chunk_file:
                chunk_file.write(chunk(dataset))
            stored = dataset.id.get_create_plist().get_filter(0)[2]
            print(f"{plugins}/libh5numcodecs_{codec}.so", chunk_file.name, array.nbytes, *stored, file=listing)


def main():
    who, what, *paths = sys.argv[1:]
    if who == "compare":
        fixed = {"bzip2", "lz4", "lz4_blocks", "zfp_rate", "zfp_precision", "zfp_accuracy", "zfp_reversible"}
        differ = fixed & set(compare(what, paths[0]))
        assert not differ, f"bytes that the format fixes differ: {differ}"
        return None
    if who == "refused":
        return refused(what)
    if who == "chunks":
        return write_chunks(what, paths[0])
    if who == "peer":
        import hdf5plugin  # noqa: F401  registers its filters where none are found
    if what == "write":
        return write(paths[0], private=who == "ours", peer=who == "peer")
    with h5py.File(paths[0]) as file:
        check_registered(file)
        if "each" in file and who == "ours":
            check_each(file)
    return None


main()
