"""SavedModel, TensorFlow's own format, for TensorFlow Serving and everything that reads it."""

import json
from pathlib import Path

from yolo.errors import UserError
from yolo.inference import checksum
from yolo.inference.detection_function import frozen
from yolo.inference.metadata import FILE
from yolo.inference.runtimes.saved_model import MAIN, metadata_in

NEEDED = ()  # packages beside TensorFlow
ENDING = "_saved_model"
PRECISIONS = ("float32",)
TAKES_ANY_SIZE = True
VARIABLES = {"variables/variables.index", "variables/variables.data-00000-of-00001"}
FILES = {MAIN, "fingerprint.pb", FILE, *VARIABLES}  # all that such a folder may hold


def check_folder(path):
    """Raise UserError when a folder is no earlier export, or holds files of others too."""
    others = {file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir()} - FILES
    if others:
        raise UserError(f"{path} holds {', '.join(sorted(others)[:3])}, which no export does")
    metadata_in(path)


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
    described = Path(path) / FILE
    described.write_text(json.dumps(json.loads(metadata.to_json()) | {"checksum": checksum.PLACEHOLDER}), "utf-8")
    checksum.seal(described, [Path(path) / MAIN])
