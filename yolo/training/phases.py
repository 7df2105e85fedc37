"""The parts of a run: which epochs show smaller pictures, and in which the backbone stands still.

Beginning with smaller pictures took a fifth less time, for scores that were higher as often as lower
(benchmarks/recipe.md); the idea is that of Tan and Le 2021, https://arxiv.org/abs/2104.00298.
"""

from dataclasses import dataclass
from itertools import pairwise

from yolo.wording import resolution

SMALLER = 0.75  # of height and width


@dataclass(frozen=True)
class Phase:
    """Epochs `first` to `last` - 1; `frozen` is whether the backbone stays as it is in them."""

    first: int
    last: int
    frozen: bool
    input_size: tuple[int, int]


def phases(config):
    """The `Phase`s of a run in order."""
    small = small_epochs(config)
    edges = sorted({0, config.freeze_epochs, small, config.epochs})
    return [
        Phase(first, last, first < config.freeze_epochs, _smaller(config) if first < small else config.input_size)
        for first, last in pairwise(edges)
    ]


def size_changes(config):
    """Return where another size of picture begins: `{epoch counted from 1: "416 x 416"}`, width first."""
    each = phases(config)
    changed = (after for before, after in pairwise(each) if after.input_size != before.input_size)
    return {phase.first + 1: resolution(phase.input_size) for phase in changed}


def small_epochs(config):
    """Return how many epochs show smaller pictures; the last one does not, unless all are to."""
    return int(config.epochs * config.small_epochs) if _smaller(config) != config.input_size else 0


def epoch_costs(config):
    """Return how long each epoch takes relative to the others: as many pixels as its pictures have."""
    costs = []
    for phase in phases(config):
        height, width = phase.input_size
        costs += [height * width] * (phase.last - phase.first)
    return costs


def remarks(config):
    """Return what is special in the first epochs: `, pictures of 320 x 320 in the first 6`, or nothing."""
    smaller = f"pictures of {resolution(_smaller(config))}"
    special = ((small_epochs(config), smaller), (config.freeze_epochs, "backbone frozen"))
    return "".join(f", {what} in the first {epochs}" for epochs, what in special if epochs)


def _smaller(config):
    """Height and width in the first epochs, multiples of 32."""
    return tuple(max(round(side * SMALLER / 32), 1) * 32 for side in config.input_size)
