"""A YOLOv4-tiny object detector with pluggable attention.

`from yolo import Detector, YoloV4Tiny` works; TensorFlow and Keras are imported when one of them is asked for.
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Detector", "YoloV4Tiny", "__version__"]

_HOMES = {"Detector": "yolo.inference.detector", "YoloV4Tiny": "yolo.nets.model"}


def __getattr__(name):
    """Import a public class when it is first used, https://peps.python.org/pep-0562/."""
    if name not in _HOMES:
        raise AttributeError(f"module 'yolo' has no attribute '{name}'")
    globals()[name] = value = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__():
    return sorted([*globals(), *_HOMES])
