"""Average precision as PASCAL VOC defines it, Everingham et al. 2010, https://doi.org/10.1007/s11263-009-0275-4.

The rules are those of the development kit, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/. Its inclusive pixel
corners and the half-open boxes used here give the same IoU.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from yolo.boxes import iou_matrix

FALSE, TRUE, NEITHER = 0, 1, -1  # verdicts on a detection


class Point(NamedTuple):
    """The precision and recall of a detector when detections below `score` are not shown."""

    score: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Curve:
    """Precision and recall of one class as the score threshold falls.

    Attributes:
        objects: how many there are to find; difficult ones are not counted.
        scores: (k,) float32, descending; detections of difficult objects are left out.
        precision: (k,) float64, the share of true ones among the first 1..k detections.
        recall: (k,) float64, the share of objects found by the first 1..k detections; NaN without objects.
    """

    objects: int
    scores: np.ndarray
    precision: np.ndarray
    recall: np.ndarray

    def envelope(self):
        """Recall and the best precision at that recall or a higher one: two (k+2,) arrays from recall 0 to 1."""
        recall = np.concatenate([[0.0], self.recall, [1.0]])
        precision = np.concatenate([[0.0], self.precision, [0.0]])
        return recall, np.maximum.accumulate(precision[::-1])[::-1]

    def ap(self):
        """Area under the envelope, the rule since VOC2010; NaN without objects."""
        recall, precision = self.envelope()
        return float(np.sum(np.diff(recall) * precision[1:])) if self.objects else math.nan

    def ap_11_point(self):
        """Mean of the envelope at recall 0, 0.1, ..., 1, the rule of VOC2007; NaN without objects.

        The levels are the kit's `0:0.1:1` in floating point: the fourth is 0.30000000000000004, which 3 of 10 miss.
        """
        levels = np.arange(11) * 0.1  # 7 * 0.1 and 6 * 0.1 are above 7/10 and 6/10 likewise
        reached = self.recall >= levels[:, None]  # (11, k)
        best = np.max(np.where(reached, self.precision, 0.0), axis=1, initial=0.0)
        return float(best.mean()) if self.objects else math.nan

    def at(self, score):
        """The `Point` of a score threshold: 0 precision and recall when nothing scores as much, NaN without objects."""
        if not self.objects:
            return Point(math.nan, math.nan, math.nan)
        shown = int(np.count_nonzero(self.scores >= float(score)))
        if not shown:
            return Point(score, 0.0, 0.0)
        return Point(score, float(self.precision[shown - 1]), float(self.recall[shown - 1]))

    def best(self):
        """The `Point` of highest F1, 2PR / (P + R); of equal ones that of the highest score."""
        if not self.objects or not len(self.scores):
            return self.at(math.nan)
        last = np.flatnonzero(np.append(self.scores[1:] != self.scores[:-1], True))  # equal scores are shown together
        precision, recall = self.precision[last], self.recall[last]
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        return self.at(float(self.scores[last[np.argmax(f1)]]))


def judge(found, known, iou_threshold=0.5):
    """A verdict on each detection of one picture: (n,) of TRUE, FALSE or NEITHER.

    In descending order of score each detection takes the object of its class that it overlaps most. Overlapping a
    difficult object it is NEITHER, overlapping one already taken, or none by `iou_threshold`, it is FALSE.

    Args:
        found: Detections of the picture.
        known: its Annotation, with the same class indices.
    """
    overlap = iou_matrix(found.boxes.astype(np.float64), known.boxes.astype(np.float64))  # (n, m)
    overlap[found.labels[:, None] != known.labels] = -1
    overlap = np.pad(overlap, ((0, 0), (0, 1)), constant_values=-1)  # (n, m+1), the last one stands for "no object"
    best = np.argmax(overlap, axis=1)
    hit = np.max(overlap, axis=1) >= iou_threshold
    ignored = hit & np.append(known.difficult, False)[best]
    order = np.argsort(-found.scores, kind="stable")
    claims = order[(hit & ~ignored)[order]]
    first = np.unique(best[claims], return_index=True)[1]
    verdicts = np.where(ignored, NEITHER, FALSE)
    verdicts[claims[first]] = TRUE
    return verdicts


def curves(detections, annotations, classes, iou_threshold=0.5):
    """The `Curve` of every class over the detections of all pictures; equal scores stay in the order of the pictures.

    Args:
        detections: list of Detections, one for each picture.
        annotations: list of Annotation of the same length, with the same class indices.
        classes: number of classes.
        iou_threshold: least IoU with an object that counts as finding it.
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


def common_point(curves, preferred):
    """Return the `Point` of the score threshold for all classes at once that is best: of the highest mean F1.

    Precision and recall are means over the classes with objects, NaN without any. Thresholds are 0.01, 0.02, ..., 0.99;
    of equally good ones the nearest to `preferred` is taken.
    """
    curves = [curve for curve in curves if curve.objects]
    if not curves:
        return Point(math.nan, math.nan, math.nan)
    thresholds = sorted((step / 100 for step in range(1, 100)), key=lambda score: abs(score - preferred))
    best = max(thresholds, key=lambda score: round(mean([f1(curve.at(score)) for curve in curves]), 9))
    return mean_point(curves, best)


def mean_point(curves, score):
    """Return the `Point` of one score threshold, precision and recall as means over the classes with objects."""
    points = [curve.at(score) for curve in curves]
    return Point(score, mean([point.precision for point in points]), mean([point.recall for point in points]))


def f1(point):
    """Return 2PR / (P + R), the harmonic mean of precision and recall; 0 where both are 0."""
    return 2 * point.precision * point.recall / max(point.precision + point.recall, 1e-9)


def mean(values):
    """Mean of the values that are not NaN; NaN when none is left."""
    values = np.asarray(values, np.float64)
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else math.nan


def _pool(arrays, dtype):
    return np.concatenate([np.empty(0, dtype), *arrays]).astype(dtype, copy=False)


def _curve(objects, scores, true):
    """The curve of one class from its (k,) scores, descending, and which of them are true."""
    found = np.cumsum(true)
    recall = found / objects if objects else np.full(len(scores), math.nan)
    return Curve(objects, scores, found / np.arange(1, len(scores) + 1), recall)
