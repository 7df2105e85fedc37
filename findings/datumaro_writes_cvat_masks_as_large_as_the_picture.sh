#!/usr/bin/env bash
# In the XML of CVAT, a mask has left, top, width and height, and these are the box of the object: CVAT cuts the mask to
# it. datumaro 1.13.12 writes every mask uncut, from 0 0 and as large as the picture, so that a reader who takes these
# four numbers gets the whole picture for the box of each object. The runs in the attribute `rle` tell the box.
#
# Seen with an object of 5 by 7 pixels at 20 11 in a picture of 100 by 80:
#     left top width height: 0 0 100 80
#     box of the runs:       20 11 5 7
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet datumaro==1.13.12
"$folder/env/bin/python" - "$folder/set" <<'PY'
import sys
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from datumaro.components.annotation import Mask
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image

mask = np.zeros((80, 100), bool)
mask[11:18, 20:25] = True
picture = Image.from_numpy(np.zeros((80, 100, 3), np.uint8))
items = [DatasetItem("a", media=picture, annotations=[Mask(mask, label=0)])]
Dataset.from_iterable(items, categories=["cell"]).export(sys.argv[1], "cvat")
(file,) = Path(sys.argv[1]).glob("*.xml")
element = ElementTree.parse(file).getroot().find("image/mask")
stated = [int(element.get(key)) for key in ("left", "top", "width", "height")]
ends = list(accumulate(int(length) for length in element.get("rle").split(",")))
pixels = np.concatenate([np.arange(begin, end) for begin, end in zip(ends[::2], ends[1::2])])
ys, xs = np.divmod(pixels, stated[2])
box = [xs.min(), ys.min(), xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min()]
print("left top width height:", *stated)
print("box of the runs:      ", *box)
assert stated == [0, 0, 100, 80] and box == [20, 11, 5, 7]
PY
