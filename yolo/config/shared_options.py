"""The fields that several commands share."""

from typing import Any

from yolo import limits
from yolo.settings import argument, option

PUBLISHED = "coco, voc, voc-se, voc-cbam, voc-eca"  # names of `yolo.weights.published_weights` that are whole detectors


def sources() -> Any:
    return argument("what to look at, one or more", "SOURCE")


def data(**settings):
    return option(None, "VOC folder or VOCdevkit", metavar="DIR", required=True, **settings)


def corners(default="auto", **settings):
    text = (
        "where the corners of boxes are counted from: 1 as in VOC, or 0 as in most labelling tools; auto: told from "
        "all annotations, 1 where nothing tells of 0"
    )
    return option(default, text, choices=("auto", "0", "1"), **settings)


def negatives(**settings):
    text = "keep pictures without an annotation file, as pictures without objects"
    return option(False, text, **settings)


def weights(otherwise):
    """A model file; `otherwise` says what is taken without one."""
    kinds = ".keras, .weights.h5, .weights, .h5, a run's folder"
    return option(None, f"model file ({kinds}) or a published one ({PUBLISHED}); {otherwise}", metavar="FILE")


def classes():
    return option(None, "class names for a weights file that carries none", metavar="FILE")


def cfg(**settings):
    text = "Darknet's cfg of its .weights; default: the one that fits, beside them, in cfg or ../cfg"
    return option(None, text, metavar="FILE", **settings)


def anchors_file(**settings):
    text = (
        "anchors, w,h pairs, that a weights file was trained with and does not carry, as of the earlier Keras projects"
    )
    return option(None, text, metavar="FILE", **settings)


def allow_imports(what="attention in a model file", **settings):
    text = (
        f"run what files bring, the module that {what} names or a SavedModel that does more than compute; only if you "
        "trust them"
    )
    return option(False, text, **settings)


def runs():
    return option("runs", "where to look for the newest run", metavar="DIR")


def input_size(default, text, **settings):
    return option(
        default, text, low=64, limit=limits.SIDE, multiple_of=32, area=limits.AREA, metavar=("H", "W"), **settings
    )


def batch_size(default, text, **settings):
    return option(default, text, low=1, limit=limits.BATCH, **settings)


def epochs(default, text, low=1, **settings):
    return option(default, text, low=low, limit=limits.EPOCHS, **settings)


def seed(text, **settings):
    return option(0, text, low=0, limit=limits.SEED, **settings)


def calibrate(otherwise):
    """Pictures for int8; `otherwise` says what is taken without them."""
    return option(None, f"folder of pictures like those to come, for int8; {otherwise}", metavar="DIR")


def score_threshold():
    return option(0.25, "lowest score shown", low=0, high=1, metavar="T")


def iou_threshold():
    text = "boxes of one class that overlap more are one object"
    return option(0.5, text, low=0, high=1, metavar="T")
