"""The fields that several commands share."""

from yolo.settings import option

PUBLISHED = "coco, voc, voc-se, voc-cbam, voc-eca"  # names of `yolo.weights.published` that are whole detectors


def data(**settings):
    return option(None, "VOC folder or VOCdevkit", metavar="DIR", required=True, **settings)


def weights(otherwise):
    """A model file; `otherwise` says what is taken without one."""
    kinds = ".keras, .weights.h5, .weights, .h5, a run's folder"
    return option(None, f"model file ({kinds}) or a published one ({PUBLISHED}); {otherwise}", metavar="FILE")


def classes():
    return option(None, "class names for a weights file that carries none", metavar="FILE")


def allow_imports(**settings):
    text = (
        "run what a model brings, the module that its attention names or a SavedModel that does more than compute: "
        "only if you trust it"
    )
    return option(False, text, **settings)


def runs():
    return option("runs", "where to look for the newest run", metavar="DIR")


def input_size(default, text, **settings):
    return option(default, text, low=64, multiple_of=32, type=int, nargs=2, metavar=("H", "W"), **settings)


def calibrate(otherwise):
    """Pictures for int8; `otherwise` says what is taken without them."""
    return option(None, f"folder of pictures like those to come, for int8; {otherwise}", metavar="DIR")


def score_threshold():
    return option(0.25, "lowest score shown", low=0, high=1, type=float, metavar="T")


def iou_threshold():
    text = "boxes of one class that overlap more are one object"
    return option(0.5, text, low=0, high=1, type=float, metavar="T")
