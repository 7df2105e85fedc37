"""Average precision of many resampled test sets at once.

The bootstrap: Efron 1979, https://doi.org/10.1214/aos/1176344552. A resample is how often each picture occurs in it.
"""

import math

import numpy as np

from yolo.evaluation.voc_metrics import NEITHER, TRUE

RECALLS = np.linspace(0, 1, 101)  # where COCO reads precision off, to the last bit as in pycocotools
CELLS = 1_000_000  # of the largest array, so that it stays in the cache


def resamples(pictures, number, seed=0):
    """Draw pictures with replacement; returns how often each: (number, pictures) int64, rows of the sum `pictures`."""
    return np.random.default_rng(seed).multinomial(pictures, np.full(pictures, 1 / pictures), size=number)


def voc_area(recall, envelope):
    """Area under the envelope, VOC's rule since 2010: (k, R), (k, R) -> (R,)."""
    return np.sum(np.diff(recall, axis=0, prepend=0) * envelope, axis=0)


def coco_101(recall, envelope):
    """Mean of the envelope at 101 recalls, COCO's rule: (k, R), (k, R) -> (R,)."""
    reached = np.searchsorted(RECALLS, recall, side="right")  # how many of them lie at or below each recall
    return np.sum(np.diff(reached, axis=0, prepend=0) * envelope, axis=0) / len(RECALLS)


def average_precision(matches, weights, rule):
    """AP on each resample, the mean over the IoU thresholds and over the classes that have objects in it.

    A picture takes its objects and detections along, so each counts as often as the picture was drawn.

    Args:
        matches: `Matches` of one detector.
        weights: (R, pictures) whole numbers, how often each picture is in the resample; ones for the set as it is.
        rule: `voc_area` or `coco_101`.

    Returns:
        (R,) float64, NaN where the resample holds no object.
    """
    rows = max(CELLS // max(len(matches.label), 1), 1)
    return np.concatenate([_some(matches, weights[i : i + rows], rule) for i in range(0, len(weights), rows)])


def _some(matches, weights, rule):
    """`average_precision` of as many resamples as fit into memory."""
    objects = (weights @ matches.objects).T  # (classes, R)
    values = [_of_class(matches, weights, label, count, rule) for label, count in enumerate(objects)]
    seen = np.count_nonzero(objects, axis=0)
    return np.sum(values, axis=0) / np.where(seen, seen, math.nan)  # a class without objects adds 0


def _of_class(matches, weights, label, objects, rule):
    """AP of one class with so many objects in each resample, (R,) -> (R,); only true detections raise recall."""
    chosen = matches.label == label
    copies = weights.T[matches.picture[chosen]]  # (n, R)
    shown = np.cumsum(copies, axis=0)
    total = np.zeros(len(weights))
    for verdicts in matches.verdicts[:, chosen]:
        true, neither = np.flatnonzero(verdicts == TRUE), np.flatnonzero(verdicts == NEITHER)
        left_out = np.cumsum(np.pad(copies[neither], ((1, 0), (0, 0))), axis=0)
        found = np.cumsum(copies[true], axis=0)  # (k, R)
        precision = found / np.maximum(shown[true] - left_out[np.searchsorted(neither, true)], 1)
        envelope = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
        total += rule(found / np.maximum(objects, 1), envelope)
    return total / len(matches.verdicts)
