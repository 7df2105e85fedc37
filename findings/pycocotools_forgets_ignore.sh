#!/usr/bin/env bash
# COCO files may mark an object "ignore": 1 so that finding it is neither right nor wrong. pycocotools 2.0.11 reads that
# mark and then overwrites it by "iscrowd": an object that is ignored but no crowd counts as one that had to be found.
# Only "iscrowd": 1 has the effect, with crowd's own overlap (the share of the detection that lies in it).
#
# Seen with one object found at score 0.9 and a second one that is marked and not found:
#     "ignore": 1   AP 0.505
#     "iscrowd": 1  AP 1.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet pycocotools==2.0.11 "numpy<3"
"$folder/env/bin/python" - <<'PY'
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def score(mark):
    """AP where the second of two objects carries a mark and is not found."""
    plain = {"image_id": 1, "category_id": 1, "iscrowd": 0, "area": 2500}
    objects = [plain | {"id": 1, "bbox": [10, 10, 50, 50]}, plain | {"id": 2, "bbox": [100, 10, 50, 50]} | mark]
    truth = COCO()
    truth.dataset = {
        "images": [{"id": 1, "width": 200, "height": 100}],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": objects,
    }
    truth.createIndex()
    found = truth.loadRes([{"image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50], "score": 0.9}])
    evaluation = COCOeval(truth, found, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return float(evaluation.stats[0])


with contextlib.redirect_stdout(io.StringIO()):
    ignored, crowd = score({"ignore": 1}), score({"iscrowd": 1})
print(f'"ignore": 1   AP {ignored:.3f}')
print(f'"iscrowd": 1  AP {crowd:.3f}')
assert abs(ignored - 0.505) < 0.001 and crowd > 0.999
PY
