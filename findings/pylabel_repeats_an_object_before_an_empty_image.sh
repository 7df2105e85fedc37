#!/usr/bin/env bash
# pylabel 0.1.55, COCO to COCO: for each image without objects it writes the object before it once more, with the same
# annotation id and in the image of the object. So the more images are empty, the more objects are there twice; pycocotools
# then counts each as a second object that has to be found. With pandas 3, which pip installs beside it, no export works.
#
# Seen with two images, of which the second has no objects:
#     pandas 3  TypeError: Invalid value '' for dtype 'float64'
#     pandas 2  2 annotations of 1, with the ids 0 and 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet pylabel==0.1.55 pandas==3.0.1
cat >convert.py <<'PY'
import json
import sys

from pylabel.importer import ImportCoco

sizes = {"width": 100, "height": 100}
given = {
    "images": [{"id": 1, "file_name": "cat.jpg", **sizes}, {"id": 2, "file_name": "empty.jpg", **sizes}],
    "categories": [{"id": 1, "name": "cat"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "area": 400, "iscrowd": 0}],
}
with open("given.json", "w") as file:
    json.dump(given, file)
try:
    ImportCoco("given.json").export.ExportToCoco("written.json")
except TypeError as error:
    print(f"{sys.argv[1]}  TypeError: {error}")
    sys.exit(3)
with open("written.json") as file:
    ids = [each["id"] for each in json.load(file)["annotations"]]
print(f"{sys.argv[1]}  {len(ids)} annotations of 1, with the ids {' and '.join(map(str, ids))}")
assert ids == [0, 0]
PY
status=0
env/bin/python convert.py "pandas 3" 2>/dev/null || status=$?
[ "$status" = 3 ]
env/bin/python -m pip install --quiet "pandas<3"
env/bin/python convert.py "pandas 2" 2>/dev/null
