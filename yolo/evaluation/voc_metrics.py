"""Average precision by the rules of PASCAL VOC, Everingham et al. 2010, https://doi.org/10.1007/s11263-009-0275-4.

The rules are those of the development kit, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/. Its inclusive pixel
corners and the half-open boxes used here give the same IoU.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Flags
from yolo.boxes import iou_matrix
from yolo.structures import Annotation, Detections

FALSE, TRUE, NEITHER = 0, 1, -1  # verdicts on a detection

Verdicts: TypeAlias = Annotated[NDArray[np.integer[Any]], "n"]
"""For each detection TRUE, FALSE or NEITHER."""

Shares: TypeAlias = Annotated[NDArray[np.float64], "k"]
"""Values of precision or recall, from 0 to 1."""

Number = TypeVar("Number", bound=np.generic)


class Point(NamedTuple):
    """The precision and recall of a detector whose detections have at least `score`."""

    score: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Curve:
    """Precision and recall of one class as the score threshold falls.

    Attributes:
        objects: number of objects to find; difficult ones do not count.
        scores: of the detections, descending; detections of difficult objects are left out.
        precision: the share of true detections among the first 1, 2, ..., k.
        recall: the share of objects that the first 1, 2, ..., k detections find; NaN without objects.
    """

    objects: int
    scores: Annotated[NDArray[np.float32], "k"]
    precision: Shares
    recall: Shares

    def envelope(self) -> tuple[Shares, Shares]:
        """Return k + 2 recalls from 0 to 1, and for each the best precision at that recall or a higher one."""
        recall = np.concatenate([[0.0], self.recall, [1.0]])
        precision = np.concatenate([[0.0], self.precision, [0.0]])
        return recall, np.maximum.accumulate(precision[::-1])[::-1]

    def ap(self) -> float:
        """Return the area under the envelope, the rule since VOC2010; NaN without objects."""
        recall, precision = self.envelope()
        return float(np.sum(np.diff(recall) * precision[1:])) if self.objects else math.nan

    def ap_11_point(self) -> float:
        """Return the mean of the envelope at recall 0, 0.1, ..., 1, the rule of VOC2007; NaN without objects.

        The levels are the kit's `0:0.1:1` in floating point. The fourth is 0.30000000000000004, so a recall of 3 / 10
        does not reach it.
        """
        levels = np.arange(11) * 0.1  # 6 * 0.1 and 7 * 0.1 are above 6 / 10 and 7 / 10, too
        reached = self.recall >= levels[:, None]  # (11, k)
        best = np.max(np.where(reached, self.precision, 0.0), axis=1, initial=0.0)
        return float(best.mean()) if self.objects else math.nan

    def at(self, score: float) -> Point:
        """Return the point of a score threshold: 0 if no detection reaches it, NaN without objects."""
        if not self.objects:
            return Point(math.nan, math.nan, math.nan)
        shown = int(np.count_nonzero(self.scores >= float(score)))
        if not shown:
            return Point(score, 0.0, 0.0)
        return Point(score, float(self.precision[shown - 1]), float(self.recall[shown - 1]))

    def best(self) -> Point:
        """Return the point with the highest F1; of equal ones that with the highest score."""
        if not self.objects or not len(self.scores):
            return self.at(math.nan)
        last = np.flatnonzero(np.append(self.scores[1:] != self.scores[:-1], True))  # of each group of equal scores
        precision, recall = self.precision[last], self.recall[last]
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        return self.at(float(self.scores[last[np.argmax(f1)]]))


def judge(found: Detections, known: Annotation, iou_threshold: float = 0.5) -> Verdicts:
    """Return a verdict on each detection of one picture.

    In descending order of score each detection takes the object of its class that it overlaps most. It is NEITHER if
    that object is difficult, and FALSE if the object is already taken or the IoU is below `iou_threshold`.

    Args:
        known: the annotation of the picture, with the same class indices.
    """
    overlap = iou_matrix(found.boxes.astype(np.float64), known.boxes.astype(np.float64))  # (n, m)
    overlap[found.labels[:, None] != known.labels] = -1
    overlap = np.pad(overlap, ((0, 0), (0, 1)), constant_values=-1)  # (n, m + 1), the last one means "no object"
    best = np.argmax(overlap, axis=1)
    hit = np.max(overlap, axis=1) >= iou_threshold
    ignored = hit & np.append(known.difficult, False)[best]
    order = np.argsort(-found.scores, kind="stable")
    claims = order[(hit & ~ignored)[order]]
    first = np.unique(best[claims], return_index=True)[1]
    verdicts = np.where(ignored, NEITHER, FALSE)
    verdicts[claims[first]] = TRUE
    return verdicts


def curves(
    detections: Sequence[Detections], annotations: Sequence[Annotation], classes: int, iou_threshold: float = 0.5
) -> list[Curve]:
    """Return the curve of every class over the detections of all pictures.

    Detections with equal scores stay in the order of the pictures.

    Args:
        detections, annotations: one of each for each picture, with the same class indices.
        classes: number of classes.
        iou_threshold: the least IoU with which a detection finds an object.
    """
    pairs = list(zip(detections, annotations, strict=True))
    scores = _pool((found.scores for found, _ in pairs), np.float32)
    labels = _pool((found.labels for found, _ in pairs), np.int32)
    verdicts = _pool((judge(found, known, iou_threshold) for found, known in pairs), np.int32)
    objects = np.bincount(_pool((known.labels[~known.difficult] for _, known in pairs), np.int32), minlength=classes)
    order = np.argsort(-scores, kind="stable")
    order = order[verdicts[order] != NEITHER]
    return [
        _curve(int(objects[label]), scores[chosen], verdicts[chosen] == TRUE)
        for label in range(classes)
        for chosen in [order[labels[order] == label]]
    ]


def common_point(curves: Sequence[Curve], preferred: float) -> Point:
    """Return the point of the one score threshold for all classes that gives the highest mean F1.

    Precision and recall are means over the classes with objects; NaN if there are none. The thresholds are 0.01, 0.02,
    ..., 0.99; of equally good ones the nearest to `preferred` is taken.
    """
    curves = [curve for curve in curves if curve.objects]
    if not curves:
        return Point(math.nan, math.nan, math.nan)
    thresholds = sorted((step / 100 for step in range(1, 100)), key=lambda score: abs(score - preferred))
    best = max(thresholds, key=lambda score: round(mean([f1(curve.at(score)) for curve in curves]), 9))
    return mean_point(curves, [best] * len(curves))._replace(score=best)


def mean_point(curves: Sequence[Curve], scores: Sequence[float]) -> Point:
    """Return the means of a score threshold for each curve, and of precision and recall there.

    Classes without objects do not count.
    """
    points = [curve.at(score) for curve, score in zip(curves, scores, strict=True)]
    return Point(*(mean(list(values)) for values in zip(*points, strict=True)))


def f1(point: Point) -> float:
    """Return 2PR / (P + R), the harmonic mean of precision and recall; 0 if both are 0."""
    return 2 * point.precision * point.recall / max(point.precision + point.recall, 1e-9)


def mean(values: Sequence[float]) -> float:
    """Return the mean of the values that are not NaN; NaN if there are none."""
    array = np.asarray(values, np.float64)
    array = array[~np.isnan(array)]
    return float(array.mean()) if array.size else math.nan


def _pool(arrays: Iterable[NDArray[Any]], dtype: type[Number]) -> NDArray[Number]:
    """Return the arrays of all pictures as one."""
    return np.concatenate([np.empty(0, dtype), *arrays]).astype(dtype, copy=False)


def _curve(objects: int, scores: Annotated[NDArray[np.float32], "n"], true: Flags) -> Curve:
    """Return the curve of one class from the scores of its detections, descending, and which of these are true."""
    found = np.cumsum(true)
    recall = found / objects if objects else np.full(len(scores), math.nan)
    return Curve(objects, scores, found / np.arange(1, len(scores) + 1), recall)
