"""Fit the temperature with which scores tell best how often detections are right, by cross-validation over pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Flags, Scores
from yolo.evaluation import voc_metrics
from yolo.evaluation.voc_metrics import NEITHER, TRUE
from yolo.structures import Annotation, Detections
from yolo.temperature import scaled

LOWEST = 0.05  # of the scores that count: lower ones are hardly ever shown, and so many that they alone would decide
FOLDS = 5
LIMITS = (0.25, 4.0)  # of the temperature
FEWEST = 10  # right detections, and wrong ones, without which a temperature says nothing
NEAR = 1.01  # times an end of the limits is still that end
SMALLEST = 1e-7  # probability of the truth that is counted, as the logarithm of 0 is infinite


@dataclass(frozen=True)
class JudgedScores:
    """Detections of many pictures, and whether each is right at IoU 0.5; detections of difficult objects are left out.

    Attributes:
        scores: of the network itself, at least LOWEST.
        right: which of them found an object.
        picture: index of the picture of each.
    """

    scores: Scores
    right: Flags
    picture: Annotated[NDArray[np.integer[Any]], "n"]

    @classmethod
    def of(cls, detections: Sequence[Detections], annotations: Sequence[Annotation]) -> "JudgedScores":
        """Return the scores of detections, one item for each picture, with the classes of the annotations."""
        pairs = zip(detections, annotations, strict=True)
        verdicts = np.concatenate([np.empty(0, int), *(voc_metrics.judge(found, known) for found, known in pairs)])
        scores = np.concatenate([np.empty(0, np.float32), *(found.scores for found in detections)])
        picture = np.repeat(np.arange(len(detections)), [len(found) for found in detections])
        kept = (verdicts != NEITHER) & (scores >= LOWEST)
        return cls(scores[kept], verdicts[kept] == TRUE, picture[kept])

    def only(self, kept: Flags) -> "JudgedScores":
        """Return a part of them."""
        return JudgedScores(self.scores[kept], self.right[kept], self.picture[kept])

    def error(self, temperature: float) -> float:
        """Return the negative log likelihood of being right or wrong, if scores are scaled and read as probabilities.

        It is the sum over the detections.
        """
        scores = self.scores.astype(np.float64)
        of_truth = np.maximum(np.where(self.right, scores, 1 - scores), SMALLEST)
        return -float(np.sum(np.log(scaled(of_truth, temperature))))


class TemperatureFit(NamedTuple):
    """A temperature, and what it is worth.

    Attributes:
        temperature: the one to use; 1 if no other lowers the error of pictures that it was not fitted on, or if the
            best one is at an end of LIMITS.
        error_before, error_after: mean error of a detection in such pictures, at temperature 1 and at those fitted on
            the other pictures; NaN if there was nothing to fit.
    """

    temperature: float
    error_before: float
    error_after: float


def fit_temperature(judged: JudgedScores) -> TemperatureFit:
    """Return the temperature of the lowest error, if cross-validation shows that it lowers the error elsewhere.

    It is 1 where fewer than FEWEST detections are right, or wrong: their best temperature has no end.
    """
    pictures = np.unique(judged.picture)
    right = np.count_nonzero(judged.right)
    if len(pictures) < 2 or min(right, len(judged.right) - right) < FEWEST:
        return TemperatureFit(1.0, math.nan, math.nan)
    after = 0.0
    for held_out in np.array_split(pictures, min(FOLDS, len(pictures))):  # neighbors, as frames of a video, together
        here = np.isin(judged.picture, held_out)
        after += judged.only(here).error(_best(judged.only(~here)))
    before, number = judged.error(1.0), len(judged.scores)
    best = _best(judged)
    inside = LIMITS[0] * NEAR < best < LIMITS[1] / NEAR
    return TemperatureFit(best if inside and after < before else 1.0, before / number, after / number)


def _best(judged: JudgedScores) -> float:
    """Return the temperature of the lowest error. The error is convex in its inverse, so there is one minimum."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda log: judged.error(math.exp(log)), bounds=np.log(LIMITS), method="bounded")
    return float(math.exp(found.x))
