#!/usr/bin/env bash
# The mask functions of pycocotools 2.0.11 trust the run lengths of a COCO file. A mask that states a height of 0 ends the
# whole process by a division by zero in C (SIGFPE), which no `except` catches. Lengths that do not fit the stated size
# are taken as they are: the box of a mask of 4 x 4 pixels is 51 pixels wide. Who reads files of others has to hold the
# lengths against the size before they reach pycocotools, or compute the box without it.
#
# Seen:
#     size [0, 4]                      exit code -8 (killed by SIGFPE)
#     size [4, 4], lengths 1 and 200   box [0, 0, 51, 4]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet pycocotools==2.0.11 "numpy<3"
"$folder/env/bin/python" - <<'PY'
import subprocess
import sys

from pycocotools import mask

CODE = 'from pycocotools import mask; mask.toBbox({"counts": b"52203", "size": [0, 4]})'
ended = subprocess.run([sys.executable, "-c", CODE]).returncode
box = mask.toBbox(mask.frPyObjects({"counts": [1, 200], "size": [4, 4]}, 4, 4)).tolist()
print(f"size [0, 4]                      exit code {ended}")
print(f"size [4, 4], lengths 1 and 200   box {box}")
assert ended == -8 and box == [0, 0, 51, 4]
PY
