"""Compute the average precision of many resampled test sets at once.

This is the bootstrap, Efron 1979, https://doi.org/10.1214/aos/1176344552. A resample is stored as the number of times
that it contains each picture.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.ablation.matches import Matches
from yolo.evaluation.voc_metrics import NEITHER, TRUE

RECALLS = np.linspace(0, 1, 101)  # COCO's, to the last bit as in pycocotools
CELLS = 1_000_000  # of the largest array, so that it stays in the cache

Counts: TypeAlias = Annotated[NDArray[np.integer[Any]], "resamples pictures"]
"""The number of times that each resample contains each picture."""

Curves: TypeAlias = Annotated[NDArray[np.float64], "k resamples"]
"""The recall, or the best precision at a recall or higher, after each true detection of a class."""

Precisions: TypeAlias = Annotated[NDArray[np.float64], "resamples"]
"""The average precision on each resample."""

Rule: TypeAlias = Callable[[Curves, Curves], Precisions]
"""A function from recall and envelope to average precision."""


def resamples(pictures: int, number: int, seed: int = 0) -> Counts:
    """Draw resamples of a number of pictures, with replacement; each row adds up to `pictures`."""
    return np.random.default_rng(seed).multinomial(pictures, np.full(pictures, 1 / pictures), size=number)


def voc_area(recall: Curves, envelope: Curves) -> Precisions:
    """Return the area under the envelope, VOC's rule since 2010."""
    return np.sum(np.diff(recall, axis=0, prepend=0) * envelope, axis=0)


def coco_101(recall: Curves, envelope: Curves) -> Precisions:
    """Return the mean of the envelope at 101 recalls, COCO's rule."""
    reached = np.searchsorted(RECALLS, recall, side="right")  # number of RECALLS up to each recall
    return np.sum(np.diff(reached, axis=0, prepend=0) * envelope, axis=0) / len(RECALLS)


def average_precision(matches: Matches, counts: Counts, rule: Rule) -> Precisions:
    """Return the AP on each resample, the mean over the IoU thresholds and over the classes that have objects in it.

    The objects and detections of a picture count as often as the picture was drawn. AP is NaN if a resample contains
    no object.

    Args:
        matches: of one detector.
        counts: a row of ones stands for the test set as it is.
        rule: `voc_area` or `coco_101`.
    """
    rows = max(CELLS // max(len(matches.label), 1), 1)
    return np.concatenate([_some(matches, counts[i : i + rows], rule) for i in range(0, len(counts), rows)])


def _some(matches: Matches, counts: Counts, rule: Rule) -> Precisions:
    """Return the AP of as many resamples as fit into memory."""
    objects = (counts @ matches.objects).T  # (classes, resamples)
    values = [_of_class(matches, counts, label, number, rule) for label, number in enumerate(objects)]
    seen = np.count_nonzero(objects, axis=0)
    return np.sum(values, axis=0) / np.where(seen, seen, math.nan)  # a class without objects adds 0


def _of_class(
    matches: Matches,
    counts: Counts,
    label: int,
    objects: Annotated[NDArray[np.integer[Any]], "resamples"],
    rule: Rule,
) -> Precisions:
    """Return the AP of one class in each resample, given the number of its objects there.

    Only true detections raise recall.
    """
    chosen = matches.label == label
    copies = counts.T[matches.picture[chosen]]  # (n, resamples)
    shown = np.cumsum(copies, axis=0)
    total = np.zeros(len(counts))
    for verdicts in matches.verdicts[:, chosen]:
        true, neither = np.flatnonzero(verdicts == TRUE), np.flatnonzero(verdicts == NEITHER)
        left_out = np.cumsum(np.pad(copies[neither], ((1, 0), (0, 0))), axis=0)
        found = np.cumsum(copies[true], axis=0)  # (k, resamples)
        precision = found / np.maximum(shown[true] - left_out[np.searchsorted(neither, true)], 1)
        envelope = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
        total += rule(found / np.maximum(objects, 1), envelope)
    return total / len(matches.verdicts)
