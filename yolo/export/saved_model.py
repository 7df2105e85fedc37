"""SavedModel, TensorFlow's own format, for TensorFlow Serving and everything that reads it."""

from pathlib import Path

from yolo.inference.graph import frozen
from yolo.inference.metadata import FILE

NEEDED = ()  # packages beside TensorFlow
ENDING = "_saved_model"
PRECISIONS = ("float32",)
TAKES_ANY_SIZE = True
FILES = {"saved_model.pb", "fingerprint.pb", "variables", "assets", FILE}  # all that such a folder may hold


def write(function, metadata, path, calibration=()):
    """Write a folder with one signature, from `pictures` to `boxes` and `scores`, and the metadata beside it.

    Args:
        function: a `detection_function`.
    """
    import tensorflow as tf

    constants = frozen(function)
    module = tf.Module()
    module.detect = tf.function(
        lambda pictures: dict(zip(("boxes", "scores"), constants(pictures), strict=True)),
        input_signature=function.input_signature,
        autograph=False,
    )
    tf.saved_model.save(module, str(path), signatures=module.detect)
    (Path(path) / FILE).write_text(metadata.to_json(), encoding="utf-8")
