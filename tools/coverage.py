"""Shares of lines and branches from what llvm-cov exports, without tests: python3 tools/coverage.py ALL.LCOV ALL.JSON [FILE...]

Prints a row for each folder of src and the whole, and fails below 90 of 100; with FILEs, what is not reached in them. A generic function
is reached where one of its instances is. The lines come from lcov's format, branches with their place from JSON.
"""

import collections
import json
import pathlib
import sys

LEAST = 90


def first_line_of_tests(path):
    """Tests stand at the end of a file, or have one of their own."""
    if path.stem == "testing" or path.stem.endswith("_tests"):
        return 0
    before, _, tests = path.read_text().partition("#[cfg(test)]\nmod tests")
    return before.count("\n") + 1 if tests else sys.maxsize


def read(lcov, branches):
    """File to lines and sides of branches, each with how often it was reached."""
    files = collections.defaultdict(lambda: (collections.Counter(), collections.Counter()))
    for row in open(lcov):
        key, _, rest = row.strip().partition(":")
        if key == "SF":
            path = pathlib.Path(rest)
            end = first_line_of_tests(path)
        elif key == "DA":
            line, count = map(int, rest.split(",")[:2])
            if line < end:
                files[path][0][line] += count
    for file in json.load(open(branches))["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        end = first_line_of_tests(path)
        for *place, taken, passed, _, _, _ in file["branches"]:
            if place[0] < end:
                files[path][1][(*place, True)] += taken
                files[path][1][(*place, False)] += passed
    return files


def share(counts):
    reached = sum(count > 0 for count in counts)
    return reached, len(counts), 100 * reached / len(counts) if counts else 100.0


def main(lcov, branches, *wanted):
    files = read(lcov, branches)
    src = pathlib.Path("src").resolve()
    for name in wanted:
        lines, branches = files[pathlib.Path(name).resolve()]
        print(name, "lines", sorted(line for line, count in lines.items() if not count))
        print(name, "branches", *sorted(f"{place[0]}:{place[1]} never {place[4]}" for place, count in branches.items() if not count))
    folders = collections.defaultdict(lambda: ([], []))
    for path, counts in files.items():
        for folder in (path.relative_to(src).parts[0].removesuffix(".rs"), "all of src"):
            for sums, part in zip(folders[folder], counts):
                sums.extend(part.values())
    print(f"{'':12} {'lines':>22} {'branches':>22}")
    for folder, (lines, branches) in sorted(folders.items()):
        print(f"{folder:12}", *("{:6} of {:6} {:6.2f}%".format(*share(counts)) for counts in (lines, branches)))
    return all(share(counts)[2] >= LEAST for counts in folders["all of src"])


sys.exit(0 if main(*sys.argv[1:]) else "coverage: less than 90 of 100")
