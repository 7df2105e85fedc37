#!/usr/bin/env bash
# OpenCV reads the EXIF orientation as the first 16 bits of the value field, whatever type the tag has. Some cameras and
# scripts write it as BYTE or LONG against the standard (SHORT). Then OpenCV and Pillow turn different photos, and boxes
# that were drawn in one program lie elsewhere in the other.
#
# Seen on Linux, Python 3.11, opencv-python-headless 4.13.0.92, Pillow 13.0.0, a JPEG stored as 40 x 60 (width x height)
# with orientation 6, a quarter turn, as (width, height) after each program's own turn:
#   II BYTE : OpenCV (60, 40), Pillow (40, 60)
#   II SHORT: OpenCV (60, 40), Pillow (60, 40)
#   II LONG : OpenCV (60, 40), Pillow (60, 40)
#   MM BYTE : OpenCV (40, 60), Pillow (40, 60)
#   MM SHORT: OpenCV (60, 40), Pillow (60, 40)
#   MM LONG : OpenCV (40, 60), Pillow (60, 40)
# In Motorola order (MM) a LONG has the 6 in its last two bytes, so OpenCV does not turn the picture and Pillow does. A BYTE
# comes to Pillow as bytes, which it takes for no orientation; in Intel order OpenCV turns it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet opencv-python-headless==4.13.0.92 pillow==13.0.0 numpy

"$folder/env/bin/python" - "$folder" <<'PY'
import io
import struct
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

TYPES = {"BYTE": (1, "B3x"), "SHORT": (3, "H2x"), "LONG": (4, "I")}
seen = {}
for order, mark in (("II", "<"), ("MM", ">")):
    for name, (number, field) in TYPES.items():
        head = order.encode() + struct.pack(mark + "HI", 42, 8)
        entry = struct.pack(mark + "HHI" + field, 0x0112, number, 1, 6)
        exif = b"Exif\0\0" + head + struct.pack(mark + "H", 1) + entry + struct.pack(mark + "I", 0)
        file = io.BytesIO()
        Image.fromarray(np.zeros((60, 40, 3), np.uint8)).save(file, "JPEG", exif=exif)
        height, width = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_COLOR).shape[:2]
        pillow = ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue()))).size
        seen[order, name] = (width, height), pillow
        print(f"{order} {name:<5}: OpenCV {(width, height)}, Pillow {pillow}")
standing = (40, 60)
assert {key for key, (opencv, _) in seen.items() if opencv == standing} == {("MM", "BYTE"), ("MM", "LONG")}
assert {key for key, (_, pillow) in seen.items() if pillow == standing} == {("II", "BYTE"), ("MM", "BYTE")}
PY
