"""cffi reads the C header when the package is built; everything else is in pyproject.toml."""
from setuptools import setup

setup(cffi_modules=["build_header.py:ffi"])
