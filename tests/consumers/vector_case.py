"""vector_case.py VECTORS NAME FOLDER: one case as files for languages that would need a JSON parser: config.json, layout.txt ("<f4 30 33"),
input.bin, encoded.bin, decoded.bin."""
import json
import pathlib
import sys

vectors, name, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
cases = json.loads((vectors / "manifest.json").read_text())["cases"]
case = next(c for c in cases if c["name"] == name)
assert case["input"]["order"] == "C" and case["encode_deterministic"]

folder.mkdir(parents=True, exist_ok=True)
(folder / "config.json").write_text(json.dumps(case["config"]))
(folder / "layout.txt").write_text(" ".join(map(str, [case["input"]["dtype"], *case["input"]["shape"]])))
for part in ("input", "encoded", "decoded"):
    (folder / f"{part}.bin").write_bytes((vectors / case[part]["file"]).read_bytes())
