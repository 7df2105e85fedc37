"""Write SavedModel, TensorFlow's own format, for TensorFlow Serving and all other programs that read it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.array_types import Image
from yolo.errors import UserError
from yolo.inference import checksum
from yolo.inference.detection_function import frozen
from yolo.inference.metadata import FILE, ModelMetadata
from yolo.inference.runtimes.saved_model import MAIN, metadata_in

if TYPE_CHECKING:
    import tensorflow as tf

NEEDED: tuple[str, ...] = ()
ENDING = "_saved_model"
PRECISIONS: tuple[str, ...] = ("float32",)
TAKES_ANY_SIZE = True
VARIABLES = {"variables/variables.index", "variables/variables.data-00000-of-00001"}
FILES = {MAIN, "fingerprint.pb", FILE, *VARIABLES}  # all files that an export may have


def check_folder(path: Path) -> None:
    """Raise UserError when a folder is no earlier export, or has other files too."""
    others = {file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir()} - FILES
    if others:
        raise UserError(f"{path} holds {', '.join(sorted(others)[:3])}, which no export does")
    metadata_in(path)


def write(
    function: "tf.types.experimental.PolymorphicFunction",
    metadata: ModelMetadata,
    path: str | Path,
    calibration: Iterable[Image] = (),
) -> None:
    """Write a folder with the metadata and a model of one signature, from `pictures` to `boxes` and `scores`.

    Args:
        function: a `detection_function`.
        calibration: not used, as there is no int8.
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
