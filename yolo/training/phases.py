"""The parts of a run: which epochs show smaller pictures, and in which the backbone stands still.

To begin with smaller pictures takes less time and scores no worse, see Tan and Le 2021, https://arxiv.org/abs/2104.00298.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

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
    small = _small_epochs(config)
    edges = sorted({0, config.freeze_epochs, small, config.epochs})
    return [
        Phase(first, last, first < config.freeze_epochs, _smaller(config) if first < small else config.input_size)
        for first, last in pairwise(edges)
    ]


def mean_cost(config):
    """What an epoch takes on average, as a share of one at full size: that of its pixels."""
    return 1 - config.small_epochs * (1 - math.prod(_smaller(config)) / math.prod(config.input_size))


def remarks(config):
    """What is special in the first epochs: ` (the first 6 at 320 x 320)`, or nothing."""
    height, width = _smaller(config)
    special = ((_small_epochs(config), f"at {height} x {width}"), (config.freeze_epochs, "with a frozen backbone"))
    parts = [f"the first {epochs} {how}" for epochs, how in special if epochs]
    return f" ({', '.join(parts)})" if parts else ""


def _smaller(config):
    """Height and width in the first epochs, multiples of 32."""
    return tuple(max(round(side * SMALLER / 32), 1) * 32 for side in config.input_size)


def _small_epochs(config):
    """How many epochs show smaller pictures: the last one does not, but where all are to."""
    return int(config.epochs * config.small_epochs) if _smaller(config) != config.input_size else 0
