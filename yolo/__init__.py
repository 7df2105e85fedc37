"""A YOLOv4-tiny object detector with pluggable attention.

`from yolo import Detector, YoloV4Tiny, draw` works; TensorFlow and Keras are imported when one of them is asked for.
Once this package is imported, `keras.models.load_model` reads its files.
"""

from importlib import import_module

from yolo.keras_registration import register

__version__ = "0.1.0"
__all__ = ["Detector", "YoloV4Tiny", "__version__", "draw"]

_HOMES = {"Detector": "yolo.inference.detector", "YoloV4Tiny": "yolo.nets.model", "draw": "yolo.inference.draw"}


def __getattr__(name):
    """Import a public name when it is first used, https://peps.python.org/pep-0562/."""
    if name not in _HOMES:
        raise AttributeError(f"module 'yolo' has no attribute '{name}'")
    globals()[name] = value = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__():
    return sorted([*globals(), *_HOMES])


register()
