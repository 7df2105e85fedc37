"""Runtimes compute the network: they take pictures and give candidate boxes and scores.

A runtime is a callable, (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) float32 xyxy in pixels of the input and scores
(B, N, C) float32, with the attributes `class_names`, `input_size` (h, w) and `resize_mode`. Any number of threads may
call it. One file for each; those of exported models import neither TensorFlow nor Keras, but for SavedModel, which is
TensorFlow's own.
"""

import os

from yolo.class_lists import Classes
from yolo.inference.runtimes.keras import FrozenRuntime, KerasRuntime
from yolo.inference.runtimes.litert import LiteRTRuntime
from yolo.inference.runtimes.onnx import OnnxRuntime
from yolo.inference.runtimes.openvino import OpenVinoRuntime
from yolo.inference.runtimes.runtime import Runtime
from yolo.inference.runtimes.saved_model import SavedModelRuntime
from yolo.weights.model_file import ModelFile, resolve_model
from yolo.weights.model_format import ModelFormat

__all__ = [
    "FrozenRuntime",
    "KerasRuntime",
    "LiteRTRuntime",
    "OnnxRuntime",
    "OpenVinoRuntime",
    "SavedModelRuntime",
    "load_runtime",
    "open_runtime",
]

EXPORTED = {ModelFormat.ONNX: OnnxRuntime, ModelFormat.LITERT: LiteRTRuntime, ModelFormat.OPENVINO: OpenVinoRuntime}


def load_runtime(
    path: str | os.PathLike[str],
    classes: Classes | None = None,
    allow_imports: bool | str = False,
    cfg: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
) -> Runtime:
    """The fastest runtime for a model, chosen by the suffix of its file or the content of its folder.

    Args:
        path: a model file, an exported one or a SavedModel's folder among them, a run's folder, or the name of a
            published one.
        classes: the name of every class, or a file with one on each line, for a model file that carries none.
        allow_imports: whether the file may run code: name a module to import for its attention, or be a SavedModel
            with operations beyond arithmetic.
        cfg, anchors: files for weights that carry none, see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: no such file, a damaged one, one of another kind, one that would run code without leave, or a
            package that it needs is missing.
    """
    return open_runtime(resolve_model(path, classes, cfg, anchors), allow_imports)


def open_runtime(model: ModelFile, allow_imports: bool | str = False) -> Runtime:
    """The fastest runtime for a `ModelFile`; see `load_runtime`."""
    if model.format is ModelFormat.SAVED_MODEL:
        return SavedModelRuntime(model.path, allow_imports)
    if model.format in EXPORTED:
        return EXPORTED[model.format](model.path)
    from yolo.weights.load_network import open_network  # Keras takes seconds to import, and exports do without

    return FrozenRuntime(open_network(model, allow_imports))
