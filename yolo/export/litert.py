"""Write LiteRT (TensorFlow Lite), for phones and small boards: a `.tflite` file with the metadata in an archive.

The archive is at the end of the file, as in https://ai.google.dev/edge/litert/conversion/tensorflow/metadata.
"""

import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.array_types import Image
from yolo.export import saved_model
from yolo.inference import checksum
from yolo.inference.metadata import FILE, ModelMetadata

if TYPE_CHECKING:
    import tensorflow as tf

NEEDED: tuple[str, ...] = ("ai_edge_litert",)
ENDING = ".tflite"
PRECISIONS: tuple[str, ...] = ("float32", "float16")
TAKES_ANY_SIZE = False
LABELS = "labels.txt"  # the file of class names in the format


def write(
    function: "tf.types.experimental.PolymorphicFunction",
    metadata: ModelMetadata,
    path: Path,
    calibration: Iterable[Image] = (),
) -> None:
    """Write a `.tflite` file. For float16, only the weights are stored so; it computes in float32 where that is faster.

    Args:
        function: a `detection_function`.
        calibration: not used, as there is no int8.
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
