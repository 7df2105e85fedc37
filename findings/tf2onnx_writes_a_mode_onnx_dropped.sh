#!/usr/bin/env bash
# tf2onnx 1.17.0 writes TensorFlow's nearest-neighbour resize (tf.image.resize, keras.ops.image.resize, keras.layers.Resizing)
# as an ONNX Resize with coordinate_transformation_mode "tf_half_pixel_for_nn" at every opset. ONNX defines that mode at
# opset 11 alone and dropped it at 13; tf2onnx's default is 15. onnx.checker is content even with full_check, ONNX Runtime
# and OpenCV read the file (the first warns), and ONNX's own reference implementation refuses it, as others may.
#
# Seen on Linux, Python 3.11, tensorflow-cpu 2.21.0, onnx 1.23.2, onnxruntime 1.32.0, five columns made eight and three:
#     opset 15, mode tf_half_pixel_for_nn, defined at 11: True, at 15: False, onnx.checker: content
#     TensorFlow      [0, 0, 1, 2, 2, 3, 4, 4] [0, 2, 4]
#     ONNX Runtime    [0, 0, 1, 2, 2, 3, 4, 4] [0, 2, 4]
#     ONNX reference  Invalid coordinate_transformation_mode: 'tf_half_pixel_for_nn'.
#     the same, mode and rounding replaced:
#     ONNX Runtime    [0, 0, 1, 2, 2, 3, 4, 4] [0, 2, 4]
#     ONNX reference  [0, 0, 1, 2, 2, 3, 4, 4] [0, 2, 4]
# Remedy: set the mode to half_pixel and nearest_mode to round_prefer_ceil in the file, which takes the same pixels.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet tensorflow-cpu==2.21.0 keras==3.15.1 tf2onnx==1.17.0 onnx==1.23.2 \
  onnxruntime==1.32.0 "numpy<3"
export TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=
"$folder/env/bin/python" - 2>"$folder/errors" <<'PY' || { cat "$folder/errors" >&2 && false; }
import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx
from onnx.reference import ReferenceEvaluator

ROW, WIDTHS, MODE = np.arange(5, dtype=np.float32).reshape(1, 1, 5, 1), (8, 3), "tf_half_pixel_for_nn"


def runtime(model):
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": ROW})[0]


def reference(model):
    return ReferenceEvaluator(model).run(None, {"x": ROW})[0]


def columns(read, models):
    try:
        return [read(model).ravel().astype(int).tolist() for model in models]
    except ValueError as error:
        return [str(error)]


def mode(opset):
    return MODE in onnx.defs.get_schema("Resize", opset).attributes["coordinate_transformation_mode"].description


models, right = [], []
for width in WIDTHS:
    resize = tf.function(lambda x, width=width: keras.ops.image.resize(x, (1, width), interpolation="nearest"))
    models.append(tf2onnx.convert.from_function(resize, [tf.TensorSpec(ROW.shape, tf.float32, "x")])[0])
    onnx.checker.check_model(models[-1], full_check=True)
    right.append(resize(ROW).numpy().ravel().astype(int).tolist())
nodes = [node for model in models for node in model.graph.node if node.op_type == "Resize"]
attributes = [{attribute.name: attribute for attribute in node.attribute} for node in nodes]
written, opset = {each["coordinate_transformation_mode"].s.decode() for each in attributes}, models[0].opset_import[0].version
print(f"opset {opset}, mode {', '.join(written)}, defined at 11: {mode(11)}, at {opset}: {mode(opset)}, onnx.checker: content")
print("TensorFlow     ", *right)
seen, refused = columns(runtime, models), columns(reference, models)
print("ONNX Runtime   ", *seen)
print("ONNX reference ", *refused)
for each in attributes:
    each["coordinate_transformation_mode"].s, each["nearest_mode"].s = b"half_pixel", b"round_prefer_ceil"
repaired = columns(runtime, models), columns(reference, models)
print("the same, mode and rounding replaced:")
print("ONNX Runtime   ", *repaired[0])
print("ONNX reference ", *repaired[1])
assert written == {MODE} and opset == 15 and mode(11) and not mode(15)
assert seen == right and MODE in refused[0] and repaired == (right, right)
PY
