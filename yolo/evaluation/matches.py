"""Match detections with objects once, so that each resampled test set needs only sums over the matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pycocotools.cocoeval import COCOeval

from yolo.evaluation import voc_metrics
from yolo.evaluation.coco_metrics import coco_evaluation
from yolo.evaluation.voc_metrics import FALSE, NEITHER, TRUE
from yolo.structures import Annotation, Detections

WholeNumbers: TypeAlias = NDArray[np.integer[Any]]
"""Whole numbers of any width."""

Columns: TypeAlias = tuple[NDArray[Any], ArrayLike, ArrayLike, NDArray[Any]]
"""The picture, label, score and verdicts of some detections."""


@dataclass(frozen=True)
class Matches:
    """The detections of one detector in all pictures, best score first.

    Attributes:
        objects: number of objects to find in each picture; difficult ones do not count.
        picture: index of the picture of each detection.
        label: class of each detection.
        verdicts: TRUE, FALSE or NEITHER for each detection at each IoU threshold.
    """

    objects: Annotated[WholeNumbers, "pictures classes"]
    picture: Annotated[WholeNumbers, "n"]
    label: Annotated[WholeNumbers, "n"]
    verdicts: Annotated[WholeNumbers, "thresholds n"]


def voc_matches(detections: Sequence[Detections], annotations: Sequence[Annotation], classes: int) -> Matches:
    """Return the matches by the rules of VOC at IoU 0.5."""
    pairs = list(zip(detections, annotations, strict=True))
    found = [
        _columns(i, detected.labels, detected.scores, voc_metrics.judge(detected, known)[None])
        for i, (detected, known) in enumerate(pairs)
    ]
    return _sorted(found, annotations, classes, thresholds=1)


def coco_matches(detections: Sequence[Detections], annotations: Sequence[Annotation], classes: int) -> Matches:
    """Return the matches by the rules of COCO at IoU 0.5, 0.55, ..., 0.95, as pycocotools finds them, at any size."""
    return matches_of(coco_evaluation(detections, annotations, classes), annotations, classes)


def matches_of(evaluation: COCOeval, annotations: Sequence[Annotation], classes: int) -> Matches:
    """Return the matches at any size in an evaluation of pycocotools, after its `evaluate()`."""
    any_size = evaluation.params.areaRng[0]
    found = [
        _columns(
            one["image_id"],
            np.full(len(one["dtScores"]), one["category_id"]),
            one["dtScores"],
            np.where(one["dtIgnore"], NEITHER, np.where(one["dtMatches"] > 0, TRUE, FALSE)),
        )
        for one in evaluation.evalImgs
        if one and one["aRng"] == any_size
    ]
    return _sorted(found, annotations, classes, thresholds=len(evaluation.params.iouThrs))


def _columns(picture: int, labels: ArrayLike, scores: ArrayLike, verdicts: NDArray[Any]) -> Columns:
    return np.full(np.shape(labels), picture), labels, scores, verdicts


def _sorted(found: list[Columns], annotations: Sequence[Annotation], classes: int, thresholds: int) -> Matches:
    """Join the columns of all pictures; equal scores stay in their order, as in both evaluations."""
    empty = _columns(0, [], [], np.empty((thresholds, 0)))
    picture, label, score, verdicts = (np.concatenate(parts, axis=-1) for parts in zip(empty, *found, strict=True))
    order = np.argsort(-score, kind="stable")
    objects = [np.bincount(known.labels[~known.difficult], minlength=classes) for known in annotations]
    return Matches(
        np.array(objects, np.int32).reshape(-1, classes),
        picture[order].astype(np.int32),
        label[order].astype(np.int32),
        verdicts[:, order].astype(np.int8),
    )
