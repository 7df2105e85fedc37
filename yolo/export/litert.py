"""LiteRT (TensorFlow Lite), for phones and small boards: a `.tflite` file, the metadata in an archive at its end.

That is where the format keeps files that belong to a model,
https://ai.google.dev/edge/litert/conversion/tensorflow/metadata.
"""

import tempfile
import zipfile

from yolo.export import saved_model
from yolo.inference import checksum
from yolo.inference.metadata import FILE

NEEDED = ("ai_edge_litert",)  # packages
ENDING = ".tflite"
PRECISIONS = ("float32", "float16")
TAKES_ANY_SIZE = False
LABELS = "labels.txt"  # as the format calls them


def write(function, metadata, path, calibration=()):
    """Write a `.tflite` file; in float16 it stores the weights so and computes in float32 where that is faster.

    Args:
        function: a `detection_function`.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        saved_model.write(function, metadata, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if metadata.precision == "float16":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        path.write_bytes(converter.convert())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(FILE, metadata.to_json())
        archive.writestr(LABELS, "\n".join(metadata.class_names))
        archive.comment = checksum.PLACEHOLDER.encode()  # the last bytes of the file
    checksum.seal(path)
