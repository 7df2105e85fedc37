"""Fields that the settings of several commands share."""

from typing import Any, TypeVar

from yolo import option_limits
from yolo.settings_base import argument, option

T = TypeVar("T")  # the type of a default
CornerChoice = TypeVar("CornerChoice", str, str | None)
PUBLISHED = "coco, voc, voc-se, voc-cbam, voc-eca"  # names of `yolo.weights.published_weights` that are whole detectors
SCORE_THRESHOLD = 0.25  # of models whose file has none
DATA = (
    "folder or file of annotated pictures (VOC XML, YOLO txt or its data.yaml, COCO JSON, ...); several separated by "
    "commas are joined"
)


def sources() -> Any:
    return argument("picture, folder, video, webcam or stream, as above; one or more", "SOURCE")


def data(group: str = "options") -> str | None:
    return option(None, DATA, metavar="DATA", required=True, group=group)


def corners(default: CornerChoice = "auto", group: str = "options") -> CornerChoice:
    text = (
        "where the corners of boxes in VOC XML are counted from: 1 as in VOC, or 0 as in most labeling tools; auto: "
        "decided from all annotations, 1 if none of them points to 0"
    )
    return option(default, text, choices=("auto", "0", "1"), group=group)


def negatives(group: str = "options") -> bool:
    return option(False, "also use pictures without an annotation, as pictures without objects", group=group)


def weights(default: str, exports: bool = False) -> str | None:
    """Return the field of the model file.

    Args:
        default: the text for `--help` on the default.
        exports: whether files that `export` wrote are accepted.
    """
    kinds = f".keras, .weights.h5, .weights, .h5,{' what export wrote,' if exports else ''} a run's folder"
    return option(None, f"model file ({kinds}) or published weights ({PUBLISHED}); default: {default}", metavar="FILE")


def classes() -> str | None:
    text = "text file with one class name per line, for a model file that holds no class names"
    return option(None, text, metavar="FILE")


def cfg(group: str = "options") -> str | None:
    text = "Darknet's cfg file of a .weights file; default: the one that fits, beside that file, in cfg or in ../cfg"
    return option(None, text, metavar="FILE", group=group)


def anchors_file(group: str = "options") -> str | None:
    text = (
        "text file of the anchors, w,h pairs, with which a model file was trained, if it does not hold them itself, as "
        "those of the earlier Keras projects"
    )
    return option(None, text, metavar="FILE", group=group)


def allow_imports(what: str = "attention in a model file", group: str = "options") -> bool:
    text = (
        f"run code that a file brings: the module that {what} names, or a SavedModel that does more than compute; only "
        "for files that you trust"
    )
    return option(False, text, group=group)


def runs() -> str:
    return option("runs", "folder of runs, in which the newest one is found", metavar="DIR")


def input_size(default: T, text: str, group: str = "options") -> T:
    return option(
        default,
        text,
        low=64,
        limit=option_limits.SIDE,
        multiple_of=32,
        area=option_limits.AREA,
        metavar=("H", "W"),
        group=group,
    )


def levels(default: T, text: str, group: str = "options") -> T:
    text = f"{text}: 2, or 3 with a finer one of stride 8 for small objects"
    return option(default, text, low=2, high=3, group=group)


def batch_size(default: T, text: str, group: str = "options") -> T:
    return option(default, text, low=1, limit=option_limits.BATCH, group=group)


def epochs(default: T, text: str, low: int = 1, group: str = "options") -> T:
    return option(default, text, low=low, limit=option_limits.EPOCHS, group=group)


def seed(text: str, group: str = "options") -> int:
    return option(0, text, low=0, limit=option_limits.SEED, group=group)


def calibrate(default: str) -> str | None:
    """Return the field of the pictures for int8; `default` is the text for `--help` on the default."""
    text = f"folder of pictures to calibrate int8 on, like those that will be detected in; default: {default}"
    return option(None, text, metavar="DIR")


def score_threshold() -> float | None:
    text = (
        f"lowest score of a detection that is shown; default: that of each class in the model, else {SCORE_THRESHOLD}"
    )
    return option(None, text, low=0, high=1, metavar="T")


def tta() -> bool:
    text = (
        "test-time augmentation: detect in the mirrored and the smaller picture too and average what is found; boxes "
        "then fit better, in three times the time; not for what has a left and a right, as letters and signs"
    )
    return option(False, text)


def iou_threshold() -> float:
    text = "boxes of one class with a higher IoU than this are one object"
    return option(0.5, text, low=0, high=1, metavar="T")
