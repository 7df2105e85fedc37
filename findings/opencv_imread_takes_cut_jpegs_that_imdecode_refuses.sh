#!/usr/bin/env bash
# A JPEG that a copy or download broke off has no end marker. cv2.imread of OpenCV 4.13 fills the rest with gray and returns
# an image; cv2.imdecode of the same bytes returns None. So the same file is a picture to one program and damaged to
# another. If the marker FF D9 is put behind the cut, as some programs do, both fill in gray, and so does Pillow, which
# refuses the file without the marker. The only sign is a line of libjpeg on standard error, which no code can catch.
#
# Seen on Linux, Python 3.11, opencv-python-headless 4.13.0.92, Pillow 13.0.0, the first half of a JPEG of 640x480:
#     cut               imread 640x480  imdecode None     Pillow OSError
#     cut and closed    imread 640x480  imdecode 640x480  Pillow 640x480
#     two bytes lost    imread 640x480  imdecode None     Pillow OSError
# Remedy: decode bytes with cv2.imdecode, and look for rows of one and the same gray at the lower end of a picture.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet opencv-python-headless==4.13.0.92 pillow==13.0.0 "numpy<3"
cd "$folder"
"$folder/env/bin/python" - <<'PY' 2>/dev/null
import io

import cv2
import numpy as np
from PIL import Image

colors = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
whole = cv2.imencode(".jpg", cv2.resize(colors, (640, 480), interpolation=cv2.INTER_NEAREST))[1].tobytes()


def size(image):
    return "None" if image is None else f"{image.shape[1]}x{image.shape[0]}"


def by_pillow(content):
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            return "x".join(map(str, picture.size))
    except OSError:
        return "OSError"


found = {}
half = whole[: len(whole) // 2]
for name, content in (("cut", half), ("cut and closed", half + b"\xff\xd9"), ("two bytes lost", whole[:-2])):
    with open("cut.jpg", "wb") as file:
        file.write(content)
    image = cv2.imread("cut.jpg")
    found[name] = size(image), size(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)), by_pillow(content)
    print(f"{name:<17} imread {found[name][0]}  imdecode {found[name][1]:<7}  Pillow {found[name][2]}")
    if name != "two bytes lost":
        assert (image[-100:] == 128).all()
assert found["cut"] == found["two bytes lost"] == ("640x480", "None", "OSError")
assert found["cut and closed"] == ("640x480",) * 3
PY
