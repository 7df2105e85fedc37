"""The phases of a run: epochs with smaller pictures, and epochs with a frozen backbone.

Starting with smaller pictures takes a fifth less time; scores were higher as often as lower (benchmarks/recipe.md).
The idea is from Tan and Le 2021, https://arxiv.org/abs/2104.00298.
"""

from dataclasses import dataclass
from itertools import pairwise

from yolo.wording import resolution

SMALLER = 0.75  # of height and width


@dataclass(frozen=True)
class Phase:
    """The epochs from `first` to `last` - 1, with pictures of one size, and a backbone that is frozen or not."""

    first: int
    last: int
    frozen: bool
    input_size: tuple[int, int]


def plan_phases(epochs: int, frozen: int, small: int, input_size: tuple[int, int]) -> tuple[Phase, ...]:
    """Return the phases of a run in order.

    Args:
        frozen: number of epochs at the start with a frozen backbone.
        small: number of epochs at the start with smaller pictures.
        input_size: height and width of the pictures in all other epochs.
    """
    return tuple(
        Phase(first, last, first < frozen, _smaller(input_size) if first < small else input_size)
        for first, last in pairwise(sorted({0, frozen, small, epochs}))
    )


def count_small(epochs: int, share: float, input_size: tuple[int, int]) -> int:
    """Return the number of epochs with smaller pictures; the last epoch has full size unless `share` is 1."""
    return int(epochs * share) if _smaller(input_size) != input_size else 0


def size_changes(phases: tuple[Phase, ...]) -> dict[int, str]:
    """Return the epochs, counted from 1, at which the size of the pictures changes: `{13: "416 x 416"}`."""
    changed = (after for before, after in pairwise(phases) if after.input_size != before.input_size)
    return {phase.first + 1: resolution(phase.input_size) for phase in changed}


def epoch_costs(phases: tuple[Phase, ...]) -> list[int]:
    """Return the time of each epoch relative to the others: the number of pixels of its pictures."""
    costs = []
    for phase in phases:
        height, width = phase.input_size
        costs += [height * width] * (phase.last - phase.first)
    return costs


def describe_start(phases: tuple[Phase, ...], input_size: tuple[int, int]) -> str:
    """Return a remark on the first epochs, such as `, pictures of 320 x 320 in the first 6`, or nothing."""
    small = max((phase.last for phase in phases if phase.input_size != input_size), default=0)
    frozen = max((phase.last for phase in phases if phase.frozen), default=0)
    special = ((small, f"pictures of {resolution(phases[0].input_size)}"), (frozen, "backbone frozen"))
    return "".join(f", {remark} in the first {epochs}" for epochs, remark in special if epochs)


def _smaller(input_size: tuple[int, int]) -> tuple[int, int]:
    """Return the smaller height and width, multiples of 32."""
    height, width = (max(round(side * SMALLER / 32), 1) * 32 for side in input_size)
    return height, width
