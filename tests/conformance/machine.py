"""What the vectors, made on a little-endian x86-64 processor, say where this machine is another one."""
import platform
import sys

import numpy as np

BIG = sys.byteorder == "big"
NATIVE = ("zfpy", "pcodec")  # take and give numbers in the byte order of the machine
BY_PROCESSOR = {"fixedscaleoffset.scale_zero_decode": "the sign of the NaN that 0 / 0 makes"}


def swap(array):
    """The same values in the other byte order, or None where there is none."""
    dtype = np.dtype(array.dtype)
    if dtype.byteorder == "|" or dtype.kind not in "iufcmMU":
        return None
    return array.with_(data=np.frombuffer(array.data, dtype).byteswap().tobytes(), dtype=dtype.newbyteorder().str)


def array(codec_id, given):
    """An array of a case: of this machine's byte order where the case has one of that machine's."""
    return (swap(given) or given) if BIG and codec_id in NATIVE else given


def config(given, printed):
    """The printed form of a configuration: a dtype that was given without a byte order gets that of the machine."""
    def here(key, value):
        source = given.get(key, given.get("dtype"))
        native = isinstance(value, str) and isinstance(source, str) and value.startswith("<") and not source.startswith("<")
        return value.replace("<", ">", 1) if native else value

    return {key: here(key, value) for key, value in printed.items()} if BIG else printed


def dependent(case):
    """Why the result of a case depends on the machine, or None."""
    if case.get("platform_dependent"):
        return "platform dependent"
    if BIG and case.get("config", {}).get("encoding") in ("utf-16", "utf-32"):
        return "the byte order of text with a mark is that of the machine"
    return None if platform.machine() == "x86_64" else BY_PROCESSOR.get(case["name"].partition(".")[2])
