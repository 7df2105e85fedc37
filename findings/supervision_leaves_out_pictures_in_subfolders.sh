#!/usr/bin/env bash
# Ultralytics trains on images/train/cam1/a.jpg with labels/train/cam1/a.txt: folders below a split are searched. The
# readers of supervision 0.31.2 look into one folder only. They leave out what lies below, without a word, and so a
# dataset of 2 pictures becomes one of 1. A folder without any other picture gives an empty dataset and no error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet supervision==0.31.2
cd "$folder"
env/bin/python - <<'PY'
from pathlib import Path

import numpy as np
import supervision
from PIL import Image

for name in ("a", "cam1/b"):
    for place in (Path("images", name), Path("labels", name)):
        place.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(f"images/{name}.jpg")
    Path(f"labels/{name}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
Path("data.yaml").write_text("names: [cell]\n")
found = supervision.DetectionDataset.from_yolo("images", "labels", "data.yaml")
print(f"2 pictures with labels, {len(found)} read: {[Path(path).name for path in found.image_paths]}")
assert len(found) == 1
found = supervision.DetectionDataset.from_yolo("images/..", "labels/..", "data.yaml")
print(f"of the folder above: {len(found)} read")
assert len(found) == 0
PY
