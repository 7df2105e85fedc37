"""Choose the score threshold of each class by its F1, the harmonic mean of precision and recall."""

import math
from collections.abc import Sequence

from yolo.evaluation.voc_metrics import Curve, mean


def class_thresholds(curves: Sequence[Curve]) -> tuple[float, ...]:
    """Return the score threshold of each class that gives the highest F1; empty if no class has one.

    Every threshold between the lowest score that is shown and the highest that is not gives the same F1. The middle of
    the two is taken, as an export shifts scores a little. Of equally high F1, that of the higher score is taken. A
    class without objects, or whose objects are never found, takes the mean of the other classes.

    Args:
        curves: of every class, with the scores that users see.
    """
    found = [_of_class(curve) for curve in curves]
    usual = mean(found)
    return () if math.isnan(usual) else tuple(usual if math.isnan(one) else one for one in found)


def _of_class(curve: Curve) -> float:
    """Return the threshold of one class; NaN if none is better than another."""
    best = curve.best()
    if not best.recall > 0:  # also for NaN
        return math.nan
    below = curve.scores[curve.scores < best.score]
    return (best.score + float(below.max(initial=0))) / 2
