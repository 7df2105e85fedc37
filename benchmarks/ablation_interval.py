"""Measure how often the interval that `ablate` prints contains the true difference, on simulated differences.

    python benchmarks/ablation_interval.py

A simulated difference is the sum of a part from the test picture, a part from the seed, and a part from both together.
Each part has a normal distribution, and the true difference is zero. The script prints a Markdown table: the share of
cases in which a 95 % interval contains zero. The intervals are the one of `ablate` and two simpler ones, a bootstrap of
the test pictures alone and a bootstrap of pictures and seeds. Where training varies more than the pictures do (last
rows), the simpler intervals are too narrow. The scatters are in AP, of one picture and of one seed.
"""

import sys
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.ablation.interval import score_difference
from yolo.tables import markdown, markdown_row

CASES, PICTURES, RESAMPLES = 1000, 72, 200
SCATTERS = ((0.1, 0.0), (0.1, 0.004), (0.1, 0.012), (0.05, 0.012), (0.02, 0.03))  # of pictures, of seeds
REST = 0.05  # the scatter of the part from both together
HEADINGS = ("seeds", "scatter of pictures", "of seeds", "`ablate`", "pictures resampled", "pictures and seeds")


def main() -> None:
    print(markdown([HEADINGS]))
    for seeds in (2, 3, 5):
        for scatters in SCATTERS:
            shares = coverage(np.random.default_rng(0), seeds, *scatters)
            print(markdown_row([seeds, *(f"{each:g}" for each in scatters), *(f"{share:.3f}" for share in shares)]))


def coverage(
    rng: np.random.Generator, seeds: int, of_pictures: float, of_seeds: float
) -> Annotated[NDArray[np.float64], "3"]:
    """Return the share of cases whose interval contains zero, for each of the three intervals.

    Args:
        of_pictures, of_seeds: the scatters.
    """
    hits = np.zeros(3)
    for _ in range(CASES):
        each = rng.normal(0, of_pictures, PICTURES) + rng.normal(0, of_seeds, (seeds, 1))
        each = each + rng.normal(0, REST, (seeds, PICTURES))
        pictures = rng.multinomial(PICTURES, np.full(PICTURES, 1 / PICTURES), RESAMPLES) / PICTURES  # (R, pictures)
        block = np.column_stack([each.mean(axis=1), each @ pictures.T])  # (seeds, 1 + R)
        ours = score_difference(block, np.zeros_like(block), PICTURES)
        drawn = rng.multinomial(seeds, np.full(seeds, 1 / seeds), RESAMPLES) / seeds  # (R, seeds)
        intervals = (
            (ours.low, ours.high),
            np.percentile(block[:, 1:].mean(axis=0), (2.5, 97.5)),
            np.percentile(np.sum(drawn * block[:, 1:].T, axis=1), (2.5, 97.5)),
        )
        hits += [low <= 0 <= high for low, high in intervals]
    return hits / CASES


if __name__ == "__main__":
    main()
