#!/usr/bin/env bash
# In the JSON of Create ML, x and y are the center of a box, and labelImg, Roboflow and Apple's examples keep to that.
# AnyLabeling 0.4.43 exports the left upper corner under these names. Nothing in the file tells, and every box is read as
# one that lies half its size too far to the left and above.
#
# Seen with a box from 10 20 to 40 36:
#     x 10 y 20 width 30 height 16    (the center is 25 28)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --no-deps anylabeling==0.4.43
"$folder/env/bin/python" - <<'PY'
import importlib.util
from pathlib import Path

import anylabeling.app_info

# the package around this file needs Qt, the file does not
path = Path(anylabeling.app_info.__file__).parent / "views/labeling/utils/export_formats.py"
spec = importlib.util.spec_from_file_location("export_formats", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
shape = {"label": "cell", "shape_type": "rectangle", "points": [[10, 20], [40, 36]]}
(written,) = module.FormatExporter.export_to_createml([[shape]], ["a.jpg"], [80], [100])
place = written["annotations"][0]["coordinates"]
print(*(f"{key} {value}" for key, value in place.items()))
assert place == {"x": 10, "y": 20, "width": 30, "height": 16}
PY
