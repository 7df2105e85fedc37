#!/usr/bin/env bash
# cv2.VideoWriter with "mp4v" (MPEG-4 part 2, the codec of most examples) refuses frame rates that phones, drones and
# slow motion really have. OpenCV hands the rate on as a fraction in thousandths, and the codec's clock has 16 bits: a
# rate works only if the reduced fraction's numerator is at most 65535. So 66 and 240 work and 66.667 does not, with
# messages on stderr and isOpened() False, or nothing at all where that is not asked.
#
# Seen on Linux, opencv-python-headless 4.13.0.92:
#     25 True, 29.97 True, 59.94 True, 66 True, 66.667 False, 120 True, 196.263 False, 211.222 False, 240 True
# Remedy: write at the nearest whole rate, or with another codec.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet opencv-python-headless==4.13.0.92 "numpy<3"
cd "$folder"
OPENCV_LOG_LEVEL=SILENT OPENCV_FFMPEG_LOGLEVEL=-8 "$folder/env/bin/python" - <<'PY'
import cv2

opened = {}
for rate in (25, 29.97, 59.94, 66, 66.667, 120, 196.263, 211.222, 240):
    writer = cv2.VideoWriter("copy.mp4", cv2.VideoWriter_fourcc(*"mp4v"), rate, (64, 48))
    opened[rate] = writer.isOpened()
    writer.release()
print(", ".join(f"{rate} {answer}" for rate, answer in opened.items()))
assert [rate for rate, answer in opened.items() if not answer] == [66.667, 196.263, 211.222]
PY
