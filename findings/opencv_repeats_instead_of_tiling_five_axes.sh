#!/usr/bin/env bash
# OpenCV 4.13 reads an ONNX Tile that doubles one of five axes without complaint and computes something else: the values
# come in their old order, each block twice as a whole. Keras' UpSampling2D (keras.ops.repeat) is exported by tf2onnx as
# Reshape, Tile, Reshape on five axes, so the upsampled map of a detector is wrong in OpenCV, and in OpenCV alone: small
# objects are lost while large ones are found. An upsampling exported as Resize is read rightly.
#
# Seen on Linux, Python 3.11, onnx 1.23.2, onnxruntime 1.32.0, opencv-python-headless 4.13.0.92, each row doubled:
#     ONNX Runtime [[0, 1], [0, 1], [2, 3], [2, 3]]
#     OpenCV       [[0, 1], [2, 3], [0, 1], [2, 3]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet onnx==1.23.2 onnxruntime==1.32.0 opencv-python-headless==4.13.0.92
"$folder/env/bin/python" - <<'PY'
import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

IN, OUT = [1, 1, 2, 2], [1, 1, 4, 2]


def constant(name, values):
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


graph = helper.make_graph(
    [
        helper.make_node("Reshape", ["x", "five"], ["apart"]),
        helper.make_node("Tile", ["apart", "repeats"], ["doubled"]),
        helper.make_node("Reshape", ["doubled", "four"], ["y"]),
    ],
    "each row twice",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, IN)],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, OUT)],
    [constant("five", [1, 1, 2, 1, 2]), constant("repeats", [1, 1, 1, 2, 1]), constant("four", OUT)],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 8
onnx.checker.check_model(model, full_check=True)
content, rows = model.SerializeToString(), np.arange(4, dtype=np.float32).reshape(IN)

right = onnxruntime.InferenceSession(content).run(None, {"x": rows})[0]
net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
net.setInput(rows)
seen = net.forward().reshape(OUT)
print("ONNX Runtime", right[0, 0].astype(int).tolist())
print("OpenCV      ", seen[0, 0].astype(int).tolist())
assert np.array_equal(right[0, 0], np.repeat(rows[0, 0], 2, axis=0)) and not np.array_equal(seen, right)
PY
