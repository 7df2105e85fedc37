"""Compute the twelve numbers of COCO with pycocotools, https://cocodataset.org/#detection-eval.

Sizes are areas of boxes in pixels: small is under 32 * 32, large over 96 * 96. Only the 100 best detections of a class
in a picture count. Difficult objects are crowds (`"iscrowd": 1`): they need not be found, and a detection is neither
true nor false if the share of it that lies in a crowd reaches the IoU threshold. pycocotools ignores nothing else: it
overwrites the `"ignore": 1` of a file, so such objects have to be found.
"""

import contextlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from yolo.structures import Annotation, Detections

NAMES = (
    *("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large"),
    *("AR_1", "AR_10", "AR_100", "AR_small", "AR_medium", "AR_large"),
)
MOST = 100  # detections of a class in a picture that count, as in COCOeval

Row: TypeAlias = dict[str, int | float | list[float]]
"""One box as a dictionary of COCO: `image_id`, `category_id`, `bbox`, `area`, ..."""


@dataclass(frozen=True)
class CocoSummary:
    """The numbers of COCO; NaN if there is no object to find, for which pycocotools writes -1.

    Attributes:
        numbers: the twelve values by `NAMES`.
        per_class: AP of each class.
    """

    numbers: dict[str, float]
    per_class: Annotated[NDArray[np.float64], "classes"]


def summarize(detections: Sequence[Detections], annotations: Sequence[Annotation], classes: int) -> CocoSummary:
    """Return the numbers of COCO for detections.

    Args:
        detections, annotations: one of each for each picture, with the same class indices.
        classes: number of classes.
    """
    return summary(coco_evaluation(detections, annotations, classes))


def coco_evaluation(detections: Sequence[Detections], annotations: Sequence[Annotation], classes: int) -> COCOeval:
    """Return an evaluation of pycocotools that has matched the detections with the objects.

    Args:
        detections, annotations, classes: as for `summarize`.
    """
    pairs = list(zip(detections, annotations, strict=True))
    with contextlib.redirect_stdout(io.StringIO()):
        truth = [rows(i, known, iscrowd=known.difficult.astype(int)) for i, (_, known) in enumerate(pairs)]
        answers = [rows(i, found, score=found.scores) for i, (found, _) in enumerate(pairs)]
        evaluation = COCOeval(index(truth, classes), index(answers, classes), "bbox")
        evaluation.evaluate()
    return evaluation


def summary(evaluation: COCOeval) -> CocoSummary:
    """Return the numbers of a `coco_evaluation`."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]  # (IoU thresholds, recalls, classes) at any size
    values = _without_minus_one(evaluation.stats).tolist()
    return CocoSummary(dict(zip(NAMES, values, strict=True)), _without_minus_one(precision.mean(axis=(0, 1))))


def rows(image: int, things: Annotation | Detections, **columns: NDArray[np.generic]) -> list[Row]:
    """Return the boxes of one picture as dictionaries of COCO.

    Args:
        image: number of the picture.
        columns: further entries, an array with a value for each box.
    """
    boxes = things.boxes.astype(np.float64)
    size = boxes[:, 2:] - boxes[:, :2]
    columns |= {"bbox": np.hstack([boxes[:, :2], size]), "area": size.prod(axis=1), "category_id": things.labels}
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [{"image_id": image, **dict(zip(columns, row, strict=True))} for row in values]


def index(pictures: Sequence[Sequence[Row]], classes: int) -> COCO:
    """Return pycocotools' index of the rows of each picture."""
    annotations = [row for picture in pictures for row in picture]
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i} for i in range(len(pictures))],
        "categories": [{"id": label} for label in range(classes)],
        "annotations": [{"id": i, **row} for i, row in enumerate(annotations, start=1)],  # id 0 would mean "no match"
    }
    coco.createIndex()
    return coco


def _without_minus_one(values: Annotated[NDArray[np.float64], "n"]) -> Annotated[NDArray[np.float64], "n"]:
    """Return the values with NaN for -1, which means that there was no object."""
    return np.where(values < 0, math.nan, values)
