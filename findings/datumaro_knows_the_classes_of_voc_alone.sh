#!/usr/bin/env bash
# The format of PASCAL VOC has no list of classes: their names stand in the XML files. Datumaro 1.13.12 reads such a
# folder only if its classes are among the 20 of VOC, or if a file labelmap.txt, which VOC does not have, names them in
# lines such as `cell:::`. Otherwise it stops with "Undeclared label". CVAT is built on a fork of it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet datumaro==1.13.12
cd "$folder"
env/bin/python - <<'PY'
from pathlib import Path

import numpy as np
from datumaro.components.dataset import Dataset
from PIL import Image

BOX = "<bndbox><xmin>5</xmin><ymin>5</ymin><xmax>20</xmax><ymax>20</ymax></bndbox>"


def read(name):
    """Return the number of objects that are read from a VOC folder with one object, or the error."""
    text = f"<annotation><filename>a.jpg</filename><object><name>{name}</name>{BOX}</object></annotation>"
    Path("voc/Annotations/a.xml").write_text(text)
    try:
        return sum(len(item.annotations) for item in Dataset.import_from("voc", "voc_detection"))
    except Exception as error:
        return str(error).rpartition(": ")[2]


for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
    Path("voc", part).mkdir(parents=True)
Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save("voc/JPEGImages/a.jpg")
Path("voc/ImageSets/Main/train.txt").write_text("a\n")
known, unknown = read("dog"), read("cell")
Path("voc/labelmap.txt").write_text("cell:::\n")
named = read("cell")
print(f"dog: {known}; cell: {unknown}; cell with labelmap.txt: {named}")
assert (known, named) == (1, 1) and "Undeclared label 'cell'" in unknown
PY
