"""Codecs as numcodecs and zarr-python take them, run by the C library libnumcodecs.

    >>> import libnumcodecs
    >>> zstd = libnumcodecs.get_codec({"id": "zstd", "level": 5})
    >>> zstd.decode(zstd.encode(b"the same chunk"))
    b'the same chunk'
    >>> libnumcodecs.register()    # from now on numcodecs and zarr-python use these codecs in this process

The library is looked for as the system does (ldconfig, LD_LIBRARY_PATH); the environment variable LIBNUMCODECS names another file.
"""
from ._native import NumcodecsError, library_version
from .codecs import Codec, classes, get_codec, register

__all__ = ["Codec", "NumcodecsError", "classes", "get_codec", "library_version", "register"]
