"""The shipped vectors as lines of text, for languages that come without a JSON reader.

    vectors_as_lines.py FILE        prints how many cases it wrote

One case a line, its fields separated by tabs:

    check   roundtrip: encoded decodes to decoded, and input encodes to encoded (exact) or to something that decodes to decoded
            refuse: decoding `encoded` is an error      bad_config: so is building the codec
    name, config (JSON; a list for pipelines), exact (1 or 0)
    dtype, shape, order, file of the input              shape is the number of dimensions and then the extents: "2 10 100"
    file of the encoded bytes
    dtype, shape, order, file of what decoding gives

Files lie in tests/vectors/data. "-" stands for what a check does not have. Left out are objects, structured dtypes, and cases where
numcodecs is wrong, lenient or depends on the platform, or where docs/differences.md says that we differ: tests/conformance has them all.
"""
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
DIFFERENCES = (ROOT / "docs" / "differences.md").read_text("utf-8")
UNCLEAR = {"python_only", "oracle_bug", "platform_dependent", "recommend"}


def array_fields(array):
    return [array["dtype"], " ".join(map(str, [len(array["shape"]), *array["shape"]])), array["order"], Path(array["file"]).name]


def is_plain(array):
    return isinstance(array["dtype"], str) and "file" in array


def roundtrip(case, config, encoded):
    arrays = [case.get("input"), case.get("decoded")]
    if not all(array and is_plain(array) for array in arrays):
        return None
    exact = "1" if case["encode_deterministic"] else "0"
    return ["roundtrip", case["name"], config, exact, *array_fields(arrays[0]), Path(encoded["file"]).name, *array_fields(arrays[1])]


def config_of(case):
    if case["kind"] != "pipeline":
        return case["config"]
    return [*case["filters"], *([case["compressor"]] if case["compressor"] else [])]


def line(case):
    if UNCLEAR & set(case) or f"`{case['name']}`" in DIFFERENCES:
        return None
    config = json.dumps(config_of(case))
    if case["kind"] in ("roundtrip", "pipeline"):
        return roundtrip(case, config, case.get("encoded") or case["stored"])
    if case["kind"] in ("invalid_decode", "must_error") and case["stage"] == "decode":
        return ["refuse", case["name"], config, "-", *4 * "-", Path(case["encoded"]["file"]).name, *4 * "-"]
    if case["kind"] == "invalid_config":
        return ["bad_config", case["name"], config, *10 * "-"]
    return None


def main():
    cases = json.loads((VECTORS / "manifest.json").read_text())["cases"]
    lines = [fields for fields in map(line, cases) if fields]
    assert all(len(fields) == 13 for fields in lines)
    Path(sys.argv[1]).write_text("".join("\t".join(fields) + "\n" for fields in lines))
    print(len(lines))


main()
