"""Judge the difference between a block and no attention."""

import math
from dataclasses import dataclass

import numpy as np

from yolo.wording import counted

NOTHING = 1e-12  # a variance of rounding alone


@dataclass(frozen=True)
class ScoreDifference:
    """A difference in AP and its 95 % interval."""

    value: float
    low: float
    high: float

    def verdict(self, pictures, seeds):
        """Return what may be said after a test on so many pictures with so many seeds."""
        if not (self.low > 0 or self.high < 0):  # also where the interval is not known
            return f"no detectable difference at this test size ({counted(pictures, 'picture')})"
        direction = "better" if self.value > 0 else "worse"
        return direction if seeds > 1 else f"{direction}, by this one training of each"


def score_difference(block, none, pictures):
    """Return the `ScoreDifference` of a block: the mean over seeds of its differences to no attention.

    The interval answers: what if other test pictures had come, and all were trained anew with other seeds? Two
    variances are added: that of the mean difference over resampled test pictures, the same ones for both networks and
    all seeds, and that of the differences between seeds, divided by their number. Student's t with the degrees of
    freedom of Welch and Satterthwaite, https://doi.org/10.2307/3002019, makes up for few seeds.
    In the simulations of benchmarks/ablation_interval.py such intervals held the truth in 94 to 96 of 100 cases with
    three seeds, but in 87 to 97 with two, whose scatter says little of how seeds scatter; resampled pictures alone held
    it in 33 to 94, seeds and pictures both resampled in 69 to 96, the fewer the more training varies. What the seeds
    scatter because of the pictures is counted twice: the interval is rather too wide.

    It does not cover other training pictures, and with one seed it is of the test pictures alone.

    Args:
        block, none: (seeds, 1 + R) AP of each seed, first on the test set as it is, then on each resample.
        pictures: number of test pictures.
    """
    from scipy.stats import t

    differences = block - none
    seeds, measured = len(differences), differences[:, 0]
    # variances of the mean and their degrees of freedom; a resample without any object has no AP
    parts = [(np.nanvar(differences[:, 1:].mean(axis=0), ddof=1), pictures - 1)]
    if seeds > 1:
        parts.append((measured.var(ddof=1) / seeds, seeds - 1))
    variance = sum(part for part, _ in parts)
    value = float(measured.mean())
    margin = math.nan if value else 0.0  # where all pictures and seeds say the same, which few do
    if variance > NOTHING:
        margin = t.ppf(0.975, variance**2 / sum(part**2 / freedom for part, freedom in parts)) * math.sqrt(variance)
    return ScoreDifference(value, float(value - margin), float(value + margin))
