"""A YOLOv4-tiny object detector with pluggable attention.

`from yolo import Detector, YoloV4Tiny, draw` works; TensorFlow and Keras are imported when one of these is first used.
After `import yolo`, `keras.models.load_model` can read the files of this project.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from yolo.keras_registration import register

if TYPE_CHECKING:
    from yolo.inference.detector import Detector
    from yolo.inference.draw import draw
    from yolo.nets.model import YoloV4Tiny

__version__ = "0.2.0"
__all__ = ["Detector", "YoloV4Tiny", "__version__", "draw"]

_HOMES = {"Detector": "yolo.inference.detector", "YoloV4Tiny": "yolo.nets.model", "draw": "yolo.inference.draw"}


if not TYPE_CHECKING:  # else a checker would take any name for one of the package

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used, https://peps.python.org/pep-0562/."""
        if name not in _HOMES:
            raise AttributeError(f"module 'yolo' has no attribute '{name}'")
        globals()[name] = value = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


register()
