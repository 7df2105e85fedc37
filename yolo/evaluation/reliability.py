"""Compare scores with the share of detections that are right, Guo et al. 2017, https://arxiv.org/abs/1706.04599."""

import math
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.evaluation.temperature_fit import JudgedScores
from yolo.temperature import scaled

BINS = 10

PerBin: TypeAlias = Annotated[NDArray[np.float64], "bins"]
"""A value for each bin of scores."""


@dataclass(frozen=True)
class Reliability:
    """The share of right detections by bins of their score; bins without detections are left out.

    Attributes:
        score: mean score in each bin.
        right: share of right detections in each bin.
        count: number of detections in each bin.
    """

    score: PerBin
    right: PerBin
    count: Annotated[NDArray[np.int64], "bins"]

    @classmethod
    def of(cls, judged: JudgedScores, temperature: float) -> "Reliability":
        """Return the reliability of scores that are scaled by a temperature, in BINS bins of equal width."""
        scores = scaled(judged.scores, temperature)
        bins = np.minimum((scores * BINS).astype(int), BINS - 1)
        count = np.bincount(bins, minlength=BINS)
        score, right = (np.bincount(bins, weights, BINS)[count > 0] for weights in (scores, judged.right))
        count = count[count > 0]
        return cls(score / count, right / count, count)

    def error(self) -> float:
        """Return the expected calibration error: the mean distance of score and share over all detections."""
        return float(np.average(np.abs(self.score - self.right), weights=self.count)) if len(self.count) else math.nan
