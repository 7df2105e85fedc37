#!/usr/bin/env bash
# OPENCV_FFMPEG_WRITER_OPTIONS is the documented way to hand options to the encoder behind cv2.VideoWriter, as
# OPENCV_FFMPEG_CAPTURE_OPTIONS is for reading. OpenCV 4.13 accepts any value, and the file stays the same to the byte:
# bit rate, quality and group size of a video cannot be chosen by it.
#
# Seen on Linux, opencv-python-headless 4.13.0.92, 60 frames of noise at 320 x 240, "mp4v", bytes of the file's content:
#     no options, "b;50000" and "qmax;31|g;1" write the same 60 frames: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
python="$folder/env/bin/python"
"$python" -m pip install --quiet opencv-python-headless==4.13.0.92 "numpy<3"

written() {
  (cd "$folder" && env ${2:+"OPENCV_FFMPEG_WRITER_OPTIONS=$2"} "$python" - "$1" <<'PY'
import sys

import cv2
import numpy as np

rng = np.random.default_rng(0)
writer = cv2.VideoWriter(sys.argv[1], cv2.VideoWriter_fourcc(*"mp4v"), 25, (320, 240))
assert writer.isOpened()
for _ in range(60):
    writer.write(rng.integers(0, 256, (240, 320, 3), np.uint8))
writer.release()
PY
  )
  sha256sum <"$folder/$1"
}

plain=$(written plain.mp4 "")
rate=$(written rate.mp4 "b;50000")
quality=$(written quality.mp4 "qmax;31|g;1")
same=False
[[ $plain == "$rate" && $plain == "$quality" ]] && same=True
echo "no options, \"b;50000\" and \"qmax;31|g;1\" write the same 60 frames: $same"
[[ $same == True ]]
