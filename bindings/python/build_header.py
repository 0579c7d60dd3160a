"""Turns numcodecs.h into the module libnumcodecs._header; no C compiler takes part."""
import pathlib
import re
import subprocess

import cffi

IN_THE_TREE = pathlib.Path(__file__).resolve().parents[2] / "include"


def include_folder():
    """Where the installed library has its header; else that of the source tree this folder lies in."""
    try:
        query = ["pkg-config", "--variable=includedir", "numcodecs"]
        return pathlib.Path(subprocess.run(query, check=True, capture_output=True, text=True).stdout.strip())
    except (OSError, subprocess.CalledProcessError):
        return IN_THE_TREE


def declarations(header):
    """The header without its directives, and without what is for C++ alone."""
    text = re.sub(r"^#ifdef __cplusplus.*?^#endif.*?$", "", header, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^#.*$", "", text, flags=re.MULTILINE)


ffi = cffi.FFI()
ffi.set_source("libnumcodecs._header", None)
ffi.cdef(declarations((include_folder() / "numcodecs.h").read_text("utf-8")))
