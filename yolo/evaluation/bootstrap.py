"""Compute the average precision of many resampled test sets at once.

This is the bootstrap, Efron 1979, https://doi.org/10.1214/aos/1176344552. A resample is stored as the number of times
that it contains each picture.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.evaluation.matches import Matches
from yolo.evaluation.voc_metrics import NEITHER, TRUE

RECALLS = np.linspace(0, 1, 101)  # COCO's, to the last bit as in pycocotools
RESAMPLES = 1000
PERCENTILES = (2.5, 97.5)
CELLS = 1_000_000  # of the largest array of a class, so that it stays in the cache

Counts: TypeAlias = Annotated[NDArray[np.integer[Any]], "resamples pictures"]
"""The number of times that each resample contains each picture."""

Curves: TypeAlias = Annotated[NDArray[np.float64], "k resamples"]
"""The recall, or the best precision at a recall or higher, after each true detection of a class."""

Precisions: TypeAlias = Annotated[NDArray[np.float64], "resamples"]
"""The average precision on each resample."""


class Interval(NamedTuple):
    """The lowest and highest value of a 95 % confidence interval; NaN where there is none."""

    low: float
    high: float


@dataclass(frozen=True)
class Intervals:
    """The 95 % intervals of the AP of one detector; NaN where there is no AP, or fewer than two pictures.

    Attributes:
        ap50, ap: of VOC's AP at IoU 0.5 and of COCO's AP.
        class_ap50, class_ap: those of each class.
    """

    ap50: Interval
    ap: Interval
    class_ap50: tuple[Interval, ...]
    class_ap: tuple[Interval, ...]


Rule: TypeAlias = Callable[[Curves, Curves], Precisions]
"""A function from recall and envelope to average precision."""


def resamples(pictures: int, number: int, seed: int = 0) -> Counts:
    """Draw resamples of a number of pictures, with replacement; each row adds up to `pictures`."""
    return np.random.default_rng(seed).multinomial(pictures, np.full(pictures, 1 / pictures), size=number)


def intervals(voc: Matches, coco: Matches, number: int = RESAMPLES) -> Intervals:
    """Return the percentile intervals of AP over resampled pictures.

    They say how far AP would vary with other pictures of the same kind and number, and nothing of training anew.

    Args:
        voc, coco: the matches of one detector by the rules of each.
        number: of resamples; 0 for no intervals.
    """
    pictures = len(voc.objects)
    counts = resamples(pictures, number) if pictures > 1 else np.empty((0, pictures), int)
    ap50s, aps = (
        class_precisions(matches, counts, rule).mean(axis=0) for matches, rule in ((voc, voc_area), (coco, coco_101))
    )
    ap50, ap = (interval(mean_over_classes(values)) for values in (ap50s, aps))
    return Intervals(ap50, ap, tuple(map(interval, ap50s)), tuple(map(interval, aps)))


def interval(values: Precisions) -> Interval:
    """Return the interval that holds 95 % of the AP on all resamples, leaving out those without objects."""
    values = values[~np.isnan(values)]
    return Interval(*map(float, np.percentile(values, PERCENTILES))) if len(values) else Interval(math.nan, math.nan)


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
    return mean_over_classes(class_precisions(matches, counts, rule).mean(axis=0))


def class_precisions(
    matches: Matches, counts: Counts, rule: Rule
) -> Annotated[NDArray[np.float64], "thresholds classes resamples"]:
    """Return the AP at each IoU threshold, of each class, on each resample; NaN for a class without objects in it.

    Args:
        matches, counts, rule: as for `average_precision`.
    """
    objects = (counts @ matches.objects).T  # (classes, resamples)
    values = np.empty((len(matches.verdicts), *objects.shape))
    for label, number in enumerate(objects):
        chosen = matches.label == label
        picture, verdicts = matches.picture[chosen], matches.verdicts[:, chosen]
        rows = max(CELLS // max(int(np.count_nonzero((verdicts == TRUE).any(axis=0))), 1), 1)
        for first in range(0, len(counts), rows):
            part = slice(first, first + rows)
            values[:, label, part] = _of_class(picture, verdicts, counts[part].T, number[part], rule)
    return np.where(objects, values, math.nan)


def mean_over_classes(values: Annotated[NDArray[np.float64], "classes resamples"]) -> Precisions:
    """Return the mean over the classes that have an AP; NaN if none has."""
    known = ~np.isnan(values)
    number = np.count_nonzero(known, axis=0)
    return np.sum(values, axis=0, where=known) / np.where(number, number, math.nan)


def _of_class(
    picture: Annotated[NDArray[np.integer[Any]], "n"],
    verdicts: Annotated[NDArray[np.integer[Any]], "thresholds n"],
    copies: Annotated[NDArray[np.integer[Any]], "pictures resamples"],
    objects: Annotated[NDArray[np.integer[Any]], "resamples"],
    rule: Rule,
) -> Annotated[NDArray[np.float64], "thresholds resamples"]:
    """Return the AP of one class at each IoU threshold in each resample, given the number of its objects there.

    Only true detections raise recall, so the curve is computed after these alone. Between two of them, the detections
    of each picture are counted once for all resamples.
    """
    ever_true = np.flatnonzero((verdicts == TRUE).any(axis=0))
    shown = _running(picture, ever_true, copies)
    values = np.empty((len(verdicts), len(objects)))
    for row, verdict in enumerate(verdicts):
        true, neither = np.flatnonzero(verdict == TRUE), np.flatnonzero(verdict == NEITHER)
        left_out = np.cumsum(np.pad(copies[picture[neither]], ((1, 0), (0, 0))), axis=0)
        found = np.cumsum(copies[picture[true]], axis=0)  # (k, resamples)
        before = shown[np.searchsorted(ever_true, true)] - left_out[np.searchsorted(neither, true)]
        envelope = np.maximum.accumulate((found / np.maximum(before, 1))[::-1], axis=0)[::-1]
        values[row] = rule(found / np.maximum(objects, 1), envelope)
    return values


def _running(
    picture: Annotated[NDArray[np.integer[Any]], "n"],
    places: Annotated[NDArray[np.integer[Any]], "k"],
    copies: Annotated[NDArray[np.integer[Any]], "pictures resamples"],
) -> Annotated[NDArray[np.integer[Any]], "k resamples"]:
    """Return the number of detections up to each of the `places` in each resample."""
    from scipy.sparse import csr_array

    last = places[-1] + 1 if len(places) else 0
    block = np.searchsorted(places, np.arange(last))  # detections up to the first place, then up to the second, ...
    ones = np.ones(last, copies.dtype)
    counted = csr_array((ones, (block, picture[:last])), shape=(len(places), len(copies)))
    return np.cumsum(counted @ copies, axis=0)
