#!/usr/bin/env python3
"""Lets every function of the header panic once, in a library built with the feature `test-hooks`: the caller gets a status or the value
that stands for "not known", the error record says 99, and nothing is printed. A function that has no such net fails here.

    python3 tests/hostile/panics.py LIBRARY
"""
import ctypes
import os
import re
import subprocess
import sys
import tempfile

PANIC, OK = 99, 0
failed = passed = 0


def check(good, what):
    global failed, passed
    if good:
        passed += 1
    else:
        failed += 1
        print("panics:", what)


def functions():
    """(type of the result, name, types of the arguments) of every function in the header."""
    text = subprocess.run(["gcc", "-E", "-P", "-Iinclude", "include/numcodecs.h"], check=True, capture_output=True, text=True).stdout
    text = re.sub(r"\s+", " ", text)
    found = re.findall(r"([\w ]+[ *]+)(nc_\w+)\(([^()]*)\);", re.sub(r"\{[^{}]*\}", "", text))
    return [(result.strip(), name, [a.strip() for a in arguments.split(",")]) for result, name, arguments in found]


def exports(path):
    lines = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[2] for line in lines if line.split()[1] == "T"}


def call(library, result, name, arguments):
    """Calls with zeros for everything but the error record."""
    record = (ctypes.c_char * 512)()
    values = [ctypes.byref(record) if "nc_error" in argument else ctypes.c_void_p(0) for argument in arguments if argument != "void"]
    function = getattr(library, name)
    function.restype = None if result == "void" else ctypes.c_int32 if result in ("nc_status", "int32_t") else ctypes.c_int64
    return function(*values), int.from_bytes(record.raw[:4], sys.byteorder), any("nc_error" in a for a in arguments)


def every_function(library):
    for result, name, arguments in functions():
        library.nc_test_panic_after(1)
        value, code, has_record = call(library, result, name, arguments)
        check(library.nc_test_panic_after(0) == 0, f"{name} did not panic")
        if result == "nc_status":
            check(value == PANIC and (not has_record or code == PANIC), f"{name} returned {value}, the record says {code}")
        elif result != "void":
            check(value in ((0,) if "*" in result else (-1, 0, 1)), f"{name} returned {value}")


class Batch(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("n", ctypes.c_size_t)] + [
        (name, ctypes.c_void_p) for name in "src src_nbytes dst dst_nbytes starts counts written status errors fill".split()]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("max_output", ctypes.c_uint64), ("max_memory", ctypes.c_uint64),
                ("nthreads", ctypes.c_int32), ("flags", ctypes.c_int32)] + [
        (name, ctypes.c_void_p) for name in "grow grow_user progress progress_user".split()]


def array(kind, values):
    return (kind * len(values))(*values)


def in_threads(library):
    """A panic in one item of a batch, wherever it runs, costs that item alone."""
    codec = ctypes.c_void_p()
    library.nc_codec_from_config(b'{"id": "crc32"}', None, ctypes.byref(codec), None)
    n, size = 20, 1000
    plain = [bytes([i]) * size for i in range(n)]
    room = [ctypes.create_string_buffer(size + 4) for _ in range(n)]
    src = array(ctypes.c_char_p, plain)
    dst = array(ctypes.c_void_p, [ctypes.addressof(r) for r in room])
    status = array(ctypes.c_int32, [-1] * n)
    batch = Batch(ctypes.sizeof(Batch), n, ctypes.addressof(src), ctypes.addressof(array_of(size, n)), ctypes.addressof(dst),
                  ctypes.addressof(array_of(size + 4, n)), None, None, None, ctypes.addressof(status), None, None)
    for nthreads in (1, 2, 4):
        options = Options(ctypes.sizeof(Options), 0, 0, nthreads, 0, None, None, None, None)
        for step in range(2, n + 2):
            library.nc_test_panic_after(step)
            result = library.nc_encode_batch(codec, None, ctypes.byref(batch), ctypes.byref(options), None)
            check(result == PANIC and sorted(status) == [OK] * (n - 1) + [PANIC], f"{nthreads} threads, step {step}: {result}, {list(status)}")
            check(library.nc_test_panic_after(0) == 0, f"{nthreads} threads, step {step}: no panic")
    library.nc_codec_free(codec)


KEPT = []


def array_of(value, n):
    KEPT.append(array(ctypes.c_size_t, [value] * n))
    return KEPT[-1]


def main():
    path = sys.argv[1]
    names = {name for _, name, _ in functions()}
    check(len(names) > 50 and exports(path) == names | {"nc_test_panic_after"}, f"header and {path} differ: {exports(path) ^ names}")
    library = ctypes.CDLL(path)
    saved = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        every_function(library)
        in_threads(library)
        os.dup2(saved, 2)
        said.seek(0)
        check(not said.read(), "the library prints its panics")
    print(f"panics: {len(names)} functions, {passed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
