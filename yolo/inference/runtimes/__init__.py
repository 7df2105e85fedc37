"""Load the runtime of a model: it computes candidate boxes and their scores from pictures.

A runtime is a callable, (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) float32 xyxy in pixels of the input and scores
(B, N, C) float32, with the attributes `class_names`, `input_size` (h, w) and `resize_mode`. Any number of threads may
call it. Each kind has a file of its own. Those of exported models import neither TensorFlow nor Keras, except for
SavedModel, which is TensorFlow's own format.
"""

import os

from yolo.class_lists import Classes
from yolo.inference.runtimes.keras import FrozenRuntime, KerasRuntime
from yolo.inference.runtimes.litert import LiteRTRuntime
from yolo.inference.runtimes.onnx import OnnxRuntime
from yolo.inference.runtimes.openvino import OpenVinoRuntime
from yolo.inference.runtimes.runtime import Runtime
from yolo.inference.runtimes.saved_model import SavedModelRuntime
from yolo.weights.model_format import ModelFormat
from yolo.weights.resolve_model import ModelFile, resolve_model

__all__ = [
    "FrozenRuntime",
    "KerasRuntime",
    "LiteRTRuntime",
    "OnnxRuntime",
    "OpenVinoRuntime",
    "Runtime",
    "SavedModelRuntime",
    "load_runtime",
    "open_runtime",
]

EXPORTED: dict[ModelFormat, type[OnnxRuntime | LiteRTRuntime | OpenVinoRuntime]] = {
    ModelFormat.ONNX: OnnxRuntime,
    ModelFormat.LITERT: LiteRTRuntime,
    ModelFormat.OPENVINO: OpenVinoRuntime,
}


def load_runtime(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    allow_imports: bool | str = False,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
) -> Runtime:
    """Return the fastest runtime for a model, chosen by the suffix of its file or the content of its folder.

    Args:
        path: a model file or an exported one, the folder of a SavedModel or of a run, or the name of published weights.
        classes: the class names, or a file with one on each line, for a model file without class names.
        allow_imports: whether the file may run code: name a module to import for its attention, or be a SavedModel
            with operations other than arithmetic.
        cfg, anchors: files for weights that lack them, see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: there is no such file, it is damaged or of another kind, it would run code that is not allowed, or a
            package that it needs is missing.
    """
    return open_runtime(resolve_model(path, classes, cfg, anchors), allow_imports)


def open_runtime(model: ModelFile, allow_imports: bool | str = False) -> Runtime:
    """Return the fastest runtime for a model file.

    Args:
        allow_imports: the same as for `load_runtime`.

    Raises:
        UserError: the file cannot be loaded, see `load_runtime`.
    """
    if model.format is ModelFormat.SAVED_MODEL:
        return SavedModelRuntime(model.path, allow_imports)
    if model.format in EXPORTED:
        return EXPORTED[model.format](model.path)
    from yolo.weights.load_network import open_network  # exports do not need Keras, which takes seconds to import

    return FrozenRuntime(open_network(model, allow_imports))
