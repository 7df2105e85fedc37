"""Runtimes compute the network: they take pictures and give candidate boxes and scores.

A runtime is a callable, (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) float32 xyxy in pixels of the input and scores
(B, N, C) float32, with the attributes `class_names`, `input_size` (h, w) and `resize_mode`. Any number of threads may
call it. One file for each; those of exported models import neither TensorFlow nor Keras, but for SavedModel, which is
TensorFlow's own.
"""

from functools import partial
from pathlib import Path

from yolo.class_lists import read_names
from yolo.errors import UserError
from yolo.inference.runtimes.keras import FrozenRuntime, KerasRuntime
from yolo.inference.runtimes.litert import LiteRTRuntime
from yolo.inference.runtimes.onnx import OnnxRuntime
from yolo.inference.runtimes.openvino import OpenVinoRuntime
from yolo.inference.runtimes.saved_model import MAIN, SavedModelRuntime
from yolo.run_folders import best_in
from yolo.weights.locate import locate_detector, refuse_companions

__all__ = [
    "FrozenRuntime",
    "KerasRuntime",
    "LiteRTRuntime",
    "OnnxRuntime",
    "OpenVinoRuntime",
    "SavedModelRuntime",
    "load_runtime",
]

EXPORTED = {".onnx": OnnxRuntime, ".tflite": LiteRTRuntime, ".xml": OpenVinoRuntime}


def load_runtime(path, classes=None, allow_imports=False, cfg=None, anchors=None):
    """The fastest runtime for a model, chosen by the suffix of its file or the content of its folder.

    Args:
        path: a model file, an exported one or a SavedModel's folder among them, a run's folder, or the name of a
            published one.
        classes: a file of class names, for a model file that carries none.
        allow_imports: whether the file may run code: name a module to import for its attention, or be a SavedModel
            with operations beyond arithmetic.
        cfg, anchors: files for weights that carry none, see `yolo.weights.load_network.load_network`.

    Raises:
        UserError: no such file, a damaged one, one of another kind, one that would run code without leave, or a
            package that it needs is missing.
    """
    path = best_in(path)
    if Path(path).name == MAIN and Path(path).is_file():
        path = Path(path).parent
    if (Path(path) / MAIN).is_file():
        kind = partial(SavedModelRuntime, allow_imports=allow_imports)
    else:
        kind = EXPORTED.get(_suffix(path))
    if kind is None:
        locate_detector(path, EXPORTED)  # so that a wrong name is told before the seconds that Keras takes to import
        from yolo.weights.load_network import load_network

        names = read_names(classes) if classes else None
        return FrozenRuntime(load_network(path, names, allow_imports, cfg, anchors))
    refuse_companions(path, classes, cfg, anchors)
    if not Path(path).exists():
        raise UserError(
            f"there is no model file {path}; give the right path, or export one with python -m yolo export."
        )
    if not Path(path).is_file() and kind in EXPORTED.values():
        raise UserError(f"{path} is no regular file: give a model file, such as python -m yolo export writes.")
    return kind(path)


def _suffix(path):
    return Path(path).suffix.lower()
