#!/usr/bin/env bash
# LabelU 1.5.6 runs in a browser, which shows a photo upright by its EXIF block, so boxes are drawn in that frame. Its YOLO
# export divides them by the width and height of the stored picture, which lies on its side: boxes are stretched in one
# direction and squeezed in the other, and some come out beyond 1. Its VOC and LabelMe exports have pixels and are right.
# Its COCO has "fileName" where COCO says "file_name": pycocotools loads it, but nobody finds a picture.
#
# Seen with a photo stored as 80x40, to be turned upright to 40x80, and a box from (10, 50) to (30, 70) in it:
#     exported  0 0.25 1.5 0.25 0.5
#     wanted    0 0.5 0.75 0.5 0.25
#     COCO's image has the keys id fileName width height valid rotate
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet labelu==1.5.6
export HOME=$folder # where LabelU keeps a database
env/bin/python - 2>/dev/null <<'PY'
import json
from pathlib import Path

from labelu.internal.common.config import settings
from labelu.internal.common.converter import converter
from PIL import Image

turned = Image.Exif()
turned[0x112] = 6
Image.new("RGB", (80, 40)).save("photo.jpg", exif=turned)
settings.MEDIA_ROOT = Path.cwd()
box = {"x": 10, "y": 50, "width": 20, "height": 20, "label": "cat"}
result = {"width": 40, "height": 80, "rotate": 0, "rectTool": {"toolName": "rectTool", "result": [box]}}
photo = {"filename": "photo.jpg", "path": "photo.jpg"}
sample = {"id": 1, "state": "DONE", "file": photo, "data": json.dumps({"result": json.dumps(result)})}
config = {"tools": [{"tool": "rectTool", "config": {"attributes": [{"key": "cat", "value": "cat"}]}}]}
for form in ("YOLO", "COCO"):
    converter.convert(config, [sample], Path(form), "1", form)
line = Path("YOLO/photo.txt").read_text().strip()
(image,) = json.loads(Path("COCO/result.json").read_text())["images"]
print("exported ", line)
print("wanted    0 0.5 0.75 0.5 0.25")
print("COCO's image has the keys", *image)
assert line == "0 0.25 1.5 0.25 0.5" and "fileName" in image and "file_name" not in image
PY
