#!/usr/bin/env bash
# AnyLabeling 0.4.43 exports CreateML JSON whose "x" and "y" are the left upper corner of a box. Create ML, Roboflow and
# labelImg mean the center. Whoever reads such a file gets every box moved to the left and up by half its size, and no
# word of it: the file looks as it should. Its YOLO, COCO and VOC exports, and its own JSON, are right.
#
# Seen with one box from (40, 20) to (60, 40):
#     exported  x 40 y 20 width 20 height 20
#     wanted    x 50 y 30 width 20 height 20
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --no-deps anylabeling==0.4.43 # the window is not needed
"$folder/env/bin/python" - <<'PY'
import importlib.util
from pathlib import Path

package = Path(importlib.util.find_spec("anylabeling").origin).parent
spec = importlib.util.spec_from_file_location("formats", package / "views/labeling/utils/export_formats.py")
formats = importlib.util.module_from_spec(spec)
spec.loader.exec_module(formats)

shape = {"label": "cat", "shape_type": "rectangle", "points": [[40, 20], [60, 40]]}
(picture,) = formats.FormatExporter.export_to_createml([[shape]], ["a.jpg"], [100], [100])
(cat,) = picture["annotations"]
print("exported ", *(f"{key} {value}" for key, value in cat["coordinates"].items()))
print("wanted    x 50 y 30 width 20 height 20")
assert cat["coordinates"] == {"x": 40, "y": 20, "width": 20, "height": 20}
PY
