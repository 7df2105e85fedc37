#!/usr/bin/env bash
# ultralytics.data.converter.convert_coco of Ultralytics 8.4.190 takes the category ids of any COCO JSON for those of COCO
# itself, unless cls91to80=False is given: ids are mapped by COCO's table of 91 to 80, so that class 13 becomes 11, and an
# id that COCO does not use, such as 0 or 12, ends the conversion with a TypeError. With cls91to80=False an id becomes id - 1, also
# where ids begin at 0 (class -1) or have gaps. No names are written, and objects with iscrowd are left out in silence.
#
# Seen:
#     by default, ids 1 2 13      classes 0 1 11
#     by default, id 12           TypeError: must be real number, not NoneType
#     cls91to80=False, ids 0 1 13 classes -1 0 12
# Remedy: number the categories 1, 2, 3 without gaps, and give cls91to80=False.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet ultralytics==8.4.190 torch==2.13.0
export YOLO_CONFIG_DIR=$folder
cat >convert.py <<'PY'
import json
from pathlib import Path

from ultralytics.data.converter import convert_coco


def classes(name, ids, **options):
    """The class numbers that are written for one object of each category."""
    boxes = [{"id": i, "image_id": 1, "category_id": i, "bbox": [i, i, 9, 9], "area": 81, "iscrowd": 0} for i in ids]
    given = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 100}],
        "categories": [{"id": i, "name": f"class {i}"} for i in ids],
        "annotations": boxes,
    }
    Path(name).mkdir()
    Path(name, "train.json").write_text(json.dumps(given))
    convert_coco(name, f"{name}-yolo", **options)
    return [line.split()[0] for line in Path(f"{name}-yolo/labels/train/a.txt").read_text().splitlines()]


default, plain = classes("a", (1, 2, 13)), classes("b", (0, 1, 13), cls91to80=False)
try:
    classes("c", (12,))
except TypeError as error:
    refused = f"TypeError: {error}"
print("by default, ids 1 2 13      classes", *default)
print("by default, id 12          ", refused)
print("cls91to80=False, ids 0 1 13 classes", *plain)
assert default == ["0", "1", "11"] and plain == ["-1", "0", "12"] and "NoneType" in refused
PY
env/bin/python convert.py 2>/dev/null | grep -E "^(by default|cls91)"
