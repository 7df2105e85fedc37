#!/usr/bin/env bash
# A data.yaml whose classes are called yes and no, or on and off, trains a model of Ultralytics 8.4 whose classes are
# called True and False: YAML 1.1 takes these words for truth values, and they are turned into text only afterwards. A
# class called 3.10 becomes 3.1. Two classes `no` and `No` become one name. There is no warning; quotes prevent it.
#
# Seen:
#     names: [yes, no]     {0: 'True', 1: 'False'}
#     names: [no, No]      {0: 'False', 1: 'False'}
#     names: [3.10, v2]    {0: '3.1', 1: 'v2'}
#     names: ['yes', 'no'] {0: 'yes', 1: 'no'}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet ultralytics==8.4.190 torch==2.14.1 torchvision==0.29.1
mkdir "$folder/images"
cd "$folder"
YOLO_CONFIG_DIR="$folder" YOLO_OFFLINE=1 "$folder/env/bin/python" - <<'PY'
from pathlib import Path

from ultralytics.data import utils

utils.check_font = lambda *_: None  # it would be downloaded


def names(text):
    """Return the class names that Ultralytics reads."""
    Path("data.yaml").write_text(f"train: images\nval: images\nnames: {text}\n")
    return utils.check_det_dataset("data.yaml", autodownload=False)["names"]


for text in ("[yes, no]", "[no, No]", "[3.10, v2]", "['yes', 'no']"):
    print(f"names: {text:14}", names(text))
assert names("[yes, no]") == {0: "True", 1: "False"}
assert names("[no, No]") == {0: "False", 1: "False"}
assert names("[3.10, v2]") == {0: "3.1", 1: "v2"}
assert names("['yes', 'no']") == {0: "yes", 1: "no"}
PY
