"""List the formats of model files, and find the format of a file by its name."""

import re
from enum import Enum
from pathlib import Path


class ModelFormat(Enum):
    """A format of model files. Its value is the ending of their names, or the main file in a SavedModel's folder."""

    ONNX = ".onnx"
    LITERT = ".tflite"
    OPENVINO = ".xml"
    SAVED_MODEL = "saved_model.pb"
    KERAS = ".keras"
    RUN_WEIGHTS = ".weights.h5"
    DARKNET = ".weights"
    DARKNET_BACKBONE = ".conv.N"  # for any number; the file may have more than a backbone
    KERAS2 = ".h5"

    @property
    def is_exported(self) -> bool:
        """Return whether such files are for another runtime and cannot be loaded as a network in Keras."""
        return self in (ModelFormat.ONNX, ModelFormat.LITERT, ModelFormat.OPENVINO, ModelFormat.SAVED_MODEL)

    @property
    def describes_itself(self) -> bool:
        """Return whether such files contain their classes, anchors and input size, so that the user need not."""
        return self.is_exported or self in (ModelFormat.KERAS, ModelFormat.RUN_WEIGHTS)


def format_by_name(path: Path) -> ModelFormat | None:
    """Return the format of a file by the end of its name, or None."""
    name = re.sub(r"\.conv\.\d+$", ModelFormat.DARKNET_BACKBONE.value, path.name.lower())
    fitting = [kind for kind in ModelFormat if kind is not ModelFormat.SAVED_MODEL and name.endswith(kind.value)]
    return max(fitting, key=lambda kind: len(kind.value), default=None)  # .weights.h5 ends in .h5 too
