"""Judge the difference in AP between an attention block and no attention."""

import math
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yolo.wording import counted

NOTHING = 1e-12  # a smaller variance comes from rounding alone

PrecisionsBySeed: TypeAlias = Annotated[NDArray[np.float64], "seeds columns"]
"""AP of the networks of each seed, first on the test set as it is, then on each resample."""


@dataclass(frozen=True)
class ScoreDifference:
    """A difference in AP and its 95 % interval."""

    value: float
    low: float
    high: float

    def verdict(self, pictures: int, seeds: int) -> str:
        """Return a conclusion in words, given the numbers of test pictures and of seeds."""
        if not (self.low > 0 or self.high < 0):  # also if the interval is unknown
            return f"no detectable difference at this test size ({counted(pictures, 'picture')})"
        direction = "better" if self.value > 0 else "worse"
        return direction if seeds > 1 else f"{direction}, by this one training of each"


def score_difference(block: PrecisionsBySeed, none: PrecisionsBySeed, pictures: int) -> ScoreDifference:
    """Return the mean over seeds of the differences between a block and no attention, with its interval.

    The interval answers: what would the difference be with other test pictures, and with trainings with other seeds?
    It adds two variances: that of the mean difference over resampled test pictures, the same ones for both networks
    and all seeds, and that of the differences of the seeds, divided by the number of seeds. Student's t with the
    degrees of freedom of Welch and Satterthwaite, https://doi.org/10.2307/3002019, corrects for few seeds.

    In the simulations of benchmarks/ablation_interval.py such intervals contained the truth in 94 to 96 of 100 cases
    with three seeds, but in 87 to 97 with two, which say little about the variance between seeds. Intervals from
    resampled pictures alone contained it in 33 to 94, from resampled seeds and pictures in 69 to 96: the more training
    varies, the fewer. The part of the variance between seeds that the pictures cause is counted twice, so the interval
    is slightly too wide.

    The interval does not cover other training pictures, and with one seed it covers other test pictures only.

    Args:
        pictures: number of test pictures.
    """
    from scipy.stats import t

    differences = block - none
    seeds, measured = len(differences), differences[:, 0]
    # variances of the mean and their degrees of freedom; a resample without objects has no AP
    parts = [(np.nanvar(differences[:, 1:].mean(axis=0), ddof=1), pictures - 1)]
    if seeds > 1:
        parts.append((measured.var(ddof=1) / seeds, seeds - 1))
    variance = sum(part for part, _ in parts)
    value = float(measured.mean())
    margin = math.nan if value else 0.0  # if nothing varies: unknown, or 0 if there is no difference
    if variance > NOTHING:
        margin = t.ppf(0.975, variance**2 / sum(part**2 / freedom for part, freedom in parts)) * math.sqrt(variance)
    return ScoreDifference(value, float(value - margin), float(value + margin))
