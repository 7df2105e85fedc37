#!/usr/bin/env bash
# tf2onnx 1.17.0 writes TensorFlow's nearest-neighbour resize (tf.image.resize, keras.ops.image.resize, Resizing in Keras)
# as an ONNX Resize with coordinate_transformation_mode "tf_half_pixel_for_nn" at opset 11 and every later one. ONNX defines
# that mode at opsets 11 and 12 and dropped it at 13; tf2onnx's default is 15. onnx.checker is content even with full_check,
# ONNX Runtime and OpenCV 4.13 read the file (the first warns), and ONNX's own reference implementation refuses it.
#
# Seen on Linux, Python 3.11, tensorflow-cpu 2.21.0, onnx 1.23.2, onnxruntime 1.32.0, five columns made eight:
#     mode tf_half_pixel_for_nn, defined at opset 11: True, at the file's opset 15: False, onnx.checker content
#     TensorFlow      [0, 0, 1, 2, 2, 3, 4, 4]
#     ONNX Runtime    [0, 0, 1, 2, 2, 3, 4, 4]
#     ONNX reference  Invalid coordinate_transformation_mode: 'tf_half_pixel_for_nn'.
#     repaired        [0, 0, 1, 2, 2, 3, 4, 4] [0, 0, 1, 2, 2, 3, 4, 4]
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

ROW = np.arange(5, dtype=np.float32).reshape(1, 1, 5, 1)
READERS = [lambda model: onnxruntime.InferenceSession(model.SerializeToString()), ReferenceEvaluator]


def columns(reader, model):
    try:
        return reader(model).run(None, {"x": ROW})[0].ravel().astype(int).tolist()
    except ValueError as error:
        return str(error)


resize = tf.function(lambda x: keras.ops.image.resize(x, (1, 8), interpolation="nearest"))
right = resize(ROW).numpy().ravel().astype(int).tolist()
model = tf2onnx.convert.from_function(resize, [tf.TensorSpec(ROW.shape, tf.float32, "x")])[0]
onnx.checker.check_model(model, full_check=True)
node = next(node for node in model.graph.node if node.op_type == "Resize")
attributes = {attribute.name: attribute for attribute in node.attribute}
mode, opset = attributes["coordinate_transformation_mode"].s.decode(), model.opset_import[0].version
old, new = (
    mode in onnx.defs.get_schema("Resize", each).attributes["coordinate_transformation_mode"].description
    for each in (11, opset)
)
print(f"mode {mode}, defined at opset 11: {old}, at the file's opset {opset}: {new}, onnx.checker content")
seen, refused = (columns(reader, model) for reader in READERS)
print("TensorFlow     ", right)
print("ONNX Runtime   ", seen)
print("ONNX reference ", refused)
attributes["coordinate_transformation_mode"].s, attributes["nearest_mode"].s = b"half_pixel", b"round_prefer_ceil"
repaired = [columns(reader, model) for reader in READERS]
print("repaired       ", *repaired)
assert mode == "tf_half_pixel_for_nn" and opset == 15 and old and not new
assert seen == right and refused.startswith("Invalid coordinate_transformation_mode") and repaired == [right, right]
PY
