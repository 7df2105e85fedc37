#!/usr/bin/env bash
# Keras 3.15.1: `import keras` imports matplotlib.pyplot wherever matplotlib is installed, for keras.visualization, which
# hardly a detector calls. Every command that only asks or predicts pays for it, and the first one also for a list of all
# fonts, which is written to the user's folder. On a machine with no folder to write to, `import keras` makes one in the
# temporary folder each time and warns in matplotlib's name. matplotlib is often there for something else, so a program
# that never plots is hit too.
#
# Seen on Linux, Python 3.11, tensorflow-cpu 2.21.0, matplotlib 3.11.2 (the share differs from machine to machine):
#     without matplotlib  pyplot imported: False
#     with matplotlib     pyplot imported: True, 17 % of the time of `import keras`, left behind: fontlist-v3.11.0.json
#     matplotlib hidden   pyplot imported: False
# Remedy: sys.modules["matplotlib"] = None before `import keras`, and del sys.modules["matplotlib"] after it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
python="$folder/env/bin/python"
export MPLCONFIGDIR="$folder/matplotlib" TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=
mkdir "$MPLCONFIGDIR"

look() {
  "$python" -c "$1; import sys, keras; print('pyplot imported:', 'matplotlib.pyplot' in sys.modules)" 2>"$folder/errors" ||
    { cat "$folder/errors" >&2 && false; }
}

"$python" -m pip install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 "numpy<3"
without=$(look pass)
"$python" -m pip install --quiet matplotlib==3.11.2 "numpy<3"
with=$(look pass)
left=$(ls "$MPLCONFIGDIR")
hidden=$(look 'import sys; sys.modules["matplotlib"] = None')
# the second import, so that neither compiling nor the list of fonts is counted
share=$("$python" -X importtime -c "import keras" 2>&1 | awk -F'|' '
  $3 ~ /^ +matplotlib\.pyplot$/ { pyplot = $2 }
  $3 ~ /^ +keras$/ { all = $2 }
  END { printf "%.0f", 100 * pyplot / all }')
echo "without matplotlib  $without"
echo "with matplotlib     $with, $share % of the time of \`import keras\`, left behind: $left"
echo "matplotlib hidden   $hidden"
[[ $without == *False && $with == *True && $hidden == *False && $left == fontlist-*.json && $share -ge 1 ]]
