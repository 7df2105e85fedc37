#!/usr/bin/env bash
# albumentations 2.0.8 depends on opencv-python-headless without an upper bound. That wheel and opencv-python write into
# the same folder, cv2/, so the one installed last wins, and pip sees no conflict.
#
# Seen on Linux, Python 3.11, after `pip install opencv-python==4.13.0.92` and then `pip install albumentations==2.0.8`:
#   opencv-python 4.13.0.92 is still listed, cv2.__version__ is 5.0.0, no windows, no Darknet reader, `pip check` is content:
#     before: 4.13.0 windows True Darknet True
#     after:  5.0.0 windows False Darknet False
#     listed: opencv-python==4.13.0.92
#     No broken requirements found.
# Remedy: name opencv-python-headless with the same version as opencv-python in the same command.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
python="$folder/env/bin/python"

look() {
  "$python" - "$1" <<'PY'
import sys

import cv2

gui = next(line.split(":")[1].strip() for line in cv2.getBuildInformation().splitlines() if line.strip().startswith("GUI:"))
print(f"{sys.argv[1]:<7} {cv2.__version__} windows {gui != 'NONE'} Darknet {hasattr(cv2.dnn, 'readNetFromDarknet')}")
PY
}

"$python" -m pip install --quiet opencv-python==4.13.0.92
before=$(look before:)
# opencv-python-headless is pinned to what pip chose for albumentations 2.0.8 by itself in November 2026
"$python" -m pip install --quiet albumentations==2.0.8 opencv-python-headless==5.0.0.93
after=$(look after:)
listed=$("$python" -m pip freeze | grep '^opencv-python==')
printf '%s\n%s\nlisted: %s\n' "$before" "$after" "$listed"
"$python" -m pip check
[[ $before == *"windows True Darknet True" && $after == *"5.0.0 windows False Darknet False" && $listed == *4.13.0.92 ]]
